/** An app that is removed: refused at once, its grants taken back, and nothing of it left, whatever happens on the way. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { RemovedApp, UserSession } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { OPERATOR } from "../../src/connections/connection.ts";
import { digest } from "../../src/crypto.ts";
import { control, revocationCalls } from "../support/emulator.ts";
import { ADMIN_KEY, admin, call, codeFor, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { takeReports } from "../support/reports.ts";
import { names, rowsOf, tablesOf, troubledVaults, vaultFor } from "../support/vault.ts";
import { Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

beforeEach(async () => {
  await control("github").reset();
  await control("google").reset();
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const vaultOf = (id: string, user = "") => vaultFor({ id }, user);

const nameOf = ({ id }: TestApp, user: string) => names().vault(id, user);

const answerOf = async (response: Response) => RemovedApp.parse(await response.json());
const remove = async (app: TestApp) => answerOf(await call(app.key, "DELETE", `/apps/${app.id}`));
const look = async (app: TestApp) => (await answerOf(await admin(`/apps/${app.id}`))).removal;
const Live = z.object({ live_access_tokens: z.number(), live_refresh_tokens: z.number() });
/** How many grants of a service are still good for something. */
async function living(service: string): Promise<number> {
  const { grants } = await control(service).grants();
  return z
    .array(Live)
    .parse(grants)
    .filter((grant) => grant.live_access_tokens + grant.live_refresh_tokens > 0).length;
}

/** Lets the alarms of an app and of its users go off, what they set off be done, and time pass. */
async function ring(app: TestApp, users: readonly string[], milliseconds = 0): Promise<void> {
  pass(milliseconds);
  for (const user of ["", ...users]) await runDurableObjectAlarm(await vaultOf(app.id, user));
  await wait(50);
}

/** Goes on until the removal is over. */
async function finish(app: TestApp, users: readonly string[]) {
  for (let round = 0; round < 40 && (await look(app)).state === "removing"; round += 1)
    await ring(app, users, 5 * MINUTE);
  return look(app);
}

/** Everything that there is of an app, wherever it may be. */
async function tracesOf(app: TestApp, users: readonly string[]) {
  const index = await env.INDEX.prepare(
    "SELECT (SELECT COUNT(*) FROM connections WHERE app = ?1) + (SELECT COUNT(*) FROM events WHERE app = ?1) AS lines",
  )
    .bind(app.id)
    .first("lines");
  const { keys } = await env.KV.list({ prefix: "vault:" });
  const vaults = await Promise.all(["", ...users].map(async (user) => `vault:${await nameOf(app, user)}`));
  const listed = await (await admin("/apps")).text();
  const asked = await Promise.all(Object.values(app.integrations).map((id) => request(`/proxy/${id}/user`)));
  return {
    index,
    listed: keys.filter(({ name }) => vaults.includes(name)).length,
    known: listed.includes(app.id),
    integrations: asked.filter(({ status }) => status !== 404).length,
    users: (await Promise.all(users.map(async (user) => tablesOf(await vaultOf(app.id, user))))).flat(),
    itself: await rowsOf(await vaultOf(app.id)),
  };
}
const NOTHING = {
  index: 0,
  listed: 0,
  known: false,
  integrations: 0,
  users: [],
  itself: { owner: 1, removal: 1, schema_version: 1 },
};

describe("from the moment on that an app is removed", () => {
  it("its keys and its users' sessions are refused, whoever made them and whenever", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const session = async () =>
      UserSession.parse(await (await call(app.key, "POST", "/sessions", { user: "user-1" })).json()).key;
    const [fresh, old] = [await session(), await session()];
    await runInDurableObject(await vaultOf(app.id, "user-1"), (_, { storage: { sql } }) => {
      const [row] = sql.exec("SELECT facts FROM sessions WHERE digest = ?", digest(old)).toArray();
      const { maker: _maker, ...before } = z.looseObject({}).parse(JSON.parse(z.string().parse(row?.["facts"])));
      sql.exec("UPDATE sessions SET facts = ? WHERE digest = ?", JSON.stringify(before), digest(old));
    });
    for (const key of [fresh, old, app.key]) expect((await call(key, "GET", "/connections")).status).toBe(200);

    const answer = await call(app.key, "DELETE", `/apps/${app.id}`);
    expect(answer.status).toBe(202);
    expect(await answerOf(answer)).toMatchObject({
      id: app.id,
      removal: { state: "removing", ended_at: null, users_done: 0, users_left: 1 },
    });
    for (const key of [fresh, old, app.key]) {
      expect((await call(key, "GET", "/connections")).status).toBe(401);
      const proxied = await call(key, "GET", `/proxy/${app.integrations["github"]}/user`, undefined, {
        "X-Latchkey-User": "user-1",
      });
      expect(proxied.status).toBe(404);
    }
  });

  it("links, flows and codes that were handed out are of no use", async () => {
    const app = await makeApp();
    const link = async () => {
      const body = { user: "user-1", integration: app.integrations["github"], return_to: app.return_url };
      return CreatedConnectSession.parse(await (await call(app.key, "POST", "/connect-sessions", body)).json())
        .connect_url;
    };
    const unopened = await link();
    const browser = new Visitor({ ADMIN_KEY });
    const callback = await decide("github", locationOf(await browser.openLink(await link())), { account: 0 });
    await remove(app);
    expect((await new Visitor({ ADMIN_KEY }).openLink(unopened)).status).toBe(404);
    expect((await browser.navigate(callback)).status).toBe(404);
    await ring(app, ["user-1"]);
    expect((await new Visitor({ ADMIN_KEY }).openLink(unopened)).status).toBe(400);
    expect(await living("github")).toBe(0);
  });

  it("the operator is told how far it is, and removing it again changes nothing", async () => {
    const app = await makeApp();
    const first = await answerOf(await admin(`/apps/${app.id}`, { method: "DELETE" }));
    pass(MINUTE);
    expect(await answerOf(await admin(`/apps/${app.id}`, { method: "DELETE" }))).toEqual(first);
    expect(await answerOf(await admin(`/apps/${app.id}`))).toEqual(first);
    for (const [method, path, body] of [
      ["PATCH", "", { name: "Back again" }],
      ["PUT", "/integrations", { provider: "slack", client_id: "id", client_secret: "secret" }],
      ["PUT", "/webhook", { url: "http://127.0.0.1:8787/github/none" }],
      ["POST", "/keys", { name: "another", scopes: ["read"] }],
      ["GET", "/integrations", undefined],
    ] as const) {
      const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
      expect((await admin(`/apps/${app.id}${path}`, init)).status, `${method} ${path}`).toBe(404);
    }
  });

  it.each(["default", OPERATOR, "app-none"])("%s is no app to remove", async (id) => {
    await makeApp();
    expect(await errorOf(await admin(`/apps/${id}`, { method: "DELETE" }))).toMatchObject({ error: "not_found" });
    expect((await admin("/apps")).status).toBe(200);
  });

  it("takes the scope manage, for that very app", async () => {
    const [app, other] = [await makeApp(), await makeApp()];
    const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "reader", scopes: ["read", "connect"] });
    const { key } = z.object({ key: z.string() }).parse(await made.json());
    expect((await call(key, "DELETE", `/apps/${app.id}`)).status).toBe(403);
    expect((await call(other.key, "DELETE", `/apps/${app.id}`)).status).toBe(404);
    expect((await call(app.key, "GET", `/apps/${app.id}`)).status).toBe(200);
  });
});

it("an app that is removed leaves nothing: not at the providers, not in any store", async () => {
  const app = await makeApp({ services: ["github", "google"], origins: ["https://gone.example"] });
  const users = ["user-1", "user-2", "user-3"];
  await connectUser(app, "user-1", "github", 0);
  await connectUser(app, "user-1", "google", 0);
  await connectUser(app, "user-2", "github", 1);
  await call(app.key, "POST", "/sessions", { user: "user-3" });
  await codeFor(app, "user-3", "google", 1);
  await ring(app, users);
  expect(await living("github")).toBe(2);
  const before = await tracesOf(app, users);
  expect(before).toMatchObject({ listed: 3, known: true, integrations: 2 });
  expect(before.index).toBeGreaterThan(2);

  await remove(app);
  await ring(app, users);
  await ring(app, users);
  expect(await living("github")).toBe(0);
  expect(await living("google")).toBe(0);
  for (const user of users) {
    const { revocations: _none, connections: _ended, ...rows } = await rowsOf(await vaultOf(app.id, user));
    expect(rows).toEqual({ owner: 1, closing: 1, schema_version: 1 });
  }
  const removal = await finish(app, users);
  expect(removal).toMatchObject({ state: "removed", users_done: 3, users_left: 0, revoked: 4, not_revoked: 0 });
  expect(Date.parse(removal.ended_at ?? "")).toBeGreaterThan(Date.parse(removal.started_at));
  expect(await tracesOf(app, users)).toEqual(NOTHING);
  const headers = { Origin: "https://gone.example", "Access-Control-Request-Method": "GET" };
  const preflight = await request("/connections", { method: "OPTIONS", headers });
  expect(preflight.headers.get("Access-Control-Allow-Origin")).toBeNull();
  pass(31 * DAY);
  await runDurableObjectAlarm(await vaultOf(app.id));
  expect(await tablesOf(await vaultOf(app.id))).toEqual([]);
  expect((await admin(`/apps/${app.id}`)).status).toBe(404);
});

it("another app, with users of the same names, does not notice", async () => {
  const [app, other] = [await makeApp(), await makeApp()];
  await connectUser(app, "user-1", "github", 0);
  const { id } = await connectUser(other, "user-1", "github", 1);
  await remove(app);
  await finish(app, ["user-1"]);
  expect(await living("github")).toBe(1);
  expect((await call(other.key, "GET", `/connections/${id}/token`)).status).toBe(200);
  expect(await (await call(other.key, "GET", "/connections")).json()).toMatchObject({ connections: [{ id }] });
});

describe("a provider that is down while an app is removed", () => {
  it("is asked again until it answers, with the app's own client", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    await control("github").fault({ endpoint: "revoke", fault: "server_error", times: 3 });
    await remove(app);
    await ring(app, ["user-1"]);
    await ring(app, ["user-1"]);
    expect(await living("github")).toBe(1);
    for (let round = 0; round < 6 && (await living("github")) > 0; round += 1) {
      expect((await look(app)).state).toBe("removing");
      expect((await (await vaultOf(app.id)).records("integration", 10)).length).toBe(1);
      await ring(app, ["user-1"], 60 * MINUTE);
    }
    expect(await living("github")).toBe(0);
    expect(await finish(app, ["user-1"])).toMatchObject({ state: "removed", revoked: 1, not_revoked: 0 });
    expect(await tracesOf(app, ["user-1"])).toEqual(NOTHING);
  });

  it("is given up after a day, and that is told", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    await control("github").fault({ endpoint: "revoke", fault: "server_error", times: 100 });
    await remove(app);
    for (let round = 0; round < 20; round += 1) await ring(app, ["user-1"], 60 * MINUTE);
    expect((await look(app)).state).toBe("removing");
    pass(5 * 60 * MINUTE);
    expect(await finish(app, ["user-1"])).toMatchObject({ state: "removed", revoked: 0, not_revoked: 1 });
    expect(await tracesOf(app, ["user-1"])).toEqual(NOTHING);
  });
});

describe("a removal that is interrupted", () => {
  it("goes on where chores are lost, and every object is reset again and again", async () => {
    const app = await makeApp();
    const users = ["user-1", "user-2"];
    await connectUser(app, "user-1", "github", 0);
    await connectUser(app, "user-2", "github", 1);
    await remove(app);
    const lost = new Map<string, number>();
    for (let round = 0; round < 60 && (await look(app)).state === "removing"; round += 1) {
      pass(7 * MINUTE);
      for (const user of ["", ...users]) {
        await runInDurableObject(await vaultOf(app.id, user), (instance) => {
          if ((lost.get(user) ?? 0) === 3) return;
          Reflect.set(instance, "dispatch", async () => {
            lost.set(user, (lost.get(user) ?? 0) + 1);
          });
        });
        await runDurableObjectAlarm(await vaultOf(app.id, user));
        await wait(20);
        await runInDurableObject(await vaultOf(app.id, user), (_, state) => state.abort("Instance dispose")).catch(
          () => {},
        );
      }
    }
    expect([...lost.values()]).toEqual([3, 3, 3]);
    expect(await look(app)).toMatchObject({ state: "removed", users_done: 2, revoked: 2, not_revoked: 0 });
    expect(await living("github")).toBe(0);
    expect(await tracesOf(app, users)).toEqual(NOTHING);
  });

  it("goes on where the index did not answer", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    await ring(app, ["user-1"]);
    await remove(app);
    await ring(app, ["user-1"]);
    await ring(app, ["user-1"]);
    await env.INDEX.exec("DROP TABLE events");
    expect(await finish(app, ["user-1"])).toMatchObject({ state: "removed", revoked: 1 });
    expect(takeReports()).toEqual([{ event: "chore_failed", error: "AppError" }]);
    expect(await tracesOf(app, ["user-1"])).toEqual(NOTHING);
  });
});

describe("what is under way at the very moment", () => {
  /** Removes the app, and closes what there is, before this call of a vault comes to it. */
  const justBefore = (app: () => TestApp, users: readonly string[], method: Parameters<typeof troubledVaults>[0]) => {
    let isDone = false;
    return troubledVaults(method, async (through) => {
      if (!isDone) {
        isDone = true;
        await remove(app());
        await ring(app(), users);
      }
      return through();
    });
  };

  it("a grant that comes back from the provider is taken back", async () => {
    const app = await makeApp();
    const body = { user: "user-1", integration: app.integrations["github"], return_to: app.return_url };
    const session = CreatedConnectSession.parse(await (await call(app.key, "POST", "/connect-sessions", body)).json());
    const browser = new Visitor({ ADMIN_KEY, VAULT: justBefore(() => app, ["user-1"], "keepGrant") });
    const callback = await decide("github", locationOf(await browser.openLink(session.connect_url)), { account: 0 });
    const back = new URL(locationOf(await browser.navigate(callback)));
    expect(back.searchParams.get("error")).toBe("app_removed");
    expect(await living("github")).toBe(1);
    expect(await finish(app, ["user-1"])).toMatchObject({ state: "removed", revoked: 1, not_revoked: 0 });
    expect(await living("github")).toBe(0);
    expect(await tracesOf(app, ["user-1"])).toEqual(NOTHING);
  });

  it.each([
    [
      "own",
      "/connections/finalize",
      async (app: TestApp) => ({ connection_code: await codeFor(app, "user-1"), user: "user-1" }),
    ],
    [
      "adoptGrant",
      "/connections/finalize",
      async (app: TestApp) => ({ connection_code: await codeFor(app, "user-1"), user: "user-1" }),
    ],
    ["addSession", "/sessions", async () => ({ user: "user-1" })],
    ["enrol", "/sessions", async () => ({ user: "user-1" })],
    ["beginSession", "/connect-sessions", async (app: TestApp) => ({ user: "user-1", return_to: app.return_url })],
    [
      "store",
      "/connections/import",
      async (app: TestApp) => ({
        user: "user-1",
        integration: app.integrations["github"] ?? "",
        access_token: "imported",
      }),
    ],
  ] as const)("%s of %s brings nothing back", async (method, path, bodyFor) => {
    const app = await makeApp();
    const body = JSON.stringify(await bodyFor(app));
    const headers = { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" };
    const VAULT = justBefore(() => app, ["user-1"], method);
    const refused = await errorOf(await request(path, { method: "POST", headers, body }, { ADMIN_KEY, VAULT }));
    expect(["app_removed", "invalid_connection_code"]).toContain(refused.error);
    expect(await finish(app, ["user-1"])).toMatchObject({ state: "removed" });
    expect(await living("github")).toBe(0);
    expect(await tracesOf(app, ["user-1"])).toEqual(NOTHING);
  });

  it("an integration that is being registered is not", async () => {
    const app = await makeApp();
    const headers = { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" };
    const body = JSON.stringify({ provider: "google", client_id: "id", client_secret: "secret" });
    const VAULT = troubledVaults("swapRecord", async (through) => {
      if ((await (await vaultOf(app.id)).removalState()) === null) await remove(app);
      return through();
    });
    const path = `/apps/${app.id}/integrations`;
    const refused = await errorOf(await request(path, { method: "PUT", headers, body }, { ADMIN_KEY, VAULT }));
    expect(refused).toMatchObject({ status: 410, error: "app_removed" });
    expect(await finish(app, [])).toMatchObject({ state: "removed" });
    expect(await tracesOf(app, [])).toEqual(NOTHING);
  });

  it("a refresh is, and what it brings is taken back", async () => {
    const app = await makeApp({ services: ["google"] });
    const { id } = await connectUser(app, "user-1", "google");
    const headers = { Authorization: `Bearer ${app.key}` };
    const VAULT = justBefore(() => app, ["user-1"], "commit");
    await request(`/connections/${id}/refresh`, { method: "POST", headers }, { ADMIN_KEY, VAULT });
    expect(await finish(app, ["user-1"])).toMatchObject({ state: "removed", revoked: 1 });
    expect(await living("google")).toBe(0);
    expect(await tracesOf(app, ["user-1"])).toEqual(NOTHING);
  });
});

describe("an app of the version before, whose vault does not know its users'", () => {
  /** What the version before would have written: no vault noted, no column for it. */
  async function asBefore(app: TestApp, users: readonly string[]): Promise<void> {
    for (const user of ["", ...users]) {
      await runInDurableObject(await vaultOf(app.id, user), (_, { storage: { sql } }) => {
        for (const column of ["enrolment", "notes_users"]) sql.exec(`ALTER TABLE owner DROP COLUMN ${column}`);
        for (const name of ["members", "removal", "closing", "schema_version"])
          sql.exec(`DROP TABLE IF EXISTS ${name}`);
      });
      await runInDurableObject(await vaultOf(app.id, user), (_, state) => state.abort("Instance dispose")).catch(
        () => {},
      );
    }
  }

  it("goes as well: users in the list of vaults, in the index alone, and in neither", async () => {
    const app = await makeApp();
    const users = ["listed", "indexed", "hidden"];
    for (const [account, user] of ["listed", "indexed", "hidden"].entries()) {
      await connectUser(app, user, "github", account % 2);
      await ring(app, [user]);
    }
    await asBefore(app, users);
    for (const user of ["indexed", "hidden"]) await env.KV.delete(`vault:${await nameOf(app, user)}`);
    await env.INDEX.prepare("DELETE FROM connections WHERE app = ? AND user = 'hidden'").bind(app.id).run();
    await remove(app);
    expect(await finish(app, users)).toMatchObject({ state: "removed", not_revoked: 0 });
    expect(await living("github")).toBe(0);
    expect(await tracesOf(app, users)).toEqual(NOTHING);
  });

  it("goes on working where it is not removed, and its users' vaults come to be noted", async () => {
    const app = await makeApp();
    await connectUser(app, "used", "github", 0);
    await connectUser(app, "rung", "github", 1);
    await asBefore(app, ["used", "rung"]);
    expect((await call(app.key, "POST", "/sessions", { user: "used" })).status).toBe(201);
    await ring(app, ["rung"]);
    await expect.poll(async () => (await rowsOf(await vaultOf(app.id)))["members"]).toBe(2);
    expect((await call(app.key, "GET", "/connections?user=rung")).status).toBe(200);
    await remove(app);
    expect((await look(app)).users_left).toBe(2);
    expect(await finish(app, ["used", "rung"])).toMatchObject({ users_done: 2, revoked: 2 });
    expect(await revocationCalls("github")).toBe(2);
  });
});

it("a user's vault that has emptied itself is no longer noted", async () => {
  const app = await makeApp();
  await call(app.key, "POST", "/sessions", { user: "user-1" });
  expect((await rowsOf(await vaultOf(app.id)))["members"]).toBe(1);
  for (let round = 0; round < 5 && (await tablesOf(await vaultOf(app.id, "user-1"))).length > 0; round += 1) {
    await ring(app, ["user-1"], DAY);
  }
  expect((await rowsOf(await vaultOf(app.id)))["members"]).toBeUndefined();
  expect((await call(app.key, "POST", "/sessions", { user: "user-1" })).status).toBe(201);
  expect((await rowsOf(await vaultOf(app.id)))["members"]).toBe(1);
});
