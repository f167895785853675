/** Grants that came back from a provider and wait for the app to say whose they are. Nothing can be done with them. */
import * as z from "zod/mini";
import { ConnectionFacts } from "../connection.ts";
import type { VaultSql } from "./vault-sql.ts";

export const PendingGrant = z.object({
  /** Digest of the `connection_code` that the app finishes it with. */
  code_digest: z.string(),
  integration: z.string(),
  /** The connect session that it came of; null in one from before there were any. */
  connect_session: z.nullable(z.string()),
  sealed: z.string(),
  facts: ConnectionFacts,
  /** Milliseconds since 1970; after that the tokens are taken back. */
  expires_at: z.number(),
});
export type PendingGrant = z.output<typeof PendingGrant>;

export class GrantTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS grants (
        code_digest TEXT PRIMARY KEY, integration TEXT NOT NULL, sealed TEXT NOT NULL, facts TEXT NOT NULL,
        expires_at INTEGER NOT NULL, connect_session TEXT
      ) WITHOUT ROWID`,
    );
  }

  add({ code_digest, integration, sealed, facts, expires_at, connect_session }: PendingGrant): void {
    this.#sql.exec(
      `INSERT OR IGNORE INTO grants (code_digest, integration, sealed, facts, expires_at, connect_session)
       VALUES (?, ?, ?, ?, ?, ?)`,
      code_digest,
      integration,
      sealed,
      JSON.stringify(facts),
      expires_at,
      connect_session,
    );
  }

  /** A live one. */
  find(code_digest: string): PendingGrant | null {
    const [row] = this.#sql
      .exec("SELECT * FROM grants WHERE code_digest = ? AND expires_at > ?", code_digest, Date.now())
      .toArray();
    return row ? toGrant(row) : null;
  }

  remove(code_digest: string): PendingGrant | null {
    const [row] = this.#sql.exec("DELETE FROM grants WHERE code_digest = ? RETURNING *", code_digest).toArray();
    return row ? toGrant(row) : null;
  }

  /** Takes out what came of a connect session. */
  takeOf(connect_session: string): PendingGrant[] {
    return this.#sql
      .exec("DELETE FROM grants WHERE connect_session = ? RETURNING *", connect_session)
      .toArray()
      .map(toGrant);
  }

  /** Takes out what nobody has finished in time. */
  takeExpired(now: number): PendingGrant[] {
    return this.#sql.exec("DELETE FROM grants WHERE expires_at <= ? RETURNING *", now).toArray().map(toGrant);
  }

  /** Takes out the oldest of those that are more than that. */
  takeMoreThan(kept: number): PendingGrant[] {
    return this.#sql
      .exec(
        `DELETE FROM grants WHERE code_digest IN
           (SELECT code_digest FROM grants ORDER BY expires_at DESC LIMIT -1 OFFSET ?) RETURNING *`,
        kept,
      )
      .toArray()
      .map(toGrant);
  }

  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(expires_at) AS expires_at FROM grants").toArray();
    return typeof row?.["expires_at"] === "number" ? row["expires_at"] : null;
  }
}

const toGrant = (row: Record<string, SqlStorageValue>): PendingGrant =>
  PendingGrant.parse({ ...row, facts: JSON.parse(z.string().parse(row["facts"])) });
