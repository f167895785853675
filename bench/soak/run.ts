/** A whole soak: the product's own Worker on workerd, beside a provider of its own. */
import { bundleWorker } from "../support/bundle.ts";
import { startWorker } from "../support/worker.ts";
import type { Stage } from "./acts.ts";
import { SoakClient } from "./client.ts";
import { drive, Weather } from "./drive.ts";
import { Findings, Latencies } from "./findings.ts";
import { Judge } from "./judge.ts";
import { People } from "./people.ts";
import type { Plan } from "./plan.ts";
import { Provider } from "./provider.ts";
import { Chance, Tally } from "./random.ts";
import { soakVaults } from "./vaults.ts";
import { SoakApp } from "./wire.ts";

/** One of the two ways in which operations are made. */
interface Part {
  readonly operations: number;
  readonly ms: number;
}

export interface Soaked {
  readonly findings: Findings;
  readonly latencies: Stage["latencies"];
  /** What the Worker has told its operator, by what it was about. */
  readonly reports: Tally;
  /** Through HTTP, and on vaults themselves. */
  readonly http: Part;
  readonly vaults: Part;
  readonly resets: number;
}

/** Both parts at once, in processes of their own. @param findings are told of while it goes on */
export async function soak(plan: Plan, findings = new Findings()): Promise<Soaked> {
  const reports = new Tally();
  const latencies = {
    faulty: new Latencies(),
    calm: new Latencies(),
    recovery: new Latencies(),
    listed: new Latencies(),
  };
  await using provider = new Provider(findings, new Chance(plan.seed + 1));
  const vars = {
    PROVIDER: await provider.listen(),
    BEHIND_MS: String(plan.behind_ms),
    REMEMBERED_MS: String(plan.remembered_ms),
    SEED: String(plan.seed + 2),
  };
  const code = await bundleWorker("soak");
  const options = { vault: true, index: true, vars, report: (line: string) => reports.add(kindOf(line)) };
  const until = performance.now() + plan.lasts_ms;
  const throughHttp = async (): Promise<number> => {
    await using worker = await startWorker(code, options);
    using client = new SoakClient(worker.origin);
    const app = SoakApp.parse(await client.control("POST", "/soak/app"));
    const weather = new Weather();
    const { wasTroubled, wasFaulty } = weather;
    const people = new People(plan.users);
    const judge = new Judge(findings, provider.grants, plan);
    const chance = new Chance(plan.seed);
    const stage = { plan, app, client, provider, people, findings, judge, chance, wasTroubled, wasFaulty, latencies };
    return await drive(stage, weather, until);
  };
  const onVaults = async (index: number): Promise<number> => {
    await using worker = await startWorker(code, options);
    using client = new SoakClient(worker.origin);
    const operations = Math.ceil((plan.operations - plan.http_operations) / plan.processes);
    return await soakVaults(client, findings, new Chance(plan.seed + 3 + index), operations, until);
  };
  const onAllVaults = async (): Promise<number> => {
    const made = await Promise.all(Array.from({ length: plan.processes }, (_, index) => onVaults(index)));
    return made.reduce((sum, operations) => sum + operations, 0);
  };
  const [http, vaults] = await Promise.all([timed(throughHttp), timed(onAllVaults)]);
  const resets = findings.faults.of("vault_resets") + findings.faults.of("resets between calls");
  return { findings, latencies, reports, http, vaults, resets };
}

async function timed(work: () => Promise<number>): Promise<Part> {
  const began_at = performance.now();
  const operations = await work();
  return { operations, ms: performance.now() - began_at };
}

const RUNTIME_WORDS = 9;

/** A line of the log without what it says of one request. */
function kindOf(line: string): string {
  const [, event] = /"event":"(\w+)"/.exec(line) ?? [];
  const [, error] = /"error":"(\w*)"/.exec(line) ?? [];
  // Of the runtime's own, the first words: behind them are times and where it happened.
  return event === undefined ? line.split(/\s+/, RUNTIME_WORDS).join(" ") : [event, error].filter(Boolean).join(" ");
}
