/** Access that was taken away at the provider is noticed, however it is said and whichever way is used; what passes is not taken for it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Activity, Credentials } from "../../src/api.ts";
import { control, tokenCalls } from "../support/emulator.ts";
import { ringAlarm } from "../support/vault.ts";
import { Visitor, errorOf, keyFor, locationOf, request } from "../support/visitor.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const held = (visitor: Visitor, service: string) => visitor.json(`/integrations/${service}/credentials`, Credentials);
const proxied = (key: string, path: string) =>
  request(`/proxy/${path}`, { headers: { Authorization: `Bearer ${key}` } });
const says = (status: number, body: unknown) => ({
  endpoint: "token",
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

async function connected(service: string): Promise<Visitor> {
  await control(service).reset();
  const visitor = new Visitor();
  expect(locationOf(await visitor.connect(service))).toContain(`connected=${service}`);
  return visitor;
}

describe("a token that nothing can renew, used through the proxy alone", () => {
  it.each([
    ["github", "github/user/repos", 401],
    ["slack", "slack/conversations.list", 200],
  ])("is given up once %s's API and its profile refuse it", async (service, path, status) => {
    await control(service).reset();
    const { visitor, key } = await keyFor(service);
    await control(service).revoke();
    expect((await proxied(key, path)).status).toBe(status);
    expect(await held(visitor, service)).toMatchObject({
      status: "reauth_required",
      failure: { reason: "token_rejected" },
    });
    const { events } = await visitor.json(`/integrations/${service}/activity`, Activity);
    expect(events[0]).toMatchObject({ type: "reauth_required", reason: "token_rejected" });
  });

  it("is kept where the profile still takes it: the refusal was about the one call", async () => {
    await control("github").reset();
    const { visitor, key } = await keyFor("github");
    await control("github").fault({ endpoint: "api", fault: "unauthorized" });
    expect((await proxied(key, "github/user/repos")).status).toBe(401);
    expect(await held(visitor, "github")).toMatchObject({ status: "connected", failure: null });
    expect((await proxied(key, "github/user/repos")).status).toBe(200);
  });

  it("is kept where the profile is down, and asked about once in a minute however often the API refuses", async () => {
    await control("github").reset();
    const { visitor, key } = await keyFor("github");
    await control("github").clearLog();
    const asked = async () => (await control("github").log()).filter(({ path }) => path === "/user").length;
    for (const minutes of [0, 1, 2]) {
      await control("github").fault({ endpoint: "api", fault: "unauthorized" });
      await control("github").fault({ endpoint: "api", fault: "server_error" });
      await control("github").fault({ endpoint: "api", fault: "unauthorized", times: 3 });
      for (let call = 0; call < 4; call += 1) expect((await proxied(key, "github/user/repos")).status).toBe(401);
      expect(await asked()).toBe(minutes + 1);
      await control("github").clearFaults();
      pass(MINUTE + 1);
    }
    expect(await held(visitor, "github")).toMatchObject({ status: "connected", failure: null });
  });
});

describe("refusals in words that nobody knows", () => {
  const unknown = says(400, { error: "gone_fishing" });

  it("are believed after several over some hours, where the access token is over as well", async () => {
    const visitor = await connected("google");
    pass(HOUR);
    await control("google").fault({ ...unknown, times: 100 });
    for (const minutes of [0, 30, 60, 60]) {
      pass(minutes * MINUTE);
      expect((await errorOf(await visitor.fetch("/data/google"))).error, `${minutes}`).not.toBe("reauth_required");
      expect(await held(visitor, "google")).toMatchObject({
        status: "connected",
        failure: { reason: "token_request_rejected" },
      });
      if (minutes === 60) break;
    }
    pass(2 * HOUR);
    await visitor.fetch("/data/google");
    expect(await held(visitor, "google")).toMatchObject({
      status: "reauth_required",
      failure: { reason: "grant_refused" },
    });
    const { events } = await visitor.json("/integrations/google/activity", Activity);
    expect(events[0]).toMatchObject({ type: "reauth_required", reason: "grant_refused" });
    const before = await tokenCalls("google");
    expect(await errorOf(await visitor.fetch("/data/google"))).toMatchObject({ status: 409, error: "reauth_required" });
    expect(await tokenCalls("google")).toBe(before);
  });

  it("are believed where the API refuses a token that should live", async () => {
    const visitor = await connected("google");
    await control("google").expire();
    await control("google").fault({ ...unknown, times: 100 });
    for (let round = 0; round < 3; round += 1) {
      await visitor.fetch("/data/google");
      expect((await held(visitor, "google")).status).toBe("connected");
      pass(15 * MINUTE);
    }
    pass(2 * HOUR);
    await visitor.fetch("/data/google");
    expect((await held(visitor, "google")).status).toBe("reauth_required");
  });

  it("are not believed while the token works, however long they go on", async () => {
    await control("facebook").reset();
    await control("facebook").settings({ access_token_lifetime: (5 * DAY) / 1000 });
    const visitor = new Visitor();
    await visitor.connect("facebook");
    pass(4 * DAY + HOUR);
    await control("facebook").fault({ ...says(400, { error: { code: 31_337, message: "?" } }), times: 100 });
    for (let round = 0; round < 5; round += 1) {
      expect((await visitor.fetch("/data/facebook")).status).toBe(200);
      await ringAlarm(visitor);
      pass(4 * HOUR);
    }
    expect(await held(visitor, "facebook")).toMatchObject({ status: "connected" });
  });

  it("are forgotten by a refresh that succeeds", async () => {
    const visitor = await connected("google");
    pass(HOUR);
    await control("google").fault({ ...unknown, times: 2 });
    await visitor.fetch("/data/google");
    pass(2 * HOUR);
    await visitor.fetch("/data/google");
    pass(HOUR);
    expect((await visitor.fetch("/data/google")).status).toBe(200);
    pass(HOUR);
    await control("google").fault(unknown);
    await visitor.fetch("/data/google");
    expect((await held(visitor, "google")).status).toBe("connected");
  });
});

it("a page of what stands in front of a token endpoint ends nothing, however long it stands there", async () => {
  const visitor = await connected("google");
  pass(HOUR);
  const page = {
    status: 403,
    headers: { "Content-Type": "text/html" },
    body: "<html>Access denied by firewall</html>",
  };
  await control("google").fault({ endpoint: "token", ...page, times: 100 });
  for (let round = 0; round < 6; round += 1) {
    await visitor.fetch("/data/google");
    expect((await held(visitor, "google")).status).toBe("connected");
    pass(HOUR);
  }
  await control("google").clearFaults();
  expect((await visitor.fetch("/data/google")).status).toBe(200);
});

it("asking for a refresh says nothing of what the API takes: refusals that nobody can read are not believed for it", async () => {
  const visitor = await connected("google");
  await control("google").settings({ access_token_lifetime: 30 * 86_400 });
  await visitor.connect("google");
  await control("google").fault({ ...says(400, { error: "gone_fishing" }), times: 100 });
  for (let round = 0; round < 5; round += 1) {
    await visitor.change("POST", "/integrations/google/refresh");
    pass(HOUR);
  }
  expect((await held(visitor, "google")).status).toBe("connected");
  expect((await visitor.fetch("/data/google")).status).toBe(200);
});

it("a workspace may take another name, and it is the same account", async () => {
  const visitor = await connected("notion");
  await control("notion").fault({ endpoint: "token", override: { workspace_name: "Renamed" } });
  expect((await visitor.change("POST", "/integrations/notion/refresh")).status).toBe(200);
  expect(await held(visitor, "notion")).toMatchObject({ status: "connected", failure: null });
});

it("another workspace is another account, whose token is handed to nobody", async () => {
  const visitor = await connected("notion");
  await control("notion").fault({ endpoint: "token", override: { workspace_id: "another" } });
  await visitor.change("POST", "/integrations/notion/refresh");
  expect(await held(visitor, "notion")).toMatchObject({
    status: "reauth_required",
    failure: { reason: "account_changed" },
  });
});

describe("what a service says at a refresh", () => {
  const graph = (code: number, message: string) => ({ error: { message, type: "OAuthException", code } });

  // https://developers.facebook.com/docs/graph-api/guides/error-handling
  it.each([
    ["facebook", 400, graph(4, "Application request limit reached"), "provider_rate_limited"],
    ["facebook", 403, graph(4, "Application request limit reached"), "provider_rate_limited"],
    ["facebook", 400, graph(2, "Service temporarily unavailable"), "provider_unavailable"],
    ["facebook", 400, graph(1, "Error validating client secret."), "client_credentials_invalid"],
    ["slack", 200, { ok: false, error: "internal_error" }, "provider_unavailable"],
    ["slack", 200, { ok: false, error: "ratelimited" }, "provider_rate_limited"],
    ["google", 403, { error: "rate_limit_exceeded" }, "provider_rate_limited"],
    ["microsoft", 400, { error: "temporarily_unavailable" }, "provider_unavailable"],
    ["airtable", 409, { error: "invalid_grant" }, "provider_unavailable"],
  ])("%s's %i %j passes, and the connection with it", async (service, status, body, reason) => {
    await control(service).reset();
    await control(service).settings({ token_rotation: true });
    const visitor = new Visitor();
    await visitor.connect(service);
    await control(service).fault({ ...says(status, body), times: 2 });
    expect((await visitor.change("POST", `/integrations/${service}/refresh`)).status).toBeLessThan(504);
    expect(await held(visitor, service)).toMatchObject({ status: "connected", failure: { reason } });
    await control(service).clearFaults();
    pass(6 * MINUTE);
    expect((await visitor.change("POST", `/integrations/${service}/refresh`)).status).toBe(200);
    expect(await held(visitor, service)).toMatchObject({ status: "connected", failure: null });
  });

  it.each([
    ["facebook", 400, graph(190, "Error validating access token")],
    ["slack", 200, { ok: false, error: "account_inactive" }],
    ["slack", 200, { ok: false, error: "invalid_refresh_token" }],
    ["github", 200, { error: "bad_refresh_token" }],
    ["hubspot", 400, { status: "BAD_REFRESH_TOKEN", message: "missing or unknown refresh token" }],
  ])("%s's %i %j ends it, and is not asked again", async (service, status, body) => {
    await control(service).reset();
    await control(service).settings({ token_rotation: true });
    const visitor = new Visitor();
    await visitor.connect(service);
    await control(service).fault(says(status, body));
    await visitor.change("POST", `/integrations/${service}/refresh`);
    expect(await held(visitor, service)).toMatchObject({
      status: "reauth_required",
      failure: { reason: "grant_refused" },
    });
  });
});

it("a wait that a token endpoint asks for is kept and told, in either form and under any status", async () => {
  for (const [status, wait] of [
    [429, "120"],
    [429, "date"],
    [503, "120"],
    [503, "date"],
    [403, "120"],
  ] as const) {
    const visitor = await connected("google");
    pass(HOUR);
    const until = wait === "date" ? new Date(Date.now() + 120_000).toUTCString() : wait;
    await control("google").fault({ endpoint: "token", status, headers: { "Retry-After": until }, body: "{}" });
    const before = await tokenCalls("google");
    for (const seconds of [0, 30, 60]) {
      pass(seconds * 1000);
      const answer = await visitor.fetch("/data/google");
      expect(answer.status).toBeGreaterThanOrEqual(502);
      const left = Number(answer.headers.get("Retry-After"));
      expect(Math.abs(left - (seconds === 0 ? 120 : seconds === 30 ? 90 : 30))).toBeLessThanOrEqual(2);
    }
    expect(await tokenCalls("google")).toBe(before + 1);
    // What is told may be two seconds off, and so may its end.
    pass(33_000);
    expect((await visitor.fetch("/data/google")).status).toBe(200);
  }
}, 60_000);
