/** The removal of an app, in its own vault: how far it is, and what is to be done next. */
import * as z from "zod/mini";
import { CLOSED_MS, TakenBack } from "./closing.ts";
import type { MemberTable } from "./members.ts";
import type { VaultSql } from "./vault-sql.ts";

/** Users' vaults that are visited, or looked through, at a time: a Worker has a bound on calls. */
export const PAGE = 20;
/** Between two pages; what was lost is asked for again with the next. */
export const PAGE_MS = 5000;
/** A vault that has not told of its end is visited again after this long. */
const ROUND_MS = CLOSED_MS;
/** How long it can be seen that an app was removed. */
const SHOWN_MS = 30 * 86_400_000;

/** Where vaults from before they were noted are looked for, and how far that is. */
export const Search = z.object({ source: z.enum(["list", "index"]), cursor: z.nullable(z.string()) });
export type Search = z.output<typeof Search>;

/** What a Worker is to do for it now. */
export interface RemovalTask {
  /** Vaults to close. */
  readonly close: readonly string[];
  readonly search: Search | null;
  /** Whether the users are done, so that the app's own things can go. */
  readonly finish: boolean;
}

/** Times are milliseconds since 1970. */
export const Removal = z.extend(TakenBack, {
  started_at: z.number(),
  ended_at: z.nullable(z.number()),
  users_done: z.number(),
});
export type Removal = z.output<typeof Removal>;

const Row = z.extend(Removal, {
  cursor: z.string(),
  search: z.nullable(z.string()),
  searched_at: z.nullable(z.number()),
  next_at: z.nullable(z.number()),
});

export class RemovalRecord {
  readonly #sql: Pick<VaultSql, "exec">;
  readonly #members: MemberTable;

  constructor(sql: VaultSql, members: MemberTable) {
    this.#members = members;
    this.#sql = sql.apart(
      "removal",
      `CREATE TABLE IF NOT EXISTS removal (
        one INTEGER PRIMARY KEY CHECK (one = 1), app TEXT, started_at INTEGER NOT NULL, ended_at INTEGER,
        users_done INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0, not_revoked INTEGER NOT NULL DEFAULT 0,
        cursor TEXT NOT NULL DEFAULT '', search TEXT, searched_at INTEGER, next_at INTEGER
      )`,
    );
  }

  get(): Removal | null {
    const row = this.#row();
    return row && Removal.parse(row);
  }

  get isBegun(): boolean {
    return this.#row() !== null;
  }

  /**
   * @param app the app's sealed record, which is needed to the end
   * @param search whether there may be users whose vaults were not noted
   */
  begin(app: string, search: boolean): void {
    const now = Date.now();
    this.#sql.exec("INSERT INTO removal (one, app, started_at, next_at) VALUES (1, ?, ?, ?)", app, now, now);
    if (search) this.#beginSearch(now);
  }

  /** The app's sealed record; null: there is no removal, or it has ended. */
  app(): string | null {
    const [row] = this.#sql.exec("SELECT app FROM removal").toArray();
    return typeof row?.["app"] === "string" ? row["app"] : null;
  }

  /** What is to be done now; it is asked for again until it is noted as done. */
  due(now: number): RemovalTask | null {
    const row = this.#row();
    if (!row || row.next_at === null || row.next_at > now) return null;
    const close = this.#members.page(row.cursor, PAGE);
    const search = this.#search(row, now);
    const isDone = this.#members.isEmpty() && search === null;
    const isQuiet = row.started_at + CLOSED_MS <= now;
    const isPaging = close.length === PAGE || search !== null || (isDone && isQuiet);
    this.#sql.exec(
      "UPDATE removal SET cursor = ?, next_at = ?",
      close.length === PAGE || search !== null ? (close.at(-1) ?? row.cursor) : "",
      isPaging ? now + PAGE_MS : isDone ? row.started_at + CLOSED_MS : now + ROUND_MS,
    );
    return { close, search, finish: isDone && isQuiet };
  }

  /** A name may come late into the list, so what is found at the beginning is looked for once more when all is quiet. */
  #search({ search, searched_at, started_at }: z.output<typeof Row>, now: number): Search | null {
    if (search !== null) return Search.parse(JSON.parse(search));
    const quietFrom = started_at + CLOSED_MS;
    if (searched_at === null || searched_at >= quietFrom || quietFrom > now) return null;
    return this.#beginSearch(now);
  }

  #beginSearch(now: number): Search {
    const first: Search = { source: "list", cursor: null };
    this.#sql.exec("UPDATE removal SET search = ?, searched_at = ?", JSON.stringify(first), now);
    return first;
  }

  /** Notes that a page was looked through. @param found whether there was one in it. @param next null after the last */
  setSearched(page: Search, found: boolean, next: Search | null): void {
    if (found) this.#sql.exec("UPDATE removal SET cursor = ''");
    this.#sql.exec(
      "UPDATE removal SET search = ? WHERE search = ?",
      next && JSON.stringify(next),
      JSON.stringify(page),
    );
  }

  /** Counts a user whose vault is gone. @param taken null: there was none, only a name for it */
  countUser(taken: TakenBack | null): void {
    if (taken) {
      this.#sql.exec(
        "UPDATE removal SET users_done = users_done + 1, revoked = revoked + ?, not_revoked = not_revoked + ?",
        taken.revoked,
        taken.not_revoked,
      );
    }
    if (!this.#members.isEmpty()) return;
    // Nothing has to be waited for.
    this.#sql.exec("UPDATE removal SET next_at = min(next_at, max(?, started_at + ?))", Date.now(), CLOSED_MS);
  }

  /** Notes that nothing is left but this record. */
  end(): void {
    this.#sql.exec("UPDATE removal SET ended_at = coalesce(ended_at, ?), app = NULL, next_at = NULL", Date.now());
  }

  /** From when on nobody asks for it any more; null while it goes on. */
  forgottenFrom(): number | null {
    const ended_at = this.#row()?.ended_at ?? null;
    return ended_at === null ? null : ended_at + SHOWN_MS;
  }

  nextAt(): number | null {
    return this.#row()?.next_at ?? null;
  }

  #row(): z.output<typeof Row> | null {
    const [row] = this.#sql.exec("SELECT * FROM removal").toArray();
    return row ? Row.parse(row) : null;
  }
}
