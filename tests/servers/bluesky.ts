/**
 * Bluesky's own authorization server (`@atproto/oauth-provider`, which each of its hosts runs), with one account and the call
 * that tells of it; `/-/living` says how many grants have not been taken back. It demands pushed requests, and proofs with its latest nonce at each endpoint and each call
 * (https://atproto.com/specs/oauth).
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { JoseKey } from "@atproto/jwk-jose";
import { oauthMiddleware } from "@atproto/oauth-provider/middleware";
import { OAuthProvider } from "@atproto/oauth-provider/provider";
import * as z from "zod";
import { blueskyStore } from "./bluesky-store.ts";
import { portOf } from "./port.ts";

const ACCOUNT = {
  did: "did:plc:adaadaadaadaadaadaadaada",
  pds: "did:web:localhost",
  deactivated: false,
  handle: "ada.test",
  email: "ada@example.org",
} as const;

/** Whose account a call is for: https://docs.bsky.app/docs/api/com-atproto-server-get-session */
const SESSION = "/xrpc/com.atproto.server.getSession";

/** What its errors say of themselves. */
const Refused = z.object({ status: z.number(), wwwAuthenticateHeader: z.string() });

export interface BlueskyServer {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** Starts one on any free port. */
export async function startBluesky(): Promise<BlueskyServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${portOf(server)}`;
  // One key for both, as its hosts have it: they read only what they have signed themselves.
  const jwk = { kty: "oct", k: randomBytes(32).toString("base64url"), alg: "HS256" };
  const key = await JoseKey.fromImportable(JSON.stringify(jwk), "a-key");
  const store = blueskyStore(ACCOUNT);
  const provider = new OAuthProvider({
    issuer: origin,
    keyset: [key],
    store,
    // It asks nobody on the internet.
    safeFetch: async () => Promise.reject(new Error("not in tests")),
  });
  const answerOAuth = oauthMiddleware(provider);
  server.on("request", (request, response) => {
    const url = new URL(request.url ?? "", origin);
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (url.pathname === "/-/living") return answer(200, { living: store.living() });
    if (url.pathname !== SESSION) {
      answerOAuth(request, response, () => answer(404, { error: "NotFound" }));
      return;
    }
    response.setHeader("DPoP-Nonce", provider.nextDpopNonce() ?? "");
    provider
      .authenticateRequest(request.method ?? "GET", url, request.headers)
      .then(({ sub }) => answer(200, { did: sub, handle: ACCOUNT.handle, active: true }))
      .catch((error: unknown) => {
        const { status, wwwAuthenticateHeader } = Refused.parse(error);
        response.setHeader("WWW-Authenticate", wwwAuthenticateHeader);
        answer(status, { error: "InvalidToken" });
      });
  });
  return {
    origin,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
