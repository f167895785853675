import {
  type AirtableBase,
  airtableBases,
  type AirtableField,
  type AirtableRecord,
  type AirtableTable,
  airtableTables,
  baseSchema,
  recordSchema,
  tableRecords,
  tableSchema,
} from "../data/airtable.ts";
import type { ApiContext } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { airtableErrors } from "./airtable-http.ts";

const LEVELS: readonly AirtableBase["permissionLevel"][] = ["read", "comment", "edit", "create"];

/** The bases of the account. */
export function bases({ store, account }: ApiContext): Shelf<AirtableBase> {
  return store.shelf({
    account,
    kind: "base",
    schema: baseSchema,
    seeded: airtableBases(account),
    idOf: ({ id }) => id,
  });
}

/** The tables of one base. */
export function tables({ store, account }: ApiContext, base: AirtableBase): Shelf<AirtableTable> {
  const isSeeded = airtableBases(account).some(({ id }) => id === base.id);
  return store.shelf({
    account,
    kind: `table:${base.id}`,
    schema: tableSchema,
    seeded: isSeeded ? airtableTables(base.id) : [],
    idOf: ({ id }) => id,
  });
}

/** The rows of one table. */
export function records(
  { store, account }: ApiContext,
  base: AirtableBase,
  table: AirtableTable,
): Shelf<AirtableRecord> {
  const isSeeded =
    airtableBases(account).some(({ id }) => id === base.id) &&
    airtableTables(base.id).some(({ id }) => id === table.id);
  return store.shelf({
    account,
    kind: `record:${table.id}`,
    schema: recordSchema,
    seeded: isSeeded ? tableRecords(table) : [],
    idOf: ({ id }) => id,
  });
}

/** A table with the base it stands in. */
export interface Place {
  readonly base: AirtableBase;
  readonly table: AirtableTable;
}

/**
 * The base that the path names, if the person may do there what is asked. A base that is not there and one that is not
 * theirs to change are refused in the same words.
 */
export function findBase(
  context: ApiContext,
  least: AirtableBase["permissionLevel"] = "read",
): AirtableBase | Response {
  const base = bases(context).find(context.params["base"] ?? "");
  const may = base !== undefined && LEVELS.indexOf(base.permissionLevel) >= LEVELS.indexOf(least);
  return may ? base : airtableErrors.forbidden(context.call, [], []);
}

/** The table that the path names, by its id or its name. */
export function findTable(context: ApiContext, least: AirtableBase["permissionLevel"] = "read"): Place | Response {
  const base = findBase(context, least);
  if (base instanceof Response) return base;
  const wanted = context.params["table"];
  const table = tables(context, base)
    .list()
    .find(({ id, name }) => id === wanted || name === wanted);
  return table === undefined ? airtableErrors.forbidden(context.call, [], []) : { base, table };
}

/** A column by its id or its name. */
export function findField(table: AirtableTable, wanted: string): AirtableField | undefined {
  return table.fields.find(({ id, name }) => id === wanted || name === wanted);
}

/** A row as it is shown, with its cells by the ids of the columns where that was asked for. */
export function shownRecord(table: AirtableTable, record: AirtableRecord, byId: boolean): AirtableRecord {
  if (!byId) return record;
  const named = Object.entries(record.fields).map(([name, value]) => [findField(table, name)?.id ?? name, value]);
  return { ...record, fields: Object.fromEntries(named) };
}
