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
  // As in https://github.com/analogdotnow/Analog/issues/296, with the challenge of
  // https://github.com/kwent/react-google-contacts/issues/6: it names each scope that would do.
  forbidden: ({ host }, needed) => {
    const message = "Request had insufficient authentication scopes.";
    const details = [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        domain: "googleapis.com",
        metadata: { service: host },
      },
    ];
    const errors = [{ message, domain: "global", reason: "insufficientPermissions" }];
    const scopes = needed.join(" ");
    return json({ error: { code: 403, message, status: "PERMISSION_DENIED", errors, details } }, 403, {
      "www-authenticate": `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="${scopes}"`,
    });
  },
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
