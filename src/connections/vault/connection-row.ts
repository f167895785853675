/** A connection as its vault has it: the row, what is read from it, and when it is looked at without being asked. */
import * as z from "zod/mini";
import { ConnectionFacts } from "../connection.ts";
import { jitter } from "../timing.ts";

/** What was used in this time is renewed ahead of its end; the rest only as often as keeps it alive. */
const RECENTLY_USED_MS = 86_400_000;
/** However short-lived its tokens are, a connection is not renewed more often by itself. */
const MIN_RENEWAL_MS = 30_000;
/** The part of a token's last stretch over which renewals by alarm are spread. */
const AHEAD_SPREAD = 0.8;

/** What the sealed tokens of a connection are bound to, beside its name. */
export const Version = z.object({ epoch: z.number(), generation: z.number() });
export type Version = z.output<typeof Version>;

/** What the tokens of a grant that is no connection yet are sealed for. */
export const UNADOPTED: Version = { epoch: 0, generation: 0 };

/**
 * Why a refresh did not succeed, in our own words.
 * - `definitive`: the provider refused the grant; only connecting again helps
 * - `config`: it refused our client; the connection is untouched
 * - `transient`: everything that passes
 */
export const Failure = z.object({
  kind: z.enum(["definitive", "config", "transient"]),
  /** An error code of ours, or a reason of ours for `definitive`. */
  reason: z.string(),
  message: z.string(),
  at: z.number(),
  /** Digest of the client that was used. */
  client: z.string(),
  /** The provider may have renewed the tokens although its answer never came. */
  answer_lost: z.boolean(),
  retry_after: z.nullable(z.number()),
  /** How often the provider has refused in words that nobody knows, and since when; null: it has not. */
  refusals: z._default(z.nullable(z.object({ count: z.number(), since: z.number() })), null),
  /** Whether the API has refused the access token since then as well. */
  api_refused: z._default(z.boolean(), false),
});
export type Failure = z.output<typeof Failure>;

/** `same_grant`: another refresh of the very grant got in first, and its tokens may be these. */
export type CommitOutcome =
  | { readonly outcome: "committed" }
  | { readonly outcome: "stale"; readonly live: boolean; readonly same_grant: boolean };

export const StoredConnection = z.extend(Version, {
  place: z.string(),
  /** What its user calls it; see label.ts. */
  label: z.string(),
  /** Whether it is meant where its integration alone is named. */
  is_default: z.boolean(),
  /** When it was first connected, in milliseconds since 1970. */
  made_at: z.number(),
  status: z.enum(["connected", "reauth_required"]),
  sealed: z.string(),
  facts: ConnectionFacts,
  failure: z.nullable(Failure),
  refreshed_at: z.nullable(z.number()),
  /** Scopes that calls were refused for want of; none where nobody said which; null: no call was. */
  refused_scopes: z._default(z.nullable(z.array(z.string())), null),
});
export type StoredConnection = z.output<typeof StoredConnection>;

export const Row = z.object({
  place: z.string(),
  epoch: z.number(),
  generation: z.number(),
  status: z.enum(["connected", "reauth_required"]),
  sealed: z.nullable(z.string()),
  facts: z.nullable(z.string()),
  failure: z.nullable(z.string()),
  lease: z.nullable(z.string()),
  lease_until: z.number(),
  last_lease: z.nullable(z.string()),
  forced_at: z.number(),
  retry_at: z.number(),
  attempts: z.number(),
  used_at: z.number(),
  refreshed_at: z.nullable(z.number()),
  wake_at: z.nullable(z.number()),
  label: z.nullable(z.string()),
  is_default: z.number(),
  made_at: z.nullable(z.number()),
  /** Digest of the account whose connection was here last; null where there is one, or that was not known. */
  left_by: z.nullable(z.string()),
  refused_scopes: z.nullable(z.string()),
});
export type Row = z.output<typeof Row>;

/** When the vault looks at a connection of its own accord: somewhere in the last stretch of its token, if it has one. */
export function wakeAt(facts: ConnectionFacts, now: number): number | null {
  const { refreshable, times, expires_at } = facts;
  if (!refreshable) return null;
  if (times.refresh_from === null || expires_at === null) return idleWakeAt(facts, now);
  // Spread out, so that what was connected together is not renewed together.
  const spread = times.refresh_from + Math.random() * AHEAD_SPREAD * (expires_at - times.refresh_from);
  return Math.max(spread, now + MIN_RENEWAL_MS);
}

/** The same for what nobody uses: before its grant goes stale. */
function idleWakeAt({ keep_alive }: ConnectionFacts, renewed_at: number): number | null {
  return keep_alive === null ? null : renewed_at + jitter(keep_alive);
}

/** When to look again at one that has nothing to renew yet, or that nobody has used lately. */
export function laterWakeAt({ facts, refreshed_at }: StoredConnection, now: number): number | null {
  const { refresh_from } = facts.times;
  if (refresh_from !== null && now < refresh_from) return wakeAt(facts, now);
  return idleWakeAt(facts, refreshed_at ?? facts.connected_at);
}

/** Whether an alarm has something to renew here. */
export function isRenewalDue({ facts, refreshed_at }: StoredConnection, used_at: number, now: number): boolean {
  const { times, keep_alive, connected_at } = facts;
  const isEnding = times.refresh_from !== null && now >= times.refresh_from;
  if (isEnding && now - used_at < RECENTLY_USED_MS) return true;
  return keep_alive !== null && now >= (refreshed_at ?? connected_at) + 0.8 * keep_alive;
}

/** The connection of a row; null where it was disconnected. */
export function toConnection(row: Row): StoredConnection | null {
  const { sealed, facts, failure, refused_scopes } = row;
  if (sealed === null || facts === null) return null;
  return StoredConnection.parse({
    ...row,
    is_default: row.is_default === 1,
    facts: JSON.parse(facts),
    failure: failure === null ? null : JSON.parse(failure),
    refused_scopes: refused_scopes === null ? null : JSON.parse(refused_scopes),
  });
}

/** A token that has run out with nothing to renew it. */
export const expiry = (at: number, client: string): Failure => ({
  kind: "definitive",
  reason: "expired",
  message: "The token has expired, and this provider gives nothing to renew it with.",
  at,
  client,
  answer_lost: false,
  retry_after: null,
  refusals: null,
  api_refused: false,
});

/** A lease that ran out without a word. */
export const lostHolder = (at: number, client: string): Failure => ({
  kind: "transient",
  reason: "provider_unavailable",
  message: "A refresh was begun and its outcome was lost.",
  at,
  client,
  answer_lost: true,
  retry_after: null,
  refusals: null,
  api_refused: false,
});
