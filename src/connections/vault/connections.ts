/**
 * The truth about each connection, and the referee of its refreshes.
 *
 * A refresh is done by whoever holds the lease, and counts only against the epoch (which consent) and the generation
 * (which token of it) it began with: a late answer finds that they have moved on and is refused. The lease outlives
 * everything its holder may take: two attempts within 12 s and the retries of a commit.
 */
import type { Account } from "../../api.ts";
import { ConnectionFacts } from "../connection.ts";
import { grantRefused } from "../failures.ts";
import {
  type CommitOutcome,
  Failure,
  Row,
  expiry,
  isRenewalDue,
  laterWakeAt,
  lostHolder,
  toConnection,
  wakeAt,
  type StoredConnection,
  type Version,
} from "./connection-row.ts";
import { alarmBackoff, countRefusals, nextTry } from "./failing.ts";
import { isDue, type Decision, type Need } from "./need.ts";
import type { VaultSql } from "./vault-sql.ts";

export const LEASE_MS = 30_000;
/** How often a provider is asked whether a token still counts, however often its API refuses it. */
const CHECK_EVERY_MS = 60_000;
/** While a renewal that an alarm set off is under way. */
const RENEWAL_UNDER_WAY_MS = 120_000;

export class ConnectionTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    // A disconnected connection keeps its row with its tokens gone: its epoch must never be given out again.
    sql.define(
      "connections",
      `
      CREATE TABLE IF NOT EXISTS connections (
        integration TEXT PRIMARY KEY, epoch INTEGER NOT NULL, generation INTEGER NOT NULL, status TEXT NOT NULL,
        sealed TEXT, facts TEXT, failure TEXT, lease TEXT, lease_until INTEGER NOT NULL DEFAULT 0, last_lease TEXT,
        forced_at INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
        used_at INTEGER NOT NULL DEFAULT 0, refreshed_at INTEGER, wake_at INTEGER
      ) WITHOUT ROWID`,
    );
  }

  find(integration: string): StoredConnection | null {
    const row = this.#row(integration);
    return row && toConnection(row);
  }

  list(): StoredConnection[] {
    return this.#sql
      .exec("SELECT * FROM connections WHERE sealed IS NOT NULL")
      .toArray()
      .flatMap((row) => toConnection(Row.parse(row)) ?? []);
  }

  /** The version that the next grant of an integration has. */
  nextVersion(integration: string): Version {
    const row = this.#row(integration);
    return { epoch: (row?.epoch ?? 0) + 1, generation: (row?.generation ?? 0) + 1 };
  }

  /** Puts a new grant in; refused where a newer one got in first. @returns whether it replaced one */
  store(integration: string, version: Version, sealed: string, facts: ConnectionFacts): "stored" | "outdated" {
    if (version.epoch < this.nextVersion(integration).epoch) return "outdated";
    const now = Date.now();
    this.#sql.exec(
      `INSERT OR REPLACE INTO connections (integration, epoch, generation, status, sealed, facts, used_at, wake_at)
       VALUES (?, ?, ?, 'connected', ?, ?, ?, ?)`,
      integration,
      version.epoch,
      version.generation,
      sealed,
      JSON.stringify(facts),
      now,
      wakeAt(facts, now),
    );
    return "stored";
  }

  /** Puts more of the same grant in the place of its tokens; not where a younger version has come in. */
  amend(integration: string, version: Version, sealed: string, facts: ConnectionFacts): void {
    this.#sql.exec(
      `UPDATE connections SET sealed = ?, facts = ?, wake_at = ?
       WHERE integration = ? AND epoch = ? AND generation = ? AND sealed IS NOT NULL`,
      sealed,
      JSON.stringify(facts),
      wakeAt(facts, Date.now()),
      integration,
      version.epoch,
      version.generation,
    );
  }

  setAccount(integration: string, epoch: number, account: Account): void {
    this.#sql.exec(
      "UPDATE connections SET facts = json_set(facts, '$.account', json(?)) WHERE integration = ? AND epoch = ? AND facts IS NOT NULL",
      JSON.stringify(account),
      integration,
      epoch,
    );
  }

  /** Takes the tokens out, for good. */
  remove(integration: string): StoredConnection | null {
    const stored = this.find(integration);
    if (!stored) return null;
    this.#sql.exec(
      `UPDATE connections SET epoch = epoch + 1, sealed = NULL, facts = NULL, failure = NULL, lease = NULL,
         wake_at = NULL WHERE integration = ?`,
      integration,
    );
    return stored;
  }

  /** Decides what a caller gets; a `leader` has the lease from here on. */
  decide(integration: string, { need, seen_generation, lease, client, api_refused }: Need): Decision {
    const row = this.#row(integration);
    const connection = row && toConnection(row);
    if (!row || !connection) return { outcome: "none" };
    const now = Date.now();
    if (need !== "renew") this.#sql.exec("UPDATE connections SET used_at = ? WHERE integration = ?", now, integration);
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
      this.#sql.exec("UPDATE connections SET failure = ? WHERE integration = ?", noted, integration);
      row.failure = noted;
    }
    const isLed = row.lease !== null && row.lease !== lease && row.lease_until > now;
    if (!isDue(row, connection, need, seen_generation, now, isLed)) return held;
    if (!facts.refreshable) {
      if (!isOver) return held;
      const failure = expiry(now, client);
      this.#markReauth(integration, failure);
      return { outcome: "expired", connection: { ...connection, status: "reauth_required", failure } };
    }
    if (isLed) {
      return need === "ahead" ? held : { outcome: "wait", until: row.lease_until };
    }
    const { failure } = connection;
    if (failure && row.retry_at > now && !(failure.kind === "config" && failure.client !== client)) {
      return isOver ? { outcome: "failing", failure, retry_at: row.retry_at } : held;
    }
    // A lease that ran out without a word: its holder may have renewed the tokens and been lost with them.
    const lost = row.lease !== null && row.lease !== lease ? lostHolder(now, client) : null;
    this.#sql.exec(
      `UPDATE connections SET lease = ?, lease_until = ?, forced_at = ?, failure = ? WHERE integration = ?`,
      lease,
      now + LEASE_MS,
      need === "force" ? now : row.forced_at,
      lost ? JSON.stringify(lost) : row.failure,
      integration,
    );
    return { outcome: "leader", connection: lost ? { ...connection, failure: lost } : connection };
  }

  /** Takes what a refresh brought. A lease is not asked for: a late success beats whatever has failed since. */
  commit(integration: string, lease: string, version: Version, sealed: string, facts: ConnectionFacts): CommitOutcome {
    const row = this.#row(integration);
    if (row?.last_lease === lease) return { outcome: "committed" };
    if (!row?.sealed || row.epoch !== version.epoch || row.generation !== version.generation) {
      return { outcome: "stale", live: Boolean(row?.sealed), same_grant: row?.epoch === version.epoch };
    }
    const now = Date.now();
    const { account } = ConnectionFacts.parse(JSON.parse(row.facts ?? ""));
    this.#sql.exec(
      `UPDATE connections SET generation = generation + 1, status = 'connected', sealed = ?, facts = ?, failure = NULL,
         lease = NULL, last_lease = ?, retry_at = 0, attempts = 0, refreshed_at = ?, wake_at = ? WHERE integration = ?`,
      sealed,
      JSON.stringify({ ...facts, account }),
      lease,
      now,
      wakeAt(facts, now),
      integration,
    );
    return { outcome: "committed" };
  }

  /** Takes the failure of the lease's holder; of anybody else, or of an older token, it means nothing. */
  fail(integration: string, lease: string, version: Version, failure: Failure): "failed" | "ended" | "ignored" {
    const row = this.#row(integration);
    if (!row?.sealed || row.lease !== lease || row.epoch !== version.epoch || row.generation !== version.generation) {
      return "ignored";
    }
    if (failure.kind === "definitive") {
      this.#markReauth(integration, failure);
      return "ended";
    }
    const before = row.failure === null ? null : Failure.parse(JSON.parse(row.failure));
    const counted = countRefusals(row, failure, before);
    if (counted === "believed") {
      const message = grantRefused("The provider");
      this.#markReauth(integration, { ...failure, kind: "definitive", reason: "grant_refused", message });
      return "ended";
    }
    const { retry_at, wake_at } = nextTry(row, failure);
    this.#sql.exec(
      "UPDATE connections SET lease = NULL, failure = ?, retry_at = ?, attempts = attempts + 1, wake_at = ? WHERE integration = ?",
      JSON.stringify({ ...failure, ...counted, answer_lost: failure.answer_lost || before?.answer_lost === true }),
      retry_at,
      wake_at,
      integration,
    );
    return "failed";
  }

  /** Gives a lease back unused. */
  release(integration: string, lease: string): void {
    this.#sql.exec("UPDATE connections SET lease = NULL WHERE integration = ? AND lease = ?", integration, lease);
  }

  /** Marks a connection whose token the API refused and that nothing can renew; not when a newer token has come in. */
  reject(integration: string, version: Version, failure: Failure): "rejected" | "ignored" {
    const row = this.#row(integration);
    if (!row?.sealed || row.status !== "connected") return "ignored";
    if (row.epoch !== version.epoch || row.generation !== version.generation) return "ignored";
    this.#markReauth(integration, failure);
    return "rejected";
  }

  /**
   * Whether the provider is to be asked if a token still counts that its API has refused and nothing can renew: once in a
   * while, and only where it has told the account before, so that its refusal means the token.
   */
  claimCheck(integration: string, version: Version): boolean {
    const row = this.#row(integration);
    const connection = row && toConnection(row);
    if (!row || !connection || row.status !== "connected" || row.generation !== version.generation) return false;
    const { refreshable, account } = connection.facts;
    if (refreshable || account === null || Date.now() - row.forced_at < CHECK_EVERY_MS) return false;
    this.#sql.exec("UPDATE connections SET forced_at = ? WHERE integration = ?", Date.now(), integration);
    return true;
  }

  /** Puts the same tokens in under another key. */
  reseal(integration: string, version: Version, sealed: string): void {
    this.#sql.exec(
      "UPDATE connections SET sealed = ? WHERE integration = ? AND epoch = ? AND generation = ? AND sealed IS NOT NULL",
      sealed,
      integration,
      version.epoch,
      version.generation,
    );
  }

  /** The connections to renew now. One that nobody has used lately waits until its grant needs it. */
  due(now: number): { integration: string; generation: number }[] {
    const rows = this.#sql
      .exec("SELECT * FROM connections WHERE wake_at <= ?", now)
      .toArray()
      .map((row) => Row.parse(row));
    return rows.flatMap((row) => {
      const connection = row.status === "connected" ? toConnection(row) : null;
      const renew = connection !== null && isRenewalDue(connection, row.used_at, now);
      // A renewal that never reports back is asked for again, less and less often.
      const again = now + Math.max(RENEWAL_UNDER_WAY_MS, alarmBackoff(row.attempts));
      this.#sql.exec(
        "UPDATE connections SET wake_at = ?, attempts = attempts + ? WHERE integration = ?",
        renew ? again : connection && laterWakeAt(connection, now),
        renew ? 1 : 0,
        row.integration,
      );
      return renew ? [{ integration: row.integration, generation: row.generation }] : [];
    });
  }

  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(wake_at) AS wake_at FROM connections").toArray();
    return typeof row?.["wake_at"] === "number" ? row["wake_at"] : null;
  }

  #markReauth(integration: string, failure: Failure): void {
    this.#sql.exec(
      "UPDATE connections SET status = 'reauth_required', failure = ?, lease = NULL, wake_at = NULL WHERE integration = ?",
      JSON.stringify(failure),
      integration,
    );
  }

  #row(integration: string): Row | null {
    const [row] = this.#sql.exec("SELECT * FROM connections WHERE integration = ?", integration).toArray();
    return row ? Row.parse(row) : null;
  }
}
