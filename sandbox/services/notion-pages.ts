import * as z from "zod";
import type { NotionPage, NotionParent, NotionProperty } from "../data/notion.ts";
import { json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { appendBlocks } from "./notion-blocks.ts";
import { failure, fromQuery, listed, NOTION_API as API, notionErrors as errors, wantedTrash } from "./notion-http.ts";
import { toPicture } from "./notion-pictures.ts";
import { emptyValue, toValue } from "./notion-properties.ts";
import { databases, findBy, pages, shownPage, sources, sourcesOf } from "./notion-things.ts";

const parentSchema = z.union([
  z.object({ data_source_id: z.string() }),
  z.object({ database_id: z.string() }),
  z.object({ page_id: z.string() }),
  z.object({ workspace: z.literal(true) }),
]);
const body = {
  properties: z.record(z.string(), z.unknown()).default({}),
  icon: z.unknown().optional(),
  cover: z.unknown().optional(),
};
const newPage = z.object({ ...body, parent: parentSchema, children: z.array(z.unknown()).max(100).default([]) });
const changes = z.object({
  ...body,
  in_trash: z.boolean().optional(),
  archived: z.boolean().optional(),
  is_locked: z.boolean().optional(),
});

const TITLE: NotionProperty = { id: "title", type: "title" };

/** Pages and what stands in their properties: https://developers.notion.com/reference/page */
export const pageRoutes: readonly Route[] = [
  api("POST", API, "/v1/pages", [], create),
  api("GET", API, "/v1/pages/:id", [], (context) => {
    const found = findBy(pages(context), context.params["id"]);
    return found === undefined ? errors.notFound(context.call) : json(answered(context, found));
  }),
  api("PATCH", API, "/v1/pages/:id", [], update),
  api("GET", API, "/v1/pages/:id/properties/:property", [], property),
];

function answered(context: ApiContext, page: NotionPage): object {
  return { ...shownPage(context, page), request_id: crypto.randomUUID() };
}

interface Place {
  readonly parent: NotionParent;
  /** What may be written: the columns of a data source, or the title alone. */
  readonly columns: Readonly<Record<string, NotionProperty>>;
}

function placeOf(context: ApiContext, wanted: z.infer<typeof parentSchema>): Place | Response {
  const missing = (id: string) => failure(404, "object_not_found", `Could not find the parent with ID: ${id}.`);
  if ("workspace" in wanted) return { parent: { type: "workspace", workspace: true }, columns: { title: TITLE } };
  if ("page_id" in wanted) {
    const page = findBy(pages(context), wanted.page_id);
    if (page === undefined) return missing(wanted.page_id);
    return { parent: { type: "page_id", page_id: page.id }, columns: { title: TITLE } };
  }
  if ("data_source_id" in wanted) {
    const source = findBy(sources(context), wanted.data_source_id);
    return source === undefined ? missing(wanted.data_source_id) : within(source);
  }
  const database = findBy(databases(context), wanted.database_id);
  if (database === undefined) return missing(wanted.database_id);
  const [only, ...more] = sourcesOf(context, database);
  if (only === undefined || more.length > 0) return severalSources();
  return within(only);
}

function within({
  id,
  databaseId,
  properties,
}: {
  id: string;
  databaseId: string;
  properties: Place["columns"];
}): Place {
  return { parent: { type: "data_source_id", data_source_id: id, database_id: databaseId }, columns: properties };
}

/** https://developers.notion.com/docs/upgrade-faqs-2025-09-03 */
export function severalSources(): Response {
  return failure(
    400,
    "validation_error",
    "Databases with multiple data sources are not supported in this API version.",
  );
}

function columnsOf(context: ApiContext, page: NotionPage): Place["columns"] {
  const { parent } = page;
  const source = parent.type === "data_source_id" ? sources(context).find(parent.data_source_id) : undefined;
  return source?.properties ?? { title: TITLE };
}

/** Values for columns by their name or id, or what is wrong with the first that is. */
function toValues(columns: Place["columns"], given: Readonly<Record<string, unknown>>) {
  const values: Record<string, NotionProperty> = {};
  for (const [wanted, sent] of Object.entries(given)) {
    const [name, column] = Object.entries(columns).find(([each, { id }]) => each === wanted || id === wanted) ?? [];
    if (name === undefined || column === undefined) return { problem: `${wanted} is not a property that exists.` };
    const written = toValue(name, column, sent);
    if ("problem" in written) return written;
    values[name] = written.value;
  }
  return { values };
}

function create(context: ApiContext): Response {
  const { call } = context;
  const wanted = newPage.safeParse(jsonBody(call));
  if (!wanted.success) return errors.badRequest(call, "body failed validation: body.parent should be defined.");
  const place = placeOf(context, wanted.data.parent);
  if (place instanceof Response) return place;
  const made = toValues(place.columns, wanted.data.properties);
  const icon = toPicture(context, wanted.data.icon);
  const cover = toPicture(context, wanted.data.cover);
  if ("problem" in made) return errors.badRequest(call, made.problem);
  if (isProblem(icon) || isProblem(cover)) return errors.badRequest(call, "The icon or the cover is not valid.");
  const empty = Object.entries(place.columns).map(([name, column]) => [name, emptyValue(column)]);
  const now = new Date(call.now).toISOString();
  const page: NotionPage = {
    id: crypto.randomUUID(),
    parent: place.parent,
    properties: { ...Object.fromEntries(empty), ...made.values },
    icon,
    cover,
    createdAt: now,
    editedAt: now,
    inTrash: false,
    isLocked: false,
  };
  const refused = appendBlocks(context, { type: "page_id", page_id: page.id }, wanted.data.children);
  if (refused instanceof Response) return refused;
  pages(context).put(page);
  return json(answered(context, page));
}

function isProblem(picture: object | null): picture is { problem: string } {
  return picture !== null && "problem" in picture;
}

function update(context: ApiContext): Response {
  const { call } = context;
  const before = findBy(pages(context), context.params["id"]);
  if (before === undefined) return errors.notFound(call);
  const sent = jsonBody(call);
  const wanted = changes.safeParse(sent);
  if (sent === undefined || !wanted.success) return errors.badRequest(call, "The body of the page is not valid.");
  const inTrash = wantedTrash(wanted.data) ?? before.inTrash;
  if (before.inTrash && inTrash) {
    return errors.badRequest(call, "Can't edit page that is in the trash. You must restore the page before editing.");
  }
  const made = toValues(columnsOf(context, before), wanted.data.properties);
  if ("problem" in made) return errors.badRequest(call, made.problem);
  const icon = "icon" in sent ? toPicture(context, sent["icon"]) : before.icon;
  const cover = "cover" in sent ? toPicture(context, sent["cover"]) : before.cover;
  if (isProblem(icon) || isProblem(cover)) return errors.badRequest(call, "The icon or the cover is not valid.");
  const page: NotionPage = {
    ...before,
    properties: { ...before.properties, ...made.values },
    icon,
    cover,
    inTrash,
    isLocked: wanted.data.is_locked ?? before.isLocked,
    editedAt: new Date(call.now).toISOString(),
  };
  pages(context).put(page);
  return json(answered(context, page));
}

/** Titles, texts, people and relations are lists of items; everything else is one item. */
const ITEM_LISTS = ["title", "rich_text", "people", "relation"];

function property(context: ApiContext): Response {
  const page = findBy(pages(context), context.params["id"]);
  const wanted = context.params["property"];
  const found = Object.values(page?.properties ?? {}).find(({ id }) => decodeURIComponent(id) === wanted);
  if (found === undefined) return errors.notFound(context.call);
  const { id, type } = found;
  const value = found[type];
  if (!ITEM_LISTS.includes(type)) {
    return json({ object: "property_item", ...found, request_id: crypto.randomUUID() });
  }
  const items = z.array(z.unknown()).catch([]).parse(value);
  const item = (one: unknown) => ({ object: "property_item", id, type, [type]: one });
  const about = { property_item: { id, next_url: null, type, [type]: {} } };
  return listed(context, "property_item", items, fromQuery(context.call), item, about);
}
