/**
 * A token never goes stale, whichever way it is renewed: by a refresh token, by one that works once, or by asking anew with
 * what a person has typed.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Activity, Credentials, Refreshed } from "../../src/api.ts";
import { TYPED } from "../contract/played/typed.ts";
import { kvLocation } from "../support/location.ts";
import {
  callThrough,
  connectPlayed,
  errorOf,
  openForm,
  play,
  played,
  visitorWith,
  type Service,
} from "../support/played.ts";
import { forgetOthers, losingVaults, resetVault, ringAlarm, troubledVaults } from "../support/vault.ts";
import { APP, Visitor, type Overrides } from "../support/visitor.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await forgetOthers();
});
afterEach(() => vi.useRealTimers());

interface Kind extends Service {
  readonly kind: string;
  readonly typed?: Readonly<Record<string, string>>;
  /** Whether what renews it works once. */
  readonly rotates: boolean;
}

const refreshed = (id: string, rotates: boolean): Kind => ({
  kind: rotates ? "refresh tokens that work once" : "refresh tokens",
  entry: {
    id,
    name: "Acme",
    authorization_endpoint: `https://${id}.any.example.com/authorize`,
    token_endpoint: `https://${id}.any.example.com/token`,
    userinfo_endpoint: `https://${id}.any.example.com/api/me`,
    api_base_url: `https://${id}.any.example.com/api`,
    scopes: ["read"],
    refresh: { rotates },
    client_id: "app",
    client_secret: "secret",
  },
  rotates,
});

const typed = (id: string, kind: string): Kind => {
  const found = TYPED.find(({ entry }) => entry.id === id) ?? expect.fail(id);
  return { ...found, kind, rotates: false };
};

const KINDS: readonly Kind[] = [
  refreshed("acme", false),
  refreshed("acme-once", true),
  typed("fleet", "client credentials"),
  typed("login", "a login request"),
  typed("jwt-es256", "a signed JWT"),
];

/** A visitor connected at a service that is played anew. */
async function connected({ entry, typed: given, ...service }: Kind, settings = {}): Promise<Visitor> {
  await play({ entry, ...service });
  await played(entry.id).settings(settings);
  const visitor = visitorWith([entry]);
  expect(await connectPlayed(visitor, entry, given)).toBe(`${APP}/?connected=${entry.id}`);
  await played(entry.id).clearLog();
  return visitor;
}

/** The same person, at a Latchkey where something is otherwise. */
function elsewhere({ cookies, overrides }: Visitor, more: Overrides): Visitor {
  const other = new Visitor({ ...overrides, ...more });
  for (const [name, value] of cookies) other.cookies.set(name, value);
  return other;
}

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const times = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
const all = (count: number, status: number) => times(count, () => status);
const statuses = async (answers: Promise<Response>[]) => (await Promise.all(answers)).map(({ status }) => status);

describe.each(KINDS)("$kind", (service) => {
  const { id } = service.entry;
  const read = (visitor: Visitor) => visitor.fetch(`/data/${id}`);
  const held = (visitor: Visitor) => visitor.json(`/integrations/${id}/credentials`, Credentials);
  /** How many requests for a token there were since it was connected. */
  const renewals = async () => (await played(id).log()).filter(({ path }) => /\/(?:token|login)$/.test(path)).length;

  it("200 callers when a token is over: one request in the world, 200 good answers", async () => {
    const visitor = await connected(service, { token_delay_ms: 100 });
    pass(HOUR);
    expect(await statuses(times(200, () => read(visitor)))).toEqual(all(200, 200));
    expect(await renewals()).toBe(1);
  });

  it("five ends of a life with 20 callers each, in two isolates: five requests", async () => {
    const visitor = await connected(service);
    for (let round = 1; round <= 5; round += 1) {
      pass(HOUR);
      const other = elsewhere(visitor, { KV: kvLocation() });
      expect(await statuses([...times(10, () => read(visitor)), ...times(10, () => read(other))])).toEqual(
        all(20, 200),
      );
      expect(await renewals()).toBe(round);
    }
  });

  it("a proxied call whose token is refused, an explicit refresh, an alarm and a reader: one request", async () => {
    const visitor = await connected(service, { token_delay_ms: 150 });
    pass(HOUR - 10 * SECOND);
    const answers = await Promise.all([
      callThrough(visitor, id, "/things"),
      visitor.change("POST", `/integrations/${id}/refresh`),
      ringAlarm(visitor),
      read(visitor),
    ]);
    expect(answers.map((answer) => (answer instanceof Response ? answer.status : answer))).toEqual([
      200,
      200,
      true,
      200,
    ]);
    expect(await renewals()).toBe(1);
  });

  it("a token that the API refuses is renewed, once for all, and the call made again", async () => {
    const visitor = await connected(service);
    await played(id).expire();
    expect(await statuses(times(10, () => callThrough(visitor, id, "/things")))).toEqual(all(10, 200));
    expect(await renewals()).toBe(1);
    const { events } = await visitor.json(`/integrations/${id}/activity`, Activity);
    expect(events.some(({ type }) => type === "replayed")).toBe(true);
  });

  it("the object is reset in the middle with 50 waiting: one request, all succeed", async () => {
    const visitor = await connected(service, { token_delay_ms: 250 });
    pass(HOUR);
    const answers = times(50, () => read(visitor));
    await new Promise((resolve) => setTimeout(resolve, 120));
    await resetVault(visitor);
    expect(await statuses(answers)).toEqual(all(50, 200));
    expect(await renewals()).toBe(1);
  });

  it.each(["acquire", "commit"] as const)("an answer of %s that is lost is asked for again", async (method) => {
    const visitor = await connected(service);
    pass(HOUR);
    expect((await read(elsewhere(visitor, { VAULT: losingVaults(method) }))).status).toBe(200);
    expect(await renewals()).toBe(1);
  });

  it("the Worker is killed before its commit: what can be asked for again is, and the rest says why not", async () => {
    const visitor = await connected(service);
    const killed = Object.assign(new Error("the Worker was killed"), { overloaded: true });
    pass(HOUR);
    const dying = elsewhere(visitor, { VAULT: troubledVaults("commit", () => Promise.reject(killed)) });
    expect((await read(dying)).status).toBe(503);
    pass(31 * SECOND);
    expect((await read(visitor)).status).toBe(service.rotates ? 409 : 200);
    const { failure } = await held(visitor);
    expect(failure?.reason ?? null).toBe(service.rotates ? "answer_lost" : null);
  });

  it("the answer of the service is lost behind what it did: asked for again, or said why not", async () => {
    const visitor = await connected(service);
    await played(id).fault({ endpoint: "token", fault: "garbage", processed: true });
    pass(HOUR);
    expect(await errorOf(await read(visitor))).toMatchObject({ status: 502, error: "invalid_token_response" });
    pass(10 * MINUTE);
    expect((await read(visitor)).status).toBe(service.rotates ? 409 : 200);
  });

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
    "%s passes: a living token is served, an ended one waited for, the connection stays",
    async (fault, status, error) => {
      const visitor = await connected(service);
      await played(id).fault({ endpoint: "token", fault, times: 50, retry_after: 7 });
      pass(HOUR - 50 * SECOND);
      expect((await read(visitor)).status).toBe(200);
      pass(MINUTE);
      const answer = await read(visitor);
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await errorOf(answer)).toMatchObject({ status, error });
      expect(await held(visitor)).toMatchObject({ status: "connected", failure: { reason: error } });
      const before = await renewals();
      await read(visitor);
      expect(await renewals()).toBe(before);
      await played(id).clearFaults();
      pass(10 * MINUTE);
      expect((await read(visitor)).status).toBe(200);
      expect((await held(visitor)).failure).toBeNull();
    },
  );

  it("Retry-After is honoured", async () => {
    const visitor = await connected(service);
    await played(id).fault({ endpoint: "token", fault: "rate_limited", retry_after: 120 });
    pass(HOUR);
    expect(["120", "121", "122"]).toContain((await read(visitor)).headers.get("Retry-After"));
    pass(100 * SECOND);
    expect((await read(visitor)).status).toBe(503);
    expect(await renewals()).toBe(1);
    pass(22 * SECOND);
    expect((await read(visitor)).status).toBe(200);
  });

  it("a service that does not answer is waited for ten seconds, and the connection stays", async () => {
    const visitor = await connected(service);
    await played(id).fault({ endpoint: "token", fault: "hang", hang_ms: 40_000 });
    pass(HOUR);
    expect(await errorOf(await read(visitor))).toMatchObject({ status: 504, error: "provider_timeout" });
    await played(id).clearFaults();
    pass(10 * MINUTE);
    expect((await read(visitor)).status).toBe(200);
  });

  it("a refusal is said once, with its reason, and ends in what connects it again", async () => {
    const visitor = await connected(service);
    await played(id).revoke();
    pass(HOUR);
    for (const answer of await Promise.all(times(20, () => read(visitor)))) {
      expect(await errorOf(answer)).toMatchObject({ status: 409, error: "reauth_required" });
    }
    for (let call = 0; call < 10; call += 1) await read(visitor);
    expect(await renewals()).toBe(1);
    expect(await held(visitor)).toMatchObject({ status: "reauth_required", failure: { reason: "grant_refused" } });
    const { events } = await visitor.json(`/integrations/${id}/activity`, Activity);
    expect(events.filter(({ type }) => type === "reauth_required")).toHaveLength(1);
    if (service.entry.fields) expect(await openForm(visitor, id)).not.toBe("");
    await play(service);
    expect(await connectPlayed(visitor, service.entry, service.typed)).toContain("connected=");
    expect((await read(visitor)).status).toBe(200);
  });

  it("an explicit refresh brings a new token, at most one in thirty seconds", async () => {
    const visitor = await connected(service);
    const forced = async () =>
      Refreshed.parse(await (await visitor.change("POST", `/integrations/${id}/refresh`)).json()).refreshed;
    expect([await forced(), await forced()]).toEqual([true, false]);
    pass(31 * SECOND);
    expect(await forced()).toBe(true);
    expect(await renewals()).toBe(2);
  });
});

it("a token of another account is never handed out, whoever it was fetched by", async () => {
  const login = KINDS.find(({ entry }) => entry.id === "login") ?? expect.fail("login");
  const visitor = await connected(login);
  const session = { token: "at_of_another", ends_at: new Date(Date.now() + 10 * HOUR).toISOString() };
  const override = { result: { session, workspace: { id: "workspace-9" } } };
  await played("login").fault({ endpoint: "token", override });
  pass(HOUR);
  expect((await visitor.fetch("/data/login")).status).toBe(409);
  const { failure } = await visitor.json("/integrations/login/credentials", Credentials);
  expect(failure?.reason).toBe("account_changed");
});
