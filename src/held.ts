/**
 * How much of what others send an isolate holds at once. It has 128 MB for everybody who is served there, and what one
 * tenant, or a stranger, sends must not take them from the others.
 */
import { AppError } from "./errors.ts";

/** What everybody may have, whatever the others hold: tokens, which are not to be lost on the way, are no longer. */
const FREE_BYTES = 16 * 1024;

interface Entry {
  bytes: number;
  readonly until: number;
}

/** One body on its way. */
export interface Held {
  /** Counts what has come of it. @returns whether more of it may be kept */
  readonly add: (bytes: number) => boolean;
  /** Is called when nobody waits for more of it: what is done then is done before anybody else has their turn. */
  readonly release: () => void;
}

/** What bodies of one kind may have together. */
export class Room {
  readonly #bytes: number;
  /** What is held now. A request that is cut off never gives back what it holds, so each entry ends by itself. */
  readonly #entries = new Set<Entry>();
  #total = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** @throws AppError `overloaded` where there is none: nothing has been sent by then, so it can be tried again */
  check(): void {
    if (!this.#has(1)) throw overloaded();
  }

  /** Begins to hold a body. @param at_most_ms how long it may be held, in milliseconds */
  hold(at_most_ms: number): Held {
    const entry: Entry = { bytes: 0, until: Date.now() + at_most_ms };
    let [size, isReleased] = [0, false];
    return {
      add: (bytes) => {
        size += bytes;
        if (size <= FREE_BYTES) return true;
        if (isReleased || !this.#has(bytes)) return false;
        this.#entries.add(entry);
        entry.bytes += bytes;
        this.#total += bytes;
        return true;
      },
      release: () => {
        isReleased = true;
        this.#forget(entry);
      },
    };
  }

  #has(bytes: number): boolean {
    if (this.#total + bytes > this.#bytes)
      for (const entry of this.#entries) if (entry.until <= Date.now()) this.#forget(entry);
    return this.#total + bytes <= this.#bytes;
  }

  #forget(entry: Entry): void {
    if (this.#entries.delete(entry)) this.#total -= entry.bytes;
  }
}

const MEBIBYTE = 1024 * 1024;
/** What services answer. */
export const answers = new Room(24 * MEBIBYTE);
/** What callers send on to services. */
export const requests = new Room(16 * MEBIBYTE);
/** The same, from whoever has not said yet who they are: they take no room from those who have. */
export const strangers = new Room(4 * MEBIBYTE);

/** For whoever asks while there is no room. */
export function overloaded(): AppError {
  return new AppError("overloaded", "Too much is being read here at once. Try again in a moment.", {
    headers: { "Retry-After": "1" },
  });
}
