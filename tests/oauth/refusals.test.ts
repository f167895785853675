/** What refusals mean, in the words of the services that say them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeRefusal } from "../../src/oauth/refusals.ts";
import { facebook } from "../../src/providers/facebook.ts";
import type { Provider, RefusalMeaning } from "../../src/contract/provider.ts";
import { answerOf, latin1, plain, utf16 } from "./answers.ts";

const meaningOf = (provider: Provider, answer: ReturnType<typeof answerOf>): RefusalMeaning =>
  judgeRefusal(provider, answer).meaning;

const facebookError = (code: number, message = "", more: object = {}) => ({
  error: { message, type: "OAuthException", code, ...more, fbtrace_id: "x" },
});

type Row = readonly [
  string,
  RefusalMeaning,
  number,
  object | string | Uint8Array<ArrayBuffer>,
  Record<string, string>?,
];

const ROWS: readonly Row[] = [
  // RFC 6749 5.2
  ["RFC 6749", "grant_refused", 400, { error: "invalid_grant" }],
  ["RFC 6749, under 401 with a challenge", "grant_refused", 401, { error: "invalid_grant" }],
  ["RFC 6749", "client_refused", 401, { error: "invalid_client" }],
  ["RFC 6749, a challenge without a body", "client_refused", 401, ""],
  ["RFC 6749", "client_refused", 400, { error: "unauthorized_client" }],
  ["RFC 6749", "request_refused", 400, { error: "invalid_request" }],
  ["RFC 6749", "request_refused", 400, { error: "unsupported_grant_type" }],
  ["OpenID Connect Core 3.1.2.6", "grant_refused", 400, { error: "interaction_required" }],
  ["RFC 6749 4.1.2.1, Microsoft", "unavailable", 400, { error: "temporarily_unavailable" }],
  ["RFC 6749 4.1.2.1", "unavailable", 400, { error: "server_error" }],
  // RFC 9110
  ["RFC 9110 15.5.9", "unavailable", 408, ""],
  ["RFC 6585 4", "rate_limited", 429, {}],
  ["RFC 9110 15.6.4", "unavailable", 503, { error: "invalid_grant" }],
  ["a gateway's page", "unavailable", 502, "<html>invalid_grant</html>"],
  // https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
  ["GitHub", "grant_refused", 200, { error: "bad_refresh_token" }],
  ["GitHub, as a form", "grant_refused", 200, "error=bad_refresh_token&error_description=x", {}],
  ["GitHub", "grant_refused", 200, { error: "bad_verification_code" }],
  ["GitHub", "client_refused", 200, { error: "incorrect_client_credentials" }],
  ["GitHub", "request_refused", 200, { error: "redirect_uri_mismatch" }],
  // https://docs.slack.dev/reference/methods/oauth.v2.access
  ["Slack", "grant_refused", 200, { ok: false, error: "invalid_refresh_token" }],
  ["Slack", "grant_refused", 200, { ok: false, error: "account_inactive" }],
  ["Slack", "grant_refused", 200, { ok: false, error: "code_already_used" }],
  ["Slack", "client_refused", 200, { ok: false, error: "bad_client_secret" }],
  ["Slack", "unavailable", 200, { ok: false, error: "internal_error" }],
  ["Slack", "unavailable", 200, { ok: false, error: "fatal_error" }],
  ["Slack", "unavailable", 200, { ok: false, error: "service_unavailable" }],
  ["Slack", "rate_limited", 200, { ok: false, error: "ratelimited" }],
  // https://developers.hubspot.com/docs/api-reference/legacy/oauth-v1/tokens
  ["HubSpot", "grant_refused", 400, { status: "BAD_REFRESH_TOKEN", message: "missing or unknown refresh token" }],
  // https://airtable.com/developers/web/api/oauth-reference
  ["Airtable, refreshed a moment ago", "unavailable", 409, { error: "invalid_request" }],
  // https://cloud.google.com/docs/quotas
  ["Google", "rate_limited", 403, { error: "rate_limit_exceeded" }],
  ["Google", "unavailable", 400, { error: "internal_failure" }],
  // https://github.com/ParabolInc/parabol/issues/11849
  ["Atlassian", "grant_refused", 403, { error: "unauthorized_client", error_description: "refresh_token is invalid" }],
  // https://github.com/speakeasy-api/gram/issues/6088 and the like
  ["LinkedIn", "grant_refused", 400, { error: "invalid_request", error_description: "The Refresh token has expired." }],
  [
    "Strava",
    "grant_refused",
    400,
    { message: "Bad Request", errors: [{ resource: "RefreshToken", field: "refresh_token", code: "invalid" }] },
  ],
  [
    "Strava",
    "client_refused",
    400,
    { message: "Bad Request", errors: [{ resource: "Application", field: "client_id", code: "invalid" }] },
  ],
  // https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html
  ["Zoho", "grant_refused", 200, { error: "invalid_code" }],
  [
    "a wrong client that speaks of refresh tokens",
    "client_refused",
    401,
    { error: "invalid_client", error_description: "invalid refresh token or client" },
  ],
  // An answer of another encoding is read for its code all the same.
  ["in Latin-1", "grant_refused", 400, latin1('{"error":"invalid_grant","error_description":"accès révoqué"}')],
  ["in UTF-16", "grant_refused", 400, utf16('{"error":"invalid_grant"}')],
  [
    "in Windows-1252 that says so",
    "grant_refused",
    400,
    latin1('{"error":"invalid_grant","d":"é"}'),
    { "Content-Type": "application/json; charset=windows-1252" },
  ],
  ["as text", "grant_refused", 400, '{"error":"invalid_grant"}', { "Content-Type": "text/html" }],
  ["HubSpot, locked", "unavailable", 423, { status: "error", message: "Locked" }],
  ["Google's page", "rate_limited", 403, "<html><title>Error 403</title><p>User Rate Limit Exceeded</html>"],
  // The words are read wherever they stand.
  ["a line of text", "grant_refused", 400, "invalid_grant"],
  ["a JSON text", "grant_refused", 400, '"invalid_grant"'],
  ["XML", "grant_refused", 400, "<error><code>invalid_grant</code></error>"],
  ["a list of errors", "grant_refused", 400, { errors: [{ code: "invalid_grant" }] }],
  ["a list alone", "grant_refused", 400, [{ error: "invalid_grant" }]],
  ["one error in another", "grant_refused", 400, { error: { error: "invalid_grant" } }],
  ["an error under data", "grant_refused", 400, { data: { error: "invalid_grant" } }],
  ["with white space", "grant_refused", 400, { error: " invalid_grant " }],
  ["with its sentence behind it", "grant_refused", 400, { error: "invalid_grant: token was revoked" }],
  ["in capitals", "grant_refused", 400, { error: "INVALID_GRANT" }],
  [
    "a form that nobody has encoded",
    "grant_refused",
    400,
    "error=invalid_grant&error_description=Token has been revoked",
  ],
  ["cut off", "grant_refused", 400, '{"error":"invalid_grant","error_description":"tok'],
  ["a client, as a line of text", "client_refused", 400, "invalid_client"],
  // A sentence that names a refresh token may mean something else.
  [
    "a wrong redirect URI",
    "request_refused",
    400,
    { error: "invalid_request", error_description: "redirect_uri invalid; refresh_token flow" },
  ],
  [
    "a missing parameter",
    "request_refused",
    400,
    { error: "invalid_request", error_description: "Missing refresh_token: unknown parameter" },
  ],
  [
    "a client that may not refresh",
    "client_refused",
    400,
    {
      error: "unauthorized_client",
      error_description: "client is not authorized to use a refresh token; invalid client type",
    },
  ],
  [
    "a grant type that is off",
    "request_refused",
    400,
    { error: "unsupported_grant_type", error_description: "refresh_token is not enabled" },
  ],
  [
    "a parameter that is required",
    "request_refused",
    400,
    { error: "invalid_request", error_description: "A valid refresh token is required" },
  ],
  // What nobody knows is not the end.
  ["an empty 400", "unknown", 400, ""],
  ["an empty object", "unknown", 400, {}],
  ["a page of what stands in front", "unavailable", 403, "<html>Access denied by firewall</html>"],
  ["a word that nobody knows", "unknown", 400, { error: "gone_fishing" }],
  ["the same under 401", "unknown", 401, { error: "gone_fishing" }],
  ["a limit that names its end", "rate_limited", 403, { code: 17 }, { "Retry-After": "5" }],
];

describe("a refusal is read by its words", () => {
  it.each(ROWS.map(([service, meaning, ...answer]) => ({ service, meaning, answer })))(
    "$service: $meaning",
    ({ meaning, answer: [status, body, headers] }) => {
      expect(meaningOf(plain, answerOf(status, body, headers))).toBe(meaning);
    },
  );

  // https://developers.facebook.com/docs/graph-api/guides/error-handling
  it.each<readonly [RefusalMeaning, number, string, object]>([
    ["grant_refused", 190, "Error validating access token", {}],
    ["grant_refused", 102, "Session key invalid", {}],
    ["grant_refused", 100, "This authorization code has been used.", { error_subcode: 36_009 }],
    ["client_refused", 1, "Error validating client secret.", {}],
    ["client_refused", 101, "Error validating application.", {}],
    ["unavailable", 1, "An unknown error occurred", {}],
    ["unavailable", 2, "Service temporarily unavailable", {}],
    ["rate_limited", 4, "Application request limit reached", {}],
    ["rate_limited", 17, "User request limit reached", {}],
    ["rate_limited", 32, "Page request limit reached", {}],
    ["rate_limited", 341, "Application limit reached", {}],
    ["rate_limited", 613, "Calls to this api have exceeded the rate limit.", {}],
    ["rate_limited", 80_004, "There have been too many calls", {}],
    ["unavailable", 9999, "Please retry", { is_transient: true }],
    ["request_refused", 100, "Invalid parameter", {}],
    ["unknown", 9999, "?", {}],
  ])("Facebook: %s by code %i, %s", (meaning, code, message, more) => {
    for (const status of [400, 403]) {
      expect(meaningOf(facebook, answerOf(status, facebookError(code, message, more)))).toBe(meaning);
    }
    expect(meaningOf(facebook, answerOf(500, facebookError(code, message, more)))).toBe("unavailable");
  });

  it("around each row: whatever stands beside the words, and in whatever order, changes nothing", () => {
    const rows = ROWS.flatMap(([, meaning, status, body]) =>
      typeof body === "object" && !(body instanceof Uint8Array) && "error" in body ? [{ meaning, status, body }] : [],
    );
    const beside = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 8 }).map((name) => `x_${name}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...rows), beside, fc.boolean(), ({ meaning, status, body }, more, isFirst) => {
        const mixed = isFirst ? { ...more, ...body } : { ...body, ...more };
        expect(meaningOf(plain, answerOf(status, mixed))).toBe(meaning);
      }),
    );
  });

  it("whatever is answered, at any size, is judged, and a server in trouble ends nothing", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((json) => new TextEncoder().encode(json)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), anything, (status, bytes) => {
        const meaning = meaningOf(plain, answerOf(status, Uint8Array.from(bytes)));
        if (status >= 500) expect(meaning).toBe("unavailable");
      }),
    );
    const large = `{"error":"${"x".repeat(1_000_000)}","error_description":"${"refresh token ".repeat(70_000)}"}`;
    expect(meaningOf(plain, answerOf(400, large))).toBe("unknown");
  });
});
