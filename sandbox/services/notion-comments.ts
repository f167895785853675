import * as z from "zod";
import { notionWorkspace } from "../data/notion.ts";
import { json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { hasBlock } from "./notion-blocks.ts";
import { fromQuery, isSame, listed, NOTION_API as API, notionErrors as errors } from "./notion-http.ts";
import { richText } from "./notion-text.ts";
import { findBy, pages } from "./notion-things.ts";

const commentSchema = z.object({
  id: z.string(),
  discussionId: z.string(),
  at: z.object({ type: z.enum(["page_id", "block_id"]), id: z.string() }),
  text: z.array(z.record(z.string(), z.unknown())),
  createdAt: z.string(),
  editedAt: z.string(),
});
type Comment = z.infer<typeof commentSchema>;

const newComment = z.object({
  parent: z.object({ page_id: z.string().optional(), block_id: z.string().optional() }).optional(),
  discussion_id: z.string().optional(),
  rich_text: richText,
});

/** Comments on a page or a block, in discussions: https://developers.notion.com/reference/comment-object */
export const commentRoutes: readonly Route[] = [
  api("GET", API, "/v1/comments", [], (context) => {
    const at = context.call.query.get("block_id");
    if (at === null) return errors.badRequest(context.call, "query.block_id should be defined.");
    const found = comments(context)
      .list()
      .filter((comment) => isSame(comment.at.id, at));
    return listed(context, "comment", found, fromQuery(context.call), (comment) => shown(context, comment));
  }),
  api("POST", API, "/v1/comments", [], create),
  api("GET", API, "/v1/comments/:id", [], (context) => {
    const found = findBy(comments(context), context.params["id"]);
    return found === undefined ? errors.notFound(context.call) : json(shown(context, found));
  }),
  api("PATCH", API, "/v1/comments/:id", [], (context) => {
    const before = findBy(comments(context), context.params["id"]);
    const wanted = z.object({ rich_text: richText }).safeParse(jsonBody(context.call));
    if (before === undefined) return errors.notFound(context.call);
    if (!wanted.success) return errors.badRequest(context.call, "body.rich_text should be defined.");
    const after = { ...before, text: wanted.data.rich_text, editedAt: new Date(context.call.now).toISOString() };
    comments(context).put(after);
    return json(shown(context, after));
  }),
  api("DELETE", API, "/v1/comments/:id", [], (context) => {
    const found = findBy(comments(context), context.params["id"]);
    if (found === undefined) return errors.notFound(context.call);
    comments(context).remove(found.id);
    return json(shown(context, found));
  }),
];

function comments({ store, account }: ApiContext): Shelf<Comment> {
  return store.shelf({ account, kind: "comment", schema: commentSchema, seeded: [], idOf: ({ id }) => id });
}

function shown({ account }: ApiContext, comment: Comment): object {
  const { type, id } = comment.at;
  return {
    object: "comment",
    id: comment.id,
    parent: { type, [type]: id },
    discussion_id: comment.discussionId,
    created_time: comment.createdAt,
    last_edited_time: comment.editedAt,
    created_by: { object: "user", id: notionWorkspace(account).botId },
    rich_text: comment.text,
    display_name: { type: "integration", resolved_name: "Latchkey" },
    request_id: crypto.randomUUID(),
  };
}

function create(context: ApiContext): Response {
  const wanted = newComment.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "body.rich_text should be defined.");
  const place = placeOf(context, wanted.data);
  if (place === undefined) return errors.notFound(context.call);
  const now = new Date(context.call.now).toISOString();
  const comment = { id: crypto.randomUUID(), ...place, text: wanted.data.rich_text, createdAt: now, editedAt: now };
  comments(context).put(comment);
  return json(shown(context, comment));
}

function placeOf(
  context: ApiContext,
  { parent, discussion_id }: z.infer<typeof newComment>,
): Pick<Comment, "at" | "discussionId"> | undefined {
  const earlier = comments(context)
    .list()
    .find(({ discussionId }) => isSame(discussionId, discussion_id));
  if (discussion_id !== undefined) return earlier && { at: earlier.at, discussionId: earlier.discussionId };
  const page = findBy(pages(context), parent?.page_id);
  if (page !== undefined) return { at: { type: "page_id", id: page.id }, discussionId: crypto.randomUUID() };
  const block = parent?.block_id;
  if (block === undefined || !hasBlock(context, block)) return undefined;
  return { at: { type: "block_id", id: block }, discussionId: crypto.randomUUID() };
}
