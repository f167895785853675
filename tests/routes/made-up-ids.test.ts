/** What anybody can make up leads nowhere: no vault is asked, and an address that goes on is stopped before anything is. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digest, randomId } from "../../src/crypto.ts";
import { sessionIdOfBefore } from "../support/before.ts";
import { control } from "../support/emulator.ts";
import { ADMIN_KEY } from "../support/integrator.ts";
import { names, watchedVaults } from "../support/vault.ts";
import { errorOf, keyFor, request } from "../support/visitor.ts";

beforeEach(async () => {
  await control("github").reset();
  // The first request of a deployment that needs it makes its name key.
  await names().newSession(randomId());
});

afterEach(() => vi.useRealTimers());

const madeUp = () => `lk_${randomId()}${randomId()}`;
const bearer = (id: string) => ({ headers: { Authorization: `Bearer ${id}` } });

const WAYS: [string, (id: string) => [string, RequestInit]][] = [
  ["as a bearer", (id) => ["/integrations", bearer(id)]],
  ["as a cookie", (id) => ["/integrations", { headers: { Cookie: `__Host-session=${id}` } }]],
  ["in a query", (id) => [`/data/github?session_id=${id}`, {}]],
  ["at the proxy", (id) => ["/proxy/github/user", bearer(id)]],
  ["at a change", (id) => ["/sessions", { method: "POST", ...bearer(id) }]],
];

describe("a session id that was made up", () => {
  it.each(WAYS)("asks no vault, %s", async (_, toRequest) => {
    const VAULT = watchedVaults();
    for (let round = 0; round < 5; round += 1) {
      const [path, init] = toRequest(madeUp());
      const answer = await request(path, init, { VAULT });
      expect([200, 401]).toContain(answer.status);
    }
    expect(VAULT.asked).toEqual([]);
  });

  it("from a real one, with the vault's own name and another secret, asks none either", async () => {
    const { key } = await keyFor("github");
    const VAULT = watchedVaults();
    const altered = key.slice(0, 50) + (key[50] === "A" ? "B" : "A") + key.slice(51);
    expect((await request("/proxy/github/user", bearer(altered), { VAULT })).status).toBe(401);
    expect(VAULT.asked).toEqual([]);
  });
});

it("an id with a check of before, under a sealing key, leads to its vault also where nothing was connected there", async () => {
  const vault = randomId();
  const id = sessionIdOfBefore(vault);
  const facts = {
    app: "default",
    user: randomId(),
    kind: "browser" as const,
    place: null,
    name: null,
    maker: null,
    grant: null,
  };
  const times = { created_at: Date.now(), expires_at: Date.now() + 60_000 };
  await env.VAULT.getByName(vault).addSession(digest(id), { ...facts, ...times, scopes: ["read"] });
  expect(await (await request("/integrations", bearer(id))).json()).toMatchObject({ signed_in: true });
  const VAULT = watchedVaults();
  expect((await request("/sessions", { headers: { Cookie: `__Host-session=${id}` } }, { VAULT })).status).toBe(200);
  expect(VAULT.asked).toContain(vault);
});

describe("an address that asks for too much without a valid key", () => {
  const over = { limit: async () => ({ success: false }) };
  const from = { "CF-Connecting-IP": "192.0.2.1" };

  it.each(WAYS)("is stopped before anything is asked, %s", async (_, toRequest) => {
    const VAULT = watchedVaults();
    const [path, { headers, ...init }] = toRequest(madeUp());
    const answer = await request(
      path,
      { ...init, headers: { ...Object.fromEntries(new Headers(headers)), ...from } },
      { VAULT, ADDRESS_LIMIT: over },
    );
    expect(answer.status).toBe(429);
    expect(answer.headers.get("Retry-After")).toBe("10");
    expect(VAULT.asked).toEqual([]);
  });

  it.each([
    ["without any key", "/auth/github", {}],
    ["with a guess at the operator's key", "/apps", { Authorization: `Bearer ${"x".repeat(40)}` }],
    ["with the operator's key", "/apps", { Authorization: `Bearer ${ADMIN_KEY}` }],
    ["with nonsense", "/integrations", { Authorization: "Bearer nonsense" }],
  ])("is stopped %s", async (_, path, headers) => {
    const answer = await request(path, { headers: { ...headers, ...from } }, { ADDRESS_LIMIT: over, ADMIN_KEY });
    expect(await errorOf(answer)).toMatchObject({ status: 429, error: "rate_limited" });
  });

  it.each([
    ["a scheme that is none of ours", "/auth/github", { Authorization: "Basic eDp5" }],
    ["a query that only a reader may have", "/auth/github?session_id=1", {}],
    ["an empty cookie", "/auth/github", { Cookie: "__Host-session=" }],
  ])("is stopped with what only looks like a credential: %s", async (_, path, headers) => {
    const answer = await request(path, { headers: new Headers({ ...headers, ...from }) }, { ADDRESS_LIMIT: over });
    expect(answer.status).toBe(429);
  });

  it("is stopped before the vault that all apps share is asked for an integration that was made up", async () => {
    const VAULT = watchedVaults();
    const path = `/proxy/abc-${randomId()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "x")
      .slice(0, 20)}/x`;
    const answer = await request(path, { headers: from }, { ADDRESS_LIMIT: over, VAULT });
    expect(answer.status).toBe(429);
    expect(VAULT.asked).toEqual([]);
  });

  it("is not stopped with a valid key that is used for the first time", async () => {
    const { key } = await keyFor("github");
    const init = { headers: { ...bearer(key).headers, ...from } };
    expect((await request("/proxy/github/user", init, { ADDRESS_LIMIT: over })).status).toBe(200);
  });

  it("is not stopped with a key that was used a moment ago", async () => {
    const { key } = await keyFor("github");
    expect((await request("/proxy/github/user", bearer(key))).status).toBe(200);
    const init = { headers: { ...bearer(key).headers, ...from } };
    expect((await request("/proxy/github/user", init, { ADDRESS_LIMIT: over })).status).toBe(200);
  });

  it("is told to wait for as long as nothing is asked for it, and counted again after that", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    let counted = 0;
    const overrides = { ADDRESS_LIMIT: { limit: async () => ({ success: (counted += 1) > 1 }) } };
    const ask = async (address: string) =>
      (await request("/integrations", { headers: { "CF-Connecting-IP": address } }, overrides)).status;
    expect([await ask("192.0.2.1"), await ask("192.0.2.1"), counted]).toEqual([429, 429, 1]);
    expect([await ask("192.0.2.2"), counted]).toEqual([200, 2]);
    vi.setSystemTime(Date.now() + 9_999);
    expect([await ask("192.0.2.1"), counted]).toEqual([429, 2]);
    vi.setSystemTime(Date.now() + 1);
    expect([await ask("192.0.2.1"), counted]).toEqual([200, 3]);
  });

  /** What addresses are counted under, in their order. */
  async function countedAs(addresses: readonly string[]): Promise<string[]> {
    const keys: string[] = [];
    const ADDRESS_LIMIT = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        return { success: true };
      },
    };
    for (const address of addresses) {
      await request("/integrations", { headers: { "CF-Connecting-IP": address } }, { ADDRESS_LIMIT });
    }
    return keys;
  }

  it("is counted by network: of IPv6 its 64 bits, of IPv4 all", async () => {
    const keys = await countedAs([
      "2001:db8:1:2:3:4:5:6",
      "2001:DB8:1:2::9",
      "2001:db8:1:3::9",
      "192.0.2.1",
      "192.0.2.2",
    ]);
    expect(keys).toHaveLength(5);
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(key).not.toMatch(/2001|192/);
  });

  it.each([
    ["zeros before the end of it", ["2001:db8::1", "2001:db8:0:0:1::", "2001:db8::1:2:3:4"]],
    ["zeros in the middle of it", ["2001::5:1:2:3:4", "2001:0:0:5::1"]],
    ["an address of IPv4 in one of IPv6", ["::ffff:192.0.2.1", "192.0.2.1"]],
  ])("one network has one name: %s", async (_, addresses) => {
    expect(new Set(await countedAs(addresses)).size).toBe(1);
  });

  it.each([
    ["zeros in the middle of them", ["2001::5:1:2:3:4", "2001::6:1:2:3:4"]],
    ["addresses of IPv4 in those of IPv6", ["::ffff:192.0.2.1", "::ffff:192.0.2.2"]],
  ])("no network is counted for another: %s", async (_, addresses) => {
    expect(new Set(await countedAs(addresses)).size).toBe(addresses.length);
  });
});
