/** A herd: two hundred callers find the same token ended. One refreshes, the others wait for it. */
import { bundleWorker } from "../support/bundle.ts";
import type { Case, Plan, Row } from "../support/case.ts";
import { describeCounts } from "../support/counts.ts";
import { Client, type Target } from "../support/load.ts";
import { inTurns } from "../support/rounds.ts";
import { difference, median, paired, quotient, show } from "../support/statistics.ts";
import { startTokenEndpoint, type SlowTokenEndpoint } from "../support/token-endpoint.ts";
import { startWorker, type RunningWorker } from "../support/worker.ts";
import type { Seed } from "../support/wire.ts";

const CALLERS = 200;
const DELAY_MS = 250;
const INTEGRATION = "slow";
const HOUR_MS = 3_600_000;

/** The entry of CUSTOM_PROVIDERS for the slow endpoint. */
function slowProvider({ url }: SlowTokenEndpoint): string {
  const provider = {
    id: INTEGRATION,
    name: "Slow",
    authorization_endpoint: url,
    token_endpoint: url,
    api_base_url: new URL(url).origin,
    client_id: "bench",
    client_secret: "bench",
    scopes: ["read"],
  };
  return JSON.stringify([provider]);
}

export const herd: Case = {
  title: `Herd: ${CALLERS} callers at once, a provider that takes ${DELAY_MS} ms`,
  compared_with: "against one call to the provider",
  run: async (plan) => {
    const [bareCode, latchkeyCode] = await Promise.all([bundleWorker("bare"), bundleWorker("latchkey")]);
    await using endpoint = await startTokenEndpoint(DELAY_MS);
    await using bare = await startWorker(bareCode);
    const vars = { CUSTOM_PROVIDERS: slowProvider(endpoint) };
    await using latchkey = await startWorker(latchkeyCode, { vault: true, vars });
    return await measure(plan, bare, latchkey, endpoint);
  },
};

async function measure(
  { quick }: Plan,
  bare: RunningWorker,
  latchkey: RunningWorker,
  endpoint: SlowTokenEndpoint,
): Promise<Row[]> {
  using client = new Client(CALLERS);
  const calls: number[] = [];
  const distinct: number[] = [];
  let users = 0;
  /** A new user with a token of that lifetime, and where to ask for it. */
  const newTarget = async (lifetime_ms: number, kind: "token" | "count/token" = "token"): Promise<Target> => {
    users += 1;
    const seed: Seed = { user: `user-${users}`, integration: INTEGRATION, lifetime_ms };
    await client.send({ url: `${latchkey.origin}/seed` }, JSON.stringify(seed));
    return { url: `${latchkey.origin}/${kind}/${INTEGRATION}/${seed.user}` };
  };
  const variants = {
    provider: async () => {
      const started = performance.now();
      await client.send({ url: `${bare.origin}/call?url=${encodeURIComponent(endpoint.url)}` });
      return performance.now() - started;
    },
    fresh: async () => (await client.burst(await newTarget(HOUR_MS))).wall_ms,
    herd: async () => {
      const target = await newTarget(0);
      const before = endpoint.calls();
      const { wall_ms, answers } = await client.burst(target);
      calls.push(endpoint.calls() - before);
      distinct.push(new Set(answers).size);
      return wall_ms;
    },
  };
  await inTurns(quick ? 1 : 2, variants);
  const results = await inTurns(quick ? 4 : 20, variants);
  const counted = await client.burst(await newTarget(0, "count/token"));
  const ms = (name: keyof typeof variants) => `${median(results(name)).toFixed(0)} ms`;
  const ratio = show(paired(results("herd"), results("provider"), quotient));
  const added = show(paired(results("herd"), results("provider"), difference), 0);
  return [
    { what: "one call from a bare Worker", measured: ms("provider"), compared: "" },
    { what: "the whole herd, token ended", measured: ms("herd"), compared: `x ${ratio}, + ${added} ms` },
    { what: "the whole herd, token fresh", measured: ms("fresh"), compared: "no call" },
    { what: "token calls per herd", measured: String(median(calls)), compared: `at most ${Math.max(...calls)}` },
    {
      what: "tokens handed out per herd",
      measured: String(median(distinct)),
      compared: `at most ${Math.max(...distinct)}`,
    },
    { what: "the herd asked of the bindings", measured: "", compared: describeCounts(counted.answers) },
  ];
}
