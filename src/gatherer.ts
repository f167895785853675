/**
 * Gathers what happens in an isolate, by name, and has it written behind an answer, many in one call: no answer waits for it.
 * What an isolate holds when it ends is lost. What could not be written is counted, and told with what comes next.
 */
interface Pile<T> {
  readonly since: number;
  readonly entries: T[];
}

/** How long entries are gathered in milliseconds, and how many go in one call. */
interface Limits {
  readonly ms: number;
  readonly most: number;
}

/** What an isolate has gathered, for as long as it lives. */
export class Gathered<T> {
  readonly piles = new Map<string, Pile<T>>();
  /** How many of a name could not be written. */
  readonly dropped = new Map<string, number>();
}

/** So many names have lost some, at most, and are told of it. */
const MOST_DROPPED = 1000;

export class Gatherer<T> {
  readonly #gathered: Gathered<T>;
  readonly #limits: Limits;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #write: (name: string, entries: readonly T[], dropped: number) => Promise<void>;

  constructor(
    gathered: Gathered<T>,
    limits: Limits,
    waitUntil: (work: Promise<unknown>) => void,
    write: (name: string, entries: readonly T[], dropped: number) => Promise<void>,
  ) {
    this.#gathered = gathered;
    this.#limits = limits;
    this.#waitUntil = waitUntil;
    this.#write = write;
  }

  /** Takes an entry, and has what is due written behind the answer. */
  note(name: string, entry: T): void {
    const { piles } = this.#gathered;
    const now = Date.now();
    const pile = piles.get(name) ?? { since: now, entries: [] };
    piles.set(name, pile);
    pile.entries.push(entry);
    // The request that was to write them later may have been cut off.
    const isDue = pile.since + this.#limits.ms <= now;
    if (isDue || pile.entries.length >= this.#limits.most) this.#waitUntil(this.flush(name));
    else if (pile.entries.length === 1) this.#waitUntil(this.#later(name));
  }

  async #later(name: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#limits.ms));
    await this.flush(name);
  }

  /** Has what was gathered written now. Never throws. */
  async flush(name: string): Promise<void> {
    const { piles, dropped } = this.#gathered;
    const pile = piles.get(name);
    if (!pile) return;
    piles.delete(name);
    const before = dropped.get(name) ?? 0;
    dropped.delete(name);
    try {
      await this.#write(name, pile.entries, before);
    } catch {
      if (dropped.size >= MOST_DROPPED) dropped.clear();
      dropped.set(name, (dropped.get(name) ?? 0) + before + pile.entries.length);
    }
  }
}
