/** Sessions, the protection against other sites, and what is shown of a connection. */
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { Activity, Credentials, Integrations } from "../../src/api.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { control } from "../support/emulator.ts";
import { vaultOf } from "../support/vault.ts";
import { Visitor, errorOf, keyFor, request } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

describe("without a session", () => {
  it("the integrations are listed, none connected", async () => {
    const { signed_in, integrations } = await new Visitor().json("/integrations", Integrations);
    expect(signed_in).toBe(false);
    expect(integrations.map(({ integration }) => integration)).toEqual(builtInProviders.map(({ id }) => id));
    expect(new Set(integrations.map(({ status }) => status))).toEqual(new Set(["not_connected"]));
  });

  it.each([
    ["GET", "/data/github"],
    ["GET", "/integrations/github/load"],
    ["GET", "/integrations/github/credentials"],
    ["GET", "/integrations/github/avatar"],
    ["DELETE", "/integrations/github/credentials"],
    ["DELETE", "/sessions/current"],
  ])("%s %s is 401", async (method, path) => {
    const response = await request(path, { method, headers: { "X-CSRF": "1" } });
    expect(await errorOf(response)).toMatchObject({ status: 401, error: "invalid_session" });
  });

  it.each(["x", `lk_${"A".repeat(86)}`, "lk_", "ключ", ""])(
    "an id that was never given out (%j) is no session",
    async (id) => {
      const headers = { Cookie: `__Host-session=${encodeURIComponent(id)}` };
      expect((await request("/integrations/github/credentials", { headers })).status).toBe(401);
      expect((await request(`/data/github?session_id=${encodeURIComponent(id)}`)).status).toBe(401);
    },
  );
});

describe("with a session", () => {
  it("what is held is shown, and never a token", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const held = await visitor.json("/integrations/github/credentials", Credentials);
    expect(held.status).toBe("connected");
    expect(held.scopes).toEqual(["read:user", "user:email", "read:org"]);
    expect(held.account?.name).not.toBe("");
  });

  it("does not work from a URL", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const id = visitor.cookies.get("__Host-session") ?? "";
    expect((await request(`/data/github?session_id=${id}`)).status).toBe(401);
    expect((await request("/data/github", { headers: { Authorization: `Bearer ${id}` } })).status).toBe(200);
  });

  it("whose account took whose place is still told where that was noted; what was noted before names nobody", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await visitor.connect("github");
    const noted = async () => (await visitor.json("/integrations/github/activity", Activity)).events;
    const accounts = { before: "Ada Lindqvist", after: "lukasz-w" };
    await runInDurableObject(vaultOf(visitor), (_, { storage }) => {
      const replaced = { at: new Date().toISOString(), type: "account_replaced", reason: null, accounts };
      storage.sql.exec("INSERT INTO events (place, event) VALUES ('github', ?)", JSON.stringify(replaced));
    });
    expect((await noted()).map((event) => [event.type, event.accounts])).toEqual([
      ["account_replaced", accounts],
      ["reconnected", null],
      ["connected", null],
    ]);
    await runInDurableObject(vaultOf(visitor), (_, { storage }) => {
      storage.sql.exec("UPDATE events SET event = json_remove(event, '$.accounts')");
    });
    expect((await noted()).map((event) => event.accounts)).toEqual([null, null, null]);
  });

  it("says that nothing is connected", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    for (const path of ["/data/notion", "/integrations/notion/load", "/integrations/notion/credentials"]) {
      expect(await errorOf(await visitor.fetch(path))).toMatchObject({ status: 409, error: "not_connected" });
    }
    expect((await visitor.change("DELETE", "/integrations/notion/credentials")).status).toBe(409);
  });

  it("shows the account's picture from our own origin", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const picture = await visitor.fetch("/integrations/github/avatar");
    expect(picture.status).toBe(200);
    expect(picture.headers.get("Content-Type")).toBe("image/png");
  });

  it("never shows one user's connection to another", async () => {
    const [one, other] = [new Visitor(), new Visitor()];
    await one.connect("github");
    await other.connect("notion");
    expect((await other.fetch("/data/github")).status).toBe(409);
    expect((await one.fetch("/data/github")).status).toBe(200);
  });

  it("notices when the person has removed access at the provider", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await control("github").revoke();
    expect(await errorOf(await visitor.fetch("/data/github"))).toMatchObject({ status: 409, error: "reauth_required" });
    const { integrations } = await visitor.json("/integrations", Integrations);
    expect(integrations.find(({ integration }) => integration === "github")?.status).toBe("reauth_required");
    await visitor.connect("github");
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });

  it("disconnects although the provider is down", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await control("github").fault({ endpoint: "revoke", fault: "server_error" });
    const answer = await visitor.change("DELETE", "/integrations/github/credentials");
    expect(await answer.json()).toEqual({ disconnected: true, revoked_at_provider: false });
    expect((await visitor.fetch("/data/github")).status).toBe(409);
  });

  it("is told of from the first connection on, whatever becomes of that; not where it was declined", async () => {
    const signedIn = async (visitor: Visitor) => (await visitor.json("/integrations", Integrations)).signed_in;
    const visitor = new Visitor();
    await visitor.connect("github", { decision: "deny" });
    expect(await signedIn(visitor)).toBe(false);
    await visitor.connect("github");
    expect(await signedIn(visitor)).toBe(true);
    await visitor.change("DELETE", "/integrations/github/credentials");
    expect(await signedIn(visitor)).toBe(true);

    const { visitor: keyed } = await keyFor("github");
    await runInDurableObject(vaultOf(keyed), (_, { storage }) => {
      for (const table of ["events", "connections"]) storage.sql.exec(`DELETE FROM ${table}`);
    });
    expect(await signedIn(keyed)).toBe(true);
  });

  it("ends with sign-out, and what nobody can reach any more is disconnected", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const id = visitor.cookies.get("__Host-session") ?? "";
    expect((await visitor.change("DELETE", "/sessions/current")).status).toBe(204);
    expect(visitor.cookies.has("__Host-session")).toBe(false);
    const replay = await request("/integrations/github/credentials", { headers: { Cookie: `__Host-session=${id}` } });
    expect(replay.status).toBe(401);
    const { grants } = await control("github").grants();
    expect(grants.every((grant) => grant["live_access_tokens"] === 0)).toBe(true);
  });
});

describe("a change from another site is refused", () => {
  it.each([
    ["without the header", {}],
    ["from another origin", { "X-CSRF": "1", Origin: "https://evil.example" }],
    ["from the null origin", { "X-CSRF": "1", Origin: "null" }],
    ["from a look-alike", { "X-CSRF": "1", Origin: "http://localhost:8787.evil.example" }],
    ["from another site, as the browser says", { "X-CSRF": "1", "Sec-Fetch-Site": "cross-site" }],
    ["from a neighbour, as the browser says", { "X-CSRF": "1", "Sec-Fetch-Site": "same-site" }],
  ])("%s", async (_, headers) => {
    const visitor = new Visitor();
    await visitor.connect("github");
    for (const path of ["/integrations/github/credentials", "/sessions/current"]) {
      const answer = await visitor.fetch(path, { method: "DELETE", headers: new Headers(headers) });
      expect(await errorOf(answer)).toMatchObject({ status: 403, error: "csrf" });
    }
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });

  it("GET changes nothing", async () => {
    const answer = await request("/sessions/current");
    expect(await errorOf(answer)).toMatchObject({ status: 405, error: "method_not_allowed" });
    expect(answer.headers.get("Allow")).toBe("DELETE");
  });
});
