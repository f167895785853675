/**
 * The benchmark: ratios of variants measured in turns in one run, on loopback, in workerd. Not a test: machines differ.
 * `node bench/run.ts [--quick] [CASE...]`
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { found } from "./cases/found.ts";
import { grants } from "./cases/grants.ts";
import { herd } from "./cases/herd.ts";
import { hotPath } from "./cases/hot-path.ts";
import { load } from "./cases/load.ts";
import { memory } from "./cases/memory.ts";
import { proxy } from "./cases/proxy.ts";
import { startUp } from "./cases/start-up.ts";
import { tenants } from "./cases/tenants.ts";
import { toTable, type Case } from "./support/case.ts";

const CASES: ReadonlyMap<string, Case> = new Map([
  ["hot-path", hotPath],
  ["herd", herd],
  ["proxy", proxy],
  ["start-up", startUp],
  ["load", load],
  ["tenants", tenants],
  ["memory", memory],
  ["found", found],
  ["grants", grants],
]);
/** Whatever hangs, the run ends. */
const AT_MOST_MS = 900_000;

const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean", default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !CASES.has(name));
if (unknown.length > 0) {
  console.error(`There is no case ${unknown.join(", ")}. Cases: ${[...CASES.keys()].join(", ")}.`);
  process.exit(2);
}

setTimeout(() => {
  console.error(`The run took longer than ${AT_MOST_MS / 1000} s and was ended.`);
  process.exit(1);
}, AT_MOST_MS).unref();

const started = performance.now();
console.log(
  `Node ${process.version}, ${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}. Ratios and differences: median (min to max) of rounds.`,
);
for (const [name, one] of CASES) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n${toTable(one, await one.run(values))}`);
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
