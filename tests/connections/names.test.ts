/** Names that lead to a vault: nobody can make one up, or confirm whose it is, without this deployment's name key. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Connections } from "../../src/api-connections.ts";
import { Events } from "../../src/api-events.ts";
import { digest, randomId, shortId } from "../../src/crypto.ts";
import { Services } from "../../src/services.ts";
import { realWorld } from "../../src/world.ts";
import { appOfBefore, vaultOfBefore } from "../support/before.ts";
import { control } from "../support/emulator.ts";
import { ADMIN_KEY, admin, call, codeFor, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { driven } from "../support/jobs.ts";
import { takeReports } from "../support/reports.ts";
import { names, vaultFor, watchedVaults } from "../support/vault.ts";
import { APP, request } from "../support/visitor.ts";

const OLD = "sandbox:c2FuZGJveC1vbmx5LW5ldmVyLXVzZS1lbHNld2hlcmU";
const NEW = `new:${"A".repeat(42)}E`;

beforeEach(() => control("github").reset());

const keyRecords = async () =>
  (await vaultFor({ id: "operator" }).then((vault) => vault.records("name_key", 10))).length;
const copies = async () => (await env.KV.list({ prefix: "name_key:" })).keys;
const dropCopies = async () => Promise.all((await copies()).map(({ name }) => env.KV.delete(name)));

/** The same string with another letter at this place. */
const altered = (text: string, at: number) => text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);

describe("the name key", () => {
  it("is made once, by however many need it first", async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => names().newSession("v".repeat(43))));
    expect(await keyRecords()).toBe(1);
    for (const id of made) {
      const [, vault = "", secret = "", check = ""] = /^lk_(.{43})(.{32})(.{11})$/.exec(id) ?? [];
      expect(await names().isSession({ vault, secret, check })).toBe(true);
    }
  });

  it("has a copy that never runs out, sealed, and is the same where that is lost", async () => {
    const app = await names().newApp();
    const name = await names().vault(app, "alice");
    const [copy, ...others] = await copies();
    expect(others).toEqual([]);
    expect(copy?.expiration).toBeUndefined();
    expect(await env.KV.get(copy?.name ?? "")).toMatch(/^v1\.sandbox\./);
    await dropCopies();
    expect(await names().vault(app, "alice")).toBe(name);
    expect(await copies()).toHaveLength(1);
  });

  it("is asked for once in an isolate, and is one read of KV", async () => {
    const reads: string[] = [];
    const KV = { get: (name: string) => (reads.push(name), env.KV.get(name)) };
    const VAULT = watchedVaults();
    const app = await names().newApp();
    const services = new Services(realWorld, Object.assign({ ...env }, { KV, VAULT }), {
      url: APP,
      waitUntil: () => {},
    });
    for (let time = 0; time < 5; time += 1) await services.names.vault(app, `user-${time}`);
    expect(reads).toHaveLength(1);
    expect(VAULT.asked).toEqual([]);
  });

  it("goes along when the sealing key is changed, and what it has named stays", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    const name = await names().vault(app.id, "alice");
    const both = await driven("/keys/reseal", { SEALING_KEYS: `${NEW},${OLD}` });
    expect(both.counts.left).toBe(0);
    expect(await names({ SEALING_KEYS: NEW }).vault(app.id, "alice")).toBe(name);
    await dropCopies();
    expect(await names({ SEALING_KEYS: NEW }).vault(app.id, "alice")).toBe(name);
    const headers = { Authorization: `Bearer ${app.key}` };
    const answer = await request(`/connections/${id}`, { headers }, { SEALING_KEYS: NEW });
    expect(await answer.json()).toMatchObject({ id, user: "alice" });
    // A copy of the session is under the key from before: it is none, and the vault is asked.
    for (const report of takeReports()) expect(report).toMatchObject({ event: "kv_failed", kind: "session" });
    // Back, for the tests that come after.
    await driven("/keys/reseal", { SEALING_KEYS: `${OLD},${NEW}` });
  });
});

/** What an app and its user are shown of a user: the ids of a connection, an event and a session. */
async function shownOf(app: TestApp, user: string) {
  const { id: connection } = await connectUser(app, user);
  const url = { url: "https://hooks.example/latchkey" };
  await call(app.key, "PUT", `/apps/${app.id}/webhook`, url);
  await runDurableObjectAlarm(await vaultFor(app, user)).catch(() => {});
  const made = await call(app.key, "POST", "/sessions", { user });
  const { key } = z.object({ key: z.string() }).parse(await made.json());
  const { events } = Events.parse(await (await call(app.key, "GET", `/apps/${app.id}/events`)).json());
  return { connection, event: events[0]?.id ?? "", key };
}

describe("what is shown of an app's user", () => {
  it("confirms nobody's guess at who they are", async () => {
    const app = await makeApp();
    const { connection, key } = await shownOf(app, "alice");
    const guess = digest("vault", app.id, "alice");
    for (const id of [connection, key]) expect(id).not.toContain(guess);
    expect(connection).toContain(await names().vault(app.id, "alice"));
    expect(key).toContain(await names().vault(app.id, "alice"));
  });

  it("is the same in every list, and leads back", async () => {
    const app = await makeApp();
    const { connection } = await shownOf(app, "alice");
    const lists = ["/connections", "/connections?user=alice"];
    for (const list of lists) {
      const { connections } = Connections.parse(await (await call(app.key, "GET", list)).json());
      expect(connections.map(({ id }) => id)).toEqual([connection]);
    }
    expect(await (await call(app.key, "GET", `/connections/${connection}`)).json()).toMatchObject({ user: "alice" });
  });
});

describe("an id that was made up", () => {
  it("of a connection asks no vault, wherever it was altered", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    await call(app.key, "GET", `/connections/${id}`);
    const guess = `con_${digest("vault", app.id, "alice")}${digest("x").slice(0, 16)}_github`;
    for (const madeUp of [guess, ...[5, 40, 46, 47, 55, 62].map((at) => altered(id, at))]) {
      const VAULT = watchedVaults();
      const headers = { Authorization: `Bearer ${app.key}` };
      expect((await request(`/connections/${madeUp}`, { headers }, { VAULT })).status).toBe(404);
      expect(VAULT.asked).toEqual([]);
    }
  });

  it("of another app's connection is none of this one's", async () => {
    const [one, other] = [await makeApp(), await makeApp()];
    const { id } = await connectUser(one, "alice");
    expect(await names().readConnectionId(one.id, id)).toBeDefined();
    expect(await names().readConnectionId(other.id, id)).toBeUndefined();
  });

  it("of an event is none, wherever it was altered", async () => {
    const app = await names().newApp();
    const { handle } = await names().owner(app, "alice", APP);
    const id = `msg_${handle}${randomId().slice(0, 22)}`;
    expect(await names().readEventId(app, id)).toBe(await names().vault(app, "alice"));
    for (const at of [4, 46, 47, 62]) expect(await names().readEventId(app, altered(id, at))).toBeUndefined();
    expect(await names().readEventId(app, `msg_${randomId()}${randomId().slice(0, 22)}`)).toBeUndefined();
  });

  it("of an app leads to no vault", async () => {
    const app = await names().newApp();
    expect(await names().isApp(app)).toBe(true);
    for (const at of [4, 23, 24, 36]) expect(await names().isApp(altered(app, at))).toBe(false);
    for (const id of [altered(app, 30), "operator", "default", "", "app-", `${app}a`, "app-UPPER"]) {
      const VAULT = watchedVaults();
      const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
      expect((await request(`/apps/${id}/keys`, { headers }, { VAULT, ADMIN_KEY })).status).toBe(404);
      expect(VAULT.asked).toEqual([]);
    }
  });
});

describe("an app from before", () => {
  it("keeps the names it had: its vaults, its connections' ids and its events'", async () => {
    const app = await appOfBefore();
    const { id } = await connectUser(app, "alice");
    const vault = digest("vault", app.id, "alice");
    const integration = app.integrations["github"] ?? "";
    expect(id).toBe(`con_${vault}${digest("connection", app.id, vault, integration).slice(0, 16)}_${integration}`);
    expect((await vaultOfBefore(app.id, "alice").connections()).map((one) => one.place)).toEqual([integration]);
    expect(await (await call(app.key, "GET", `/connections/${id}`)).json()).toMatchObject({ id, user: "alice" });
    const { connections } = Connections.parse(await (await call(app.key, "GET", "/connections")).json());
    expect(connections.map((one) => one.id)).toEqual([id]);
    expect((await vaultOfBefore(app.id, "alice").owner())?.handle).toBeNull();
    const event = `msg_${vault}${randomId().slice(0, 22)}`;
    expect(await names().readEventId(app.id, event)).toBe(vault);
  });

  it("goes on with its own id and keys", async () => {
    const app = await appOfBefore();
    expect(await (await call(app.key, "GET", `/apps/${app.id}`)).json()).toMatchObject({ id: app.id });
    expect(await (await admin(`/apps/${app.id}`)).json()).toMatchObject({ id: app.id });
    expect((await admin(`/apps/app-${shortId()}`)).status).toBe(404);
    expect(await codeFor(app, "bob")).not.toBe("");
  });
});

it.each([
  ["POST", "/connections/finalize", { connection_code: "\ud800", user: "alice" }],
  ["POST", "/connect-sessions", { integration: "\ud800", user: "alice", return_to: "https://app.example/done" }],
  ["POST", "/connect-sessions", { user: "alice\udfff", return_to: "https://app.example/done" }],
  ["POST", "/connections/import", { integration: "\udc00", user: "alice", access_token: "x" }],
  ["POST", "/sessions", { user: "\ud800" }],
])("half a character is refused, and breaks nothing: %s %s", async (method, path, body) => {
  const app = await makeApp();
  const { status } = await call(app.key, method, path, body);
  expect([400, 404]).toContain(status);
});
