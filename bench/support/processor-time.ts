/** The processor time and memory of the workerd processes that this one has started, as far as the system tells. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

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

/** The most memory that a process has held since `forgetPeak`, and what it holds now, in bytes; NaN where that is not known. */
export function memoryOf(pid: number | undefined): { readonly now: number; readonly peak: number } {
  const kilobytes = (name: string): number => {
    const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(statusOf(pid)) ?? [];
    return Number(value ?? Number.NaN) * 1024;
  };
  return { now: kilobytes("VmRSS"), peak: kilobytes("VmHWM") };
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

/** Has the system measure the peak of a process from now on (proc_pid_clear_refs(5)). */
export function forgetPeak(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Then it is that since the start.
  }
}

/** User and system time of a process so far; NaN where that is not known. */
export function processorTime(pid: number | undefined): number {
  return (pid === undefined ? undefined : statOf(pid)?.cpu_ms) ?? Number.NaN;
}
