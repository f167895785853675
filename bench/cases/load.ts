/** Load: what a thousand wrong keys a second make, and what they cost those who call beside them with a right one. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { bundleWorker } from "../support/bundle.ts";
import type { Case, Row } from "../support/case.ts";
import { Counted } from "../support/counts.ts";
import { Client, paced, type Target } from "../support/load.ts";
import { inTurns } from "../support/rounds.ts";
import { median, paired, quotient, show } from "../support/statistics.ts";
import { PATHS, startUpstream } from "../support/upstream.ts";
import { startWorker } from "../support/worker.ts";
import type { Seed } from "../support/wire.ts";

const RIGHT_PER_SECOND = 200;
const WRONG_PER_SECOND = 1000;
const SEED: Seed = { user: "bench", integration: "github", lifetime_ms: 3_600_000 };
const Seeded = z.object({ session: z.string() });

export const load: Case = {
  title: `Load: ${RIGHT_PER_SECOND} right calls a second beside ${WRONG_PER_SECOND} wrong keys a second`,
  compared_with: "against the right calls alone",
  run: async ({ quick }) => {
    const [rounds, window_ms] = quick ? [2, 2000] : [3, 15_000];
    const code = await bundleWorker("proxy");
    await using upstream = await startUpstream();
    const vars = { UPSTREAM: upstream.origin, COUNTED: "1" };
    await using worker = await startWorker(code, { vault: true, vars });
    using right = new Client(64);
    using wrong = new Client(256);
    const seeded = await right.send({ url: `${worker.origin}/seed` }, JSON.stringify(SEED));
    const url = `${worker.origin}/proxy/${SEED.integration}${PATHS.json}`;
    const call: Target = { url, headers: { Authorization: `Bearer ${Seeded.parse(JSON.parse(seeded)).session}` } };
    const guess = (address: string): Target => ({
      url,
      headers: {
        Authorization: `Bearer lk_${randomBytes(65).toString("base64url").slice(0, 86)}`,
        "CF-Connecting-IP": address,
      },
    });
    const nothing: Target = { url: `${worker.origin}/nothing` };
    const anywhere = (): string =>
      `2001:db8:${randomBytes(4)
        .toString("hex")
        .replace(/(.{4})/, "$1:")}::1`;
    const asked = async () => Counted.parse(JSON.parse(await right.send({ url: `${worker.origin}/asked` })));
    let vault_calls = 0;
    const beside = (other: (() => Target) | null) => async () => {
      // What the right caller's own first call asks for is none of the others'.
      await right.send(call);
      await asked();
      const before = worker.processorTime();
      const [latencies, others] = await Promise.all([
        paced(RIGHT_PER_SECOND, window_ms, () => right.send(call)),
        other ? paced(WRONG_PER_SECOND, window_ms, () => wrong.refused(other())) : [],
      ]);
      const busy_ms = worker.processorTime() - before;
      vault_calls += (await asked()).vault_calls;
      return { latency: median(latencies), busy_ms, others: others.length };
    };
    const variants = {
      alone: beside(null),
      nothing: beside(() => nothing),
      many: beside(() => guess(anywhere())),
      one: beside(() => guess("203.0.113.7")),
    };
    // So that none of them is the one that finds the code cold.
    for (const warm of Object.values(variants)) await warm();
    const results = await inTurns(rounds, variants);
    type Name = keyof typeof variants;
    const latencies = (name: Name): number[] => results(name).map(({ latency }) => latency);
    /** Of one of the others, beyond what the right calls take by themselves. */
    const busy = (name: Name): number[] =>
      results(name).map(({ busy_ms, others }, round) => (busy_ms - (results("alone")[round]?.busy_ms ?? 0)) / others);
    const row = (what: string, of: number[], than: number[] | null, more = ""): Row => ({
      what,
      measured: `${median(of).toFixed(2)} ms`,
      compared: than ? `x ${show(paired(of, than, quotient))}${more}` : "",
    });
    const alone = latencies("alone");
    const goal = (name: Name): string =>
      `; goal at most x 1.20; x ${show(paired(latencies(name), latencies("nothing"), quotient))} of beside a constant`;
    const constant = " of what a constant takes";
    return [
      row("a right call, alone", alone, null),
      row("beside as many calls that a constant answers", latencies("nothing"), alone),
      row("beside wrong keys from many addresses", latencies("many"), alone, goal("many")),
      row("beside wrong keys from one address", latencies("one"), alone, goal("one")),
      row("processor time of a call that a constant answers", busy("nothing"), null),
      row("of a wrong key, from many addresses", busy("many"), busy("nothing"), constant),
      row("of a wrong key, from one address", busy("one"), busy("nothing"), constant),
      { what: "vaults asked for wrong keys", measured: String(vault_calls), compared: "goal 0" },
    ];
  },
};
