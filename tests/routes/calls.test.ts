/** What was done with a user's connections: each call to a service, by key and connection, and nothing of what was in it. */
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { RecordedCalls, type RecordedCall } from "../../src/api-calls.ts";
import { UserSession } from "../../src/api-apps.ts";
import { BOUNDS } from "../../src/bounds.ts";
import { CallRecord } from "../../src/apps/call-record.ts";
import { Gathered } from "../../src/gatherer.ts";
import { shapeOf } from "../../src/proxy/path-shape.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { names, servicesWith, tablesOf, troubledVaults, vaultFor } from "../support/vault.ts";

const USER = "user-1";
const asUser = { "X-Latchkey-User": USER };
let app: TestApp;

beforeEach(async () => {
  await control("github").reset();
  await control("notion").reset();
  app = await makeApp({ services: ["github", "notion"] });
});

const proxied = (key: string, method: string, path: string, headers = {}): Promise<Response> =>
  call(key, method, `/proxy/${app.integrations["github"]}${path}`, undefined, headers);
async function list(
  key = app.key,
  query = "",
  headers: Readonly<Record<string, string>> = asUser,
): Promise<RecordedCalls> {
  return RecordedCalls.parse(await (await call(key, "GET", `/calls${query}`, undefined, headers)).json());
}
async function sessionWith(grant: object): Promise<UserSession> {
  return UserSession.parse(await (await call(app.key, "POST", "/sessions", { user: USER, grant })).json());
}

it("is each call, newest first: with what key, at which connection, by which rule, and what became of it", async () => {
  const github = await connectUser(app, USER);
  const { key } = await sessionWith({ rules: [{ integrations: ["notion"] }, { paths: ["/user", "/repos/**"] }] });
  const [listed] = (
    await (await call(app.key, "GET", `/users/${USER}/sessions`)).json<{ sessions: { id: string }[] }>()
  ).sessions;
  const passed = await proxied(key, "GET", "/user?token=secret-in-a-query");
  await proxied(key, "POST", "/user/repos");
  await proxied(app.key, "GET", "/repos/acme/site-2026/issues/17", asUser);
  const { calls, dropped } = await list();
  expect(dropped).toBe(0);
  expect(calls).toMatchObject([
    { method: "GET", path: "/repos/acme/*/issues/*", connection: github.id, outcome: "ok", rule: null },
    { method: "POST", path: "/user/repos", status: 403, outcome: "outside_grant", rule: null, key: listed?.id },
    {
      request_id: passed.headers.get("X-Latchkey-Request-Id"),
      method: "GET",
      path: "/user",
      status: 200,
      outcome: "ok",
      rule: 2,
      key: listed?.id,
      integration: app.integrations["github"],
      connection: github.id,
    },
  ]);
  expect(JSON.stringify(calls)).not.toContain("secret");
});

it("is each profile, page of items and picture too, as one line, whatever it takes and whoever asks", async () => {
  const github = await connectUser(app, USER);
  const integration = app.integrations["github"] ?? "";
  const { key } = await sessionWith({ rules: [{ integrations: ["notion"] }, { paths: ["/user", "/user/emails"] }] });
  await call(key, "GET", `/data/${integration}`);
  await call(key, "GET", `/integrations/${integration}/load?limit=3`);
  await call(app.key, "GET", `/integrations/${integration}/load?limit=3&cursor=`, undefined, asUser);
  await call(app.key, "GET", `/connections/${github.id}/avatar`);
  const { calls } = await list();
  expect(calls.map(({ path, outcome, rule, method }) => [path, outcome, rule, method])).toEqual([
    ["/connections/{connection}/avatar", expect.any(String), null, "GET"],
    ["/integrations/{integration}/load", "invalid_cursor", null, "GET"],
    ["/integrations/{integration}/load", "outside_grant", null, "GET"],
    ["/data/{integration}", "ok", 2, "GET"],
  ]);
  const [avatar, , , data] = calls;
  expect([avatar?.connection, avatar?.integration]).toEqual([github.id, integration]);
  expect([data?.connection, data?.integration, data?.status]).toEqual([github.id, integration, 200]);
  expect(data?.key).not.toBeNull();
});

it("is found by key, by connection and by integration, in pages", async () => {
  const github = await connectUser(app, USER);
  const { key } = await sessionWith({ rules: [{}] });
  for (let count = 0; count < 3; count += 1) await proxied(key, "GET", "/user");
  await proxied(app.key, "GET", "/user", asUser);
  const [first] = (await list()).calls;
  const by = async (query: string) => (await list(app.key, query)).calls.length;
  expect(await by(`?key=${first?.key}`)).toBe(1);
  expect(await by(`?connection=${github.id}`)).toBe(4);
  expect(await by("?integration=github")).toBe(4);
  expect(await by("?integration=notion")).toBe(0);
  const page = await list(app.key, "?limit=3");
  expect(page.calls).toHaveLength(3);
  const rest = await list(app.key, `?limit=3&cursor=${encodeURIComponent(page.next_cursor ?? "")}`);
  expect([rest.calls.length, rest.next_cursor]).toEqual([1, null]);
});

it("shows a holder the calls that their grant is about, and another user none", async () => {
  await connectUser(app, USER);
  await connectUser(app, USER, "notion");
  await proxied(app.key, "GET", "/user", asUser);
  await call(app.key, "GET", `/proxy/${app.integrations["notion"]}/v1/users/me`, undefined, asUser);
  const { key } = await sessionWith({ rules: [{ integrations: ["notion"] }] });
  expect((await list(key, "", {})).calls.map(({ integration }) => integration)).toEqual([app.integrations["notion"]]);
  expect((await list(app.key, "", { "X-Latchkey-User": "user-2" })).calls).toEqual([]);
  expect(await tablesOf(await vaultFor(app, "user-2"))).toEqual([]);
});

describe("a path is written down as what it is about", () => {
  it.for([
    ["/user", "/user"],
    ["/v1.0/me/messages/AAMkAGI2", "/v1.0/me/messages/*"],
    ["/repos/acme/site/issues/7", "/repos/acme/site/issues/*"],
    ["/users/ada@northwind.example", "/users/*"],
    ["/projects/a%2Fb", "/projects/*"],
    ["/drive/items/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", "/drive/items/*"],
    [`/${"a".repeat(33)}`, "/*"],
    ["/", "/"],
  ])("%s", ([path = "", shape]) => {
    expect(shapeOf({ host: null, segments: path.slice(1).split("/") })).toBe(shape);
  });

  it("with the host, where that is another", () => {
    expect(shapeOf({ host: "uploads.github.com", segments: ["repos", "a1"] })).toBe("/~uploads.github.com/repos/*");
  });
});

describe("many calls", () => {
  const some = (count: number, from = 0): RecordedCall[] =>
    Array.from({ length: count }, (_, place) => ({
      request_id: String(from + place).padStart(6, "0"),
      at: new Date(Date.now() - 60_000 + from + place).toISOString(),
      key: null,
      integration: "github",
      connection: null,
      method: "GET",
      path: "/user",
      status: 200,
      outcome: "ok",
      rule: null,
      approval: null,
    }));

  it("are a row for fifty, and of a thousand the oldest go", async () => {
    await connectUser(app, USER);
    await runInDurableObject(await vaultFor(app, USER), (vault) => {
      for (let from = 0; from < BOUNDS.calls + 100; from += 49) vault.recordCalls(some(49, from), 0);
      const { calls } = vault.recordedCalls();
      // A row that is full goes as a whole.
      expect(calls.length).toBeGreaterThan(BOUNDS.calls - 50);
      expect(calls.length).toBeLessThanOrEqual(BOUNDS.calls);
      expect(calls.at(-1)?.request_id).toBe("001126");
    });
    await runInDurableObject(await vaultFor(app, USER), (_, { storage }) => {
      expect(storage.sql.exec("SELECT count(*) AS rows FROM calls").one()["rows"]).toBeLessThanOrEqual(
        BOUNDS.calls / 50 + 1,
      );
    });
  });

  it("of one user are written in few calls of one vault, and those that it did not take are told", async () => {
    await connectUser(app, USER);
    const behind: Promise<unknown>[] = [];
    let isDown = true;
    let asked = 0;
    const VAULT = troubledVaults("recordCalls", async (write) => {
      asked += 1;
      if (isDown) throw new Error("down");
      return write();
    });
    const { vaults } = servicesWith({ VAULT });
    const record = new CallRecord(vaults, names(), new Gathered(), 60_000, (work) => void behind.push(work));
    for (const one of some(98)) record.note(app.id, USER, one);
    expect(asked).toBeLessThanOrEqual(2);
    await record.list(app.id, USER);
    isDown = false;
    for (const one of some(3, 98)) record.note(app.id, USER, one);
    const { calls, dropped } = await record.list(app.id, USER);
    expect([calls.length, dropped]).toEqual([3, 98]);
  });
});
