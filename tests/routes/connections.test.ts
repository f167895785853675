/** Connections as an app manages them, the index it finds them by, and what it may set about its integrations and keys. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Disconnected, Integrations } from "../../src/api.ts";
import { ApiKeys, AppIntegrations, SavedIntegration, ShownApiKey, UserSession } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { Connection, Connections, FreshToken, type ListedConnection } from "../../src/api-connections.ts";
import { control, revocationCalls } from "../support/emulator.ts";
import { ADMIN_KEY, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { driven } from "../support/jobs.ts";
import { takeReports } from "../support/reports.ts";
import { troubledVaults, vaultFor } from "../support/vault.ts";
import { Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

const MINUTE = 60_000;

beforeEach(async () => {
  await Promise.all(["github", "google", "slack"].map((service) => control(service).reset()));
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

async function answered<T>(schema: z.core.$ZodType<T>, answer: Promise<Response>, status = 200): Promise<T> {
  const response = await answer;
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return z.parse(schema, JSON.parse(text));
}

const page = (key: string, query = "") => answered(Connections, call(key, "GET", `/connections${query}`));
const read = (key: string, id: string) => answered(Connection, call(key, "GET", `/connections/${id}`));
const label = (app: TestApp, id: string, labels: unknown) =>
  answered(Connection, call(app.key, "PATCH", `/connections/${id}`, labels));
const usersOf = ({ connections }: Connections) => connections.map(({ user }) => user).toSorted();
const session = async (app: TestApp, user: string, scopes?: readonly string[]) =>
  (await answered(UserSession, call(app.key, "POST", "/sessions", { user, scopes }), 201)).key;
const keyWith = (app: TestApp, scopes: readonly string[]) =>
  answered(ShownApiKey, call(app.key, "POST", `/apps/${app.id}/keys`, { name: "tests", scopes }), 201);

/** All pages of a list, one after the other. */
async function everyPage(key: string, query: string): Promise<{ all: ListedConnection[]; sizes: number[] }> {
  const all: ListedConnection[] = [];
  const sizes: number[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { connections, next_cursor } = await page(key, `?${query}${from}`);
    all.push(...connections);
    sizes.push(connections.length);
    cursor = next_cursor;
  } while (cursor !== null);
  return { all, sizes };
}

/** Whether the emulated service takes an access token. */
const isTaken = async (access_token: string) => {
  const user = "http://127.0.0.1:8787/github/api.github.com/user";
  const headers = { Authorization: `Bearer ${access_token}`, "User-Agent": "tests" };
  return (await request(user, { headers })).status === 200;
};

describe("the list of connections", () => {
  it("has those of one user, and those of the whole app by integration, status and tag", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    const first = await connectUser(app, "user-1", "github", 0);
    await connectUser(app, "user-1", "google", 0);
    await connectUser(app, "user-2", "github", 1);
    const refused = await connectUser(app, "user-3", "google", 1);
    await label(app, first.id, { tags: { plan: "pro:yearly", team: "a" } });
    await control("google").fault({ endpoint: "token", fault: "invalid_grant" });
    await call(app.key, "POST", `/connections/${refused.id}/refresh`);
    pass(10_000);
    await runDurableObjectAlarm(await vaultFor(app, "user-3"));

    expect(usersOf(await page(app.key))).toEqual(["user-1", "user-1", "user-2", "user-3"]);
    for (const prefix of ["?", "?user=user-1&"]) {
      const [{ connections: tagged }, { connections: google }] = await Promise.all([
        page(app.key, `${prefix}tag=plan:pro:yearly`),
        page(app.key, `${prefix}integration=${app.integrations["google"]}&status=connected`),
      ]);
      expect(tagged).toMatchObject([{ id: first.id, tags: { plan: "pro:yearly", team: "a" } }]);
      expect(google).toMatchObject([{ user: "user-1", integration: app.integrations["google"] }]);
    }
    await expect.poll(async () => usersOf(await page(app.key, "?status=reauth_required"))).toEqual(["user-3"]);
    expect(usersOf(await page(app.key, "?user=user-3&status=reauth_required"))).toEqual(["user-3"]);
    expect(usersOf(await page(app.key, "?tag=plan:free"))).toEqual([]);
    expect(usersOf(await page(app.key, "?tag=plan%25:pro:yearly"))).toEqual([]);
    expect(usersOf(await page(app.key, "?user=nobody"))).toEqual([]);
    expect(usersOf(await page((await makeApp()).key))).toEqual([]);
  });

  it("says an account's end by its time, with nothing written meanwhile", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const token = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    const body = { user: "user-2", integration: app.integrations["github"], access_token: token.access_token };
    await answered(Connection, call(app.key, "POST", "/connections/import", { ...body, expires_in: 100 }), 201);
    expect(usersOf(await page(app.key, "?status=expired"))).toEqual([]);
    pass(101_000);
    expect(usersOf(await page(app.key, "?status=expired"))).toEqual(["user-2"]);
    expect(usersOf(await page(app.key, "?status=connected"))).toEqual(["user-1"]);
    expect(usersOf(await page(app.key, "?user=user-2&status=expired"))).toEqual(["user-2"]);
  });

  it("comes page by page, each line once", async () => {
    const services = ["github", "google", "slack"];
    const app = await makeApp({ services });
    const users = ["user-1", "user-2", "user-3", "user-4", "user-5"];
    for (const user of users) await connectUser(app, user);
    for (const service of ["google", "slack"]) await connectUser(app, "user-1", service);
    const whole = await everyPage(app.key, "limit=3");
    expect(whole.sizes).toEqual([3, 3, 1]);
    expect(new Set(whole.all.map(({ id }) => id)).size).toBe(7);
    expect((await everyPage(app.key, "limit=7")).sizes).toEqual([7]);
    const one = await everyPage(app.key, "user=user-1&limit=1");
    expect(one.sizes).toEqual([1, 1, 1]);
    expect(new Set(one.all.map(({ integration }) => integration))).toEqual(new Set(Object.values(app.integrations)));
    const github = await everyPage(app.key, `limit=2&integration=${app.integrations["github"]}`);
    expect(github.all.map(({ user }) => user).toSorted()).toEqual(users);
  });

  it("shows an app that asks for one of its users that user's and nobody else's", async () => {
    const app = await makeApp();
    const own = await connectUser(app, "user-1");
    const foreign = await connectUser(app, "user-2");
    const as = (method: string, path: string, body?: unknown) =>
      call(app.key, method, path, body, { "X-Latchkey-User": "user-1" });
    expect((await answered(Connections, as("GET", "/connections"))).connections).toMatchObject([{ id: own.id }]);
    expect((await as("GET", `/connections/${own.id}/token`)).status).toBe(200);
    const { integrations } = await answered(Integrations, as("GET", "/integrations"));
    expect(integrations).toMatchObject([{ status: "connected", account: { id: own.account?.id } }]);
    for (const [method, path, body] of [
      ["GET", ""],
      ["GET", "/token"],
      ["PATCH", "", { tags: {} }],
      ["POST", "/reconnect", { return_to: app.return_url }],
      ["DELETE", ""],
    ] as const) {
      const answer = await as(method, `/connections/${foreign.id}${path}`, body);
      expect(await errorOf(answer)).toMatchObject({ status: 404, error: "not_found" });
    }
    for (const [path, body] of [
      ["/sessions", {}],
      ["/connect-sessions", { return_to: app.return_url }],
      ["/connections/import", { integration: app.integrations["github"], access_token: "abc" }],
      ["/connections/finalize", { connection_code: "none" }],
    ] as const) {
      const answer = await as("POST", path, { ...body, user: "user-2" });
      expect(await errorOf(answer)).toMatchObject({ status: 403, error: "user_mismatch" });
    }
  });

  it("shows a user their own and nobody else's", async () => {
    const app = await makeApp();
    const own = await connectUser(app, "user-1");
    const foreign = await connectUser(app, "user-2");
    const key = await session(app, "user-1");
    expect((await page(key)).connections).toMatchObject([{ id: own.id }]);
    expect(await errorOf(await call(key, "GET", "/connections?user=user-2"))).toMatchObject({
      status: 403,
      error: "user_mismatch",
    });
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/activity"],
      ["POST", "/refresh"],
      ["DELETE", ""],
    ] as const) {
      const answer = await call(key, method, `/connections/${foreign.id}${path}`);
      expect(await errorOf(answer)).toMatchObject({ status: 404, error: "not_found" });
    }
    expect((await call((await makeApp()).key, "GET", `/connections/${own.id}`)).status).toBe(404);
  });
});

describe("a connection", () => {
  it("that is disconnected is gone from everywhere, and revoked at the provider", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    expect(await read(app.key, id)).toMatchObject({ id, user: "user-1", status: "connected" });
    expect(await answered(Disconnected, call(app.key, "DELETE", `/connections/${id}`))).toEqual({
      disconnected: true,
      revoked_at_provider: true,
    });
    expect(await revocationCalls("github")).toBe(1);
    expect(await isTaken(access_token)).toBe(false);
    for (const path of ["", "/token", "/activity"]) {
      expect(await errorOf(await call(app.key, "GET", `/connections/${id}${path}`))).toMatchObject({ status: 404 });
    }
    expect((await call(app.key, "DELETE", `/connections/${id}`)).status).toBe(404);
    expect((await page(app.key)).connections).toEqual([]);
    expect((await page(app.key, "?user=user-1")).connections).toEqual([]);
  });

  it("lives on where another user of the app has the same account and disconnects", async () => {
    const app = await makeApp({ services: ["google"] });
    const [first, second] = [await connectUser(app, "user-1", "google"), await connectUser(app, "user-2", "google")];
    expect(second.account).toEqual(first.account);
    // At Google one revocation ends all there is of this client and account.
    expect(await errorOf(await call(app.key, "DELETE", `/connections/${first.id}`))).toMatchObject({
      status: 409,
      error: "shared_grant",
    });
    expect(await read(app.key, first.id)).toMatchObject({ status: "connected" });
    const here = await answered(Disconnected, call(app.key, "DELETE", `/connections/${first.id}?shared=keep`));
    expect(here).toMatchObject({ revoked_at_provider: false });
    expect(await revocationCalls("google")).toBe(0);
    const renewed = await call(app.key, "POST", `/connections/${second.id}/refresh`);
    expect(await renewed.json()).toMatchObject({ refreshed: true });
    expect(await answered(Disconnected, call(app.key, "DELETE", `/connections/${second.id}`))).toMatchObject({
      revoked_at_provider: true,
    });
  });

  it("ends with another one of the same grant where that is asked for", async () => {
    const app = await makeApp({ services: ["google"] });
    const [first, second] = [await connectUser(app, "user-1", "google"), await connectUser(app, "user-2", "google")];
    const both = await answered(Disconnected, call(app.key, "DELETE", `/connections/${first.id}?shared=end`));
    expect(both).toMatchObject({ revoked_at_provider: true });
    await call(app.key, "POST", `/connections/${second.id}/refresh`);
    expect(await read(app.key, second.id)).toMatchObject({ status: "reauth_required" });
  });

  it("lives on also where that one is in the middle of a refresh", async () => {
    const app = await makeApp({ services: ["google"] });
    const [first, second] = [await connectUser(app, "user-1", "google"), await connectUser(app, "user-2", "google")];
    await control("google").settings({ token_delay_ms: 400 });
    const late = call(app.key, "POST", `/connections/${first.id}/refresh`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await call(app.key, "DELETE", `/connections/${first.id}?shared=keep`)).status).toBe(200);
    await late;
    await control("google").settings({ token_delay_ms: 0 });
    expect(await revocationCalls("google")).toBe(0);
    const renewed = await call(app.key, "POST", `/connections/${second.id}/refresh`);
    expect(await renewed.json()).toMatchObject({ refreshed: true });
  });

  it("is renewed on demand, with another token behind it", async () => {
    const app = await makeApp({ services: ["google"] });
    const { id } = await connectUser(app, "user-1", "google");
    const before = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    const answer = await answered(
      z.object({ refreshed: z.boolean(), connection: Connection }),
      call(app.key, "POST", `/connections/${id}/refresh`),
    );
    expect(answer).toMatchObject({ refreshed: true, connection: { id, status: "connected" } });
    const after = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    expect(after.access_token).not.toBe(before.access_token);
  });

  it("carries the app's labels, which are set as a whole and searched for by tag", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const labels = { metadata: { row: 7, nested: { deep: [true, null] } }, tags: { plan: "pro" } };
    expect(await label(app, id, labels)).toMatchObject(labels);
    expect(await label(app, id, { tags: { team: "b" } })).toMatchObject({ ...labels, tags: { team: "b" } });
    const { connections } = await page(app.key, "?tag=team:b");
    expect(connections).toMatchObject([{ id, metadata: labels.metadata, tags: { team: "b" } }]);
    expect((await page(app.key, "?tag=plan:pro")).connections).toEqual([]);
  });

  it.each([
    ["metadata over 4 KiB", { metadata: { text: "x".repeat(4096) } }],
    ["metadata over 4 KiB of UTF-8", { metadata: { text: "\u{20ac}".repeat(2000) } }],
    ["eleven tags", { tags: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`tag-${at}`, ""])) }],
    ["a tag with a space in its name", { tags: { "a b": "" } }],
    ["a tag that could not be asked for, with a colon in its name", { tags: { "a:b": "c" } }],
    ["a tag that no URL can say", { tags: { plan: "\ud800" } }],
    ["something else", { status: "connected" }],
  ])("takes no label of %s", async (_, labels) => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const answer = await call(app.key, "PATCH", `/connections/${id}`, labels);
    expect(await errorOf(answer)).toMatchObject({ status: 400, error: "invalid_request" });
  });

  it.each(["", ":", "a:b", "two words", "line\nbreak", "\u2028", "%2B+&=", "\u{1f511}", "x".repeat(255)])(
    "is found by a tag of any value that can be set: %j",
    async (value) => {
      const app = await makeApp();
      const { id } = await connectUser(app, "user-1");
      await label(app, id, { tags: { plan: value } });
      for (const query of ["", "&user=user-1"]) {
        const found = await page(app.key, `?tag=${encodeURIComponent(`plan:${value}`)}${query}`);
        expect(found.connections).toMatchObject([{ id, tags: { plan: value } }]);
      }
    },
  );

  it("keeps a tag that was set when a colon in its name was still taken", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    await runInDurableObject(await vaultFor(app, "user-1"), (_, state) =>
      state.storage.sql.exec(
        "INSERT OR REPLACE INTO labels (place, labels) VALUES (?, ?)",
        app.integrations["github"],
        JSON.stringify({ metadata: {}, tags: { "a:b": "c" } }),
      ),
    );
    const shown = await answered(Connection, call(app.key, "GET", `/connections/${id}`));
    expect(shown.tags).toEqual({ "a:b": "c" });
    expect(await label(app, id, { metadata: { row: 7 } })).toMatchObject({ tags: { "a:b": "c" } });
  });

  it("keeps its id and its labels when it is connected again by a link", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    await label(app, id, { metadata: { row: 7 }, tags: { plan: "pro" } });
    await control("github").revoke();
    const body = { return_to: "https://app.example/done" };
    const { connect_url } = await answered(
      CreatedConnectSession,
      call(app.key, "POST", `/connections/${id}/reconnect`, body),
      201,
    );
    expect(await read(app.key, id)).toMatchObject({ id });
    const browser = new Visitor({ ADMIN_KEY });
    const callback = await decide("github", locationOf(await browser.openLink(connect_url)));
    const back = new URL(locationOf(await browser.navigate(callback)));
    const finalize = { connection_code: back.searchParams.get("connection_code"), user: "user-1" };
    const again = await answered(Connection, call(app.key, "POST", "/connections/finalize", finalize));
    expect(again).toMatchObject({ id, status: "connected", metadata: { row: 7 }, tags: { plan: "pro" } });
    expect((await page(app.key)).connections).toMatchObject([{ id, tags: { plan: "pro" } }]);
    const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    expect(await isTaken(access_token)).toBe(true);
  });
});

describe("tokens", () => {
  it("are given out to who may, good at the provider, and never the one that renews", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    const github = await connectUser(app, "user-1");
    const token = await answered(FreshToken, call(app.key, "GET", `/connections/${github.id}/token`));
    expect(await isTaken(token.access_token)).toBe(true);
    const google = await connectUser(app, "user-1", "google");
    const answer = await call(app.key, "GET", `/connections/${google.id}/token`);
    const given = z.record(z.string(), z.unknown()).parse(await answer.json());
    expect(Object.keys(given).toSorted()).toEqual(["access_token", "expires_at", "token_type"]);
    expect(answer.headers.get("Cache-Control")).toContain("no-store");
    const { issued } = await control("google").grants();
    expect(issued.filter((secret) => JSON.stringify(given).includes(secret))).toEqual([given["access_token"]]);
  });

  it("are not given to a key or a user's session without the scope", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const others = await keyWith(app, ["connect", "read", "proxy", "manage"]);
    const user = await session(app, "user-1");
    for (const key of [others.key, user]) {
      const answer = await call(key, "GET", `/connections/${id}/token`);
      expect(await errorOf(answer)).toMatchObject({ status: 403, error: "insufficient_scope" });
    }
    const asked = await session(app, "user-1", ["read", "tokens"]);
    expect((await call(asked, "GET", `/connections/${id}/token`)).status).toBe(200);
  });

  it("are brought in from elsewhere and renewed from then on", async () => {
    const app = await makeApp({ services: ["google"] });
    const integration = app.integrations["google"];
    const { id, account } = await connectUser(app, "user-1", "google");
    const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    const { issued } = await control("google").grants();
    const refresh_token = issued.find((secret) => secret.startsWith("1//"));
    const body = { user: "user-2", integration, access_token, refresh_token, expires_in: 3600 };
    const imported = await answered(Connection, call(app.key, "POST", "/connections/import", body), 201);
    expect(imported).toMatchObject({ user: "user-2", integration, status: "connected", account: { id: account?.id } });
    expect(imported.id).not.toBe(id);
    expect(usersOf(await page(app.key))).toEqual(["user-1", "user-2"]);
    const renewed = await call(app.key, "POST", `/connections/${imported.id}/refresh`);
    expect(await renewed.json()).toMatchObject({ refreshed: true });
    const after = await answered(FreshToken, call(app.key, "GET", `/connections/${imported.id}/token`));
    expect(after.access_token).not.toBe(access_token);
  });

  it("have the scopes that their service says they have, or else those that are said with them, or the integration's own", async () => {
    const app = await makeApp({ services: ["facebook", "spotify"] });
    const bringIn = async (service: string, user: string, more: object) => {
      const { id } = await connectUser(app, `first-${user}`, service);
      const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
      const body = { user, integration: app.integrations[service], access_token, ...more };
      return (await answered(Connection, call(app.key, "POST", "/connections/import", body), 201)).scopes;
    };
    const own = await bringIn("spotify", "user-1", {});
    expect(own.length).toBeGreaterThan(1);
    expect(await bringIn("spotify", "user-2", { scopes: ["user-read-email"] })).toEqual(["user-read-email"]);
    // Facebook lists them (https://developers.facebook.com/docs/graph-api/reference/user/permissions/).
    const told = await bringIn("facebook", "user-3", { scopes: ["user_photos"] });
    expect(told).toContain("public_profile");
    expect(told).not.toContain("user_photos");
  });

  it.each([0, -1, -86_400 * 400])(
    "that ended %i seconds ago are brought in and renewed before use",
    async (expires_in) => {
      const app = await makeApp({ services: ["google"] });
      await connectUser(app, "user-1", "google");
      const { issued } = await control("google").grants();
      const refresh_token = issued.find((secret) => secret.startsWith("1//"));
      const body = { user: "user-2", integration: app.integrations["google"], access_token: "ended", refresh_token };
      const imported = await answered(
        Connection,
        call(app.key, "POST", "/connections/import", { ...body, expires_in }),
        201,
      );
      expect(imported).toMatchObject({ status: "connected", account: { email: expect.any(String) } });
      const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${imported.id}/token`));
      expect(access_token).not.toBe("ended");
    },
  );

  it("of another account are another connection, and none that was to be renewed", async () => {
    const app = await makeApp();
    const first = await connectUser(app, "user-1");
    const second = await connectUser(app, "user-2", "github", 1);
    const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${first.id}/token`));
    const body = { user: "user-2", integration: app.integrations["github"], access_token };
    const renewing = { ...body, connection: second.id };
    expect(await errorOf(await call(app.key, "POST", "/connections/import", renewing))).toMatchObject({
      status: 409,
      error: "account_mismatch",
    });
    const foreign = { ...body, connection: first.id };
    expect(await errorOf(await call(app.key, "POST", "/connections/import", foreign))).toMatchObject({
      status: 404,
      error: "unknown_connection",
    });
    const imported = await answered(Connection, call(app.key, "POST", "/connections/import", body), 201);
    expect(imported).toMatchObject({ account: { id: first.account?.id }, is_default: false });
    expect(imported.id).not.toBe(second.id);
    const { connections } = await answered(Connections, call(app.key, "GET", "/connections?user=user-2"));
    expect(new Set(connections.map(({ id }) => id))).toEqual(new Set([second.id, imported.id]));
  });

  it("of ten years are brought in with their end; those that are over and cannot be renewed are not", async () => {
    const app = await makeApp();
    const body = { user: "user-1", integration: app.integrations["github"], access_token: "abc" };
    const decade = { ...body, expires_in: 315_705_599 };
    const imported = await answered(Connection, call(app.key, "POST", "/connections/import", decade), 201);
    expect(Date.parse(imported.expires_at ?? "") - Date.now()).toBeGreaterThan(315_000_000_000);
    const over = await errorOf(await call(app.key, "POST", "/connections/import", { ...body, expires_in: 0 }));
    expect(over).toMatchObject({ status: 400, error: "invalid_request" });
    expect(over.message).toContain("refresh_token");
  });

  it("are brought in for an integration of the app only, and in one piece", async () => {
    const app = await makeApp();
    const other = await makeApp();
    const body = { user: "user-1", integration: other.integrations["github"], access_token: "abc" };
    const foreign = await call(app.key, "POST", "/connections/import", body);
    expect(await errorOf(foreign)).toMatchObject({ status: 404, error: "unknown_integration" });
    const split = { ...body, integration: app.integrations["github"], access_token: "abc\r\nX-Injected: 1" };
    expect((await call(app.key, "POST", "/connections/import", split)).status).toBe(400);
    expect((await page(app.key)).connections).toEqual([]);
  });
});

describe("the index", () => {
  const down = {
    prepare: () => {
      throw new Error("D1_ERROR: the database is down");
    },
    batch: () => Promise.reject(new Error("D1_ERROR: the database is down")),
  };
  const without = (key: string, method: string, path: string, body?: unknown) =>
    request(
      path,
      {
        method,
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      { ADMIN_KEY, INDEX: down },
    );

  it("is behind an outage and not in the way: what was done meanwhile is in it afterwards", async () => {
    const app = await makeApp();
    const [kept, left] = [await connectUser(app, "user-1"), await connectUser(app, "user-2")];
    const noted = await without(app.key, "PATCH", `/connections/${kept.id}`, { tags: { plan: "pro" } });
    expect(await noted.json()).toMatchObject({ tags: { plan: "pro" } });
    expect((await without(app.key, "DELETE", `/connections/${left.id}`)).status).toBe(200);
    expect(await errorOf(await without(app.key, "GET", "/connections"))).toMatchObject({
      status: 503,
      error: "index_unavailable",
    });
    const one = await without(app.key, "GET", "/connections?user=user-1");
    expect(Connections.parse(await one.json()).connections).toMatchObject([{ id: kept.id, tags: { plan: "pro" } }]);

    pass(MINUTE);
    for (const user of ["user-1", "user-2"]) {
      await runDurableObjectAlarm(await vaultFor(app, user));
    }
    await expect.poll(async () => (await page(app.key)).connections).toMatchObject([{ id: kept.id }]);
    expect((await page(app.key, "?tag=plan:pro")).connections).toMatchObject([{ id: kept.id }]);
  });

  it("is caught up with by alarm where somebody has taken lines to write and never came back", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const vault = await vaultFor(app, "user-1");
    const untilAlarm = () =>
      runInDurableObject(vault, async (_, { storage }) => ((await storage.getAlarm()) ?? Infinity) - Date.now());
    await runDurableObjectAlarm(vault);
    await expect.poll(untilAlarm).toBeGreaterThan(MINUTE);
    expect(await vault.indexLines(true)).toHaveLength(1);
    expect(await untilAlarm()).toBeLessThan(MINUTE);
  });

  it("does not have an alarm chase itself while nobody can be sent to write", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const vault = await vaultFor(app, "user-1");
    await vault.indexLines(true);
    pass(MINUTE);
    const wait = await runInDurableObject(vault, async (instance, { storage }) => {
      Object.defineProperty(instance, "dispatch", { value: () => Promise.reject(new Error("no keys")) });
      await instance.alarm();
      return ((await storage.getAlarm()) ?? 0) - Date.now();
    });
    expect(wait).toBeGreaterThan(MINUTE / 2);
    expect(takeReports()).toEqual([{ event: "alarm_failed", error: "Error" }]);
  });

  it("is built anew from the vaults, page by page, by the operator alone", async () => {
    const app = await makeApp();
    for (let user = 0; user < 7; user += 1) {
      const { id } = await connectUser(app, `user-${user}`, "github", user % 3);
      await label(app, id, { tags: { number: String(user) } });
    }
    const gone = await connectUser(app, "gone");
    await call(app.key, "DELETE", `/connections/${gone.id}`);
    const before = await page(app.key);
    expect(before.connections).toHaveLength(7);
    await env.INDEX.exec("DELETE FROM connections");
    expect((await page(app.key)).connections).toEqual([]);
    expect((await call(app.key, "POST", "/index/rebuild")).status).toBe(401);
    const { counts } = await driven("/index/rebuild");
    expect(counts.listed).toBeGreaterThanOrEqual(7);
    expect(await page(app.key)).toEqual(before);
  });
});

describe("an integration", () => {
  const sandboxClient = (service: string) => ({
    client_id: `sandbox-${service}-client`,
    client_secret: `sandbox-${service}-secret-opens-nothing`,
  });
  const CLIENT = { client_id: "sandbox-google-client", client_secret: "sandbox-google-secret-opens-nothing" };
  const put = (app: TestApp, settings: unknown) => call(app.key, "PUT", `/apps/${app.id}/integrations`, settings);

  it("gets another secret without anybody connecting again, and tells none of them", async () => {
    const app = await makeApp({ services: ["google"] });
    const { id } = await connectUser(app, "user-1", "google");
    const wrong = "another-secret-that-the-provider-refuses";
    const changed = await put(app, { provider: "google", ...CLIENT, client_secret: wrong });
    const text = await changed.text();
    expect(text).not.toContain(wrong);
    expect(SavedIntegration.parse(JSON.parse(text))).toMatchObject({
      integration: app.integrations["google"],
      has_client_secret: true,
      client_check: "refused",
    });
    pass(MINUTE);
    expect(await (await call(app.key, "POST", `/connections/${id}/refresh`)).json()).toMatchObject({
      refreshed: false,
    });
    expect((await call(app.key, "GET", `/connections/${id}/token`)).status).toBe(200);
    const right = await answered(SavedIntegration, put(app, { provider: "google", ...CLIENT }));
    expect(right.client_check).toBe("accepted");
    pass(MINUTE);
    const renewed = await call(app.key, "POST", `/connections/${id}/refresh`);
    expect(await renewed.json()).toMatchObject({ refreshed: true });
    // Left out, it stays as it was.
    const { client_id } = CLIENT;
    const same = await answered(SavedIntegration, put(app, { provider: "google", client_id, name: "Mail" }));
    expect(same).toMatchObject({ has_client_secret: true, client_check: "accepted", name: "Mail" });
    const listed = await (await call(app.key, "GET", `/apps/${app.id}/integrations`)).text();
    expect(listed).toContain(client_id);
    expect(listed).not.toContain(CLIENT.client_secret);
  });

  const custom = {
    slug: "crm",
    name: "CRM",
    authorization_endpoint: "https://crm.example.com/authorize",
    token_endpoint: "https://crm.example.com/token",
    api_base_url: "https://crm.example.com/api",
    client_id: "client",
    client_secret: "a-secret-of-the-client",
    scopes: ["read"],
  };

  const integrationOf = async (app: TestApp, settings: unknown) =>
    (await answered(SavedIntegration, put(app, settings))).integration;
  const listed = async (app: TestApp) =>
    (await answered(AppIntegrations, call(app.key, "GET", `/apps/${app.id}/integrations`))).integrations;

  it.each(["airtable", "hubspot", "notion", "spotify", "github", "google", "facebook", "slack", "microsoft"])(
    "has its client checked at %s: right, with a wrong secret, and with a wrong id",
    async (provider) => {
      const app = await makeApp({ services: [] });
      const client = sandboxClient(provider);
      const check = async (fields: object) =>
        (await answered(SavedIntegration, put(app, { provider, ...client, ...fields }))).client_check;
      expect(await check({})).toBe("accepted");
      expect(await check({ client_secret: "another-secret" })).toBe("refused");
      expect(await check({ client_id: "another-id" })).toBe("refused");
    },
  );

  it("may have the longest name there is, and be called", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const { access_token } = await answered(FreshToken, call(app.key, "GET", `/connections/${id}/token`));
    const client = { client_id: "sandbox-github-client", client_secret: "sandbox-github-secret-opens-nothing" };
    const integration = await integrationOf(app, { provider: "github", slug: "a".repeat(40), ...client });
    const body = { user: "user-1", integration, access_token };
    await answered(Connection, call(app.key, "POST", "/connections/import", body), 201);
    const user = { "X-Latchkey-User": "user-1" };
    expect((await call(app.key, "GET", `/proxy/${integration}/user`, undefined, user)).status).toBe(200);
    expect((await call(app.key, "GET", `/data/${integration}`, undefined, user)).status).toBe(200);
  });

  it.each(["keys", "explorer"])("may be called %s, like a view of the page", async (slug) => {
    const app = await makeApp({ services: [] });
    const integration = await integrationOf(app, { ...custom, slug });
    expect(await integrationOf(app, { ...custom, slug, name: "Renamed" })).toBe(integration);
    expect(await listed(app)).toMatchObject([{ integration, slug, name: "Renamed" }]);
    expect((await call(app.key, "DELETE", `/apps/${app.id}/integrations/${integration}`)).status).toBe(204);
    expect(await listed(app)).toEqual([]);
  });

  it("is one for one slug, however many register it at once", async () => {
    const app = await makeApp({ services: [] });
    const made = await Promise.all(Array.from({ length: 8 }, () => integrationOf(app, custom)));
    expect(new Set(made).size).toBe(1);
    expect(await listed(app)).toMatchObject([{ integration: made[0], slug: "crm" }]);
  });

  it("that was taken out is another one afterwards, and never the same at other endpoints", async () => {
    const app = await makeApp({ services: [] });
    const remove = (integration: string) => call(app.key, "DELETE", `/apps/${app.id}/integrations/${integration}`);
    const [first] = await Promise.all([integrationOf(app, custom), integrationOf(app, custom)]);
    expect((await remove(first)).status).toBe(204);
    const second = await integrationOf(app, custom);
    expect(second).not.toBe(first);
    // Taken out between the moment that it is found and the moment that it is changed.
    let asked = 0;
    const meanwhile = troubledVaults("record", async (ask) => {
      asked += 1;
      if (asked === 2) expect((await remove(second)).status).toBe(204);
      return ask();
    });
    const moved = { ...custom, token_endpoint: "https://other.example.com/token" };
    const answer = await request(
      `/apps/${app.id}/integrations`,
      {
        method: "PUT",
        headers: { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" },
        body: JSON.stringify(moved),
      },
      { ADMIN_KEY, VAULT: meanwhile },
    );
    expect(asked).toBeGreaterThan(1);
    const { integration } = SavedIntegration.parse(await answer.json());
    expect([first, second]).not.toContain(integration);
    expect(await listed(app)).toMatchObject([{ integration }]);
  });

  it("stays with the endpoints it was registered with", async () => {
    const app = await makeApp({ services: ["google"] });
    expect((await put(app, custom)).status).toBe(200);
    for (const change of [
      { token_endpoint: "https://other.example.com/token" },
      { authorization_endpoint: "https://other.example.com/authorize" },
      { api_base_url: "https://other.example.com/api" },
      { revocation_endpoint: "https://other.example.com/revoke" },
      { userinfo_endpoint: "https://other.example.com/me" },
      { issuer: "https://other.example.com" },
    ]) {
      const answer = await put(app, { ...custom, ...change });
      expect(await errorOf(answer)).toMatchObject({ status: 409, error: "integration_fixed" });
    }
    const taken = await put(app, { ...custom, slug: "google" });
    expect(await errorOf(taken)).toMatchObject({ status: 409, error: "integration_fixed" });
    expect((await put(app, { ...custom, scopes: ["read", "write"] })).status).toBe(200);
  });

  const FIELDS = [
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "userinfo_endpoint",
    "api_base_url",
  ];
  const HOSTS = [
    "http://crm.example.com/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/x",
    "https://[fd00::1]/x",
    "https://crm.local/x",
    "https://intranet/x",
    "https://user:password@crm.example.com/x",
    "ftp://crm.example.com/x",
  ];
  it.each(FIELDS.map((field) => [field]))(
    "has no %s in a private network, in the clear or with a password",
    async (field) => {
      const app = await makeApp({ services: [] });
      for (const url of HOSTS) {
        const answer = await errorOf(await put(app, { ...custom, [field]: url }));
        expect(answer, url).toMatchObject({ status: 400, error: "invalid_request" });
        expect(answer.message).toContain(field);
        expect(answer.message).not.toContain(custom.client_secret);
      }
    },
  );
});

describe("an API key", () => {
  const keysOf = async (app: TestApp) => (await answered(ApiKeys, call(app.key, "GET", `/apps/${app.id}/keys`))).keys;

  it("is shown once, listed with its last use, and of no use once it is revoked", async () => {
    const app = await makeApp();
    const { id, key } = await keyWith(app, ["read"]);
    expect((await keysOf(app)).find((one) => one.id === id)).toMatchObject({ scopes: ["read"], last_used_at: null });
    expect((await call(key, "GET", "/connections")).status).toBe(200);
    await expect.poll(async () => (await keysOf(app)).find((one) => one.id === id)?.last_used_at).not.toBeNull();
    const listed = await (await call(app.key, "GET", `/apps/${app.id}/keys`)).text();
    expect(listed).not.toContain(key);
    expect(listed).not.toContain(key.slice(-43));
    expect((await call(app.key, "DELETE", `/apps/${app.id}/keys/${id}`)).status).toBe(204);
    expect(await errorOf(await call(key, "GET", "/connections"))).toMatchObject({
      status: 401,
      error: "invalid_session",
    });
    expect((await keysOf(app)).map((one) => one.id)).not.toContain(id);
    expect((await call(app.key, "DELETE", `/apps/${app.id}/keys/${id}`)).status).toBe(404);
  });

  it("ends by itself", async () => {
    const app = await makeApp();
    const about = { name: "short", scopes: ["read"], expires_in: 60 };
    const { key } = await answered(ShownApiKey, call(app.key, "POST", `/apps/${app.id}/keys`, about), 201);
    expect((await call(key, "GET", "/connections")).status).toBe(200);
    pass(61_000);
    expect((await call(key, "GET", "/connections")).status).toBe(401);
  });

  it("hands on the scopes it has and no more", async () => {
    const app = await makeApp();
    const { key } = await keyWith(app, ["manage"]);
    for (const scope of ["connect", "read", "proxy", "tokens"]) {
      const about = { name: "more", scopes: ["manage", scope] };
      const answer = await call(key, "POST", `/apps/${app.id}/keys`, about);
      expect(await errorOf(answer)).toMatchObject({ status: 403, error: "insufficient_scope" });
    }
    expect((await call(key, "POST", `/apps/${app.id}/keys`, { name: "same", scopes: ["manage"] })).status).toBe(201);
    const reader = await keyWith(app, ["read"]);
    const answer = await call(reader.key, "POST", "/sessions", { user: "user-1", scopes: ["read", "tokens"] });
    expect(await errorOf(answer)).toMatchObject({ status: 403, error: "insufficient_scope" });
    const keys = await call(reader.key, "GET", `/apps/${app.id}/keys`);
    expect(await errorOf(keys)).toMatchObject({ status: 403, error: "insufficient_scope" });
  });

  it("reaches its own app and no other", async () => {
    const [app, other] = [await makeApp(), await makeApp()];
    for (const path of ["", "/keys", "/integrations", "/events"]) {
      expect((await call(app.key, "GET", `/apps/${other.id}${path}`)).status).toBe(404);
    }
    expect((await call(app.key, "PATCH", `/apps/${other.id}`, { name: "mine" })).status).toBe(404);
    expect((await call(app.key, "GET", "/apps")).status).toBe(401);
  });
});
