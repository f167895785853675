/** Requests that were made with a key of the caller's own, and what they were answered: each is carried out once. */
import * as z from "zod/mini";
import { BOUNDS } from "../../bounds.ts";
import type { VaultSql } from "./vault-sql.ts";

/** For as long as somebody may ask again. */
export const ANSWER_KEPT_MS = 86_400_000;
/** A request takes no longer; one that has not been answered by then was lost, and may be made again. */
const UNDER_WAY_MS = 60_000;

/** `other`: there was another request with this key. */
export type ClaimedRequest =
  | { readonly outcome: "begun" | "under_way" | "other" }
  /** @property answer sealed */
  | { readonly outcome: "done"; readonly answer: string };

const Row = z.object({ request: z.string(), claimed_by: z.string(), answer: z.nullable(z.string()) });

export class RequestTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "requests",
      `CREATE TABLE IF NOT EXISTS requests (
        number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, request TEXT NOT NULL, claimed_by TEXT NOT NULL,
        answer TEXT, until INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS requests_by_end ON requests (until)`,
    );
  }

  /**
   * Begins a request, unless it was begun before.
   * @param key digest of the caller's key
   * @param request digest of what is asked for
   * @param by names the caller's attempt, so that claiming it bears repeating
   */
  claim(key: string, request: string, by: string): ClaimedRequest {
    const now = Date.now();
    this.purge(now);
    const [found] = this.#sql.exec("SELECT request, claimed_by, answer FROM requests WHERE key = ?", key).toArray();
    const row = found && Row.parse(found);
    if (row && row.request !== request) return { outcome: "other" };
    if (row?.answer) return { outcome: "done", answer: row.answer };
    // Asked again, because the answer was lost on its way: it is this attempt's all the same.
    if (row) return { outcome: row.claimed_by === by ? "begun" : "under_way" };
    this.#sql.exec(
      "INSERT INTO requests (key, request, claimed_by, until) VALUES (?, ?, ?, ?)",
      key,
      request,
      by,
      now + UNDER_WAY_MS,
    );
    // Counted now and then, which is dear: the last letter of a digest is one of 16, at random.
    if (key.endsWith("A")) this.#trim();
    return { outcome: "begun" };
  }

  /** Keeps what a request was answered, for a day. @param answer sealed */
  settle(key: string, request: string, answer: string): void {
    this.#sql.exec(
      "UPDATE requests SET answer = ?, until = ? WHERE key = ? AND request = ? AND answer IS NULL",
      answer,
      Date.now() + ANSWER_KEPT_MS,
      key,
      request,
    );
  }

  /** Forgets a request that came to nothing: it may be made again. @param by the attempt; another's claim stays */
  release(key: string, by: string): void {
    this.#sql.exec("DELETE FROM requests WHERE key = ? AND claimed_by = ? AND answer IS NULL", key, by);
  }

  purge(now: number): void {
    this.#sql.exec("DELETE FROM requests WHERE until <= ?", now);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM requests");
  }

  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(until) AS until FROM requests").toArray();
    return typeof row?.["until"] === "number" ? row["until"] : null;
  }

  #trim(): void {
    this.#sql.exec(
      "DELETE FROM requests WHERE number <= (SELECT number FROM requests ORDER BY number DESC LIMIT 1 OFFSET ?)",
      BOUNDS.answers,
    );
  }
}
