/** Chance that is the same in every run, also in the product's own code that is called here. */

/** Makes `Math.random` a sequence that a seed decides (mulberry32). */
export function seed(value: number): void {
  let state = value;
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The time until the next of events that come at random, in the unit of `rate`. */
export const untilNext = (rate: number): number => -Math.log(1 - Math.random()) / rate;

/** The shares of `count` apps of which the first has the most: the share of the one in place k goes with k to the power of -`exponent`. */
export function zipf(count: number, exponent: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Text of so many letters and digits. */
export const letters = (length: number): string =>
  Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join("");
