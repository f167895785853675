import * as z from "zod";
import { driveFiles } from "../data/google.ts";
import { dice, many, NOUNS, pick } from "../data/words.ts";
import { json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { fileOf, keep, newFile, shelfOf } from "./google-drive-files.ts";
import { failure, googleErrors } from "./google-http.ts";

const HOST = "sheets.googleapis.com";
const AT = "/v4/spreadsheets/:id";
const AUTH = "https://www.googleapis.com/auth";
const WRITE = [`${AUTH}/spreadsheets`, `${AUTH}/drive`, `${AUTH}/drive.file`];
const READ = [...WRITE, `${AUTH}/spreadsheets.readonly`, `${AUTH}/drive.readonly`];
const SPREADSHEET = "application/vnd.google-apps.spreadsheet";
const [SHEET, ROWS, COLUMNS] = ["Sheet1", 1000, 26];

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const gridSchema = z.object({ id: z.string(), rows: z.array(z.array(cell)) });
const valuesSchema = z.object({
  range: z.string().optional(),
  majorDimension: z.enum(["ROWS", "COLUMNS"]).default("ROWS"),
  values: z.array(z.array(cell)).default([]),
});
type Rows = z.infer<typeof gridSchema>["rows"];

/** Spreadsheets of one sheet: made, read, written, added to. https://developers.google.com/workspace/sheets/api/reference/rest */
export const sheetsRoutes: readonly Route[] = [
  api("POST", HOST, "/v4/spreadsheets", WRITE, create),
  api("GET", HOST, AT, READ, (context) => {
    const title = titleOf(context);
    return title === undefined ? missing() : json(spreadsheet(context.params["id"] ?? "", title));
  }),
  api("GET", HOST, `${AT}/values:batchGet`, READ, (context) => {
    const ranges = context.call.query.getAll("ranges").map((text) => rangeOf(text));
    if (titleOf(context) === undefined) return missing();
    const read = ranges.flatMap((range) => (range === undefined ? [] : [valuesIn(context, range)]));
    if (read.length < ranges.length) return unreadable("ranges");
    return json({ spreadsheetId: context.params["id"], valueRanges: read });
  }),
  api("GET", HOST, `${AT}/values/:range`, READ, (context) =>
    inRange(context, (range) => json(valuesIn(context, range))),
  ),
  api("PUT", HOST, `${AT}/values/:range`, WRITE, (context) => inRange(context, (range) => update(context, range))),
  api("POST", HOST, `${AT}/values/:range`, WRITE, append),
];

function grids({ account, store }: ApiContext) {
  const sheets = driveFiles(account).filter(({ mimeType }) => mimeType === SPREADSHEET);
  const seeded = sheets.map(({ id }) => ({ id, rows: seededRows(id) }));
  return store.shelf({ account, kind: "grid", schema: gridSchema, seeded, idOf: (grid) => grid.id });
}

function seededRows(id: string): Rows {
  const roll = dice(id);
  const lines = many(4 + Math.floor(roll() * 20), () => [pick(NOUNS, roll), Math.floor(roll() * 900), roll() < 0.5]);
  return [["Thing", "Count", "Ready"], ...lines];
}

/** What a spreadsheet is called; undefined where there is none. */
function titleOf(context: ApiContext): string | undefined {
  const file = shelfOf(context).find(context.params["id"] ?? "");
  return file?.mimeType === SPREADSHEET ? file.name : undefined;
}

function missing(): Response {
  return failure(404, "NOT_FOUND", "notFound", "Requested entity was not found.");
}

function unreadable(text: string): Response {
  return failure(400, "INVALID_ARGUMENT", "badRequest", `Unable to parse range: ${text}`);
}

function spreadsheet(id: string, title: string): object {
  const gridProperties = { rowCount: ROWS, columnCount: COLUMNS };
  return {
    spreadsheetId: id,
    properties: { title, locale: "en_US", autoRecalc: "ON_CHANGE", timeZone: "Europe/Oslo" },
    sheets: [{ properties: { sheetId: 0, title: SHEET, index: 0, sheetType: "GRID", gridProperties } }],
    spreadsheetUrl: `https://docs.google.com/spreadsheets/d/${id}/edit`,
  };
}

function create(context: ApiContext): Response {
  const wanted = z
    .object({ properties: z.object({ title: z.string() }).optional() })
    .safeParse(jsonBody(context.call) ?? {});
  if (!wanted.success) return googleErrors.badRequest(context.call, "Invalid JSON payload received.");
  const title = wanted.data.properties?.title ?? "Untitled spreadsheet";
  const file = keep(context, fileOf(context, newFile.parse({ name: title }), SPREADSHEET));
  return json(spreadsheet(file.id, title));
}

/** A1 notation, taken apart: rows and columns from 0, the ends not included. */
interface Range {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

function rangeOf(text: string): Range | undefined {
  const all = { top: 0, left: 0, bottom: ROWS, right: COLUMNS };
  const [, quoted, plain, cells] = /^(?:(?:'([^']+)'|([A-Za-z]\w*))!)?(.*)$/.exec(text) ?? [];
  const sheet = quoted ?? plain;
  if (sheet !== undefined && sheet !== SHEET) return undefined;
  if (sheet === undefined && (cells === SHEET || cells === `'${SHEET}'`)) return all;
  const match = /^([A-Z]{1,2})?(\d{1,4})?(?::([A-Z]{1,2})?(\d{1,4})?)?$/.exec(cells ?? "");
  if (match === null || cells === "") return undefined;
  const [, left, top, right, bottom] = match;
  const isOne = !(cells ?? "").includes(":");
  const column = (letters: string | undefined, otherwise: number) =>
    (letters ?? "").split("").reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) || otherwise;
  const firstColumn = column(left, 1);
  const firstRow = Number(top ?? 1);
  return {
    top: firstRow - 1,
    left: firstColumn - 1,
    bottom: isOne ? firstRow : Number(bottom ?? ROWS),
    right: isOne ? firstColumn : column(right, COLUMNS),
  };
}

const letter = (column: number): string =>
  column < 26 ? String.fromCharCode(65 + column) : letter(Math.floor(column / 26) - 1) + letter(column % 26);

const written = ({ top, left, bottom, right }: Range): string =>
  `${SHEET}!${letter(left)}${top + 1}${bottom === top + 1 && right === left + 1 ? "" : `:${letter(right - 1)}${bottom}`}`;

function inRange(context: ApiContext, handle: (range: Range) => Response): Response {
  const text = context.params["range"] ?? "";
  const range = rangeOf(text);
  if (titleOf(context) === undefined) return missing();
  return range === undefined ? unreadable(text) : handle(range);
}

function rowsOf(context: ApiContext): Rows {
  return grids(context).find(context.params["id"] ?? "")?.rows ?? [];
}

/** Empty rows and cells at the end are left out, and numbers are shown as text unless asked for. */
function valuesIn(context: ApiContext, range: Range): object {
  const { query } = context.call;
  const isPlain = query.get("valueRenderOption") === "UNFORMATTED_VALUE";
  const cut = rowsOf(context)
    .slice(range.top, range.bottom)
    .map((row) => trimmed(row.slice(range.left, range.right)).map((value) => (isPlain ? value : shown(value))));
  const rows = cut.slice(0, cut.findLastIndex((row) => row.length > 0) + 1);
  const isAcross = query.get("majorDimension") === "COLUMNS";
  const values = isAcross ? turned(rows) : rows;
  const majorDimension = isAcross ? "COLUMNS" : "ROWS";
  return { range: written(range), majorDimension, ...(values.length === 0 ? {} : { values }) };
}

const shown = (value: z.infer<typeof cell>): string =>
  typeof value === "boolean" ? String(value).toUpperCase() : String(value ?? "");

function trimmed(row: Rows[number]): Rows[number] {
  return row.slice(0, row.findLastIndex((value) => value !== null && value !== "") + 1);
}

function turned(rows: Rows): Rows {
  return many(Math.max(0, ...rows.map((row) => row.length)), (column) => rows.map((row) => row[column] ?? ""));
}

function write(context: ApiContext, range: Range): { spreadsheetId: string; [name: string]: unknown } | Response {
  const { call, params } = context;
  const id = params["id"] ?? "";
  const option = call.query.get("valueInputOption");
  if (option !== "RAW" && option !== "USER_ENTERED") {
    const message = "'valueInputOption' is required but not specified";
    return failure(400, "INVALID_ARGUMENT", "badRequest", message);
  }
  const said = valuesSchema.safeParse(jsonBody(call));
  if (!said.success) return googleErrors.badRequest(call, "Invalid JSON payload received.");
  const values = said.data.majorDimension === "COLUMNS" ? turned(said.data.values) : said.data.values;
  const rows = rowsOf(context).map((row) => [...row]);
  for (const [down, line] of values.entries()) {
    while (rows.length <= range.top + down) rows.push([]);
    const row = rows[range.top + down] ?? [];
    while (row.length < range.left) row.push("");
    for (const [across, value] of line.entries()) if (value !== null) row[range.left + across] = value;
  }
  grids(context).put({ id, rows });
  const width = Math.max(0, ...values.map((line) => line.length));
  const area = { ...range, bottom: range.top + Math.max(values.length, 1), right: range.left + Math.max(width, 1) };
  return {
    spreadsheetId: id,
    updatedRange: written(area),
    updatedRows: values.length,
    updatedColumns: width,
    updatedCells: values.reduce((sum, line) => sum + line.length, 0),
  };
}

function update(context: ApiContext, range: Range): Response {
  const done = write(context, range);
  return done instanceof Response ? done : json(done);
}

/** `values/RANGE:append`, and `values/RANGE:clear`. */
function append(context: ApiContext): Response {
  const [, text = "", verb] = /^(.*):(append|clear)$/.exec(context.params["range"] ?? "") ?? [];
  const range = rangeOf(text);
  if (titleOf(context) === undefined) return missing();
  if (verb === undefined || range === undefined) return unreadable(context.params["range"] ?? "");
  const id = context.params["id"] ?? "";
  const rows = rowsOf(context);
  if (verb === "clear") {
    const isIn = (row: number, column: number) =>
      row >= range.top && row < range.bottom && column >= range.left && column < range.right;
    const left = rows.map((row, down) => row.map((value, across) => (isIn(down, across) ? "" : value)));
    grids(context).put({ id, rows: left });
    return json({ spreadsheetId: id, clearedRange: written(range) });
  }
  const updates = write(context, { ...range, top: rows.length });
  if (updates instanceof Response) return updates;
  const tableRange = rows.length === 0 ? {} : { tableRange: written({ ...range, top: 0, bottom: rows.length }) };
  return json({ spreadsheetId: id, ...tableRange, updates });
}
