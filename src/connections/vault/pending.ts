/** Authorizations that were started and not finished. */
import { BOUNDS } from "../../bounds.ts";
import type { VaultSql } from "./vault-sql.ts";

/** A consumed or expired authorization is remembered for a while, so that its second use can be told from nonsense. */
const REMEMBER_MS = 3_600_000;
/** Whoever has claimed one may ask again for what was in it: no call to a vault is repeated for longer. */
const REPEAT_MS = 60_000;

export interface PendingAuthorization {
  readonly state_digest: string;
  /** The sealed record, for a callback that comes before KV has its copy. */
  readonly record: string;
  /** Digest of the cookie of the browser that started; null until a link is opened. */
  readonly browser_digest: string | null;
  readonly expires_at: number;
}

export type OpenOutcome =
  /** `again`: by the browser that opened it before, and nothing was made of it yet. */
  | { readonly outcome: "opened" | "again"; readonly record: string }
  | { readonly outcome: "used" | "other_browser" | "unknown" | "expired" };

export type ClaimOutcome =
  | { readonly outcome: "claimed"; readonly record: string }
  | { readonly outcome: "consumed" | "expired" | "unknown" | "other_browser" };

export class PendingTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS pending (
        state_digest TEXT PRIMARY KEY, record TEXT, browser_digest TEXT, consumed INTEGER NOT NULL DEFAULT 0,
        expires_at INTEGER NOT NULL, claimed_by TEXT, claimed_at INTEGER
      ) WITHOUT ROWID`,
    );
  }

  /** Forgets what is too old to be asked about, and what was in those that were claimed. */
  purge(now: number): void {
    this.#sql.exec("DELETE FROM pending WHERE expires_at < ?", now - REMEMBER_MS);
    this.#sql.exec("UPDATE pending SET record = NULL WHERE consumed = 1 AND claimed_at < ?", now - REPEAT_MS);
  }

  /** When there is something to forget; null while there is nothing. */
  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(expires_at) AS expires_at FROM pending").toArray();
    return typeof row?.["expires_at"] === "number" ? row["expires_at"] + REMEMBER_MS + 1 : null;
  }

  begin(pending: PendingAuthorization): void {
    this.purge(Date.now());
    this.#sql.exec(
      `DELETE FROM pending WHERE state_digest IN
         (SELECT state_digest FROM pending
          ORDER BY consumed = 0 AND browser_digest IS NOT NULL DESC, expires_at DESC LIMIT -1 OFFSET ?)`,
      // What nobody is on their way with goes first, the oldest before the others.
      BOUNDS.flows - 1,
    );
    this.#sql.exec(
      "INSERT OR REPLACE INTO pending (state_digest, record, browser_digest, expires_at) VALUES (?, ?, ?, ?)",
      pending.state_digest,
      pending.record,
      pending.browser_digest,
      pending.expires_at,
    );
  }

  clear(): void {
    this.#sql.exec("DELETE FROM pending");
  }

  /** Has one be of no use any more. */
  spend(state_digest: string): void {
    this.#sql.exec("UPDATE pending SET consumed = 1, record = NULL WHERE state_digest = ?", state_digest);
  }

  /** The same for all there are. */
  spendAll(): void {
    this.#sql.exec("UPDATE pending SET consumed = 1, record = NULL");
  }

  /** Binds an authorization started by a link to the first browser that opens it. */
  open(state_digest: string, browser_digest: string): OpenOutcome {
    const [opened] = this.#sql
      .exec(
        `UPDATE pending SET browser_digest = ?
         WHERE state_digest = ? AND browser_digest IS NULL AND consumed = 0 AND expires_at > ? RETURNING record`,
        browser_digest,
        state_digest,
        Date.now(),
      )
      .toArray();
    if (typeof opened?.["record"] === "string") return { outcome: "opened", record: opened["record"] };
    const [known] = this.#sql.exec("SELECT * FROM pending WHERE state_digest = ?", state_digest).toArray();
    if (!known) return { outcome: "unknown" };
    if (typeof known["expires_at"] !== "number" || known["expires_at"] <= Date.now()) return { outcome: "expired" };
    if (known["browser_digest"] !== browser_digest) return { outcome: "other_browser" };
    return known["consumed"] === 0 && typeof known["record"] === "string"
      ? { outcome: "again", record: known["record"] }
      : { outcome: "used" };
  }

  /**
   * Lets exactly one callback of the right browser have the authorization.
   * @param by names the attempt, so that one whose answer was lost on its way is given it again
   */
  claim(state_digest: string, browser_digest: string, by: string): ClaimOutcome {
    const [row] = this.#sql.exec("SELECT * FROM pending WHERE state_digest = ?", state_digest).toArray();
    if (!row) return { outcome: "unknown" };
    if (typeof row["record"] !== "string") return { outcome: "consumed" };
    if (row["consumed"] === 1) {
      return row["claimed_by"] === by ? { outcome: "claimed", record: row["record"] } : { outcome: "consumed" };
    }
    if (typeof row["expires_at"] !== "number" || row["expires_at"] <= Date.now()) return { outcome: "expired" };
    // Both are digests of 256 random bits, so how long the comparison takes tells nothing.
    if (row["browser_digest"] !== browser_digest) return { outcome: "other_browser" };
    this.#sql.exec(
      "UPDATE pending SET consumed = 1, claimed_by = ?, claimed_at = ? WHERE state_digest = ?",
      by,
      Date.now(),
      state_digest,
    );
    return { outcome: "claimed", record: row["record"] };
  }
}
