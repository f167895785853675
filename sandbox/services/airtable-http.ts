import { json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

export const AIRTABLE_API = "api.airtable.com";
export const AIRTABLE_CONTENT = "content.airtable.com";

/** Airtable's error shape: https://airtable.com/developers/web/api/errors */
export function failure(status: number, type: string, message: string): Response {
  return json({ error: { type, message } }, status);
}

export const airtableErrors: ApiErrors = {
  unauthorized: (_call, problem) =>
    problem === "missing"
      ? failure(401, "AUTHENTICATION_REQUIRED", "Authentication required")
      : failure(401, "UNAUTHORIZED", "Invalid authentication token"),
  forbidden: () =>
    failure(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "The token may not do this, or it is not there."),
  notFound: () => json({ error: "NOT_FOUND" }, 404),
  badRequest: (_call, text) => failure(422, "INVALID_REQUEST_UNKNOWN", text),
  // It never says when: one waits 30 seconds. https://airtable.com/developers/web/api/rate-limits
  rateLimited: (_call, _retryAfter, text) => json({ errors: [{ error: "RATE_LIMIT_REACHED", message: text }] }, 429),
  serverError: (_call, text) => failure(500, "SERVER_ERROR", text),
};
