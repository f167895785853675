/** How the Graph API shows things: only the fields that were asked for, and lists page by page. */
import { applyMask, type FieldMask, parseFields } from "../fields.ts";
import { type Call, looseParams, mapped, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import type { ApiContext } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { failure, findFacebookToken, GRAPH, graphJson } from "./facebook-http.ts";

export const PICTURES = "platform-lookaside.fbsbx.com";

export function pictureOf(call: Call, id: string, isSilhouette: boolean): object {
  const url = mapped(call, PICTURES, `/platform/profilepic/${id}`);
  return { data: { height: 200, width: 200, url, is_silhouette: isSilhouette } };
}

/** The id comes along whatever fields are asked for. A picture's fields are inside its `data`. */
export function withId(mask: FieldMask): FieldMask {
  const whole = new Map([["id", new Map()], ...mask]);
  const inPicture = mask.get("picture");
  if (inPicture !== undefined) whole.set("picture", new Map([["data", inPicture]]));
  return whole;
}

export function masked(call: Call, fallback: string, shape: (mask: FieldMask) => unknown): Response {
  const mask = parseFields(looseParams(call)["fields"] ?? fallback, "{", "}");
  return mask === undefined ? failure(400, 2500, "Syntax error in fields.") : graphJson(shape(mask));
}

/** A list of a node's: 25 at a time, 100 at most, with the addresses of the pages around. */
export function edge<Item>(
  context: ApiContext,
  kind: string,
  list: readonly Item[],
  fields: string,
  shape: (item: Item) => object,
): Response {
  const { call, settings } = context;
  const limit = pageSize(settings, wholeNumber(call.query.get("limit"), 25, 1, 100));
  const start = fromCursor(kind, call.query.get("after"));
  if (start === undefined) return failure(400, 100, "(#100) Invalid parameter");
  const page = pageOf(list, start, limit);
  const cursors = { before: toCursor(kind, start), after: toCursor(kind, start + page.items.length) };
  const paging = {
    cursors,
    ...(page.next === undefined ? {} : { next: pageUrl(call, kind, limit, page.next) }),
    ...(start === 0 ? {} : { previous: pageUrl(call, kind, limit, Math.max(0, start - limit)) }),
  };
  return masked(call, fields, (mask) => ({
    data: page.items.map((item) => applyMask(shape(item), withId(mask))),
    ...(page.items.length === 0 ? {} : { paging }),
  }));
}

/** The address of another page, with the caller's own token in it however it was sent. */
function pageUrl(call: Call, kind: string, limit: number, position: number): string {
  const query = new URLSearchParams(call.query);
  query.set("access_token", findFacebookToken(call) ?? "");
  query.set("limit", String(limit));
  query.set("after", toCursor(kind, position));
  return mapped(call, GRAPH, `${call.path}?${query.toString()}`);
}
