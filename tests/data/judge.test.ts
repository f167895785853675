/** What an API's answers mean, by status, headers and each service's own codes. */
import { expect, it } from "vitest";
import { judge, type Verdict } from "../../src/data/provider-api.ts";
import { builtInProviders } from "../../src/providers/index.ts";

const graph = (code: number) => ({ error: { message: "", type: "OAuthException", code } });
const google = (reason: string) => ({ error: { code: 403, errors: [{ domain: "usageLimits", reason }] } });

it.each<readonly [string, Verdict, number, unknown, Record<string, string>]>([
  ["github", "fine", 200, {}, {}],
  ["github", "fine", 201, {}, {}],
  ["github", "token_rejected", 401, { message: "Bad credentials" }, {}],
  ["github", "refused", 403, { message: "Resource not accessible" }, {}],
  ["github", "refused", 404, {}, {}],
  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
  ["github", "rate_limited", 403, {}, { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1900000000" }],
  ["github", "rate_limited", 403, {}, { "Retry-After": "60" }],
  ["github", "rate_limited", 429, {}, {}],
  // The last call of an hour counts down to zero too.
  ["github", "refused", 404, {}, { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1900000000" }],
  ["github", "refused", 403, { documentation_url: "https://docs.github.com/rest" }, {}],
  ["github", "unavailable", 502, undefined, {}],
  // https://developers.facebook.com/docs/graph-api/guides/error-handling
  ["facebook", "token_rejected", 400, graph(190), {}],
  ["facebook", "token_rejected", 400, graph(102), {}],
  ["facebook", "rate_limited", 400, graph(4), {}],
  ["facebook", "rate_limited", 400, graph(341), {}],
  ["facebook", "rate_limited", 400, graph(368), {}],
  ["facebook", "rate_limited", 400, graph(80_004), {}],
  ["facebook", "unavailable", 400, graph(1), {}],
  ["facebook", "unavailable", 400, graph(2), {}],
  ["facebook", "unavailable", 400, { error: { code: 960, is_transient: true } }, {}],
  ["facebook", "refused", 400, graph(100), {}],
  ["facebook", "refused", 403, graph(200), {}],
  // https://docs.slack.dev/reference/methods/auth.test
  ["slack", "fine", 200, { ok: true }, {}],
  ["slack", "token_rejected", 200, { ok: false, error: "account_inactive" }, {}],
  ["slack", "token_rejected", 200, { ok: false, error: "token_revoked" }, {}],
  ["slack", "rate_limited", 200, { ok: false, error: "ratelimited" }, {}],
  ["slack", "unavailable", 200, { ok: false, error: "fatal_error" }, {}],
  ["slack", "unavailable", 200, { ok: false, error: "service_unavailable" }, {}],
  ["slack", "refused", 200, { ok: false, error: "missing_scope" }, {}],
  // https://developers.google.com/workspace/drive/api/guides/handle-errors
  ["google", "token_rejected", 401, google("authError"), {}],
  ["google", "rate_limited", 403, google("userRateLimitExceeded"), {}],
  ["google", "unavailable", 500, google("backendError"), {}],
  ["google", "refused", 403, google("insufficientFilePermissions"), {}],
  // Too slow, in the way of another request, locked, too early.
  ["airtable", "unavailable", 408, {}, {}],
  ["airtable", "unavailable", 409, {}, {}],
  ["airtable", "unavailable", 423, {}, {}],
  ["airtable", "unavailable", 425, {}, {}],
  ["airtable", "rate_limited", 477, {}, { "Retry-After": "2" }],
  ["airtable", "rate_limited", 429, { errors: [{ error: "RATE_LIMIT_REACHED" }] }, {}],
])("%s: %s by %i %j", (id, verdict, status, body, headers) => {
  const provider = builtInProviders.find((candidate) => candidate.id === id);
  expect(provider && judge(provider, status, new Headers(headers), body)).toBe(verdict);
});
