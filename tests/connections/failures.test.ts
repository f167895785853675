/** What callers are told of a refresh that did not succeed, and when to come again. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reauthMessage, toError, tokenRejected } from "../../src/connections/failures.ts";

const NOW = Date.UTC(2026, 0, 1);
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const failure = { ...tokenRejected("GitHub"), kind: "transient" as const };

it.each([
  ["client_credentials_invalid", "client_credentials_invalid"],
  ["token_request_rejected", "token_request_rejected"],
  ["provider_timeout", "provider_timeout"],
  ["provider_rate_limited", "provider_rate_limited"],
  ["invalid_token_response", "invalid_token_response"],
  ["invalid_provider_response", "invalid_provider_response"],
  ["provider_unavailable", "provider_unavailable"],
  ["token_rejected", "provider_unavailable"],
])("a failure for %s is told as %s", (reason, code) => {
  expect(toError({ ...failure, reason }, NOW)).toMatchObject({ code, message: failure.message });
});

it.each([
  [0, "1"],
  [-5000, "1"],
  [1000, "1"],
  [1001, "2"],
  [90_000, "90"],
])("what is tried again in %i ms is asked for in %s s", (left, seconds) => {
  expect(toError({ ...failure, reason: "provider_timeout" }, NOW + left).headers).toEqual({ "Retry-After": seconds });
});

it("a token that nothing can renew is a definitive failure of the consent, from now on", () => {
  expect(tokenRejected("GitHub")).toEqual({
    kind: "definitive",
    reason: "token_rejected",
    message: "GitHub no longer accepts this access: it was removed or has run out.",
    at: NOW,
    client: "",
    answer_lost: false,
    retry_after: null,
    refusals: null,
    api_refused: false,
  });
});

it("what to do about a grant that is over is to connect again, whether or not it is known why", () => {
  expect(reauthMessage(failure)).toBe(`${failure.message} Connect the account again.`);
  expect(reauthMessage(null)).toBe("The access has run out. Connect the account again.");
});
