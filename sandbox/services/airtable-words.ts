import type { Service, Spoken } from "../service.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const OAUTH = "https://airtable.com/developers/web/api/oauth-reference";
const ERRORS = "https://airtable.com/developers/web/api/errors";
const LIMITS = "https://airtable.com/developers/web/api/rate-limits";

const CONFLICT = "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.10";

const LATER = "Rate limit exceeded. Please try again later";

/** No answer says when to come back: one waits 30 seconds. Both shapes of a 429 are met with. */
const BUSY: readonly Spoken[] = [
  { status: 429, body: { errors: [{ error: "RATE_LIMIT_REACHED", message: LATER }] }, source: LIMITS },
  { status: 429, body: { error: { type: "RATE_LIMIT_REACHED", message: LATER } }, source: ERRORS },
  { status: 500, body: { error: { type: "SERVER_ERROR", message: "Server error" } }, source: ERRORS },
  { status: 502, body: "", source: ERRORS },
  { status: 503, body: "", source: ERRORS },
];

/** What Airtable says when something passes, and when a grant is over. */
export const airtableWords: Service["words"] = {
  token: {
    passing: [
      ...RFC_WORDS.passing,
      ...BUSY,
      // Two refreshes at once: met with, not documented. Whatever stands in it is no word on the grant.
      { status: 409, body: "", source: CONFLICT },
      { status: 409, body: { error: "invalid_grant", error_description: "Conflict" }, source: CONFLICT },
    ],
    dead: [
      { status: 400, body: { error: "invalid_grant" }, source: OAUTH },
      {
        status: 400,
        body: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
        source: "https://nango.dev/blog/airtable-oauth-refresh-token-invalid-grant",
      },
    ],
  },
  api: {
    passing: [...GATEWAY, ...BUSY],
    dead: [
      {
        status: 401,
        body: { error: { type: "AUTHENTICATION_REQUIRED", message: "Authentication required" } },
        source: ERRORS,
      },
      {
        status: 401,
        body: { error: { type: "UNAUTHORIZED", message: "Invalid authentication token" } },
        source: ERRORS,
      },
    ],
  },
};
