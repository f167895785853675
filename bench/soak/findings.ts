/** What a soak has found, and how long its calls took. */
import { Tally } from "./random.ts";

/** Of each kind of finding so many are told in full. */
const TOLD = 40;

export class Findings {
  /** What was lost, or is otherwise than the model says. */
  readonly lost: string[] = [];
  /** What was as it should be, and later than documented. */
  readonly late: string[] = [];
  lostCount = 0;
  lateCount = 0;
  readonly operations = new Tally();
  readonly outcomes = new Tally();
  readonly faults = new Tally();

  lose(what: string): void {
    this.lostCount += 1;
    if (this.lost.length < TOLD) this.lost.push(what);
  }

  delay(what: string): void {
    this.lateCount += 1;
    if (this.late.length < TOLD) this.late.push(what);
  }
}

/** Milliseconds, counted by how long: memory does not grow with the calls. */
export class Latencies {
  readonly #counts = new Map<number, number>();
  #all = 0;
  #longest = 0;

  add(milliseconds: number): void {
    // Steps of a twentieth.
    const step = Math.ceil(Math.log(Math.max(milliseconds, 0.1)) / Math.log(1.05));
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.#all += 1;
    this.#longest = Math.max(this.#longest, milliseconds);
  }

  get count(): number {
    return this.#all;
  }

  get longest(): number {
    return this.#longest;
  }

  /** What `share` of them took at most. */
  quantile(share: number): number {
    let left = this.#all * share;
    for (const [step, count] of [...this.#counts].toSorted(([one], [other]) => one - other)) {
      left -= count;
      if (left <= 0) return Math.min(1.05 ** step, this.#longest);
    }
    return this.#longest;
  }
}
