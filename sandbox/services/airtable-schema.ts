import * as z from "zod";
import { type AirtableField, type AirtableTable, fieldSchema } from "../data/airtable.ts";
import { json, jsonBody } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { AIRTABLE_API as API, airtableErrors as errors, failure } from "./airtable-http.ts";
import { bases, findBase, findField, findTable, tables } from "./airtable-tables.ts";

const READ = ["schema.bases:read"];
const WRITE = ["schema.bases:write"];

const newField = fieldSchema.omit({ id: true });
const newTable = z.object({
  name: z.string().min(1),
  description: z.string().max(20_000).optional(),
  fields: z.array(newField).min(1),
});
const newBase = z.object({ name: z.string(), workspaceId: z.string(), tables: z.array(newTable).min(1) });
const changes = z.object({ name: z.string().optional(), description: z.string().optional() });

/** Bases, tables and columns: https://airtable.com/developers/web/api/create-table and its neighbours. */
export const schemaRoutes: readonly Route[] = [
  api("GET", API, "/v0/meta/bases", READ, (context) => {
    const start = fromCursor("bases", context.call.query.get("offset"));
    if (start === undefined) return failure(422, "INVALID_OFFSET_VALUE", "The offset is not one this list gave.");
    const page = pageOf(bases(context).list(), start, pageSize(context.settings, 1000));
    return json({ bases: page.items, ...(page.next === undefined ? {} : { offset: toCursor("bases", page.next) }) });
  }),
  api("POST", API, "/v0/meta/bases", WRITE, (context) => {
    const wanted = newBase.safeParse(jsonBody(context.call));
    if (!wanted.success) return errors.badRequest(context.call, z.prettifyError(wanted.error));
    const base = { id: `app${randomText(14)}`, name: wanted.data.name, permissionLevel: "create" as const };
    bases(context).put(base);
    const made = wanted.data.tables.map(toTable);
    for (const table of made) tables(context, base).put(table);
    return json({ id: base.id, tables: made });
  }),
  api("GET", API, "/v0/meta/bases/:base/tables", READ, (context) => {
    const base = findBase(context);
    return base instanceof Response ? base : json({ tables: tables(context, base).list() });
  }),
  api("POST", API, "/v0/meta/bases/:base/tables", WRITE, createTable),
  api("PATCH", API, "/v0/meta/bases/:base/tables/:table", WRITE, (context) => {
    const place = findTable(context, "create");
    if (place instanceof Response) return place;
    const wanted = changes.safeParse(jsonBody(context.call));
    if (!wanted.success) return errors.badRequest(context.call, "The name or the description is not valid.");
    const table = { ...place.table, ...given(wanted.data) };
    tables(context, place.base).put(table);
    return json(table);
  }),
  api("POST", API, "/v0/meta/bases/:base/tables/:table/fields", WRITE, createField),
  api("PATCH", API, "/v0/meta/bases/:base/tables/:table/fields/:field", WRITE, updateField),
];

function toTable({ name, description, fields }: z.infer<typeof newTable>): AirtableTable {
  const columns = fields.map(toField);
  return {
    id: `tbl${randomText(14)}`,
    name,
    ...(description === undefined ? {} : { description }),
    primaryFieldId: columns[0]?.id ?? "",
    fields: columns,
    views: [{ id: `viw${randomText(14)}`, name: "Grid view", type: "grid" }],
  };
}

function toField(field: z.infer<typeof newField>): AirtableField {
  return { id: `fld${randomText(14)}`, ...field };
}

function given({ name, description }: z.infer<typeof changes>): { name?: string; description?: string } {
  return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}

function createTable(context: ApiContext): Response {
  const base = findBase(context, "create");
  if (base instanceof Response) return base;
  const wanted = newTable.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, z.prettifyError(wanted.error));
  if (
    tables(context, base)
      .list()
      .some(({ name }) => name === wanted.data.name)
  ) {
    return failure(422, "DUPLICATE_TABLE_NAME", "A table with this name exists in the base.");
  }
  const table = toTable(wanted.data);
  tables(context, base).put(table);
  return json(table);
}

function createField(context: ApiContext): Response {
  const place = findTable(context, "create");
  if (place instanceof Response) return place;
  const wanted = newField.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, z.prettifyError(wanted.error));
  if (findField(place.table, wanted.data.name) !== undefined) {
    return failure(422, "DUPLICATE_OR_EMPTY_FIELD_NAME", "A field with this name exists in the table.");
  }
  const field = toField(wanted.data);
  tables(context, place.base).put({ ...place.table, fields: [...place.table.fields, field] });
  return json(field);
}

function updateField(context: ApiContext): Response {
  const place = findTable(context, "create");
  if (place instanceof Response) return place;
  const before = findField(place.table, context.params["field"] ?? "");
  const wanted = changes.safeParse(jsonBody(context.call));
  if (before === undefined) return errors.forbidden(context.call, [], []);
  if (!wanted.success) return errors.badRequest(context.call, "The name or the description is not valid.");
  const field = { ...before, ...given(wanted.data) };
  const fields = place.table.fields.map((one) => (one.id === field.id ? field : one));
  tables(context, place.base).put({ ...place.table, fields });
  return json(field);
}
