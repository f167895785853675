/**
 * What a refusal means: the one table for token, revocation and introspection endpoints, built-in providers and configured
 * ones alike. A status says little, because services answer everything with 200, 400 or 403; the words decide where they are
 * known, and what nobody knows is not taken for the end of a connection.
 */
import { at, type Provider, type RefusalMeaning, type RefusalRule } from "../providers/provider.ts";
import { isObject } from "./body.ts";
import { retryAfterSeconds } from "./retry-after.ts";

/** What was refused, in our terms. */
export interface Refusal {
  readonly meaning: RefusalMeaning;
  /** Seconds until it is worth asking again; null where the answer does not say. */
  readonly retry_after: number | null;
}

/** Where services put the code of an error: RFC 6749 5.2 first, then what else was seen, in this order. */
const CODE_PATHS = [
  "error",
  "error.code",
  "error.type",
  "error.status",
  "code",
  "errorCode",
  "error_code",
  "status",
  "reason",
  "error_codes.0",
];
const TEXT_PATHS = ["error_description", "error.message", "message", "error_message", "detail", "error_msg"];

/**
 * Words of every service that was looked up, in lower case.
 * RFC 6749 5.2, OpenID Connect Core 3.1.2.6, RFC 6750 3.1, RFC 8628 3.5;
 * GitHub https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors;
 * Slack https://docs.slack.dev/reference/methods/oauth.v2.access;
 * HubSpot https://developers.hubspot.com/docs/api-reference/legacy/oauth-v1/tokens;
 * Google https://developers.google.com/identity/protocols/oauth2/web-server;
 * Zoho https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html.
 */
const WORDS: readonly (readonly [RefusalMeaning, readonly string[]])[] = [
  [
    "grant_refused",
    [
      "invalid_grant",
      "interaction_required",
      "consent_required",
      "login_required",
      "bad_refresh_token",
      "invalid_refresh_token",
      "refresh_token_invalid",
      "refresh_token_expired",
      "refresh_token_revoked",
      "expired_refresh_token",
      "bad_verification_code",
      "invalid_code",
      "code_expired",
      "code_already_used",
      "invalid_token",
      "expired_token",
      "token_expired",
      "token_revoked",
      "token_inactive",
      "account_inactive",
    ],
  ],
  [
    "client_refused",
    [
      "invalid_client",
      "unauthorized_client",
      "incorrect_client_credentials",
      "invalid_client_id",
      "bad_client_secret",
      "invalid_client_secret",
      "client_not_found",
      "application_suspended",
    ],
  ],
  [
    "rate_limited",
    [
      "ratelimited",
      "rate_limited",
      "rate_limit",
      "rate_limit_exceeded",
      "ratelimitexceeded",
      "userratelimitexceeded",
      "rate_limits",
      "too_many_requests",
      "quota_exceeded",
      "slow_down",
      "accesslimited",
    ],
  ],
  [
    "unavailable",
    [
      "temporarily_unavailable",
      "server_error",
      "internal_error",
      "internal_failure",
      "internal_server_error",
      "fatal_error",
      "service_unavailable",
      "request_timeout",
      "timeout",
      "backend_error",
      "backenderror",
      "org_login_required",
      "team_added_to_org",
    ],
  ],
  [
    "request_refused",
    [
      "invalid_request",
      "invalid_scope",
      "invalid_target",
      "unsupported_grant_type",
      "unsupported_response_type",
      "redirect_uri_mismatch",
      "invalid_redirect_uri",
      "bad_redirect_uri",
      "invalid_arguments",
    ],
  ],
];

const MEANINGS: ReadonlyMap<string, RefusalMeaning> = new Map(
  WORDS.flatMap(([meaning, words]) => words.map((word): [string, RefusalMeaning] => [word, meaning])),
);

/** Statuses that pass whatever else is said: RFC 9110 15.5.9, 15.5.10 (Airtable: refreshed a moment ago) and RFC 8470 5.2. */
const PASSING_STATUSES = [408, 409, 425];

/**
 * Judges an answer that grants nothing.
 * @param members of its body; undefined where it has none
 */
export function judgeRefusal(
  provider: Pick<Provider, "token_refusals">,
  status: number,
  headers: Headers,
  members: Readonly<Record<string, unknown>> | undefined,
): Refusal {
  const retry_after = retryAfterSeconds(headers);
  return { meaning: meaningOf(provider.token_refusals, status, retry_after !== null, members), retry_after };
}

function meaningOf(
  rules: readonly RefusalRule[],
  status: number,
  namesTime: boolean,
  members: Readonly<Record<string, unknown>> | undefined,
): RefusalMeaning {
  // Nothing that a server in trouble, or in the middle of another request, says about a grant counts.
  if (status >= 500 || PASSING_STATUSES.includes(status)) return "unavailable";
  if (status === 429) return "rate_limited";
  const said = members === undefined ? undefined : meaningOfWords(rules, members);
  if (said !== undefined) return said;
  if (namesTime && status >= 400) return "rate_limited";
  // RFC 6749 5.2: a client that is not known. Whoever says more than that with it means something else.
  return status === 401 && (members === undefined || codesOf(members).length === 0) ? "client_refused" : "unknown";
}

/** Of a body alone; undefined where none of its words is known. */
function meaningOfWords(
  rules: readonly RefusalRule[],
  members: Readonly<Record<string, unknown>>,
): RefusalMeaning | undefined {
  const codes = codesOf(members);
  const text = TEXT_PATHS.map((path) => at(members, path))
    .filter((found) => typeof found === "string")
    .join(" ")
    .slice(0, 2000)
    .toLowerCase();
  const ruled = rules.find((rule) => applies(rule, codes, members, text));
  if (ruled) return ruled.means;
  if (at(members, "error.is_transient") === true) return "unavailable";
  const known = codes.map((code) => MEANINGS.get(String(code).toLowerCase())).find((meaning) => meaning !== undefined);
  const isAboutClient = codes.some((code) => String(code).toLowerCase() === "invalid_client");
  // Atlassian's `unauthorized_client` and LinkedIn's `invalid_request` blame the refresh token in their text alone.
  if (!isAboutClient && (known === undefined || known === "client_refused" || known === "request_refused")) {
    if (blamesRefreshToken(text) || pointsAt(members, /refresh_?token|authorization_?code/i)) return "grant_refused";
    if (pointsAt(members, /^application$|client_?(?:id|secret)/i)) return "client_refused";
  }
  return known;
}

const codesOf = (members: Readonly<Record<string, unknown>>): (string | number)[] =>
  CODE_PATHS.map((path) => at(members, path)).filter(isCode);

const isCode = (value: unknown): value is string | number =>
  (typeof value === "string" && value !== "") || typeof value === "number";

function applies(
  { codes, subcodes, says }: RefusalRule,
  found: readonly (string | number)[],
  members: Readonly<Record<string, unknown>>,
  text: string,
): boolean {
  if (!codes.some((code) => found.includes(code))) return false;
  const subcode = at(members, "error.error_subcode");
  if (subcodes && !(typeof subcode === "number" && subcodes.includes(subcode))) return false;
  return says === undefined || text.includes(says);
}

const OVER = [
  "invalid",
  "expired",
  "revoked",
  "unknown",
  "not found",
  "not valid",
  "inactive",
  "already used",
  "been used",
];

function blamesRefreshToken(text: string): boolean {
  const names = text.includes("refresh token") || text.includes("refresh_token") || text.includes("refreshtoken");
  return names && OVER.some((word) => text.includes(word));
}

/** Strava's way: `errors: [{ resource: "RefreshToken", field: "refresh_token", code: "invalid" }]`. */
function pointsAt(members: Readonly<Record<string, unknown>>, what: RegExp): boolean {
  const { errors } = members;
  if (!Array.isArray(errors)) return false;
  return errors.slice(0, 20).some((error: unknown) => {
    if (!isObject(error)) return false;
    const { resource, field, code } = error;
    const isOver = typeof code === "string" && OVER.includes(code.toLowerCase());
    return isOver && [resource, field].some((name) => typeof name === "string" && what.test(name));
  });
}

/** Whether an answer with a 2xx says in its body that it did not do what it was asked: `ok: false`, or an error that is named. */
export function isRefusal(members: Readonly<Record<string, unknown>> | undefined): boolean {
  if (members === undefined) return false;
  const { ok, error } = members;
  return ok === false || (error !== undefined && error !== null && error !== "" && error !== false);
}
