/** What a soak prints: what was done, what was met with, what came of it, what was lost and what was late. */
import type { Latencies } from "./findings.ts";
import type { Tally } from "./random.ts";
import type { Soaked } from "./run.ts";
import { sessionCopyFor, staleFor, type Plan } from "./plan.ts";

const number = (value: number): string => Math.round(value).toLocaleString("en");
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

function table(title: string, counts: readonly (readonly [string, number])[]): string {
  const width = Math.max(0, ...counts.map(([name]) => name.length));
  const lines = counts.map(([name, count]) => `  ${name.padEnd(width)}  ${number(count).padStart(10)}`);
  return [title, ...lines].join("\n");
}

const tallied = (title: string, tally: Tally): string =>
  table(
    title,
    Object.entries(tally.toRecord()).toSorted(([one], [other]) => one.localeCompare(other)),
  );

const quantiles = (name: string, calls: Latencies): string =>
  calls.count === 0
    ? `  ${name}: none`
    : `  ${name}: ${number(calls.count)}; half within ${number(calls.quantile(0.5))} ms, 99 % within ${number(calls.quantile(0.99))} ms, all within ${number(calls.longest)} ms`;

function listed(title: string, count: number, told: readonly string[]): string {
  if (count === 0) return `${title}: nothing`;
  const more = count > told.length ? [`  and ${number(count - told.length)} more`] : [];
  return [`${title}: ${number(count)}`, ...told.map((one) => `  - ${one}`), ...more].join("\n");
}

export function toText(plan: Plan, { findings, latencies, reports, http, vaults, resets }: Soaked): string {
  const all = http.operations + vaults.operations;
  const perSecond = ({ operations, ms }: typeof http): string => `${number((operations * 1000) / ms)} a second`;
  return [
    tallied("Operations", findings.operations),
    tallied("Faults that were met with", findings.faults),
    tallied("Outcomes through HTTP", findings.outcomes),
    tallied("Reports to the operator", reports),
    [
      "Calls through HTTP, at callers' own pace beside everything else",
      quantiles("with faults", latencies.faulty),
      quantiles("without", latencies.calm),
      quantiles("from the last fault to an answer of each connection", latencies.recovery),
      quantiles("from then until the list of the app has all", latencies.listed),
    ].join("\n"),
    [
      `${number(all)} operations, seed ${plan.seed}`,
      `  through HTTP, the whole product: ${number(http.operations)} in ${seconds(http.ms)}, ${perSecond(http)}`,
      `  on vaults themselves, most of them within the object: ${number(vaults.operations)} in ${seconds(vaults.ms)}, ${perSecond(vaults)}`,
      `  resets of objects: ${number(resets)}`,
      `  KV is behind for ${seconds(plan.behind_ms)}, an isolate for ${seconds(plan.remembered_ms)}: late is what is later than ${seconds(staleFor(plan))},`,
      `  of a session that was used while it ended ${seconds(staleFor(plan) + sessionCopyFor(plan))}`,
    ].join("\n"),
    listed("Late", findings.lateCount, findings.late),
    listed("Lost, or otherwise than the model says", findings.lostCount, findings.lost),
  ].join("\n\n");
}
