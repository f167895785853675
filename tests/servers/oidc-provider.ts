/** An independent, certified authorization server on loopback: PKCE required, `iss` sent, redirect URIs exact, refresh tokens rotated. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { portOf } from "./port.ts";
import { redirectUri } from "../support/independent.ts";
import { BOUND_CLIENTS, BOUND_SECRET, OIDC_CLIENTS, REGISTERED_KEY } from "../support/oidc-clients.ts";
import { Provider, type Configuration } from "oidc-provider";

export interface OidcServer {
  readonly issuer: string;
  /** Where it listens itself. */
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** What it warns of where it is made is right for tests: their pages are its own, and nothing is kept. */
const FOR_TESTS = [
  "oidc-provider WARNING: a quick start development-only in-memory adapter is used",
  "oidc-provider WARNING: a quick start development-only feature devInteractions is enabled",
];

function knowingly<T>(make: () => T): T {
  const { warn } = console;
  console.warn = (text: string) => {
    if (!FOR_TESTS.some((known) => text.startsWith(known))) warn(text);
  };
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}

/**
 * Starts one for apps at these origins, on any free port.
 * @param known_as its issuer, where that is not where it listens
 */
export async function startOidcProvider(
  origins: readonly string[] = ["http://localhost:8787"],
  known_as?: string,
): Promise<OidcServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${portOf(server)}`;
  const issuer = known_as ?? origin;
  const configuration: Configuration = {
    clients: [
      ...OIDC_CLIENTS.map(({ id, token_endpoint_auth_method, client_secret }) => ({
        client_id: id,
        ...(client_secret === undefined ? {} : { client_secret }),
        token_endpoint_auth_method,
        redirect_uris: origins.map((app) => redirectUri(app, id)),
        grant_types: ["authorization_code", "refresh_token"],
        application_type: "native" as const,
      })),
      ...BOUND_CLIENTS.map(({ id, byKey, dpop, par }) => ({
        client_id: id,
        ...(byKey
          ? {
              token_endpoint_auth_method: "private_key_jwt" as const,
              token_endpoint_auth_signing_alg: "ES256" as const,
              jwks: { keys: [REGISTERED_KEY] },
            }
          : { token_endpoint_auth_method: "client_secret_post" as const, client_secret: BOUND_SECRET }),
        dpop_bound_access_tokens: dpop,
        require_pushed_authorization_requests: par,
        redirect_uris: origins.map((app) => redirectUri(app, id)),
        grant_types: ["authorization_code", "refresh_token"],
        application_type: "native" as const,
      })),
    ],
    pkce: { required: () => true },
    features: {
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      devInteractions: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      // Of a proof it wants its latest nonce, at the token endpoint and at the API.
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    },
    jwks: { keys: [{ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }) }] },
    scopes: ["openid", "profile", "email"],
    claims: { profile: ["name", "picture"], email: ["email"] },
    conformIdTokenClaims: false,
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `${sub} Independent`, email: `${sub}@example.org` }),
    }),
    cookies: { keys: ["only for tests"] },
  };
  const provider = knowingly(() => new Provider(issuer, configuration));
  server.on("request", provider.callback());
  return {
    issuer,
    origin,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
