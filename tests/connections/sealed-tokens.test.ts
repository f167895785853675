/** Tokens as they are stored: each sealed for its own version, and copied to KV for no longer than is said. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Authorization } from "../../src/connections/authorizations.ts";
import type { ConnectionFacts } from "../../src/connections/connection.ts";
import { SealedTokens, toAccessToken } from "../../src/connections/sealed-tokens.ts";
import { timesOf } from "../../src/connections/timing.ts";
import { PrivateKey } from "../../src/contract/private-key.ts";
import type { KeyRing } from "../../src/crypto.ts";
import { KvStore } from "../../src/kv-store.ts";
import { Memory } from "../../src/memory.ts";
import { CLIENT_KEY } from "../support/oidc-clients.ts";
import { plain } from "../oauth/answers.ts";

const NOW = Date.UTC(2026, 0, 1);
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ring: KeyRing = { active: "k1", keys: new Map([["k1", new Uint8Array(32).fill(1)]]) };
const sealed = new SealedTokens(ring, new KvStore(env.KV, ring), new Memory().tokens);
const version = { epoch: 1, generation: 1 };
const name = (user: string) => ({ app: "app", user, address: "plain", place: "plain", connection: "con_plain" });
const tokens = (seconds: number | null) => ({
  access_token: "at",
  refresh_token: "rt",
  expires_at: seconds === null ? null : NOW + seconds * 1000,
  scopes: [],
  details: {},
});
function factsOf(seconds: number | null): ConnectionFacts {
  const { expires_at } = tokens(seconds);
  const times = timesOf(plain.refresh, true, NOW, expires_at);
  const rest = {
    account: null,
    scopes: [],
    connected_at: NOW,
    refreshable: true,
    keep_alive: null,
    reconnect_by: null,
  };
  return { ...rest, issued_at: NOW, expires_at, times, asked: null, client: null };
}

/** Publishes a token of so many seconds. @returns how long KV was told to keep its copy, null where it was told nothing */
async function publish(user: string, seconds: number | null): Promise<number | null> {
  const put = vi.spyOn(env.KV, "put");
  const facts = factsOf(seconds);
  await sealed.publish(name(user), toAccessToken(tokens(seconds), facts, version, name(user)), facts);
  const options: unknown = put.mock.calls[0]?.[2];
  put.mockRestore();
  return typeof options === "object" && options !== null && "expirationTtl" in options
    ? Number(options.expirationTtl)
    : null;
}

describe("of a token that is bound to a key", () => {
  const dpop_key = PrivateKey.parse(CLIENT_KEY);

  it("the copy has the key too, and what was written before there were keys opens as it was", async () => {
    const facts = factsOf(3600);
    const of = name("bound");
    await sealed.publish(of, toAccessToken({ ...tokens(3600), dpop_key }, facts, version, of), facts);
    // As another isolate reads it.
    const elsewhere = new SealedTokens(ring, new KvStore(env.KV, ring), new Memory().tokens);
    expect((await elsewhere.copy(of))?.dpop_key).toEqual(dpop_key);
    await publish("unbound", 3600);
    expect(await elsewhere.copy(name("unbound"))).not.toHaveProperty("dpop_key");
    for (const set of [tokens(3600), { ...tokens(3600), dpop_key }]) {
      const record = { ...version, sealed: await sealed.seal(of, version, set) };
      expect(await elsewhere.open(of, record)).toEqual(set);
    }
  });

  it("an authorization that was begun before there were keys is finished", () => {
    const begun = { app: "", user: "u", integration: "i", redirect_uri: "https://a.example/callback/i" };
    const before = { ...begun, code_verifier: null, return_to: "/" };
    expect(Authorization.parse(before)).not.toHaveProperty("dpop_key");
    expect(Authorization.parse({ ...before, dpop_key }).dpop_key).toEqual(dpop_key);
  });
});

describe("a copy", () => {
  it.each([
    ["without an end", null, 3600],
    ["of a day", 86_400, 3600],
    ["of half an hour, less its last minute", 1800, 1740],
    ["of two minutes, less their last twentieth", 120, 114],
    ["of less is not kept", 119, null],
    ["that is over is not kept", -5, null],
  ])("of a token %s", async (what, seconds, kept) => expect(await publish(what, seconds)).toBe(kept));

  it("has what calls are made with, and no refresh token", async () => {
    await publish("copied", 3600);
    const copy = await sealed.copy(name("copied"));
    expect(copy).toEqual({
      access_token: "at",
      details: {},
      expires_at: NOW + 3_600_000,
      times: factsOf(3600).times,
      place: "plain",
      connection: "con_plain",
      ...version,
    });
  });

  it("of the token before does not stand in for one that is not copied", async () => {
    await publish("shorter", 3600);
    await publish("shorter", 60);
    expect(await sealed.copy(name("shorter"))).toBeUndefined();
  });

  it("that is read while it is being forgotten is not remembered", async () => {
    await publish("read on", 3600);
    const before = new SealedTokens(ring, new KvStore(env.KV, ring), new Memory().tokens);
    const gone = Promise.withResolvers<void>();
    const remove = env.KV.delete.bind(env.KV);
    vi.spyOn(env.KV, "delete").mockImplementation(async (key) => {
      await gone.promise;
      await remove(key);
    });
    const forgetting = before.forget(name("read on"));
    expect(await before.copy(name("read on"))).toBeDefined();
    gone.resolve();
    await forgetting;
    expect(await before.copy(name("read on"))).toBeUndefined();
  });

  it("is that of its own connection, and is gone when it is forgotten", async () => {
    await publish("own", 3600);
    expect(await sealed.copy(name("someone"))).toBeUndefined();
    expect(await sealed.copy({ ...name("own"), address: "other" })).toBeUndefined();
    await sealed.forget(name("own"));
    expect(await sealed.copy(name("own"))).toBeUndefined();
  });

  it("that may be used for less than a second is kept all the same", async () => {
    const put = vi.spyOn(env.KV, "put");
    const facts = factsOf(3600);
    const token = toAccessToken(tokens(3600), facts, version, name("last"));
    await sealed.publish(name("last"), { ...token, times: { ...token.times, copy_until: NOW + 500 } }, facts);
    expect(put).toHaveBeenCalledOnce();
  });

  it("of what is over where its time to be used is, is not put", async () => {
    const put = vi.spyOn(env.KV, "put");
    const facts = factsOf(3600);
    const token = toAccessToken(tokens(3600), facts, version, name("late"));
    await sealed.publish(name("late"), { ...token, times: { ...token.times, copy_until: NOW } }, facts);
    expect(put).not.toHaveBeenCalled();
  });
});

describe("sealed tokens", () => {
  it("open as what they were", async () => {
    const text = await sealed.seal(name("u"), version, tokens(60));
    expect(await sealed.open(name("u"), { ...version, sealed: text })).toEqual(tokens(60));
    expect(sealed.isCurrent({ sealed: text })).toBe(true);
    expect(sealed.isCurrent({ sealed: text.replace(".k1.", ".k0.") })).toBe(false);
  });

  it.each([
    ["generation", name("u"), { epoch: 1, generation: 2 }],
    ["epoch", name("u"), { epoch: 2, generation: 1 }],
    ["user", name("v"), version],
    ["app", { ...name("u"), app: "other" }, version],
    ["place", { ...name("u"), place: "other" }, version],
  ])("of one do not open as those of another: %s", async (_, other, at) => {
    const text = await sealed.seal(name("u"), version, tokens(60));
    await expect(sealed.open(other, { ...at, sealed: text })).rejects.toMatchObject({ code: "vault_integrity" });
  });
});

it("a copy that is still being made when it is given up is of no use here", async () => {
  const put = env.KV.put.bind(env.KV);
  let goOn = (): void => {};
  const waiting = new Promise<void>((resolve) => (goOn = resolve));
  const slow = vi.spyOn(env.KV, "put").mockImplementation(async (...args: Parameters<typeof env.KV.put>) => {
    await waiting;
    await put(...args);
  });
  const facts = factsOf(3600);
  const of = name("ann-leaves");
  const made = sealed.publish(of, toAccessToken(tokens(3600), facts, version, of), facts);
  await vi.waitFor(() => expect(slow).toHaveBeenCalled());
  await sealed.forget(of);
  goOn();
  await made;
  expect(await sealed.copy(of)).toBeUndefined();
});
