import { publicPart } from "../../src/contract/private-key.ts";

/** The clients it knows, one for each way of authenticating, and what CUSTOM_PROVIDERS says of them. */
export const OIDC_CLIENTS = [
  { id: "oidc-basic", token_endpoint_auth_method: "client_secret_basic", client_secret: "s3cret:with/odd+chars%" },
  { id: "oidc-post", token_endpoint_auth_method: "client_secret_post", client_secret: "another-s3cret" },
  { id: "oidc-public", token_endpoint_auth_method: "none", client_secret: undefined },
] as const;

/** The key that its clients show who they are by: of CLIENT_KEYS here, its public half there. */
export const CLIENT_KEY = {
  kid: "a-key-for-tests",
  kty: "EC",
  crv: "P-256",
  x: "DM-9OB3tYkZsjfjomfQV_M1Zjw5jWU_iL5QsTeAJgWA",
  y: "-adtVgRgiKTvurzuvEjS6-4vWko42TG_hiUUmvDKQyU",
  d: "88qkgydV7TICBl-ioOdGpMDnavkrHeZbqkk3l1te_eY",
} as const;

/** As it is registered, and served at `/.well-known/jwks.json`. */
export const REGISTERED_KEY = { ...publicPart(CLIENT_KEY), kid: CLIENT_KEY.kid, alg: "ES256", use: "sig" } as const;

/** Clients that are held to more: a key for a secret (RFC 7523), a key for each token (RFC 9449), pushed requests (RFC 9126). */
export const BOUND_CLIENTS = [
  { id: "oidc-key", byKey: true, dpop: false, par: false },
  { id: "oidc-dpop", byKey: false, dpop: true, par: false },
  { id: "oidc-par", byKey: false, dpop: false, par: true },
  { id: "oidc-all", byKey: true, dpop: true, par: true },
] as const;
export const BOUND_SECRET = "a-s3cret-of-a-bound-client";

/** The entries of CUSTOM_PROVIDERS for these. */
export function boundEntries(issuer: string) {
  return BOUND_CLIENTS.map(({ id, byKey, dpop, par }) => ({
    id,
    name: id,
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/token/revocation`,
    userinfo_endpoint: `${issuer}/me`,
    ...(par ? { pushed_authorization_request_endpoint: `${issuer}/request` } : {}),
    ...(dpop ? { dpop_bound_access_tokens: true } : {}),
    api_base_url: issuer,
    client_id: id,
    ...(byKey
      ? { token_endpoint_auth_method: "private_key_jwt" as const }
      : { token_endpoint_auth_method: "client_secret_post" as const, client_secret: BOUND_SECRET }),
    scopes: ["openid", "profile", "email"],
  }));
}

/** The entries of CUSTOM_PROVIDERS for this server. */
export function oidcEntries(issuer: string) {
  return OIDC_CLIENTS.map(({ id, token_endpoint_auth_method, client_secret }) => ({
    id,
    name: `OpenID (${token_endpoint_auth_method})`,
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/token/revocation`,
    userinfo_endpoint: `${issuer}/me`,
    api_base_url: issuer,
    client_id: id,
    ...(client_secret === undefined ? {} : { client_secret }),
    token_endpoint_auth_method,
    scopes: ["openid", "profile", "email"],
  }));
}
