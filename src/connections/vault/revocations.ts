/** Tokens of connections that are gone, kept sealed until the provider has taken them back, for a day at most. */
import * as z from "zod/mini";
import { jitter } from "../timing.ts";
import type { VaultSql } from "./vault-sql.ts";

const KEPT_MS = 86_400_000;
/** A request of its own comes first; the alarm is for when that failed. */
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;
/** A Worker has a bound on calls, and each takes a few. */
const AT_ONCE = 50;

export const Revocation = z.object({
  id: z.number(),
  place: z.string(),
  epoch: z.number(),
  generation: z.number(),
  sealed: z.string(),
  /** Whose it was; null where that is not known. */
  account: z.nullable(z.string()),
});
export type Revocation = z.output<typeof Revocation>;

export class RevocationTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS revocations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, epoch INTEGER NOT NULL,
        generation INTEGER NOT NULL, sealed TEXT NOT NULL, account TEXT, request TEXT NOT NULL UNIQUE, attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      )`,
    );
  }

  /** What a request of this name has left, if it was made before. */
  find(request: string): Revocation | null {
    const [row] = this.#sql.exec("SELECT * FROM revocations WHERE request = ?", request).toArray();
    return row ? Revocation.parse(row) : null;
  }

  /** @param wait milliseconds until an alarm asks for it */
  add(revocation: Omit<Revocation, "id">, request: string, wait = FIRST_RETRY_MS): Revocation {
    const { place, epoch, generation, sealed, account } = revocation;
    const now = Date.now();
    const { id } = this.#sql
      .exec(
        `INSERT INTO revocations (place, epoch, generation, sealed, account, request, next_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        place,
        epoch,
        generation,
        sealed,
        account,
        request,
        now + wait,
        now + KEPT_MS,
      )
      .one();
    return { place, epoch, generation, sealed, account, id: z.number().parse(id) };
  }

  count(): number {
    const [row] = this.#sql.exec("SELECT COUNT(*) AS count FROM revocations").toArray();
    return z._default(z.number(), 0).parse(row?.["count"]);
  }

  /** Leaves a revocation alone until then, where the provider has named a time. */
  postpone(id: number, until: number): void {
    this.#sql.exec("UPDATE revocations SET next_at = max(next_at, ?) WHERE id = ?", until, id);
  }

  /** @returns the place of a revocation that is done with */
  remove(id: number): string | null {
    const [row] = this.#sql.exec("DELETE FROM revocations WHERE id = ? RETURNING place", id).toArray();
    return typeof row?.["place"] === "string" ? row["place"] : null;
  }

  /** What is to be tried now; each is tried again later unless it is removed. A day-old one is given up. */
  due(now: number): Revocation[] {
    this.#sql.exec("DELETE FROM revocations WHERE expires_at <= ?", now);
    const rows = this.#sql
      .exec("SELECT * FROM revocations WHERE next_at <= ? ORDER BY next_at LIMIT ?", now, AT_ONCE)
      .toArray();
    for (const row of rows) {
      const attempts = z.number().parse(row["attempts"]) + 1;
      const wait = jitter(Math.min(FIRST_RETRY_MS * 2 ** attempts, LONGEST_RETRY_MS));
      this.#sql.exec("UPDATE revocations SET attempts = ?, next_at = ? WHERE id = ?", attempts, now + wait, row["id"]);
    }
    return rows.map((row) => Revocation.parse(row));
  }

  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(next_at) AS next_at FROM revocations").toArray();
    return typeof row?.["next_at"] === "number" ? row["next_at"] : null;
  }
}
