/** A connection never goes stale: one refresh at a time, whatever races, crashes and outages there are. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Activity, Credentials, Refreshed } from "../../src/api.ts";
import { sandboxClient } from "../../sandbox/clients.ts";
import { control, tokenCalls } from "../support/emulator.ts";
import { kvLocation } from "../support/location.ts";
import { losingVaults, resetVault, ringAlarm, troubledVaults, vaultOf } from "../support/vault.ts";
import { APP, Visitor, decide, errorOf, locationOf } from "../support/visitor.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1000;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

/** A visitor connected at a freshly reset service. */
async function connected(service: string, settings: Record<string, unknown> = {}, overrides = {}): Promise<Visitor> {
  await control(service).reset();
  await control(service).settings(settings);
  const visitor = new Visitor(overrides);
  expect(locationOf(await visitor.connect(service))).toContain(`connected=${service}`);
  return visitor;
}

const read = (visitor: Visitor, service: string) => visitor.fetch(`/data/${service}`);
const statuses = async (answers: Promise<Response>[]) => (await Promise.all(answers)).map((answer) => answer.status);
const times = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
const all = (count: number, status: number) => times(count, () => status);
const held = (visitor: Visitor, service: string) => visitor.json(`/integrations/${service}/credentials`, Credentials);
const activity = async (visitor: Visitor, service: string) =>
  (await visitor.json(`/integrations/${service}/activity`, Activity)).events;

/** How many refreshes the service has seen. */
const refreshes = async (service: string) => (await tokenCalls(service)) - 1;

async function expectNeverReused(service: string): Promise<void> {
  const { grants } = await control(service).grants();
  for (const grant of grants) expect(grant).toMatchObject({ reuse_detected: false, revoked: false });
}

describe("at most one refresh in the world", () => {
  it.each(["airtable", "hubspot", "google", "microsoft", "spotify"])(
    "200 callers when %s's token is over: one call to the provider, 200 good answers",
    async (service) => {
      const visitor = await connected(service, { token_delay_ms: 100 });
      pass(HOUR);
      expect(await statuses(times(200, () => read(visitor, service)))).toEqual(all(200, 200));
      expect(await refreshes(service)).toBe(1);
      const { grants } = await control(service).grants();
      expect(grants[0]).toMatchObject({ refresh_count: 1 });
    },
  );

  it("ten ends of a life with 20 callers each: ten calls, never a reuse", async () => {
    const visitor = await connected("airtable");
    for (let round = 1; round <= 10; round += 1) {
      pass(HOUR);
      expect(await statuses(times(20, () => read(visitor, "airtable")))).toEqual(all(20, 200));
      expect(await refreshes("airtable")).toBe(round);
    }
    await expectNeverReused("airtable");
  });

  it("a proxied call whose token is refused, an explicit refresh and an alarm in a token's last minutes: one call", async () => {
    const visitor = await connected("google", { token_delay_ms: 200 });
    pass(HOUR - 20 * SECOND - 50 * SECOND);
    await control("google").expire();
    const csrf = { headers: { "X-CSRF": "1" } };
    const answers = await Promise.all([
      visitor.fetch("/proxy/google/drive/v3/files?pageSize=1", csrf),
      visitor.change("POST", "/integrations/google/refresh"),
      ringAlarm(visitor),
      read(visitor, "google"),
      visitor.fetch("/proxy/google/drive/v3/files?pageSize=1", csrf),
    ]);
    expect(answers.map((answer) => (answer instanceof Response ? answer.status : answer))).toEqual([
      200,
      200,
      true,
      200,
      200,
    ]);
    expect(await refreshes("google")).toBe(1);
  });

  it("a caller, an explicit refresh, an alarm and a list at once: one call", async () => {
    const visitor = await connected("airtable", { token_delay_ms: 150 });
    pass(HOUR);
    const answers = await Promise.all([
      read(visitor, "airtable"),
      visitor.change("POST", "/integrations/airtable/refresh"),
      ringAlarm(visitor),
      visitor.fetch("/integrations/airtable/load?limit=2"),
    ]);
    expect(answers.map((answer) => (answer instanceof Response ? answer.status : answer))).toEqual([
      200,
      200,
      true,
      200,
    ]);
    expect(await refreshes("airtable")).toBe(1);
    await expectNeverReused("airtable");
  });
});

describe("the margins", () => {
  it("far from the end no vault and no provider is asked", async () => {
    const visitor = await connected("google");
    await read(visitor, "google");
    const asked = vi.fn();
    const spied = Object.assign(new Visitor({ VAULT: troubledVaults("acquire", (call) => (asked(), call())) }), {});
    for (const [name, value] of visitor.cookies) spied.cookies.set(name, value);
    pass(50 * MINUTE);
    expect((await read(spied, "google")).status).toBe(200);
    expect(asked).not.toHaveBeenCalled();
    expect(await refreshes("google")).toBe(0);
  });

  it("in the last five minutes it is renewed behind the answer, once", async () => {
    const visitor = await connected("google", { token_delay_ms: 300 });
    pass(HOUR - 2 * MINUTE);
    const answers = times(20, () => read(visitor, "google"));
    expect(await statuses(answers)).toEqual(all(20, 200));
    expect(await refreshes("google")).toBe(1);
  });

  it("short lives have short margins", async () => {
    const visitor = await connected("hubspot", { access_token_lifetime: 60 });
    pass(40 * SECOND);
    expect((await read(visitor, "hubspot")).status).toBe(200);
    expect(await refreshes("hubspot")).toBe(0);
    pass(18 * SECOND);
    expect((await read(visitor, "hubspot")).status).toBe(200);
    expect(await refreshes("hubspot")).toBe(1);
  });

  it("where a new token ends the old one, copies stop first and the vault renews later", async () => {
    const visitor = await connected("airtable");
    pass(HOUR - 4.5 * MINUTE);
    expect((await read(visitor, "airtable")).status).toBe(200);
    expect(await refreshes("airtable")).toBe(0);
    pass(MINUTE);
    expect((await read(visitor, "airtable")).status).toBe(200);
    expect(await refreshes("airtable")).toBe(1);
  });
});

describe("KV in another place", () => {
  it.each(["airtable", "google"])("is a minute behind, and nobody notices (%s)", async (service) => {
    const here = await connected(service);
    const there = new Visitor({ KV: kvLocation() });
    for (const [name, value] of here.cookies) there.cookies.set(name, value);
    for (let round = 1; round <= 5; round += 1) {
      expect((await read(there, service)).status).toBe(200);
      pass(HOUR - 4 * MINUTE);
      expect((await read(there, service)).status).toBe(200);
      pass(30 * SECOND);
      expect(await statuses([read(here, service), read(there, service)])).toEqual([200, 200]);
      pass(4 * MINUTE);
    }
    expect(await refreshes(service)).toBeLessThanOrEqual(5);
    const log = await control(service).log();
    expect(log.filter(({ status, path }) => status === 401 && !path.includes("token"))).toEqual([]);
  });

  it("has cached that there was nothing, and the connection works at once", async () => {
    const place = kvLocation();
    const visitor = new Visitor({ KV: place });
    await visitor.connect("notion");
    expect((await read(visitor, "github")).status).toBe(409);
    await visitor.connect("github");
    expect((await read(visitor, "github")).status).toBe(200);
  });

  it("still has a token that a forced refresh has ended: the call is made again with the new one", async () => {
    const here = await connected("airtable");
    const there = new Visitor({ KV: kvLocation() });
    for (const [name, value] of here.cookies) there.cookies.set(name, value);
    expect((await read(there, "airtable")).status).toBe(200);
    expect((await here.change("POST", "/integrations/airtable/refresh")).status).toBe(200);
    expect((await read(there, "airtable")).status).toBe(200);
    expect(await refreshes("airtable")).toBe(1);
    expect((await activity(here, "airtable")).map(({ type }) => type)).toEqual(["replayed", "refreshed", "connected"]);
  });

  it("cannot be written: every answer is good and there is one refresh", async () => {
    const visitor = await connected("google");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const refusing = { ...kvLocation(), get: () => Promise.resolve(null), put: () => Promise.reject(new Error("429")) };
    const other = new Visitor({ KV: refusing });
    for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
    pass(HOUR);
    expect(await statuses(times(10, () => read(other, "google")))).toEqual(all(10, 200));
    expect(await refreshes("google")).toBe(1);
  });
});

describe("crashes", () => {
  it("the object is reset in mid-refresh with 50 waiting: one call, all succeed", async () => {
    const visitor = await connected("airtable", { token_delay_ms: 250 });
    pass(HOUR);
    const answers = times(50, () => read(visitor, "airtable"));
    await new Promise((resolve) => setTimeout(resolve, 120));
    await resetVault(visitor);
    expect(await statuses(answers)).toEqual(all(50, 200));
    expect(await refreshes("airtable")).toBe(1);
    await expectNeverReused("airtable");
  });

  it("200 rounds with a reset at a random moment: none lost, none reused", { timeout: 120_000 }, async () => {
    const visitor = await connected("airtable", { token_delay_ms: 20 });
    for (let round = 1; round <= 200; round += 1) {
      pass(HOUR);
      const answers = times(3, () => read(visitor, "airtable"));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      await resetVault(visitor);
      expect(await statuses(answers)).toEqual(all(3, 200));
    }
    expect(await refreshes("airtable")).toBe(200);
    await expectNeverReused("airtable");
  });

  /** The Worker is gone at the moment of its commit: nothing comes of it, or it comes and nobody hears. */
  const killed = Object.assign(new Error("the Worker was killed"), { overloaded: true });
  const before = troubledVaults("commit", () => Promise.reject(killed));
  const after = troubledVaults("commit", async (call) => {
    await call();
    throw killed;
  });

  /** The same visitor, served by a Worker that dies. */
  function dying(visitor: Visitor, VAULT: unknown): Visitor {
    const other = new Visitor({ VAULT });
    for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
    return other;
  }

  it.each(["hubspot", "google", "microsoft", "spotify"])(
    "the Worker is killed before its commit: %s lives on",
    async (service) => {
      const visitor = await connected(service);
      pass(HOUR);
      expect((await read(dying(visitor, before), service)).status).toBe(503);
      pass(31 * SECOND);
      expect((await read(visitor, service)).status).toBe(200);
      expect((await held(visitor, service)).status).toBe("connected");
    },
  );

  it("the same where each refresh token works once: it says so, and why", async () => {
    const visitor = await connected("airtable");
    pass(HOUR);
    expect((await read(dying(visitor, before), "airtable")).status).toBe(503);
    pass(31 * SECOND);
    expect(await errorOf(await read(visitor, "airtable"))).toMatchObject({ status: 409, error: "reauth_required" });
    expect(await held(visitor, "airtable")).toMatchObject({
      status: "reauth_required",
      failure: { reason: "answer_lost" },
    });
  });

  it("the Worker is killed after its commit: everybody else has the new token, and there was one call", async () => {
    const visitor = await connected("airtable");
    pass(HOUR);
    expect((await read(dying(visitor, after), "airtable")).status).toBe(503);
    expect(await statuses(times(10, () => read(visitor, "airtable")))).toEqual(all(10, 200));
    expect(await refreshes("airtable")).toBe(1);
    await expectNeverReused("airtable");
  });

  it("an answer of the vault that is lost on its way is asked for again", async () => {
    const visitor = await connected("airtable");
    for (const method of ["acquire", "commit"] as const) {
      pass(HOUR);
      expect((await read(dying(visitor, losingVaults(method)), "airtable")).status).toBe(200);
    }
    expect(await refreshes("airtable")).toBe(2);
    await expectNeverReused("airtable");
  });
});

describe("failures", () => {
  it("the grant is gone: said once, with time and reason, nothing deleted, no further calls", async () => {
    const visitor = await connected("hubspot");
    await control("hubspot").revoke();
    pass(HOUR);
    for (const answer of await Promise.all(times(20, () => read(visitor, "hubspot")))) {
      expect(await errorOf(answer)).toMatchObject({ status: 409, error: "reauth_required" });
    }
    for (let call = 0; call < 20; call += 1) await read(visitor, "hubspot");
    expect(await refreshes("hubspot")).toBe(1);
    const { status, failure, account } = await held(visitor, "hubspot");
    expect([status, failure?.reason]).toEqual(["reauth_required", "grant_refused"]);
    expect(failure?.message).not.toContain("provider-said-this");
    expect(account).not.toBeNull();
    expect((await activity(visitor, "hubspot")).filter(({ type }) => type === "reauth_required")).toHaveLength(1);
    await visitor.connect("hubspot");
    expect((await read(visitor, "hubspot")).status).toBe(200);
  });

  it.each(["airtable", "google", "hubspot", "spotify", "microsoft", "slack", "github", "notion"])(
    "%s has its own way of saying that the grant is gone",
    async (service) => {
      const visitor = await connected(service, { token_rotation: true });
      await control(service).revoke();
      pass(24 * HOUR);
      expect(await errorOf(await read(visitor, service))).toMatchObject({ status: 409, error: "reauth_required" });
      expect((await held(visitor, service)).failure?.reason).toBe("grant_refused");
    },
  );

  it.each([
    ["server_error", 502, "provider_unavailable"],
    ["html", 502, "invalid_token_response"],
    ["empty", 502, "invalid_token_response"],
    ["garbage", 502, "invalid_token_response"],
    ["no_token", 502, "invalid_token_response"],
    ["array", 502, "invalid_token_response"],
    ["redirect", 502, "provider_unavailable"],
    ["big", 502, "invalid_provider_response"],
    ["rate_limited", 503, "provider_rate_limited"],
  ])(
    "%s passes: a living token is served, an ended one is waited for, the connection stays",
    async (fault, status, error) => {
      const visitor = await connected("google");
      await control("google").fault({ endpoint: "token", fault, times: 50, retry_after: 7 });
      pass(HOUR - 50 * SECOND);
      expect((await read(visitor, "google")).status).toBe(200);
      pass(MINUTE);
      const answer = await read(visitor, "google");
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await errorOf(answer)).toMatchObject({ status, error });
      expect((await held(visitor, "google")).status).toBe("connected");
      const calls = await refreshes("google");
      await read(visitor, "google");
      expect(await refreshes("google")).toBe(calls);
      await control("google").clearFaults();
      pass(10 * MINUTE);
      expect((await read(visitor, "google")).status).toBe(200);
      expect((await held(visitor, "google")).failure).toBeNull();
    },
  );

  it("Retry-After is honoured", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", fault: "rate_limited", times: 1, retry_after: 120 });
    pass(HOUR);
    // At most a second and a fifth later than it says, so that not all come at once.
    expect(["120", "121", "122"]).toContain((await read(visitor, "google")).headers.get("Retry-After"));
    pass(100 * SECOND);
    expect((await read(visitor, "google")).status).toBe(503);
    expect(await refreshes("google")).toBe(1);
    pass(22 * SECOND);
    expect((await read(visitor, "google")).status).toBe(200);
  });

  it("our client is refused: the connection is untouched, and works as soon as the secret is right", async () => {
    const visitor = await connected("google");
    const wrong = new Visitor({ GOOGLE_CLIENT_SECRET: "wrong-secret" });
    for (const [name, value] of visitor.cookies) wrong.cookies.set(name, value);
    pass(HOUR);
    expect(await errorOf(await read(wrong, "google"))).toMatchObject({
      status: 502,
      error: "client_credentials_invalid",
    });
    expect((await held(visitor, "google")).status).toBe("connected");
    expect((await read(visitor, "google")).status).toBe(200);
  });

  it("another account's token is never handed out", async () => {
    const visitor = await connected("hubspot");
    await control("hubspot").fault({ endpoint: "token", override: { hub_id: 999, user_id: 999 } });
    pass(HOUR);
    expect((await read(visitor, "hubspot")).status).toBe(409);
    expect((await held(visitor, "hubspot")).failure?.reason).toBe("account_changed");
  });

  it.each([
    ["absent", { refresh_token: null }],
    ["empty", { refresh_token: "" }],
  ])("a refresh token that is %s leaves the one before", async (_, override) => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", override });
    for (let round = 0; round < 3; round += 1) {
      pass(HOUR);
      expect((await read(visitor, "google")).status).toBe(200);
    }
    expect(await refreshes("google")).toBe(3);
  });

  it("other scopes than before are what is shown", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", override: { scope: "openid email" } });
    pass(HOUR);
    await visitor.change("POST", "/integrations/google/refresh");
    expect((await held(visitor, "google")).scopes).toEqual(["openid", "email"]);
  });
});

describe("a token that the API refuses", () => {
  it("is renewed once and the call made again", async () => {
    const visitor = await connected("google");
    await control("google").expire();
    expect(await statuses(times(10, () => read(visitor, "google")))).toEqual(all(10, 200));
    expect(await refreshes("google")).toBe(1);
    expect((await activity(visitor, "google")).some(({ type }) => type === "replayed")).toBe(true);
  });

  it("again and again: one forced refresh in thirty seconds, and the connection stays", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "api", fault: "unauthorized", times: 1000 });
    for (let call = 0; call < 20; call += 1) {
      expect(await errorOf(await read(visitor, "google"))).toMatchObject({ status: 502, error: "token_rejected" });
    }
    expect(await refreshes("google")).toBe(1);
    pass(31 * SECOND);
    await read(visitor, "google");
    expect(await refreshes("google")).toBe(2);
    expect((await held(visitor, "google")).status).toBe("connected");
  });

  it("has no end of its own (Notion): it is renewed when the API refuses it", async () => {
    const visitor = await connected("notion");
    pass(30 * 24 * HOUR - HOUR);
    await control("notion").expire();
    expect((await read(visitor, "notion")).status).toBe(200);
    expect(await refreshes("notion")).toBe(1);
  });
});

describe("Slack's bot and user tokens", () => {
  it("are two integrations, each renewed on its own", async () => {
    const { client_id, client_secret } = sandboxClient("slack");
    const bot = {
      id: "slack-bot",
      extends: "slack",
      scope_parameter: "scope",
      scopes: ["channels:read", "users:read", "team:read"],
      client_id,
      client_secret,
    };
    const visitor = await connected(
      "slack",
      { token_rotation: true, redirect_uris: [`${APP}/callback/slack-bot`] },
      { CUSTOM_PROVIDERS: JSON.stringify([bot]) },
    );
    const back = await visitor.navigate(await decide("slack", await visitor.startAt("slack-bot")));
    expect(locationOf(back)).toContain("connected=slack-bot");
    for (let round = 0; round < 3; round += 1) {
      pass(13 * HOUR);
      expect(await statuses([read(visitor, "slack"), read(visitor, "slack-bot")])).toEqual([200, 200]);
    }
    await expectNeverReused("slack");
    const { issued } = await control("slack").grants();
    expect(issued.filter((token) => token.includes("xoxp-"))).toHaveLength(4);
    expect(issued.filter((token) => token.includes("xoxb-"))).toHaveLength(4);
  });
});

describe("an explicit refresh", () => {
  it("brings a new token, at most one in thirty seconds", async () => {
    const visitor = await connected("google");
    const forced = async () =>
      Refreshed.parse(await (await visitor.change("POST", "/integrations/google/refresh")).json());
    expect((await forced()).refreshed).toBe(true);
    expect((await forced()).refreshed).toBe(false);
    pass(31 * SECOND);
    expect((await forced()).refreshed).toBe(true);
    expect(await refreshes("google")).toBe(2);
  });

  it("is protected like every change, and says where it cannot be", async () => {
    const visitor = await connected("github");
    expect((await visitor.fetch("/integrations/github/refresh", { method: "POST" })).status).toBe(403);
    const answer = await errorOf(await visitor.change("POST", "/integrations/github/refresh"));
    expect(answer).toMatchObject({ status: 409, error: "not_refreshable" });
    expect((await visitor.change("POST", "/integrations/slack/refresh")).status).toBe(409);
  });
});

describe("alarms", () => {
  it("renew what was used lately before its end", async () => {
    const visitor = await connected("google");
    pass(HOUR - 30 * SECOND);
    expect(await ringAlarm(visitor)).toBe(true);
    await expect.poll(() => refreshes("google")).toBe(1);
    pass(10 * SECOND);
    expect((await read(visitor, "google")).status).toBe(200);
    expect(await refreshes("google")).toBe(1);
  });

  it("leave alone what nobody uses, until its grant would go stale", async () => {
    const visitor = await connected("airtable", { access_token_lifetime: 86_400 * 3 });
    pass(72 * HOUR - MINUTE);
    await ringAlarm(visitor);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await refreshes("airtable")).toBe(0);
    pass(20 * 24 * HOUR);
    expect((await visitor.fetch("/integrations")).status).toBe(200);
    pass(18 * 24 * HOUR);
    expect(await ringAlarm(visitor)).toBe(true);
    await expect.poll(() => refreshes("airtable")).toBe(1);
  });

  it("never stop, though every renewal fails", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", fault: "server_error", times: 100 });
    pass(HOUR - 30 * SECOND);
    for (let round = 1; round <= 8; round += 1) {
      expect(await ringAlarm(visitor)).toBe(true);
      await expect.poll(async () => (await activity(visitor, "google")).length).toBe(round + 1);
      pass(HOUR);
    }
  });

  it("twice at once: one refresh", async () => {
    const visitor = await connected("airtable", { token_delay_ms: 100 });
    pass(HOUR - 10 * SECOND);
    await Promise.all([ringAlarm(visitor), runInDurableObject(vaultOf(visitor), (vault) => vault.alarm())]);
    await expect.poll(() => refreshes("airtable")).toBe(1);
    expect((await read(visitor, "airtable")).status).toBe(200);
    await expectNeverReused("airtable");
  });
});
