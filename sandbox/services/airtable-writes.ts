import * as z from "zod";
import type { AirtableRecord } from "../data/airtable.ts";
import { json, jsonBody } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { toCells, withCells } from "./airtable-cells.ts";
import { AIRTABLE_API as API, airtableErrors as errors, failure } from "./airtable-http.ts";
import { wantsIds } from "./airtable-records.ts";
import { findTable, type Place, records, shownRecord } from "./airtable-tables.ts";

const WRITE = ["data.records:write"];
/** https://airtable.com/developers/web/api/create-records */
const MOST = 10;

const cells = z.record(z.string(), z.unknown());
const how = {
  typecast: z.boolean().default(false),
  returnFieldsByFieldId: z.boolean().default(false),
  performUpsert: z.object({ fieldsToMergeOn: z.array(z.string()).min(1).max(3) }).optional(),
};
const oneBody = z.object({ fields: cells, ...how });
const manyBody = z.object({
  records: z
    .array(z.object({ id: z.string().optional(), fields: cells }))
    .min(1)
    .max(MOST),
  ...how,
});

/** Writing rows, one or ten at a time. PATCH keeps the cells that are not named, PUT clears them. */
export const writeRoutes: readonly Route[] = [
  api("POST", API, "/v0/:base/:table", WRITE, create),
  api("PATCH|PUT", API, "/v0/:base/:table", WRITE, updateMany),
  api("DELETE", API, "/v0/:base/:table", WRITE, removeMany),
  api("PATCH|PUT", API, "/v0/:base/:table/:record", WRITE, updateOne),
  api("DELETE", API, "/v0/:base/:table/:record", WRITE, (context) => {
    const place = findTable(context, "edit");
    if (place instanceof Response) return place;
    const id = context.params["record"] ?? "";
    const isRemoved = records(context, place.base, place.table).remove(id);
    return isRemoved ? json({ id, deleted: true }) : errors.notFound(context.call);
  }),
];

function missing(): Response {
  return failure(422, "INVALID_REQUEST_MISSING_FIELDS", 'Could not find field "fields" in the request body');
}

function create(context: ApiContext): Response {
  const place = findTable(context, "edit");
  if (place instanceof Response) return place;
  const body = jsonBody(context.call) ?? {};
  const isMany = "records" in body;
  const wanted = isMany ? manyBody.safeParse(body) : asMany(body);
  if (!wanted.success) return isMany ? errors.badRequest(context.call, tooMany(body)) : missing();
  const { typecast, returnFieldsByFieldId: byId } = wanted.data;
  const made = inOrderOrNone(wanted.data.records, ({ fields }) => madeRecord(context, place, fields, typecast));
  if (made instanceof Response) return made;
  for (const record of made) records(context, place.base, place.table).put(record);
  const shown = made.map((record) => shownRecord(place.table, record, byId));
  return json(isMany ? { records: shown } : shown[0]);
}

function asMany(body: object) {
  const one = oneBody.safeParse(body);
  return one.success
    ? { success: true as const, data: { ...one.data, records: [{ fields: one.data.fields }] } }
    : { success: false as const };
}

function tooMany(body: Readonly<Record<string, unknown>>): string {
  const given = body["records"];
  return Array.isArray(given) && given.length > MOST
    ? `Invalid request: at most ${MOST} records in one request.`
    : "Invalid request: parameter validation failed. Check your request data.";
}

/** All that was made, or the first refusal: Airtable writes all of a request or nothing. */
function inOrderOrNone<Given, Made>(given: readonly Given[], make: (one: Given) => Made | Response): Made[] | Response {
  const made: Made[] = [];
  for (const one of given) {
    const result = make(one);
    if (result instanceof Response) return result;
    made.push(result);
  }
  return made;
}

function madeRecord(
  { call }: ApiContext,
  { table }: Place,
  given: AirtableRecord["fields"],
  typecast: boolean,
): AirtableRecord | Response {
  const written = toCells(table, given, typecast);
  if (written instanceof Response) return written;
  return { id: `rec${randomText(14)}`, createdTime: new Date(call.now).toISOString(), fields: withCells({}, written) };
}

function changedRecord(
  context: ApiContext,
  place: Place,
  record: AirtableRecord,
  given: AirtableRecord["fields"],
  typecast: boolean,
): AirtableRecord | Response {
  const written = toCells(place.table, given, typecast);
  if (written instanceof Response) return written;
  return { ...record, fields: withCells(context.call.method === "PUT" ? {} : record.fields, written) };
}

function updateOne(context: ApiContext): Response {
  const place = findTable(context, "edit");
  if (place instanceof Response) return place;
  const shelf = records(context, place.base, place.table);
  const wanted = oneBody.safeParse(jsonBody(context.call));
  if (!wanted.success) return missing();
  const before = shelf.find(context.params["record"] ?? "");
  if (before === undefined) return errors.notFound(context.call);
  const { fields, typecast, returnFieldsByFieldId: byId } = wanted.data;
  const after = changedRecord(context, place, before, fields, typecast);
  if (after instanceof Response) return after;
  shelf.put(after);
  return json(shownRecord(place.table, after, byId || wantsIds(context.call)));
}

function updateMany(context: ApiContext): Response {
  const place = findTable(context, "edit");
  if (place instanceof Response) return place;
  const shelf = records(context, place.base, place.table);
  const body = jsonBody(context.call) ?? {};
  const wanted = manyBody.safeParse(body);
  if (!wanted.success) return errors.badRequest(context.call, tooMany(body));
  const { typecast, performUpsert: upsert, returnFieldsByFieldId: byId } = wanted.data;
  const all = shelf.list();
  const created: string[] = [];
  const changed = inOrderOrNone(wanted.data.records, ({ id, fields }) => {
    const before = id === undefined ? matching(all, upsert?.fieldsToMergeOn, fields) : all.find((one) => one.id === id);
    if (before instanceof Response) return before;
    if (before !== undefined) return changedRecord(context, place, before, fields, typecast);
    if (id !== undefined || upsert === undefined) {
      return failure(422, "ROW_DOES_NOT_EXIST", `Record ID ${id ?? ""} does not exist in this table`);
    }
    const made = madeRecord(context, place, fields, typecast);
    if (!(made instanceof Response)) created.push(made.id);
    return made;
  });
  if (changed instanceof Response) return changed;
  for (const record of changed) shelf.put(record);
  const shown = changed.map((record) => shownRecord(place.table, record, byId));
  if (upsert === undefined) return json({ records: shown });
  const updatedRecords = changed.map(({ id }) => id).filter((id) => !created.includes(id));
  return json({ records: shown, createdRecords: created, updatedRecords });
}

/** The one row that has the same cells in the columns to merge on; two of them are refused. */
function matching(
  all: readonly AirtableRecord[],
  columns: readonly string[] | undefined,
  fields: AirtableRecord["fields"],
): AirtableRecord | Response | undefined {
  if (columns === undefined) return undefined;
  const found = all.filter((record) => columns.every((name) => record.fields[name] === fields[name]));
  if (found.length < 2) return found[0];
  return failure(422, "INVALID_REQUEST_UNKNOWN", "More than one record matches the fields to merge on.");
}

function removeMany(context: ApiContext): Response {
  const place = findTable(context, "edit");
  if (place instanceof Response) return place;
  const shelf = records(context, place.base, place.table);
  const ids = [...context.call.query.getAll("records[]"), ...context.call.query.getAll("records")];
  if (ids.length === 0 || ids.length > MOST) return errors.badRequest(context.call, "Name one to ten records.");
  const unknown = ids.find((id) => shelf.find(id) === undefined);
  if (unknown !== undefined)
    return failure(422, "ROW_DOES_NOT_EXIST", `Record ID ${unknown} does not exist in this table`);
  for (const id of ids) shelf.remove(id);
  return json({ records: ids.map((id) => ({ id, deleted: true })) });
}
