/** Load: what a thousand wrong keys a second make, and what they cost those who call beside them with a right one. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { bundleWorker } from "../support/bundle.ts";
import type { Case } from "../support/case.ts";
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
    const [rounds, window_ms] = quick ? [2, 2000] : [3, 20_000];
    const code = await bundleWorker("proxy");
    await using upstream = await startUpstream();
    const vars = { UPSTREAM: upstream.origin, COUNTED: "1" };
    await using worker = await startWorker(code, { vault: true, limited: true, vars });
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
    const anywhere = (): string =>
      `2001:db8:${randomBytes(4)
        .toString("hex")
        .replace(/(.{4})/, "$1:")}::1`;
    const asked = async () => Counted.parse(JSON.parse(await right.send({ url: `${worker.origin}/asked` })));
    let vault_calls = 0;
    const beside = (address: (() => string) | null) => async () => {
      // What the right caller's own first call asks for is none of the wrong ones'.
      await right.send(call);
      await asked();
      const [latencies] = await Promise.all([
        paced(RIGHT_PER_SECOND, window_ms, () => right.send(call)),
        address && paced(WRONG_PER_SECOND, window_ms, () => wrong.refused(guess(address()))),
      ]);
      if (address) vault_calls += (await asked()).vault_calls;
      return median(latencies);
    };
    const variants = { alone: beside(null), many: beside(anywhere), one: beside(() => "203.0.113.7") };
    const results = await inTurns(rounds, variants);
    const slowed = (name: "many" | "one") =>
      `x ${show(paired(results(name), results("alone"), quotient))}; goal at most x 1.20`;
    const ms = (name: keyof typeof variants): string => `${median(results(name)).toFixed(2)} ms`;
    return [
      { what: "a right call, alone", measured: ms("alone"), compared: "" },
      { what: "a right call, wrong keys from many addresses", measured: ms("many"), compared: slowed("many") },
      { what: "a right call, wrong keys from one address", measured: ms("one"), compared: slowed("one") },
      { what: "vaults asked for wrong keys", measured: String(vault_calls), compared: "goal 0" },
    ];
  },
};
