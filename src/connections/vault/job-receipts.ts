/** What came of each connection that a job takes back: one row of each, whatever happens on the way and however often. */
import * as z from "zod/mini";
import { Outcome } from "../../api-jobs.ts";
import type { VaultSql } from "./vault-sql.ts";

/** What was tried in vain is tried again so many milliseconds later, and then left to the vault that has it. */
const AGAIN_AFTER_MS = [15_000, 60_000];

/** Which connection it was, and where its tokens wait. */
export const ReceiptFacts = z.object({
  connection: z.string(),
  vault: z.string(),
  place: z.string(),
  user: z.nullable(z.string()),
  account: z.nullable(z.string()),
});
export type ReceiptFacts = z.output<typeof ReceiptFacts>;

/** What a provider has said to it, as far as it was asked. */
export interface Answered {
  readonly outcome: Outcome;
  /** The page where a person can do it by hand. */
  readonly by_hand: string | null;
  /** Seconds for which the provider is to be left alone; null: it has not said. */
  readonly pause: number | null;
  /** Whether it cannot be asked for ever again. */
  readonly is_over: boolean;
}

const Row = z.extend(ReceiptFacts, {
  integration: z.string(),
  outcome: Outcome,
  by_hand: z.nullable(z.string()),
  at: z.nullable(z.number()),
  attempts: z.number(),
});
export type StoredReceipt = z.output<typeof Row>;

/** What nothing changes any more. */
const isFinal = (outcome: Outcome): boolean => outcome === "confirmed" || outcome === "not_offered";

export class ReceiptTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "receipts",
      `CREATE TABLE IF NOT EXISTS receipts (
        job TEXT NOT NULL, connection TEXT NOT NULL, vault TEXT NOT NULL, place TEXT NOT NULL, user TEXT, account TEXT,
        integration TEXT NOT NULL, outcome TEXT NOT NULL, by_hand TEXT, at INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER, PRIMARY KEY (job, connection)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS receipts_by_time ON receipts (job, next_at)`,
    );
  }

  /** Notes a connection that is to be taken back, unless it is noted. @returns whether it is new */
  add(job: string, { connection, vault, place, user, account }: ReceiptFacts, integration: string): boolean {
    const rows = this.#sql.exec(
      `INSERT OR IGNORE INTO receipts (job, connection, vault, place, user, account, integration, outcome, next_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0) RETURNING connection`,
      job,
      connection,
      vault,
      place,
      user,
      account,
      integration,
    );
    return rows.toArray().length > 0;
  }

  /** Notes what came of it; what is final stays. @returns what it was before, null where nothing has changed */
  settle(job: string, connection: string, { outcome, by_hand, pause, is_over }: Answered): Outcome | null {
    const before = this.#find(job, connection);
    if (!before || isFinal(before.outcome)) return null;
    const isLater = outcome === "not_reached" && !is_over;
    // A provider that names a time is asked for as long as the tokens are kept.
    const again = isLater ? (pause === null ? AGAIN_AFTER_MS[before.attempts] : pause * 1000) : undefined;
    const now = Date.now();
    this.#sql.exec(
      "UPDATE receipts SET outcome = ?, by_hand = ?, at = ?, attempts = ?, next_at = ? WHERE job = ? AND connection = ?",
      outcome,
      outcome === "confirmed" ? null : by_hand,
      now,
      before.attempts + (pause === null ? 1 : 0),
      again === undefined ? null : now + again,
      job,
      connection,
    );
    return before.outcome;
  }

  /** What is to be asked now. @param paused integrations that are left alone */
  due(job: string, now: number, limit: number, paused: readonly string[]): StoredReceipt[] {
    return this.#sql
      .exec(
        `SELECT * FROM receipts WHERE job = ? AND next_at <= ? AND integration NOT IN (SELECT value FROM json_each(?))
         ORDER BY next_at LIMIT ?`,
        job,
        now,
        JSON.stringify(paused),
        limit,
      )
      .toArray()
      .map((row) => Row.parse(row));
  }

  /** When something is to be asked next; null: nothing is. */
  nextAt(job: string): number | null {
    const [row] = this.#sql.exec("SELECT MIN(next_at) AS next_at FROM receipts WHERE job = ?", job).toArray();
    return typeof row?.["next_at"] === "number" ? row["next_at"] : null;
  }

  /** By the id of the connection. @param after where a page before has ended */
  page(job: string, outcome: Outcome | null, limit: number, after: string): StoredReceipt[] {
    return this.#sql
      .exec(
        `SELECT * FROM receipts WHERE job = ?1 AND connection > ?2 AND (?3 IS NULL OR outcome = ?3)
         ORDER BY connection LIMIT ?4`,
        job,
        after,
        outcome,
        limit,
      )
      .toArray()
      .map((row) => Row.parse(row));
  }

  remove(job: string): void {
    this.#sql.exec("DELETE FROM receipts WHERE job = ?", job);
  }

  #find(job: string, connection: string): StoredReceipt | null {
    const [row] = this.#sql.exec("SELECT * FROM receipts WHERE job = ? AND connection = ?", job, connection).toArray();
    return row ? Row.parse(row) : null;
  }
}
