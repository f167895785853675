/** What an app has its own vault keep: sealed records by kind and id. The vault cannot read them. */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

export const StoredRecord = z.object({ kind: z.string(), id: z.string(), sealed: z.string() });
export type StoredRecord = z.output<typeof StoredRecord>;

export class RecordTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      "CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, sealed TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    );
  }

  find(kind: string, id: string): string | null {
    const [row] = this.#sql.exec("SELECT sealed FROM records WHERE kind = ? AND id = ?", kind, id).toArray();
    return typeof row?.["sealed"] === "string" ? row["sealed"] : null;
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 FROM records LIMIT 1").toArray().length === 0;
  }

  /** Records of a kind, or of all kinds, in order. @param after where a page before has ended */
  page(kind: string | null, limit: number, after: Pick<StoredRecord, "kind" | "id"> | null): StoredRecord[] {
    return this.#sql
      .exec(
        `SELECT kind, id, sealed FROM records WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR (kind, id) > (?2, ?3))
         ORDER BY kind, id LIMIT ?4`,
        kind,
        after?.kind ?? null,
        after?.id ?? null,
        limit,
      )
      .toArray()
      .map((row) => StoredRecord.parse(row));
  }

  /**
   * Puts `to` where `from` is; null stands for no record. No two sealed values are alike, so one names its version.
   * @returns false where something else is there by now
   */
  swap(kind: string, id: string, from: string | null, to: string | null): boolean {
    const now = this.find(kind, id);
    // Asked again, because the answer was lost on its way: it is done.
    if (now === to) return true;
    if (now !== from) return false;
    if (to === null) this.#sql.exec("DELETE FROM records WHERE kind = ? AND id = ?", kind, id);
    else this.#sql.exec("INSERT OR REPLACE INTO records (kind, id, sealed) VALUES (?, ?, ?)", kind, id, to);
    return true;
  }
}
