import { afterEach, expect, it, vi } from "vitest";
import { retryAfterHeader, retryAfterSeconds } from "../../src/oauth/retry-after.ts";

const inDate = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
const epochIn = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);

it.each<readonly [string, Record<string, string>, number | null]>([
  ["nothing", {}, null],
  ["seconds (RFC 9110 10.2.3)", { "Retry-After": "120" }, 120],
  ["seconds with blanks", { "Retry-After": " 120 " }, 120],
  ["a part of a second", { "Retry-After": "0.4" }, 1],
  ["zero", { "Retry-After": "0" }, 1],
  ["a date (RFC 9110 5.6.7)", { "Retry-After": inDate(120) }, 120],
  ["a date that is over", { "Retry-After": inDate(-120) }, 1],
  ["longer than a day", { "Retry-After": "9999999999" }, 86_400],
  ["a year from now", { "Retry-After": inDate(365 * 86_400) }, 86_400],
  ["negative", { "Retry-After": "-5" }, null],
  ["words", { "Retry-After": "soon" }, null],
  ["a number in a date's clothes", { "Retry-After": "2026" }, 2026],
  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
  ["GitHub's hour that is used up", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epochIn(900) }, 900],
  ["an hour that is not used up", { "X-RateLimit-Remaining": "7", "X-RateLimit-Reset": epochIn(900) }, null],
  ["a reset in seconds", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30" }, 30],
  ["both: Retry-After", { "Retry-After": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30" }, 5],
])("when to come again is read of %s", (_, headers, seconds) => {
  const read = retryAfterSeconds(new Headers(headers));
  if (seconds === null || read === null) expect(read).toBe(seconds);
  else expect(Math.abs(read - seconds)).toBeLessThanOrEqual(2);
});

afterEach(() => void vi.useRealTimers());

it.each<readonly [string, Record<string, string>, number | null]>([
  ["the least is a second", { "Retry-After": "0" }, 1],
  ["what is begun of a second counts", { "Retry-After": "1.2" }, 2],
  ["the most is a day", { "Retry-After": "86401" }, 86_400],
  ["a date", { "Retry-After": "Sun, 09 Sep 2001 01:46:50 GMT" }, 10],
  ["a moment, from a thousand million on", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000000" }, 1],
  ["a moment in half a minute", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000030" }, 30],
  ["seconds below that", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "999999999" }, 86_400],
  ["a reset that is no number", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon" }, null],
  ["a reset that is longer than any", { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1".repeat(13) }, null],
  ["no reset", { "X-RateLimit-Remaining": "0" }, null],
])("to the second: %s", (_, headers, seconds) => {
  vi.useFakeTimers({ now: 1_000_000_000_000, toFake: ["Date"] });
  expect(retryAfterSeconds(new Headers(headers))).toBe(seconds);
});

it("is passed on where there is a time, and only there", () => {
  expect(retryAfterHeader(5)).toEqual({ "Retry-After": "5" });
  expect(retryAfterHeader(null)).toEqual({});
});
