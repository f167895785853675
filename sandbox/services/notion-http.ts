import { json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

export const NOTION_API = "api.notion.com";

/** Notion's error shape. */
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
