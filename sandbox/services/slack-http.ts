import { type Call, json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

/** A failure as Slack reports it: under HTTP 200. */
export function refuse(error: string, more: object = {}): Response {
  return json({ ok: false, error, ...more });
}

const TOKEN_ERRORS = {
  missing: "not_authed",
  unknown: "invalid_auth",
  expired: "token_expired",
  revoked: "token_revoked",
};

export const slackErrors: ApiErrors = {
  unauthorized: (_call, problem) => refuse(TOKEN_ERRORS[problem]),
  forbidden: (_call, needed, granted) =>
    refuse("missing_scope", { needed: needed.join(","), provided: granted.join(",") }),
  notFound: (call: Call) => refuse("unknown_method", { req_method: call.path.replace("/api/", "") }),
  badRequest: (_call, text) => refuse("invalid_arguments", { response_metadata: { messages: [text] } }),
  rateLimited: (_call, retryAfter, text) =>
    json(
      { ok: false, error: "ratelimited", response_metadata: { messages: [text] } },
      429,
      retryAfter === null ? {} : { "retry-after": retryAfter },
    ),
  serverError: (_call, text) =>
    json({ ok: false, error: "internal_error", response_metadata: { messages: [text] } }, 500),
};
