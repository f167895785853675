/** The processor time of the workerd processes that this one has started, as far as the system tells. */
import { readdirSync, readFileSync } from "node:fs";

/** What `/proc` counts in (`getconf CLK_TCK`): 100 a second on every Linux there is. */
const TICK_MS = 10;

interface Stat {
  readonly command: string;
  readonly parent: number;
  readonly cpu_ms: number;
}

/** proc_pid_stat(5); undefined for a process that is not, or no longer, there. */
function statOf(pid: number): Stat | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = line.lastIndexOf(")");
    // From the third field on: state, parent, ..., the fourteenth and fifteenth are user and system time.
    const fields = line.slice(end + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { command: line.slice(line.indexOf("(") + 1, end), parent: Number(fields[1]), cpu_ms: ticks * TICK_MS };
  } catch {
    return undefined;
  }
}

/** The ids of our workerd processes; none where there is no `/proc`. */
export function workerdProcesses(): readonly number[] {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return [];
  }
  return names
    .map(Number)
    .filter((pid) => Number.isInteger(pid))
    .filter((pid) => {
      const stat = statOf(pid);
      return stat?.parent === process.pid && stat.command === "workerd";
    });
}

/** User and system time of a process so far; NaN where that is not known. */
export function processorTime(pid: number | undefined): number {
  return (pid === undefined ? undefined : statOf(pid)?.cpu_ms) ?? Number.NaN;
}
