import * as z from "zod";
import type { NotionDatabase, NotionSource } from "../data/notion.ts";
import { json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure, isOld, listed, NOTION_API as API, notionErrors as errors, wantedTrash } from "./notion-http.ts";
import { severalSources } from "./notion-pages.ts";
import { isTitle, toColumns } from "./notion-properties.ts";
import { queried } from "./notion-query.ts";
import { richText, wordsOf } from "./notion-text.ts";
import {
  databases,
  findBy,
  pages,
  shownDatabase,
  shownOldDatabase,
  shownPage,
  shownSource,
  sources,
  sourcesOf,
} from "./notion-things.ts";

const columns = z.record(z.string(), z.unknown());
const newSource = z.object({
  parent: z.object({ database_id: z.string() }),
  properties: columns,
  title: richText.optional(),
});
const newDatabase = z.object({
  parent: z.union([z.object({ page_id: z.string() }), z.object({ workspace: z.literal(true) })]),
  title: richText.optional(),
  description: richText.optional(),
  is_inline: z.boolean().default(false),
  initial_data_source: z.object({ properties: columns }).optional(),
  properties: columns.optional(),
});
const changes = z.object({
  title: richText.optional(),
  description: richText.optional(),
  properties: columns.optional(),
  in_trash: z.boolean().optional(),
  archived: z.boolean().optional(),
  is_inline: z.boolean().optional(),
  is_locked: z.boolean().optional(),
});
const query = z.object({
  filter: z.unknown().optional(),
  sorts: z.unknown().optional(),
  start_cursor: z.unknown().optional(),
  page_size: z.unknown().optional(),
  in_trash: z.boolean().default(false),
});

/** Databases and their data sources: https://developers.notion.com/docs/upgrade-guide-2025-09-03 */
export const sourceRoutes: readonly Route[] = [
  api("POST", API, "/v1/databases", [], createDatabase),
  api("GET", API, "/v1/databases/:id", [], (context) => {
    const found = findBy(databases(context), context.params["id"]);
    return found === undefined ? errors.notFound(context.call) : database(context, found);
  }),
  api("PATCH", API, "/v1/databases/:id", [], updateDatabase),
  api("POST", API, "/v1/databases/:id/query", [], (context) => {
    if (!isOld(context.call)) return failure(400, "invalid_request_url", "Invalid request URL.");
    const found = findBy(databases(context), context.params["id"]);
    if (found === undefined) return errors.notFound(context.call);
    const [only, ...more] = sourcesOf(context, found);
    return only === undefined || more.length > 0 ? severalSources() : rows(context, only);
  }),
  api("POST", API, "/v1/data_sources", [], createSource),
  api("GET", API, "/v1/data_sources/:id", [], (context) => {
    const found = source(context);
    return found instanceof Response ? found : json(answered(shownSource(context, found)));
  }),
  api("PATCH", API, "/v1/data_sources/:id", [], updateSource),
  api("POST", API, "/v1/data_sources/:id/query", [], (context) => {
    const found = source(context);
    return found instanceof Response ? found : rows(context, found);
  }),
];

const answered = (thing: object): object => ({ ...thing, request_id: crypto.randomUUID() });

/** Before 2025-09-03 no such path was known. */
function source(context: ApiContext): NotionSource | Response {
  if (isOld(context.call)) return failure(400, "invalid_request_url", "Invalid request URL.");
  return findBy(sources(context), context.params["id"]) ?? errors.notFound(context.call);
}

function database(context: ApiContext, found: NotionDatabase): Response {
  if (!isOld(context.call)) return json(answered(shownDatabase(context, found)));
  const [only, ...more] = sourcesOf(context, found);
  return only === undefined || more.length > 0
    ? severalSources()
    : json(answered(shownOldDatabase(context, found, only)));
}

function rows(context: ApiContext, { id, properties }: NotionSource): Response {
  const wanted = query.safeParse(jsonBody(context.call) ?? {});
  if (!wanted.success) return errors.badRequest(context.call, "The body of the query is not valid.");
  const all = pages(context)
    .newestFirst()
    .filter(
      ({ parent, inTrash }) =>
        parent.type === "data_source_id" && parent.data_source_id === id && inTrash === wanted.data.in_trash,
    );
  const found = queried(all, properties, wanted.data);
  if ("problem" in found) return errors.badRequest(context.call, found.problem);
  const kind = isOld(context.call) ? "page_or_database" : "page_or_data_source";
  return listed(context, kind, found.pages, wanted.data, (page) => shownPage(context, page));
}

/** The columns of something new: one of them holds the titles. */
function newColumns(given: unknown): NotionSource["properties"] | string {
  const made = toColumns(given);
  if ("problem" in made) return made.problem;
  const titles = Object.values(made.columns).filter(isTitle);
  return titles.length === 1 ? made.columns : "Title is not provided: exactly one property of type title is needed.";
}

function createDatabase(context: ApiContext): Response {
  const { call } = context;
  const wanted = newDatabase.safeParse(jsonBody(call));
  if (!wanted.success) return errors.badRequest(call, "body failed validation: body.parent should be defined.");
  const { parent, initial_data_source: initial, title, description } = wanted.data;
  const page = "page_id" in parent ? findBy(pages(context), parent.page_id) : undefined;
  if ("page_id" in parent && page === undefined) return errors.notFound(call);
  const properties = newColumns(
    (isOld(call) ? wanted.data.properties : initial?.properties) ?? { Name: { title: {} } },
  );
  if (typeof properties === "string") return errors.badRequest(call, properties);
  const now = new Date(call.now).toISOString();
  const times = { createdAt: now, editedAt: now, inTrash: false };
  const made: NotionDatabase = {
    ...times,
    id: crypto.randomUUID(),
    parent: page === undefined ? { type: "workspace", workspace: true } : { type: "page_id", page_id: page.id },
    title: wordsOf(title),
    description: wordsOf(description),
    isInline: wanted.data.is_inline,
    isLocked: false,
    icon: null,
    cover: null,
  };
  databases(context).put(made);
  const own = { ...times, id: crypto.randomUUID(), databaseId: made.id, title: made.title, properties, icon: null };
  sources(context).put(own);
  return database(context, made);
}

function updateDatabase(context: ApiContext): Response {
  const { call } = context;
  const before = findBy(databases(context), context.params["id"]);
  const wanted = changes.safeParse(jsonBody(call));
  if (before === undefined) return errors.notFound(call);
  if (!wanted.success) return errors.badRequest(call, "The body of the database is not valid.");
  const { title, description, is_inline, is_locked, properties } = wanted.data;
  if (properties !== undefined && !isOld(call)) {
    return errors.badRequest(call, "body.properties is not supported: update the data source.");
  }
  const after: NotionDatabase = {
    ...before,
    title: title === undefined ? before.title : wordsOf(title),
    description: description === undefined ? before.description : wordsOf(description),
    isInline: is_inline ?? before.isInline,
    isLocked: is_locked ?? before.isLocked,
    inTrash: wantedTrash(wanted.data) ?? before.inTrash,
    editedAt: new Date(call.now).toISOString(),
  };
  databases(context).put(after);
  return database(context, after);
}

function createSource(context: ApiContext): Response {
  const { call } = context;
  const wanted = newSource.safeParse(jsonBody(call));
  if (isOld(call)) return failure(400, "invalid_request_url", "Invalid request URL.");
  if (!wanted.success) return errors.badRequest(call, "body failed validation: body.parent should be defined.");
  const holder = findBy(databases(context), wanted.data.parent.database_id);
  if (holder === undefined) return errors.notFound(call);
  const properties = newColumns(wanted.data.properties);
  if (typeof properties === "string") return errors.badRequest(call, properties);
  const now = new Date(call.now).toISOString();
  const made: NotionSource = {
    id: crypto.randomUUID(),
    databaseId: holder.id,
    title: wordsOf(wanted.data.title),
    properties,
    icon: null,
    createdAt: now,
    editedAt: now,
    inTrash: false,
  };
  sources(context).put(made);
  return json(answered(shownSource(context, made)));
}

/** A column set to null is dropped; one that has only a name is renamed. */
function updateSource(context: ApiContext): Response {
  const { call } = context;
  const before = source(context);
  if (before instanceof Response) return before;
  const wanted = changes.safeParse(jsonBody(call));
  if (!wanted.success) return errors.badRequest(call, "The body of the data source is not valid.");
  const properties = { ...before.properties };
  for (const [key, config] of Object.entries(wanted.data.properties ?? {})) {
    const known = Object.keys(properties).find((name) => name === key || properties[name]?.id === key);
    const renamed = z.strictObject({ name: z.string() }).safeParse(config);
    const old = known === undefined ? undefined : properties[known];
    if (known !== undefined && (config === null || renamed.success)) delete properties[known];
    if (old !== undefined && renamed.success) properties[renamed.data.name] = { ...old, name: renamed.data.name };
    if (config === null || renamed.success) continue;
    const made = toColumns({ [key]: config });
    if ("problem" in made) return errors.badRequest(call, made.problem);
    Object.assign(properties, made.columns);
  }
  const after: NotionSource = {
    ...before,
    title: wanted.data.title === undefined ? before.title : wordsOf(wanted.data.title),
    properties,
    inTrash: wantedTrash(wanted.data) ?? before.inTrash,
    editedAt: new Date(call.now).toISOString(),
  };
  sources(context).put(after);
  return json(answered(shownSource(context, after)));
}
