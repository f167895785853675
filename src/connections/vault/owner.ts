/** Whose vault this is, for the work that begins here and not with a request. */
import * as z from "zod/mini";
import { APP_ITSELF } from "../connection.ts";
import type { VaultSql } from "./vault-sql.ts";

export const Owner = z.object({
  app: z.string(),
  user: z.string(),
  /** Where the owner's requests came to. */
  origin: z.string(),
  /** Whether only sessions and passkeys lead here, so that without one nobody ever comes back. */
  by_session: z.boolean(),
  /** What this vault is called outside; null: it has its name from before, which says whose it is to whoever guesses. */
  handle: z._default(z.nullable(z.string()), null),
});
export type Owner = z.output<typeof Owner>;

/** That the app's own vault has noted the vault of one of its users, and until when that lets it be opened. */
export interface Enrolment {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Whether a vault is found through its app's own one: that of the page's users, and the app's own, are not. */
export const isEnrolled = ({ user, by_session }: Owner): boolean => !by_session && user !== APP_ITSELF;

export class OwnerRecord {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `CREATE TABLE IF NOT EXISTS owner (
        one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT, listed INTEGER, enrolment TEXT, notes_users INTEGER
      )`,
    );
  }

  set(owner: Owner, enrolment: Enrolment | null): void {
    this.#sql.exec(
      `INSERT INTO owner (one, owner, listed, enrolment, notes_users) VALUES (1, ?1, 0, ?2, 1)
       ON CONFLICT DO UPDATE SET owner = ?1, enrolment = coalesce(?2, enrolment)`,
      JSON.stringify(owner),
      enrolment?.id ?? null,
    );
  }

  /** Whether this vault is in the list of vaults. */
  isListed(): boolean {
    return this.#sql.exec("SELECT 1 FROM owner WHERE listed = 1").toArray().length > 0;
  }

  setListed(): void {
    this.#sql.exec("UPDATE owner SET listed = 1");
  }

  /** As which the app's own vault has noted this one; null: it has not. */
  enrolment(): string | null {
    const [row] = this.#sql.exec("SELECT enrolment FROM owner").toArray();
    return typeof row?.["enrolment"] === "string" ? row["enrolment"] : null;
  }

  /** Whether this vault of an app was there before its users' ones were noted. */
  isFromBefore(): boolean {
    return this.#sql.exec("SELECT 1 FROM owner WHERE notes_users IS NULL").toArray().length > 0;
  }

  get(): Owner | null {
    const [row] = this.#sql.exec("SELECT owner FROM owner").toArray();
    return row ? Owner.parse(JSON.parse(z.string().parse(row["owner"]))) : null;
  }
}
