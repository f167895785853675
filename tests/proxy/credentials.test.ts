/** Keys where SDKs put them, and their removal from everywhere. */
import { beforeEach, describe, expect, it } from "vitest";
import { SessionKeys } from "../../src/api.ts";
import { control } from "../support/emulator.ts";
import { Visitor, errorOf, keyFor, request } from "../support/visitor.ts";

beforeEach(() => Promise.all(["github", "facebook", "slack"].map((service) => control(service).reset())));

/** What reached the service; none of it may hold our key. */
async function received(service: string, key: string): Promise<string> {
  const log = JSON.stringify(await control(service).log());
  expect(log).not.toContain(key);
  return log;
}

describe("our key", () => {
  it.each([
    ["Authorization: Bearer", (key: string) => ({ Authorization: `Bearer ${key}` })],
    ["Authorization: bearer", (key: string) => ({ Authorization: `bearer ${key}` })],
    ["Authorization: token", (key: string) => ({ Authorization: `token ${key}` })],
    ["X-Latchkey-Key", (key: string) => ({ "X-Latchkey-Key": key })],
    ["X-Latchkey-Key beside something else", (key: string) => ({ "X-Latchkey-Key": key, Authorization: "Basic x" })],
  ])("is taken from %s", async (_, headers) => {
    const { key } = await keyFor("github");
    expect((await request("/proxy/github/user", { headers: new Headers(headers(key)) })).status).toBe(200);
    await received("github", key);
  });

  it("is taken from Facebook's query parameter, and replaced in its links", async () => {
    const { key } = await keyFor("facebook");
    const response = await request(`/proxy/facebook/v25.0/me/accounts?limit=1&access_token=${key}&fields=id%2Cname`);
    expect(response.status).toBe(200);
    const text = await response.text();
    const next = /"next":"([^"]+)"/.exec(text)?.[1]?.replaceAll("\\/", "/") ?? "";
    expect(next).toContain(`access_token=${key}`);
    expect((await request(next)).status).toBe(200);
    const log = await received("facebook", key);
    expect(log).toContain("fields=id%2Cname");
    expect(log).toContain("appsecret_proof=");
    for (const secret of (await control("facebook").grants()).issued) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  });

  it("keeps out of raw bodies what it must: Facebook's links lose the token whatever the caller asks", async () => {
    const { key } = await keyFor("facebook");
    const headers = { Authorization: `Bearer ${key}`, "X-Latchkey-Raw": "1" };
    const text = await (await request("/proxy/facebook/v25.0/me/accounts?limit=1&fields=id", { headers })).text();
    expect(text).toContain("127.0.0.1:8787\\/facebook\\/graph.facebook.com");
    for (const secret of (await control("facebook").grants()).issued) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  });

  it("lets a Facebook page's own token through", async () => {
    const { key } = await keyFor("facebook");
    const headers = { Authorization: `Bearer ${key}` };
    const pages = await (await request("/proxy/facebook/v25.0/me/accounts?limit=1", { headers })).text();
    const page = (/"access_token":"([^"]+)"/.exec(pages)?.[1] ?? "").replaceAll("\\/", "/");
    expect(page).not.toBe("");
    await request(`/proxy/facebook/v25.0/me?access_token=${encodeURIComponent(page)}`, { headers });
    expect(await received("facebook", key)).toContain(`Bearer ${page}`);
  });

  it("is taken out of Slack's form, with every other field as it was", async () => {
    const { key } = await keyFor("slack");
    const body = `token=${key}&limit=2&cursor=`;
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const response = await request("/proxy/slack/api/conversations.list", { method: "POST", headers: form, body });
    expect(await response.json()).toMatchObject({ ok: true });
    expect(await received("slack", key)).toContain('"limit=2&cursor="');
  });

  it("is sent to Slack in no other field of a form", async () => {
    const { key } = await keyFor("slack");
    await control("slack").clearLog();
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    for (const body of [
      `token=${key}&text=${key}`,
      `text=${encodeURIComponent(encodeURIComponent(key))}&token=${key}`,
    ]) {
      const response = await request("/proxy/slack/api/chat.postMessage", { method: "POST", headers: form, body });
      expect(response.headers.get("X-Latchkey-Error")).toBe("credential_denied");
    }
    expect(await control("slack").log()).toEqual([]);
  });

  it("works for Slack with and without the path that all its methods are under", async () => {
    const { key } = await keyFor("slack");
    const headers = { Authorization: `Bearer ${key}` };
    for (const path of ["/proxy/slack/api/auth.test", "/proxy/slack/auth.test", "/proxy/slack//api/auth.test"]) {
      expect(await (await request(path, { headers })).json()).toMatchObject({ ok: true });
    }
  });

  it("does not make way for somebody else's token", async () => {
    const { key } = await keyFor("slack");
    const headers = { Authorization: `Bearer ${key}` };
    await control("slack").clearLog();
    const response = await request("/proxy/slack/api/auth.test?token=xoxp-evil", { headers });
    expect(response.headers.get("X-Latchkey-Error")).toBe("credential_denied");
    expect(await control("slack").log()).toEqual([]);
  });
});

describe("a key", () => {
  it("is shown once, listed with its last use, and gone when it is revoked", async () => {
    const { visitor, key } = await keyFor("github");
    expect(key).toMatch(/^lk_[A-Za-z0-9_-]{86}$/);
    const headers = { Authorization: `Bearer ${key}` };
    expect((await request("/proxy/github/user", { headers })).status).toBe(200);
    const { sessions } = await visitor.json("/sessions", SessionKeys);
    expect(sessions).toMatchObject([{ name: "tests" }]);
    expect(Date.now() - Date.parse(sessions[0]?.last_used_at ?? "")).toBeLessThan(60_000);
    expect(JSON.stringify(sessions)).not.toContain(key);
    expect((await visitor.change("DELETE", `/sessions/${sessions[0]?.id}`)).status).toBe(204);
    const refused = await request("/proxy/github/user", { headers });
    expect([refused.status, refused.headers.get("X-Latchkey-Error")]).toEqual([401, "invalid_session"]);
    expect((await visitor.change("DELETE", `/sessions/${sessions[0]?.id}`)).status).toBe(404);
  });

  it("makes no further keys, and does for its user what the page does", async () => {
    const { key } = await keyFor("github");
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const more = await request("/sessions", { method: "POST", headers, body: '{"name":"more"}' });
    expect(more.status).toBe(401);
    expect((await request("/sessions", { headers })).status).toBe(401);
    expect((await request("/data/github", { headers })).status).toBe(200);
    expect((await request("/integrations/github/credentials", { method: "DELETE", headers })).status).toBe(200);
  });

  it.each([
    "{}",
    '{"name":""}',
    '{"name":"x","expires_in":1}',
    '{"name":"x","expires_in":1e12}',
    '{"name":"x","more":1}',
    "[]",
    "x",
    "",
  ])("is not made from %j", async (body) => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const headers = { "X-CSRF": "1", "Content-Type": "application/json" };
    const answer = await errorOf(await visitor.fetch("/sessions", { method: "POST", headers, body }));
    expect(answer).toMatchObject({ status: 400, error: "invalid_request" });
  });
});

describe("a token that nothing can renew", () => {
  it("is not given up because one call of the proxy is refused", async () => {
    const { visitor, key } = await keyFor("github");
    await control("github").fault({ endpoint: "api", fault: "unauthorized" });
    const headers = { Authorization: `Bearer ${key}` };
    const refused = await request("/proxy/github/user", { headers });
    expect([refused.status, refused.headers.get("X-Latchkey-Error")]).toEqual([401, null]);
    expect((await request("/proxy/github/user", { headers })).status).toBe(200);
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });
});

describe("what belongs to Latchkey", () => {
  it.each([
    ["github", "/applications/x/token"],
    ["github", "/%61pplications/x/token"],
    ["github", "//applications/x/token"],
    ["hubspot", "/oauth/2026-03/token"],
    ["notion", "/v1/oauth/token"],
    ["slack", "/api/auth.revoke"],
    ["slack", "/auth.revoke"],
    ["slack", "/api/oauth.v2.exchange"],
    ["facebook", "/v25.0/oauth/access_token"],
    ["google", "/oauth2/v4/token"],
    ["microsoft", "/v1.0/me/revokeSignInSessions"],
  ])("%s%s is refused", async (service, path) => {
    const { key } = await keyFor(service);
    await control(service).clearLog();
    const response = await request(`/proxy/${service}${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(response.headers.get("X-Latchkey-Error")).toBe("path_denied");
    expect(await control(service).log()).toEqual([]);
  });
});
