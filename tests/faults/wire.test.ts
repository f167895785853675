/** A token endpoint that goes wrong on the wire: over real connections, at the exchange and at a refresh. */
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { Credentials } from "../../src/api.ts";
import { APP, Visitor, errorOf, locationOf } from "../support/visitor.ts";

const server = inject("tokenServer");
const LIFETIME_MS = 1_000_000;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

/** A visitor at a provider whose token endpoint is at this path. */
function visitorAt(path: string, userinfo = "/me"): Visitor {
  const entry = {
    id: "wire",
    name: "Wire",
    authorization_endpoint: `${server}/authorize`,
    token_endpoint: `${server}${path}`,
    userinfo_endpoint: server + userinfo,
    api_base_url: server,
    client_id: "id",
    client_secret: "secret",
    scopes: ["read"],
  };
  return new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([entry]) });
}

/** Comes back from the provider with a code. */
async function comeBack(visitor: Visitor): Promise<Response> {
  const state = new URL(await visitor.startAt("wire")).searchParams.get("state") ?? "";
  return visitor.navigate(`/callback/wire?code=abc&state=${encodeURIComponent(state)}`);
}

const refreshCalls = async (fault: string) => Number(await (await fetch(`${server}/calls/${fault}`)).text());

const FAULTS: [string, number, string][] = [
  ["hang", 504, "provider_timeout"],
  ["drip", 504, "provider_timeout"],
  ["reset_before", 502, "provider_unavailable"],
  ["reset_after", 502, "provider_unavailable"],
  ["truncated", 502, "invalid_token_response"],
  ["gzip_that_is_none", 502, "provider_unavailable"],
  ["redirect", 502, "provider_unavailable"],
  ["nothing_but_size", 502, "invalid_provider_response"],
  ["gzip_bomb", 502, "invalid_provider_response"],
  ["wide", 502, "invalid_token_response"],
];

/** Answers that break off, or go on and on, behind the tokens. */
const WITH_TOKENS = ["just_too_big", "ten_megabytes", "reset_behind"];

describe.concurrent("at the exchange", () => {
  it.each(FAULTS)("%s: said in our words, nothing connected", async (fault, _, error) => {
    const visitor = visitorAt(`/exchange/${fault}`);
    expect(locationOf(await comeBack(visitor))).toBe(`${APP}/?integration=wire&error=${error}`);
    expect((await visitor.fetch("/data/wire")).status).toBe(409);
  });
});

describe("an account's description that would fill the isolate is read no further than one may be long", () => {
  it.each(["gzip_bomb", "wide", "deep", "megabytes"])("%s: connected all the same, and no data", async (kind) => {
    const visitor = visitorAt("/token/none", `/me/${kind}`);
    expect(locationOf(await comeBack(visitor))).toBe(`${APP}/?connected=wire`);
    expect(await errorOf(await visitor.fetch("/data/wire"))).toMatchObject({
      status: 502,
      error: "invalid_provider_response",
    });
  });
});

describe("tokens that came are kept, whatever becomes of the rest", () => {
  it.each(WITH_TOKENS)("at the exchange: %s", async (fault) => {
    const visitor = visitorAt(`/exchange/${fault}`);
    expect(locationOf(await comeBack(visitor))).toBe(`${APP}/?connected=wire`);
    expect((await visitor.fetch("/data/wire")).status).toBe(200);
  });
});

describe("a refresh token whose answer has begun does not go out again at once", () => {
  it.each(["reset_after", "truncated", "gzip_that_is_none", "nothing_but_size", "created_nothing"])(
    "%s",
    { timeout: 60_000 },
    async (fault) => {
      const visitor = visitorAt(`/token/${fault}`);
      await comeBack(visitor);
      vi.setSystemTime(Date.now() + LIFETIME_MS);
      const before = await refreshCalls(fault);
      expect((await visitor.fetch("/data/wire")).status).toBe(502);
      expect((await refreshCalls(fault)) - before).toBe(1);
    },
  );
});

/** Somebody who has typed a key of their own, which is exchanged for a token each time. */
async function typedAt(fault: string): Promise<Visitor> {
  const entry = {
    id: "wire",
    name: "Wire",
    fields: { key: { title: "Key", secret: true } },
    api_base_url: server,
    verify: { path: "/me" },
    exchange: { endpoint: `${server}/again/${fault}`, parameters: { key: "{key}" } },
  };
  const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([entry]) });
  const state = new URL(await visitor.startAt("wire")).hash.slice(1);
  const fields = { key: crypto.randomUUID() };
  expect((await visitor.change("POST", "/connect/fields", { state, fields })).status).toBe(200);
  return visitor;
}

async function consentedAt(fault: string): Promise<Visitor> {
  const visitor = visitorAt(`/token/${fault}`);
  await comeBack(visitor);
  return visitor;
}

describe.each([
  ["a refresh", consentedAt],
  ["another exchange of what was typed", typedAt],
])("at %s", { timeout: 60_000 }, (_, connected) => {
  it.each(FAULTS)(
    "%s: a living token is served, an ended one waits, the connection stays",
    async (fault, status, error) => {
      const visitor = await connected(fault);
      const before = await refreshCalls(fault);
      vi.setSystemTime(Date.now() + LIFETIME_MS - 40_000);
      expect((await visitor.fetch("/data/wire")).status).toBe(200);
      vi.setSystemTime(Date.now() + 400_000);
      expect(await errorOf(await visitor.fetch("/data/wire"))).toMatchObject({ status, error });
      expect(await visitor.json("/integrations/wire/credentials", Credentials)).toMatchObject({
        status: "connected",
        failure: { reason: error },
      });
      expect((await refreshCalls(fault)) - before).toBeLessThanOrEqual(4);
    },
  );

  it.each(WITH_TOKENS)("tokens that came are kept: %s", async (fault) => {
    const visitor = await connected(fault);
    vi.setSystemTime(Date.now() + LIFETIME_MS);
    const before = await refreshCalls(fault);
    expect((await visitor.fetch("/data/wire")).status).toBe(200);
    expect((await refreshCalls(fault)) - before).toBe(1);
  });

  it("answers every other question while a token request hangs", async () => {
    const visitor = await connected("hang");
    vi.setSystemTime(Date.now() + LIFETIME_MS);
    const hanging = visitor.fetch("/data/wire");
    const started = performance.now();
    expect((await visitor.fetch("/integrations/wire/credentials")).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(5000);
    expect((await hanging).status).toBe(504);
  });
});
