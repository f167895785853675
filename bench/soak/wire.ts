/** What the soak and its Worker say to each other. */
import * as z from "zod";

/** The provider's two manners; see provider.ts. */
export const MANNERS = ["strict", "forgiving"] as const;
export type Manner = (typeof MANNERS)[number];

/** Names the location of the network that a request comes to. */
export const LOCATION_HEADER = "X-Soak-Location";
export const LOCATIONS = 3;

/** What a client and its tokens begin with, so that an answer with one in it is noticed. */
export const SECRET = "soak-secret-of-the-client";

/** The share of calls that meet with each, from 0 to 1. */
export const Rates = z.object({
  /** KV throws instead of reading. */
  kv_reads: z.number(),
  /** KV throws instead of writing or removing. */
  kv_writes: z.number(),
  /** A call does not reach its vault. */
  vault_refuses: z.number(),
  /** A vault does what it is asked, and its answer is lost. */
  vault_loses: z.number(),
  /** The object is reset in the middle of the call. */
  vault_resets: z.number(),
  /** D1 throws. */
  index: z.number(),
});
export type Rates = z.output<typeof Rates>;

export const NO_TROUBLE: Rates = {
  kv_reads: 0,
  kv_writes: 0,
  vault_refuses: 0,
  vault_loses: 0,
  vault_resets: 0,
  index: 0,
};

export const Counts = z.record(z.string(), z.number());
export type Counts = z.output<typeof Counts>;

/** An app's key, and its integration of each manner. */
export const SoakApp = z.object({
  key: z.string(),
  integrations: z.object({ strict: z.string(), forgiving: z.string() }),
});
export type SoakApp = z.output<typeof SoakApp>;

/** A round of operations on vaults, by a clock that has gone on by so much since the round before. */
export const Round = z.object({
  seed: z.number(),
  /** Vaults at once. */
  vaults: z.number(),
  /** Operations on one that is called from outside, and on one that does them within its object. */
  operations: z.number(),
  inside: z.number(),
  passed_ms: z.number(),
  rates: Rates,
});
export type Round = z.output<typeof Round>;

export const RoundResult = z.object({
  operations: Counts,
  faults: Counts,
  /** What the plain model says otherwise: what was done, and what was found. */
  contradictions: z.array(z.string()),
});
export type RoundResult = z.output<typeof RoundResult>;
