/** When a token is used, renewed and given up: pure arithmetic over a provider's policy. All times are milliseconds since 1970. */
import * as z from "zod/mini";
import type { RefreshPolicy } from "../contract/provider.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** A token is not relied on in its last minute, or the last twentieth of a shorter life. */
const HARD_MARGIN = 60 * SECOND;
const HARD_SHARE = 0.05;
/** Renewal begins within the last fifth of a life at the earliest. */
const SOFT_SHARE = 0.2;
/**
 * What lives longer than this is renewed earlier than its provider's margin says, by a fifth of what it lives longer: many that
 * end together have the time that an endpoint with a limit takes for them.
 */
const SHORT_LIFE = 3600 * SECOND;
/** Of a provider's margin, the part that remains when the vault itself renews a token that ends its predecessor. */
const HAND_OVER_SHARE = 0.8;
/** The share of the time between the margins over which callers spread: what nobody calls in the rest is left to alarms. */
const AHEAD_SPREAD = 0.4;
/** An idle grant is used at the latest after this long. */
const KEEP_ALIVE = 30 * DAY;
const KEEP_ALIVE_SHARE = 0.8;

/** The moments in a token's life; null where it has no end or cannot be renewed. */
export const TokenTimes = z.object({
  /** Until then a copy may be used without asking the vault. */
  copy_until: z.nullable(z.number()),
  /** From then on it is renewed behind the answer. */
  refresh_from: z.nullable(z.number()),
  /** From then on it is renewed before it is used. */
  refresh_by: z.nullable(z.number()),
});
export type TokenTimes = z.output<typeof TokenTimes>;

/**
 * The moments of a token issued at `issued_at`.
 *
 * Where a new token ends the old one, no two of them may be in use at once: copies stop being used a while before the
 * vault renews, so that every location has come to ask the vault by its own clock when that happens.
 */
export function timesOf(
  policy: RefreshPolicy,
  refreshable: boolean,
  issued_at: number,
  expires_at: number | null,
): TokenTimes {
  if (expires_at === null) return { copy_until: null, refresh_from: null, refresh_by: null };
  if (!refreshable) return { copy_until: expires_at, refresh_from: null, refresh_by: null };
  // What is brought in from elsewhere may be over already.
  const life = Math.max(0, expires_at - issued_at);
  const hard = Math.min(HARD_MARGIN, life * HARD_SHARE);
  if (policy.ends_old_access_token) {
    const soft = Math.min(policy.margin * SECOND, life * SOFT_SHARE);
    const renewal = expires_at - soft * HAND_OVER_SHARE;
    return { copy_until: expires_at - soft, refresh_from: renewal, refresh_by: renewal };
  }
  const early = policy.margin * SECOND + Math.max(0, life - SHORT_LIFE) * SOFT_SHARE;
  const soft = Math.min(early, life * SOFT_SHARE);
  return { copy_until: expires_at - hard, refresh_from: expires_at - soft, refresh_by: expires_at - hard };
}

/** How long a grant may lie unused before it is renewed for its own sake; null where nothing can be renewed. */
export function keepAliveAfter(policy: RefreshPolicy, refreshable: boolean): number | null {
  // What was typed does not go stale.
  if (!refreshable || policy.grant === "fields") return null;
  const idle = policy.idle_lifetime === null ? Infinity : policy.idle_lifetime * SECOND * KEEP_ALIVE_SHARE;
  return Math.min(KEEP_ALIVE, idle);
}

/** When only a new consent helps; null where nobody has set such a time. */
export function reconnectBy(
  policy: RefreshPolicy,
  refreshable: boolean,
  connected_at: number,
  expires_at: number | null,
): number | null {
  if (policy.grant === "fields") return null;
  if (!refreshable || policy.grant === "exchange") return expires_at;
  return policy.absolute_lifetime === null ? null : connected_at + policy.absolute_lifetime * SECOND;
}

/**
 * Whether a caller begins to renew behind its answer: between the two margins, each token at a moment of its own, which is the
 * same for all who call with it.
 * @param token what tells it from all others
 */
export function isTimeToRenew({ refresh_from, refresh_by }: TokenTimes, now: number, token: string): boolean {
  if (refresh_from === null || refresh_by === null || now < refresh_from) return false;
  return now >= refresh_from + shareOf(token) * AHEAD_SPREAD * (refresh_by - refresh_from);
}

/** A number from 0 to 1 that goes with a text: its FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), which spreads and hides nothing. */
function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/** `value` within a fifth of itself, so that what began together does not go on together. */
export function jitter(value: number): number {
  return value * (0.8 + 0.4 * Math.random());
}
