/** Where a proxied request goes, letter for letter, and where none goes. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import { readProxyPath, toProxied, toTarget } from "../../src/proxy/target.ts";
import { defineProvider } from "../../src/contract/describe.ts";
import type { Provider } from "../../src/contract/provider.ts";
import { plain } from "../oauth/answers.ts";

const provider: Provider = defineProvider({
  id: "plain",
  name: "Plain",
  docs: null,
  authorization_endpoint: "https://plain.example/authorize",
  token_endpoint: "https://plain.example/token",
  token_endpoint_auth_method: "client_secret_post",
  scopes: [],
  api_base_url: "https://api.plain.example",
  api: {
    base_path: "/v1",
    hosts: { "files.plain.example": "https://files.plain.example/up" },
    denied: ["^/v1/admin(?:/|$)"],
  },
  profile: null,
  resources: [],
});

describe("the path as it came", () => {
  it.each([
    ["/proxy/github/user?a=1", { integration: "github", path: "/user", query: "?a=1" }],
    ["/proxy/github", { integration: "github", path: "", query: "" }],
    ["/proxy/github/", { integration: "github", path: "/", query: "" }],
    ["/proxy/github/a%2Fb%20c", { integration: "github", path: "/a%2Fb%20c", query: "" }],
    ["/proxy/github/user?a=?", { integration: "github", path: "/user", query: "?a=?" }],
    ["/proxy/github/user?", { integration: "github", path: "/user", query: "?" }],
    [`/proxy/${"a".repeat(80)}/x`, { integration: "a".repeat(80), path: "/x", query: "" }],
    [`/proxy/${"a".repeat(81)}/x`, undefined],
    ["/proxy/GitHub/user", undefined],
    ["/proxy/git%68ub/user", undefined],
    ["/proxy/", undefined],
    ["/other/github/user", undefined],
    ["/x/proxy/github/user", undefined],
  ])("%s", (path, read) => expect(readProxyPath(`https://connect.example${path}`)).toEqual(read));
});

describe("a path goes", () => {
  it.each([
    ["/v1/me", "", "https://api.plain.example/v1/me"],
    ["/v1", "", "https://api.plain.example/v1"],
    ["/me", "?a=%2F", "https://api.plain.example/v1/me?a=%2F"],
    ["/v10/me", "", "https://api.plain.example/v1/v10/me"],
    ["", "", "https://api.plain.example/v1"],
    ["//v1/me", "", "https://api.plain.example/v1/me"],
    ["/v1//me", "", "https://api.plain.example/v1//me"],
    ["/v1/a%2Fb", "", "https://api.plain.example/v1/a%2Fb"],
    ["/v1/a..b/.c/...", "", "https://api.plain.example/v1/a..b/.c/..."],
    ["/~files.plain.example/x", "?y", "https://files.plain.example/up/x?y"],
    ["/~files.plain.example", "", "https://files.plain.example/up"],
    // An endpoint of the same name at another host is none of the provider's.
    ["/token", "", "https://api.plain.example/v1/token"],
    ["/v1/administrators", "", "https://api.plain.example/v1/administrators"],
  ])("%s%s", (path, query, url) => expect(toTarget(provider, path, query)).toBe(url));

  it("to the root of an API without a path", () => {
    expect(toTarget(plain, "", "")).toBe("https://api.plain.example/");
    expect(toTarget(plain, "/", "")).toBe("https://api.plain.example/");
  });
});

it("every path that goes is sent as the parser of URLs writes it, and below the API", () => {
  const text = fc.string({
    unit: fc.constantFrom(...Array.from("ab01/.%2eE~?&=;:@!'()*+,|^[]{}<>`\"\\ #é")),
    maxLength: 12,
  });
  const property = fc.property(text, text, (path, rest) => {
    const query = rest === "" ? "" : `?${rest.replaceAll("#", "")}`;
    let target: string;
    try {
      target = toTarget(provider, path.replaceAll("?", ""), query);
    } catch (error) {
      if (error instanceof AppError) return;
      throw error;
    }
    const { href, origin } = new URL(target);
    expect(target).toBe(href);
    expect(origin).toBe("https://api.plain.example");
  });
  fc.assert(property, { numRuns: 5000, seed: 1 });
});

describe("no path goes", () => {
  it.each([
    ["/~other.example/x", "host_denied"],
    ["/~constructor/x", "host_denied"],
    ["/v1/.", "bad_path"],
    ["/v1/../x", "bad_path"],
    ["/v1/%252e/x", "bad_path"],
    ["/v1/..", "bad_path"],
    ["/v1/%2e%2e/x", "bad_path"],
    ["/v1/%2E./x", "bad_path"],
    ["/v1/%252e%252e/x", "bad_path"],
    ["/v1/..%2fx", "bad_path"],
    ["/v1/..%5cx", "bad_path"],
    ["/v1/a\\..\\b", "bad_path"],
    ["/~files.plain.example/../x", "bad_path"],
    ["/v1/a b", "bad_path"],
    ["/v1/admin", "path_denied"],
    ["/admin", "path_denied"],
    ["/v1/Admin/x", "path_denied"],
    ["/v1//admin", "path_denied"],
    ["/v1/%61dmin", "path_denied"],
    ["/v1/%2561dmin", "path_denied"],
    ["/v1\\admin", "bad_path"],
    ["/v1/%5Cadmin", "path_denied"],
    ["/v1/ad%FFmin/%2e%2e", "bad_path"],
  ])("%s: %s", (path, code) => {
    expect(() => toTarget(provider, path, "")).toThrow(expect.objectContaining({ code }));
  });
});

it.each([".evil.example/x", "@evil.example/x", ":8443/x"])(
  "what would make another host of the provider's, %s, goes nowhere",
  (path) => expect(() => toTarget(plain, path, "")).toThrow(expect.objectContaining({ code: "bad_path" })),
);

describe("the path of an OAuth endpoint", () => {
  const at = (base_url: string, token_endpoint: string): Provider => ({
    ...plain,
    token_endpoint,
    api: { ...plain.api, base_url },
  });

  it("is refused where it is the only one at the API's host", () => {
    const alone = at("https://api.plain.example", "https://api.plain.example/token");
    expect(() => toTarget(alone, "/token", "")).toThrow(expect.objectContaining({ code: "path_denied" }));
  });

  it("is free at a host that only ends like the endpoint's", () => {
    const beside = at("https://plain.example:8443", "https://auth.plain.example/token");
    expect(toTarget(beside, "/token", "")).toBe("https://plain.example:8443/token");
  });
});

describe("a link leads through the proxy", () => {
  const PROXY = "https://connect.example/proxy/plain";
  it.each([
    ["https://api.plain.example/v1/me?page=2", `${PROXY}/v1/me?page=2`],
    ["https://api.plain.example", PROXY],
    ["https://files.plain.example/up/x", `${PROXY}/~files.plain.example/x`],
    ["https://files.plain.example/down/x", undefined],
    ["https://api.plain.example.evil.example/x", undefined],
    ["https://elsewhere.example/x", undefined],
  ])("%s", (url, proxied) => expect(toProxied(provider, PROXY, url)).toBe(proxied));
});
