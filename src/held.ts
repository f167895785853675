/**
 * How much of other people's answers an isolate holds at once. It has 128 MB for everybody who is served there, and what
 * one tenant's services send must not take them from the others.
 */
import { AppError } from "./errors.ts";

const BUDGET_BYTES = 24 * 1024 * 1024;
/** What every answer may have, whatever the others hold: tokens, which are not to be lost on the way, are no longer. */
const FREE_BYTES = 16 * 1024;

interface Entry {
  bytes: number;
  readonly until: number;
}

/** What is held now. A request that is cut off never gives back what it holds, so each entry ends by itself. */
const entries = new Set<Entry>();
let total = 0;

function forgetEnded(): void {
  for (const entry of entries) if (entry.until <= Date.now()) forget(entry);
}

function forget(entry: Entry): void {
  if (entries.delete(entry)) total -= entry.bytes;
}

/** One answer on its way in. */
export interface Held {
  /** Counts what has come of it. @returns whether more of it may be read */
  readonly add: (bytes: number) => boolean;
  /** Is called when nobody waits for more of it: what is done then is done before anybody else has their turn. */
  readonly release: () => void;
}

/**
 * Begins to hold an answer.
 * @param at_most_ms how long it may be held, in milliseconds
 * @throws AppError `overloaded` where there is no room: nothing has been sent by then, so it can be tried again
 */
export function hold(at_most_ms: number): Held {
  if (total >= BUDGET_BYTES) forgetEnded();
  if (total >= BUDGET_BYTES) throw overloaded();
  const entry: Entry = { bytes: 0, until: Date.now() + at_most_ms };
  let [size, isReleased] = [0, false];
  return {
    add(bytes) {
      size += bytes;
      if (size <= FREE_BYTES) return true;
      if (total + bytes > BUDGET_BYTES) forgetEnded();
      if (isReleased || total + bytes > BUDGET_BYTES) return false;
      entries.add(entry);
      entry.bytes += bytes;
      total += bytes;
      return true;
    },
    release() {
      isReleased = true;
      forget(entry);
    },
  };
}

/** For whoever asks while there is no room. */
export function overloaded(): AppError {
  return new AppError("overloaded", "Too many large answers are being read at once. Try again in a moment.", {
    headers: { "Retry-After": "1" },
  });
}
