/** A broken configuration names itself, stops what needs it and nothing else, and stores nothing. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Config } from "../src/config.ts";
import { CLIENT_KEY } from "./support/oidc-clients.ts";
import { Visitor, errorOf, request } from "./support/visitor.ts";

const KEY = "c2FuZGJveC1vbmx5LW5ldmVyLXVzZS1lbHNld2hlcmU";

describe("SEALING_KEYS", () => {
  it.each([
    ["missing", undefined],
    ["empty", ""],
    ["without an id", KEY],
    ["too short", "k1:c2hvcnQ"],
    ["not base64url", "k1:***"],
    ["the same id twice", `k1:${KEY},k1:${KEY}`],
  ])("%s: every route that stores says so, and nothing is stored", async (_, value) => {
    const before = (await env.KV.list()).keys.length;
    const overrides = { SEALING_KEYS: value };
    for (const path of ["/auth/github", "/integrations/github/authorize"]) {
      const answer = await errorOf(await request(path, {}, overrides));
      expect(answer).toMatchObject({ status: 500, error: "config_error" });
      expect(answer.message).toContain("SEALING_KEYS");
      expect(answer.message).not.toContain(KEY);
    }
    expect((await new Visitor(overrides).navigate("/auth/github")).status).toBe(500);
    expect((await env.KV.list()).keys).toHaveLength(before);
    expect((await request("/health", {}, overrides)).status).toBe(200);
    expect((await request("/integrations", {}, overrides)).status).toBe(200);
  });

  it("seals with the first key and opens with all", () => {
    const { active, keys } = new Config({ SEALING_KEYS: `new:${KEY}, old:${KEY}` }).keyRing();
    expect(active).toBe("new");
    expect([...keys.keys()]).toEqual(["new", "old"]);
  });
});

describe.each([
  ["PUBLIC_URL", "not a url", "/auth/github"],
  ["FRONTEND_SUCCESS_URL", "javascript:alert(1)", "/auth/github"],
  ["GITHUB_CLIENT_ID", "  ", "/auth/github"],
  ["GITHUB_CLIENT_SECRET", "line\nbreak", "/auth/github"],
  ["CUSTOM_PROVIDERS", "{", "/integrations"],
  ["CUSTOM_PROVIDERS", "{}", "/integrations"],
  ["CLIENT_KEYS", "{", "/.well-known/jwks.json"],
  ["CLIENT_KEYS", '[{"kty":"RSA","kid":"a","n":"n-of-a-key","d":"d-of-a-key"}]', "/.well-known/jwks.json"],
  ["CLIENT_KEYS", JSON.stringify([{ ...CLIENT_KEY, d: "short" }]), "/.well-known/jwks.json"],
])("%s = %j", (name, value, path) => {
  it("is named in the answer, its value is not", async () => {
    const response = await new Visitor({ [name]: value }).fetch(path, { headers: { "Sec-Fetch-Mode": "navigate" } });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain(name);
    if (value.length > 2) expect(text).not.toContain(value);
  });
});

it("takes blanks in a client id and its secret, as RFC 6749 A.1 and A.2 have them", () => {
  const client = { client_id: "two words", client_secret: " s 3 cret " };
  const config = new Config({ GITHUB_CLIENT_ID: client.client_id, GITHUB_CLIENT_SECRET: client.client_secret });
  expect(config.client("github", false)).toEqual({ client });
});

describe("PUBLIC_URL", () => {
  it("is where the provider sends people back to", async () => {
    const response = await new Visitor({ PUBLIC_URL: "https://connect.example.com/" }).navigate("/auth/github");
    const redirect_uri = new URL(response.headers.get("Location") ?? "").searchParams.get("redirect_uri");
    expect(redirect_uri).toBe("https://connect.example.com/callback/github");
  });
});

describe("CLIENT_KEYS", () => {
  const OLDER = { ...CLIENT_KEY, kid: "older" };
  const config = new Config({ CLIENT_KEYS: JSON.stringify([CLIENT_KEY, OLDER]) });

  it("has the first sign, and all known", () => {
    expect(config.clientKey().kid).toBe(CLIENT_KEY.kid);
    expect(config.clientKeys().map(({ kid }) => kid)).toEqual([CLIENT_KEY.kid, "older"]);
  });

  it("is asked for by who needs it alone", () => {
    const without = new Config({});
    expect(without.clientKeyFor({ token_endpoint_auth_method: "client_secret_basic" })).toEqual({});
    expect(() => without.clientKeyFor({ token_endpoint_auth_method: "private_key_jwt" })).toThrow(/CLIENT_KEYS/);
    expect(new Config({ CLIENT_KEYS: "" }).clientKeys()).toEqual([]);
  });
});
