import * as z from "zod";
import type { AirtableRecord, AirtableTable } from "../data/airtable.ts";
import { inOrder } from "../data/words.ts";
import { type Call, json, jsonBody } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { parseFormula, passes } from "./airtable-formula.ts";
import { AIRTABLE_API as API, airtableErrors as errors, failure } from "./airtable-http.ts";
import { findField, findTable, records, shownRecord } from "./airtable-tables.ts";

const listing = z.object({
  pageSize: z.coerce.number().int().min(1).max(100).default(100),
  maxRecords: z.coerce.number().int().min(1).default(Infinity),
  offset: z.string().optional(),
  view: z.string().optional(),
  filterByFormula: z.string().default(""),
  fields: z.array(z.string()).optional(),
  sort: z.array(z.object({ field: z.string(), direction: z.enum(["asc", "desc"]).default("asc") })).default([]),
  returnFieldsByFieldId: z.union([z.boolean(), z.stringbool()]).default(false),
});
type Listing = z.infer<typeof listing>;

/** Reading rows: https://airtable.com/developers/web/api/list-records */
export const recordRoutes: readonly Route[] = [
  api("GET", API, "/v0/:base/:table", ["data.records:read"], (context) => list(context, fromQuery(context.call.query))),
  api("POST", API, "/v0/:base/:table/listRecords", ["data.records:read"], (context) =>
    list(context, jsonBody(context.call) ?? {}),
  ),
  api("GET", API, "/v0/:base/:table/:record", ["data.records:read"], (context) => {
    const place = findTable(context);
    if (place instanceof Response) return place;
    const record = records(context, place.base, place.table).find(context.params["record"] ?? "");
    return record === undefined
      ? errors.notFound(context.call)
      : json(shownRecord(place.table, record, wantsIds(context.call)));
  }),
];

/** Whether cells are asked for by the ids of their columns. */
export function wantsIds({ query }: Call): boolean {
  return query.get("returnFieldsByFieldId") === "true";
}

/** `fields[]=a&sort[0][field]=b` as the object it stands for, the way Airtable's own client writes it. */
function fromQuery(query: URLSearchParams): Record<string, unknown> {
  const sort: Record<string, string>[] = [];
  for (const [name, value] of query) {
    const [, at, part] = /^sort\[(\d{1,2})\]\[(field|direction)\]$/.exec(name) ?? [];
    if (at !== undefined && part !== undefined) sort[Number(at)] = { ...sort[Number(at)], [part]: value };
  }
  const fields = [...query.getAll("fields[]"), ...query.getAll("fields")];
  return { ...Object.fromEntries(query), sort: [...sort], fields: fields.length === 0 ? undefined : fields };
}

function list(context: ApiContext, asked: object): Response {
  const place = findTable(context);
  if (place instanceof Response) return place;
  const wanted = listing.safeParse(asked);
  if (!wanted.success) return errors.badRequest(context.call, "Invalid request: parameter validation failed.");
  const { table } = place;
  const found = selected(table, records(context, place.base, table).list(), wanted.data);
  if (found instanceof Response) return found;
  const start = fromCursor(table.id, wanted.data.offset);
  if (start === undefined)
    return failure(422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE", "The offset is not one this list gave.");
  const page = pageOf(found, start, pageSize(context.settings, wanted.data.pageSize));
  return json({
    records: page.items.map((record) => shownRecord(table, record, wanted.data.returnFieldsByFieldId)),
    ...(page.next === undefined ? {} : { offset: toCursor(table.id, page.next) }),
  });
}

function selected(table: AirtableTable, all: AirtableRecord[], wanted: Listing): AirtableRecord[] | Response {
  const { view, fields, sort, filterByFormula, maxRecords } = wanted;
  if (view !== undefined && !table.views.some(({ id, name }) => id === view || name === view)) {
    return failure(422, "VIEW_NAME_NOT_FOUND", `View ${view} not found`);
  }
  const named = [...(fields ?? []), ...sort.map(({ field }) => field)];
  const unknown = named.find((name) => findField(table, name) === undefined);
  if (unknown !== undefined) return failure(422, "UNKNOWN_FIELD_NAME", `Unknown field name: "${unknown}"`);
  const formula =
    filterByFormula === ""
      ? undefined
      : parseFormula(filterByFormula, (name) => table.fields.some((field) => field.name === name));
  if (formula !== undefined && "problem" in formula) return failure(422, "INVALID_FILTER_BY_FORMULA", formula.problem);
  const kept = all.filter((record) => formula === undefined || passes(formula, record.fields, record.id));
  const columns = fields?.map((name) => findField(table, name)?.name);
  return sorted(table, kept, sort)
    .slice(0, maxRecords)
    .map((record) => (columns === undefined ? record : narrowed(record, columns)));
}

function sorted(table: AirtableTable, found: readonly AirtableRecord[], sort: Listing["sort"]): AirtableRecord[] {
  const keys = sort.map(({ field, direction }) => ({ name: findField(table, field)?.name ?? field, direction }));
  return found.toSorted((left, right) => {
    for (const { name, direction } of keys) {
      const order = compare(left.fields[name], right.fields[name]);
      if (order !== 0) return direction === "asc" ? order : -order;
    }
    return 0;
  });
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return inOrder(sortText(left), sortText(right));
}

function sortText(cell: unknown): string {
  return cell === undefined ? "" : typeof cell === "string" ? cell.toLowerCase() : JSON.stringify(cell);
}

function narrowed(record: AirtableRecord, columns: readonly (string | undefined)[]): AirtableRecord {
  const fields = Object.entries(record.fields).filter(([name]) => columns.includes(name));
  return { ...record, fields: Object.fromEntries(fields) };
}
