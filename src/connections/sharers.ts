/**
 * Which vaults of the page's users may live on the same grant at a provider: of each connection whose account is known a line
 * with a digest of that, which this deployment alone can make. It says who to ask, and nothing more of anybody.
 */
import * as z from "zod/mini";
import { MAX_SHARERS, type IndexDatabase } from "./index-database.ts";

/** A connection of a vault, and the digest of its account; null: there is none, or nobody knows whose it is. */
export interface SharerLine {
  readonly place: string;
  readonly account: string | null;
  readonly revision: number;
}

export class Sharers {
  readonly #database: IndexDatabase;

  constructor(database: IndexDatabase) {
    this.#database = database;
  }

  /** Writes whose accounts a vault has; what is newer already stays. @throws AppError `index_unavailable` */
  async write(vault: string, lines: readonly SharerLine[]): Promise<void> {
    await this.#database.run((database) =>
      lines.map(({ place, account, revision }) =>
        // A line that comes back by a late write makes nobody believe anything: the vault is asked.
        account === null
          ? database.prepare("DELETE FROM sharers WHERE vault = ? AND place = ?").bind(vault, place)
          : database
              .prepare(
                `INSERT INTO sharers (vault, place, account, revision) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
                   SET account = excluded.account, revision = excluded.revision WHERE excluded.revision >= revision`,
              )
              .bind(vault, place, account, revision),
      ),
    );
  }

  /** Vaults that may have this very account connected: they know. @throws AppError `index_unavailable` */
  async vaultsOf(account: string): Promise<string[]> {
    const [answer] = await this.#database.run((database) => [
      database.prepare("SELECT DISTINCT vault FROM sharers WHERE account = ? LIMIT ?").bind(account, MAX_SHARERS),
    ]);
    return z
      .array(z.object({ vault: z.string() }))
      .parse(answer?.results ?? [])
      .map(({ vault }) => vault);
  }

  /** Takes out what leads to a vault that is no more. @throws AppError `index_unavailable` */
  async forget(vault: string): Promise<void> {
    await this.#database.run((database) => [database.prepare("DELETE FROM sharers WHERE vault = ?").bind(vault)]);
  }
}
