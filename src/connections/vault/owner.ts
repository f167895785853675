/** Whose vault this is, for the work that begins here and not with a request. */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

export const Owner = z.object({
  app: z.string(),
  user: z.string(),
  /** Where the owner's requests came to. */
  origin: z.string(),
  /** Whether only sessions lead here, so that without one nobody ever comes back. */
  by_session: z.boolean(),
  /** What this vault is called outside; null: it has its name from before, which says whose it is to whoever guesses. */
  handle: z._default(z.nullable(z.string()), null),
});
export type Owner = z.output<typeof Owner>;

export class OwnerRecord {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      "owner",
      "CREATE TABLE IF NOT EXISTS owner (one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT, listed INTEGER)",
    );
  }

  set(owner: Owner): void {
    this.#sql.exec(
      "INSERT INTO owner (one, owner, listed) VALUES (1, ?1, 0) ON CONFLICT DO UPDATE SET owner = ?1",
      JSON.stringify(owner),
    );
  }

  /** Whether this vault is in the list of vaults. */
  isListed(): boolean {
    return this.#sql.exec("SELECT 1 FROM owner WHERE listed = 1").toArray().length > 0;
  }

  setListed(): void {
    this.#sql.exec("UPDATE owner SET listed = 1");
  }

  get(): Owner | null {
    const [row] = this.#sql.exec("SELECT owner FROM owner").toArray();
    return row ? Owner.parse(JSON.parse(z.string().parse(row["owner"]))) : null;
  }
}
