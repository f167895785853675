import type { Service, Spoken } from "../service.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const CODES = "https://developers.notion.com/reference/status-codes";
const LIMITS = "https://developers.notion.com/reference/request-limits";
const OAUTH = "https://developers.notion.com/docs/authorization";
const CLIENT = "https://github.com/makenotion/notion-sdk-js/blob/main/src/errors.ts";

function told(
  status: number,
  code: string,
  message: string,
  source = CODES,
  headers: Record<string, string> = {},
): Spoken {
  return { status, body: { object: "error", status, code, message, request_id: "b5c2" }, headers, source };
}

/** What every endpoint of Notion says when it is busy. */
const BUSY: readonly Spoken[] = [
  told(429, "rate_limited", "You have been rate limited. Please try again in a few minutes.", LIMITS, {
    "retry-after": "1",
  }),
  told(409, "conflict_error", "Conflict occurred while saving. Please try again."),
  told(500, "internal_server_error", "Unexpected error occurred."),
  told(502, "bad_gateway", "Bad gateway."),
  told(503, "service_unavailable", "Service unavailable."),
  told(503, "database_connection_unavailable", "Notion's database is unavailable."),
  told(504, "gateway_timeout", "Gateway timeout."),
  told(529, "service_overload", "Notion is overloaded.", CLIENT, { "retry-after": "1" }),
];

/** What Notion says when something passes, and when a grant is over: at the token endpoint in the words of OAuth or its own. */
export const notionWords: Service["words"] = {
  token: {
    passing: [...RFC_WORDS.passing, ...BUSY],
    dead: [
      { status: 400, body: { error: "invalid_grant", error_description: "Invalid refresh token." }, source: OAUTH },
      told(400, "invalid_grant", "Invalid code: this code has been revoked."),
    ],
  },
  api: {
    passing: [...GATEWAY, ...BUSY],
    dead: [told(401, "unauthorized", "API token is invalid.")],
  },
};
