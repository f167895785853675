/**
 * The soak: random operations with faults on the product's own Worker in workerd, against a plain model of what may be observed.
 * `node bench/soak.ts [--operations N] [--hours H] [--seed S]`: a million operations, or for so many hours and at least ten
 * million. The seed repeats what is done and in which order; how long each takes is the machine's. Ends with 1 where anything
 * was lost, was late or is otherwise than the model says.
 */
import { existsSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import * as z from "zod";
import { Findings } from "./soak/findings.ts";
import { long, usual } from "./soak/plan.ts";
import { toText } from "./soak/report.ts";
import { soak } from "./soak/run.ts";

const MILLION = 1_000_000;
/** In memory, where the system has room for files there: what is looked for is not how fast a disk is. */
const IN_MEMORY = "/dev/shm";

const { values } = parseArgs({
  options: { hours: { type: "string" }, operations: { type: "string" }, seed: { type: "string" } },
});
const Options = z.object({
  hours: z.coerce.number().positive().optional(),
  operations: z.coerce.number().int().positive().optional(),
  seed: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(() => Math.floor(Math.random() * 2 ** 31)),
});
const options = Options.safeParse(values);
if (!options.success) {
  console.error(`${z.prettifyError(options.error)}\nUsage: npm run soak -- [--operations N] [--hours H] [--seed S]`);
  process.exit(2);
}
const { hours, operations, seed } = options.data;
const plan = hours === undefined ? usual(seed, operations ?? MILLION) : long(seed, operations ?? 10 * MILLION, hours);
// What hours of operations leave behind belongs on a disk.
if (hours === undefined && existsSync(IN_MEMORY)) process.env["TMPDIR"] ??= IN_MEMORY;

const started = performance.now();
console.log(
  `Node ${process.version}, ${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}; seed ${seed}, at least ${plan.operations.toLocaleString("en")} operations.`,
);
const findings = new Findings();
setInterval(() => {
  const { lostCount, lateCount } = findings;
  const minutes = Math.round((performance.now() - started) / 60_000);
  const made = findings.operations.total.toLocaleString("en");
  console.log(`${minutes} min: ${made} operations, ${lostCount} lost, ${lateCount} late`);
}, 60_000).unref();
const soaked = await soak(plan, findings);
const { resets } = soaked;
if (resets < plan.resets) findings.lose(`only ${resets} objects were reset, and ${plan.resets} were to be`);
console.log(`\n${toText(plan, soaked)}\n\n${((performance.now() - started) / 1000).toFixed(0)} s`);
process.exit(findings.lostCount + findings.lateCount > 0 ? 1 : 0);
