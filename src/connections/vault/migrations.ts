/**
 * How the tables of a vault that a version before has made become those of this one: step by step, in order, whenever such a
 * vault is opened. A vault knows how far it is. What it starts with here was written by an object that is no more, and what
 * follows happens before anybody is let in; the platform keeps all of it or nothing.
 *
 * A new table needs no step: it is made where it is missing. A changed one has its new shape where it is defined, and here the
 * step that leads there. Steps that are out are never changed.
 */
import * as z from "zod/mini";
import { Account } from "../../api.ts";
import { labelFor } from "../label.ts";

type Step = (sql: SqlStorage) => void;

const STEPS: readonly Step[] = [
  /** Columns that came before steps were counted: a vault may have them or not. */
  (sql) => {
    addColumn(sql, "owner", "enrolment TEXT");
    addColumn(sql, "owner", "notes_users INTEGER");
    addColumn(sql, "outbox", "revision INTEGER NOT NULL DEFAULT 0");
    addColumn(sql, "outbox", "list_at INTEGER");
    addColumn(sql, "revocations", "account TEXT");
  },
  /** What was kept by integration is kept by place, and each connection has a label and is the default. */
  (sql) => {
    for (const table of ["connections", "events", "labels", "revocations", "index_lines"]) {
      if (columnsOf(sql, table).includes("integration"))
        sql.exec(`ALTER TABLE ${table} RENAME COLUMN integration TO place`);
    }
    sql.exec("DROP INDEX IF EXISTS events_by_integration");
    addColumn(sql, "connections", "label TEXT");
    addColumn(sql, "connections", "is_default INTEGER NOT NULL DEFAULT 0");
    addColumn(sql, "connections", "made_at INTEGER");
    addColumn(sql, "connections", "left_by TEXT");
    if (columnsOf(sql, "connections").length === 0) return;
    for (const row of sql.exec("SELECT place, facts FROM connections WHERE sealed IS NOT NULL").toArray()) {
      const { place, facts } = OfBefore.parse(row);
      const { account, connected_at } = FactsOfBefore.parse(JSON.parse(facts));
      sql.exec(
        "UPDATE connections SET label = ?, is_default = 1, made_at = ? WHERE place = ?",
        labelFor(account, []),
        connected_at,
        place,
      );
      // Those of the page's users were in no list.
      if (columnsOf(sql, "index_lines").length > 0)
        sql.exec("INSERT OR IGNORE INTO index_lines (place, revision, next_at) VALUES (?1, ?2, ?2)", place, Date.now());
    }
  },
  /** A grant knows the connect session that it came of. */
  (sql) => addColumn(sql, "grants", "connect_session TEXT"),
  /** Where a key was used from. */
  (sql) => addColumn(sql, "sessions", "used_from TEXT"),
  /** An event is told to several webhooks, and how it stands is noted for each; what was told until now was told to `main`. */
  (sql) => {
    addColumn(sql, "outbox", "deliveries TEXT");
    if (!columnsOf(sql, "outbox").includes("attempts")) return;
    sql.exec(
      `UPDATE outbox SET deliveries = json_array(json_object('webhook', 'main', 'delivery', delivery, 'attempts', attempts,
         'last_status', last_status, 'next_attempt_at', strftime('%Y-%m-%dT%H:%M:%fZ', next_at / 1000.0, 'unixepoch')))
       WHERE attempts > 0`,
    );
    sql.exec("ALTER TABLE outbox DROP COLUMN attempts");
    sql.exec("ALTER TABLE outbox DROP COLUMN last_status");
  },
  /** Who has claimed an authorization, and when. */
  (sql) => {
    addColumn(sql, "pending", "claimed_by TEXT");
    addColumn(sql, "pending", "claimed_at INTEGER");
  },
  /** Scopes that calls were refused for want of. */
  (sql) => addColumn(sql, "connections", "refused_scopes TEXT"),
  /** Which jobs are to be told what came of it. */
  (sql) => addColumn(sql, "revocations", "share TEXT"),
];

const OfBefore = z.object({ place: z.string(), facts: z.string() });
const FactsOfBefore = z.object({ account: z.nullable(Account), connected_at: z.number() });

const VERSION_TABLE =
  "CREATE TABLE IF NOT EXISTS schema_version (one INTEGER PRIMARY KEY CHECK (one = 1), steps INTEGER)";
const DONE = z.object({ steps: z.number() });

/** Brings the tables of a vault that has any up to date. */
export function migrate(sql: SqlStorage): void {
  const isCounted = columnsOf(sql, "schema_version").length > 0;
  const [row] = isCounted ? sql.exec("SELECT steps FROM schema_version").toArray() : [];
  const { steps } = row ? DONE.parse(row) : { steps: 0 };
  if (steps >= STEPS.length) return;
  for (const step of STEPS.slice(steps)) step(sql);
  setUpToDate(sql);
}

/** Notes of tables that were made just now that they lack no step. */
export function setUpToDate(sql: SqlStorage): void {
  sql.exec(VERSION_TABLE);
  sql.exec("INSERT OR REPLACE INTO schema_version (one, steps) VALUES (1, ?)", STEPS.length);
}

/** Adds a column to a table that is there without it. */
function addColumn(sql: SqlStorage, table: string, column: string): void {
  const columns = columnsOf(sql, table);
  const [name = ""] = column.split(" ");
  if (columns.length > 0 && !columns.includes(name)) sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
}

/** The names of a table's columns; none where there is no such table. */
const columnsOf = (sql: SqlStorage, table: string): string[] =>
  sql
    .exec("SELECT name FROM pragma_table_info(?)", table)
    .toArray()
    .flatMap(({ name }) => (typeof name === "string" ? [name] : []));
