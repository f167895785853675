/** The clients it knows, one for each way of authenticating, and what CUSTOM_PROVIDERS says of them. */
export const OIDC_CLIENTS = [
  { id: "oidc-basic", token_endpoint_auth_method: "client_secret_basic", client_secret: "s3cret:with/odd+chars%" },
  { id: "oidc-post", token_endpoint_auth_method: "client_secret_post", client_secret: "another-s3cret" },
  { id: "oidc-public", token_endpoint_auth_method: "none", client_secret: undefined },
] as const;

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
