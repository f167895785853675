/** Tenants: what an app's call costs in a deployment that has thousands of others, against one that has none. */
import * as z from "zod";
import { bundleWorker } from "../support/bundle.ts";
import type { Case } from "../support/case.ts";
import { Client, type Target } from "../support/load.ts";
import { inTurns } from "../support/rounds.ts";
import { median, paired, quotient, show } from "../support/statistics.ts";
import { PATHS, startUpstream } from "../support/upstream.ts";
import { startWorker } from "../support/worker.ts";
import type { Fill } from "../support/wire.ts";

/** As many of each as an app may have origins. */
const EACH = 50;
const AT_ONCE = 20;
const SeededApp = z.object({ key: z.string(), integration: z.string(), user: z.string() });

export const tenants: Case = {
  title: "Tenants: a proxied call of one app beside many others",
  compared_with: "against an empty deployment",
  run: async ({ quick }) => {
    const [apps, rounds, calls] = quick ? [100, 3, 100] : [1000, 7, 300];
    const code = await bundleWorker("tenants");
    await using upstream = await startUpstream();
    const vars = { UPSTREAM: upstream.origin };
    await using empty = await startWorker(code, { vault: true, vars });
    await using full = await startWorker(code, { vault: true, vars });
    using client = new Client(1);
    for (let made = 0; made < apps; made += AT_ONCE) {
      const some: Fill = { apps: AT_ONCE, each: EACH };
      await client.send({ url: `${full.origin}/fill` }, JSON.stringify(some));
    }
    const appIn = async (origin: string): Promise<Target> => {
      const { key, integration, user } = SeededApp.parse(JSON.parse(await client.send({ url: `${origin}/seed` }, "")));
      const headers = { Authorization: `Bearer ${key}`, "X-Latchkey-User": user };
      return { url: `${origin}/proxy/${integration}${PATHS.json}`, headers };
    };
    const timed = async (target: Target): Promise<number> => (await client.transfer(target)).wall_ms;
    const [inEmpty, inFull] = [await appIn(empty.origin), await appIn(full.origin)];
    const often = (target: Target) => async () => {
      const latencies: number[] = [];
      for (let call = 0; call < calls; call += 1) latencies.push(await timed(target));
      return median(latencies);
    };
    const first = (origin: string) => async () => timed(await appIn(origin));
    const hot = await inTurns(rounds, { empty: often(inEmpty), full: often(inFull) });
    const cold = await inTurns(calls / 5, { empty: first(empty.origin), full: first(full.origin) });
    const row = (what: string, results: typeof hot) => ({
      what,
      measured: `${median(results("full")).toFixed(2)} ms`,
      compared: `x ${show(paired(results("full"), results("empty"), quotient))}`,
    });
    return [
      row(`a call beside ${apps * EACH * 2} origins and integrations of ${apps} apps`, hot),
      row("the first call of a new app there", cold),
    ];
  },
};
