/** The end of a user's vault whose app is removed: what was taken back, until it is told and the vault can go. */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

/**
 * A closed vault stays, empty, for as long as anything that was under way when it was closed may come back to it: longer than
 * an enrolment counts, a lease is held or a request takes.
 */
export const CLOSED_MS = 900_000;
/** Told again after this long, unless the vault was erased. */
const TELL_AGAIN_MS = 300_000;

const Row = z.object({ next_at: z.number(), grants: z.number(), revoked: z.number() });

/** Of the grants of a user or an app: how many the providers have confirmed that they took back, and how many they have not. */
export const TakenBack = z.object({ revoked: z.number(), not_revoked: z.number() });
export type TakenBack = z.output<typeof TakenBack>;

export class ClosingRecord {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "closing",
      `CREATE TABLE IF NOT EXISTS closing (
        one INTEGER PRIMARY KEY CHECK (one = 1), next_at INTEGER NOT NULL, grants INTEGER NOT NULL, revoked INTEGER NOT NULL
      )`,
    );
  }

  get isClosed(): boolean {
    return this.#row() !== null;
  }

  /** @param grants how many are to be taken back */
  close(grants: number): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO closing (one, next_at, grants, revoked) VALUES (1, ?, ?, 0)",
      Date.now() + CLOSED_MS,
      grants,
    );
  }

  /** Notes one more that has come in since. */
  addGrant(): void {
    this.#sql.exec("UPDATE closing SET grants = grants + 1, next_at = max(next_at, ?)", Date.now() + CLOSED_MS);
  }

  countRevoked(): void {
    this.#sql.exec("UPDATE closing SET revoked = revoked + 1");
  }

  /** What is to be told now; it is told again later. */
  due(now: number): TakenBack | null {
    const row = this.#row();
    if (!row || row.next_at > now) return null;
    this.#sql.exec("UPDATE closing SET next_at = ?", now + TELL_AGAIN_MS);
    return { revoked: row.revoked, not_revoked: row.grants - row.revoked };
  }

  nextAt(): number | null {
    return this.#row()?.next_at ?? null;
  }

  #row(): z.output<typeof Row> | null {
    const [row] = this.#sql.exec("SELECT * FROM closing").toArray();
    return row ? Row.parse(row) : null;
  }
}
