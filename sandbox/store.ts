import * as z from "zod";
import { randomText } from "./random.ts";
import { type CodeRow, type GrantRow, partSchema, toCode, toGrant, toToken, type TokenRow } from "./rows.ts";
import type { Part } from "./service.ts";
import { Shelf, type ShelfPlace } from "./shelf.ts";

const questionSchema = z.object({
  redirect_uri: z.string(),
  state: z.string(),
  challenge: z.string().nullable(),
  parts: z.array(partSchema),
  params: z.record(z.string(), z.string()),
});

/** A valid authorization request which waits for a person's decision. */
export type Question = z.infer<typeof questionSchema>;

/** One person's consent, and everything issued under it. */
export interface Grant {
  readonly id: string;
  readonly account: number;
  readonly parts: readonly Part[];
  readonly params: Readonly<Record<string, string>>;
  readonly authorizedAt: number;
  readonly refreshedAt: number | null;
  readonly refreshCount: number;
  readonly revoked: boolean;
  readonly reuseDetected: boolean;
  /** The client used PKCE instead of a secret. */
  readonly publicClient: boolean;
}

/** An authorization code. */
export interface Code {
  readonly value: string;
  readonly grantId: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly withRefresh: boolean;
  readonly expiresAt: number;
  readonly used: boolean;
}

/** A secret issued under a grant. */
export interface Token {
  readonly value: string;
  readonly grantId: string;
  /** `derived` tokens stand for something inside the account, such as a Facebook page. */
  readonly kind: "access" | "refresh" | "id" | "derived";
  readonly part: Part["name"];
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number | null;
  readonly revoked: boolean;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS questions (id TEXT PRIMARY KEY, question TEXT NOT NULL, expires INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS grants (id TEXT PRIMARY KEY, account INTEGER NOT NULL, parts TEXT NOT NULL,
    params TEXT NOT NULL, authorized INTEGER NOT NULL, refreshed INTEGER, refreshes INTEGER NOT NULL DEFAULT 0,
    revoked INTEGER NOT NULL DEFAULT 0, reused INTEGER NOT NULL DEFAULT 0, public INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS codes (value TEXT PRIMARY KEY, grant_id TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    challenge TEXT, with_refresh INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS tokens (value TEXT PRIMARY KEY, grant_id TEXT NOT NULL, kind TEXT NOT NULL,
    part TEXT NOT NULL, scopes TEXT NOT NULL, issued INTEGER NOT NULL, expires INTEGER,
    revoked INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX IF NOT EXISTS tokens_by_grant ON tokens (grant_id, kind);
  CREATE TABLE IF NOT EXISTS things (number INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL,
    kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT, UNIQUE (account, kind, id));
  CREATE TABLE IF NOT EXISTS values_ (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL,
    fault TEXT NOT NULL, times INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL, status INTEGER);
`;

const TABLES = ["questions", "grants", "codes", "tokens", "things", "values_", "faults", "log"];

/** Codes, tokens and grants of one service, in its object's SQLite. Every method is synchronous, hence atomic. */
export class Store {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** Forgets everything. */
  wipe(): void {
    for (const table of TABLES) this.#sql.exec(`DELETE FROM ${table}`);
  }

  /** Keeps an authorization request until it is decided; the answer is its one-time id. */
  ask(question: Question, expires: number): string {
    const id = randomText(32);
    this.#sql.exec("INSERT INTO questions VALUES (?, ?, ?)", id, JSON.stringify(question), expires);
    return id;
  }

  /** Takes an authorization request out, once. */
  takeQuestion(id: string, now: number): Question | undefined {
    const row = this.#sql
      .exec<{ question: string; expires: number }>("DELETE FROM questions WHERE id = ? RETURNING question, expires", id)
      .toArray()[0];
    if (row === undefined || row.expires <= now) return undefined;
    return questionSchema.parse(JSON.parse(row.question));
  }

  addGrant(account: number, question: Question, now: number): string {
    const id = randomText(16);
    this.#sql.exec(
      "INSERT INTO grants (id, account, parts, params, authorized) VALUES (?, ?, ?, ?, ?)",
      id,
      account,
      JSON.stringify(question.parts),
      JSON.stringify(question.params),
      now,
    );
    return id;
  }

  grants(): Grant[] {
    return this.#sql.exec<GrantRow>("SELECT * FROM grants ORDER BY authorized, id").toArray().map(toGrant);
  }

  grant(id: string): Grant | undefined {
    return this.#sql.exec<GrantRow>("SELECT * FROM grants WHERE id = ?", id).toArray().map(toGrant)[0];
  }

  /** Whether an account has consented before and not taken it back. */
  hasLiveGrant(account: number): boolean {
    return this.#sql.exec("SELECT 1 FROM grants WHERE account = ? AND revoked = 0", account).toArray().length > 0;
  }

  revokeGrant(id: string): void {
    this.#sql.exec("UPDATE grants SET revoked = 1 WHERE id = ?", id);
  }

  /** Ends every grant of one account, or of all: what removing an app at the service does. */
  revokeGrants(account?: number): void {
    if (account === undefined) this.#sql.exec("UPDATE grants SET revoked = 1");
    else this.#sql.exec("UPDATE grants SET revoked = 1 WHERE account = ?", account);
  }

  markReuse(id: string): void {
    this.#sql.exec("UPDATE grants SET reused = 1 WHERE id = ?", id);
  }

  markPublic(id: string): void {
    this.#sql.exec("UPDATE grants SET public = 1 WHERE id = ?", id);
  }

  countRefresh(id: string, now: number): void {
    this.#sql.exec("UPDATE grants SET refreshes = refreshes + 1, refreshed = ? WHERE id = ?", now, id);
  }

  addCode(code: Omit<Code, "used">): void {
    this.#sql.exec(
      "INSERT INTO codes (value, grant_id, redirect_uri, challenge, with_refresh, expires) VALUES (?, ?, ?, ?, ?, ?)",
      code.value,
      code.grantId,
      code.redirectUri,
      code.challenge,
      code.withRefresh ? 1 : 0,
      code.expiresAt,
    );
  }

  codes(): Code[] {
    return this.#sql.exec<CodeRow>("SELECT * FROM codes").toArray().map(toCode);
  }

  code(value: string): Code | undefined {
    return this.#sql.exec<CodeRow>("SELECT * FROM codes WHERE value = ?", value).toArray().map(toCode)[0];
  }

  spendCode(value: string): void {
    this.#sql.exec("UPDATE codes SET used = 1 WHERE value = ?", value);
  }

  addToken(token: Omit<Token, "revoked">): void {
    this.#sql.exec(
      "INSERT INTO tokens (value, grant_id, kind, part, scopes, issued, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
      token.value,
      token.grantId,
      token.kind,
      token.part,
      JSON.stringify(token.scopes),
      token.issuedAt,
      token.expiresAt,
    );
  }

  tokens(grantId: string): Token[] {
    return this.#sql.exec<TokenRow>("SELECT * FROM tokens WHERE grant_id = ?", grantId).toArray().map(toToken);
  }

  token(value: string): Token | undefined {
    return this.#sql.exec<TokenRow>("SELECT * FROM tokens WHERE value = ?", value).toArray().map(toToken)[0];
  }

  revokeToken(value: string): void {
    this.#sql.exec("UPDATE tokens SET revoked = 1 WHERE value = ?", value);
  }

  revokeTokens(grantId: string, kind: Token["kind"], part: Part["name"]): void {
    this.#sql.exec("UPDATE tokens SET revoked = 1 WHERE grant_id = ? AND kind = ? AND part = ?", grantId, kind, part);
  }

  /** Takes a scope out of every grant of an account, and out of every token under them. */
  dropScope(account: number, scope: string): void {
    const without = (scopes: readonly string[]) => scopes.filter((each) => each !== scope);
    for (const { id, parts } of this.grants().filter((grant) => grant.account === account)) {
      const left = parts.map((part) => ({ ...part, scopes: without(part.scopes) }));
      this.#sql.exec("UPDATE grants SET parts = ? WHERE id = ?", JSON.stringify(left), id);
      for (const { value, scopes } of this.tokens(id)) {
        this.#sql.exec("UPDATE tokens SET scopes = ? WHERE value = ?", JSON.stringify(without(scopes)), value);
      }
    }
  }

  expireAccessTokens(now: number): void {
    this.#sql.exec("UPDATE tokens SET expires = ? WHERE kind IN ('access', 'derived')", now);
  }

  /** What an account holds of one kind. */
  shelf<Thing>(place: ShelfPlace<Thing>): Shelf<Thing> {
    return new Shelf(this.#sql, place);
  }

  value(name: string): unknown {
    const row = this.#sql.exec<{ value: string }>("SELECT value FROM values_ WHERE name = ?", name).toArray()[0];
    return row === undefined ? undefined : JSON.parse(row.value);
  }

  setValue(name: string, value: unknown): void {
    this.#sql.exec("INSERT OR REPLACE INTO values_ VALUES (?, ?)", name, JSON.stringify(value));
  }
}
