/**
 * What there is most of, in one line for many: calls of providers that went well, of which a line for each would cost as much as a
 * good part of the call, and guesses at keys, with which nobody is to fill a log. An isolate counts them and has the sums written
 * behind an answer; what it holds when it ends is lost. An app finds each of its own in its list of requests.
 */

/** Calls that are alike. Durations are milliseconds: of all of them together, and of the longest. */
export interface Calls {
  readonly app: string | undefined;
  readonly integration: string | undefined;
  readonly provider: string | undefined;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly outcome: string;
  count: number;
  duration_ms: number;
  longest_ms: number;
}

/** What an isolate has counted, and since when, in milliseconds since 1970. */
export class CallCounts {
  since = 0;
  readonly sums = new Map<string, Calls>();
}

/** Of one kind each integration has one: far more than an isolate serves in the time. */
const MOST = 1000;

export class CallLog {
  readonly #counts: CallCounts;
  readonly #gather_ms: number;
  readonly #waitUntil: (work: Promise<unknown>) => void;

  /** @param gather_ms how long calls are counted before they are written, in milliseconds; 0: each has its own line */
  constructor(counts: CallCounts, gather_ms: number, waitUntil: (work: Promise<unknown>) => void) {
    this.#counts = counts;
    this.#gather_ms = gather_ms;
    this.#waitUntil = waitUntil;
  }

  /** Counts a call. @returns whether that was done: else it is to have a line of its own */
  note(call: Omit<Calls, "count" | "longest_ms">): boolean {
    if (this.#gather_ms === 0) return false;
    const { sums } = this.#counts;
    const name = `${call.app} ${call.integration} ${call.method} ${call.route} ${call.status} ${call.outcome}`;
    const sum = sums.get(name);
    if (sum) {
      sum.count += 1;
      sum.duration_ms += call.duration_ms;
      sum.longest_ms = Math.max(sum.longest_ms, call.duration_ms);
    } else {
      if (sums.size >= MOST) return false;
      sums.set(name, { ...call, count: 1, longest_ms: call.duration_ms });
      if (sums.size === 1) {
        this.#counts.since = Date.now();
        this.#waitUntil(this.#writeLater());
        return true;
      }
    }
    // The request that was to write them may have been cut off.
    if (Date.now() - this.#counts.since > 2 * this.#gather_ms) this.#write();
    return true;
  }

  async #writeLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#gather_ms));
    this.#write();
  }

  #write(): void {
    const { sums } = this.#counts;
    const seconds = Math.round((Date.now() - this.#counts.since) / 1000);
    for (const sum of sums.values()) console.log(JSON.stringify({ event: "calls", seconds, ...sum }));
    sums.clear();
  }
}
