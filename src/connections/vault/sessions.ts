/** The live sessions of the vault's user. */
import * as z from "zod/mini";
import { UsedFrom } from "../../api.ts";
import { BOUNDS } from "../../bounds.ts";
import { Scope } from "../../api-apps.ts";
import { HeldGrant } from "../../grants/held-grant.ts";
import type { VaultSql } from "./vault-sql.ts";

/** What the page's own users may do, and their keys with them. Their tokens stay here. */
export const PAGE_SCOPES: readonly Scope[] = ["connect", "read", "proxy"];

const StoredFacts = z.object({
  app: z.string(),
  user: z.string(),
  /**
   * `browser`: a cookie. `key`: a bearer for SDKs and scripts. `read`: a session id that may stand in a URL.
   * `app`: an app's API key, for all of its users. `user`: what an app makes for one of its users.
   */
  kind: z.enum(["browser", "key", "read", "app", "user"]),
  scopes: z._default(z.array(Scope), [...PAGE_SCOPES]),
  /** The place of the one connection that it is for; null: all of the user's. Left out in what was stored before. */
  place: z.optional(z.nullable(z.string())),
  /** The same of a `read` session, in what was stored before there were places. */
  integration: z.optional(z.nullable(z.string())),
  /** What its owner calls a key. */
  name: z.nullable(z.string()),
  /**
   * Digest of the app's key that has made a `user` session, which ends with it; null for every other. Left out in what was
   * stored before that was noted.
   */
  maker: z.optional(z.nullable(z.string())),
  /** What it narrows beside its scopes; null, and left out in what was stored before there were grants: nothing. */
  grant: z.optional(z.nullable(HeldGrant)),
  /** Of an app's key that has outlived all others: what it has made until then has ended. */
  makes_from: z.optional(z.number()),
  created_at: z.number(),
  expires_at: z.number(),
});
/** Keys from before a scope of its own was asked for could make sessions with `read`, and go on doing what they did. */
export const SessionFacts = z.pipe(
  StoredFacts,
  z.transform(({ maker, scopes, place, integration, grant, ...facts }) => ({
    ...facts,
    grant: grant ?? null,
    place: place ?? integration ?? null,
    maker: maker ?? null,
    scopes:
      maker === undefined && facts.kind === "app" && scopes.includes("read") && !scopes.includes("sessions")
        ? [...scopes, "sessions" as const]
        : scopes,
  })),
);
export type SessionFacts = z.output<typeof SessionFacts>;

const { keys: key, app_keys: app, sessions } = BOUNDS;
const MAX_PER_KIND = { key, app, browser: sessions, read: sessions, user: sessions } as const;

/** Names a key in lists and paths, by the digest it is kept as; it opens nothing. */
export const keyId = (digest: string): string => digest.slice(0, 16);

/** Those that somebody may look through: a person their keys, an app its own and the sessions of its users. */
export type ListedKind = "key" | "app" | "user";

const ListedRow = z.object({
  digest: z.string(),
  used_at: z.nullable(z.number()),
  used_from: z.pipe(
    z.nullable(z.string()),
    z.transform((text) => (text === null ? null : UsedFrom.parse(JSON.parse(text)))),
  ),
});

/** A key as its owner may see it: by the digest it is kept as. */
export interface ListedKey extends z.output<typeof ListedRow> {
  readonly facts: SessionFacts;
}

const parseFacts = (facts: unknown): SessionFacts => SessionFacts.parse(JSON.parse(z.string().parse(facts)));

export class SessionTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS sessions (
        digest TEXT PRIMARY KEY, facts TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, used_from TEXT
      ) WITHOUT ROWID`,
    );
  }

  /** @returns false where there are as many keys as one user may have; of the other kinds the oldest gives way */
  add(digest: string, facts: SessionFacts): boolean {
    this.#sql.exec("DELETE FROM sessions WHERE expires_at <= ?", Date.now());
    const same = this.#sql
      .exec("SELECT digest, facts FROM sessions ORDER BY expires_at")
      .toArray()
      .filter((row) => row["digest"] !== digest && parseFacts(row["facts"]).kind === facts.kind);
    if (same.length >= MAX_PER_KIND[facts.kind]) {
      if (facts.kind === "key" || facts.kind === "app") return false;
      this.#sql.exec("DELETE FROM sessions WHERE digest = ?", same[0]?.["digest"] ?? null);
    }
    this.#sql.exec(
      "INSERT OR REPLACE INTO sessions (digest, facts, expires_at) VALUES (?, ?, ?)",
      digest,
      JSON.stringify(facts),
      facts.expires_at,
    );
    return true;
  }

  /** Prolongs a live session; one that has ended stays ended. @returns whether it was live */
  renew(digest: string, expires_at: number): boolean {
    const live = this.find(digest);
    if (live) {
      const facts = JSON.stringify({ ...live, expires_at });
      this.#sql.exec("UPDATE sessions SET facts = ?, expires_at = ? WHERE digest = ?", facts, expires_at, digest);
    }
    return live !== null;
  }

  /**
   * The session of a digest; asking counts as its use.
   * @param from where that came from, which is noted of keys alone; null: what is noted stays
   */
  use(digest: string, from: UsedFrom | null): SessionFacts | null {
    const facts = this.find(digest);
    const noted = facts?.kind === "key" || facts?.kind === "app" ? from : null;
    this.#sql.exec(
      "UPDATE sessions SET used_at = ?, used_from = coalesce(?, used_from) WHERE digest = ?",
      Date.now(),
      noted && JSON.stringify(noted),
      digest,
    );
    return facts;
  }

  /** The live ones of a kind that are listed, newest first. */
  keys(kind: ListedKind): ListedKey[] {
    return this.#sql
      .exec("SELECT digest, facts, used_at, used_from FROM sessions WHERE expires_at > ?", Date.now())
      .toArray()
      .map((row) => ({ ...ListedRow.parse(row), facts: parseFacts(row["facts"]) }))
      .filter(({ facts }) => facts.kind === kind)
      .toSorted((one, other) => other.facts.created_at - one.facts.created_at);
  }

  find(digest: string): SessionFacts | null {
    const [row] = this.#sql
      .exec("SELECT facts FROM sessions WHERE digest = ? AND expires_at > ?", digest, Date.now())
      .toArray();
    return row ? parseFacts(row["facts"]) : null;
  }

  clear(): void {
    this.#sql.exec("DELETE FROM sessions");
  }

  /** Ends all but one, and what that has made. @returns the digests of all of them: what is known of each is of no use any more */
  endAll(kept: string | null): string[] {
    const all = this.#sql.exec("SELECT digest FROM sessions").toArray();
    this.#sql.exec("DELETE FROM sessions WHERE digest IS NOT ?", kept);
    const facts = kept === null ? null : this.find(kept);
    if (facts?.kind === "app") {
      const changed = JSON.stringify({ ...facts, makes_from: Date.now() });
      this.#sql.exec("UPDATE sessions SET facts = ? WHERE digest = ?", changed, kept);
    }
    return all.flatMap(({ digest }) => (typeof digest === "string" ? [digest] : []));
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
    return { others: rows.some((row) => parseFacts(row["facts"]).kind !== "read") };
  }
}
