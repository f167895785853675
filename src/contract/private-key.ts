/** A private key of ours on P-256 (RFC 7517, RFC 7518 6.2): of the client, or of one connection. */
import * as z from "zod/mini";

const Coordinate = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

export const PrivateKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: Coordinate,
  y: Coordinate,
  d: Coordinate,
});
export type PrivateKey = z.output<typeof PrivateKey>;

/** What may be known of it: the same without `d`. */
export const publicPart = ({ kty, crv, x, y }: PrivateKey): Omit<PrivateKey, "d"> => ({ kty, crv, x, y });
