/**
 * Each place where Latchkey takes in what others answer, pointed at the upstream. Never part of a deployment.
 *
 * - `POST /seed`                  `Seed` -> `Seeded`
 * - `ANY /proxy/microsoft/...`    the app itself, with a service in whose answers links are looked for
 * - `GET /{place}/{path}`         one answer of `{UPSTREAM}/{path}` taken in; the name of the error that it was
 */
import { env as variables } from "cloudflare:workers";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
import { Vault as VaultBase } from "../../src/connections/vault/vault.ts";
import { apiOf, callApi } from "../../src/data/provider-api.ts";
import { readProfile } from "../../src/data/profile.ts";
import { AppError } from "../../src/errors.ts";
import { refreshTokens } from "../../src/oauth/token-endpoint.ts";
import { send } from "../../src/oauth/transport.ts";
import { microsoft } from "../../src/providers/microsoft.ts";
import { realWorld, type World } from "../../src/world.ts";
import { seed } from "./seeding.ts";

/** Renews nothing of its own accord. */
export class Vault extends VaultBase {
  protected override dispatch(): Promise<void> {
    return Promise.resolve();
  }
}

const { UPSTREAM } = z.object({ UPSTREAM: z.string() }).parse(variables);
const world: World = {
  providers: [{ ...microsoft, api: { ...microsoft.api, base_url: UPSTREAM } }],
  fetch: (input, outgoing) => fetch(input, outgoing),
  defaults: { MICROSOFT_CLIENT_ID: "bench", MICROSOFT_CLIENT_SECRET: "bench" },
  gather_ms: realWorld.gather_ms,
};
const app = createApp(world);
const token = { access_token: "token", refresh_token: "refresh", expires_at: null, scopes: [], details: {} };

async function takeIn(place: string, url: string): Promise<unknown> {
  const provider = { ...microsoft, token_endpoint: url, api: { ...microsoft.api, base_url: url } };
  const endpoint = { provider, client: { client_id: "bench", client_secret: "bench" }, fetch: world.fetch };
  switch (place) {
    case "token":
      return refreshTokens(endpoint, token);
    case "userinfo":
      return readProfile(endpoint, token);
    case "items":
      return callApi(apiOf(endpoint, token), { path: "/items" });
    case "webhook":
      return send(world.fetch, new Request(url, { method: "POST", body: "{}" }), { bytes: 0 });
    default:
      throw new TypeError(place);
  }
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const [, place = "", ...path] = new URL(request.url).pathname.split("/");
    if (place === "seed") return seed(world, env, request);
    if (place === "proxy") return app.fetch(request, env, context);
    try {
      await takeIn(place, `${UPSTREAM}/${path.join("/")}`);
      return new Response("taken");
    } catch (error) {
      if (error instanceof AppError) return new Response(error.code);
      throw error;
    }
  },
};
