/** What a provider grants: the tokens of one consent, as everything above the token endpoint has them. */
import * as z from "zod/mini";

/** Visible ASCII: a token is sent in a header, where anything else would be an error or worse. */
export const Token = z.string().check(z.regex(/^[\x21-\x7e]+$/), z.maxLength(16_384));
/** RFC 6749 A.17: a space may stand in a refresh token, which is sent in no header. */
export const RefreshToken = z.string().check(z.regex(/^[\x20-\x7e]+$/), z.maxLength(16_384));

/** Times are milliseconds since 1970; null: the provider set none. */
export const TokenSet = z.object({
  access_token: Token,
  refresh_token: z.nullable(RefreshToken),
  expires_at: z.nullable(z.number()),
  scopes: z.array(z.string()),
  /** The provider's `token_details`. */
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type TokenSet = z.output<typeof TokenSet>;
