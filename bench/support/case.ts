/** What a case is: rows of figures, measured as thoroughly as the run has time for. */

export interface Plan {
  readonly quick: boolean;
}

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly compared: string;
}

export interface Case {
  readonly title: string;
  /** What the last column is compared with. */
  readonly compared_with: string;
  readonly run: (plan: Plan) => Promise<readonly Row[]>;
}

/** The rows as a table of plain text. */
export function toTable({ title, compared_with }: Case, rows: readonly Row[]): string {
  const lines = [{ what: title, measured: "median", compared: compared_with }, ...rows];
  const width = (column: keyof Row): number => Math.max(...lines.map((line) => line[column].length));
  const [what, measured] = [width("what"), width("measured")];
  const printed = lines.map((line) =>
    `${line.what.padEnd(what)}  ${line.measured.padStart(measured)}  ${line.compared}`.trimEnd(),
  );
  const rule = "-".repeat(Math.max(...printed.map((line) => line.length)));
  return [printed[0], rule, ...printed.slice(1)].join("\n");
}
