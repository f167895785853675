/** A sample that is the same for the same seed. */
import type { Change } from "./changes.ts";

/** Mulberry32: numbers from 0 up to 1 that look like chance. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Chooses evenly among all, so that each folder is there by its size.
 * @param compiling gives back those that the compiler lets pass: the others are nobody's mistake, and others are taken for them
 */
export async function sampleOf(
  all: readonly Change[],
  size: number,
  seed: number,
  compiling: (some: readonly Change[]) => Promise<readonly Change[]>,
): Promise<readonly Change[]> {
  const chance = chances(seed);
  const mixed = all.map((change) => ({ change, at: chance() })).toSorted((a, b) => a.at - b.at);
  const waiting = mixed.map(({ change }) => change);
  const chosen: Change[] = [];
  while (chosen.length < size && waiting.length > 0) {
    chosen.push(...(await compiling(waiting.splice(0, Math.ceil((size - chosen.length) * 1.5)))));
  }
  return chosen.slice(0, size);
}
