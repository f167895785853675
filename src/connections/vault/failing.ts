/** What a failed refresh does to a connection: when it is tried again, and when a refusal that nobody can read is believed. */
import { ConnectionFacts } from "../connection.ts";
import { jitter } from "../timing.ts";
import type { Failure, Row } from "./connection-row.ts";

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 300_000;
/** Whatever a provider asks for, a person who connects again is not made to wait for it. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** Alarms have time. */
const FIRST_ALARM_BACKOFF_MS = 15_000;
const LONGEST_ALARM_BACKOFF_MS = 6 * 3_600_000;
/**
 * Credentials that were refused are not tried more often, until they have changed; nor is a refresh token that a success without
 * a token was answered to, because a provider that has spent it takes a second use for theft (RFC 9700 4.14.2).
 */
const LONG_BACKOFF_MS = 30_000;
/**
 * Refusals that nobody can read are believed after so many of them over so long, where the access token is of no use either:
 * a fault of the provider's is over by then.
 */
const REFUSALS_TO_BELIEVE = 3;
const REFUSED_FOR_MS = 2 * 3_600_000;

/** When it is tried again at the earliest, and when an alarm does so of its own accord: milliseconds since 1970. */
export function nextTry({ attempts }: Row, failure: Failure): { retry_at: number; wake_at: number } {
  const isLong = failure.kind === "config" || failure.reason === "invalid_token_response";
  const backoff = isLong ? LONG_BACKOFF_MS : jitter(Math.min(FIRST_BACKOFF_MS * 2 ** attempts, LONGEST_BACKOFF_MS));
  const named = Math.min(failure.retry_after ?? 0, LONGEST_RETRY_AFTER_MS);
  // A service names the same moment to all whom it refuses: they do not come together again.
  const retry_at = failure.at + Math.max(backoff, named === 0 ? 0 : named + Math.random() * backoff);
  return { retry_at, wake_at: Math.max(retry_at, failure.at + alarmBackoff(attempts)) };
}

/** Counts refusals in unknown words on, whatever else has failed in between; or says that they are enough. */
export function countRefusals(
  row: Row,
  failure: Failure,
  before: Failure | null,
): Pick<Failure, "refusals" | "api_refused"> | "believed" {
  const known = before?.refusals ?? null;
  const api_refused = before?.api_refused ?? false;
  if (failure.refusals === null) return { refusals: known, api_refused };
  const refusals = { count: (known?.count ?? 0) + 1, since: known?.since ?? failure.at };
  const { expires_at } = ConnectionFacts.parse(JSON.parse(row.facts ?? ""));
  const isUseless = api_refused || (expires_at !== null && failure.at >= expires_at);
  const isEnough = refusals.count >= REFUSALS_TO_BELIEVE && failure.at - refusals.since >= REFUSED_FOR_MS;
  return isUseless && isEnough ? "believed" : { refusals, api_refused };
}

/** An attempt of an alarm's counts twice: when it is begun and when it has failed. */
export const alarmBackoff = (attempts: number): number =>
  jitter(Math.min(FIRST_ALARM_BACKOFF_MS * 2 ** (attempts / 2), LONGEST_ALARM_BACKOFF_MS));
