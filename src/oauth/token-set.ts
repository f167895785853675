/** What a connection holds: the tokens of one consent, or what a person has typed, as everything above the token endpoint has it. */
import * as z from "zod/mini";
import { PrivateKey } from "../contract/private-key.ts";

/** Visible ASCII: a token is sent in a header, where anything else would be an error or worse. */
export const Token = z.string().check(z.regex(/^[\x21-\x7e]+$/), z.maxLength(16_384));
/** RFC 6749 A.17: a space may stand in a refresh token, which is sent in no header. */
export const RefreshToken = z.string().check(z.regex(/^[\x20-\x7e]+$/), z.maxLength(16_384));

/** What people have typed and nobody is shown again, by the name of its field. */
export const SecretFields = z.record(z.string(), z.string());

/** Times are milliseconds since 1970; null: the provider set none. */
export const TokenSet = z.object({
  /** Empty where the fields themselves stand on calls, and there is no token. */
  access_token: z.union([Token, z.literal("")]),
  refresh_token: z.nullable(RefreshToken),
  expires_at: z.nullable(z.number()),
  scopes: z.array(z.string()),
  /** What was typed that is no secret, and what was captured of answers. */
  details: z.record(z.string(), z.union([z.string(), z.number()])),
  fields: z.exactOptional(SecretFields),
  /** What the token is bound to (RFC 9449). */
  dpop_key: z.exactOptional(PrivateKey),
});
export type TokenSet = z.output<typeof TokenSet>;

/**
 * What is there before there is a token: what a person has typed, that may stand in addresses and be kept in the open and that
 * may not, and the key that the token is to be bound to.
 */
export type Typed = Pick<TokenSet, "details" | "fields" | "dpop_key">;
export const NOTHING_TYPED: Typed = { details: {} };
