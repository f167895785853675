/** The live sessions of the vault's user. */
import * as z from "zod";

const MAX_SESSIONS = 100;

export const SessionFacts = z.object({
  app: z.string(),
  user: z.string(),
  kind: z.enum(["browser", "read"]),
  /** The one integration a `read` session is for. */
  integration: z.string().nullable(),
  expires_at: z.number(),
});
export type SessionFacts = z.output<typeof SessionFacts>;

const parseFacts = (facts: unknown): SessionFacts => SessionFacts.parse(JSON.parse(z.string().parse(facts)));

export class SessionTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS sessions (
        digest TEXT PRIMARY KEY, facts TEXT NOT NULL, expires_at INTEGER NOT NULL
      ) WITHOUT ROWID`);
  }

  add(digest: string, facts: SessionFacts): void {
    this.#sql.exec("DELETE FROM sessions WHERE expires_at <= ?", Date.now());
    this.#sql.exec(
      "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions ORDER BY expires_at DESC LIMIT -1 OFFSET ?)",
      MAX_SESSIONS - 1,
    );
    this.#sql.exec(
      "INSERT OR REPLACE INTO sessions (digest, facts, expires_at) VALUES (?, ?, ?)",
      digest,
      JSON.stringify(facts),
      facts.expires_at,
    );
  }

  /** Prolongs a live session; one that has ended stays ended. @returns whether it was live */
  renew(digest: string, expires_at: number): boolean {
    const live = this.find(digest);
    if (live) this.add(digest, { ...live, expires_at });
    return live !== null;
  }

  find(digest: string): SessionFacts | null {
    const [row] = this.#sql
      .exec("SELECT facts FROM sessions WHERE digest = ? AND expires_at > ?", digest, Date.now())
      .toArray();
    return row ? parseFacts(row["facts"]) : null;
  }

  /** When the last session ends; null where there is none. */
  lastEndsAt(): number | null {
    const [row] = this.#sql.exec("SELECT MAX(expires_at) AS expires_at FROM sessions").toArray();
    return typeof row?.["expires_at"] === "number" ? row["expires_at"] : null;
  }

  /** @returns whether another session still reaches everything of this user */
  end(digest: string): { readonly others: boolean } {
    this.#sql.exec("DELETE FROM sessions WHERE digest = ?", digest);
    const rows = this.#sql.exec("SELECT facts FROM sessions WHERE expires_at > ?", Date.now()).toArray();
    return { others: rows.some((row) => parseFacts(row["facts"]).kind === "browser") };
  }
}
