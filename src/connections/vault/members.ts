/**
 * The vaults of an app's users, as the app's own vault knows them: each before anything is put into it.
 *
 * None of the other places is complete: KV has the names of those with a connection, of all apps at once and a minute late; the
 * index in D1 has connections, written behind. A name here may be of a vault that is empty; no vault that holds anything is
 * missing, but for those from before it was noted.
 */
import * as z from "zod/mini";
import type { Enrolment } from "./owner.ts";
import { CLOSED_MS } from "./closing.ts";
import type { VaultSql } from "./vault-sql.ts";

/** How long a vault may be opened on the strength of being noted; a closed one stays for longer. */
const ENROLMENT_MS = 300_000;

export class MemberTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "members",
      `CREATE TABLE IF NOT EXISTS members (
        vault TEXT PRIMARY KEY, enrolment TEXT NOT NULL, enrolled_at INTEGER NOT NULL
      ) WITHOUT ROWID`,
    );
  }

  /** Notes one, anew where it is there: who has emptied the one before must not take this out. */
  add(vault: string): Enrolment {
    const id = crypto.randomUUID();
    const now = Date.now();
    this.#sql.exec("INSERT OR REPLACE INTO members (vault, enrolment, enrolled_at) VALUES (?, ?, ?)", vault, id, now);
    return { id, until: now + ENROLMENT_MS };
  }

  /** Notes those that were found elsewhere. */
  addFound(vaults: readonly string[]): void {
    for (const vault of vaults) {
      this.#sql.exec("INSERT OR IGNORE INTO members (vault, enrolment, enrolled_at) VALUES (?, '', 0)", vault);
    }
  }

  /** Takes out one that has emptied itself, unless it was noted anew since. */
  remove(vault: string, enrolment: string): void {
    this.#sql.exec("DELETE FROM members WHERE vault = ? AND enrolment = ?", vault, enrolment);
  }

  /** Takes out one that nothing can come into any more. @returns whether it was there */
  removeClosed(vault: string): boolean {
    const rows = this.#sql.exec(
      "DELETE FROM members WHERE vault = ? AND enrolled_at <= ? RETURNING vault",
      vault,
      Date.now() - CLOSED_MS,
    );
    return rows.toArray().length > 0;
  }

  count(): number {
    const [row] = this.#sql.exec("SELECT COUNT(*) AS count FROM members").toArray();
    return z._default(z.number(), 0).parse(row?.["count"]);
  }

  isEmpty(): boolean {
    return this.page("", 1).length === 0;
  }

  page(after: string, limit: number): string[] {
    return this.#sql
      .exec("SELECT vault FROM members WHERE vault > ? ORDER BY vault LIMIT ?", after, limit)
      .toArray()
      .flatMap(({ vault }) => (typeof vault === "string" ? [vault] : []));
  }
}
