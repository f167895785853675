/** What the Worker writes down, as a person at a terminal reads it: its lines for requests, changes and reports. */
import { stripVTControlCharacters, styleText } from "node:util";
import * as z from "zod";

export interface Look {
  /** Where the Worker is, which has a page for each of its errors. */
  readonly address: string;
  readonly color: boolean;
  /** Of the terminal; without bound where there is none. */
  readonly columns: number;
}

const Known = { request_id: z.string(), app: z.string().optional(), user: z.string().optional() };
const RequestLine = z.object({
  ...Known,
  event: z.literal("request"),
  integration: z.string().optional(),
  provider: z.string().optional(),
  connection: z.string().optional(),
  method: z.string(),
  route: z.string(),
  status: z.number(),
  outcome: z.string(),
  duration_ms: z.number(),
});
const ChangeLine = z.object({
  ...Known,
  event: z.literal("audit"),
  action: z.string(),
  target: z.record(z.string(), z.string()),
});
const ReportLine = z.looseObject({ event: z.string() });
const Line = z.union([RequestLine, ChangeLine, ReportLine]);

/** The line that a text holds; null for whatever else is printed. */
export function readLine(text: string): z.output<typeof Line> | null {
  if (!text.startsWith("{")) return null;
  try {
    return Line.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

type Style = "red" | "yellow" | "green" | "cyan" | "dim" | "bold";

/** A line as it is shown: one line of text, or several where the terminal is narrow or there is something to do. @param at when it came */
export function showLine(line: z.output<typeof Line>, at: Date, { address, color, columns }: Look): string {
  const styled = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const time = styled("dim", at.toTimeString().slice(0, 8));
  const request = RequestLine.safeParse(line);
  if (request.success) return showRequest(request.data);
  const change = ChangeLine.safeParse(line);
  if (change.success) {
    const { action, target, app, user, request_id } = change.data;
    return wrap(
      `${time} ${styled("cyan", `changed   ${action}`)}`,
      facts({ ...target, app, user, request: request_id }),
    );
  }
  const { event, ...rest } = line;
  return wrap(`${time} ${styled("red", `REPORT    ${event}`)}`, facts(rest));

  function showRequest({
    method,
    route,
    status,
    outcome,
    duration_ms,
    ...about
  }: z.output<typeof RequestLine>): string {
    const { app, user, integration, connection, request_id } = about;
    const isOurs = outcome !== "ok";
    const style = isOurs ? "red" : status >= 400 ? "yellow" : "green";
    const head = [
      time,
      method.padEnd(7),
      styled(style, `${status} ${outcome}`),
      styled("bold", route),
      styled("dim", `${duration_ms} ms`),
    ].join(" ");
    const shown = wrap(head, facts({ app, user, integration, connection, request: request_id }));
    if (isOurs) return `${shown}\n  → ${address}/docs/errors/${outcome}`;
    return status >= 400 ? `${shown}\n  → this is the service's own answer` : shown;
  }

  /** Behind the head where there is room, below it where there is not. */
  function wrap(head: string, known: readonly string[]): string {
    const whole = `${head}  ${styled("dim", known.join(" "))}`;
    if (known.length === 0) return head;
    if (stripVTControlCharacters(whole).length <= columns) return whole;
    const rows: string[] = [];
    for (const fact of known) {
      const longer = `${rows.at(-1) ?? ""} ${fact}`;
      if (rows.length === 0 || longer.length + 2 > columns) rows.push(`  ${fact}`);
      else rows[rows.length - 1] = longer;
    }
    return [head, ...rows.map((row) => styled("dim", row))].join("\n");
  }
}

const facts = (known: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(known).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`],
  );
