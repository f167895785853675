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
      "events",
      `
      CREATE TABLE IF NOT EXISTS events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, integration TEXT NOT NULL, event TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS events_by_integration ON events (integration, id)`,
    );
  }

  add(
    integration: string,
    type: ActivityEvent["type"],
    reason: ActivityEvent["reason"] = null,
    accounts: ActivityEvent["accounts"] = null,
  ): void {
    const event: ActivityEvent = { at: new Date().toISOString(), type, reason, accounts };
    this.#sql.exec("INSERT INTO events (integration, event) VALUES (?, ?)", integration, JSON.stringify(event));
    this.#sql.exec(
      `DELETE FROM events WHERE integration = ? AND id <=
         (SELECT id FROM events WHERE integration = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      integration,
      integration,
      BOUNDS.activity,
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
  list(integration: string): ActivityEvent[] {
    return this.#sql
      .exec("SELECT event FROM events WHERE integration = ? ORDER BY id DESC", integration)
      .toArray()
      .map((row) => ActivityEvent.parse(JSON.parse(z.string().parse(row["event"]))));
  }
}
