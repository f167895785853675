import { type Call, json } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import type { ApiContext } from "../routes.ts";
import type { ApiErrors } from "../service.ts";
import { pageSize } from "../settings.ts";

export const NOTION_API = "api.notion.com";
export const NOTION_VERSIONS = ["2022-06-28", "2025-09-03", "2026-03-11"] as const;

/** Notion's error shape: https://developers.notion.com/reference/status-codes */
export function failure(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return json({ object: "error", status, code, message, request_id: crypto.randomUUID() }, status, headers);
}

export const notionErrors: ApiErrors = {
  unauthorized: () => failure(401, "unauthorized", "API token is invalid."),
  forbidden: () => failure(403, "restricted_resource", "The connection does not have this capability."),
  notFound: () => failure(404, "object_not_found", "Not found, or not shared with the connection."),
  badRequest: (_call, text) => failure(400, "validation_error", text),
  rateLimited: (_call, retryAfter, text) =>
    failure(429, "rate_limited", text, retryAfter === null ? {} : { "retry-after": retryAfter }),
  serverError: (_call, text) => failure(500, "internal_server_error", text),
};

/** Whether the call knows databases alone: https://developers.notion.com/docs/upgrade-guide-2025-09-03 */
export function isOld(call: Call): boolean {
  return call.headers.get("notion-version") === "2022-06-28";
}

/** `in_trash` stands alone from 2026-03-11 on; before, `archived` said the same beside it. */
export function trash(call: Call, inTrash: boolean): { in_trash: boolean; archived?: boolean } {
  return call.headers.get("notion-version") === "2026-03-11"
    ? { in_trash: inTrash }
    : { in_trash: inTrash, archived: inTrash };
}

/** Whether a body says that something goes into the trash or comes out of it, under the name that its version has. */
export function wantedTrash(body: {
  in_trash?: boolean | undefined;
  archived?: boolean | undefined;
}): boolean | undefined {
  return body.in_trash ?? body.archived;
}

/** Whether two ids are the same: they come with hyphens and without. */
export function isSame(left: string, right: string | undefined): boolean {
  return left.replaceAll("-", "") === right?.replaceAll("-", "");
}

interface Asked {
  readonly start_cursor?: unknown;
  readonly page_size?: unknown;
}

/** A page of a list, as every list of Notion has it. */
export function listed<Item>(
  context: ApiContext,
  kind: string,
  items: readonly Item[],
  asked: Asked,
  show: (item: Item) => object,
  more: object = { [kind]: {} },
): Response {
  const { start_cursor: cursor, page_size: wanted = 100 } = asked;
  const size = Number(wanted);
  if (!Number.isInteger(size) || size < 1 || size > 100) {
    return notionErrors.badRequest(context.call, "page_size should be a whole number from 1 to 100.");
  }
  const start = fromCursor(kind, typeof cursor === "string" ? cursor : undefined);
  if (start === undefined) return notionErrors.badRequest(context.call, "The start_cursor provided is invalid.");
  const page = pageOf(items, start, pageSize(context.settings, size));
  return json({
    object: "list",
    results: page.items.map(show),
    next_cursor: page.next === undefined ? null : toCursor(kind, page.next),
    has_more: page.next !== undefined,
    type: kind,
    ...more,
    request_id: crypto.randomUUID(),
  });
}

/** What of a list the query asks for. */
export function fromQuery({ query }: Call): Asked {
  return { start_cursor: query.get("start_cursor") ?? undefined, page_size: query.get("page_size") ?? undefined };
}
