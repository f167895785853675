import type { Spoken, Words } from "../service.ts";
import { GATEWAY } from "../words.ts";

const CODES = "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes";
const FLOW =
  "https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow#error-codes-for-token-endpoint-errors";
const THROTTLING = "https://learn.microsoft.com/en-us/graph/throttling";
const ERRORS = "https://learn.microsoft.com/en-us/graph/errors";
const ID = "7c3280d4-5d54-4240-bc1b-97a405a38000";

interface Said {
  readonly status?: number;
  readonly error: string;
  readonly code: number;
  readonly text: string;
  readonly suberror?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly source?: string;
}

function token({ status = 400, error, code, text, suberror, headers, source = CODES }: Said): Spoken {
  const body = {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${ID} Correlation ID: ${ID} Timestamp: 2026-11-15 16:42:07Z`,
    error_codes: [code],
    timestamp: "2026-11-15 16:42:07Z",
    trace_id: ID,
    correlation_id: ID,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    ...(suberror === undefined ? {} : { suberror }),
  };
  return { status, body, ...(headers === undefined ? {} : { headers }), source };
}

/** What Microsoft's token endpoint says in its own words. */
export const TOKEN_WORDS: Words = {
  passing: [
    token({
      status: 503,
      error: "temporarily_unavailable",
      code: 90033,
      text: "A transient error has occurred. Please try again.",
      source: "https://github.com/Azure/azure-sdk-for-python/issues/14241",
    }),
    token({ error: "temporarily_unavailable", code: 50033, text: "A transient error has occurred.", source: FLOW }),
    // It says `invalid_grant` and means: too often in too short a time.
    token({
      error: "invalid_grant",
      code: 50196,
      text: "The server terminated an operation because it encountered a client request loop.",
      source: "https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes",
    }),
    token({
      status: 429,
      error: "temporarily_unavailable",
      code: 90055,
      text: "There are too many incoming requests.",
      headers: { "retry-after": "1" },
    }),
    token({
      status: 500,
      error: "server_error",
      code: 90041,
      text: "A transient error has occurred. Please try again.",
      source: "https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/4329",
    }),
    token({
      status: 503,
      error: "temporarily_unavailable",
      code: 50087,
      text: "A transient error has occurred during strong authentication.",
    }),
    ...GATEWAY,
  ],
  dead: [
    token({
      error: "invalid_grant",
      code: 70008,
      text: "The provided authorization code or refresh token has expired due to inactivity.",
    }),
    token({
      error: "invalid_grant",
      code: 700082,
      text: "The refresh token has expired due to inactivity.",
      suberror: "token_expired",
    }),
    token({ error: "invalid_grant", code: 700084, text: "The refresh token was issued to a single page app (SPA)." }),
    token({
      error: "invalid_grant",
      code: 50173,
      text: "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
      suberror: "bad_token",
    }),
    token({ error: "invalid_grant", code: 50057, text: "The user account is disabled." }),
    token({
      error: "invalid_grant",
      code: 65001,
      text: "The user or administrator has not consented to use the application.",
      suberror: "consent_required",
    }),
    token({
      error: "interaction_required",
      code: 50076,
      text: "You must use multi-factor authentication.",
      suberror: "basic_action",
      source: FLOW,
    }),
    token({
      error: "invalid_grant",
      code: 50076,
      text: "You must use multi-factor authentication.",
      suberror: "basic_action",
    }),
    token({
      error: "invalid_grant",
      code: 53003,
      text: "Access has been blocked by Conditional Access policies.",
      suberror: "message_only",
    }),
    token({ error: "consent_required", code: 65001, text: "The request requires user consent.", source: FLOW }),
  ],
};

function graph(
  status: number,
  code: string,
  message: string,
  source: string,
  headers?: Readonly<Record<string, string>>,
): Spoken {
  const innerError = { date: "2026-11-15T16:42:07", "request-id": ID, "client-request-id": ID };
  return {
    status,
    body: { error: { code, message, innerError } },
    ...(headers === undefined ? {} : { headers }),
    source,
  };
}

const CHALLENGE = {
  "www-authenticate": 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
};

/** What Graph says in its own words. */
export const API_WORDS: Words = {
  passing: [
    graph(429, "TooManyRequests", "Please retry again later.", THROTTLING, { "retry-after": "1" }),
    graph(
      429,
      "activityLimitReached",
      "The request has been throttled",
      "https://learn.microsoft.com/en-us/answers/questions/648796/retry-after-header-upper-limit-or-range",
      { "retry-after": "1" },
    ),
    graph(
      429,
      "UnknownError",
      "",
      "https://learn.microsoft.com/en-us/archive/blogs/deva/gotchas-microsoft-graphoutlook-rest-api-throttling-best-practices",
    ),
    graph(503, "serviceNotAvailable", "The service is unavailable. Try the request again after a delay.", ERRORS, {
      "retry-after": "1",
    }),
    graph(500, "generalException", "General exception while processing", ERRORS),
    graph(504, "UnknownError", "", ERRORS),
    ...GATEWAY,
  ],
  dead: [
    graph(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", ERRORS, CHALLENGE),
    graph(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", ERRORS, CHALLENGE),
    graph(401, "unauthenticated", "The caller is not authenticated.", ERRORS),
    graph(
      401,
      "TokenCreatedWithOutdatedPolicies",
      "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
      "https://learn.microsoft.com/en-us/entra/identity-platform/app-resilience-continuous-access-evaluation",
      { "www-authenticate": 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="' },
    ),
  ],
};
