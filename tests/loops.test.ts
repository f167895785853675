/** No call goes in circles: our own host is no service, and what comes back by another name of ours is known. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { guardNetwork } from "../src/loops.ts";
import { Services } from "../src/services.ts";
import { realWorld, type World } from "../src/world.ts";
import { call, makeApp } from "./support/integrator.ts";
import { APP, errorOf, request } from "./support/visitor.ts";

const OWN = ["https://latchkey.example", "https://alias.example"];
const HEADER = "CDN-Loop";

describe("our own host is no service", () => {
  it.each(["authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "api_base_url"])(
    "of an integration: %s",
    async (field) => {
      const app = await makeApp();
      const settings = {
        slug: "self",
        name: "Self",
        authorization_endpoint: "https://service.example.org/authorize",
        token_endpoint: "https://service.example.org/token",
        api_base_url: "https://service.example.org/api",
        client_id: "id",
        client_secret: "secret",
        scopes: ["read"],
        [field]: `${APP.replace("localhost", "LOCALHOST")}/proxy/github`,
      };
      const refused = await errorOf(await call(app.key, "PUT", `/apps/${app.id}/integrations`, settings));
      expect(refused).toMatchObject({ status: 400, error: "invalid_request" });
      expect(refused.message).toContain(field);
    },
  );

  it.each(["authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "api_base_url"])(
    "of a provider in the configuration, which says so before anybody connects: %s",
    async (field) => {
      const entry = {
        id: "self",
        name: "Self",
        authorization_endpoint: "https://service.example.org/authorize",
        token_endpoint: "https://service.example.org/token",
        api_base_url: "https://service.example.org/api",
        client_id: "id",
        client_secret: "secret",
        scopes: ["read"],
        [field]: "https://Latchkey.example.com/proxy/github",
      };
      const overrides = {
        PUBLIC_URL: "https://latchkey.example.com",
        CUSTOM_PROVIDERS: JSON.stringify([entry, { ...entry, id: "well", [field]: "https://service.example.org/x" }]),
      };
      const refused = await errorOf(await request("/auth/self", {}, overrides));
      expect(refused).toMatchObject({ status: 500, error: "config_error" });
      expect(refused.message).toContain(`CUSTOM_PROVIDERS is wrong: self.${field}: leads back`);
      expect((await request("/integrations/well/authorize", { method: "POST" }, overrides)).status).not.toBe(500);
    },
  );

  it("of a webhook", async () => {
    const app = await makeApp();
    const refused = await errorOf(await call(app.key, "PUT", `/apps/${app.id}/webhook`, { url: `${APP}/health` }));
    expect(refused).toMatchObject({ status: 400, error: "invalid_request" });
  });

  it("of an integration that is called, whoever has described it", async () => {
    const services = new Services(realWorld, env, { url: APP, waitUntil: () => {} });
    const [provider] = realWorld.providers;
    if (!provider) throw new Error("there are providers");
    const endpoint = services.endpoint({ provider, client: { client_id: "id", client_secret: null } });
    const outgoing = { headers: new Headers() };
    await expect(endpoint.fetch(`${APP}/proxy/github`, outgoing)).rejects.toMatchObject({ code: "host_denied" });
  });

  it("whatever is asked for there", async () => {
    const sent: unknown[] = [];
    const fetch = guardNetwork(
      async (input) => {
        sent.push(input);
        return new Response();
      },
      OWN,
      "",
    );
    const outgoing = { headers: new Headers() };
    for (const origin of OWN) {
      for (const address of [origin, origin.replace("://", "://name:word@"), origin.replace("://", "://NAME@")]) {
        const url = `${address}/x`;
        for (const input of [new URL(url).href, new Request(url)]) {
          await expect(fetch(input, outgoing)).rejects.toMatchObject({ code: "host_denied" });
        }
      }
    }
    expect(sent).toEqual([]);
  });
});

describe("a call that comes back", () => {
  it("carries the hosts of ours that it has come through, and no other network's", async () => {
    const sent: Headers[] = [];
    const network: World["fetch"] = async (_, { headers }) => {
      sent.push(headers);
      return new Response();
    };
    await guardNetwork(network, OWN, "")("https://service.example.org/", { headers: new Headers() });
    const through = "cloudflare; loops=1, other.example; via=latchkey";
    await guardNetwork(
      network,
      OWN,
      through,
    )("https://service.example.org/", { headers: new Headers({ [HEADER]: "x" }) });
    expect(sent.map((headers) => headers.get(HEADER))).toEqual([
      "latchkey.example; via=latchkey",
      "other.example; via=latchkey, latchkey.example; via=latchkey",
    ]);
  });

  it.each(["/health", "/proxy/github/user", "/integrations"])("is refused: %s", async (path) => {
    const headers = { [HEADER]: "other.example; via=latchkey,localhost:8787; via=latchkey" };
    expect(await errorOf(await request(path, { headers }))).toMatchObject({ status: 508, error: "loop_detected" });
  });

  it.each(["cloudflare", "other.example; via=latchkey", "localhost:8787", "via=latchkey"])(
    "is none that has come through %s alone",
    async (through) => {
      expect((await request("/health", { headers: { [HEADER]: through } })).status).toBe(200);
    },
  );
});
