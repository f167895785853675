/**
 * What has become of the links that an app has asked for: one row each, moved on by what happens to its link, its
 * authorization and its grant, and ended once.
 */
import * as z from "zod/mini";
import { ConnectSessionStatus } from "../../api-connect.ts";
import { Person } from "../../api-connections.ts";
import { BOUNDS } from "../../bounds.ts";
import type { VaultSql } from "./vault-sql.ts";

/** As long as the events that tell of its end. */
const KEPT_MS = 30 * 86_400_000;
/** What may still become something. */
const LIVE = "status IN ('created', 'opened', 'authorizing', 'granted')";

/** A new one, with its link. */
export interface NewSession {
  /** Tells it from the user's others. */
  readonly id: string;
  /** Digest of the ticket that its link carries. */
  readonly state_digest: string;
  readonly person: Person | null;
  /** null: the person chooses. */
  readonly integration: string | null;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

const Row = z.object({
  id: z.string(),
  state_digest: z.string(),
  person: z.nullable(z.string()),
  integration: z.nullable(z.string()),
  /** Of the connection that came of it. */
  place: z.nullable(z.string()),
  status: ConnectSessionStatus,
  reason: z.nullable(z.string()),
  created_at: z.number(),
  /** When the step that it is at runs out. */
  expires_at: z.number(),
  ended_at: z.nullable(z.number()),
});

/** One as it stands; times are milliseconds since 1970. */
export interface StoredSession extends Omit<z.output<typeof Row>, "person"> {
  readonly person: Person | null;
}

type Live = "opened" | "authorizing" | "granted";
export type End = Exclude<ConnectSessionStatus, Live | "created">;

export class ConnectSessionTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "connect_sessions",
      `CREATE TABLE IF NOT EXISTS connect_sessions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state_digest TEXT NOT NULL UNIQUE, person TEXT,
        integration TEXT, place TEXT, status TEXT NOT NULL, reason TEXT, created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, ended_at INTEGER
      )`,
    );
  }

  add({ id, state_digest, person, integration, expires_at }: NewSession): void {
    const now = Date.now();
    this.purge(now);
    this.#sql.exec(
      `INSERT OR IGNORE INTO connect_sessions (id, state_digest, person, integration, status, created_at, expires_at)
       VALUES (?, ?, ?, ?, 'created', ?, ?)`,
      id,
      state_digest,
      person && JSON.stringify(person),
      integration,
      now,
      expires_at,
    );
    // Of those that may still become something there are never as many: links and grants have bounds of their own.
    this.#sql.exec(
      `DELETE FROM connect_sessions WHERE ended_at IS NOT NULL AND number <=
         (SELECT number FROM connect_sessions ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      BOUNDS.connect_sessions,
    );
  }

  find(id: string): StoredSession | null {
    return this.#one("SELECT * FROM connect_sessions WHERE id = ?", id);
  }

  /** By the digest of its link's ticket. */
  findByLink(state_digest: string): StoredSession | null {
    return this.#one("SELECT * FROM connect_sessions WHERE state_digest = ?", state_digest);
  }

  /** @param expires_at when that step runs out; left out, as before */
  advance(id: string, status: Live, integration: string | null = null, expires_at: number | null = null): void {
    this.#sql.exec(
      `UPDATE connect_sessions SET status = ?, integration = coalesce(integration, ?), expires_at = coalesce(?, expires_at)
       WHERE id = ? AND ${LIVE}`,
      status,
      integration,
      expires_at,
      id,
    );
  }

  /** Ends one, once. @returns it; null where it had ended, or is not known */
  end(id: string, status: End, reason: string | null, place: string | null = null): StoredSession | null {
    return this.#one(
      `UPDATE connect_sessions SET status = ?, reason = ?, place = ?, ended_at = ? WHERE id = ? AND ${LIVE} RETURNING *`,
      status,
      reason,
      place,
      Date.now(),
      id,
    );
  }

  /** Ends those whose time is over, and those whose links have given way to others. */
  endExpired(now: number): StoredSession[] {
    return this.#sql
      .exec(
        `UPDATE connect_sessions SET status = 'expired', ended_at = ?1 WHERE ${LIVE} AND (expires_at <= ?1
           OR status IN ('created', 'opened') AND state_digest NOT IN (SELECT state_digest FROM pending)) RETURNING *`,
        now,
      )
      .toArray()
      .map(toSession);
  }

  /** Those that may still become something. */
  live(): StoredSession[] {
    return this.#sql.exec(`SELECT * FROM connect_sessions WHERE ${LIVE}`).toArray().map(toSession);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM connect_sessions");
  }

  /** When one runs out, or is old enough to be forgotten; null while there is none. */
  nextAt(): number | null {
    const [row] = this.#sql
      .exec(
        `SELECT MIN(CASE WHEN ${LIVE} THEN expires_at ELSE ended_at + ? END) AS next_at FROM connect_sessions`,
        KEPT_MS,
      )
      .toArray();
    return typeof row?.["next_at"] === "number" ? row["next_at"] : null;
  }

  purge(now: number): void {
    this.#sql.exec("DELETE FROM connect_sessions WHERE ended_at <= ?", now - KEPT_MS);
  }

  #one(query: string, ...bindings: SqlStorageValue[]): StoredSession | null {
    const [row] = this.#sql.exec(query, ...bindings).toArray();
    return row ? toSession(row) : null;
  }
}

function toSession(row: Record<string, SqlStorageValue>): StoredSession {
  const { person, ...rest } = Row.parse(row);
  return { ...rest, person: person === null ? null : Person.parse(JSON.parse(person)) };
}
