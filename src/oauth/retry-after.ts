/** When to come again, of whatever an answer says about it: the one reader for providers and webhook receivers alike. */

/** Whatever is asked for, nobody is sent away for longer than a day. */
const LONGEST_SECONDS = 86_400;

/** Above this a number of seconds is a moment since 1970 rather than a wait. */
const EPOCH_FROM = 1_000_000_000;

/**
 * Seconds to wait, at least one; null where the answer names no time.
 *
 * `Retry-After` counts in both of its forms (RFC 9110 10.2.3). Where a limit is used up and there is none, the reset of the
 * limit counts: `X-RateLimit-Reset` is a moment at GitHub
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api) and seconds elsewhere.
 */
export function retryAfterSeconds(headers: Headers): number | null {
  const named = headers.get("Retry-After")?.trim() ?? "";
  if (named !== "") return /^\d+(?:\.\d+)?$/.test(named) ? bounded(Number(named)) : untilDate(named);
  const reset = headers.get("X-RateLimit-Reset")?.trim() ?? "";
  if (headers.get("X-RateLimit-Remaining")?.trim() !== "0" || !/^\d{1,12}$/.test(reset)) return null;
  const seconds = Number(reset);
  return bounded(seconds >= EPOCH_FROM ? seconds - Date.now() / 1000 : seconds);
}

/** The header to pass on; empty where there is no time to name. */
export function retryAfterHeader(seconds: number | null): Record<string, string> {
  return seconds === null ? {} : { "Retry-After": String(seconds) };
}

/** An HTTP date begins with the name of a day; everything else that a date reader would take is none. */
function untilDate(text: string): number | null {
  const moment = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? null : bounded((moment - Date.now()) / 1000);
}

const bounded = (seconds: number): number => Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_SECONDS);
