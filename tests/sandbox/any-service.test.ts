/** A played service takes what its entry says and nothing else: a Latchkey that has been told otherwise gets nowhere. */
import { describe, expect, it } from "vitest";
import type { CustomProviderEntry } from "../../src/contract/entry.ts";
import { control } from "../support/emulator.ts";
import { OAUTH } from "../contract/played/oauth.ts";
import { TYPED } from "../contract/played/typed.ts";
import { callThrough, enter, openForm, play, sendForm, visitorWith } from "../support/played.ts";
import { type Visitor, locationOf } from "../support/visitor.ts";

type Change = Partial<CustomProviderEntry>;

const caseOf = (id: string) => [...OAUTH, ...TYPED].find(({ entry }) => entry.id === id) ?? expect.fail(id);
const exchangeOf = (id: string) => caseOf(id).entry.exchange ?? expect.fail(id);

/** A visitor of a Latchkey that knows the service otherwise than it is. */
async function mistaken(id: string, change: Change): Promise<Visitor> {
  await play(caseOf(id));
  return visitorWith([{ ...caseOf(id).entry, ...change }]);
}

/** What comes of connecting: the callback's outcome, or what the consent page says. */
async function outcomeOf(id: string, visitor: Visitor): Promise<string> {
  const { typed } = caseOf(id);
  const url = typed === undefined ? await visitor.startAt(id) : await enter(visitor, id, typed);
  const callback = await control(`any/${id}`)
    .consent({ url, decision: "allow", account: 0 })
    .catch((error: unknown) => ({ location: null, refused: String(error) }));
  if (callback.location === null) return callback.refused;
  return locationOf(await visitor.navigate(callback.location));
}

describe("a consent", () => {
  it.each<[string, string, Change]>([
    ["plain", "the wrong client", { client_id: "another" }],
    ["plain", "the wrong secret", { client_secret: "another" }],
    ["plain", "the secret in the body", { token_endpoint_auth_method: "client_secret_post" }],
    ["plain", "Basic as it is", { client_secret_basic_encoding: "none" }],
    ["plain", "the secret as the user", { client_secret_basic_user: "client_secret" }],
    ["plain", "no PKCE", { pkce: false }],
    ["plain", "a body in JSON", { token_request_format: "json" }],
    ["plain", "scopes with commas", { scope_separator: "," }],
    ["plain", "a scope of no service's", { scopes: ["everything"] }],
    ["plain", "scopes elsewhere", { scope_parameter: "scopes" }],
    ["plain", "a further parameter at the consent", { authorization_parameters: { prompt: "consent" } }],
    ["plain", "a further parameter at the exchange", { token_parameters: { audience: "x" } }],
    ["plain", "another host", { token_endpoint: "https://www.plain.any.example.com/token" }],
    ["renamed", "the names of the RFC", { parameter_names: {} }],
    ["renamed", "no parameter that it asks for", { authorization_parameters: {} }],
    ["renamed", "no header that it asks for", { token_request_headers: {} }],
    ["renamed", "nothing of the callback", { token_parameters: { audience: "api" } }],
    ["renamed", "PKCE under its usual name", { parameter_names: { client_id: "client_key" } }],
    ["instance", "PKCE where there is none", { pkce: true }],
    ["desk", "no PIN", { token_parameters: {} }],
    ["longlived", "another grant type", { long_lived_exchange: { grant_type: "swap", parameter: "access_token" } }],
  ])("of %s is none with %s", async (id, _, change) => {
    const outcome = await outcomeOf(id, await mistaken(id, change));
    expect(outcome).not.toContain("connected=");
    expect(outcome).toMatch(/error=|redirect_uri|client_id|authorization endpoint/);
  });

  it("is one where nothing is changed", async () => {
    for (const id of ["plain", "renamed", "instance", "desk", "longlived"]) {
      expect(await outcomeOf(id, await mistaken(id, {}))).toContain(`connected=${id}`);
    }
  });
});

describe("what is typed", () => {
  it.each<[string, string, Change]>([
    ["key", "another stamp", { api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } } }],
    ["key", "half of the stamp", { api: { stamp: { headers: { Authorization: "Key {api_key}" } } } }],
    ["key", "another query", { verify: { path: "/me" } }],
    [
      "basic",
      "the halves of Basic exchanged",
      { api: { stamp: { basic: { user: "{password}", password: "{client_id}" } } } },
    ],
    ["basic", "GET for POST", { verify: { path: "/me" } }],
    ["fleet", "a body in JSON", { exchange: { ...exchangeOf("fleet"), format: "json" } }],
    [
      "fleet",
      "a further parameter",
      { exchange: { ...exchangeOf("fleet"), parameters: { grant_type: "client_credentials", scope: "all", x: "1" } } },
    ],
    [
      "fleet",
      "another grant type",
      { exchange: { ...exchangeOf("fleet"), parameters: { grant_type: "password", scope: "all" } } },
    ],
    ["fleet", "no header that it asks for", { exchange: { ...exchangeOf("fleet"), headers: {} } }],
    [
      "fleet",
      "another host",
      { exchange: { ...exchangeOf("fleet"), endpoint: "https://www.fleet.any.example.com/oauth/token" } },
    ],
    ["login", "a form", { exchange: { ...exchangeOf("login"), format: "form" } }],
    ["getlogin", "POST", { exchange: { ...exchangeOf("getlogin"), method: "POST" } }],
    ...(["lifetime", "claims", "headers", "algorithm"] as const).map((what): [string, string, Change] => {
      const { assertion = expect.fail("no assertion"), ...exchange } = exchangeOf("jwt-rs256");
      const wrong = { lifetime: 300, claims: { iss: "{email}" }, headers: {}, algorithm: "PS256" as const }[what];
      return [
        "jwt-rs256",
        `another ${what} of the JWT`,
        { exchange: { ...exchange, assertion: { ...assertion, [what]: wrong } } },
      ];
    }),
  ])("for %s is refused with %s", async (id, _, change) => {
    const visitor = await mistaken(id, change);
    const answer = await sendForm(visitor, await openForm(visitor, id), caseOf(id).typed ?? {});
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining("fields_refused")]);
  });
});

it("a call without a header that the entry has is refused by the service", async () => {
  const visitor = await mistaken("desk", { api: {} });
  expect(await outcomeOf("desk", visitor)).toContain("connected=desk");
  expect((await callThrough(visitor, "desk", "/things")).status).toBe(400);
});
