/** A key with a grant: what it costs that each of its calls is held against fifty rules. */
import * as z from "zod";
import type { HeldRule } from "../../src/grants/held-grant.ts";
import { bundleWorker } from "../support/bundle.ts";
import type { Case } from "../support/case.ts";
import { Client, type Target } from "../support/load.ts";
import { inTurns } from "../support/rounds.ts";
import { median, paired, quotient, show } from "../support/statistics.ts";
import { PATHS, startUpstream } from "../support/upstream.ts";
import { startWorker } from "../support/worker.ts";
import type { Seed } from "../support/wire.ts";

const CONCURRENCY = 32;
const RULES = 50;
const INTEGRATION = "github";
const Seeded = z.object({ session: z.string() });

/** The last one alone lets the calls pass: all before it are looked at. */
const rules: readonly HeldRule[] = Array.from({ length: RULES }, (_, place) => ({
  integrations: [INTEGRATION],
  methods: ["GET", "POST"],
  paths: place === RULES - 1 ? ["/**"] : [`/repos/acme-${place}/*/issues/**`, `/orgs/*/teams/team-${place}/*`],
  writes: "refuse",
}));

export const grants: Case = {
  title: "Grants: a call that fifty rules are held against",
  compared_with: "against the same with a key without a grant",
  run: async ({ quick }) => {
    await using upstream = await startUpstream();
    const vars = { UPSTREAM: upstream.origin };
    await using worker = await startWorker(await bundleWorker("proxy"), { vault: true, vars });
    using many = new Client(CONCURRENCY);
    using one = new Client(1);
    const targetOf = async (user: string, held?: readonly HeldRule[]): Promise<Target> => {
      const seed: Seed = { user, integration: INTEGRATION, lifetime_ms: 3_600_000, ...(held && { rules: held }) };
      const { session } = Seeded.parse(
        JSON.parse(await one.send({ url: `${worker.origin}/seed` }, JSON.stringify(seed))),
      );
      const url = `${worker.origin}/proxy/${INTEGRATION}${PATHS.json}`;
      return { url, headers: { Authorization: `Bearer ${session}` } };
    };
    const targets = { none: await targetOf("without"), fifty: await targetOf("with", rules) };
    const window_ms = quick ? 300 : 1000;
    const run = (target: Target) => async () => {
      const before = worker.processorTime();
      const { requests, per_second } = await many.saturate(target, window_ms);
      return { per_second, cpu_ms: (worker.processorTime() - before) / requests };
    };
    const variants = { none: run(targets.none), fifty: run(targets.fifty) };
    await inTurns(1, variants);
    const results = await inTurns(quick ? 4 : 20, variants);
    const values = (name: "none" | "fifty", figure: "per_second" | "cpu_ms") =>
      results(name).map((result) => result[figure]);
    return [
      {
        what: `1 KB ${CONCURRENCY} at a time, ${RULES} rules; goal x 0.95`,
        measured: `${median(values("fifty", "per_second")).toFixed(0)}/s`,
        compared: `x ${show(paired(values("fifty", "per_second"), values("none", "per_second"), quotient))}`,
      },
      {
        what: "processor time of that; goal x 1.05",
        measured: `${median(values("fifty", "cpu_ms")).toFixed(3)} ms`,
        compared: `x ${show(paired(values("fifty", "cpu_ms"), values("none", "cpu_ms"), quotient))}`,
      },
    ];
  },
};
