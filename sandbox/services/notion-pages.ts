import * as z from "zod";
import { type NotionItem, notionItems, notionWorkspace } from "../data/notion.ts";
import { type Call, json, jsonBody } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { NOTION_API, notionErrors } from "./notion-http.ts";

const itemSchema = z.object({
  object: z.enum(["page", "data_source"]),
  id: z.string(),
  title: z.string(),
  icon: z.string().nullable(),
  createdAt: z.string(),
  editedAt: z.string(),
  databaseId: z.string().nullable(),
});
const searchSchema = z.object({
  query: z.string().optional(),
  filter: z.object({ property: z.literal("object"), value: z.string() }).optional(),
  sort: z
    .object({ timestamp: z.literal("last_edited_time"), direction: z.enum(["ascending", "descending"]) })
    .optional(),
  page_size: z.number().int().min(1).max(100).default(100),
  start_cursor: z.string().optional(),
});
const richText = z.array(z.object({ text: z.object({ content: z.string() }) }));
const newPage = z.object({
  parent: z.record(z.string(), z.unknown()),
  properties: z.record(z.string(), z.union([richText, z.object({ title: richText }), z.unknown()])).default({}),
});

/** Search, and pages and data sources one at a time. */
export const pageRoutes: readonly Route[] = [
  api("POST", NOTION_API, "/v1/search", [], search),
  api("POST", NOTION_API, "/v1/pages", [], createPage),
  api("GET", NOTION_API, "/v1/pages/:id", [], (context) => readItem(context, "page")),
  api("GET", NOTION_API, "/v1/data_sources/:id", [], (context) => readItem(context, "data_source")),
];

function items({ account, store }: ApiContext): NotionItem[] {
  return [...store.objects(account, "item", itemSchema), ...notionItems(account)];
}

function search(context: ApiContext): Response {
  const { call, settings } = context;
  const wanted = searchSchema.safeParse(jsonBody(call) ?? {});
  if (!wanted.success) return notionErrors.badRequest(call, "The body of the search is not valid.");
  const { query = "", filter, sort, page_size: size, start_cursor: cursor } = wanted.data;
  const kinds = isOld(call) ? ["page", "database"] : ["page", "data_source"];
  if (filter !== undefined && !kinds.includes(filter.value)) {
    return notionErrors.badRequest(
      call,
      `body.filter.value should be ${kinds.map((kind) => `"${kind}"`).join(" or ")}.`,
    );
  }
  const start = fromCursor("search", cursor);
  if (start === undefined) return notionErrors.badRequest(call, "The start_cursor provided is invalid.");
  const kind = filter?.value === "database" ? "data_source" : filter?.value;
  const hits = items(context).filter((item) => (kind ?? item.object) === item.object && matches(item, query));
  if (sort?.direction === "ascending") hits.reverse();
  const page = pageOf(hits, start, pageSize(settings, size));
  return json({
    object: "list",
    results: page.items.map((item) => shown(context, item)),
    next_cursor: page.next === undefined ? null : toCursor("search", page.next),
    has_more: page.next !== undefined,
    type: "page_or_data_source",
    page_or_data_source: {},
    request_id: crypto.randomUUID(),
  });
}

function matches(item: NotionItem, query: string): boolean {
  return item.title.toLowerCase().includes(query.trim().toLowerCase());
}

function isOld(call: Call): boolean {
  return call.headers.get("notion-version") === "2022-06-28";
}

/** `in_trash` stands alone from 2026-03-11 on; before, `archived` said the same beside it. */
function shown({ call, account }: ApiContext, item: NotionItem): object {
  const title = item.title === "" ? [] : [plainText(item.title)];
  const by = { object: "user", id: notionWorkspace(account).userId };
  const isPage = item.object === "page";
  const slug = item.id.replaceAll("-", "");
  return {
    object: isPage ? "page" : isOld(call) ? "database" : "data_source",
    id: item.id,
    created_time: item.createdAt,
    last_edited_time: item.editedAt,
    created_by: by,
    last_edited_by: by,
    cover: null,
    icon: item.icon === null ? null : { type: "emoji", emoji: item.icon },
    parent: parentOf(item),
    ...(call.headers.get("notion-version") === "2026-03-11" ? {} : { archived: false }),
    in_trash: false,
    ...(isPage ? { properties: pageProperties(item, title) } : { title, description: [], properties: { Name: NAME } }),
    url: `https://www.notion.so/${slug}`,
    public_url: null,
  };
}

const NAME = { id: "title", name: "Name", type: "title", title: {} };

/** In a database the title property goes by the name its column has, so nobody may count on "title". */
function pageProperties(item: NotionItem, title: readonly object[]): object {
  if (item.databaseId === null) return { title: { id: "title", type: "title", title } };
  return {
    Status: { id: "stat", type: "select", select: null },
    Name: { id: "title", type: "title", title },
  };
}

function parentOf(item: NotionItem): object {
  if (item.databaseId === null) return { type: "workspace", workspace: true };
  return { type: "database_id", database_id: item.databaseId };
}

function plainText(content: string): object {
  const annotations = {
    bold: false,
    italic: false,
    strikethrough: false,
    underline: false,
    code: false,
    color: "default",
  };
  return { type: "text", text: { content, link: null }, annotations, plain_text: content, href: null };
}

function createPage(context: ApiContext): Response {
  const wanted = newPage.safeParse(jsonBody(context.call));
  if (!wanted.success) return notionErrors.badRequest(context.call, "body.parent should be defined.");
  const title = Object.values(wanted.data.properties)
    .map(titleText)
    .find((text) => text !== undefined);
  const now = new Date(context.call.now).toISOString();
  const base = { object: "page", id: crypto.randomUUID(), icon: null, createdAt: now, editedAt: now } as const;
  const { database_id: database } = wanted.data.parent;
  const item = { ...base, title: title ?? "", databaseId: typeof database === "string" ? database : null };
  context.store.addObject(context.account, "item", item);
  return json(shown(context, item));
}

function titleText(property: unknown): string | undefined {
  const found = z.union([richText, z.object({ title: richText }).transform(({ title }) => title)]).safeParse(property);
  return found.success ? found.data.map(({ text }) => text.content).join("") : undefined;
}

function readItem(context: ApiContext, kind: NotionItem["object"]): Response {
  const wanted = (context.params["id"] ?? "").replaceAll("-", "");
  const found = items(context).find((item) => item.object === kind && item.id.replaceAll("-", "") === wanted);
  return found === undefined ? notionErrors.notFound(context.call) : json(shown(context, found));
}
