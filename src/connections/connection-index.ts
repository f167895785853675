/** The list of all connections of an app, for finding them: one line each, written behind the vault that has the truth. */
import * as z from "zod/mini";
import { Labels, type ListedConnection } from "../api-connections.ts";
import { connectionId, vaultNameOfBefore } from "./connection.ts";
import { CLEARED_AT_ONCE, MAX_SHARERS, type IndexDatabase } from "./index-database.ts";
import { Line, toListed } from "./index-line.ts";
import { integrationOf } from "./place.ts";
import type { Owner } from "./vault/owner.ts";
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

export class ConnectionIndex {
  readonly #database: IndexDatabase;

  constructor(database: IndexDatabase) {
    this.#database = database;
  }

  /** Writes the lines of one vault; one that is newer already stays. @throws AppError `index_unavailable` */
  async write(
    { app, user, handle }: Pick<Owner, "app" | "user" | "handle">,
    lines: readonly IndexLine[],
  ): Promise<void> {
    const isAnyGone = lines.some(({ connection }) => connection === null);
    await this.#database.run((database) => [
      ...(isAnyGone
        ? [dropEmpty(database, app, handle ?? vaultNameOfBefore(app, user), Date.now() - EMPTY_KEPT_MS)]
        : []),
      ...lines.map(({ place, revision, connection, labels }) => {
        const facts = connection?.facts;
        const { label, is_default } = connection ?? {};
        const noted = connection && JSON.stringify({ ...Labels.parse(JSON.parse(labels)), label, is_default });
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
            connectionId({ app, user, place }, handle),
            user,
            integrationOf(place),
            connection?.status ?? null,
            facts && !facts.refreshable ? facts.expires_at : null,
            facts?.account ? JSON.stringify(facts.account) : null,
            facts?.connected_at ?? null,
            noted,
            revision,
          );
      }),
    ]);
  }

  /** Takes out the empty lines of a vault that is no more. @throws AppError `index_unavailable` */
  async forget({ app, user, handle }: Pick<Owner, "app" | "user" | "handle">): Promise<void> {
    await this.#database.run((database) => [
      dropEmpty(database, app, handle ?? vaultNameOfBefore(app, user), Number.MAX_SAFE_INTEGER),
    ]);
  }

  /** Takes out lines of an app that is removed. @returns whether any may be left. @throws AppError `index_unavailable` */
  async clear(app: string): Promise<boolean> {
    const [answer] = await this.#database.run((database) => [
      database
        .prepare(
          "DELETE FROM connections WHERE app = ?1 AND id IN (SELECT id FROM connections WHERE app = ?1 LIMIT ?2)",
        )
        .bind(app, CLEARED_AT_ONCE),
    ]);
    return (answer?.meta.changes ?? 0) >= CLEARED_AT_ONCE;
  }

  /**
   * The users of a page of an app's lines, also of empty ones.
   * @param after where the page before has ended
   * @returns where this one ends; null: it is the last
   * @throws AppError `index_unavailable`
   */
  async users(app: string, after: string | null, limit: number): Promise<{ users: string[]; next: string | null }> {
    const [answer] = await this.#database.run((database) => [
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
    const [answer] = await this.#database.run((database) => [
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
    const [answer] = await this.#database.run((database) => [
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
}

/**
 * Takes out empty lines of a vault, which are found by what their ids begin with: an app has a million lines of others.
 * @param before the revision of the youngest one that stays; revisions are moments
 */
const dropEmpty = (database: D1Database, app: string, vault: string, before: number): D1PreparedStatement =>
  database
    .prepare("DELETE FROM connections WHERE app = ? AND id > ? AND id < ? AND status IS NULL AND revision < ?")
    .bind(app, `con_${vault}`, `con_${vault}~`, before);

/** No late write can be about it any more. */
const EMPTY_KEPT_MS = 86_400_000;
