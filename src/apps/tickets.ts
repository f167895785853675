/**
 * Links and codes that are handed out and come back: sealed, so that they cannot be made up or read, and naming the vault
 * that decides about them, once.
 */
import * as z from "zod/mini";
import { ANY, Wanted } from "../connections/vault/placing.ts";
import { open, randomId, seal, type KeyRing } from "../crypto.ts";

/**
 * `connect`: the link of a connect session, from before those were short. `finalize`: the code that finishes a connection.
 * The others are challenges that a passkey answers: a new one, one that confirms that, one that signs in and so says itself
 * which vault it is about.
 */
export type TicketKind = "connect" | "finalize" | "passkey_add" | "passkey_confirm" | "passkey_sign_in";

const Claims = z.object({
  nonce: z.string(),
  app: z.string(),
  vault: z.string(),
  /** Milliseconds since 1970. */
  expires_at: z.number(),
  /** Which connection a grant is to become. */
  wanted: z._default(Wanted, ANY),
});
export type TicketClaims = Omit<z.output<typeof Claims>, "nonce">;

const context = (kind: TicketKind) => ({ app: "", purpose: `ticket:${kind}`, record: [] });

/** A new one of 256 random bits and more, in characters that stand in a URL as they are. */
export function createTicket(
  ring: KeyRing,
  kind: TicketKind,
  claims: Omit<z.input<typeof Claims>, "nonce">,
): Promise<string> {
  return seal(ring, context(kind), JSON.stringify({ ...claims, nonce: randomId() }));
}

/** What a ticket says of itself; undefined for anything that was not handed out as one of this kind. */
export async function readTicket(ring: KeyRing, kind: TicketKind, ticket: string): Promise<TicketClaims | undefined> {
  try {
    return Claims.parse(JSON.parse(await open(ring, context(kind), ticket)));
  } catch {
    return undefined;
  }
}
