import { json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

/** Google's error shape. */
export function failure(
  code: number,
  status: string,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return json({ error: { code, message, status, errors: [{ message, domain: "global", reason }] } }, code, headers);
}

const CHALLENGE = { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' };

export const googleErrors: ApiErrors = {
  unauthorized: (_call, problem) =>
    problem === "missing"
      ? failure(401, "UNAUTHENTICATED", "required", "Request is missing an access token.", CHALLENGE)
      : failure(401, "UNAUTHENTICATED", "authError", "Request had invalid authentication credentials.", CHALLENGE),
  forbidden: () =>
    failure(403, "PERMISSION_DENIED", "insufficientPermissions", "Request had insufficient authentication scopes."),
  notFound: () => failure(404, "NOT_FOUND", "notFound", "Not found."),
  badRequest: (_call, text) => failure(400, "INVALID_ARGUMENT", "badRequest", text),
  rateLimited: (_call, retryAfter, text) =>
    failure(
      429,
      "RESOURCE_EXHAUSTED",
      "rateLimitExceeded",
      text,
      retryAfter === null ? {} : { "retry-after": retryAfter },
    ),
  serverError: (_call, text) => failure(500, "INTERNAL", "internalError", text),
};
