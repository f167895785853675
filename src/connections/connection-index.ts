/**
 * The list of all connections of an app, for finding them: one line each in D1, written behind the vault that has the truth.
 * Nothing is decided by what is or is not here, no secret is in it, and it can be built anew from the vaults.
 */
import * as z from "zod/mini";
import { BOUNDS } from "../bounds.ts";
import { Account } from "../api.ts";
import { Labels, type ListedConnection } from "../api-connections.ts";
import { DeliveredEvent, type Events } from "../api-events.ts";
import { AppError } from "../errors.ts";
import { connectionId } from "./connection.ts";
import type { Owner } from "./vault/owner.ts";
import type { EventLine } from "./vault/outbox.ts";
import type { IndexLine } from "./vault/vault-ledger.ts";

/** What a list is narrowed to; times are milliseconds since 1970. */
export interface ConnectionFilter {
  readonly integration?: string | undefined;
  readonly status?: ListedConnection["status"] | undefined;
  readonly tag?: { readonly key: string; readonly value: string } | undefined;
}

/** A page of a list, and where the next begins; null after the last. */
export interface IndexPage {
  readonly connections: readonly ListedConnection[];
  readonly next: string | null;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS connections (
    app TEXT NOT NULL, id TEXT NOT NULL, user TEXT NOT NULL, integration TEXT NOT NULL, status TEXT, ends_at INTEGER,
    account TEXT, connected_at INTEGER, labels TEXT, revision INTEGER NOT NULL, PRIMARY KEY (app, id)
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS connections_by_account
    ON connections (app, integration, json_extract(account, '$.id'))`,
  `CREATE TABLE IF NOT EXISTS events (
    app TEXT NOT NULL, at TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (app, at, id)
  ) WITHOUT ROWID`,
];

const Line = z.object({
  id: z.string(),
  user: z.string(),
  integration: z.string(),
  status: z.enum(["connected", "reauth_required"]),
  ends_at: z.nullable(z.number()),
  account: z.nullable(z.string()),
  connected_at: z.number(),
  labels: z.string(),
});

/** Databases whose tables this isolate has seen to. */
const prepared = new WeakMap<D1Database, Promise<unknown>>();

export class ConnectionIndex {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  /** Writes the lines of one vault; one that is newer already stays. @throws AppError `index_unavailable` */
  async write({ app, user, handle }: Owner, lines: readonly IndexLine[]): Promise<void> {
    await this.#run((database) =>
      lines.map(({ integration, revision, connection, labels }) => {
        const facts = connection?.facts;
        // A line whose connection is gone stays as an empty one, so that an older write cannot bring it back.
        return database
          .prepare(
            `INSERT INTO connections (app, id, user, integration, status, ends_at, account, connected_at, labels, revision)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status,
               ends_at = excluded.ends_at, account = excluded.account, connected_at = excluded.connected_at,
               labels = excluded.labels, revision = excluded.revision WHERE excluded.revision >= revision`,
          )
          .bind(
            app,
            connectionId({ app, user, integration }, handle),
            user,
            integration,
            connection?.status ?? null,
            facts && !facts.refreshable ? facts.expires_at : null,
            facts?.account ? JSON.stringify(facts.account) : null,
            facts?.connected_at ?? null,
            connection ? labels : null,
            revision,
          );
      }),
    );
  }

  /** Takes out the empty lines of a vault that is no more. @throws AppError `index_unavailable` */
  async forget({ app, user }: Pick<Owner, "app" | "user">): Promise<void> {
    await this.#run((database) => [
      database.prepare("DELETE FROM connections WHERE app = ? AND user = ? AND status IS NULL").bind(app, user),
    ]);
  }

  /**
   * Takes out lines of an app that is removed, and of its events.
   * @returns whether any are left
   * @throws AppError `index_unavailable`
   */
  async clear(app: string): Promise<boolean> {
    const answers = await this.#run((database) => [
      database
        .prepare(
          "DELETE FROM connections WHERE app = ?1 AND id IN (SELECT id FROM connections WHERE app = ?1 LIMIT ?2)",
        )
        .bind(app, CLEARED_AT_ONCE),
      database
        .prepare(
          "DELETE FROM events WHERE app = ?1 AND (at, id) IN (SELECT at, id FROM events WHERE app = ?1 LIMIT ?2)",
        )
        .bind(app, CLEARED_AT_ONCE),
    ]);
    return answers.some(({ meta }) => meta.changes >= CLEARED_AT_ONCE);
  }

  /**
   * The users of a page of an app's lines, also of empty ones.
   * @param after where the page before has ended
   * @returns where this one ends; null: it is the last
   * @throws AppError `index_unavailable`
   */
  async users(app: string, after: string | null, limit: number): Promise<{ users: string[]; next: string | null }> {
    const [answer] = await this.#run((database) => [
      database
        .prepare("SELECT id, user FROM connections WHERE app = ? AND id > ? ORDER BY id LIMIT ?")
        .bind(app, after ?? "", limit),
    ]);
    const lines = z.array(z.pick(Line, { id: true, user: true })).parse(answer?.results ?? []);
    const next = lines.length === limit ? (lines.at(-1)?.id ?? null) : null;
    return { users: [...new Set(lines.map(({ user }) => user))], next };
  }

  /** @param from where a page before has ended. @throws AppError `index_unavailable` */
  async list(app: string, filter: ConnectionFilter, limit: number, from: string | null): Promise<IndexPage> {
    const { integration = null, status = null, tag } = filter;
    const now = Date.now();
    const isOver = "(ends_at IS NOT NULL AND ends_at <= ?5)";
    const [answer] = await this.#run((database) => [
      database
        .prepare(
          `SELECT id, user, integration, status, ends_at, account, connected_at, labels FROM connections
           WHERE app = ?1 AND id > ?2 AND status IS NOT NULL AND (?3 IS NULL OR integration = ?3)
             AND (?4 IS NULL OR ?4 = CASE WHEN status = 'connected' AND ${isOver} THEN 'expired' ELSE status END)
             AND (?6 IS NULL OR EXISTS (SELECT 1 FROM json_each(labels, '$.tags') WHERE key = ?6 AND value = ?7))
           ORDER BY id LIMIT ?8`,
        )
        .bind(app, from ?? "", integration, status, now, tag?.key ?? null, tag?.value ?? null, limit + 1),
    ]);
    const lines = z.array(Line).parse(answer?.results ?? []);
    const page = lines.slice(0, limit);
    return {
      connections: page.map((line) => toListed(line, now)),
      next: lines.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  /** Users who may have this very account connected: their vaults know. @throws AppError `index_unavailable` */
  async usersOf(app: string, integration: string, account: string): Promise<string[]> {
    const [answer] = await this.#run((database) => [
      database
        .prepare(
          `SELECT user FROM connections WHERE app = ? AND integration = ? AND json_extract(account, '$.id') = ?
             AND status IS NOT NULL LIMIT ?`,
        )
        .bind(app, integration, account, MAX_SHARERS),
    ]);
    return z
      .array(z.object({ user: z.string() }))
      .parse(answer?.results ?? [])
      .map(({ user }) => user);
  }

  /** Notes an event and how its delivery stands; what is newer already stays. @throws AppError `index_unavailable` */
  async writeEvent(app: string, { event, revision }: EventLine): Promise<void> {
    await this.#run((database) => [
      database
        .prepare(
          `INSERT INTO events (app, at, id, event) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET event = excluded.event
           WHERE json_extract(excluded.event, '$.revision') >= coalesce(json_extract(events.event, '$.revision'), 0)`,
        )
        .bind(app, event.timestamp, event.id, JSON.stringify({ ...event, revision })),
      database
        .prepare("DELETE FROM events WHERE app = ? AND at < ?")
        .bind(app, new Date(Date.now() - EVENTS_KEPT_MS).toISOString()),
      // Counted now and then, which is dear: the last letter of an id is one of 64, at random.
      ...(event.id.endsWith("A") ? [trimEvents(database, app)] : []),
    ]);
  }

  /** The events of the last month, newest first. @throws AppError `index_unavailable` */
  async events(
    app: string,
    limit: number,
    before: readonly [at: string, id: string] | null,
  ): Promise<Events["events"]> {
    const [at, id] = before ?? ["9", ""];
    const [answer] = await this.#run((database) => [
      database
        .prepare("SELECT event FROM events WHERE app = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?")
        .bind(app, at, id, limit),
    ]);
    const rows = z.array(z.object({ event: z.string() })).parse(answer?.results ?? []);
    return rows.map(({ event }) => DeliveredEvent.parse(JSON.parse(event)));
  }

  async #run(statements: (database: D1Database) => D1PreparedStatement[]): Promise<D1Result[]> {
    try {
      await this.#prepare();
      const wanted = statements(this.#database);
      return wanted.length === 0 ? [] : await this.#database.batch(wanted);
    } catch (cause) {
      // Somebody may have taken the tables away: they are seen to again.
      prepared.delete(this.#database);
      throw new AppError(
        "index_unavailable",
        "The list of connections does not answer. Try again in a moment, or ask for one user's.",
        { cause },
      );
    }
  }

  /** The tables are made when they are first asked for: there is nothing to run at a deployment. */
  #prepare(): Promise<unknown> {
    const database = this.#database;
    const known = prepared.get(database) ?? database.batch(SCHEMA.map((statement) => database.prepare(statement)));
    prepared.set(database, known);
    known.catch(() => prepared.delete(database));
    return known;
  }
}

const trimEvents = (database: D1Database, app: string): D1PreparedStatement =>
  database
    .prepare(
      `DELETE FROM events WHERE app = ?1 AND (at, id) <=
         (SELECT at, id FROM events WHERE app = ?1 ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?2)`,
    )
    .bind(app, BOUNDS.listed_events);

/** Lines that one statement takes out: it has a bound on time. */
const CLEARED_AT_ONCE = 1000;
const EVENTS_KEPT_MS = 30 * 86_400_000;
/** One of them is enough for a grant to be left alone, and a line is seldom behind. */
const MAX_SHARERS = 20;

function toListed({ ends_at, account, connected_at, labels, status, ...line }: z.output<typeof Line>, now: number) {
  const isOver = ends_at !== null && ends_at <= now;
  return {
    ...line,
    status: status === "connected" && isOver ? "expired" : status,
    account: account === null ? null : Account.parse(JSON.parse(account)),
    connected_at: new Date(connected_at).toISOString(),
    ...Labels.parse(JSON.parse(labels)),
  } satisfies ListedConnection;
}
