/** Through the proxy nothing issues, ends or tells of tokens, whoever described the provider; and nothing becomes a page of ours. */
import { describe, expect, it } from "vitest";
import { toTarget } from "../../src/proxy/target.ts";
import { defineProvider } from "../../src/contract/describe.ts";
import { microsoft } from "../../src/providers/microsoft.ts";
import { keyFor, request } from "../support/visitor.ts";

/** As an app may describe one: its endpoints lie under its API. */
const described = defineProvider({
  id: "linear",
  name: "Linear",
  docs: null,
  authorization_endpoint: "https://api.linear.app/oauth/authorize",
  token_endpoint: "https://api.linear.app/oauth/token",
  token_endpoint_auth_method: "client_secret_post",
  introspection_endpoint: "https://api.linear.app/oauth/introspect",
  revocation: {
    endpoint: "https://api.linear.app/oauth/revoke",
    method: "POST",
    authentication: "client",
    body: { token: "access_token", parameter: "token", format: "form" },
    ends: "token",
  },
  long_lived_exchange: { grant_type: "long", parameter: "token", endpoint: "https://api.linear.app/oauth/long" },
  refresh: { endpoint: "https://api.linear.app/oauth/refresh" },
  exchange: { endpoint: "https://api.linear.app/login" },
  pushed_authorization_request_endpoint: "https://api.linear.app/oauth/par",
  scopes: [],
  api_base_url: "https://api.linear.app",
  profile: null,
  resources: [],
});

it.each([
  "/oauth/token",
  "/oauth/token/",
  "/oauth/par",
  "/OAuth/Token",
  "//oauth//token",
  "/oauth%2Ftoken",
  "/oauth/%74oken",
  "/oauth/%2574oken",
  "/oauth/revoke",
  "/oauth/introspect",
  "/oauth/authorize",
  "/oauth/refresh",
  "/oauth/long",
  "/login",
])("a described provider's own %s is refused", (path) => {
  expect(() => toTarget(described, path, "")).toThrow(/issues, ends or inspects tokens/);
});

it.each(["/graphql", "/oauth", "/oauth/tokens", "/oauth/token-types", "/x/oauth/token"])("%s is not one", (path) => {
  expect(new URL(toTarget(described, path, "")).pathname).toBe(path);
});

it.each(["/v1.0/oauth2PermissionGrants", "/v1.0/me/oauth2PermissionGrants", "/v1.0/users/x/oauth2PermissionGrants/y"])(
  "Microsoft's %s is refused wherever it stands",
  (path) => expect(() => toTarget(microsoft, path, "")).toThrow(/issues, ends or inspects tokens/),
);

describe("no answer becomes a part of a page of ours, whoever asks", () => {
  it.each([
    "document",
    "iframe",
    "frame",
    "fencedframe",
    "embed",
    "object",
    "script",
    "style",
    "xslt",
    "worker",
    "sharedworker",
    "serviceworker",
    "audioworklet",
    "paintworklet",
    "manifest",
  ])("%s", async (destination) => {
    const { key } = await keyFor("facebook");
    const headers = { "Sec-Fetch-Dest": destination };
    const answer = await request(`/proxy/facebook/v25.0/me?access_token=${key}`, { headers });
    expect(answer.headers.get("X-Latchkey-Error")).toBe("csrf");
  });

  it.each(["empty", "image", "video"])("%s is data", async (destination) => {
    const { key } = await keyFor("facebook");
    const answer = await request(`/proxy/facebook/v25.0/me?access_token=${key}`, {
      headers: { "Sec-Fetch-Dest": destination },
    });
    expect(answer.status).toBe(200);
  });
});
