/** Figures as the documentation has them. */

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table in Markdown, under its title. */
export function toMarkdown({ title, columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [`### ${title}`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line), ""].join("\n");
}

/** Three digits that count, with commas. */
export function figure(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1)) - 2);
  const rounded = digits > 0 ? value : Math.round(value / scale) * scale;
  return rounded.toLocaleString("en-US", { maximumFractionDigits: Math.min(digits, 3) });
}

export const dollars = (value: number): string => `$${figure(value)}`;
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Milliseconds in words. */
export function duration(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  if (minutes < 2) return `${figure(milliseconds / 1000)} s`;
  if (minutes < 120) return `${figure(minutes)} min`;
  return minutes < 2880 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1440).toFixed(1)} days`;
}

export const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** The most of a second. */
export const peak = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** What a second had, on the average of those from `from` to `to`. */
export const mean = (values: Float64Array, from: number, to: number): number =>
  sum(values.subarray(from, to)) / (to - from);
