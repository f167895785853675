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

/** Of a connection that jobs take back: which they are, and what they are to note of it. */
export const JobShare = z.object({
  /** Each by the vault that it is in. */
  jobs: z.array(z.object({ vault: z.string(), id: z.string() })),
  /** What people call the account; null where that is not known. */
  account: z.nullable(z.string()),
});
export type JobShare = z.output<typeof JobShare>;

export const Revocation = z.object({
  id: z.number(),
  place: z.string(),
  epoch: z.number(),
  generation: z.number(),
  sealed: z.string(),
  /** Whose it was; null where that is not known. */
  account: z.nullable(z.string()),
  /** null: no job is to be told of it. */
  share: z._default(
    z.pipe(
      z.nullable(z.string()),
      z.transform((text) => (text === null ? null : JobShare.parse(JSON.parse(text)))),
    ),
    null,
  ),
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
        next_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, share TEXT
      )`,
    );
  }

  /** What a request of this name has left, if it was made before. */
  find(request: string): Revocation | null {
    const [row] = this.#sql.exec("SELECT * FROM revocations WHERE request = ?", request).toArray();
    return row ? Revocation.parse(row) : null;
  }

  /** @param wait milliseconds until an alarm asks for it */
  add(
    revocation: Omit<Revocation, "id" | "share"> & Partial<Pick<Revocation, "share">>,
    request: string,
    wait = FIRST_RETRY_MS,
  ): Revocation {
    const { place, epoch, generation, sealed, account, share = null } = revocation;
    const now = Date.now();
    const { id } = this.#sql
      .exec(
        `INSERT INTO revocations (place, epoch, generation, sealed, account, request, next_at, expires_at, share)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        place,
        epoch,
        generation,
        sealed,
        account,
        request,
        now + wait,
        now + KEPT_MS,
        share && JSON.stringify(share),
      )
      .one();
    return { place, epoch, generation, sealed, account, share, id: z.number().parse(id) };
  }

  /** Those that are some job's. */
  shared(): Revocation[] {
    return this.#sql
      .exec("SELECT * FROM revocations WHERE share IS NOT NULL ORDER BY id")
      .toArray()
      .map((row) => Revocation.parse(row));
  }

  /** Those of a place that are some job's. */
  sharedAt(place: string): Revocation[] {
    return this.#sql
      .exec("SELECT * FROM revocations WHERE place = ? AND share IS NOT NULL ORDER BY id", place)
      .toArray()
      .map((row) => Revocation.parse(row));
  }

  setShare(id: number, share: JobShare): void {
    this.#sql.exec("UPDATE revocations SET share = ? WHERE id = ?", JSON.stringify(share), id);
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
