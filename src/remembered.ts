/**
 * What an isolate remembers of what it has read, so that the next call of the same caller asks for nothing: in memory alone, for
 * a while, and bounded. Much of it is secret; none of it is ever written anywhere.
 */
interface Entry<T> {
  readonly value: T;
  readonly until: number;
  readonly weight: number;
}

/** How long and how much. */
export interface Bounds<T> {
  /** Milliseconds. */
  readonly ms: number;
  readonly most: number;
  /** Of all values together, by what `weigh` says of each. */
  readonly heaviest?: number;
  readonly weigh?: (value: T) => number;
}

/** As long as an isolate may be behind, and as many as it serves in that time. */
export const LATELY = { ms: 30_000, most: 10_000 } as const;

export class Remembered<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #bounds: Bounds<T>;
  #weight = 0;
  #forgotten = 0;

  constructor(bounds: Bounds<T>) {
    this.#bounds = bounds;
  }

  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && entry.until > Date.now() ? entry.value : undefined;
  }

  /** Is to be asked before something is read, and given to `set` when it is there. */
  get mark(): number {
    return this.#forgotten;
  }

  /** @param mark of before it was read: what was read before something was forgotten may be what was to be forgotten */
  set(name: string, value: T, mark = this.#forgotten): void {
    if (mark !== this.#forgotten) return;
    const { ms, most, heaviest = Infinity, weigh = () => 0 } = this.#bounds;
    this.#drop(name);
    const weight = weigh(value);
    this.#weight += weight;
    this.#entries.set(name, { value, until: Date.now() + ms, weight });
    // A map is in the order in which things were put in: the oldest give way.
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= most && this.#weight <= heaviest) break;
      this.#drop(oldest);
    }
  }

  delete(name: string): void {
    this.#forgotten += 1;
    this.#drop(name);
  }

  /** Forgets all of which this holds. */
  deleteWhere(isGone: (value: T) => boolean): void {
    this.#forgotten += 1;
    for (const [name, { value }] of this.#entries) if (isGone(value)) this.#drop(name);
  }

  #drop(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#weight -= entry.weight;
    this.#entries.delete(name);
  }
}
