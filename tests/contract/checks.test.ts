/** What is wrong, in one sentence each that says what would be right: of an entry, of what is typed, and of what verifies it. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Integrations } from "../../src/api.ts";
import type { CustomProviderEntry } from "../../src/contract/entry.ts";
import { errorOf, openForm, play, played, sendForm, visitorWith } from "../support/played.ts";
import { Visitor, type Overrides } from "../support/visitor.ts";

const KEY = {
  id: "key",
  name: "Key",
  fields: { api_key: { title: "API key", secret: true, example: "key-0123" } },
  api_base_url: "https://api.key.any.example.com",
  api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
  verify: { path: "/me" },
} satisfies CustomProviderEntry;

const DESK = {
  id: "key",
  name: "Desk",
  fields: { subdomain: { title: "Subdomain" } },
  authorization_endpoint: "https://desk.com/authorize",
  token_endpoint: "https://desk.com/token",
  api_base_url: "https://desk.com/api",
  scopes: ["read"],
  client_id: "app",
  client_secret: "secret",
};

const GOOD = { ...KEY, id: "good", api_base_url: "https://api.good.any.example.com" };

const isConnected = async (visitor: Visitor, id: string): Promise<boolean> =>
  (await visitor.json("/integrations", Integrations)).integrations.find(({ integration }) => integration === id)
    ?.status === "connected";

describe("an entry", () => {
  it.each<[string, object, string]>([
    ["a field that there is not", { ...KEY, stamp: {} }, "stamp: is not known here. Leave it out"],
    [
      "a name of nothing",
      { ...KEY, api: { stamp: { headers: { "X-Api-Key": "{token}" } } } },
      "api.stamp.headers.X-Api-Key: has {token}, which is not known there",
    ],
    [
      "a host without a pattern",
      { ...DESK, token_endpoint: "https://{subdomain}.desk.com/token" },
      "fields.subdomain.pattern: is required, because {subdomain} decides where tokens go",
    ],
    [
      "a cursor that no answer tells",
      {
        ...KEY,
        items: [
          { type: "a", path: "/a", item: { id: "id", name: "n" } },
          {
            type: "b",
            path: "/b",
            item: { id: "id", name: "n" },
            paging: { style: "cursor", parameter: "at", max: 9 },
          },
        ],
      },
      "items.1.paging.next: is required for a cursor",
    ],
    [
      "a parameter that no link needs",
      {
        ...KEY,
        items: [
          { type: "a", path: "/a", item: { id: "id", name: "n" }, paging: { style: "link", parameter: "at", max: 9 } },
        ],
      },
      "items.0.paging.parameter: has no use for a link. Leave it out",
    ],
    [
      "a list elsewhere",
      { ...KEY, items: [{ type: "a", path: "https://elsewhere.com/a", item: { id: "id", name: "n" } }] },
      "items.0.path: a path that begins with a slash, without names in braces",
    ],
    [
      "a secret in an address",
      { ...KEY, api_base_url: "https://api.key.any.example.com/{api_key}" },
      "api_base_url: has {api_key}, and a secret may stand in no address",
    ],
    [
      "a stamp over a header of ours",
      { ...KEY, api: { stamp: { headers: { "X-Latchkey-User": "{api_key}" } } } },
      "api.stamp.headers.X-Latchkey-User: is a header that Latchkey sets itself. Leave it out",
    ],
    [
      "a detail that is asked for where it tells",
      {
        ...DESK,
        fields: {},
        after_connect: { path: "/sites", details: { site: { path: "0.id", pattern: "[a-z]+" } } },
        api_base_url: "https://desk.com/{site}",
      },
      "after_connect.path: has {site}, which is no field or detail that is known by then",
    ],
    [
      "a key for tokens that nobody gives",
      { ...KEY, dpop_bound_access_tokens: true },
      "dpop_bound_access_tokens: is of services with a consent. Leave it out",
    ],
    [
      "a consent that is pushed where there is none",
      { ...KEY, pushed_authorization_request_endpoint: "https://key.com/par" },
      "pushed_authorization_request_endpoint: is of services with a consent. Leave it out",
    ],
    [
      "a key of a client that there is not",
      { ...KEY, token_endpoint_auth_method: "private_key_jwt" },
      "token_endpoint_auth_method: is of a client, and there is none where people type fields",
    ],
    [
      "an address to push to with a name that is not known by then",
      { ...DESK, fields: {}, pushed_authorization_request_endpoint: "https://{region}.desk.com/par" },
      "pushed_authorization_request_endpoint: has {region}, which is no field or detail that is known by then",
    ],
    [
      "a secret beside a key",
      { ...DESK, fields: {}, token_endpoint_auth_method: "private_key_jwt" },
      "client_secret: is of no use beside private_key_jwt, where a key shows who the client is. Leave it out",
    ],
    ["the id of another", GOOD, "the id good is taken"],
  ])("with %s is refused alone", async (_, wrong, sentence) => {
    await play({ entry: GOOD });
    const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([GOOD, wrong]) });
    const id = wrong === GOOD ? "custom-2" : "key";
    const said = wrong === GOOD ? sentence : `key: ${sentence}`;
    expect(await errorOf(await visitor.fetch(`/auth/${id}`))).toMatchObject({
      status: 500,
      error: "config_error",
      message: `The configuration variable CUSTOM_PROVIDERS is wrong: ${said}.`,
    });
    expect((await sendForm(visitor, await openForm(visitor, "good"), { api_key: "key-0123" })).status).toBe(200);
    expect(await isConnected(visitor, "good")).toBe(true);
  });
});

/** A form that is open, and its service anew. */
async function opened(overrides: Overrides = {}): Promise<{ visitor: Visitor; state: string }> {
  await play({ entry: KEY });
  const visitor = visitorWith([KEY], overrides);
  return { visitor, state: await openForm(visitor, "key") };
}

/** The same form takes what is right: nothing of what was wrong is left anywhere. */
async function expectUntouched(visitor: Visitor, state: string): Promise<void> {
  expect(await isConnected(visitor, "key")).toBe(false);
  expect((await sendForm(visitor, state, { api_key: "key-0123" })).status).toBe(200);
  expect(await isConnected(visitor, "key")).toBe(true);
}

describe("what is typed", () => {
  it.each([
    [
      "key-0123\r\nX-Evil: 1",
      "fields.api_key: has a line break or another control character in it. Copy it again, alone.",
    ],
    ["key-0123\u0000", "fields.api_key: has a line break or another control character in it. Copy it again, alone."],
    ["kéy-0123", "fields.api_key: has a letter that no such credential has. It looks like key-0123."],
    ["", "fields.api_key: is required."],
    ["x".repeat(8193), "fields.api_key: is longer than 8192 characters, so it is something else."],
  ])("is refused by its field, and the service is not asked: %j", async (api_key, message) => {
    const { visitor, state } = await opened();
    const refused = await errorOf(await sendForm(visitor, state, { api_key }));
    expect(refused).toEqual({ status: 400, error: "invalid_request", message });
    expect((await played("key").log()).length).toBe(0);
    await expectUntouched(visitor, state);
  });

  it("is no more than a form can have", async () => {
    const { visitor, state } = await opened();
    expect(await errorOf(await sendForm(visitor, state, { api_key: "x".repeat(100_000) }))).toEqual({
      status: 413,
      error: "body_too_large",
      message: "body: is larger than 64 KiB.",
    });
    await expectUntouched(visitor, state);
  });

  it("that the service does not know is refused by it", async () => {
    const { visitor, state } = await opened();
    expect(await errorOf(await sendForm(visitor, state, { api_key: "key-9999" }))).toEqual({
      status: 422,
      error: "fields_refused",
      message: "Key does not accept this. Look again at: API key. Nothing was stored.",
    });
    await expectUntouched(visitor, state);
  });
});

describe("a service that is to verify it", () => {
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));

  const UNREADABLE = "Key gave an answer that could not be read. Try again later.";

  it.each<[string, object, object]>([
    [
      "answers with a page",
      { fault: "html" },
      { status: 502, error: "invalid_provider_response", message: UNREADABLE },
    ],
    [
      "answers with 1 MB",
      { body: `{"id":1,"x":"${"x".repeat(1_000_000)}"}`, headers: { "content-type": "application/json" } },
      {
        status: 502,
        error: "invalid_provider_response",
        message: "The provider's answer is too large to be one. Try again later.",
      },
    ],
    [
      "leads elsewhere",
      { fault: "redirect" },
      {
        status: 502,
        error: "provider_unavailable",
        message: "The provider answered with a redirect, which is never followed. Try again later.",
      },
    ],
    [
      "has an error of its own",
      { fault: "server_error" },
      {
        status: 502,
        error: "provider_unavailable",
        message: "Key has an error of its own. Try again in a moment.",
      },
    ],
    [
      "does not answer",
      { fault: "hang", hang_ms: 30_000 },
      {
        status: 504,
        error: "provider_timeout",
        message: "The provider did not answer within 10 seconds. Try again in a moment.",
      },
    ],
  ])("%s: said so, and nothing is stored", async (_, fault, said) => {
    const { visitor, state } = await opened();
    await played("key").fault({ endpoint: "api", ...fault });
    expect(await errorOf(await sendForm(visitor, state, { api_key: "key-0123" }))).toEqual(said);
    await played("key").clearFaults();
    await expectUntouched(visitor, state);
  });
});
