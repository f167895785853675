/** Templates: where a value decides where a token goes, it is nothing but what it stands for. */
import { describe, expect, it } from "vitest";
import { describe as toProvider } from "../../src/contract/describe.ts";
import { Unfillable, fill, fillAddress, fillIn } from "../../src/contract/templates.ts";

const ZENDESK = "https://{subdomain}.zendesk.com/api/v2";

describe("a name in a host", () => {
  it.each([
    ["acme", "https://acme.zendesk.com/api/v2"],
    ["acme-2", "https://acme-2.zendesk.com/api/v2"],
    ["eu.acme", "https://eu.acme.zendesk.com/api/v2"],
    ["ACME", "https://acme.zendesk.com/api/v2"],
  ])("is filled in: %s", (subdomain, address) => {
    expect(fillAddress(ZENDESK, { subdomain })).toBe(address);
  });

  it.each([
    "evil.com/",
    "evil.com#",
    "evil.com?",
    "evil.com\\",
    "evil.com:443/",
    "user@evil.com/",
    "a@b",
    "evil.com%2f",
    "evil%2ecom",
    "..",
    ".acme",
    "acme.",
    "a..b",
    "-acme",
    "acme-",
    "ac me",
    "acme\n",
    "acme\tx",
    "münchen",
    "xn--mnchen-3ya/..",
    "1.2.3.4:80@x",
    "[::1]",
    "{client_id}",
    "a_b",
    // The sign for kelvin, which is a k in small letters.
    "\u212aelvin",
    "",
    "。evil",
    "evil．com",
  ])("is refused: %j", (subdomain) => {
    expect(() => fillAddress(ZENDESK, { subdomain })).toThrow(Unfillable);
  });
});

describe("a whole host that is typed", () => {
  const GITLAB = "https://{host}/oauth/token";

  it.each([
    ["gitlab.acme.com", "https://gitlab.acme.com/oauth/token"],
    ["gitlab.acme.com:8443", "https://gitlab.acme.com:8443/oauth/token"],
    ["gitlab.acme.com:443", "https://gitlab.acme.com:443/oauth/token"],
    ["xn--mnchen-3ya.de", "https://xn--mnchen-3ya.de/oauth/token"],
  ])("is filled in: %s", (host, address) => {
    expect(fillAddress(GITLAB, { host })).toBe(address);
  });

  it.each([
    "localhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "[fd00::1]",
    "intranet",
    "printer.local",
    "x.internal",
    "kubernetes.default.svc",
    "metadata.google.internal",
    "gitlab.acme.com:22",
    "gitlab.acme.com:80",
    "gitlab.acme.com:99999",
    "gitlab.acme.com:8443:1",
    "gitlab.acme.com:",
    "a@gitlab.acme.com",
    "gitlab.acme.com/x",
    "gitlab.acme.com.",
    "https://gitlab.acme.com",
  ])("is refused: %j", (host) => {
    expect(() => fillAddress(GITLAB, { host })).toThrow(Unfillable);
  });

  it("is on this machine only where the template says http, and then nowhere else", () => {
    expect(fillAddress("http://{host}/token", { host: "127.0.0.1:9000" })).toBe("http://127.0.0.1:9000/token");
    expect(() => fillAddress("http://{host}/token", { host: "gitlab.acme.com" })).toThrow(Unfillable);
  });
});

describe("a whole address that was captured", () => {
  it("has to be a public https one", () => {
    const api_domain = "https://acme.pipedrive.com";
    expect(fillAddress("{api_domain}/v1", { api_domain })).toBe("https://acme.pipedrive.com/v1");
    expect(fillAddress("{api_domain}/v1", { api_domain: `${api_domain}/` })).toBe("https://acme.pipedrive.com/v1");
  });

  it.each([
    "http://acme.pipedrive.com",
    "https://127.0.0.1",
    "https://a:b@acme.com",
    "https://acme.com?x=",
    "https://acme.com#",
    "javascript:alert(1)",
    "acme.com",
    "//acme.com",
    "",
  ])("is refused: %j", (api_domain) => {
    expect(() => fillAddress("{api_domain}/v1", { api_domain })).toThrow(Unfillable);
  });
});

it("a name in a path is escaped", () => {
  const address = fillAddress("https://api.acme.com/v1/{account}/x", { account: "../../admin?x=1#y" });
  expect(address).toBe("https://api.acme.com/v1/..%2F..%2Fadmin%3Fx%3D1%23y/x");
});

it("a name that every object has is no value", () => {
  expect(fill("{constructor}", {})).toBe("");
  expect(() => fillAddress("https://{constructor}.acme.com", {})).toThrow(Unfillable);
});

describe("a provider", () => {
  const provider = toProvider({
    id: "zendesk",
    name: "Zendesk",
    fields: { subdomain: { title: "Subdomain", pattern: "[a-z0-9-]+" } },
    authorization_endpoint: "https://{subdomain}.zendesk.com/oauth/authorizations/new",
    token_endpoint: "https://{subdomain}.zendesk.com/oauth/tokens",
    verify: { path: "/users/me.json" },
    api_base_url: "https://{shard}.zendesk.com/api/v2",
    api: { hosts: { files: "https://{subdomain}.files.zendesk.com" } },
    token_details: { shard: { path: "shard", pattern: "[a-z0-9]+" } },
    scopes: ["read"],
  });

  it("is filled in everywhere at once, and is the same object for the same values", () => {
    const one = fillIn(provider, { subdomain: "acme", shard: "s1" });
    expect(one).toMatchObject({
      authorization_endpoint: "https://acme.zendesk.com/oauth/authorizations/new",
      token_endpoint: "https://acme.zendesk.com/oauth/tokens",
      api: { base_url: "https://s1.zendesk.com/api/v2", hosts: { files: "https://acme.files.zendesk.com" } },
    });
    expect(fillIn(provider, { subdomain: "acme", shard: "s1" })).toBe(one);
    expect(fillIn(provider, { subdomain: "other", shard: "s1" }).token_endpoint).toContain("other.");
  });

  it("on the way to a connection has those addresses filled in that can be", () => {
    const begun = fillIn(provider, { subdomain: "acme" }, "known");
    expect(begun.token_endpoint).toBe("https://acme.zendesk.com/oauth/tokens");
    expect(begun.api.base_url).toBe("https://{shard}.zendesk.com/api/v2");
    expect(() => fillIn(provider, { subdomain: "acme" })).toThrow(Unfillable);
  });

  it("without names is the very same object", () => {
    const plain = toProvider({ id: "plain", api_base_url: "https://api.acme.com" });
    expect(fillIn(plain, { subdomain: "acme" })).toBe(plain);
  });
});
