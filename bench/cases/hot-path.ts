/** The hot path: what a token far from its end costs, against the least that it could cost: one read of KV. */
import * as z from "zod";
import { bundleWorker } from "../support/bundle.ts";
import type { Case, Plan, Row } from "../support/case.ts";
import { describeCounts } from "../support/counts.ts";
import { Client, type Load, type Target } from "../support/load.ts";
import { inTurns } from "../support/rounds.ts";
import { difference, median, paired, quotient, show } from "../support/statistics.ts";
import { startWorker } from "../support/worker.ts";
import type { Seed } from "../support/wire.ts";

const CONCURRENCY = 32;
const INTEGRATION = "google";
const USER = "bench";
/** Long enough to be far from its end for the whole run. */
const LIFETIME_MS = 3_600_000;

const Seeded = z.object({ session: z.string(), copy_length: z.number().positive() });

interface Targets {
  readonly bare: Target;
  readonly token: Target;
  readonly session: Target;
}

export const hotPath: Case = {
  title: "Hot path: a token that is far from its end",
  compared_with: "against one KV read",
  run: async (plan) => {
    const [bareCode, latchkeyCode] = await Promise.all([bundleWorker("bare"), bundleWorker("latchkey")]);
    const vars = { GOOGLE_CLIENT_ID: "bench", GOOGLE_CLIENT_SECRET: "bench" };
    await using bare = await startWorker(bareCode);
    await using latchkey = await startWorker(latchkeyCode, { vault: true, vars });
    using many = new Client(CONCURRENCY);
    using one = new Client(1);

    const seed: Seed = { user: USER, integration: INTEGRATION, lifetime_ms: LIFETIME_MS };
    const seeded: unknown = JSON.parse(await one.send({ url: `${latchkey.origin}/seed` }, JSON.stringify(seed)));
    const { session, copy_length } = Seeded.parse(seeded);
    await one.send({ url: `${bare.origin}/put` }, "x".repeat(copy_length));

    const headers = { Authorization: `Bearer ${session}` };
    const paths = { token: `/token/${INTEGRATION}/${USER}`, session: `/session/${INTEGRATION}` };
    const counts = async (path: string): Promise<string> =>
      describeCounts([await one.send({ url: `${latchkey.origin}/count${path}`, headers })]);
    const rows = await measure(plan, many, one, {
      bare: { url: `${bare.origin}/get` },
      token: { url: latchkey.origin + paths.token },
      session: { url: latchkey.origin + paths.session, headers },
    });
    return [
      ...rows,
      { what: "token: asked of the bindings", measured: "", compared: await counts(paths.token) },
      { what: "session + token: asked of the bindings", measured: "", compared: await counts(paths.session) },
      { what: "characters of the value read", measured: String(copy_length), compared: "the same" },
    ];
  },
};

async function measure({ quick }: Plan, many: Client, one: Client, targets: Targets): Promise<Row[]> {
  const rounds = quick ? 6 : 24;
  const window_ms = quick ? 300 : 600;
  const run = (target: Target) => async (): Promise<{ many: Load; one: Load }> => ({
    many: await many.saturate(target, window_ms),
    one: await one.saturate(target, window_ms / 2),
  });
  const variants = { bare: run(targets.bare), token: run(targets.token), session: run(targets.session) };
  // The first round finds cold code on both sides, and is thrown away.
  await inTurns(1, variants);
  const results = await inTurns(rounds, variants);
  const throughput = (name: keyof Targets) => results(name).map((result) => result.many.per_second);
  const latency = (name: keyof Targets) => results(name).map((result) => result.one.median_ms);
  const per_second = (name: keyof Targets) => `${median(throughput(name)).toFixed(0)}/s`;
  const ms = (name: keyof Targets) => `${median(latency(name)).toFixed(2)} ms`;
  const ratio = (name: keyof Targets) => `x ${show(paired(throughput(name), throughput("bare"), quotient))}`;
  const more = (name: keyof Targets) => `+ ${show(paired(latency(name), latency("bare"), difference))} ms`;
  return [
    { what: `one KV read, ${CONCURRENCY} at a time`, measured: per_second("bare"), compared: "" },
    { what: `token, ${CONCURRENCY} at a time`, measured: per_second("token"), compared: ratio("token") },
    { what: `session + token, ${CONCURRENCY} at a time`, measured: per_second("session"), compared: ratio("session") },
    { what: "one KV read, one at a time", measured: ms("bare"), compared: "" },
    { what: "token, one at a time", measured: ms("token"), compared: more("token") },
    { what: "session + token, one at a time", measured: ms("session"), compared: more("session") },
  ];
}
