/** Disconnecting and connecting anew, also in the middle of a refresh, and what is taken back at the provider. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Activity, Authorization, Credentials, Integrations } from "../../src/api.ts";
import { control, revocationCalls, tokenCalls } from "../support/emulator.ts";
import { kvLocation } from "../support/location.ts";
import { forgetOthers, ringAlarm, troubledVaults, vaultOf } from "../support/vault.ts";
import { Visitor, errorOf, locationOf, request } from "../support/visitor.ts";

beforeEach(forgetOthers);

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const read = (visitor: Visitor, service: string) => visitor.fetch(`/data/${service}`);
const disconnect = (visitor: Visitor, service: string) =>
  visitor.change("DELETE", `/integrations/${service}/credentials`);
const activity = async (visitor: Visitor, service: string) =>
  (await visitor.json(`/integrations/${service}/activity`, Activity)).events.map(({ type }) => type);

async function connected(service: string, settings: Record<string, unknown> = {}): Promise<Visitor> {
  await control(service).reset();
  await control(service).settings(settings);
  const visitor = new Visitor();
  expect(locationOf(await visitor.connect(service))).toContain(`connected=${service}`);
  return visitor;
}

/** The same person at another location of the network. */
function elsewhere(visitor: Visitor, overrides: Record<string, unknown> = { KV: kvLocation() }): Visitor {
  const other = new Visitor(overrides);
  for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
  return other;
}

describe("disconnecting", () => {
  it.each(["airtable", "hubspot", "notion", "github", "google", "facebook", "slack"])(
    "asks %s to take the token back, and says so",
    async (service) => {
      const visitor = await connected(service);
      expect(await revocationCalls(service)).toBe(0);
      expect(await (await disconnect(visitor, service)).json()).toEqual({
        disconnected: true,
        revoked_at_provider: true,
      });
      expect(await revocationCalls(service)).toBe(1);
      expect(await activity(visitor, service)).toEqual(["revoked", "disconnected", "connected"]);
    },
  );

  it("does not wait for a provider that is down: an alarm goes on asking, for a day", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "revoke", fault: "server_error", times: 3 });
    expect(await (await disconnect(visitor, "google")).json()).toMatchObject({ revoked_at_provider: false });
    expect((await read(visitor, "google")).status).toBe(409);
    for (let round = 1; round <= 3; round += 1) {
      pass(HOUR * 2);
      await ringAlarm(visitor);
      await expect.poll(() => revocationCalls("google")).toBe(round + 1);
    }
    await expect.poll(() => activity(visitor, "google")).toEqual(["revoked", "disconnected", "connected"]);
  });

  it("asks again no sooner than the provider says", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "revoke", status: 503, headers: { "Retry-After": "7200" }, body: "" });
    await disconnect(visitor, "google");
    pass(HOUR);
    await ringAlarm(visitor);
    await wait(100);
    expect(await revocationCalls("google")).toBe(1);
    pass(HOUR + MINUTE);
    await ringAlarm(visitor);
    await expect.poll(() => activity(visitor, "google")).toEqual(["revoked", "disconnected", "connected"]);
    expect(await revocationCalls("google")).toBe(2);
  });

  it("gives up asking after a day", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "revoke", fault: "server_error", times: 100 });
    await disconnect(visitor, "google");
    pass(DAY + MINUTE);
    await ringAlarm(visitor);
    await wait(100);
    expect(await revocationCalls("google")).toBe(1);
  });

  it("works whatever has become of the configuration", async () => {
    const visitor = await connected("notion");
    const unconfigured = elsewhere(visitor, { NOTION_CLIENT_SECRET: "" });
    expect((await disconnect(unconfigured, "notion")).status).toBe(200);
    const { integrations } = await visitor.json("/integrations", Integrations);
    expect(integrations.find(({ integration }) => integration === "notion")?.status).toBe("not_connected");
  });

  it("is seen within a minute where a copy had been read, and at once where it had not", async () => {
    const visitor = await connected("spotify");
    const [there, nowhere] = [elsewhere(visitor), elsewhere(visitor)];
    expect((await read(there, "spotify")).status).toBe(200);
    await disconnect(visitor, "spotify");
    expect((await read(nowhere, "spotify")).status).toBe(409);
    expect((await read(visitor, "spotify")).status).toBe(409);
    pass(MINUTE + 1);
    expect((await read(there, "spotify")).status).toBe(409);
  });

  it("is not undone by a call that had begun before it", async () => {
    const visitor = await connected("microsoft", { token_delay_ms: 200 });
    pass(HOUR * 2);
    const reading = read(visitor, "microsoft");
    await wait(60);
    await disconnect(visitor, "microsoft");
    await reading;
    expect((await read(visitor, "microsoft")).status).toBe(409);
  });
});

/** A KV that has no copies to give, and takes the next one it is given only when it may. */
function slowKv() {
  const gate = Promise.withResolvers<void>();
  const put = vi.fn(async (name: string, value: string, options: KVNamespacePutOptions) => {
    if (name.startsWith("token:")) await gate.promise;
    await env.KV.put(name, value, options);
  });
  const KV = { get: () => Promise.resolve(null), put, delete: (name: string) => env.KV.delete(name) };
  return {
    KV,
    open: gate.resolve,
    asked: () => put.mock.calls.map(([name]) => name).filter((name) => name.startsWith("token:")),
  };
}

describe("a copy of a token that KV takes late", () => {
  async function late(meanwhile: (visitor: Visitor) => Promise<unknown>) {
    const visitor = await connected("github");
    const slow = slowKv();
    const reading = read(elsewhere(visitor, { KV: slow.KV }), "github");
    await expect.poll(() => slow.asked().length).toBeGreaterThan(0);
    await meanwhile(visitor);
    slow.open();
    expect((await reading).status).toBe(200);
    const [name = ""] = slow.asked();
    return { visitor, copy: await env.KV.get(name) };
  }

  it("is taken back where the connection has gone meanwhile", async () => {
    const { visitor, copy } = await late((one) => disconnect(one, "github"));
    expect(copy).toBeNull();
    expect((await read(visitor, "github")).status).toBe(409);
  });

  it("is taken back where another consent has come in meanwhile", async () => {
    expect((await late((one) => one.connect("github"))).copy).toBeNull();
  });

  it("is taken back where another token of the consent has come in meanwhile", async () => {
    const visitor = await connected("google");
    const slow = slowKv();
    const reading = read(elsewhere(visitor, { KV: slow.KV }), "google");
    await expect.poll(() => slow.asked().length).toBeGreaterThan(0);
    await visitor.change("POST", "/integrations/google/refresh");
    slow.open();
    await reading;
    for (const name of slow.asked()) expect(await env.KV.get(name)).toBeNull();
  });
});

describe("in the middle of a refresh", () => {
  /** HubSpot takes back one token; Google ends the whole grant. */
  it.each([
    ["hubspot", "token"],
    ["google", "grant"],
  ])("disconnecting %s: the late commit is refused and what came back is taken back (%s)", async (service) => {
    const visitor = await connected(service, { token_delay_ms: 1000 });
    pass(HOUR * 2);
    const asked = await tokenCalls(service);
    const reading = read(visitor, service);
    await expect.poll(() => tokenCalls(service)).toBe(asked + 1);
    await disconnect(visitor, service);
    expect((await reading).status).toBe(409);
    expect((await read(visitor, service)).status).toBe(409);
    const { grants } = await control(service).grants();
    expect(grants[0]).toMatchObject({ live_refresh_tokens: 0 });
  });

  it.each(["hubspot", "google"])("connecting %s anew: the new grant stays and works", async (service) => {
    const visitor = await connected(service);
    const atProvider = await visitor.startAt(service);
    pass(HOUR - 5 * MINUTE);
    await control(service).settings({ token_delay_ms: 300 });
    pass(HOUR);
    const late = visitor.change("POST", `/integrations/${service}/refresh`);
    await wait(80);
    await control(service).settings({ token_delay_ms: 0 });
    const { location } = await control(service).consent({ url: atProvider, decision: "allow", account: 0 });
    vi.setSystemTime(Date.now() - HOUR - HOUR + 6 * MINUTE);
    expect(locationOf(await visitor.navigate(location))).toContain(`connected=${service}`);
    await late;
    expect((await read(visitor, service)).status).toBe(200);
    expect((await visitor.json(`/integrations/${service}/credentials`, Credentials)).status).toBe("connected");
  });
});

describe("connecting another account", () => {
  it("leaves the grant of the one before alone", async () => {
    const visitor = await connected("github");
    await visitor.connect("github", { account: 1 });
    expect(await revocationCalls("github")).toBe(0);
    expect((await read(visitor, "github")).status).toBe(200);
  });

  it("leaves the same account's grant alone", async () => {
    const visitor = await connected("google");
    await visitor.connect("google");
    expect(await revocationCalls("google")).toBe(0);
    expect((await read(visitor, "google")).status).toBe(200);
  });
});

describe("a session", () => {
  it("ends thirty days after the last visit, and not before", async () => {
    const visitor = await connected("github");
    pass(29 * DAY);
    expect((await visitor.json("/integrations", Integrations)).signed_in).toBe(true);
    pass(29 * DAY);
    expect((await visitor.json("/integrations", Integrations)).signed_in).toBe(true);
    pass(31 * DAY);
    expect(await errorOf(await read(visitor, "github"))).toMatchObject({ status: 401, error: "invalid_session" });
  });

  it("that ended stays ended, though a copy of it is left somewhere", async () => {
    const visitor = await connected("github");
    pass(2 * DAY);
    const there = elsewhere(visitor);
    await there.fetch("/integrations");
    const replay = elsewhere(visitor);
    await visitor.change("DELETE", "/sessions/current");
    await there.fetch("/integrations");
    pass(6 * MINUTE);
    expect((await there.json("/integrations", Integrations)).signed_in).toBe(false);
    expect((await replay.json("/integrations", Integrations)).signed_in).toBe(false);
  });

  it("ends well where its connection is ended elsewhere at the same moment", async () => {
    const visitor = await connected("github");
    const VAULT = troubledVaults("disconnect", async (ask) => {
      await vaultOf(visitor).disconnect("github", crypto.randomUUID());
      return ask();
    });
    expect((await elsewhere(visitor, { VAULT }).change("DELETE", "/sessions/current")).status).toBe(204);
  });

  it("that nobody has any more leaves no living token behind", async () => {
    const visitor = await connected("github");
    pass(31 * DAY);
    await ringAlarm(visitor);
    await expect.poll(() => revocationCalls("github")).toBe(1);
  });

  it("started through the API reads for an hour; then the connection is given up", async () => {
    await control("slack").reset();
    const { authorization_url } = Authorization.parse(await (await request("/auth/slack")).json());
    const person = new Visitor();
    const { location } = await control("slack").consent({
      url: locationOf(await person.navigate(authorization_url)),
      decision: "allow",
      account: 0,
    });
    const { session_id } = z.object({ session_id: z.string() }).parse(await (await person.fetch(location)).json());
    pass(HOUR - MINUTE);
    expect((await request(`/data/slack?session_id=${session_id}`)).status).toBe(200);
    pass(2 * MINUTE);
    expect((await request(`/data/slack?session_id=${session_id}`)).status).toBe(401);
    person.cookies.set("__Host-session", session_id);
    pass(HOUR);
    await ringAlarm(person);
    await expect.poll(() => revocationCalls("slack")).toBe(1);
  });

  it("does not vouch for a caller who presents something else", async () => {
    const visitor = await connected("github");
    const headers = { Authorization: "Basic x", "X-CSRF": "1" };
    const answer = await visitor.fetch("/integrations/github/credentials", { method: "DELETE", headers });
    expect(answer.status).toBe(401);
    expect(await tokenCalls("github")).toBe(1);
  });
});
