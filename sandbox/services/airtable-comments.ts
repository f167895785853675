import * as z from "zod";
import { airtableUser } from "../data/airtable.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import type { Shelf } from "../shelf.ts";
import { AIRTABLE_API as API, airtableErrors as errors, failure } from "./airtable-http.ts";
import { findTable, records } from "./airtable-tables.ts";

const PATH = "/v0/:base/:table/:record/comments";
const READ = ["data.recordComments:read"];
const WRITE = ["data.recordComments:write"];

const commentSchema = z.object({
  id: z.string(),
  author: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  text: z.string(),
  createdTime: z.string(),
  lastUpdatedTime: z.string().nullable(),
});
type Comment = z.infer<typeof commentSchema>;
const newComment = z.object({ text: z.string().min(1) });

/** Comments on a row, the newest first: https://airtable.com/developers/web/api/list-comments */
export const commentRoutes: readonly Route[] = [
  api("GET", API, PATH, READ, (context) => {
    const shelf = comments(context);
    if (shelf instanceof Response) return shelf;
    const start = fromCursor("comments", context.call.query.get("offset"));
    if (start === undefined) return failure(422, "INVALID_OFFSET_VALUE", "The offset is not one this list gave.");
    const size = pageSize(context.settings, wholeNumber(context.call.query.get("pageSize"), 100, 1, 100));
    const page = pageOf(shelf.newestFirst(), start, size);
    return json({ comments: page.items, offset: page.next === undefined ? null : toCursor("comments", page.next) });
  }),
  api("POST", API, PATH, WRITE, (context) => {
    const shelf = comments(context, "comment");
    if (shelf instanceof Response) return shelf;
    const wanted = newComment.safeParse(jsonBody(context.call));
    if (!wanted.success) return errors.badRequest(context.call, "The body has no text.");
    const { id, email } = airtableUser(context.account);
    const comment: Comment = {
      id: `com${randomText(14)}`,
      author: { id, email, name: email.split("@")[0] ?? "" },
      text: wanted.data.text,
      createdTime: new Date(context.call.now).toISOString(),
      lastUpdatedTime: null,
    };
    shelf.put(comment);
    return json(comment);
  }),
  api("PATCH", API, `${PATH}/:comment`, WRITE, (context) => {
    const shelf = comments(context, "comment");
    if (shelf instanceof Response) return shelf;
    const before = shelf.find(context.params["comment"] ?? "");
    const wanted = newComment.safeParse(jsonBody(context.call));
    if (before === undefined) return errors.notFound(context.call);
    if (!wanted.success) return errors.badRequest(context.call, "The body has no text.");
    const comment = { ...before, text: wanted.data.text, lastUpdatedTime: new Date(context.call.now).toISOString() };
    shelf.put(comment);
    return json(comment);
  }),
  api("DELETE", API, `${PATH}/:comment`, WRITE, (context) => {
    const shelf = comments(context, "comment");
    if (shelf instanceof Response) return shelf;
    const id = context.params["comment"] ?? "";
    return shelf.remove(id) ? json({ id, deleted: true }) : errors.notFound(context.call);
  }),
];

function comments(context: ApiContext, least: "read" | "comment" = "read"): Shelf<Comment> | Response {
  const place = findTable(context, least);
  if (place instanceof Response) return place;
  const record = records(context, place.base, place.table).find(context.params["record"] ?? "");
  if (record === undefined) return errors.notFound(context.call);
  return context.store.shelf({
    account: context.account,
    kind: `comment:${record.id}`,
    schema: commentSchema,
    seeded: [],
    idOf: ({ id }) => id,
  });
}
