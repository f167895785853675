/** Taking everything back: whose, by whom, and what came of it. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Job, Jobs, Receipts } from "../../src/api-jobs.ts";
import { ShownApiKey, UserSession } from "../../src/api-apps.ts";
import { SessionKeys } from "../../src/api.ts";
import { control, revocationCalls } from "../support/emulator.ts";
import { ADMIN_KEY, call, codeFor, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { JOBS, done, receiptsOf, takeBack } from "../support/jobs.ts";
import { forgetOthers, vaultFor } from "../support/vault.ts";
import { Visitor, errorOf, keyOf, request } from "../support/visitor.ts";

const SERVICES = ["github", "spotify", "google"];
beforeEach(async () => {
  for (const service of SERVICES) await control(service).reset();
  await forgetOthers();
});

const bearer = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });

async function connectionsOf(app: TestApp, user: string): Promise<string[]> {
  const answer = await call(app.key, "GET", `/connections?user=${user}`);
  const { connections } = z.object({ connections: z.array(z.object({ id: z.string() })) }).parse(await answer.json());
  return connections.map(({ id }) => id);
}

async function sessionOf(app: TestApp, user: string, key = app.key): Promise<string> {
  return z.parse(UserSession, await (await call(key, "POST", "/sessions", { user })).json()).key;
}

async function keyWith(app: TestApp, more: object): Promise<ShownApiKey> {
  const answer = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "made here", scopes: ["read"], ...more });
  return z.parse(ShownApiKey, await answer.json());
}

describe("a user", () => {
  it("loses sessions, links and connections at once, and each provider is asked: a receipt of each", async () => {
    const app = await makeApp({ services: ["github", "spotify"] });
    const github = await connectUser(app, "ann");
    const spotify = await connectUser(app, "ann", "spotify");
    const other = await connectUser(app, "bob", "github", 1);
    const session = await sessionOf(app, "ann");
    const code = await codeFor(app, "ann", "github", 2);

    const job = await takeBack({ kind: "user", id: "ann" }, app.key);
    expect(job).toMatchObject({ kind: "revoke", target: { kind: "user", id: "ann" }, reason: "a test" });
    expect((await request("/proxy/github/user", bearer(session))).status).toBe(401);
    const finalized = await call(app.key, "POST", "/connections/finalize", { connection_code: code, user: "ann" });
    expect(await errorOf(finalized)).toMatchObject({ error: "invalid_connection_code" });
    expect((await call(app.key, "GET", `/connections/${github.id}`)).status).toBe(404);

    expect(await done(job, app.key)).toMatchObject({
      counts: { total: 2, confirmed: 1, not_offered: 1, refused: 0, not_reached: 0 },
    });
    const receipts = await receiptsOf(job, app.key);
    expect(receipts.toSorted((one, two) => one.integration.localeCompare(two.integration))).toMatchObject([
      { connection: github.id, user: "ann", account: github.account?.name, outcome: "confirmed", by_hand: null },
      { connection: spotify.id, outcome: "not_offered", by_hand: "https://www.spotify.com/account/apps/" },
    ]);
    expect(await connectionsOf(app, "bob")).toEqual([other.id]);
    // What waited for the app to finalize it goes back as well.
    await expect.poll(() => revocationCalls("github")).toBe(2);
  });

  it("is asked for twice at once in one job, and afterwards in another one", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    const target = { kind: "user", id: "ann" };
    const [one, two] = await Promise.all([takeBack(target, app.key), takeBack({ ...target, app: app.id })]);
    expect(two.id).toBe(one.id);
    expect((await done(one)).counts).toMatchObject({ total: 1, confirmed: 1 });
    const later = await takeBack(target, app.key);
    expect(later.id).not.toBe(one.id);
    expect((await done(later)).counts).toMatchObject({ total: 0 });
    const { jobs } = z.parse(Jobs, await (await call(app.key, "GET", "/jobs")).json());
    expect(jobs.map(({ id }) => id)).toEqual([later.id, one.id]);
    const seen = await call(ADMIN_KEY, "GET", `/jobs?app=${app.id}`);
    expect(z.parse(Jobs, await seen.json()).jobs).toEqual(jobs);
  });

  it("who connects again while the job goes on stays connected", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    await control("github").fault({ endpoint: "revoke", fault: "rate_limited", retry_after: 2 });
    const job = await takeBack({ kind: "user", id: "ann" }, app.key);
    const again = await connectUser(app, "ann", "github", 1);
    expect((await done(job, app.key)).counts).toMatchObject({ total: 1, confirmed: 1 });
    expect(await connectionsOf(app, "ann")).toEqual([again.id]);
  });

  it("whose provider is down is asked again by the next job, and one that is told so has one receipt each", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    await connectUser(app, "ann");
    await connectUser(app, "ann", "google");
    await control("github").fault({ endpoint: "revoke", fault: "invalid_client" });
    const first = await takeBack({ kind: "user", id: "ann" }, app.key);
    expect((await done(first, app.key)).counts).toMatchObject({ total: 2, confirmed: 1, refused: 1 });
    const second = await takeBack({ kind: "user", id: "ann" }, app.key);
    expect((await done(second, app.key)).counts).toMatchObject({ total: 1, confirmed: 1 });
    // The one before is told as well.
    const told = z.parse(Job, await (await call(app.key, "GET", `/jobs/${first.id}`)).json());
    expect(told.counts).toMatchObject({ total: 2, confirmed: 2, refused: 0 });
    expect(await receiptsOf(first, app.key)).toHaveLength(2);
  });

  it("a provider that names a time is left alone for so long", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    await control("github").fault({ endpoint: "revoke", fault: "rate_limited", retry_after: 3 });
    const began = Date.now();
    const job = await takeBack({ kind: "user", id: "ann" }, app.key);
    expect((await done(job, app.key)).counts).toMatchObject({ confirmed: 1 });
    expect(Date.now() - began).toBeGreaterThan(3000);
    expect(await revocationCalls("github")).toBe(2);
  });
});

describe("an outage of Workflows", () => {
  afterEach(() => vi.useRealTimers());
  const later = (minutes: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * 60_000 });

  /** A user whose account is connected, and whose job nothing drives. */
  async function begun(): Promise<{ app: TestApp; job: Job; session: string }> {
    const app = await makeApp();
    await connectUser(app, "ann");
    const session = await sessionOf(app, "ann");
    const asked = await request(
      "/revocations",
      {
        method: "POST",
        headers: { ...bearer(app.key).headers, "Content-Type": "application/json" },
        body: JSON.stringify({ target: { kind: "user", id: "ann" }, reason: "a test" }),
      },
      { JOBS },
    );
    return { app, job: z.parse(Job, await asked.json()), session };
  }

  it("keeps nothing from ending at once, and the vault's alarm has the job go on", async () => {
    const { app, job, session } = await begun();
    expect((await request("/proxy/github/user", bearer(session))).status).toBe(401);
    expect(await connectionsOf(app, "ann")).toEqual([]);
    expect(await revocationCalls("github")).toBe(0);
    later(2);
    expect(await runDurableObjectAlarm(await vaultFor(app))).toBe(true);
    vi.useRealTimers();
    await expect.poll(() => revocationCalls("github")).toBe(1);
    expect((await done(job, app.key)).counts).toMatchObject({ total: 1, confirmed: 1 });
  });

  it("that lasts has the user's own vault ask, and the receipt is the one that there is", async () => {
    const { app, job } = await begun();
    later(31);
    expect(await runDurableObjectAlarm(await vaultFor(app, "ann"))).toBe(true);
    vi.useRealTimers();
    await expect
      .poll(async () => (await receiptsOf(job, app.key)).map(({ outcome }) => outcome))
      .toEqual(["confirmed"]);
    expect(await revocationCalls("github")).toBe(1);
  });
});

describe("a key", () => {
  it("ends at once with the sessions that it has made, and what it reaches is taken back, whatever it may do there", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    await connectUser(app, "ann");
    const google = await connectUser(app, "ann", "google");
    const rules = [{ integrations: [app.integrations["github"]] }];
    const key = await keyWith(app, { scopes: ["read", "proxy", "sessions"], grant: { rules } });
    const session = await sessionOf(app, "ann", key.key);
    const job = await takeBack({ kind: "key", id: key.id }, app.key);
    expect((await request("/connections", bearer(key.key))).status).toBe(401);
    expect((await request("/proxy/github/user", bearer(session))).status).toBe(401);
    expect((await done(job, app.key)).counts).toMatchObject({ total: 1, confirmed: 1 });
    expect(await connectionsOf(app, "ann")).toEqual([google.id]);
  });

  it("of one connection has that one taken back alone, and with `keep` none at all", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    const github = await connectUser(app, "ann");
    const google = await connectUser(app, "ann", "google");
    const narrow = await keyWith(app, { grant: { rules: [{ connections: [github.id] }] } });
    const wide = await keyWith(app, {});
    const kept = await takeBack({ kind: "key", id: wide.id }, app.key, { connections: "keep" });
    expect((await done(kept, app.key)).counts).toMatchObject({ total: 0 });
    expect((await request("/connections", bearer(wide.key))).status).toBe(401);
    const job = await takeBack({ kind: "key", id: narrow.id }, app.key);
    expect((await done(job, app.key)).counts).toMatchObject({ total: 1 });
    expect(await connectionsOf(app, "ann")).toEqual([google.id]);
  });
});

describe("an integration", () => {
  it("loses the connections of all users, and their sessions go on", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    for (const user of ["ann", "bob", "cem"]) await connectUser(app, user);
    const google = await connectUser(app, "ann", "google");
    const session = await sessionOf(app, "ann");
    const job = await takeBack({ kind: "integration", id: "github" }, app.key);
    expect((await done(job, app.key)).counts).toMatchObject({ total: 3, confirmed: 3 });
    expect((await request("/proxy/google/oauth2/v3/userinfo", bearer(session))).status).toBe(200);
    expect(await connectionsOf(app, "ann")).toEqual([google.id]);
    const pages = await call(app.key, "GET", `/jobs/${job.id}/receipts?limit=2&outcome=confirmed`);
    const { receipts, next_cursor } = z.parse(Receipts, await pages.json());
    expect(receipts).toHaveLength(2);
    const rest = await call(app.key, "GET", `/jobs/${job.id}/receipts?limit=2&cursor=${next_cursor}`);
    expect(z.parse(Receipts, await rest.json())).toMatchObject({ receipts: [{}], next_cursor: null });
  });
});

describe("an app", () => {
  it("loses its keys and all of its users', but for the key that asks, and stays an app", async () => {
    const app = await makeApp();
    const other = await makeApp({ name: "Other" });
    for (const user of ["ann", "bob"]) await connectUser(app, user);
    await connectUser(other, "ann", "github", 2);
    const [key, session] = [await keyWith(app, {}), await sessionOf(app, "ann")];
    const job = await takeBack({ kind: "app" }, app.key);
    for (const ended of [key.key, session]) expect((await request("/connections", bearer(ended))).status).toBe(401);
    expect((await done(job, app.key)).counts).toMatchObject({ total: 2, confirmed: 2 });
    expect(await connectionsOf(other, "ann")).toHaveLength(1);
    await done(await takeBack({ kind: "app", id: app.id }));
    expect((await request("/connections", bearer(app.key))).status).toBe(401);
    const made = await call(ADMIN_KEY, "POST", `/apps/${app.id}/keys`, { name: "new", scopes: ["read"] });
    expect(made.status).toBe(201);
  });
});

describe("a person at the page", () => {
  it("takes back all that is theirs: other browsers and keys end, theirs goes on", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await visitor.connect("spotify");
    const stranger = new Visitor();
    await stranger.connect("google");
    const key = await keyOf(visitor);
    const asked = await visitor.change("POST", "/revocations", { target: { kind: "user" }, reason: "lost a phone" });
    const job = z.parse(Job, await asked.json());
    expect((await request("/integrations/github/credentials", bearer(key))).status).toBe(401);
    await expect.poll(async () => (await visitor.json(`/jobs/${job.id}`, Job)).state, { timeout: 20_000 }).toBe("done");
    const { receipts } = await visitor.json(`/jobs/${job.id}/receipts`, Receipts);
    const outcomes = new Map(receipts.map(({ integration, outcome, user }) => [integration, [outcome, user]]));
    expect(Object.fromEntries(outcomes)).toEqual({ github: ["confirmed", null], spotify: ["not_offered", null] });
    expect((await visitor.json("/sessions", SessionKeys)).sessions).toEqual([]);
    expect((await stranger.fetch("/integrations/google/credentials")).status).toBe(200);
    expect((await stranger.fetch(`/jobs/${job.id}`)).status).toBe(404);
  });

  it("ends one of their keys with what it reaches", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await visitor.connect("google");
    const key = await keyOf(visitor, { rules: [{ integrations: ["github"] }] });
    const { sessions } = await visitor.json("/sessions", SessionKeys);
    const target = { kind: "key", id: sessions[0]?.id };
    const job = z.parse(Job, await (await visitor.change("POST", "/revocations", { target, reason: "x" })).json());
    expect((await request("/integrations/github/credentials", bearer(key))).status).toBe(401);
    await expect.poll(async () => (await visitor.json(`/jobs/${job.id}`, Job)).counts.confirmed).toBe(1);
    expect((await visitor.fetch("/data/google")).status).toBe(200);
    expect((await visitor.fetch("/data/github")).status).toBe(409);
  });
});

describe("the deployment", () => {
  it("loses everything of all apps and of the page's people", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    const visitor = new Visitor();
    await visitor.connect("google");
    const key = await keyOf(visitor);
    const job = await done(await takeBack({ kind: "deployment" }));
    const { total, confirmed, refused, not_offered, not_reached } = job.counts;
    expect(confirmed + refused + not_offered + not_reached).toBe(total);
    const connections = (await receiptsOf(job)).map(({ user, integration }) => [user, integration]);
    expect(connections).toContainEqual(["ann", app.integrations["github"]]);
    expect(connections).toContainEqual([null, "google"]);
    for (const ended of [app.key, key]) expect((await request("/connections", bearer(ended))).status).toBe(401);
    expect((await visitor.fetch("/data/google")).status).toBe(401);
  });
});

describe("nobody takes back", () => {
  it("what is another app's, or more than is theirs", async () => {
    const app = await makeApp();
    const other = await makeApp({ name: "Other" });
    const theirs = await keyWith(other, {});
    const narrowed = await keyWith(app, { scopes: ["manage"], grant: { rules: [{ writes: "refuse" }] } });
    const [reading, session] = [await keyWith(app, {}), await sessionOf(app, "ann")];
    const visitor = new Visitor();
    await visitor.connect("github");
    const ask = (key: string, target: object) => call(key, "POST", "/revocations", { target, reason: "x" });
    const outcomes = [
      await ask(app.key, { kind: "user", id: "ann", app: other.id }),
      await ask(app.key, { kind: "app", id: other.id }),
      await ask(app.key, { kind: "key", id: theirs.id }),
      await ask(app.key, { kind: "integration", id: other.integrations["github"] }),
      await ask(app.key, { kind: "deployment" }),
      await ask(narrowed.key, { kind: "user", id: "ann" }),
      await ask(reading.key, { kind: "user", id: "ann" }),
      await ask(session, { kind: "user", id: "ann" }),
      await ask(await keyOf(visitor), { kind: "user" }),
      await visitor.change("POST", "/revocations", { target: { kind: "deployment" }, reason: "x" }),
      await visitor.change("POST", "/revocations", { target: { kind: "user", id: "ann" }, reason: "x" }),
      await visitor.change("POST", "/revocations", { target: { kind: "integration", id: "github" }, reason: "x" }),
      await ask(ADMIN_KEY, { kind: "user", id: "ann" }),
      await ask(ADMIN_KEY, { kind: "app", id: "app-00000000000000000000" }),
      await ask("nonsense", { kind: "deployment" }),
      await call(app.key, "POST", "/revocations", { target: { kind: "app" }, reason: "two\nlines" }),
    ];
    expect(await Promise.all(outcomes.map(async (answer) => (await errorOf(answer)).error))).toEqual([
      "insufficient_scope",
      "not_found",
      "not_found",
      "not_found",
      "insufficient_scope",
      "outside_grant",
      "insufficient_scope",
      "invalid_session",
      "invalid_session",
      "insufficient_scope",
      "invalid_request",
      "insufficient_scope",
      "invalid_request",
      "not_found",
      "invalid_session",
      "invalid_request",
    ]);
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });

  it("for another user than the one that a call names, nor reads of any other", async () => {
    const app = await makeApp();
    const asBob = { "X-Latchkey-User": "bob" };
    const body = { target: { kind: "user", id: "ann" }, reason: "x" };
    const refused = await call(app.key, "POST", "/revocations", body, asBob);
    expect(await errorOf(refused)).toMatchObject({ status: 403, error: "user_mismatch" });
    const ann = await takeBack({ kind: "user", id: "ann" }, app.key);
    const asked = await call(
      app.key,
      "POST",
      "/revocations",
      { target: { kind: "user", id: "bob" }, reason: "x" },
      asBob,
    );
    const bob = z.parse(Job, await asked.json());
    const listed = await call(app.key, "GET", "/jobs", undefined, asBob);
    expect(z.parse(Jobs, await listed.json()).jobs.map(({ id }) => id)).toEqual([bob.id]);
    for (const path of [`/jobs/${ann.id}`, `/jobs/${ann.id}/receipts`]) {
      expect((await call(app.key, "GET", path, undefined, asBob)).status).toBe(404);
    }
    for (const job of [ann, bob]) await done(job, app.key);
  });

  it("nor reads another app's job", async () => {
    const app = await makeApp();
    const other = await makeApp({ name: "Other" });
    const job = await takeBack({ kind: "user", id: "ann" }, app.key);
    for (const path of [`/jobs/${job.id}`, `/jobs/${job.id}/receipts`, "/jobs/none"]) {
      expect((await call(other.key, "GET", path)).status).toBe(404);
    }
    await done(job, app.key);
  });
});
