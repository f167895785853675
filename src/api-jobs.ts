/** The shapes of jobs: work that goes on behind its answer until all of it is done, and what came of it. */
import * as z from "zod/mini";
import { pageSize } from "./api.ts";

/** What is to be taken back. */
export const RevocationTarget = z.strictObject({
  /**
   * - `key`: a key with the sessions that it has made, and the connections that it reaches
   * - `user`: a user's sessions, keys and connections
   * - `integration`: an app's connections at one integration; sessions go on
   * - `app`: an app's keys, and all of its users'
   * - `deployment`: all of it
   */
  kind: z.enum(["key", "user", "integration", "app", "deployment"]),
  /** Of the key, the user, the integration (or its slug) or the app. Left out: the caller themselves, or their app. */
  id: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  /** For the operator: the app whose key, user or integration it is. */
  app: z.optional(z.string().check(z.maxLength(64))),
});
export type RevocationTarget = z.output<typeof RevocationTarget>;

export const NewRevocation = z.strictObject({
  /** What is to be taken back. */
  target: RevocationTarget,
  /** Why, in a line: it is kept with the job. */
  reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(200), z.regex(/^[^\p{C}]*$/u, "one line of text")),
  /** Of a key: whether the connections that it reaches are taken back as well, or kept. */
  connections: z._default(z.enum(["reached", "keep"]), "reached"),
});
export type NewRevocation = z.output<typeof NewRevocation>;

/** What a job has done so far; what is not of its kind is 0. */
export const JobCounts = z.object({
  /** Vaults that were visited. */
  vaults: z.number(),
  /** Connections that are to be taken back, as far as they are found. */
  total: z.number(),
  /** Of these, those whose provider has confirmed it. */
  confirmed: z.number(),
  /** Those whose provider has refused it. */
  refused: z.number(),
  /** Those whose provider has no way to ask for it. */
  not_offered: z.number(),
  /** Those whose provider could not be asked. */
  not_reached: z.number(),
  /** Records that were sealed anew. */
  resealed: z.number(),
  /** Records that no key opens. */
  left: z.number(),
  /** Connections whose line in the list was written anew. */
  listed: z.number(),
});
export type JobCounts = z.output<typeof JobCounts>;

/** Work that goes on by itself, from the beginning to its end. */
export const Job = z.object({
  id: z.string(),
  kind: z.enum(["revoke", "reseal", "reindex"]),
  state: z.enum(["running", "done"]),
  /** What it is about. */
  target: z.object({
    kind: RevocationTarget.shape.kind,
    /** null: the page's user themselves, or the deployment. */
    id: z.nullable(z.string()),
  }),
  /** Why, in the words of who asked for it. */
  reason: z.nullable(z.string()),
  counts: JobCounts,
  started_at: z.string(),
  ended_at: z.nullable(z.string()),
});
export type Job = z.output<typeof Job>;

/** The newest first. */
export const Jobs = z.object({ jobs: z.array(Job) });
export type Jobs = z.output<typeof Jobs>;

/**
 * What came of a connection that was to be taken back.
 * - `pending`: its provider was not asked yet
 * - `confirmed`: the provider says that its tokens are of no use any more
 * - `refused`: the provider says no; its vault asks again for a day
 * - `not_offered`: the provider has no way to ask for it
 * - `not_reached`: the provider could not be asked, or did not answer; its vault asks again for a day
 */
export const Outcome = z.enum(["pending", "confirmed", "refused", "not_offered", "not_reached"]);
export type Outcome = z.output<typeof Outcome>;

export const Receipt = z.object({
  /** The id of the connection, which is gone here. */
  connection: z.string(),
  /** null: one of the page's users. */
  user: z.nullable(z.string()),
  integration: z.string(),
  /** What people call the account at the service, where that is known. */
  account: z.nullable(z.string()),
  outcome: Outcome,
  /** The service's page where the person can end it by hand, unless that is confirmed; null where nobody has said. */
  by_hand: z.nullable(z.string()),
  /** When the outcome was learned. */
  at: z.nullable(z.string()),
});
export type Receipt = z.output<typeof Receipt>;

export const Receipts = z.object({ receipts: z.array(Receipt), next_cursor: z.nullable(z.string()) });
export type Receipts = z.output<typeof Receipts>;

export const JobsQuery = z.object({ app: z.optional(z.string().check(z.maxLength(64))) });

export const ReceiptsQuery = z.object({
  outcome: z.optional(Outcome),
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(256))),
});
