/**
 * `oidc-provider`, certified by the OpenID Foundation, with a client for each way of authenticating.
 *
 * What is different: it is the strictest. PKCE is required and `iss` sent, redirect URIs are compared exactly, Basic
 * credentials are form-decoded, a refresh token that is used twice ends the grant, and so does revoking any of its tokens.
 */
import { ADA } from "../../support/independent.ts";
import { oidcEntries } from "../../support/oidc-clients.ts";
import { startOidcProvider } from "../oidc-provider.ts";
import { startFront } from "./front.ts";
import type { Started } from "./started.ts";

/** Starts it for an app at this origin. */
export async function startOidcBehindFront(app: string): Promise<Started> {
  const front = await startFront("/token");
  const server = await startOidcProvider([app], front.origin);
  front.passTo(server.origin);
  return {
    described: {
      kind: "oidc-provider",
      origin: front.origin,
      entries: oidcEntries(front.origin),
      account: { name: ADA.name, email: ADA.email },
      refuses_without_a_word: false,
      spends_on_wrong_secret: false,
    },
    stop: async () => {
      await Promise.all([front.stop(), server.stop()]);
    },
  };
}
