import * as z from "zod";
import type { NotionPage, NotionSource } from "../data/notion.ts";
import { inOrder } from "../data/words.ts";
import { jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { isOld, listed, NOTION_API, notionErrors } from "./notion-http.ts";
import { databases, pages, shownPage, shownSource, sources, titleOf } from "./notion-things.ts";

const searchSchema = z.object({
  query: z.string().default(""),
  filter: z
    .object({
      property: z.literal("object").optional(),
      value: z.string().optional(),
      in_trash: z.boolean().default(false),
    })
    .default({ in_trash: false }),
  sort: z
    .object({ direction: z.enum(["ascending", "descending"]).default("descending"), timestamp: z.string().optional() })
    .default({ direction: "descending" }),
  page_size: z.unknown().optional(),
  start_cursor: z.unknown().optional(),
});

/** Whatever is shared with the connection, by its title. */
export const searchRoutes: readonly Route[] = [api("POST", NOTION_API, "/v1/search", [], search)];

function search(context: ApiContext): Response {
  const { call } = context;
  const wanted = searchSchema.safeParse(jsonBody(call) ?? {});
  if (!wanted.success) return notionErrors.badRequest(call, "The body of the search is not valid.");
  const { query, filter, sort } = wanted.data;
  const kinds = isOld(call) ? ["page", "database"] : ["page", "data_source"];
  if (filter.value !== undefined && !kinds.includes(filter.value)) {
    return notionErrors.badRequest(
      call,
      `body.filter.value should be ${kinds.map((kind) => `"${kind}"`).join(" or ")}.`,
    );
  }
  const found: (NotionPage | NotionSource)[] = [
    ...(filter.value === undefined || filter.value === "page" ? pages(context).list() : []),
    ...(filter.value === "page" ? [] : tables(context)),
  ];
  const text = query.trim().toLowerCase();
  const hits = found
    .filter((thing) => thing.inTrash === filter.in_trash && titleOf(thing).toLowerCase().includes(text))
    .toSorted((left, right) => inOrder(right.editedAt, left.editedAt));
  if (sort.direction === "ascending") hits.reverse();
  const kind = isOld(call) ? "page_or_database" : "page_or_data_source";
  return listed(context, kind, hits, wanted.data, (thing) =>
    "title" in thing ? shownSource(context, thing) : shownPage(context, thing),
  );
}

/** Before there were data sources, a database stood for the first of its own. */
function tables(context: ApiContext): NotionSource[] {
  const all = sources(context).list();
  if (!isOld(context.call)) return all;
  return databases(context)
    .list()
    .flatMap(({ id }) => all.find(({ databaseId }) => databaseId === id) ?? []);
}
