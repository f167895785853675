/**
 * The database behind the vaults: what has to be found across them, written after them, and built anew from them. Nothing is
 * decided by what is or is not here, and no secret is in it.
 */
import { AppError } from "../errors.ts";

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS connections (
    app TEXT NOT NULL, id TEXT NOT NULL, user TEXT NOT NULL, integration TEXT NOT NULL, status TEXT, ends_at INTEGER,
    account TEXT, connected_at INTEGER, labels TEXT, revision INTEGER NOT NULL, PRIMARY KEY (app, id)
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS connections_by_account
    ON connections (app, integration, json_extract(account, '$.id'))`,
  `CREATE TABLE IF NOT EXISTS sharers (
    vault TEXT NOT NULL, place TEXT NOT NULL, account TEXT, revision INTEGER NOT NULL, PRIMARY KEY (vault, place)
  ) WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS sharers_by_account ON sharers (account)",
  `CREATE TABLE IF NOT EXISTS events (
    app TEXT NOT NULL, at TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (app, at, id)
  ) WITHOUT ROWID`,
];

/** Databases whose tables this isolate has seen to. */
const prepared = new WeakSet<D1Database>();

export class IndexDatabase {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  /** Runs statements, all of them or none. @throws AppError `index_unavailable` */
  async run(statements: (database: D1Database) => D1PreparedStatement[]): Promise<D1Result[]> {
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

  /**
   * The tables are made when they are first asked for: there is nothing to run at a deployment. Each request does that itself
   * until one has: what one of them waits for, the platform lets no other wait for.
   */
  async #prepare(): Promise<void> {
    const database = this.#database;
    if (prepared.has(database)) return;
    await database.batch(SCHEMA.map((statement) => database.prepare(statement)));
    prepared.add(database);
  }
}

/** Lines that one statement takes out: it has a bound on time. */
export const CLEARED_AT_ONCE = 1000;

/** Of another user's vault one is enough for a grant to be left alone, and a line is seldom behind. */
export const MAX_SHARERS = 20;
