/** That everything in a vault goes to another one, from the moment it was said until nothing can come in here any more. */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

/** After this, whatever was under way here when it began is over: a consent, a lease, a request. */
const QUIET_MS = 900_000;
/** What finds no room there in this time is given up, like everything that nobody reaches. */
const GIVEN_UP_MS = 86_400_000;
/** What could not be moved, because a refresh was under way or a call was lost, is tried again after this long. */
const AGAIN_MS = 15_000;

const Row = z.object({ user: z.string(), started_at: z.number(), next_at: z.number() });

export class MovingRecord {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "moving",
      `CREATE TABLE IF NOT EXISTS moving (
        one INTEGER PRIMARY KEY CHECK (one = 1), user TEXT NOT NULL, started_at INTEGER NOT NULL, next_at INTEGER NOT NULL
      )`,
    );
  }

  /** The user whose vault it goes to; null: it stays here. */
  get user(): string | null {
    return this.#row()?.user ?? null;
  }

  /** What was said first stays said. */
  begin(user: string): void {
    const now = Date.now();
    this.#sql.exec("INSERT OR IGNORE INTO moving (one, user, started_at, next_at) VALUES (1, ?1, ?2, ?2)", user, now);
  }

  /** Whether there may be something to move now; it is asked again later. @param isEmpty whether nothing is here at the moment */
  due(now: number, isEmpty: boolean): boolean {
    const row = this.#row();
    if (!row || row.next_at > now) return false;
    if (row.started_at + (isEmpty ? QUIET_MS : GIVEN_UP_MS) <= now) {
      this.#sql.exec("DELETE FROM moving");
      return false;
    }
    this.#sql.exec("UPDATE moving SET next_at = ?", isEmpty ? row.started_at + QUIET_MS : now + AGAIN_MS);
    return !isEmpty;
  }

  /** Notes that something has come in that is to go on. */
  hasten(): void {
    this.#sql.exec("UPDATE moving SET next_at = ?", Date.now());
  }

  nextAt(): number | null {
    return this.#row()?.next_at ?? null;
  }

  #row(): z.output<typeof Row> | null {
    const [row] = this.#sql.exec("SELECT * FROM moving").toArray();
    return row ? Row.parse(row) : null;
  }
}
