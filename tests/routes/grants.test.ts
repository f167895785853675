/** What a key's grant narrows, from the day that it is made: calls, what a holder is shown, changes and tokens of ours, and what is handed on. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Profile } from "../../src/api.ts";
import { ShownApiKey, UserSession, UserSessions } from "../../src/api-apps.ts";
import type { Connection } from "../../src/api-connections.ts";
import type { GrantRule } from "../../src/api-grants.ts";
import { digest } from "../../src/crypto.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { vaultFor } from "../support/vault.ts";

const USER = "user-1";
let app: TestApp;
let github: Connection;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await control("github").reset();
  await control("notion").reset();
  app = await makeApp({ services: ["github", "notion"] });
  github = await connectUser(app, USER);
});
afterEach(() => vi.useRealTimers());

interface Asked {
  readonly rules: readonly Partial<GrantRule>[];
  readonly calls_per_hour?: number;
  readonly networks?: readonly string[];
}

async function sessionWith(grant: Asked, by = app.key): Promise<UserSession> {
  const made = await call(by, "POST", "/sessions", { user: USER, grant });
  expect([made.status, await made.clone().text()]).toMatchObject([201, expect.anything()]);
  return UserSession.parse(await made.json());
}

async function keyWith(grant: Asked, scopes: readonly string[]): Promise<string> {
  const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "narrow", scopes, grant });
  expect(made.status).toBe(201);
  return ShownApiKey.parse(await made.json()).key;
}

const forUser = { "X-Latchkey-User": USER };
const proxied = (key: string, method: string, path: string, body?: unknown, headers = {}): Promise<Response> =>
  call(key, method, `/proxy/${app.integrations["github"]}${path}`, body, headers);
const apiCalls = async (): Promise<number> =>
  (await control("github").log()).filter(({ path }) => !path.startsWith("/login")).length;

async function refusal(answer: Response): Promise<unknown> {
  expect([answer.status, answer.headers.get("X-Latchkey-Error")]).toEqual([403, "outside_grant"]);
  const text = await answer.text();
  return text === "" ? null : JSON.parse(text);
}

const errorIn = (answer: Response): string | null => answer.headers.get("X-Latchkey-Error");
const paramOf = async (answer: Response): Promise<unknown> => (await answer.json<{ param: unknown }>()).param;

describe("a key that may read", () => {
  it("reads, and changes nothing: no such call reaches the service", async () => {
    const { key } = await sessionWith({ rules: [{}] });
    expect((await proxied(key, "GET", "/user")).status).toBe(200);
    const before = await apiCalls();
    for (const [method, path] of [
      ["POST", "/user/repos"],
      ["PATCH", "/repos/a/b"],
      ["PUT", "/user/following/a"],
      ["DELETE", "/repos/a/b"],
    ] as const) {
      expect(await refusal(await proxied(key, method, path))).toMatchObject({
        message: expect.stringContaining("rule 1, which comes nearest, lets nothing be changed"),
      });
    }
    expect(await apiCalls()).toBe(before);
  });

  it("is refused in the shape of the service", async () => {
    const { key } = await sessionWith({ rules: [{}] });
    const body = await (await proxied(key, "POST", "/user/repos")).json();
    expect(body).toMatchObject({ message: expect.any(String), documentation_url: expect.any(String) });
  });

  it.for([
    ["a header that names another method", "GET", "/user", undefined, { "X-HTTP-Method-Override": "DELETE" }],
    ["a parameter that names one", "GET", "/user?_method=DELETE", undefined, {}],
    ["a mutation", "POST", "/graphql", { query: "mutation { a }" }, {}],
    [
      "a mutation beside a query",
      "POST",
      "/graphql",
      { query: "query A { a } mutation B { b }", operationName: "A" },
      {},
    ],
    ["a list with a mutation", "POST", "/graphql", [{ query: "{ a }" }, { query: "mutation { b }" }], {}],
  ] as const)("is refused %s", async ([, method, path, body, headers]) => {
    const { key } = await sessionWith({ rules: [{}] });
    const before = await apiCalls();
    await refusal(await proxied(key, method, path, body, headers));
    expect(await apiCalls()).toBe(before);
  });

  it("sends a query on as it is", async () => {
    const { key } = await sessionWith({ rules: [{}] });
    const query = "query Me { viewer { login } }";
    const answer = await proxied(key, "POST", "/graphql", { query });
    expect(answer.headers.get("X-Latchkey-Error")).toBeNull();
  });

  it("sees profile and items, and takes no token", async () => {
    const key = await keyWith({ rules: [{}] }, ["read", "tokens", "connect"]);
    expect((await call(key, "GET", `/data/${app.integrations["github"]}`, undefined, forUser)).status).toBe(200);
    const items = await call(key, "GET", `/integrations/${app.integrations["github"]}/load`, undefined, forUser);
    expect(items.status).toBe(200);
    await refusal(await call(key, "GET", `/connections/${github.id}/token`));
  });

  it("sees of a profile what its grant lets pass, where the rest can be left out", async () => {
    const { key } = await sessionWith({ rules: [{ paths: ["/user"] }] });
    const answer = await call(key, "GET", `/data/${app.integrations["github"]}`);
    expect(answer.status).toBe(200);
    const { account, raw } = Profile.parse(await answer.json());
    expect(account?.id).toBe(github.account?.id);
    expect(raw).toMatchObject({ emails: null });
    const { key: narrower } = await sessionWith({ rules: [{ paths: ["/user/emails"] }] });
    await refusal(await call(narrower, "GET", `/data/${app.integrations["github"]}`));
  });

  it("neither connects, nor changes, renews or disconnects anything here", async () => {
    const key = await keyWith({ rules: [{}] }, ["read", "connect", "proxy", "manage"]);
    const connect = { user: USER, return_to: app.return_url };
    await refusal(await call(key, "POST", "/connect-sessions", connect));
    await refusal(
      await call(key, "POST", "/connect-sessions", { ...connect, integration: app.integrations["github"] }),
    );
    await refusal(await call(key, "POST", `/connections/${github.id}/reconnect`, { return_to: app.return_url }));
    await refusal(await call(key, "POST", `/connections/${github.id}/refresh`));
    await refusal(await call(key, "PATCH", `/connections/${github.id}`, { label: "mine" }));
    await refusal(await call(key, "DELETE", `/connections/${github.id}`));
    await refusal(await call(key, "DELETE", `/apps/${app.id}`));
    await refusal(await call(key, "GET", `/apps/${app.id}/keys`));
    expect((await call(key, "GET", `/connections/${github.id}`)).status).toBe(200);
  });
});

describe("a key with rules", () => {
  it("calls what one of them names, and nothing else", async () => {
    const { key } = await sessionWith({
      rules: [
        { methods: ["GET"], paths: ["/user", "/repos/*/*"] },
        { paths: ["/user/repos"], writes: "allow" },
      ],
    });
    expect((await proxied(key, "GET", "/user")).status).toBe(200);
    for (const path of [
      "/user/emails",
      "/users/a",
      "/User",
      "/%75ser",
      "/user/",
      "//user/emails",
      "/repos/a/b/hooks",
    ]) {
      await refusal(await proxied(key, "GET", path));
    }
    await refusal(await proxied(key, "HEAD", "/user"));
    expect((await proxied(key, "POST", "/user/repos", { name: "a" })).headers.get("X-Latchkey-Error")).toBeNull();
  });

  it("is about the integrations that it names, by slug or by id", async () => {
    for (const name of ["github", app.integrations["github"] ?? ""]) {
      const { key } = await sessionWith({ rules: [{ integrations: [name] }] });
      expect((await proxied(key, "GET", "/user")).status).toBe(200);
      const other = await call(key, "GET", `/proxy/${app.integrations["notion"]}/v1/users/me`);
      await refusal(other);
      await refusal(await call(key, "GET", `/data/${app.integrations["notion"]}`));
    }
  });

  it("shows the connections that it is about, and no other", async () => {
    const notion = await connectUser(app, USER, "notion");
    const key = await keyWith({ rules: [{ integrations: ["notion"] }] }, ["read"]);
    const listed = async (headers = {}) => {
      const { connections } = await (
        await call(key, "GET", "/connections", undefined, headers)
      ).json<{
        connections: { id: string }[];
      }>();
      return connections.map(({ id }) => id);
    };
    expect(await listed(forUser)).toEqual([notion.id]);
    expect(await listed()).toEqual([notion.id]);
    const gone = await call(key, "GET", `/connections/${github.id}`);
    expect([gone.status, errorIn(gone)]).toEqual([404, "not_found"]);
    // The way on names none of the others.
    const first = await call(key, "GET", "/connections?limit=1");
    expect(await first.json()).toMatchObject({ connections: [{ id: notion.id }], next_cursor: null });
    const { integrations } = await (
      await call(key, "GET", "/integrations", undefined, forUser)
    ).json<{
      integrations: { integration: string; connections: unknown[] }[];
    }>();
    expect(integrations.flatMap(({ connections }) => connections)).toHaveLength(1);
  });

  it("is about the one connection that it names, also where another is the default", async () => {
    const second = await connectUser(app, USER, "github", 1);
    expect(second.id).not.toBe(github.id);
    const { key } = await sessionWith({ rules: [{ connections: [second.id] }] });
    const login = async (answer: Promise<Response>) => (await (await answer).json<{ login: string }>()).login;
    const asked = (id: string) => ({ ...forUser, "X-Latchkey-Connection": id });
    const its = await login(proxied(app.key, "GET", "/user", undefined, asked(second.id)));
    expect(its).not.toBe(await login(proxied(app.key, "GET", "/user", undefined, asked(github.id))));
    expect(await login(proxied(key, "GET", "/user"))).toBe(its);
    const named = { "X-Latchkey-Connection": github.id };
    await refusal(await proxied(key, "GET", "/user", undefined, named));
    expect(errorIn(await call(key, "GET", `/connections/${github.id}`))).toBe("not_found");
    expect((await call(key, "GET", `/connections/${second.id}`)).status).toBe(200);
  });

  it("has to be told which, where it names two", async () => {
    const second = await connectUser(app, USER, "github", 1);
    const { key } = await sessionWith({ rules: [{ connections: [github.id, second.id] }] });
    expect(errorIn(await proxied(key, "GET", "/user"))).toBe("connection_mismatch");
    expect((await proxied(key, "GET", "/user", undefined, { "X-Latchkey-Connection": second.id })).status).toBe(200);
  });

  it("may do all at a connection where a rule narrows nothing there", async () => {
    const rules = [{ connections: [github.id], writes: "allow" as const }, { integrations: ["notion"] }];
    const key = await keyWith({ rules }, ["read", "connect", "tokens", "proxy"]);
    expect((await call(key, "GET", `/connections/${github.id}/token`)).status).toBe(200);
    expect((await call(key, "PATCH", `/connections/${github.id}`, { label: "mine" })).status).toBe(200);
    const connect = { user: USER, return_to: app.return_url, integration: app.integrations["github"] };
    // Another account there is another connection.
    await refusal(await call(key, "POST", "/connect-sessions", connect));
    expect((await call(key, "POST", "/connect-sessions", { ...connect, connection: github.id })).status).toBe(201);
  });
});

describe("a grant", () => {
  it("is shown as it was asked for", async () => {
    const grant = {
      rules: [
        { integrations: [app.integrations["github"]], methods: ["GET"], paths: ["/user"], writes: "refuse" },
        { connections: [github.id], writes: "allow" },
      ],
      calls_per_hour: 7,
      networks: ["192.0.2.0/24"],
    };
    const made = await call(app.key, "POST", "/sessions", { user: USER, grant });
    expect(await made.json()).toMatchObject({ grant });
    const listed = UserSessions.parse(await (await call(app.key, "GET", `/users/${USER}/sessions`)).json());
    expect(listed.sessions[0]?.grant).toEqual(grant);
  });

  it.for<[string, unknown, string]>([
    ["no rules", { rules: [] }, "grant.rules"],
    ["an integration that is not there", { rules: [{ integrations: ["slack"] }] }, "grant.rules.0.integrations.0"],
    ["a connection that is not there", { rules: [{}, { connections: ["con_x"] }] }, "grant.rules.1.connections.0"],
    ["integrations and connections", { rules: [{ integrations: ["github"], connections: ["c"] }] }, "grant.rules.0"],
    ["a path that is none", { rules: [{ paths: ["user"] }] }, "grant.rules.0.paths.0"],
    ["a method that does not go through", { rules: [{ methods: ["TRACE"] }] }, "grant.rules.0.methods.0"],
    ["a network that is none", { rules: [{}], networks: ["example.com"] }, "grant.networks.0"],
    [
      "more than there is room for",
      { rules: Array.from({ length: 50 }, () => ({ paths: [`/${"a".repeat(300)}`] })) },
      "grant",
    ],
  ])("is refused with %s", async ([, grant, param]) => {
    const made = await call(app.key, "POST", "/sessions", { user: USER, grant });
    expect([made.status, await paramOf(made)]).toEqual([400, param]);
  });

  it("of another user's connection is refused", async () => {
    const theirs = await connectUser(app, "user-2", "github", 1);
    const made = await call(app.key, "POST", "/sessions", {
      user: USER,
      grant: { rules: [{ connections: [theirs.id] }] },
    });
    expect(await paramOf(made)).toBe("grant.rules.0.connections.0");
  });

  it("is handed on as it is, or narrower, and never wider", async () => {
    const rules = [{ integrations: ["github"], paths: ["/repos/**"], writes: "allow" as const }];
    const key = await keyWith({ rules, calls_per_hour: 10 }, ["read", "proxy", "sessions"]);
    const same = UserSession.parse(await (await call(key, "POST", "/sessions", { user: USER })).json());
    expect(same.grant).toMatchObject({ calls_per_hour: 10, rules: [{ paths: ["/repos/**"], writes: "allow" }] });
    const narrow = await sessionWith({ rules: [{ integrations: ["github"], paths: ["/repos/acme/*"] }] }, key);
    expect(narrow.grant).toMatchObject({ calls_per_hour: 10 });
    for (const grant of [
      { rules: [{}] },
      { rules: [{ integrations: ["github"] }] },
      { rules: [{ integrations: ["notion"], paths: ["/repos/**"] }] },
      { rules: [...rules, { integrations: ["github"], paths: ["/user"] }] },
      { rules, calls_per_hour: 11 },
    ]) {
      const made = await call(key, "POST", "/sessions", { user: USER, grant });
      expect([made.status, errorIn(made)]).toEqual([403, "insufficient_scope"]);
    }
  });

  it("that names every method hands on none that names no method", async () => {
    const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
    const key = await keyWith({ rules: [{ methods: [...methods], writes: "allow" }] }, [
      "read",
      "connect",
      "tokens",
      "sessions",
    ]);
    const made = await call(key, "POST", "/sessions", { user: USER, grant: { rules: [{ writes: "allow" }] } });
    expect([made.status, errorIn(made)]).toEqual([403, "insufficient_scope"]);
  });

  it("shows and ends the sessions that its own key has made, and no other", async () => {
    const other = await sessionWith({ rules: [{}] });
    const key = await keyWith({ rules: [{}] }, ["read", "proxy", "sessions"]);
    const own = await sessionWith({ rules: [{}] }, key);
    const { sessions } = UserSessions.parse(await (await call(key, "GET", `/users/${USER}/sessions`)).json());
    expect(sessions).toHaveLength(1);
    const all = UserSessions.parse(await (await call(app.key, "GET", `/users/${USER}/sessions`)).json());
    const foreign = all.sessions.find(({ id }) => id !== sessions[0]?.id);
    expect((await call(key, "DELETE", `/users/${USER}/sessions/${foreign?.id}`)).status).toBe(404);
    expect((await call(key, "DELETE", `/users/${USER}/sessions`)).status).toBe(204);
    expect((await call(other.key, "GET", "/connections")).status).toBe(200);
    expect((await call(own.key, "GET", "/connections")).status).toBe(401);
  });

  it("refuses calls without using up those of the key that it was handed on from", async () => {
    vi.setSystemTime(Date.parse("2026-11-28T10:10:00Z"));
    const key = await keyWith({ rules: [{}], calls_per_hour: 3 }, ["read", "proxy", "sessions"]);
    const child = await sessionWith({ rules: [{}], calls_per_hour: 1 }, key);
    for (let time = 0; time < 5; time += 1) await proxied(child.key, "GET", "/user");
    const rest = [1, 2].map(() => proxied(key, "GET", "/user", undefined, forUser));
    expect((await Promise.all(rest)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("narrows where it may be used from", async () => {
    const { key } = await sessionWith({ rules: [{}], networks: ["192.0.2.0/24", "2001:db8::/32"] });
    const from = (address: string) => ({ "CF-Connecting-IP": address });
    expect((await proxied(key, "GET", "/user", undefined, from("192.0.2.7"))).status).toBe(200);
    expect((await call(key, "GET", "/connections", undefined, from("2001:db8::7"))).status).toBe(200);
    for (const headers of [from("198.51.100.7"), from("::1"), {}]) {
      expect(errorIn(await proxied(key, "GET", "/user", undefined, headers))).toBe("network_denied");
      expect(errorIn(await call(key, "GET", "/connections", undefined, headers))).toBe("network_denied");
    }
  });

  it("counts calls by the hour, those of what it handed on among them", async () => {
    vi.setSystemTime(Date.parse("2026-11-28T10:10:00Z"));
    const key = await keyWith({ rules: [{}], calls_per_hour: 5 }, ["read", "proxy", "sessions"]);
    const one = await sessionWith({ rules: [{}], calls_per_hour: 2 }, key);
    const other = await sessionWith({ rules: [{}] }, key);
    const statuses = async (by: string, times: number) => {
      const all: number[] = [];
      for (let time = 0; time < times; time += 1) all.push((await proxied(by, "GET", "/user")).status);
      return all;
    };
    expect(await statuses(one.key, 3)).toEqual([200, 200, 403]);
    const rest = await statuses(other.key, 4);
    expect(rest.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
    expect(rest.at(-1)).toBe(403);
    const over = await proxied(other.key, "GET", "/user");
    expect([over.headers.get("X-Latchkey-Error"), over.headers.get("Retry-After")]).toEqual(["grant_spent", "3000"]);
    vi.setSystemTime(Date.parse("2026-11-28T11:00:00Z"));
    expect(await statuses(other.key, 1)).toEqual([200]);
  });

  it("is none for keys from before there were grants, which do what they did", async () => {
    const { key } = await sessionWith({ rules: [{}] });
    await runInDurableObject(await vaultFor(app, USER), (_, { storage }) => {
      const row = storage.sql.exec("SELECT facts FROM sessions WHERE digest = ?", digest(key)).one();
      const { grant: _grant, ...facts } = z.looseObject({}).parse(JSON.parse(z.string().parse(row["facts"])));
      storage.sql.exec("UPDATE sessions SET facts = ? WHERE digest = ?", JSON.stringify(facts), digest(key));
    });
    const { sessions } = UserSessions.parse(await (await call(app.key, "GET", `/users/${USER}/sessions`)).json());
    expect(sessions[0]?.grant).toBeNull();
  });
});
