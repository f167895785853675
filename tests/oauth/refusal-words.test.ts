/** Each word means one thing, whoever says it: as an error, under 400, in any case, and with a sentence behind it. */
import { expect, it } from "vitest";
import { judgeRefusal } from "../../src/oauth/refusals.ts";
import type { RefusalMeaning } from "../../src/contract/provider.ts";
import { answerOf, plain } from "./answers.ts";

const meaningOf = (error: string): RefusalMeaning => judgeRefusal(plain, answerOf(400, { error })).meaning;

it.each<readonly [RefusalMeaning, string]>([
  [
    "grant_refused",
    `invalid_grant interaction_required consent_required login_required bad_refresh_token invalid_refresh_token
     refresh_token_invalid refresh_token_expired refresh_token_revoked expired_refresh_token bad_verification_code invalid_code
     code_expired code_already_used invalid_token expired_token token_expired token_revoked token_inactive account_inactive`,
  ],
  [
    "client_refused",
    `invalid_client unauthorized_client incorrect_client_credentials invalid_client_id bad_client_secret invalid_client_secret
     client_not_found application_suspended`,
  ],
  [
    "rate_limited",
    `ratelimited rate_limited rate_limit rate_limit_exceeded rateLimitExceeded userRateLimitExceeded rate_limits
     too_many_requests quota_exceeded slow_down accesslimited`,
  ],
  [
    "unavailable",
    `temporarily_unavailable server_error internal_error internal_failure internal_server_error fatal_error service_unavailable
     request_timeout timeout backend_error backendError org_login_required team_added_to_org`,
  ],
  [
    "request_refused",
    `invalid_request invalid_scope invalid_target unsupported_grant_type unsupported_response_type redirect_uri_mismatch
     invalid_redirect_uri bad_redirect_uri invalid_arguments`,
  ],
  ["unknown", "invalid_grants granted invalid no_such_word"],
])("%s", (meaning, words) => {
  for (const word of words.split(/\s+/)) {
    expect([word, meaningOf(word)]).toEqual([word, meaning]);
    expect([word, meaningOf(word.toUpperCase())]).toEqual([word, meaning]);
    expect([word, meaningOf(`${word}: it was said`)]).toEqual([word, meaning]);
  }
});

const VALUES = 200;
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, at]));

it.each<readonly [string, RefusalMeaning, number, object | string]>([
  ["a word as a type", "grant_refused", 400, { type: "invalid_grant" }],
  ["a word as a reason", "grant_refused", 400, { reason: "invalid_grant" }],
  ["a word as a name", "grant_refused", 400, { name: "invalid_grant" }],
  ["a word in a list", "grant_refused", 400, { error_codes: ["invalid_grant"] }],
  ["a sentence as description", "grant_refused", 400, { description: "The refresh token is invalid" }],
  ["a sentence as title", "grant_refused", 400, { title: "The refresh token is invalid" }],
  ["a word in the third object", "grant_refused", 400, { a: { b: { error: "invalid_grant" } } }],
  ["a word in the fourth", "unknown", 400, { a: { b: { c: { error: "invalid_grant" } } } }],
  ["a word among few values", "grant_refused", 400, { ...many(VALUES - 2), error: "invalid_grant" }],
  ["a word behind many", "unknown", 400, { ...many(VALUES + 1), error: "invalid_grant" }],
  ["a word and a sentence of 256 characters", "grant_refused", 400, { error: `invalid_grant: ${"x".repeat(241)}` }],
  ["a longer one", "unknown", 400, { error: `invalid_grant: ${"x".repeat(242)}` }],
  ["a sentence as error_message", "grant_refused", 400, { error_message: "The refresh token is invalid" }],
  ["a sentence as detail", "grant_refused", 400, { detail: "The refresh token is invalid" }],
  ["a limit in a sentence", "rate_limited", 400, { message: "Rate limit exceeded" }],
  ["a limit in the sentence of a success", "unknown", 200, { ok: false, message: "Rate limit exceeded" }],
  ["a page", "unavailable", 400, "<html></html>"],
  ["a page of a success", "unknown", 200, "<html></html>"],
  ["a page of whoever does not know the client", "client_refused", 401, "<html></html>"],
  [
    "an outage, whatever is said of the token",
    "unavailable",
    400,
    { error: "server_error", message: "The refresh token is invalid" },
  ],
  [
    "a grant that is not supported, whatever is said of the token",
    "request_refused",
    400,
    { error: "unsupported_grant_type", message: "The refresh token is invalid" },
  ],
  [
    "a refresh token that is of no use to such a client",
    "request_refused",
    400,
    { error: "invalid_request", message: "The refresh token is invalid for this client type" },
  ],
  [
    "a field that is missing",
    "unknown",
    400,
    { errors: [{ resource: "RefreshToken", field: "refresh_token", code: "missing" }] },
  ],
  [
    "a field that is over",
    "grant_refused",
    400,
    { errors: [{ resource: "RefreshToken", field: "refresh_token", code: "expired" }] },
  ],
])("what is meant by %s: %s", (_, meaning, status, body) => {
  expect(judgeRefusal(plain, answerOf(status, body)).meaning).toBe(meaning);
});

it.each([
  "invalid",
  "expired",
  "revoked",
  "unknown",
  "not found",
  "not valid",
  "inactive",
  "been used",
  "already used",
])("a refresh token that is said to be %s is over", (word) => {
  expect(judgeRefusal(plain, answerOf(400, { message: `Refresh token has ${word}` })).meaning).toBe("grant_refused");
  const errors = [{ field: "refresh_token", code: word }];
  expect(judgeRefusal(plain, answerOf(400, { errors })).meaning).toBe("grant_refused");
});
