/** The last requests of an app, as the app sees them: what each has, which are found, how many there are, and what they cost. */
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { CreatedApp, ShownApiKey } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { LoggedRequests, type LoggedRequest } from "../../src/api-requests.ts";
import { AppRequests } from "../../src/apps/app-requests.ts";
import { BOUNDS } from "../../src/bounds.ts";
import { AT_ONCE } from "../../src/connections/vault/batched-log.ts";
import { ERROR_CODES } from "../../src/errors.ts";
import { allRoutes } from "../../src/routes/all.ts";
import { control } from "../support/emulator.ts";
import { admin, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { names, rowsOf, servicesWith, tablesOf, troubledVaults, vaultFor } from "../support/vault.ts";
import { Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

const asUser = (user: string) => ({ "X-Latchkey-User": user });

async function pageOf({ id, key }: Pick<TestApp, "id" | "key">, query: Record<string, string> = {}) {
  const answer = await call(key, "GET", `/apps/${id}/requests?${new URLSearchParams(query).toString()}`);
  expect(answer.status).toBe(200);
  return LoggedRequests.parse(await answer.json());
}
const requestsOf = async (app: Pick<TestApp, "id" | "key">, query: Record<string, string> = {}) =>
  (await pageOf(app, { limit: "100", ...query })).requests;

/** What one request is written down as. */
async function written(app: Pick<TestApp, "id" | "key">, answer: Response): Promise<LoggedRequest | undefined> {
  const request_id = answer.headers.get("X-Latchkey-Request-Id");
  expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
  const found = await requestsOf(app, { request_id: request_id ?? "" });
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

const some = (count: number, more: Partial<LoggedRequest> = {}): LoggedRequest[] =>
  Array.from({ length: count }, () => ({
    request_id: crypto.randomUUID(),
    at: new Date().toISOString(),
    method: "GET",
    route: "/proxy/*",
    status: 200,
    outcome: "ok",
    duration_ms: 1,
    user: "u".repeat(255),
    integration: null,
    provider: null,
    connection: null,
    ...more,
  }));

describe("a request", () => {
  it("through the proxy is found by the id that its answer had, with all that is known of it", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const integration = app.integrations["github"] ?? "";
    const answer = await call(app.key, "GET", `/proxy/${integration}/user?secret=1`, undefined, asUser("user-1"));
    const { at, duration_ms, ...rest } = (await written(app, answer)) ?? {};
    expect(rest).toEqual({
      request_id: answer.headers.get("X-Latchkey-Request-Id"),
      method: "GET",
      route: "/proxy/*",
      status: 200,
      outcome: "ok",
      user: "user-1",
      integration,
      provider: "github",
      connection: id,
    });
    expect(duration_ms).toBeGreaterThanOrEqual(0);
    expect(Math.abs(Date.parse(at ?? "") - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    ["a route that takes another scope", "GET", "/proxy/{}/user", 401, "insufficient_scope"],
    ["no user where one is needed", "GET", "/data/{}", 400, "user_required"],
    ["a body that is wrong", "POST", "/connect-sessions", 400, "invalid_request"],
    ["a connection that is not there", "GET", "/connections/con_none", 404, "not_found"],
  ] as const)("that is refused is there with its code: %s", async (_, method, path, status, outcome) => {
    const app = await makeApp();
    const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "less", scopes: ["read", "connect"] });
    const { key } = ShownApiKey.parse(await made.json());
    const body = method === "POST" ? {} : undefined;
    const answer = await call(key, method, path.replace("{}", app.integrations["github"] ?? ""), body);
    expect(await written(app, answer)).toMatchObject({ method, status, outcome });
  });

  it("with a key that has ended is there, and with one that is none is not", async () => {
    const app = await makeApp();
    const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "second", scopes: ["read"] });
    const { id, key } = ShownApiKey.parse(await made.json());
    await call(app.key, "DELETE", `/apps/${app.id}/keys/${id}`);
    const refused = await call(key, "GET", "/connections");
    expect(await written(app, refused)).toMatchObject({
      status: 401,
      outcome: "invalid_session",
      route: "/connections",
    });
    const guessed = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    expect(await written(app, await call(guessed, "GET", "/connections"))).toBeUndefined();
  });

  it("of the operator about the app is there, and reading the list is not", async () => {
    const app = await makeApp({ services: [] });
    expect(await written(app, await admin(`/apps/${app.id}`))).toMatchObject({ route: "/apps/:app", status: 200 });
    expect(await written(app, await admin(`/apps/${app.id}/requests`))).toBeUndefined();
    expect((await requestsOf(app)).every(({ route }) => !route.endsWith("/requests"))).toBe(true);
  });
});

it("has no code, state, ticket, key or query of a whole flow: each field is one of ours, or an id that the app has", async () => {
  const app = await makeApp();
  const secrets = [app.key];
  const integration = app.integrations["github"] ?? "";
  const body = { user: "user-1", integration, return_to: app.return_url };
  const link = await call(app.key, "POST", "/connect-sessions", body);
  const { connect_url } = CreatedConnectSession.parse(await link.json());
  const browser = new Visitor();
  const asked = locationOf(await browser.openLink(connect_url));
  const callback = await decide("github", asked);
  const back = new URL(locationOf(await browser.navigate(callback)));
  const connection_code = back.searchParams.get("connection_code") ?? "";
  const done = await call(app.key, "POST", "/connections/finalize", { connection_code, user: "user-1" });
  const { id: connection } = z.object({ id: z.string() }).parse(await done.json());
  await call(app.key, "GET", `/proxy/${integration}/users/canary?q=canary`, undefined, asUser("user-1"));
  secrets.push(connect_url.split("#")[1] ?? "", connection_code, ...browser.cookies.values(), "canary");
  for (const url of [new URL(asked), new URL(callback)]) {
    for (const name of ["state", "code", "code_challenge"]) secrets.push(url.searchParams.get(name) ?? "");
  }
  const requests = await requestsOf(app);
  const told = JSON.stringify(requests);
  for (const secret of secrets.filter((one) => one.length > 0)) expect(told).not.toContain(secret);
  expect(told).not.toContain("?");
  const routes = allRoutes.flatMap(({ hono }) => hono.routes.map(({ path }) => path));
  const Ours = z.strictObject({
    request_id: z.uuid(),
    at: z.iso.datetime(),
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    route: z.enum(routes),
    status: z.int(),
    outcome: z.enum(["ok", ...ERROR_CODES]),
    duration_ms: z.int(),
    user: z.literal("user-1").nullable(),
    integration: z.literal(integration).nullable(),
    provider: z.literal("github").nullable(),
    connection: z.literal(connection).nullable(),
  });
  for (const one of requests) Ours.parse(one);
  expect(requests.map(({ route }) => route)).toEqual([
    "/proxy/*",
    "/connections/finalize",
    "/callback/:integration",
    "/connect/open",
    "/connect-sessions",
    "/apps/:app/integrations",
  ]);
});

describe("the list", () => {
  it.each([
    ["user", { user: "user-2" }, ["a missing label"]],
    ["integration", { integration: "{}" }, ["a missing label", "a call", "a refused call"]],
    ["connection", { connection: "con" }, ["a call"]],
    ["outcome", { outcome: "not_connected" }, ["a refused call"]],
    ["outcome, of whatever error", { outcome: "error" }, ["a missing label", "a refused call"]],
    ["outcome, of none", { outcome: "ok", route: "/proxy/*" }, ["a call"]],
    ["class of status", { status_class: "4xx" }, ["a missing label", "a refused call"]],
    ["route", { route: "/proxy/*" }, ["a call", "a refused call"]],
    ["time", { since: "2999-01-01T00:00:00+01:00" }, []],
    ["two at once", { outcome: "error", user: "user-1" }, ["a refused call"]],
  ] as const)("is narrowed by %s", async (_, query, expected) => {
    const app = await makeApp();
    const integration = app.integrations["github"] ?? "";
    const get = (path: string, user: string) => call(app.key, "GET", path, undefined, asUser(user));
    const refused = await get(`/proxy/${integration}/user`, "user-1");
    const { id } = await connectUser(app, "user-1");
    const answered = await get(`/proxy/${integration}/user`, "user-1");
    const missing = await get(`/data/${integration}@nothing`, "user-2");
    const known = new Map([
      [refused.headers.get("X-Latchkey-Request-Id"), "a refused call"],
      [answered.headers.get("X-Latchkey-Request-Id"), "a call"],
      [missing.headers.get("X-Latchkey-Request-Id"), "a missing label"],
    ]);
    const meant = Object.entries(query).map(([name, value]): [string, string] => [
      name,
      value === "{}" ? integration : value === "con" ? id : value,
    ]);
    const found = await requestsOf(app, Object.fromEntries(meant));
    expect(found.flatMap(({ request_id }) => known.get(request_id) ?? [])).toEqual(expected);
  });

  it("comes in pages, newest first, each request once, and says what a wrong filter is", async () => {
    const app = await makeApp();
    const [seen, ids] = [[] as LoggedRequest[], new Set<string>()];
    for (let count = 0; count < 5; count += 1) {
      ids.add((await call(app.key, "GET", "/connections")).headers.get("X-Latchkey-Request-Id") ?? "");
    }
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: z.output<typeof LoggedRequests> = await pageOf(app, {
        limit: "2",
        route: "/connections",
        ...(cursor === "" ? {} : { cursor }),
      });
      seen.push(...page.requests);
      cursor = page.next_cursor;
    }
    expect(seen.map(({ request_id }) => request_id).toSorted()).toEqual([...ids].toSorted());
    expect(seen.map(({ at }) => at)).toEqual(
      seen
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    for (const wrong of ["outcome=no_such_code", "status_class=4", "since=yesterday", "limit=101"]) {
      const refused = await errorOf(await call(app.key, "GET", `/apps/${app.id}/requests?${wrong}`));
      expect(refused).toMatchObject({ status: 400, error: "invalid_request" });
      expect(refused.message).toContain(wrong.split("=")[0]);
    }
  });

  it("is of one app: another's key sees its own alone, and takes the scope manage", async () => {
    const [app, other] = [await makeApp(), await makeApp()];
    const mine = await call(app.key, "GET", "/connections");
    expect(await written(app, mine)).toBeDefined();
    expect(await written(other, mine)).toBeUndefined();
    expect((await call(other.key, "GET", `/apps/${app.id}/requests`)).status).toBe(404);
    const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "less", scopes: ["read"] });
    const { key } = ShownApiKey.parse(await made.json());
    expect((await call(key, "GET", `/apps/${app.id}/requests`)).status).toBe(403);
  });

  it("goes with its app, and nothing comes into it afterwards", async () => {
    const app = await makeApp();
    const vault = await vaultFor(app);
    expect(await rowsOf(vault)).toHaveProperty("request_log");
    await call(app.key, "DELETE", `/apps/${app.id}`);
    expect(await rowsOf(vault)).not.toHaveProperty("request_log");
    await call(app.key, "GET", "/connections");
    await admin(`/apps/${app.id}`);
    expect(await rowsOf(vault)).not.toHaveProperty("request_log");
  });

  it("of an app that was made up makes no vault", async () => {
    const { id } = CreatedApp.parse(await (await admin("/apps", { method: "POST", body: '{"name":"x"}' })).json());
    const madeUp = `${id.slice(0, -1)}${id.endsWith("a") ? "b" : "a"}`;
    expect((await admin(`/apps/${madeUp}`)).status).toBe(404);
    expect((await admin(`/apps/${madeUp}/requests`)).status).toBe(404);
    expect(await tablesOf(await vaultFor({ id: madeUp }))).toEqual([]);
  });
});

describe("what it costs", () => {
  /** Gathers for so long, and tells how often vaults were called. */
  function gathering(gather_ms: number) {
    const behind: Promise<unknown>[] = [];
    let calls = 0;
    const counted = troubledVaults("logRequests", (work) => {
      calls += 1;
      return work();
    });
    const { vaults } = servicesWith({ VAULT: counted });
    const requests = new AppRequests(vaults, names(), gather_ms, (work) => void behind.push(work));
    return { requests, behind, calls: () => calls };
  }

  it("is one call of the app's own vault for all that an isolate gathers, behind an answer", async () => {
    const app = await makeApp({ services: [] });
    const { requests, behind, calls } = gathering(50);
    const few = some(AT_ONCE - 1);
    for (const one of few) requests.note(app.id, one);
    expect(calls()).toBe(0);
    expect(behind).toHaveLength(1);
    await Promise.all(behind);
    expect(calls()).toBe(1);
    expect((await requestsOf(app, { route: "/proxy/*" })).length).toBe(few.length);
  });

  it("is a call as soon as there are as many as one call takes, and one row for as many", async () => {
    const app = await makeApp({ services: [] });
    const { requests, behind, calls } = gathering(60_000);
    for (const one of some(AT_ONCE)) requests.note(app.id, one);
    await behind[1];
    expect(calls()).toBe(1);
    const vault = await vaultFor(app);
    expect((await rowsOf(vault))["request_log"]).toBe(1);
    for (const one of some(3)) requests.note(app.id, one);
    expect(await requests.list(app.id, { route: "/proxy/*" }, 100, null)).toHaveLength(AT_ONCE + 3);
    expect((await rowsOf(vault))["request_log"]).toBe(2);
  });

  it("is nothing for the page's users, who have no app", async () => {
    let writes = 0;
    const VAULT = troubledVaults("logRequests", async (write) => {
      writes += 1;
      return write();
    });
    const visitor = new Visitor({ VAULT });
    await visitor.connect("github");
    // As many as go to a vault at once, and one more.
    for (let count = 0; count <= AT_ONCE; count += 1) await visitor.fetch("/integrations");
    expect(writes).toBe(0);
  });

  it("is one row written for what one call takes, and two more once in so many requests", async () => {
    const app = await makeApp({ services: [] });
    const vault = await vaultFor(app);
    const rowsFor = (count: number): Promise<number> =>
      runInDurableObject(vault, (one, { storage: { sql } }) => {
        const exec = sql.exec.bind(sql);
        let rows = 0;
        sql.exec = (query, ...bindings) => {
          const cursor = exec<never>(query, ...bindings);
          rows += cursor.rowsWritten;
          return cursor;
        };
        one.logRequests(some(count));
        sql.exec = exec;
        return rows;
      });
    for (let count = 0; count < BOUNDS.requests; count += AT_ONCE) await rowsFor(AT_ONCE);
    let rows = 0;
    for (let count = 0; count < AT_ONCE; count += 1) rows += await rowsFor(1);
    expect(rows).toBeLessThanOrEqual(AT_ONCE + 2);
    expect(await rowsFor(AT_ONCE)).toBeLessThanOrEqual(3);
  });

  it("is bounded: the oldest go, and rows are not longer than a call", async () => {
    const app = await makeApp({ services: [] });
    const vault = await vaultFor(app);
    await vault.logRequests(some(1, { route: "/oldest" }));
    for (let count = 0; count < BOUNDS.requests + 100; count += 40) await vault.logRequests(some(40));
    expect((await rowsOf(vault))["request_log"]).toBe(BOUNDS.requests / AT_ONCE);
    const { requests } = gathering(0);
    const all = await requests.list(app.id, {}, BOUNDS.requests * 2, null);
    expect(all.length).toBeLessThanOrEqual(BOUNDS.requests);
    expect(all.length).toBeGreaterThan(BOUNDS.requests - AT_ONCE);
    expect(all.filter(({ route }) => route === "/oldest")).toEqual([]);
  });

  it("shows nothing that is older than a week", async () => {
    const app = await makeApp({ services: [] });
    const at = new Date(Date.now() - 8 * 86_400_000).toISOString();
    await (await vaultFor(app)).logRequests(some(2, { at, route: "/old" }));
    expect(await requestsOf(app, { route: "/old" })).toEqual([]);
  });

  it("is no answer: where the vault does not take them, they are lost and the caller does not notice", async () => {
    const app = await makeApp();
    const VAULT = troubledVaults("logRequests", () => Promise.reject(new Error("reset")));
    const headers = { Authorization: `Bearer ${app.key}` };
    const answer = await request("/connections", { headers }, { VAULT });
    expect(answer.status).toBe(200);
    expect(await written(app, answer)).toBeUndefined();
  });
});
