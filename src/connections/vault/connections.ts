/**
 * The truth about each connection, and the referee of its refreshes.
 *
 * A refresh is done by whoever holds the lease, and counts only against the epoch (which consent) and the generation
 * (which token of it) it began with: a late answer finds that they have moved on and is refused. The lease outlives
 * everything its holder may take: two attempts within 12 s and the retries of a commit.
 */
import { BOUNDS } from "../../bounds.ts";
import { ConnectionFacts } from "../connection.ts";
import { grantRefused } from "../failures.ts";
import { integrationOf } from "../place.ts";
import {
  type CommitOutcome,
  Failure,
  Row,
  expiry,
  lostHolder,
  toConnection,
  wakeAt,
  type StoredConnection,
  type Version,
} from "./connection-row.ts";
import { countRefusals, nextTry } from "./failing.ts";
import { isDue, type Decision, type Need } from "./need.ts";
import { leaverDigest, type Standing } from "./slots.ts";
import type { VaultSql } from "./vault-sql.ts";

export const LEASE_MS = 30_000;
/** How often a provider is asked whether a token still counts, however often its API refuses it. */
const CHECK_EVERY_MS = 60_000;

type CarriedOver = Pick<StoredConnection, "status" | "failure" | "refreshed_at" | "refused_scopes">;

export class ConnectionTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    // A place without a slot keeps its row with its tokens gone: its epoch must never be given out again. Slots are not either.
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS connections (
        place TEXT PRIMARY KEY, epoch INTEGER NOT NULL, generation INTEGER NOT NULL, status TEXT NOT NULL,
        sealed TEXT, facts TEXT, failure TEXT, lease TEXT, lease_until INTEGER NOT NULL DEFAULT 0, last_lease TEXT,
        forced_at INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
        used_at INTEGER NOT NULL DEFAULT 0, refreshed_at INTEGER, wake_at INTEGER,
        label TEXT, is_default INTEGER NOT NULL DEFAULT 0, made_at INTEGER, left_by TEXT,
        refused_scopes TEXT
      ) WITHOUT ROWID`,
    );
  }

  find(place: string): StoredConnection | null {
    const row = this.#row(place);
    return row && toConnection(row);
  }

  /** The version that the next grant at a place has. */
  nextVersion(place: string): Version {
    const row = this.#row(place);
    return { epoch: (row?.epoch ?? 0) + 1, generation: (row?.generation ?? 0) + 1 };
  }

  /** Puts a new grant in; refused where a newer one got in first. */
  store(
    place: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
    standing: Standing,
  ): "stored" | "outdated" {
    if (version.epoch < this.nextVersion(place).epoch) return "outdated";
    const now = Date.now();
    this.#sql.exec(
      `INSERT OR REPLACE INTO connections
         (place, epoch, generation, status, sealed, facts, used_at, wake_at, label, is_default, made_at)
       VALUES (?, ?, ?, 'connected', ?, ?, ?, ?, ?, ?, ?)`,
      place,
      version.epoch,
      version.generation,
      sealed,
      JSON.stringify(facts),
      now,
      wakeAt(facts, now),
      standing.label,
      standing.is_default ? 1 : 0,
      standing.made_at,
    );
    return "stored";
  }

  /** Puts more of the same grant in the place of its tokens; not where a younger version has come in. */
  amend(place: string, version: Version, sealed: string, facts: ConnectionFacts): void {
    this.#sql.exec(
      `UPDATE connections SET sealed = ?, facts = ?, wake_at = ?
       WHERE place = ? AND epoch = ? AND generation = ? AND sealed IS NOT NULL`,
      sealed,
      JSON.stringify(facts),
      wakeAt(facts, Date.now()),
      place,
      version.epoch,
      version.generation,
    );
  }

  /** Takes the tokens out, for good. */
  remove(place: string): StoredConnection | null {
    const stored = this.find(place);
    if (!stored) return null;
    const account = stored.facts.account?.id;
    if (place === integrationOf(place)) {
      this.#sql.exec(
        `UPDATE connections SET epoch = epoch + 1, sealed = NULL, facts = NULL, failure = NULL, lease = NULL,
           wake_at = NULL, label = NULL, is_default = 0, made_at = NULL, refused_scopes = NULL, left_by = ? WHERE place = ?`,
        account === undefined ? null : leaverDigest(account),
        place,
      );
    } else this.#sql.exec("DELETE FROM connections WHERE place = ?", place);
    return stored;
  }

  /** Gives what has come from another vault the state that it had there. */
  carryOver(place: string, { status, failure, refreshed_at, refused_scopes }: CarriedOver): void {
    this.#sql.exec(
      `UPDATE connections SET status = ?1, failure = ?2, refreshed_at = ?3, refused_scopes = ?5,
         wake_at = iif(?1 = 'connected', wake_at, NULL) WHERE place = ?4`,
      status,
      failure && JSON.stringify(failure),
      refreshed_at,
      place,
      refused_scopes && JSON.stringify(refused_scopes),
    );
  }

  /** Notes scopes that calls were refused for want of, besides those that are; of another grant than that it means nothing. */
  refuseScopes(place: string, epoch: number, scopes: readonly string[]): void {
    const held = this.find(place);
    if (!held || held.epoch !== epoch) return;
    const all = [...new Set([...(held.refused_scopes ?? []), ...scopes])].slice(0, BOUNDS.refused_scopes);
    if (held.refused_scopes?.length === all.length) return;
    this.#sql.exec("UPDATE connections SET refused_scopes = ? WHERE place = ?", JSON.stringify(all), place);
  }

  /** Until when a refresh that was begun has its lease, in milliseconds since 1970; null: none was. */
  leaseUntil(place: string): number | null {
    const row = this.#row(place);
    return row?.lease ? row.lease_until : null;
  }

  /** Decides what a caller gets; a `leader` has the lease from here on. @param isLeaving whether nobody is to have it any more */
  decide(place: string, { need, seen_generation, lease, client, api_refused }: Need, isLeaving = false): Decision {
    const row = this.#row(place);
    const connection = row && toConnection(row);
    if (!row || !connection) return { outcome: "none" };
    const now = Date.now();
    if (need !== "renew") this.#sql.exec("UPDATE connections SET used_at = ? WHERE place = ?", now, place);
    // Asked again, because the answer was lost on its way: a token that is forced would be too young by now.
    if (row.lease === lease && row.lease_until > now) return { outcome: "leader", connection };
    const { facts } = connection;
    const isOver = facts.expires_at !== null && now >= facts.expires_at;
    const held: Decision = { outcome: "held", connection };

    if (row.status === "reauth_required") {
      return isOver || need === "force" || connection.failure?.reason === "token_rejected"
        ? { outcome: "reauth_required", connection }
        : held;
    }
    if (api_refused && connection.failure?.refusals) {
      const noted = JSON.stringify({ ...connection.failure, api_refused: true });
      this.#sql.exec("UPDATE connections SET failure = ? WHERE place = ?", noted, place);
      row.failure = noted;
    }
    const isLed = isLeaving || (row.lease !== null && row.lease !== lease && row.lease_until > now);
    if (!isDue(row, connection, need, seen_generation, now, isLed)) return held;
    if (!facts.refreshable) {
      if (!isOver) return held;
      const failure = expiry(now, client);
      this.#markReauth(place, failure);
      return { outcome: "expired", connection: { ...connection, status: "reauth_required", failure } };
    }
    if (isLed) return need === "ahead" ? held : { outcome: "wait", until: isLeaving ? Infinity : row.lease_until };
    const { failure } = connection;
    if (failure && row.retry_at > now && !(failure.kind === "config" && failure.client !== client)) {
      return isOver ? { outcome: "failing", connection, failure, retry_at: row.retry_at } : held;
    }
    // A lease that ran out without a word: its holder may have renewed the tokens and been lost with them.
    const lost = row.lease !== null && row.lease !== lease ? lostHolder(now, client) : null;
    this.#sql.exec(
      `UPDATE connections SET lease = ?, lease_until = ?, forced_at = ?, failure = ? WHERE place = ?`,
      lease,
      now + LEASE_MS,
      need === "force" ? now : row.forced_at,
      lost ? JSON.stringify(lost) : row.failure,
      place,
    );
    return { outcome: "leader", connection: lost ? { ...connection, failure: lost } : connection };
  }

  /** Takes what a refresh brought. A lease is not asked for: a late success beats whatever has failed since. */
  commit(place: string, lease: string, version: Version, sealed: string, facts: ConnectionFacts): CommitOutcome {
    const row = this.#row(place);
    if (row?.last_lease === lease) return { outcome: "committed" };
    if (!row?.sealed || row.epoch !== version.epoch || row.generation !== version.generation) {
      return { outcome: "stale", live: Boolean(row?.sealed), same_grant: row?.epoch === version.epoch };
    }
    const now = Date.now();
    const { account } = ConnectionFacts.parse(JSON.parse(row.facts ?? ""));
    this.#sql.exec(
      `UPDATE connections SET generation = generation + 1, status = 'connected', sealed = ?, facts = ?, failure = NULL,
         lease = NULL, last_lease = ?, retry_at = 0, attempts = 0, refreshed_at = ?, wake_at = ? WHERE place = ?`,
      sealed,
      JSON.stringify({ ...facts, account }),
      lease,
      now,
      wakeAt(facts, now),
      place,
    );
    return { outcome: "committed" };
  }

  /** Takes the failure of the lease's holder; of anybody else, or of an older token, it means nothing. */
  fail(place: string, lease: string, version: Version, failure: Failure): "failed" | "ended" | "ignored" {
    const row = this.#row(place);
    if (!row?.sealed || row.lease !== lease || row.epoch !== version.epoch || row.generation !== version.generation) {
      return "ignored";
    }
    if (failure.kind === "definitive") {
      this.#markReauth(place, failure);
      return "ended";
    }
    const before = row.failure === null ? null : Failure.parse(JSON.parse(row.failure));
    const counted = countRefusals(row, failure, before);
    if (counted === "believed") {
      const message = grantRefused("The provider");
      this.#markReauth(place, { ...failure, kind: "definitive", reason: "grant_refused", message });
      return "ended";
    }
    const { retry_at, wake_at } = nextTry(row, failure);
    this.#sql.exec(
      "UPDATE connections SET lease = NULL, failure = ?, retry_at = ?, attempts = attempts + 1, wake_at = ? WHERE place = ?",
      JSON.stringify({ ...failure, ...counted, answer_lost: failure.answer_lost || before?.answer_lost === true }),
      retry_at,
      wake_at,
      place,
    );
    return "failed";
  }

  /** Gives a lease back unused. */
  release(place: string, lease: string): void {
    this.#sql.exec("UPDATE connections SET lease = NULL WHERE place = ? AND lease = ?", place, lease);
  }

  /** Marks a connection whose token the API refused and that nothing can renew; not when a newer token has come in. */
  reject(place: string, version: Version, failure: Failure): "rejected" | "ignored" {
    const row = this.#row(place);
    if (!row?.sealed || row.status !== "connected") return "ignored";
    if (row.epoch !== version.epoch || row.generation !== version.generation) return "ignored";
    this.#markReauth(place, failure);
    return "rejected";
  }

  /**
   * Whether the provider is to be asked if a token still counts that its API has refused and nothing can renew: once in a
   * while, and only where it has told the account before, so that its refusal means the token.
   */
  claimCheck(place: string, version: Version): boolean {
    const row = this.#row(place);
    const connection = row && toConnection(row);
    if (!row || !connection || row.status !== "connected" || row.generation !== version.generation) return false;
    const { refreshable, account, verified } = connection.facts;
    if (refreshable || (account === null && !verified) || Date.now() - row.forced_at < CHECK_EVERY_MS) return false;
    this.#sql.exec("UPDATE connections SET forced_at = ? WHERE place = ?", Date.now(), place);
    return true;
  }

  /** Puts the same tokens in under another key. */
  reseal(place: string, version: Version, sealed: string): void {
    this.#sql.exec(
      "UPDATE connections SET sealed = ? WHERE place = ? AND epoch = ? AND generation = ? AND sealed IS NOT NULL",
      sealed,
      place,
      version.epoch,
      version.generation,
    );
  }

  #markReauth(place: string, failure: Failure): void {
    this.#sql.exec(
      "UPDATE connections SET status = 'reauth_required', failure = ?, lease = NULL, wake_at = NULL WHERE place = ?",
      JSON.stringify(failure),
      place,
    );
  }

  #row(place: string): Row | null {
    const [row] = this.#sql.exec("SELECT * FROM connections WHERE place = ?", place).toArray();
    return row ? Row.parse(row) : null;
  }
}
