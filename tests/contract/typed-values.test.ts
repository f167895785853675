/** What is typed and what is captured, wherever a template may have it: in requests to a service's own endpoints. */
import { expect, it } from "vitest";
import { describe as toProvider } from "../../src/contract/describe.ts";
import type { Provider, ServiceDeclaration } from "../../src/contract/provider.ts";
import { stampOf } from "../../src/contract/stamp.ts";
import { apiOf } from "../../src/data/provider-api.ts";
import { checkCallback } from "../../src/oauth/authorization.ts";
import { checkClient } from "../../src/oauth/check-client.ts";
import { askAboutClient, revoke } from "../../src/oauth/revocation.ts";
import { exchangeCode, refreshTokens } from "../../src/oauth/token-endpoint.ts";
import type { TokenSet } from "../../src/oauth/token-set.ts";

const DESK = {
  id: "desk",
  name: "Desk",
  fields: { subdomain: { title: "Subdomain", pattern: "[a-z]+" } },
  authorization_endpoint: "https://{subdomain}.desk.com/authorize",
  token_endpoint: "https://{subdomain}.desk.com/token",
  token_request_headers: { "X-Desk": "{client_id} at {subdomain}" },
  api_base_url: "https://{subdomain}.desk.com/api",
  scopes: ["read"],
} satisfies ServiceDeclaration;

const TOKENS: TokenSet = {
  access_token: "at",
  refresh_token: "rt",
  expires_at: null,
  scopes: ["read"],
  details: { subdomain: "acme" },
};

/** A client at a service that notes what it is sent and answers with a token. */
function clientAt(provider: Provider) {
  const sent: Request[] = [];
  const fetch = (input: string | Request, init: RequestInit) => {
    sent.push(new Request(input, init));
    return Promise.resolve(Response.json({ access_token: "new", token_type: "Bearer" }));
  };
  return { sent, endpoint: { provider, client: { client_id: "app-1", client_secret: "secret" }, fetch } };
}

it("in the headers of token requests", async () => {
  const { sent, endpoint } = clientAt(toProvider(DESK));
  await refreshTokens(endpoint, TOKENS);
  const came = { state: "state", code: "code", error: null, iss: null };
  const here = { ...endpoint, provider: toProvider({ ...DESK, token_endpoint: "https://acme.desk.com/token" }) };
  const callback = checkCallback(here.provider, "app-1", came);
  await exchangeCode(here, callback, "https://app.example/callback", "v".repeat(43), { details: TOKENS.details });
  expect(sent.map(({ headers }) => headers.get("X-Desk"))).toEqual(["app-1 at acme", "app-1 at acme"]);
});

it("a field that is called as the client's id is, where there is no client", () => {
  const ledger = toProvider({
    id: "ledger",
    name: "Ledger",
    fields: { client_id: { title: "User" }, password: { title: "Password", secret: true } },
    api_base_url: "https://ledger.com",
    api: { stamp: { headers: { "X-User": "{client_id}" } }, headers: { "X-For": "{client_id}" } },
  });
  const held = { access_token: "", details: { client_id: "ada" }, fields: { password: "word" } };
  expect(stampOf(ledger, "", held).headers).toEqual({ "X-User": "ada" });
  const { endpoint } = clientAt(ledger);
  expect(apiOf({ ...endpoint, client: { client_id: "", client_secret: null } }, held).headers).toEqual({
    "X-For": "ada",
  });
});

it("in the address, the headers and the stamp of a request that takes a token back", async () => {
  const { sent, endpoint } = clientAt(
    toProvider({
      ...DESK,
      api: { stamp: { headers: { "X-Session": "{access_token}" }, query: { key: "{access_token}" } } },
      revocation: {
        endpoint: "https://{subdomain}.desk.com/{client_id}/revoke",
        method: "POST",
        authentication: "token",
        body: null,
        ends: "grant",
      },
    }),
  );
  await revoke(endpoint, TOKENS);
  const [request] = sent;
  expect(request?.url).toBe("https://acme.desk.com/app-1/revoke?key=at");
  expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({ "x-session": "at", "x-desk": "app-1 at acme" });
  expect(request?.headers.has("Authorization")).toBe(false);
});

it("no client's secret is sent to an address that has a name in braces yet", async () => {
  const { sent, endpoint } = clientAt(
    toProvider({ ...DESK, fields: {}, revocation_endpoint: "https://{subdomain}.desk.com/revoke" }),
  );
  expect(await askAboutClient(endpoint)).toBe("unknown");
  expect(await checkClient(endpoint, "https://app.example/callback")).toBe("unknown");
  expect(sent).toEqual([]);
});
