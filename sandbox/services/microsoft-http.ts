import { json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

/** Graph's error shape. */
export function failure(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  const id = crypto.randomUUID();
  const date = new Date().toISOString().slice(0, 19);
  const innerError = { date, "request-id": id, "client-request-id": id };
  return json({ error: { code, message, innerError } }, status, headers);
}

export const microsoftErrors: ApiErrors = {
  unauthorized: (_call, problem) => {
    const words =
      problem === "missing"
        ? "Access token is empty."
        : problem === "expired"
          ? "Lifetime validation failed, the token is expired."
          : "The token is not valid.";
    return failure(401, "InvalidAuthenticationToken", words, { "www-authenticate": "Bearer" });
  },
  forbidden: () => failure(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  notFound: () => failure(404, "itemNotFound", "The resource could not be found."),
  badRequest: (_call, text) => failure(400, "BadRequest", text),
  rateLimited: (_call, retryAfter, text) =>
    failure(429, "TooManyRequests", text, retryAfter === null ? {} : { "retry-after": retryAfter }),
  serverError: (_call, text) => failure(503, "serviceNotAvailable", text),
};
