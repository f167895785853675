/** The proxy: what it costs to call an API through it, against a Worker that does nothing but pass requests on. */
import * as z from "zod";
import { bundleWorker } from "../support/bundle.ts";
import type { Case, Plan, Row } from "../support/case.ts";
import { describeCounts } from "../support/counts.ts";
import { Client, type Target } from "../support/load.ts";
import { inTurns } from "../support/rounds.ts";
import { difference, median, paired, quotient, show } from "../support/statistics.ts";
import { LARGE_BYTES, PATHS, startUpstream } from "../support/upstream.ts";
import { startWorker, type RunningWorker } from "../support/worker.ts";
import type { Seed } from "../support/wire.ts";

const CONCURRENCY = 32;
const INTEGRATION = "github";
/** How often a large body goes in one round. */
const TRANSFERS = 3;
/** The label of the account beside the default. */
const LABEL = "work";
const SEED: Seed = { user: "bench", integration: INTEGRATION, lifetime_ms: 3_600_000, beside: LABEL };
const Seeded = z.object({ session: z.string(), copy_length: z.number().positive() });

type Variant = "bare" | "bare_kv" | "proxied" | "in_memory";
/** A way to the upstream: a Worker, the path of its root there, and the caller's headers. */
interface Way {
  readonly worker: RunningWorker;
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
}
type Ways = Readonly<Record<Variant, Way>>;

const to = ({ worker, root, headers }: Way, path: string): Target => ({ url: worker.origin + root + path, headers });

export const proxy: Case = {
  title: "Proxy: an API called through it, the production app",
  compared_with: "against a bare pass-through Worker",
  run: async (plan) => {
    const [bareCode, proxyCode] = await Promise.all([bundleWorker("pass-through"), bundleWorker("proxy")]);
    await using upstream = await startUpstream();
    const vars = { UPSTREAM: upstream.origin };
    await using bare = await startWorker(bareCode, { vars });
    await using proxied = await startWorker(proxyCode, { vault: true, vars });
    await using remembering = await startWorker(proxyCode, { vault: true, vars: { ...vars, KV_IN_MEMORY: "1" } });
    using many = new Client(CONCURRENCY);
    using one = new Client(1);

    const seed = async ({ origin }: RunningWorker) =>
      Seeded.parse(JSON.parse(await one.send({ url: `${origin}/seed` }, JSON.stringify(SEED))));
    const proxyWay = async (worker: RunningWorker): Promise<Way> => ({
      worker,
      root: `/proxy/${INTEGRATION}`,
      headers: { Authorization: `Bearer ${(await seed(worker)).session}` },
    });
    const { copy_length } = await seed(proxied);
    await one.send({ url: `${bare.origin}/put` }, "x".repeat(copy_length));
    const headers = { Authorization: `Bearer ${"x".repeat(89)}` };
    const ways: Ways = {
      bare: { worker: bare, root: "", headers },
      bare_kv: { worker: bare, root: "/kv", headers },
      proxied: await proxyWay(proxied),
      in_memory: await proxyWay(remembering),
    };
    const small = await measureSmall(plan, many, one, ways);
    const large = await measureLarge(plan, one, ways);
    const counts = async (root: string, when = "count"): Promise<string> =>
      describeCounts([await one.send(to({ ...ways.proxied, root: `/${when}${root}` }, PATHS.json))]);
    const { root } = ways.proxied;
    const labelled = `${root}@${LABEL}`;
    await one.send(to({ ...ways.proxied, root: labelled }, PATHS.json));
    return [
      ...small,
      ...large,
      { what: "asked of the bindings by a hot call; goal: nothing", measured: "", compared: await counts(root) },
      {
        what: "by the first call of an isolate; goal: 2 KV reads more",
        measured: "",
        compared: await counts(root, "cold"),
      },
      { what: "the same for the account that the path names", measured: "", compared: await counts(labelled) },
    ];
  },
};

/** Names of the variants as the report has them. */
const NAMES: Readonly<Record<Variant, string>> = {
  bare: "bare fetch",
  bare_kv: "bare fetch after 2 KV reads",
  proxied: "proxied",
  in_memory: "proxied, KV remembered",
};
const VARIANTS = ["bare", "bare_kv", "proxied", "in_memory"] as const;

/** A kilobyte of JSON: throughput, latency, and the processor time of workerd as a whole. */
async function measureSmall({ quick }: Plan, many: Client, one: Client, ways: Ways): Promise<Row[]> {
  const window_ms = quick ? 300 : 600;
  const run = (way: Way) => async () => {
    const target = to(way, PATHS.json);
    const before = way.worker.processorTime();
    const load = await many.saturate(target, window_ms);
    const cpu_ms = (way.worker.processorTime() - before) / load.requests;
    const { median_ms, p99_ms } = await one.saturate(target, window_ms);
    return { per_second: load.per_second, cpu_ms, median_ms, p99_ms };
  };
  const variants = {
    bare: run(ways.bare),
    bare_kv: run(ways.bare_kv),
    proxied: run(ways.proxied),
    in_memory: run(ways.in_memory),
  };
  // The first round finds cold code on both sides, and is thrown away.
  await inTurns(1, variants);
  const results = await inTurns(quick ? 4 : 10, variants);
  type Figure = "per_second" | "median_ms" | "p99_ms" | "cpu_ms";
  const values = (name: Variant, figure: Figure) => results(name).map((result) => result[figure]);
  const rowsOf = (figure: Figure, what: string, measured: (value: number) => string, goal: string): Row[] =>
    VARIANTS.map((name) => {
      const [own, base] = [values(name, figure), values("bare", figure)];
      const more = `+ ${show(paired(own, base, difference))} ms`;
      const compared = figure === "median_ms" || figure === "p99_ms" ? more : `x ${show(paired(own, base, quotient))}`;
      return {
        what: `1 KB ${what}, ${NAMES[name]}`,
        measured: measured(median(own)),
        compared: name === "bare" ? "" : compared + (name === "proxied" ? goal : ""),
      };
    });
  return [
    ...rowsOf("per_second", `${CONCURRENCY} at a time`, (value) => `${value.toFixed(0)}/s`, "; goal x 0.80"),
    ...rowsOf("median_ms", "one at a time", (value) => `${value.toFixed(2)} ms`, "; goal + 0.30 ms"),
    ...rowsOf("p99_ms", "one at a time, p99", (value) => `${value.toFixed(2)} ms`, "; goal + 1.50 ms"),
    ...rowsOf("cpu_ms", "CPU of workerd with its KV", (value) => `${value.toFixed(3)} ms`, "; goal x 1.40"),
    {
      what: "list price of a million hot calls",
      measured: `$${priceOfMillion(median(values("proxied", "cpu_ms"))).toFixed(2)}`,
      compared: "goal at most $0.40",
    },
  ];
}

/** In dollars, of calls that ask KV for nothing (https://developers.cloudflare.com/workers/platform/pricing/). */
const priceOfMillion = (cpu_ms: number): number => 0.3 + 0.02 * cpu_ms;

/** Ten megabytes each way. */
async function measureLarge({ quick }: Plan, one: Client, ways: Ways): Promise<Row[]> {
  const body = Buffer.alloc(LARGE_BYTES, "latchkey");
  const repeat = async (transfer: () => Promise<number>): Promise<number> => {
    const taken: number[] = [];
    while (taken.length < TRANSFERS) taken.push(await transfer());
    return median(taken);
  };
  const run = (way: Way) => async () => {
    const target = to(way, PATHS.large);
    const down = await repeat(async () => {
      const { wall_ms, bytes } = await one.transfer(target);
      if (bytes !== LARGE_BYTES) throw new Error(`${target.url}: ${bytes} bytes came`);
      return wall_ms;
    });
    const headers = { ...target.headers, "Content-Length": String(LARGE_BYTES) };
    const up = await repeat(async () => {
      const { wall_ms, bytes } = await one.transfer({ ...target, headers }, body);
      // The upstream answers with the number of bytes it was sent.
      if (bytes !== String(LARGE_BYTES).length) throw new Error(`${target.url}: not everything arrived`);
      return wall_ms;
    });
    return { down, up };
  };
  const variants = { bare: run(ways.bare), proxied: run(ways.proxied) };
  await inTurns(1, variants);
  const results = await inTurns(quick ? 4 : 16, variants);
  const values = (name: "bare" | "proxied", way: "down" | "up") => results(name).map((result) => result[way]);
  return (["down", "up"] as const).flatMap((way) => [
    { what: `10 MB ${way}, ${NAMES.bare}`, measured: `${median(values("bare", way)).toFixed(1)} ms`, compared: "" },
    {
      what: `10 MB ${way}, ${NAMES.proxied}`,
      measured: `${median(values("proxied", way)).toFixed(1)} ms`,
      compared: `time x ${show(paired(values("proxied", way), values("bare", way), quotient))}`,
    },
  ]);
}
