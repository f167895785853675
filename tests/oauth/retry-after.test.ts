import { expect, it } from "vitest";
import { retryAfterSeconds } from "../../src/oauth/retry-after.ts";

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
