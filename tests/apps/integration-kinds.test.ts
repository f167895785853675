/** An app's integration of any kind: taken as it is described, and told of by the very field that is wrong. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { SavedIntegration } from "../../src/api-apps.ts";
import { call, makeApp } from "../support/integrator.ts";
import { errorOf } from "../support/visitor.ts";

const ErrorAnswer = z.object({ error: z.string(), message: z.string(), param: z.nullable(z.string()) });

const app = await makeApp({ services: [] });
const put = (settings: Readonly<Record<string, unknown>>) =>
  call(app.key, "PUT", `/apps/${app.id}/integrations`, settings);

const KEY = {
  slug: "desk",
  name: "Desk",
  fields: { api_key: { title: "API key", secret: true } },
  api_base_url: "https://api.desk.com",
  api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
  verify: { path: "/me" },
};
const OAUTH = {
  slug: "zen",
  name: "Zen",
  fields: { subdomain: { title: "Subdomain", pattern: "[a-z]+" } },
  authorization_endpoint: "https://{subdomain}.zen.com/authorize",
  token_endpoint: "https://{subdomain}.zen.com/token",
  api_base_url: "https://{subdomain}.zen.com/api",
  scopes: ["read"],
  client_id: "id",
  client_secret: "secret",
};

const HOSTS = { files: "https://files.zen.com", mail: "https://mail.zen.com" };

it("of fields needs no client, and of OAuth has one", async () => {
  const key = SavedIntegration.parse(await (await put(KEY)).json());
  expect(key).toMatchObject({ slug: "desk", client_id: null, has_client_secret: false, client_check: "unknown" });
  const oauth = SavedIntegration.parse(await (await put(OAUTH)).json());
  expect(oauth).toMatchObject({ slug: "zen", client_id: "id", has_client_secret: true, client_check: "unknown" });
});

describe("is refused by the field that is wrong, with what would be right", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string, RegExp]>([
    ["a field that nobody knows", { ...KEY, api_kye: 1 }, "api_kye", /api_kye/],
    ["one inside another", { ...KEY, api: { stamps: {} } }, "api.stamps", /stamps/],
    ["no input", { ...KEY, fields: {} }, "fields", /at least one/],
    ["nothing that verifies", { ...KEY, verify: undefined }, "verify", /is required/],
    ["no stamp", { ...KEY, api: {} }, "api.stamp", /where the fields stand/],
    [
      "a name that is no field",
      { ...KEY, api: { stamp: { headers: { "X-Api-Key": "{key}" } } } },
      "api.stamp.headers.X-Api-Key",
      /\{key\}/,
    ],
    [
      "a header of ours",
      { ...KEY, api: { stamp: { headers: { "X-Latchkey-Key": "{api_key}" } } } },
      "api.stamp.headers.X-Latchkey-Key",
      /Latchkey sets itself/,
    ],
    ["the host", { ...KEY, api: { ...KEY.api, headers: { Host: "x" } } }, "api.headers.Host", /Latchkey sets itself/],
    [
      "a credential among the headers",
      { ...KEY, api: { ...KEY.api, headers: { Authorization: "x" } } },
      "api.headers.Authorization",
      /api\.stamp/,
    ],
    [
      "a secret in an address",
      { ...KEY, api_base_url: "https://api.desk.com/{api_key}" },
      "api_base_url",
      /no address/,
    ],
    [
      "a host without a pattern",
      { ...OAUTH, fields: { subdomain: { title: "Subdomain" } } },
      "fields.subdomain.pattern",
      /where tokens go/,
    ],
    [
      "a template without its field",
      { ...OAUTH, api_base_url: "https://{tenant}.zen.com" },
      "api_base_url",
      /\{tenant\}/,
    ],
    [
      "a pattern that takes for ever",
      { ...OAUTH, fields: { subdomain: { title: "S", pattern: "(a+)+" } } },
      "fields.subdomain.pattern",
      /regular expression/,
    ],
    ["another scheme", { ...OAUTH, api_base_url: "http://{subdomain}.zen.com" }, "api_base_url", /https/],
    [
      "a default that the pattern refuses",
      { ...OAUTH, fields: { subdomain: { title: "S", pattern: "[a-z]+", default: "1" } } },
      "fields.subdomain.default",
      /refused by its pattern/,
    ],
    [
      "a token that is kept in the open",
      { ...OAUTH, token_details: { t: "user.access_token" } },
      "token_details.t",
      /secret/,
    ],
    [
      "a token that goes by another name",
      { ...OAUTH, token_response: { access_token: "auth.key" }, after_connect: { path: "/me", details: { k: "key" } } },
      "after_connect.details.k",
      /secret/,
    ],
    ["the code of a callback", { ...OAUTH, callback_details: { c: "code" } }, "callback_details.c", /secret/],
    [
      "a code that goes by another name, with a pattern",
      { ...OAUTH, code_parameter: "auth_code", callback_details: { c: { path: "auth_code", pattern: "[a-z]+" } } },
      "callback_details.c",
      /secret/,
    ],
    [
      "a client's revocation",
      { ...KEY, revocation_endpoint: "https://desk.com/revoke" },
      "revocation_endpoint",
      /client/,
    ],
    [
      "no client of what extends another",
      { slug: "x", provider: "github", fields: KEY.fields },
      "client_id",
      /is required/,
    ],
    ["an issuer that is no address", { ...OAUTH, issuer: "" }, "issuer", /whole URL/],
    ["no client of OAuth", { ...OAUTH, client_id: undefined }, "client_id", /is required/],
    ["an exchange that is none", { ...OAUTH, refresh: { grant: "exchange" } }, "long_lived_exchange", /is required/],
    [
      "a line break in a header",
      { ...KEY, api: { ...KEY.api, headers: { "X-A": "a\r\nX-B: c" } } },
      "api.headers.X-A",
      /visible ASCII/,
    ],
  ])("%s", async (_, settings, param, says) => {
    const refused = await put({ ...settings, slug: "wrong" });
    const answer = ErrorAnswer.parse(await refused.json());
    expect(refused.status).toBe(400);
    expect(answer).toMatchObject({ error: "invalid_request", param });
    expect(answer.message).toMatch(says);
  });
});

it.each([
  ["the address of a host that is typed", { fields: { subdomain: { title: "Subdomain", pattern: "[a-z.]+" } } }],
  ["where it calls", { api_base_url: "https://{subdomain}.zen.org/api" }],
])("keeps where tokens go: %s", async (_, change) => {
  await put({ ...OAUTH, slug: "kept" });
  expect(await errorOf(await put({ ...OAUTH, slug: "kept", ...change }))).toMatchObject({ error: "integration_fixed" });
});

it("keeps where tokens of a service of the catalogue go, whose host is typed", async () => {
  const client = { provider: "zendesk", client_id: "id", client_secret: "secret" };
  expect((await put({ ...client, slug: "desks" })).status).toBe(200);
  expect((await put({ ...client, slug: "desks", client_id: "other" })).status).toBe(200);
  const fields = { subdomain: { title: "Subdomain", pattern: "[a-z.]+" } };
  expect(await errorOf(await put({ ...client, slug: "desks", fields }))).toMatchObject({ error: "integration_fixed" });
});

it.each<[string, object]>([
  ["in another order", { fields: { ...OAUTH.fields, hint: { title: "Hint" } }, api: { hosts: HOSTS } }],
  ["a field that stands in no address", { fields: { ...OAUTH.fields, hint: { title: "Hint", pattern: "[a-z]+" } } }],
  ["a detail that stands in no address", { token_details: { plan: "plan" } }],
])("changes what does not decide where tokens go: %s", async (_, change) => {
  const before = { ...OAUTH, slug: "changes", api: { hosts: Object.fromEntries(Object.entries(HOSTS).toReversed()) } };
  const { fields } = OAUTH;
  await put({ ...before, fields: { hint: { title: "Hint" }, ...fields } });
  expect((await put({ ...before, ...change })).status).toBe(200);
});
