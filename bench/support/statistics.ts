/** The few statistics that noisy machines allow: medians, and ratios with their extremes. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) throw new RangeError("There is no median of nothing.");
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

/** The value that such a share of all is at most. @param share from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)];
  if (value === undefined) throw new RangeError("There is no quantile of nothing.");
  return value;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** `values` against `baseline` combined round by round, so that what slows a whole round down cancels out. */
export function paired(
  values: readonly number[],
  baseline: readonly number[],
  combine: (value: number, base: number) => number,
): Spread {
  return spread(
    values.map((value, round) => {
      const base = baseline[round];
      if (base === undefined) throw new RangeError("Both sides need the same rounds.");
      return combine(value, base);
    }),
  );
}

export const quotient = (value: number, base: number): number => value / base;
export const difference = (value: number, base: number): number => value - base;

/** `1.23 (1.10 to 1.40)` */
export function show({ median: middle, min, max }: Spread, digits = 2): string {
  return `${middle.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
