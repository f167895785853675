/** What was handed out can be taken back: a session ends with the key that made it, and an app ends its users' sessions. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { ApiKeys, ShownApiKey, UserSession, UserSessions } from "../../src/api-apps.ts";
import { digest } from "../../src/crypto.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { vaultFor } from "../support/vault.ts";
import { errorOf } from "../support/visitor.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

beforeEach(async () => {
  await control("github").reset();
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

async function keyOf(app: TestApp, scopes: readonly string[], expires_in = 3600) {
  const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "another", scopes, expires_in });
  return ShownApiKey.parse(await made.json());
}

async function sessionBy(key: string, body: object): Promise<z.output<typeof UserSession>> {
  const made = await call(key, "POST", "/sessions", body);
  expect(made.status).toBe(201);
  return UserSession.parse(await made.json());
}

const connections = async (key: string) => (await call(key, "GET", "/connections")).status;

describe("a user's session", () => {
  it("ends with the key that made it: at once here", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const stolen = await keyOf(app, ["read", "sessions", "tokens"]);
    const session = await sessionBy(stolen.key, { user: "user-1", scopes: ["read", "tokens"] });
    const other = await sessionBy(app.key, { user: "user-1" });
    expect(await connections(session.key)).toBe(200);
    expect((await call(app.key, "DELETE", `/apps/${app.id}/keys/${stolen.id}`)).status).toBe(204);
    expect(await connections(session.key)).toBe(401);
    expect(await connections(other.key)).toBe(200);
  });

  it("never outlives that key", async () => {
    const app = await makeApp();
    const short = await keyOf(app, ["read", "sessions"], 60);
    const session = await sessionBy(short.key, { user: "user-1", expires_in: 30 * 86_400 });
    expect(Date.parse(session.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
    pass(MINUTE + 1);
    expect(await connections(session.key)).toBe(401);
  });

  it("takes a scope of its own to make, to list and to end", async () => {
    const app = await makeApp();
    const reader = await keyOf(app, ["read", "connect", "proxy", "tokens", "manage"]);
    for (const [method, path, body] of [
      ["POST", "/sessions", { user: "user-1" }],
      ["GET", "/users/user-1/sessions", undefined],
      ["DELETE", "/users/user-1/sessions", undefined],
      ["DELETE", "/users/user-1/sessions/x", undefined],
    ] as const) {
      const answer = await errorOf(await call(reader.key, method, path, body));
      expect(answer).toMatchObject({ status: 403, error: "insufficient_scope" });
      expect(answer.message).toContain("sessions");
    }
  });

  it("made by a key from before that scope was, which had `read`, goes on being made", async () => {
    const app = await makeApp();
    const old = await keyOf(app, ["read"]);
    await runInDurableObject(await vaultFor(app), (_, { storage: { sql } }) => {
      const [row] = sql.exec("SELECT facts FROM sessions WHERE digest = ?", digest(old.key)).toArray();
      const { maker: _maker, ...before } = z.looseObject({}).parse(JSON.parse(z.string().parse(row?.["facts"])));
      sql.exec("UPDATE sessions SET facts = ? WHERE digest = ?", JSON.stringify(before), digest(old.key));
    });
    expect((await call(old.key, "POST", "/sessions", { user: "user-1" })).status).toBe(201);
  });
});

describe("an app and its users' sessions", () => {
  const listed = async (app: TestApp, user: string) =>
    UserSessions.parse(await (await call(app.key, "GET", `/users/${user}/sessions`)).json()).sessions;

  it("lists them without their keys, ends one, and ends all", async () => {
    const app = await makeApp();
    const [first, second, third] = [
      await sessionBy(app.key, { user: "user-1" }),
      await sessionBy(app.key, { user: "user-1", scopes: ["read"] }),
      await sessionBy(app.key, { user: "user-1" }),
    ];
    const theirs = await sessionBy(app.key, { user: "user-2" });
    const sessions = await listed(app, "user-1");
    expect(sessions).toHaveLength(3);
    for (const { key } of [first, second, third]) expect(JSON.stringify(sessions)).not.toContain(key);
    const readOnly = sessions.find(({ scopes }) => scopes.length === 1);
    expect((await call(app.key, "DELETE", `/users/user-1/sessions/${readOnly?.id}`)).status).toBe(204);
    expect(await connections(second.key)).toBe(401);
    expect(await connections(first.key)).toBe(200);
    expect((await call(app.key, "DELETE", "/users/user-1/sessions")).status).toBe(204);
    for (const { key } of [first, second, third]) expect(await connections(key)).toBe(401);
    expect(await connections(theirs.key)).toBe(200);
    expect(await listed(app, "user-1")).toEqual([]);
  });

  it("sees and ends none of another app's", async () => {
    const [app, other] = [await makeApp(), await makeApp()];
    const session = await sessionBy(other.key, { user: "user-1" });
    expect(await listed(app, "user-1")).toEqual([]);
    expect((await call(app.key, "DELETE", "/users/user-1/sessions")).status).toBe(204);
    expect(await connections(session.key)).toBe(200);
    const [{ id } = { id: "" }] = await listed(other, "user-1");
    expect(await errorOf(await call(app.key, "DELETE", `/users/user-1/sessions/${id}`))).toMatchObject({ status: 404 });
  });

  it("keeps one that nobody uses no longer than it lives", async () => {
    const app = await makeApp();
    await sessionBy(app.key, { user: "user-1", expires_in: 60 });
    pass(DAY);
    expect(await listed(app, "user-1")).toEqual([]);
    const keys = ApiKeys.parse(await (await call(app.key, "GET", `/apps/${app.id}/keys`)).json()).keys;
    expect(keys).toHaveLength(1);
  });
});
