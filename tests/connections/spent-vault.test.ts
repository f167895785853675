/** A vault that is only asked is not stored, and one with nothing left in it is gone: both would be paid for, for good. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Chores } from "../../src/connections/vault/vault.ts";
import { digest, randomId } from "../../src/crypto.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp } from "../support/integrator.ts";
import { appOfBefore, vaultOfBefore } from "../support/before.ts";
import { ringAlarm, tablesOf, vaultFor, vaultOf } from "../support/vault.ts";
import { Visitor, request } from "../support/visitor.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

const alarmOf = (vault: DurableObjectStub): Promise<number | null> =>
  runInDurableObject(vault, (_, state) => state.storage.getAlarm());

describe("a vault that is asked by a made-up name", () => {
  it.each([
    ["as a bearer", (id: string) => request("/integrations", { headers: { Authorization: `Bearer ${id}` } })],
    ["as a cookie", (id: string) => request("/integrations", { headers: { Cookie: `__Host-session=${id}` } })],
    ["in a query", (id: string) => request(`/data/github?session_id=${id}`)],
    ["at the proxy", (id: string) => request("/proxy/github/user", { headers: { Authorization: `Bearer ${id}` } })],
  ])("%s has no table and no alarm", async (_, ask) => {
    const vault = randomId();
    await ask(`lk_${vault}${randomId()}`);
    const stub = env.VAULT.getByName(vault);
    expect(await tablesOf(stub)).toEqual([]);
    expect(await alarmOf(stub)).toBeNull();
  });

  it("answers every question as one that has nothing", async () => {
    const vault = env.VAULT.getByName(randomId());
    expect(await vault.owner()).toBeNull();
    expect(await vault.connections()).toEqual([]);
    expect(await vault.connection("github")).toBeNull();
    expect(await vault.activity("github")).toEqual([]);
    expect(await vault.claim("x", "y", "attempt")).toEqual({ outcome: "unknown" });
    expect(await vault.keys("key")).toEqual([]);
    expect(await vault.endSession("x")).toEqual({ others: false });
    expect(await vault.disconnect("github", "x")).toBeNull();
    expect(await vault.refuseGrant("x", "user_mismatch")).toBeNull();
    expect(await vault.records(null, 10)).toEqual([]);
    expect(
      await vault.acquire("github", { need: "use", seen_generation: 0, lease: "x", client: "y", api_refused: false }),
    ).toEqual({
      outcome: "none",
    });
    expect(await tablesOf(vault)).toEqual([]);
  });
});

describe("a vault with nothing left in it is deleted whole", () => {
  it("a day after its last connection, once its last session has ended", async () => {
    await control("github").reset();
    const visitor = new Visitor();
    await visitor.connect("github");
    const vault = vaultOf(visitor);
    expect((await tablesOf(vault)).length).toBeGreaterThan(5);
    await visitor.change("DELETE", "/integrations/github/credentials");
    pass(2 * DAY);
    await ringAlarm(visitor);
    // The session still leads here.
    expect((await tablesOf(vault)).length).toBeGreaterThan(5);
    pass(30 * DAY);
    await ringAlarm(visitor);
    expect(await tablesOf(vault)).toEqual([]);
    expect(await alarmOf(vault)).toBeNull();
  });

  it("after a start that nobody finished", async () => {
    const visitor = new Visitor();
    await visitor.startAt("github");
    const vault = vaultOf(visitor);
    pass(31 * DAY);
    for (let round = 0; round < 3 && (await tablesOf(vault)).length > 0; round += 1) {
      await ringAlarm(visitor);
      pass(2 * HOUR);
    }
    expect(await tablesOf(vault)).toEqual([]);
  });

  it("and one that is used again afterwards is as good as new, in the list of the app as well", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const vault = await vaultFor(app, "user-1");
    expect((await call(app.key, "DELETE", `/connections/${id}`)).status).toBe(200);
    for (let round = 0; round < 40 && (await tablesOf(vault)).length > 0; round += 1) {
      pass(DAY);
      await runDurableObjectAlarm(vault);
    }
    expect(await tablesOf(vault)).toEqual([]);
    const again = await connectUser(app, "user-1");
    expect(again.id).toBe(id);
    const listed = await (await call(app.key, "GET", "/connections")).json();
    expect(listed).toMatchObject({ connections: [{ id, user: "user-1", status: "connected" }] });
  });

  it("and whoever comes in while that is told outside finds a vault that keeps what they bring", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const vault = vaultOf(visitor);
    const session = visitor.cookies.get("__Host-session") ?? "";
    const known = await vault.session(digest(session));
    if (!known) throw new Error("no session");
    await visitor.change("DELETE", "/integrations/github/credentials");
    pass(32 * DAY);
    const later = { ...known, expires_at: Date.now() + DAY };
    await runInDurableObject(vault, async (instance) => {
      const came: string[] = [];
      Reflect.set(instance, "dispatch", async (chores: Chores) => {
        if (chores.forget) came.push(await instance.addSession("somebody", later));
      });
      for (let round = 0; round < 5 && came.length === 0; round += 1) {
        await instance.alarm();
        pass(DAY / 2);
      }
      expect(came).toEqual(["added"]);
      expect(instance.session("somebody")).toMatchObject({ kind: known.kind });
    });
  });

  it("but never while it holds a connection, however long nobody comes", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const vault = await vaultFor(app, "user-1");
    for (let round = 0; round < 5; round += 1) {
      pass(100 * DAY);
      await runDurableObjectAlarm(vault);
    }
    expect((await call(app.key, "GET", `/connections/${id}`)).status).toBe(200);
  });

  it("nor while an app's keys and integrations are in it", async () => {
    const app = await makeApp();
    const vault = await vaultFor(app);
    pass(400 * DAY);
    await runDurableObjectAlarm(vault);
    expect((await call(app.key, "GET", `/apps/${app.id}`)).status).toBe(200);
  });
});

it("a vault that a version before has made is opened as it is, and brought up to date", async () => {
  const app = await appOfBefore();
  const owner = { app: app.id, user: "user-1", origin: "http://localhost:8787", by_session: false };
  await runInDurableObject(vaultOfBefore(app.id, "user-1"), (_, state) => {
    const { sql } = state.storage;
    sql.exec("CREATE TABLE owner (one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT, listed INTEGER)");
    sql.exec("INSERT INTO owner VALUES (1, ?, 1)", JSON.stringify(owner));
    sql.exec(`CREATE TABLE revocations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, integration TEXT NOT NULL, epoch INTEGER NOT NULL, generation INTEGER NOT NULL,
        sealed TEXT NOT NULL, request TEXT NOT NULL UNIQUE, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL)`);
    sql.exec(`CREATE TABLE outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, delivery TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, last_status INTEGER, next_at INTEGER)`);
    sql.exec(
      "CREATE TABLE index_lines (integration TEXT PRIMARY KEY, revision INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER) WITHOUT ROWID",
    );
    sql.exec("INSERT INTO index_lines VALUES ('github', 7, 0, NULL)");
  });
  await runInDurableObject(vaultOfBefore(app.id, "user-1"), (_, state) => state.abort("Instance dispose")).catch(
    () => {},
  );
  // A stub that has failed stays broken.
  const vault = vaultOfBefore(app.id, "user-1");
  expect(await vault.owner()).toEqual({ ...owner, handle: null });
  expect(await vault.connections()).toEqual([]);
  const { id } = await connectUser(app, "user-1");
  expect((await call(app.key, "GET", `/connections/${id}`)).status).toBe(200);
  expect((await call(app.key, "DELETE", `/connections/${id}`)).status).toBe(200);
});
