/** What the bench and its Workers say to each other. */

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
