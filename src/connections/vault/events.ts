/** What happened to each connection: the newest hundred events, without a secret in them. */
import * as z from "zod/mini";
import { ActivityEvent } from "../../api.ts";
import { BOUNDS } from "../../bounds.ts";
import type { VaultSql } from "./vault-sql.ts";

export class EventTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, event TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS events_by_place ON events (place, id)`,
    );
  }

  add(
    place: string,
    type: ActivityEvent["type"],
    reason: ActivityEvent["reason"] = null,
    accounts: ActivityEvent["accounts"] = null,
  ): void {
    this.put(place, { at: new Date().toISOString(), type, reason, accounts });
  }

  /** Adds an event as it was noted. */
  put(place: string, event: ActivityEvent): void {
    this.#sql.exec("INSERT INTO events (place, event) VALUES (?, ?)", place, JSON.stringify(event));
    this.#sql.exec(
      `DELETE FROM events WHERE place = ? AND id <=
         (SELECT id FROM events WHERE place = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      place,
      place,
      BOUNDS.activity,
    );
  }

  /** Takes out what happened to connections that have gone with their places: nobody can ask for it. The last thing stays. */
  dropLeft(): void {
    this.#sql.exec(
      `DELETE FROM events WHERE instr(place, '~') > 0 AND place NOT IN (SELECT place FROM connections)
         AND id < (SELECT MAX(id) FROM events)`,
    );
  }

  /** When the last thing happened here, in milliseconds since 1970; null: nothing has. */
  lastAt(): number | null {
    const [row] = this.#sql.exec("SELECT event FROM events ORDER BY id DESC LIMIT 1").toArray();
    return row ? Date.parse(ActivityEvent.parse(JSON.parse(z.string().parse(row["event"]))).at) : null;
  }

  clear(): void {
    this.#sql.exec("DELETE FROM events");
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT id FROM events LIMIT 1").toArray().length === 0;
  }

  /** Newest first. */
  list(place: string): ActivityEvent[] {
    return this.#sql
      .exec("SELECT event FROM events WHERE place = ? ORDER BY id DESC", place)
      .toArray()
      .map((row) => ActivityEvent.parse(JSON.parse(z.string().parse(row["event"]))));
  }
}
