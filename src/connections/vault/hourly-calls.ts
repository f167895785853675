/** How many calls keys have made in this hour, as far as they are counted: in the vault of whoever has the key. */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

const HOUR_MS = 3_600_000;
const Row = z.object({ hour: z.number(), taken: z.number() });

/** Calls that may be made; none where there are none left. `until` is when the hour ends. */
export interface TakenCalls {
  readonly calls: number;
  readonly until: number;
}

export class HourlyCallTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "hourly_calls",
      "CREATE TABLE IF NOT EXISTS hourly_calls (key TEXT PRIMARY KEY, hour INTEGER, taken INTEGER) WITHOUT ROWID",
    );
  }

  /** Takes some of the calls of an hour of the clock, as many as there are left of those that are wanted. */
  take(key: string, calls_per_hour: number, wanted: number): TakenCalls {
    const hour = Math.floor(Date.now() / HOUR_MS);
    const until = (hour + 1) * HOUR_MS;
    const [found] = this.#sql.exec("SELECT hour, taken FROM hourly_calls WHERE key = ?", key).toArray();
    const row = found && Row.parse(found);
    const taken = row?.hour === hour ? row.taken : 0;
    const calls = Math.max(0, Math.min(wanted, calls_per_hour - taken));
    if (calls === 0) return { calls, until };
    if (row?.hour !== hour) this.#sql.exec("DELETE FROM hourly_calls WHERE hour < ?", hour);
    this.#sql.exec("INSERT OR REPLACE INTO hourly_calls (key, hour, taken) VALUES (?, ?, ?)", key, hour, taken + calls);
    return { calls, until };
  }

  clear(): void {
    this.#sql.exec("DELETE FROM hourly_calls");
  }
}
