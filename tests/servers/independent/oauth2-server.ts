/**
 * `@node-oauth/oauth2-server`, the library behind many authorization servers in Node, under an application of a few lines.
 *
 * What is different: it has no revocation endpoint, so a disconnect cannot be confirmed. It reads Basic credentials as they
 * are, without undoing any percent-encoding. A client it does not know is a 401 with a Basic challenge. It answers no
 * `scope` but what the token has, tells no issuer, and ends a refresh token before it makes the next one.
 */
import { createServer, type IncomingMessage } from "node:http";
import OAuth2Server from "@node-oauth/oauth2-server";
import { ADA, redirectUri, type IndependentServer } from "../../support/independent.ts";
import { portOf } from "../port.ts";
import { startFront } from "./front.ts";
import { signInPage } from "./sign-in-page.ts";
import type { Started } from "./started.ts";

const ID = "oauth2-server";
const CLIENT = { id: "node_client", secret: "s3cret_of-node.js" } as const;

/** Everything in memory, as the library asks an application to keep it. */
function toModel(redirect_uris: readonly string[]) {
  const client = { id: CLIENT.id, redirectUris: [...redirect_uris], grants: ["authorization_code", "refresh_token"] };
  const codes = new Map<string, OAuth2Server.AuthorizationCode>();
  const tokens = new Set<OAuth2Server.Token>();
  const model: OAuth2Server.AuthorizationCodeModel & OAuth2Server.RefreshTokenModel = {
    // The secret is null where only the client's redirect URIs are asked for.
    getClient: async (id, secret) => id === CLIENT.id && (secret === null || secret === CLIENT.secret) && client,
    saveAuthorizationCode: async (code, owner, user) => {
      const saved = { ...code, client: owner, user };
      codes.set(code.authorizationCode, saved);
      return saved;
    },
    getAuthorizationCode: async (code) => codes.get(code),
    revokeAuthorizationCode: async ({ authorizationCode }) => codes.delete(authorizationCode),
    saveToken: async (token, owner, user) => {
      const saved = { ...token, client: owner, user };
      tokens.add(saved);
      return saved;
    },
    getAccessToken: async (token) => [...tokens].find(({ accessToken }) => accessToken === token),
    getRefreshToken: async (token) => {
      const found = [...tokens].find(({ refreshToken }) => refreshToken === token);
      return found && { ...found, refreshToken: token };
    },
    revokeToken: async ({ refreshToken }) => {
      for (const token of tokens) if (token.refreshToken === refreshToken) delete token.refreshToken;
      return true;
    },
  };
  /** What Ada does on the application's own page of what she has allowed. */
  const removeAccess = (refreshToken: string): void => {
    for (const token of tokens) if (token.refreshToken === refreshToken) tokens.delete(token);
  };
  return { model, removeAccess };
}

async function toRequest(incoming: IncomingMessage): Promise<OAuth2Server.Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const url = new URL(incoming.url ?? "", "http://127.0.0.1");
  return new OAuth2Server.Request({
    method: incoming.method ?? "",
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    query: Object.fromEntries(url.searchParams),
    body: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
  });
}

/** Starts it for an app at this origin. */
export async function startOauth2Server(app: string): Promise<Started> {
  const front = await startFront("/token");
  const { model, removeAccess } = toModel([redirectUri(app, ID)]);
  const oauth = new OAuth2Server({ model });
  const answer = async (path: string, asked: OAuth2Server.Request, response: OAuth2Server.Response): Promise<void> => {
    const login = String(asked.body["login"] ?? "");
    switch (path) {
      case "/token":
        return void (await oauth.token(asked, response));
      case "/me": {
        await oauth.authenticate(asked, response);
        response.body = { sub: ADA.login, name: ADA.name, email: ADA.email };
        return;
      }
      case "/authorize":
        await oauth.authorize(asked, response, {
          authenticateHandler: { handle: () => login === ADA.login && { login } },
        });
        return;
      default:
        removeAccess(String(asked.body["token"] ?? ""));
    }
  };
  const server = createServer((incoming, outgoing) => {
    const [path = ""] = (incoming.url ?? "").split("?");
    if (path === "/authorize" && incoming.method === "GET") {
      return void outgoing.writeHead(200, { "Content-Type": "text/html" }).end(signInPage(incoming.url ?? ""));
    }
    void (async () => {
      const response = new OAuth2Server.Response({});
      // What goes wrong is in the response already.
      await answer(path, await toRequest(incoming), response).catch(() => {});
      outgoing.writeHead(response.status ?? 200, { "Content-Type": "application/json", ...response.headers });
      outgoing.end(JSON.stringify(response.body ?? {}));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  front.passTo(`http://127.0.0.1:${portOf(server)}`);
  const { origin } = front;
  const described: IndependentServer = {
    kind: "oauth2-server",
    origin,
    entries: [
      {
        id: ID,
        name: "oauth2-server",
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        userinfo_endpoint: `${origin}/me`,
        api_base_url: origin,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: "client_secret_basic",
        scopes: ["profile"],
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
