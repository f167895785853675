/** What is written down of each request and each change: enough to count and to follow, and nothing that opens anything. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { CreatedApp, ShownApiKey } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { control } from "../support/emulator.ts";
import { admin, call, connectUser, makeApp } from "../support/integrator.ts";
import { Visitor, decide, locationOf, request } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

const Line = z.strictObject({
  event: z.enum(["request", "audit"]),
  request_id: z.string().min(8),
  app: z.string().optional(),
  user: z
    .string()
    .regex(/^[\w-]{16}$/)
    .optional(),
  integration: z.string().optional(),
  provider: z.string().optional(),
  connection: z.string().startsWith("con_").optional(),
  method: z.string().optional(),
  route: z.string().optional(),
  status: z.int().optional(),
  outcome: z.string().optional(),
  duration_ms: z.int().nonnegative().optional(),
  action: z.string().optional(),
  target: z.record(z.string(), z.string()).optional(),
});

/** The lines that something writes, and all of them as one text. */
async function logged(work: () => Promise<unknown>) {
  const said: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line: unknown) => void said.push(String(line)));
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  const lines = said.filter((line) => line.startsWith("{")).map((line) => Line.parse(JSON.parse(line)));
  return {
    text: said.join("\n"),
    requests: lines.filter(({ event }) => event === "request"),
    audits: lines.filter(({ event }) => event === "audit"),
  };
}

const asUser = (user: string) => ({ "X-Latchkey-User": user });

describe("the line of a request", () => {
  it.each([
    ["/data/{}", "/data/:integration", 200, "ok"],
    ["/proxy/{}/user?per_page=1", "/proxy/*", 200, "ok"],
    ["/data/slack", "/data/:integration", 404, "unknown_integration"],
    ["/connections/con_none", "/connections/:connection", 404, "not_found"],
  ])("of GET %s names the route %s, its status and its outcome", async (path, route, status, outcome) => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const id = app.integrations["github"] ?? "";
    const { requests } = await logged(() => call(app.key, "GET", path.replace("{}", id), undefined, asUser("user-1")));
    expect(requests).toHaveLength(1);
    const [line] = requests;
    expect(line).toMatchObject({ method: "GET", route, status, outcome, app: app.id });
    expect(line?.duration_ms).toBeGreaterThanOrEqual(0);
    const about = path.includes("{}") ? { integration: id, provider: "github" } : {};
    expect({ integration: line?.integration, provider: line?.provider }).toEqual({
      integration: undefined,
      provider: undefined,
      ...about,
    });
  });

  it("has the id that the answer has", async () => {
    let answered: string | null = null;
    const { requests } = await logged(async () => {
      answered = (await request("/health")).headers.get("X-Request-Id");
    });
    expect(answered).not.toBeNull();
    expect(requests).toMatchObject([{ request_id: answered, route: "/health" }]);
  });

  it("of a place that is none says no more than that", async () => {
    const { requests, text } = await logged(() => request("/no/such/place-sk_canary?code=sk_canary"));
    expect(requests).toMatchObject([{ status: 404, outcome: "not_found" }]);
    expect(text).not.toContain("canary");
  });

  it("tells a user by a digest, the same in each line and another in another app", async () => {
    const [app, other] = [await makeApp(), await makeApp()];
    const users: (string | undefined)[] = [];
    for (const { key, integrations } of [app, app, other]) {
      const path = `/data/${integrations["github"]}`;
      const { requests, text } = await logged(() => call(key, "GET", path, undefined, asUser("ada@people.example")));
      expect(text).not.toContain("ada@people.example");
      users.push(requests[0]?.user);
    }
    expect(users[0]).toBeDefined();
    expect(users[1]).toBe(users[0]);
    expect(users[2]).not.toBe(users[0]);
  });

  it("has no code, state, ticket, key or token of a whole flow", async () => {
    const secrets: string[] = [];
    const { text, requests } = await logged(async () => {
      const app = await makeApp();
      const body = { user: "user-1", integration: app.integrations["github"], return_to: app.return_url };
      const link = await call(app.key, "POST", "/connect-sessions", body);
      const { connect_url } = CreatedConnectSession.parse(await link.json());
      const browser = new Visitor();
      const asked = locationOf(await browser.openLink(connect_url));
      const callback = await decide("github", asked);
      const back = new URL(locationOf(await browser.navigate(callback)));
      const connection_code = back.searchParams.get("connection_code") ?? "";
      await call(app.key, "POST", "/connections/finalize", { connection_code, user: "user-1" });
      const [, ticket = ""] = connect_url.split("#");
      secrets.push(app.key, ticket, connection_code, ...browser.cookies.values());
      for (const url of [new URL(asked), new URL(callback)]) {
        for (const name of ["state", "code", "code_challenge"]) secrets.push(url.searchParams.get(name) ?? "");
      }
    });
    const found = secrets.filter((secret) => secret.length > 0);
    expect(found.length).toBeGreaterThan(6);
    for (const secret of found) expect(text).not.toContain(secret);
    expect(requests.map(({ route }) => route)).toContain("/connect/open");
    expect(text).not.toContain("?");
  });
});

describe("a change is written down", () => {
  it("of an app, a key, an integration and a connection, with who made it and what it was made to", async () => {
    const secrets: string[] = [];
    const { audits, text } = await logged(async () => {
      const made = await admin("/apps", { method: "POST", body: JSON.stringify({ name: "Audited" }) });
      const { id, api_key } = CreatedApp.parse(await made.json());
      const key = await call(api_key.key, "POST", `/apps/${id}/keys`, { name: "second", scopes: ["read"] });
      const second = ShownApiKey.parse(await key.json());
      await call(api_key.key, "DELETE", `/apps/${id}/keys/${second.id}`);
      secrets.push(api_key.key, second.key);
    });
    expect(audits.map(({ action }) => action)).toEqual([
      "post /apps",
      "post /apps/{app}/keys",
      "delete /apps/{app}/keys/{key}",
    ]);
    expect(audits[0]?.target).toEqual({ by: "admin" });
    expect(audits[2]?.target).toMatchObject({ by: "app", app: audits[2]?.app });
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("of a connection, and reading is no change", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "user-1");
    const { audits } = await logged(async () => {
      await call(app.key, "GET", `/connections/${id}`);
      await call(app.key, "DELETE", `/connections/${id}`);
    });
    expect(audits).toMatchObject([{ app: app.id, target: { connection: id } }]);
  });

  it("is not of a change that was refused", async () => {
    const app = await makeApp();
    const { audits, requests } = await logged(() => call(app.key, "POST", `/apps/${app.id}/keys`, { name: "" }));
    expect(requests).toMatchObject([{ status: 400, outcome: "invalid_request" }]);
    expect(audits).toEqual([]);
  });
});
