/** The world of the soak: two services of one cruel provider on loopback, and what a deployment remembers for how long. */
import { env as variables } from "cloudflare:workers";
import * as z from "zod/mini";
import { defineProvider } from "../../../src/contract/describe.ts";
import type { Provider } from "../../../src/contract/provider.ts";
import { toAccount } from "../../../src/contract/reading.ts";
import { network, realWorld, type World } from "../../../src/world.ts";
import { MANNERS, type Manner } from "../../soak/wire.ts";

const { PROVIDER } = z.object({ PROVIDER: z.string() }).parse(variables);

function service(manner: Manner): Provider {
  const origin = `${PROVIDER}/${manner}`;
  const isStrict = manner === "strict";
  return defineProvider({
    id: manner,
    name: manner,
    docs: null,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    token_endpoint_auth_method: "client_secret_post",
    revocation: {
      endpoint: `${origin}/revoke`,
      method: "POST",
      authentication: "client",
      body: { token: "refresh_token", parameter: "token", format: "form" },
      ends: isStrict ? "token" : "grant",
    },
    scopes: ["read"],
    refresh: { rotates: true, ends_old_access_token: isStrict },
    api_base_url: `${origin}/api`,
    profile: {
      requests: { user: { path: "/me" } },
      account: z.pipe(
        z.object({ user: z.object({ account: z.string() }) }),
        z.transform(({ user }) => toAccount({ id: user.account, name: user.account })),
      ),
    },
    resources: [],
  });
}

export const world: World = {
  providers: MANNERS.map(service),
  fetch: network,
  defaults: {},
  gather_ms: realWorld.gather_ms,
};
