/** The passkeys of the vault's user, and the challenges that were answered with one. */
import * as z from "zod/mini";
import type { VaultSql } from "./vault-sql.ts";

/** A vault that a passkey leads to is kept for a year after somebody was last seen there. */
export const KEPT_MS = 365 * 86_400_000;

export const StoredPasskey = z.object({
  /** The credential's id, in base64url. */
  id: z.string(),
  name: z.string(),
  /** JSON of a `PublicKey`. */
  public_key: z.string(),
  /** How browsers reach it, one word each, with blanks between. */
  transports: z.string(),
  /** The last signature counter; 0 where the authenticator keeps none. */
  counter: z.number(),
  created_at: z.number(),
  used_at: z.nullable(z.number()),
  cloned_at: z.nullable(z.number()),
});
export type StoredPasskey = z.output<typeof StoredPasskey>;

/** A challenge that is answered. `by` names the request, so that claiming it bears repeating. */
export interface Answered {
  readonly digest: string;
  readonly expires_at: number;
  readonly by: string;
}

/**
 * Whether a counter has gone on since the one before; one that has not is a copy's, but where an authenticator keeps none
 * (https://www.w3.org/TR/webauthn-3/#sctn-sign-counter).
 */
export const isAhead = (counter: number, before: number): boolean =>
  counter > before || (counter === 0 && before === 0);

export class PasskeyTable {
  readonly #passkeys: Pick<VaultSql, "exec">;
  readonly #answered: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#passkeys = sql.apart(
      "passkeys",
      `CREATE TABLE IF NOT EXISTS passkeys (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, public_key TEXT NOT NULL, transports TEXT NOT NULL, counter INTEGER NOT NULL,
        created_at INTEGER NOT NULL, used_at INTEGER, cloned_at INTEGER, seen_at INTEGER NOT NULL
      ) WITHOUT ROWID`,
    );
    this.#answered = sql.apart(
      "answered",
      `CREATE TABLE IF NOT EXISTS answered (
        digest TEXT PRIMARY KEY, claimed_by TEXT NOT NULL, expires_at INTEGER NOT NULL
      ) WITHOUT ROWID`,
    );
  }

  /** Whether a challenge may be answered. `again`: this very request has answered it, rightly */
  standing({ digest, expires_at, by }: Answered): "open" | "again" | "spent" {
    const [row] = this.#answered.exec("SELECT claimed_by FROM answered WHERE digest = ?", digest).toArray();
    if (row) return row["claimed_by"] === by ? "again" : "spent";
    return expires_at > Date.now() ? "open" : "spent";
  }

  /** Notes that a challenge was answered rightly, for as long as it could be answered. */
  claim({ digest, expires_at, by }: Answered): void {
    this.#answered.exec("DELETE FROM answered WHERE expires_at <= ?", Date.now());
    this.#answered.exec(
      "INSERT INTO answered (digest, claimed_by, expires_at) VALUES (?, ?, ?)",
      digest,
      by,
      expires_at,
    );
  }

  /** Oldest first. */
  list(): StoredPasskey[] {
    return this.#passkeys
      .exec("SELECT * FROM passkeys ORDER BY created_at, id")
      .toArray()
      .map((row) => StoredPasskey.parse(row));
  }

  find(id: string): StoredPasskey | null {
    const [row] = this.#passkeys.exec("SELECT * FROM passkeys WHERE id = ?", id).toArray();
    return row ? StoredPasskey.parse(row) : null;
  }

  count(): number {
    return this.#passkeys.exec("SELECT id FROM passkeys").toArray().length;
  }

  add({ id, name, public_key, transports, counter, created_at }: StoredPasskey): void {
    this.#passkeys.exec(
      `INSERT INTO passkeys (id, name, public_key, transports, counter, created_at, seen_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)`,
      id,
      name,
      public_key,
      transports,
      counter,
      created_at,
    );
  }

  clear(): void {
    this.#passkeys.exec("DELETE FROM passkeys");
  }

  remove(id: string): void {
    this.#passkeys.exec("DELETE FROM passkeys WHERE id = ?", id);
  }

  /** Notes a use. */
  use(id: string, counter: number): void {
    this.#passkeys.exec(
      "UPDATE passkeys SET counter = ?2, used_at = ?3, seen_at = ?3 WHERE id = ?1",
      id,
      counter,
      Date.now(),
    );
  }

  /** Notes that there seems to be a copy. */
  setCloned(id: string): void {
    this.#passkeys.exec("UPDATE passkeys SET cloned_at = ? WHERE id = ?", Date.now(), id);
  }

  /** Notes that somebody was here, by whatever way. */
  see(): void {
    this.#passkeys.exec("UPDATE passkeys SET seen_at = ?", Date.now());
  }

  /** When somebody was last seen, as far as passkeys know; null where there are none. */
  seenAt(): number | null {
    const [row] = this.#passkeys.exec("SELECT MAX(seen_at) AS seen_at FROM passkeys").toArray();
    return typeof row?.["seen_at"] === "number" ? row["seen_at"] : null;
  }
}
