/** What the bench and its Workers say to each other. */
import type { HeldRule } from "../../src/grants/held-grant.ts";

/** Every variant answers with this many characters, as many as a usual access token has. */
export const ANSWER_LENGTH = 200;

/** The key of the one value that the bare Worker reads. */
export const BARE_KEY = "value";

/** An account to connect. */
export interface Seed {
  readonly user: string;
  readonly integration: string;
  /** How long the token lives from now on. */
  readonly lifetime_ms: number;
  /** What another account beside it is called; left out: there is none. */
  readonly beside?: string;
  /** What the session's grant has; left out: there is none. */
  readonly rules?: readonly HeldRule[];
}

export interface Seeded {
  /** The id of a session of the user. */
  readonly session: string;
  /** The length of the token's copy in KV; 0 where none was made. */
  readonly copy_length: number;
}

/** What one request has asked of the bindings. */
export interface Counts {
  readonly kv_reads: number;
  readonly kv_writes: number;
  readonly vault_calls: number;
}

/** So many apps, each with so many origins and as many integrations. */
export interface Fill {
  readonly apps: number;
  readonly each: number;
}

/** An app's key, and the user and integration that it can call with it. */
export interface SeededApp {
  readonly key: string;
  readonly integration: string;
  readonly user: string;
}
