/**
 * The vault: one object per user of an app, and the only place where anything about that user's connections is decided.
 *
 * It holds sealed tokens but no key, and makes no network call: a Durable Object that is reset in the middle of a call
 * loses it, a Worker does not. Every method is one synchronous piece of SQL, so no two of them interleave. Outcomes are
 * returned, not thrown, because errors lose their class on the way out of an object.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { ConnectionFacts } from "./connection.ts";

/** A consumed or expired authorization is remembered for a while, so that its second use can be told from nonsense. */
const REMEMBER_PENDING_MS = 3_600_000;
/** More flows at once than any person has tabs; the oldest goes first. */
const MAX_PENDING = 50;
const MAX_SESSIONS = 100;

export interface PendingAuthorization {
  readonly state_digest: string;
  /** The sealed record, for a callback that comes before KV has its copy. */
  readonly record: string;
  /** Digest of the cookie of the browser that started; null until a link is opened. */
  readonly browser_digest: string | null;
  readonly expires_at: number;
}

export type OpenOutcome =
  { readonly outcome: "opened"; readonly record: string } | { readonly outcome: "used" | "unknown" };

export type ClaimOutcome =
  | { readonly outcome: "claimed"; readonly record: string; readonly epoch: number; readonly generation: number }
  | { readonly outcome: "consumed" | "expired" | "unknown" | "other_browser" };

/** What the sealed tokens of a connection are bound to, beside its name. */
export interface Version {
  readonly epoch: number;
  readonly generation: number;
}

export interface StoredConnection extends Version {
  readonly integration: string;
  readonly status: "connected" | "reauth_required";
  readonly sealed: string;
  readonly facts: ConnectionFacts;
}

export type StoreOutcome = { readonly outcome: "stored" } | ({ readonly outcome: "outdated" } & Version);

const SessionKind = z.enum(["browser", "read"]);
export const SessionFacts = z.object({
  app: z.string(),
  user: z.string(),
  kind: SessionKind,
  /** The one integration a `read` session is for. */
  integration: z.string().nullable(),
  expires_at: z.number(),
});
export type SessionFacts = z.output<typeof SessionFacts>;

const ConnectionRow = z.object({
  integration: z.string(),
  epoch: z.number(),
  generation: z.number(),
  status: z.enum(["connected", "reauth_required"]),
  sealed: z.string(),
  facts: z.string(),
});

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS pending (
    state_digest TEXT PRIMARY KEY, record TEXT, browser_digest TEXT, consumed INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- A disconnected connection keeps its row with its tokens gone: its epoch must never be given out again.
  CREATE TABLE IF NOT EXISTS connections (
    integration TEXT PRIMARY KEY, epoch INTEGER NOT NULL, generation INTEGER NOT NULL, status TEXT NOT NULL,
    sealed TEXT, facts TEXT
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, facts TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

export class Vault extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#sql = context.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  /** Remembers an authorization that was started. */
  begin(pending: PendingAuthorization): void {
    this.#sql.exec("DELETE FROM pending WHERE expires_at < ?", Date.now() - REMEMBER_PENDING_MS);
    this.#sql.exec(
      `DELETE FROM pending WHERE state_digest IN
         (SELECT state_digest FROM pending ORDER BY expires_at DESC LIMIT -1 OFFSET ?)`,
      MAX_PENDING - 1,
    );
    this.#sql.exec(
      "INSERT INTO pending (state_digest, record, browser_digest, expires_at) VALUES (?, ?, ?, ?)",
      pending.state_digest,
      pending.record,
      pending.browser_digest,
      pending.expires_at,
    );
  }

  /** Binds an authorization started by a link to the first browser that opens it. */
  openLink(state_digest: string, browser_digest: string): OpenOutcome {
    const [opened] = this.#sql
      .exec(
        `UPDATE pending SET browser_digest = ?
         WHERE state_digest = ? AND browser_digest IS NULL AND consumed = 0 AND expires_at > ? RETURNING record`,
        browser_digest,
        state_digest,
        Date.now(),
      )
      .toArray();
    if (typeof opened?.["record"] === "string") return { outcome: "opened", record: opened["record"] };
    const [known] = this.#sql.exec("SELECT 1 FROM pending WHERE state_digest = ?", state_digest).toArray();
    return { outcome: known ? "used" : "unknown" };
  }

  /** Lets exactly one callback of the right browser have the authorization. */
  claim(state_digest: string, browser_digest: string, integration: string): ClaimOutcome {
    const [row] = this.#sql
      .exec("SELECT record, browser_digest, consumed, expires_at FROM pending WHERE state_digest = ?", state_digest)
      .toArray();
    if (!row) return { outcome: "unknown" };
    if (row["consumed"] === 1 || typeof row["record"] !== "string") return { outcome: "consumed" };
    if (typeof row["expires_at"] !== "number" || row["expires_at"] <= Date.now()) return { outcome: "expired" };
    // Both are digests of 256 random bits, so how long the comparison takes tells nothing.
    if (row["browser_digest"] !== browser_digest) return { outcome: "other_browser" };
    this.#sql.exec("UPDATE pending SET consumed = 1, record = NULL WHERE state_digest = ?", state_digest);
    return { outcome: "claimed", record: row["record"], ...this.#nextVersion(integration) };
  }

  /** Puts a new grant in the place of what is there; refused where a newer one got in first. */
  store(connection: StoredConnection): StoreOutcome {
    const next = this.#nextVersion(connection.integration);
    if (connection.epoch < next.epoch) return { outcome: "outdated", ...next };
    this.#sql.exec(
      "INSERT OR REPLACE INTO connections (integration, epoch, generation, status, sealed, facts) VALUES (?, ?, ?, ?, ?, ?)",
      connection.integration,
      connection.epoch,
      connection.generation,
      connection.status,
      connection.sealed,
      JSON.stringify(connection.facts),
    );
    return { outcome: "stored" };
  }

  connection(integration: string): StoredConnection | null {
    const [row] = this.#sql
      .exec("SELECT * FROM connections WHERE integration = ? AND sealed IS NOT NULL", integration)
      .toArray();
    return row ? toConnection(row) : null;
  }

  connections(): StoredConnection[] {
    return this.#sql.exec("SELECT * FROM connections WHERE sealed IS NOT NULL").toArray().map(toConnection);
  }

  /** Marks a connection whose token the provider refused, unless a newer token has come in since. */
  reject(integration: string, version: Version): void {
    this.#sql.exec(
      "UPDATE connections SET status = 'reauth_required' WHERE integration = ? AND epoch = ? AND generation = ?",
      integration,
      version.epoch,
      version.generation,
    );
  }

  /** Takes the tokens out, for good; the caller revokes them. */
  disconnect(integration: string): StoredConnection | null {
    const stored = this.connection(integration);
    if (!stored) return null;
    this.#sql.exec(
      "UPDATE connections SET epoch = epoch + 1, sealed = NULL, facts = NULL WHERE integration = ?",
      integration,
    );
    return stored;
  }

  addSession(digest: string, facts: SessionFacts): void {
    this.#sql.exec("DELETE FROM sessions WHERE expires_at <= ?", Date.now());
    this.#sql.exec(
      "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions ORDER BY expires_at DESC LIMIT -1 OFFSET ?)",
      MAX_SESSIONS - 1,
    );
    this.#sql.exec(
      "INSERT OR REPLACE INTO sessions (digest, facts, expires_at) VALUES (?, ?, ?)",
      digest,
      JSON.stringify(facts),
      facts.expires_at,
    );
  }

  session(digest: string): SessionFacts | null {
    const [row] = this.#sql
      .exec("SELECT facts FROM sessions WHERE digest = ? AND expires_at > ?", digest, Date.now())
      .toArray();
    return typeof row?.["facts"] === "string" ? SessionFacts.parse(JSON.parse(row["facts"])) : null;
  }

  /** Ends a session. @returns whether another one still reaches this user's connections. */
  endSession(digest: string): { readonly others: boolean } {
    this.#sql.exec("DELETE FROM sessions WHERE digest = ?", digest);
    const others = this.#sql
      .exec("SELECT facts FROM sessions WHERE expires_at > ?", Date.now())
      .toArray()
      .some((row) => SessionFacts.parse(JSON.parse(z.string().parse(row["facts"]))).kind === "browser");
    return { others };
  }

  #nextVersion(integration: string): Version {
    const [row] = this.#sql
      .exec("SELECT epoch, generation FROM connections WHERE integration = ?", integration)
      .toArray();
    const current = z.object({ epoch: z.number(), generation: z.number() }).safeParse(row);
    return current.success
      ? { epoch: current.data.epoch + 1, generation: current.data.generation + 1 }
      : { epoch: 1, generation: 1 };
  }
}

function toConnection(row: Record<string, SqlStorageValue>): StoredConnection {
  const { facts, ...rest } = ConnectionRow.parse(row);
  return { ...rest, facts: ConnectionFacts.parse(JSON.parse(facts)) };
}
