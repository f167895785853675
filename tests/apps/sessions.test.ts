/** Sessions as an isolate knows them: what is asked for one, for how long that counts, and what ends it at once. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_APP } from "../../src/connections/connection.ts";
import { digest, randomId } from "../../src/crypto.ts";
import { makeApp } from "../support/integrator.ts";
import { meter } from "../support/meter.ts";
import { names, servicesWith, vaultFor } from "../support/vault.ts";
import { APP } from "../support/visitor.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds: number): unknown => vi.setSystemTime(Date.now() + milliseconds);

/** An isolate's way to sessions, with what it asks for counted. */
function isolate({ isOver = false } = {}) {
  const { bindings, take } = meter();
  const limit = vi.fn(async () => {
    if (isOver) throw new Error("over");
  });
  const { sessions } = servicesWith(bindings, limit);
  return { sessions, take, limit };
}

const SESSION = { app: DEFAULT_APP, kind: "browser", lifetime: 3600 } as const;

describe("a session that is started", () => {
  it("is found as what it is, from KV, and from memory for half a minute", async () => {
    const { sessions, take, limit } = isolate();
    const id = await sessions.start({ ...SESSION, user: randomId() });
    take();
    expect(await sessions.find(id)).toMatchObject({
      kind: "browser",
      vault: id.slice(3, 46),
      scopes: ["connect", "read", "proxy"],
    });
    expect(take()).toEqual({ kv_reads: 1 });
    pass(29_999);
    await sessions.find(id);
    expect(take()).toEqual({});
    pass(1);
    await sessions.find(id);
    expect(take()).toEqual({ kv_reads: 1 });
    expect(limit).not.toHaveBeenCalled();
  });

  it("is over at its very end, though it was seen a moment before", async () => {
    const { sessions, limit } = isolate();
    const id = await sessions.start({ ...SESSION, user: randomId(), lifetime: 100 });
    pass(99_999);
    expect(await sessions.find(id)).toBeDefined();
    pass(1);
    expect(await sessions.find(id)).toBeUndefined();
    expect(limit).toHaveBeenCalledTimes(1);
  });

  it("that ends is none at once, in this isolate as well", async () => {
    const { sessions } = isolate();
    const user = randomId();
    const [one, other] = [await sessions.start({ ...SESSION, user }), await sessions.start({ ...SESSION, user })];
    const found = await sessions.find(one);
    if (!found) throw new Error("not found");
    expect(await sessions.end(one, found)).toEqual({ others: true });
    expect(await sessions.find(one)).toBeUndefined();
    const last = await sessions.find(other);
    if (!last) throw new Error("not found");
    expect(await sessions.end(other, last)).toEqual({ others: false });
  });

  it("gets its full time again, or is told to have ended", async () => {
    const { sessions } = isolate();
    const id = await sessions.start({ ...SESSION, user: randomId() });
    const found = await sessions.find(id);
    if (!found) throw new Error("not found");
    expect(await sessions.renew(id, found)).toBe(true);
    pass(29 * 86_400_000);
    expect(await sessions.find(id)).toBeDefined();
    await env.VAULT.getByName(found.vault).endSession(digest(id));
    expect(await sessions.renew(id, found)).toBe(false);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it("was made by a key that ends: it is over with that, and never outlives it", async () => {
    const { sessions } = isolate();
    const app = await makeApp();
    const [key] = (await sessions.apiKeys(app.id)).map(({ id }) => id);
    const maker = { id: app.key, expires_at: Date.now() + 50_000 };
    const made = { app: app.id, user: "ann", kind: "user", lifetime: 3600, maker } as const;
    await (
      await vaultFor(app, "ann")
    ).own(await names().owner(app.id, "ann", APP), {
      id: "enrolment",
      until: Date.now() + 1000,
    });
    const { id, expires_at } = await sessions.startForUser(made);
    expect(expires_at).toBe(maker.expires_at);
    expect(await sessions.find(id)).toBeDefined();
    expect(await sessions.endApiKey(app.id, key ?? "")).toBe(true);
    expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.endApiKey(app.id, key ?? "")).toBe(false);
  });
});

describe("what is no session", () => {
  it("is counted against its address, and asks for nothing", async () => {
    const { sessions, take, limit } = isolate();
    await sessions.start({ ...SESSION, user: randomId() });
    take();
    for (const id of ["", "lk_", `lk_${randomId()}`, `lk_${randomId()}${randomId()}`, randomId()]) {
      expect(await sessions.find(id)).toBeUndefined();
    }
    expect(take()).toEqual({});
    expect(limit).toHaveBeenCalledTimes(5);
  });

  it("is refused by the limit itself where there is too much", async () => {
    const { sessions } = isolate({ isOver: true });
    await expect(sessions.find(`lk_${randomId()}${randomId()}`)).rejects.toThrow("over");
    await expect(sessions.find("nonsense")).rejects.toThrow("over");
  });

  it("was made here and ended: its vault is asked, and it is counted", async () => {
    const { sessions, limit } = isolate();
    const id = await sessions.start({ ...SESSION, user: randomId() });
    const found = await sessions.find(id);
    if (!found) throw new Error("not found");
    await sessions.end(id, found);
    expect(await sessions.find(id)).toBeUndefined();
    expect(limit).toHaveBeenCalledTimes(1);
  });
});

describe("a key", () => {
  it("is listed by an id that opens nothing, with its name, its times and its last use", async () => {
    const { sessions, take } = isolate();
    const user = randomId();
    const made = await sessions.startKey({ ...SESSION, user, kind: "key", name: "script" });
    take();
    const begun = new Date().toISOString();
    const session = await sessions.find(made.key);
    if (!session) throw new Error("not found");
    // The first use is noted by the vault.
    expect(take()).toMatchObject({ vault_calls: 1 });
    const [listed] = await sessions.keys(session);
    expect(listed).toMatchObject({ id: made.id, name: "script", last_used_at: begun });
    expect(made.id).toHaveLength(16);
    expect(made.key).not.toContain(made.id);
    expect(await sessions.find(made.id)).toBeUndefined();
    expect(await sessions.endKey(session, "another")).toBe(false);
    expect(await sessions.find(made.key)).toBeDefined();
    expect(await sessions.endKey(session, made.id)).toBe(true);
    expect(await sessions.find(made.key)).toBeUndefined();
  });

  it("of one kind is not ended as one of another", async () => {
    const { sessions } = isolate();
    const app = await makeApp();
    const [key] = await sessions.apiKeys(app.id);
    const session = await sessions.find(app.key);
    if (!session || !key) throw new Error("not found");
    expect(await sessions.keys(session)).toEqual([]);
    expect(await sessions.endKey(session, key.id)).toBe(false);
    expect(await sessions.endUserSession(app.id, "", key.id)).toBe(false);
    expect(await sessions.find(app.key)).toBeDefined();
  });

  it("are as many as there may be, and then no more", async () => {
    const { sessions } = isolate();
    const user = randomId();
    for (let number = 0; number < 50; number += 1) {
      await sessions.startKey({ ...SESSION, user, kind: "key", name: String(number) });
    }
    await expect(sessions.startKey({ ...SESSION, user, kind: "key", name: "more" })).rejects.toMatchObject({
      code: "too_many_keys",
    });
  });
});
