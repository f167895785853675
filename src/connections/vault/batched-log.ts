/**
 * The last of something that happens often. A row is charged for when it is written, however long it is: so what comes in one
 * call shares one, and the next call adds to it until it is full.
 */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

/** How many share a row, and the most that come in one call. */
export const AT_ONCE = 50;

const Row = z.object({ number: z.number(), requests: z.string() });

/** What a log keeps: entries of a schema, so many, for so many milliseconds. */
interface Kept<T> {
  readonly table: string;
  readonly entry: z.ZodMiniType<T>;
  readonly most: number;
  readonly ms: number;
}

export class BatchedLog<T> {
  readonly #sql: Pick<VaultSql, "exec">;
  readonly #kept: Kept<T>;

  constructor(sql: VaultSql, kept: Kept<T>) {
    this.#kept = kept;
    this.#sql = sql.apart(
      kept.table,
      `CREATE TABLE IF NOT EXISTS ${kept.table} (number INTEGER PRIMARY KEY, until INTEGER, requests TEXT)`,
    );
  }

  /** Puts entries behind those that are there; the oldest go. @param entries at most `AT_ONCE` */
  add(entries: readonly T[]): void {
    const { table, most, ms } = this.#kept;
    const now = Date.now();
    const [row] = this.#sql.exec(`SELECT number, requests FROM ${table} ORDER BY number DESC LIMIT 1`).toArray();
    const last = row ? Row.parse(row) : null;
    const there = last === null ? [] : this.#entriesOf(last.requests);
    const room = last === null ? 0 : AT_ONCE - there.length;
    if (last !== null && room > 0) {
      this.#sql.exec(
        `UPDATE ${table} SET until = ?, requests = ? WHERE number = ?`,
        now + ms,
        JSON.stringify([...there, ...entries.slice(0, room)]),
        last.number,
      );
    }
    if (entries.length <= room) return;
    this.#sql.exec(
      `INSERT INTO ${table} (until, requests) VALUES (?, ?)`,
      now + ms,
      JSON.stringify(entries.slice(room)),
    );
    this.#sql.exec(
      `DELETE FROM ${table} WHERE until <= ? OR number <=
         (SELECT number FROM ${table} ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      now,
      most / AT_ONCE,
    );
  }

  /** All of them, in the order in which they came in. */
  all(): T[] {
    return this.#sql
      .exec(`SELECT number, requests FROM ${this.#kept.table} ORDER BY number`)
      .toArray()
      .flatMap((row) => this.#entriesOf(Row.parse(row).requests));
  }

  clear(): void {
    this.#sql.exec(`DELETE FROM ${this.#kept.table}`);
  }

  #entriesOf(text: string): T[] {
    return z.array(this.#kept.entry).parse(JSON.parse(text));
  }
}
