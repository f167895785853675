/** CUSTOM_PROVIDERS: any provider without code, and what is refused. */
import { describe, expect, it } from "vitest";
import { Integrations } from "../../src/api.ts";
import { Config } from "../../src/config.ts";
import { type CustomProviderEntry } from "../../src/contract/entry.ts";
import { among } from "../../src/catalogue/catalogue.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { toProvider } from "../../src/contract/custom.ts";
import { Visitor, errorOf } from "../support/visitor.ts";

const entry = {
  id: "acme",
  name: "Acme",
  authorization_endpoint: "https://login.acme.com/authorize",
  token_endpoint: "https://login.acme.com/token",
  api_base_url: "https://api.acme.com",
  client_id: "id",
  client_secret: "secret",
  scopes: ["read", "write"],
} satisfies CustomProviderEntry;

const provider = (fields: Partial<CustomProviderEntry> & { id?: string }, loopback = false) => {
  const [parsed] = new Config({ CUSTOM_PROVIDERS: JSON.stringify([{ ...entry, ...fields }]) }).customProviders();
  if (!parsed) throw new Error("no entry");
  if ("problem" in parsed) throw parsed.problem;
  return toProvider(parsed.entry, among(builtInProviders), loopback);
};

const extended = (fields: Partial<CustomProviderEntry>) =>
  toProvider({ id: "x", client_id: "id", client_secret: "secret", ...fields }, among(builtInProviders), false);

describe("an entry of its own", () => {
  it("has the defaults of the RFCs", () => {
    expect(provider({})).toMatchObject({
      token_endpoint_auth_method: "client_secret_basic",
      code_challenge_method: "S256",
      scope_separator: " ",
      revocation: null,
      profile: null,
    });
  });

  it.each([
    ["http", { token_endpoint: "http://login.acme.com/token" }, "token_endpoint"],
    ["a loopback address", { api_base_url: "http://127.0.0.1/" }, "api_base_url"],
    ["an address", { api_base_url: "https://10.0.0.1/" }, "api_base_url"],
    ["an IPv6 address", { token_endpoint: "https://[fd00::1]/" }, "token_endpoint"],
    ["a number for an address", { token_endpoint: "https://2130706433/" }, "token_endpoint"],
    ["a local name", { userinfo_endpoint: "https://printer.local/" }, "userinfo_endpoint"],
    ["a name of a cluster", { token_endpoint: "https://kubernetes.default.svc/" }, "token_endpoint"],
    ["a name of a home", { token_endpoint: "https://x.home.arpa/" }, "token_endpoint"],
    ["a name of an office", { api_base_url: "https://wiki.corp/" }, "api_base_url"],
    ["a private name", { api_base_url: "https://x.private" }, "api_base_url"],
    ["an onion", { api_base_url: "https://abc.onion" }, "api_base_url"],
    ["the port of another protocol", { token_endpoint: "https://login.acme.com:22/" }, "token_endpoint"],
    ["an empty fragment", { api_base_url: "https://api.acme.com/#" }, "api_base_url"],
    ["a bare name", { revocation_endpoint: "https://intranet/" }, "revocation_endpoint"],
    ["a user in the URL", { token_endpoint: "https://a:b@login.acme.com/" }, "token_endpoint"],
    ["no URL", { authorization_endpoint: "login" }, "authorization_endpoint"],
    ["another scheme", { authorization_endpoint: "javascript:alert(1)" }, "authorization_endpoint"],
    ["an id with a slash", { id: "a/b" }, "id"],
    ["a secret with a line break", { client_secret: "a\r\nb" }, "client_secret"],
    ["a scope with a space", { scopes: ["a b"] }, "scopes"],
    ["a public client without PKCE", { token_endpoint_auth_method: "none" as const, pkce: false }, "pkce"],
  ])("is refused with %s, naming the field", (_, fields, field) => {
    expect(() => provider(fields)).toThrow(new RegExp(field));
  });

  it("may be on this machine in development", () => {
    expect(provider({ token_endpoint: "http://127.0.0.1:9000/token" }, true).token_endpoint).toBe(
      "http://127.0.0.1:9000/token",
    );
    expect(() => provider({ token_endpoint: "http://10.0.0.1/token" }, true)).toThrow(/https/);
  });

  it("has to be complete", () => {
    const [read] = new Config({
      CUSTOM_PROVIDERS: '[{"id":"x","client_id":"a","client_secret":"b"}]',
    }).customProviders();
    expect(read).toMatchObject({ id: "x", problem: { code: "config_error" } });
    expect(read && "problem" in read && read.problem.message).toMatch(/x: name: is required/);
  });
});

describe("a wrong entry", () => {
  const good = { ...entry, id: "good" };

  it.each([
    ["with a wrong field", { ...entry, scopes: "read" }, "acme", /acme: scopes/],
    [
      "with an endpoint that is not allowed",
      { ...entry, token_endpoint: "http://10.0.0.1/t" },
      "acme",
      /token_endpoint/,
    ],
    ["that extends nothing", { id: "acme", extends: "nowhere", client_id: "a", client_secret: "b" }, "acme", /extends/],
    ["that is incomplete", { id: "acme", client_id: "a", client_secret: "b" }, "acme", /acme: name/],
    ["with the id of a built-in one", { ...entry, id: "github" }, "custom-1", /github is taken/],
    ["with an id that is none", { ...entry, id: "a/b" }, "custom-1", /custom-1: id/],
    ["that is no entry", 5, "custom-1", /custom-1/],
  ])("%s is refused alone, and said to be", async (_, wrong, id, reason) => {
    const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([wrong, good]) });
    const { integrations } = await visitor.json("/integrations", Integrations);
    const found = Object.fromEntries(integrations.map(({ integration, status }) => [integration, status]));
    expect(found).toMatchObject({ [id]: "not_configured", good: "not_connected", github: "not_connected" });
    const answer = await errorOf(await visitor.fetch(`/auth/${id}`));
    expect(answer).toMatchObject({ status: 500, error: "config_error" });
    expect(answer.message).toMatch(reason);
    expect((await visitor.fetch("/auth/good")).status).toBe(200);
    expect((await visitor.fetch("/auth/github")).status).toBe(200);
  });

  it("with the id of one before it is refused alone, whichever comes first", async () => {
    const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([good, good]) });
    expect((await visitor.fetch("/auth/good")).status).toBe(200);
    expect((await errorOf(await visitor.fetch("/auth/custom-2"))).message).toMatch(/good is taken/);
  });
});

it("an entry whose API stands where the token answer says is used, and stops no other", async () => {
  const told = {
    ...entry,
    id: "told",
    token_details: { instance_url: { path: "instance_url", pattern: "https://[a-z]+\\.acme\\.com" } },
    api_base_url: "{instance_url}/v1",
  };
  const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([told, { ...entry, id: "good" }]) });
  for (const id of ["told", "good"]) expect((await visitor.fetch(`/auth/${id}`)).status).toBe(200);
});

describe("an entry that extends a built-in one", () => {
  it("at the same service keeps everything it does not name (a Microsoft tenant)", () => {
    const tenant = "https://login.microsoftonline.com/contoso/oauth2/v2.0";
    const microsoft = extended({
      extends: "microsoft",
      authorization_endpoint: `${tenant}/authorize`,
      token_endpoint: `${tenant}/token`,
    });
    expect(microsoft.name).toBe("Microsoft");
    expect(microsoft.token_endpoint).toBe(`${tenant}/token`);
    expect(microsoft.resources).toHaveLength(2);
    expect(microsoft.profile).not.toBeNull();
  });

  it("with another consent page keeps the rest (HubSpot in the EU)", () => {
    const hubspot = extended({
      extends: "hubspot",
      authorization_endpoint: "https://app-eu1.hubspot.com/oauth/authorize",
    });
    expect(hubspot.revocation?.endpoint).toBe("https://api.hubapi.com/oauth/2026-03/token/revoke");
  });

  it("elsewhere takes along what is under its API, and leaves nothing at the old hosts (GitHub Enterprise)", () => {
    const github = extended({
      extends: "github",
      authorization_endpoint: "https://git.acme.com/login/oauth/authorize",
      token_endpoint: "https://git.acme.com/login/oauth/access_token",
      api_base_url: "https://git.acme.com/api/v3",
    });
    expect(github.revocation?.endpoint).toBe("https://git.acme.com/api/v3/applications/{client_id}/token");
    expect(github.issuer).toBeNull();
    // What its errors name are words, and nothing is sent there.
    const { errors: _, ...api } = github.api;
    expect(JSON.stringify({ ...github, docs: null, api })).not.toContain("github.com");
  });

  it("names one that is there", () => {
    expect(() => extended({ extends: "nowhere" })).toThrow(/extends/);
  });
});
