/**
 * `@better-auth/oauth-provider`: an OAuth 2.1 server that an application adds to its own sign-in.
 *
 * What is different: a refresh token comes only with the scope `offline_access`. It looks at the code before the client,
 * so that a wrong secret is not noticed with a code that is wrong as well, and it answers 400 where a token to be revoked
 * is gone already. Its issuer has a path. A refresh token that is used twice ends the grant; Basic credentials are
 * form-decoded.
 */
import { createServer } from "node:http";
import { oauthProvider } from "@better-auth/oauth-provider";
import { betterAuth, type BetterAuthPlugin } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import * as z from "zod";
import { ADA, redirectUri, type IndependentServer } from "../../support/independent.ts";
import { portOf } from "../port.ts";
import { startFront } from "./front.ts";
import type { Started } from "./started.ts";

const ID = "better-auth";
const SCOPES = ["openid", "profile", "email", "offline_access"];
const TABLES = ["user", "session", "account", "verification", "jwks", "oauthClient", "oauthAccessToken"];
const GRANT_TABLES = [
  "oauthRefreshToken",
  "oauthConsent",
  "oauthResource",
  "oauthClientResource",
  "oauthClientAssertion",
];

const Client = z.object({ client_id: z.string(), client_secret: z.string() });

/** Signs Ada up and has her register the client, over its API. */
async function registerClient(base: string, redirect_uri: string): Promise<z.output<typeof Client>> {
  const post = async (path: string, body: unknown, cookie = ""): Promise<Response> => {
    const headers = { "Content-Type": "application/json", Origin: new URL(base).origin, Cookie: cookie };
    const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`Better Auth answers ${response.status} to ${path}: ${await response.text()}`);
    return response;
  };
  const signedUp = await post("/sign-up/email", { name: ADA.name, email: ADA.email, password: ADA.password });
  const cookies = signedUp.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const client = {
    redirect_uris: [redirect_uri],
    // Only native applications may come back to this machine.
    application_type: "native",
    token_endpoint_auth_method: "client_secret_basic",
    scope: SCOPES.join(" "),
  };
  return Client.parse(await (await post("/oauth2/create-client", client, cookies.join("; "))).json());
}

/** Starts it for an app at this origin. */
export async function startBetterAuth(app: string): Promise<Started> {
  const front = await startFront("/api/auth/oauth2/token");
  const { origin } = front;
  const base = `${origin}/api/auth`;
  const plugins: BetterAuthPlugin[] = [jwt()];
  // Its type is not made for `exactOptionalPropertyTypes`.
  const provider: unknown = oauthProvider({ loginPage: "/sign-in", consentPage: "/consent", scopes: SCOPES });
  Reflect.apply(plugins.push, plugins, [provider]);
  const auth = betterAuth({
    baseURL: origin,
    secret: "only for tests, and long enough for them",
    database: memoryAdapter(Object.fromEntries([...TABLES, ...GRANT_TABLES].map((name) => [name, []]))),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    disabledPaths: ["/token"],
    plugins,
  });
  const server = createServer(toNodeHandler(auth));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  front.passTo(`http://127.0.0.1:${portOf(server)}`);
  const client = await registerClient(base, redirectUri(app, ID));
  const described: IndependentServer = {
    kind: "better-auth",
    origin,
    entries: [
      {
        id: ID,
        name: "Better Auth",
        issuer: base,
        authorization_endpoint: `${base}/oauth2/authorize`,
        token_endpoint: `${base}/oauth2/token`,
        revocation_endpoint: `${base}/oauth2/revoke`,
        userinfo_endpoint: `${base}/oauth2/userinfo`,
        api_base_url: origin,
        ...client,
        token_endpoint_auth_method: "client_secret_basic",
        scopes: SCOPES,
      },
    ],
    account: { name: ADA.name, email: ADA.email },
    refuses_without_a_word: false,
    spends_on_wrong_secret: false,
  };
  return {
    described,
    stop: async () => {
      await front.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
