/**
 * Links and codes that are handed out and come back: sealed, so that they cannot be made up or read, and naming the vault
 * that decides about them, once.
 */
import * as z from "zod/mini";
import { open, randomId, seal, type KeyRing } from "../crypto.ts";

/** `connect`: the link of a connect session. `finalize`: the code that finishes a connection. */
export type TicketKind = "connect" | "finalize";

const Claims = z.object({
  nonce: z.string(),
  app: z.string(),
  vault: z.string(),
  /** Milliseconds since 1970. */
  expires_at: z.number(),
  /** Whether the connection may take the place of another account's. */
  replace: z._default(z.boolean(), false),
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
