/** What an app is told of its connections: each thing once, signed, again until it was taken, and never with a secret. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { type Connection } from "../../src/api-connections.ts";
import { DeliveredEvent, Events, EventBody } from "../../src/api-events.ts";
import { WebhookWithSecret, Webhooks } from "../../src/api-webhooks.ts";
import { BOUNDS } from "../../src/bounds.ts";
import { digest } from "../../src/crypto.ts";
import { appOfBefore } from "../support/before.ts";
import { control } from "../support/emulator.ts";
import { admin, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { takeReports } from "../support/reports.ts";
import { vaultFor } from "../support/vault.ts";
import { errorOf } from "../support/visitor.ts";

const MINUTE = 60_000;
const RECEIVER = inject("webhooks");

beforeEach(async () => {
  await Promise.all(["github", "google"].map((service) => control(service).reset()));
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());

const Deliveries = z.array(
  z.object({
    headers: z.looseObject({
      "webhook-id": z.string(),
      "webhook-timestamp": z.string(),
      "webhook-signature": z.string(),
    }),
    body: z.string(),
  }),
);

/** What is told of connections; the sessions that they come of have tests of their own. */
const isOfConnection = ({ type }: { type: string }): boolean => type.startsWith("connection.");

/** An endpoint of an app: what arrived there of connections, and what it answers. */
function endpoint() {
  const name = crypto.randomUUID();
  return {
    url: `${RECEIVER}/to/${name}`,
    deliveries: async (at = name) =>
      Deliveries.parse(await (await fetch(`${RECEIVER}/deliveries/${at}`)).json()).filter(({ body }) =>
        isOfConnection(EventBody.parse(JSON.parse(body))),
      ),
    elsewhere: `${name}-elsewhere`,
    answers: (status: number | string, retry_after = "") =>
      fetch(`${RECEIVER}/status/${name}`, { method: "PUT", body: `${status} ${retry_after}`.trim() }),
  };
}

async function told(service: string) {
  const app = await makeApp({ services: [service] });
  const receiver = endpoint();
  const set = await call(app.key, "PUT", `/apps/${app.id}/webhook`, { url: receiver.url });
  return { app, receiver, secret: WebhookWithSecret.parse(await set.json()).secret };
}

const ring = async (app: TestApp, user: string) => runDurableObjectAlarm(await vaultFor(app, user));

/** Makes the next attempt due. */
const makeDue = async (app: TestApp, user: string) =>
  runInDurableObject(await vaultFor(app, user), (_, { storage }) => {
    const due = Date.now() - 1;
    storage.sql.exec(
      `UPDATE outbox SET next_at = ?, deliveries = (SELECT json_group_array(
         iif(value ->> 'next_attempt_at' IS NULL, json(value), json_set(value, '$.next_attempt_at', ?)))
         FROM json_each(deliveries)) WHERE next_at IS NOT NULL AND deliveries IS NOT NULL`,
      due,
      new Date(due).toISOString(),
    );
    storage.sql.exec("UPDATE outbox SET next_at = ? WHERE next_at IS NOT NULL", due);
    return storage.setAlarm(Date.now() + MINUTE);
  });

async function eventsOf(app: TestApp): Promise<DeliveredEvent[]> {
  const answer = await call(app.key, "GET", `/apps/${app.id}/events`);
  return Events.parse(await answer.json()).events.filter(isOfConnection);
}

/** Rings until nothing of a user's events is on its way. */
async function settle(app: TestApp, user: string): Promise<void> {
  await ring(app, user);
  await expect
    .poll(async () =>
      runInDurableObject(await vaultFor(app, user), (_, { storage }) =>
        storage.sql.exec("SELECT delivery FROM outbox WHERE delivery = 'pending'").toArray(),
      ),
    )
    .toEqual([]);
}

/** How the latest event of a user's connections stands where the truth about it is. */
const stands = async (app: TestApp, user: string): Promise<DeliveredEvent> =>
  runInDurableObject(await vaultFor(app, user), async (vault, { storage }) => {
    const { id } = storage.sql
      .exec(`SELECT id FROM outbox WHERE json_extract(body, '$.type') GLOB 'connection.*' ORDER BY number DESC LIMIT 1`)
      .one();
    const line = await vault.event(z.string().parse(id));
    if (!line) throw new Error("no event");
    return line.event;
  });

const untilNext = async (app: TestApp, user: string): Promise<number> =>
  Date.parse((await stands(app, user)).next_attempt_at ?? "") - Date.now();

const attemptsOf = async (app: TestApp, user: string) => (await stands(app, user)).attempts;
const typeOf = ({ body }: { body: string }) => EventBody.parse(JSON.parse(body)).type;
const refresh = (app: TestApp, { id }: Connection) => call(app.key, "POST", `/connections/${id}/refresh`);

/** Connected, failing for a while, well again, refused for good, connected anew and disconnected. */
async function wholeLife(app: TestApp, user: string): Promise<Connection> {
  const connection = await connectUser(app, user, "google");
  await settle(app, user);
  await control("google").fault({ endpoint: "token", fault: "server_error", times: 2 });
  await refresh(app, connection);
  vi.setSystemTime(Date.now() + MINUTE);
  expect(await (await refresh(app, connection)).json()).toMatchObject({ refreshed: true });
  await settle(app, user);
  vi.setSystemTime(Date.now() + MINUTE);
  await control("google").fault({ endpoint: "token", fault: "invalid_grant" });
  expect(await errorOf(await refresh(app, connection))).toMatchObject({ error: "reauth_required" });
  await settle(app, user);
  await connectUser(app, user, "google");
  await settle(app, user);
  expect((await call(app.key, "DELETE", `/connections/${connection.id}`)).status).toBe(200);
  await settle(app, user);
  return connection;
}

const LIFE = [
  "connection.created",
  "connection.recovered",
  "connection.reauth_required",
  "connection.reconnected",
  "connection.disconnected",
];

describe("an app with a webhook", () => {
  it("is told of each thing once, signed, and without anything secret", async () => {
    const { app, receiver, secret } = await told("google");
    const connection = await wholeLife(app, "user-1");
    await ring(app, "user-1");

    const deliveries = await receiver.deliveries();
    expect(deliveries.map(typeOf)).toEqual(LIFE);
    expect(new Set(deliveries.map(({ headers }) => headers["webhook-id"])).size).toBe(LIFE.length);
    const ids = new Set<string>();
    for (const { headers, body } of deliveries) {
      const signed = {
        "webhook-id": headers["webhook-id"],
        "webhook-timestamp": headers["webhook-timestamp"],
        "webhook-signature": headers["webhook-signature"],
      };
      const { data } = EventBody.parse(new Verifier(secret).verify(body, signed));
      expect(data).toMatchObject({
        connection: connection.id,
        user: "user-1",
        integration: app.integrations["google"],
      });
      expect(() => new Verifier(secret).verify(`${body} `, signed)).toThrow();
      expect(() => new Verifier(secret).verify(body, { ...signed, "webhook-id": "msg_other" })).toThrow();
      ids.add(headers["webhook-id"]);
    }

    const { issued } = await control("google").grants();
    const sent = JSON.stringify(deliveries);
    expect(issued.length).toBeGreaterThan(0);
    for (const canary of [...issued, secret, app.key, "sandbox-google-secret-opens-nothing"]) {
      expect(sent).not.toContain(canary);
    }

    const events = await eventsOf(app);
    expect(events.map(({ type }) => type).toSorted()).toEqual(LIFE.toSorted());
    expect(new Set(events.map(({ id }) => id))).toEqual(ids);
    for (const event of events) {
      expect(event).toMatchObject({ delivery: "delivered", attempts: 1, last_status: 204, next_attempt_at: null });
    }
  });

  it.each(["gzip_bomb", "megabytes"])("has its status taken and nothing of its answer read: %s", async (kind) => {
    const { app, receiver } = await told("github");
    await receiver.answers(kind);
    await connectUser(app, "ann", "github");
    await ring(app, "ann");
    await expect
      .poll(() => stands(app, "ann"), { timeout: 20_000 })
      .toMatchObject({ delivery: "delivered", attempts: 1, last_status: 200 });
    expect(await receiver.deliveries()).toHaveLength(1);
  });

  it("is told again, later and later, while its endpoint fails, under the same id", async () => {
    const { app, receiver } = await told("github");
    await receiver.answers(500);
    await connectUser(app, "user-1");
    await ring(app, "user-1");
    await expect.poll(() => attemptsOf(app, "user-1")).toBe(1);
    const waits = [await untilNext(app, "user-1")];
    for (const attempt of [2, 3]) {
      await makeDue(app, "user-1");
      await ring(app, "user-1");
      await expect.poll(() => attemptsOf(app, "user-1")).toBe(attempt);
      waits.push(await untilNext(app, "user-1"));
    }
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[1]).toBeGreaterThan(2 * (waits[0] ?? 0));
    expect(waits[2]).toBeGreaterThan(2 * (waits[1] ?? 0));
    await expect
      .poll(() => eventsOf(app))
      .toMatchObject([{ type: "connection.created", delivery: "pending", attempts: 3, last_status: 500 }]);
    expect((await eventsOf(app))[0]?.next_attempt_at).not.toBeNull();

    await receiver.answers(200);
    await makeDue(app, "user-1");
    await settle(app, "user-1");
    await expect.poll(() => eventsOf(app)).toMatchObject([{ delivery: "delivered", attempts: 4, last_status: 200 }]);
    const deliveries = await receiver.deliveries();
    expect(deliveries).toHaveLength(4);
    expect(new Set(deliveries.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  });

  it("is given up after the last attempt, and told by a replay", async () => {
    const { app, receiver } = await told("github");
    await receiver.answers(503);
    await connectUser(app, "user-1");
    await runInDurableObject(await vaultFor(app, "user-1"), (_, { storage }) => {
      const waiting = { webhook: "main", delivery: "pending", attempts: 9, last_status: 503 };
      const deliveries = JSON.stringify([{ ...waiting, next_attempt_at: new Date().toISOString() }]);
      storage.sql.exec("UPDATE outbox SET deliveries = ?", deliveries);
    });
    await makeDue(app, "user-1");
    await settle(app, "user-1");
    await expect
      .poll(() => eventsOf(app))
      .toMatchObject([{ delivery: "failed", attempts: 10, last_status: 503, next_attempt_at: null }]);

    const [event] = await eventsOf(app);
    await receiver.answers(204);
    const before = (await receiver.deliveries()).length;
    const replayed = await call(app.key, "POST", `/apps/${app.id}/events/${event?.id}/replay`);
    expect(replayed.status).toBe(200);
    expect(DeliveredEvent.parse(await replayed.json())).toMatchObject({ id: event?.id, delivery: "pending" });
    await settle(app, "user-1");
    await expect.poll(() => eventsOf(app)).toMatchObject([{ id: event?.id, delivery: "delivered", last_status: 204 }]);
    expect((await receiver.deliveries()).length).toBe(before + 1);
  });

  // RFC 9110 10.2.3: in seconds or as a date, and 503 is what it is named for first.
  it.each([
    [429, "7200"],
    [503, "7200"],
    [503, "date"],
  ])("waits as long as its endpoint asks for: %i, %s", async (status, wait) => {
    const { app, receiver } = await told("github");
    await receiver.answers(status, wait === "date" ? new Date(Date.now() + 7_200_000).toUTCString() : wait);
    await connectUser(app, "user-1");
    await ring(app, "user-1");
    await expect.poll(() => attemptsOf(app, "user-1")).toBe(1);
    expect(Math.abs((await untilNext(app, "user-1")) - 7_200_000)).toBeLessThan(10_000);
  });

  it("has no redirect of its endpoint followed", async () => {
    const { app, receiver } = await told("github");
    await receiver.answers(307);
    await connectUser(app, "user-1");
    await ring(app, "user-1");
    await expect.poll(() => attemptsOf(app, "user-1")).toBe(1);
    expect(await stands(app, "user-1")).toMatchObject({ delivery: "pending", last_status: 307 });
    expect(await receiver.deliveries(receiver.elsewhere)).toEqual([]);
  });

  it("signs with the secret that was shown last", async () => {
    const { app, receiver, secret } = await told("github");
    const again = await call(app.key, "PUT", `/apps/${app.id}/webhook`, { url: receiver.url });
    const { secret: newer } = WebhookWithSecret.parse(await again.json());
    expect(newer).not.toBe(secret);
    await connectUser(app, "user-1");
    await settle(app, "user-1");
    const [delivery] = await receiver.deliveries();
    if (!delivery) throw new Error("nothing arrived");
    const headers = {
      "webhook-id": delivery.headers["webhook-id"],
      "webhook-timestamp": delivery.headers["webhook-timestamp"],
      "webhook-signature": delivery.headers["webhook-signature"],
    };
    expect(() => new Verifier(secret).verify(delivery.body, headers)).toThrow();
    expect(new Verifier(newer).verify(delivery.body, headers)).toMatchObject({ type: "connection.created" });
  });

  it("never sees the secret a second time, nor another app the events", async () => {
    const { app, secret } = await told("github");
    await connectUser(app, "user-1");
    await settle(app, "user-1");
    await expect.poll(() => eventsOf(app)).toHaveLength(1);
    const [event] = await eventsOf(app);
    const described = await (await call(app.key, "GET", `/apps/${app.id}`)).text();
    expect(described).not.toContain(secret);
    const other = await makeApp();
    expect((await call(other.key, "GET", `/apps/${app.id}/events`)).status).toBe(404);
    expect(await eventsOf(other)).toEqual([]);
    expect((await call(other.key, "POST", `/apps/${app.id}/events/${event?.id}/replay`)).status).toBe(404);
    expect((await call(other.key, "POST", `/apps/${other.id}/events/${event?.id}/replay`)).status).toBe(404);
    expect((await call(other.key, "POST", `/apps/${other.id}/events/msg_nothing/replay`)).status).toBe(404);
  });
});

describe("an event", () => {
  it("is told to the webhook that is set, whatever copy of the app's settings is left somewhere", async () => {
    const app = await makeApp({ origins: ["https://shop.example"] });
    await call(app.key, "GET", "/connections", undefined, { Origin: "https://shop.example" });
    const copy = `app:${digest(app.id, "itself")}`;
    const before = await env.KV.get(copy);
    if (before === null) throw new Error("nothing was copied");
    const receiver = endpoint();
    expect((await call(app.key, "PUT", `/apps/${app.id}/webhook`, { url: receiver.url })).status).toBe(200);
    await env.KV.put(copy, before, { expirationTtl: 60 });
    await connectUser(app, "user-1");
    await settle(app, "user-1");
    expect((await receiver.deliveries()).map(typeOf)).toEqual(["connection.created"]);
  });

  it("is in the list as it stands, though the list could not be written when it was told", async () => {
    const { app, receiver } = await told("github");
    await connectUser(app, "user-1");
    await settle(app, "user-1");
    await expect.poll(() => eventsOf(app)).toMatchObject([{ delivery: "delivered" }]);
    await env.INDEX.exec("CREATE TRIGGER down BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'down'); END");
    await connectUser(app, "user-1");
    await settle(app, "user-1");
    const [last] = await eventsOf(app);
    const replayed = await call(app.key, "POST", `/apps/${app.id}/events/${last?.id}/replay`);
    expect(replayed.status).toBe(200);
    await settle(app, "user-1");
    expect(await receiver.deliveries()).toHaveLength(3);
    await env.INDEX.exec("DROP TRIGGER down");
    // Once for each time that it was told, and for what came of the session.
    const report = { event: "chore_failed", error: "AppError" };
    expect(takeReports()).toEqual([report, report, report]);
    expect(await eventsOf(app)).toHaveLength(1);

    vi.setSystemTime(Date.now() + 10 * MINUTE);
    expect(await ring(app, "user-1")).toBe(true);
    await expect
      .poll(() => eventsOf(app))
      .toMatchObject([
        { type: "connection.reconnected", delivery: "delivered", attempts: 1 },
        { type: "connection.created", delivery: "delivered", attempts: 1 },
      ]);
    expect(await receiver.deliveries()).toHaveLength(3);
  });
});

describe("of several webhooks", () => {
  it("each is told of what it asks for, signed with its own secret, and one that fails holds up no other", async () => {
    const app = await makeApp({ services: ["github"] });
    const [all, ends, failing] = [endpoint(), endpoint(), endpoint()];
    await failing.answers(500);
    const set = async (name: string, body: object) =>
      WebhookWithSecret.parse(await (await call(app.key, "PUT", `/apps/${app.id}/webhooks/${name}`, body)).json());
    const first = await set("all", { url: all.url });
    const second = await set("ends", { url: ends.url, events: ["connection.disconnected"] });
    await set("failing", { url: failing.url, events: ["connection.created", "connect_session.connected"] });
    expect(second).toMatchObject({ name: "ends", events: ["connection.disconnected"] });
    expect(first.secret).not.toBe(second.secret);

    const connection = await connectUser(app, "ann", "github");
    await ring(app, "ann");
    await expect
      .poll(() => stands(app, "ann"))
      .toMatchObject({
        delivery: "pending",
        attempts: 2,
        last_status: 500,
        deliveries: [
          { webhook: "all", delivery: "delivered", last_status: 204 },
          { webhook: "failing", delivery: "pending", last_status: 500 },
        ],
      });
    expect((await call(app.key, "DELETE", `/connections/${connection.id}`)).status).toBe(200);
    await ring(app, "ann");
    await expect.poll(() => stands(app, "ann")).toMatchObject({ delivery: "delivered", attempts: 2 });
    expect((await all.deliveries()).map(typeOf)).toEqual(["connection.created", "connection.disconnected"]);
    expect((await ends.deliveries()).map(typeOf)).toEqual(["connection.disconnected"]);
    expect((await failing.deliveries()).map(typeOf)).toEqual(["connection.created"]);
    for (const [receiver, { secret }] of [
      [all, first],
      [ends, second],
    ] as const) {
      const last = (await receiver.deliveries()).at(-1);
      if (!last) throw new Error("nothing arrived");
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = last.headers;
      const signed = { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature };
      expect(new Verifier(secret).verify(last.body, signed)).toMatchObject({ type: "connection.disconnected" });
    }

    // What one of them has missed it is told again, and nobody else is.
    const [, created] = await eventsOf(app);
    const replay = (webhook: string) =>
      call(app.key, "POST", `/apps/${app.id}/events/${created?.id}/replay?webhook=${webhook}`);
    expect(await errorOf(await replay("nobody"))).toMatchObject({ status: 404, error: "not_found" });
    await failing.answers(200);
    expect(DeliveredEvent.parse(await (await replay("failing")).json())).toMatchObject({ delivery: "pending" });
    await settle(app, "ann");
    expect((await all.deliveries()).map(typeOf)).toEqual(["connection.created", "connection.disconnected"]);
    expect((await failing.deliveries()).map(typeOf)).toEqual(["connection.created", "connection.created"]);
  });

  it("one is changed without another secret, listed without it, and told nothing more once it is removed", async () => {
    const { app, receiver, secret } = await told("github");
    const change = (name: string, body: object) => call(app.key, "PATCH", `/apps/${app.id}/webhooks/${name}`, body);
    expect(await errorOf(await change("none", { events: null }))).toMatchObject({ status: 404, error: "not_found" });
    expect(await errorOf(await change("main", { events: [] }))).toMatchObject({ error: "invalid_request" });
    expect(await errorOf(await change("main", { events: ["connection.gone"] }))).toMatchObject({ status: 400 });
    expect(await errorOf(await change("main", { url: "https://10.0.0.1/" }))).toMatchObject({ status: 400 });
    const events = ["connection.created"];
    expect(await (await change("main", { events })).json()).toEqual({ name: "main", url: receiver.url, events });
    const listed = await (await call(app.key, "GET", `/apps/${app.id}/webhooks`)).text();
    expect(Webhooks.parse(JSON.parse(listed))).toEqual({ webhooks: [{ name: "main", url: receiver.url, events }] });
    expect(listed).not.toContain(secret);

    const connection = await connectUser(app, "ann", "github");
    await settle(app, "ann");
    expect((await receiver.deliveries()).map(typeOf)).toEqual(events);
    const [delivery] = await receiver.deliveries();
    const {
      "webhook-id": id = "",
      "webhook-timestamp": at = "",
      "webhook-signature": by = "",
    } = delivery?.headers ?? {};
    const signed = { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": by };
    expect(new Verifier(secret).verify(delivery?.body ?? "", signed)).toMatchObject({ type: "connection.created" });

    expect((await change("main", { events: null })).status).toBe(200);
    expect((await call(app.key, "DELETE", `/apps/${app.id}/webhooks/main`)).status).toBe(204);
    expect((await call(app.key, "DELETE", `/connections/${connection.id}`)).status).toBe(200);
    await settle(app, "ann");
    expect(await stands(app, "ann")).toMatchObject({ delivery: "none", deliveries: [] });
    expect(await receiver.deliveries()).toHaveLength(1);
  });

  it("one that is removed while it fails is asked no more, and one that comes later is not told of what was before", async () => {
    const { app, receiver } = await told("github");
    await receiver.answers(500);
    await connectUser(app, "ann", "github");
    await ring(app, "ann");
    await expect.poll(() => attemptsOf(app, "ann")).toBe(1);
    const late = endpoint();
    await call(app.key, "PUT", `/apps/${app.id}/webhooks/late`, { url: late.url });
    expect((await call(app.key, "DELETE", `/apps/${app.id}/webhook`)).status).toBe(204);
    await makeDue(app, "ann");
    await settle(app, "ann");
    expect(await stands(app, "ann")).toMatchObject({
      delivery: "none",
      deliveries: [{ webhook: "main", attempts: 1 }],
    });
    expect(await receiver.deliveries()).toHaveLength(1);
    expect(await late.deliveries()).toEqual([]);
  });

  it("there are none to list or set of an app that is none, whoever asks", async () => {
    const none = `app-${"a".repeat(33)}`;
    const set = { method: "PUT", body: JSON.stringify({ url: "https://hooks.acme.com/" }) };
    for (const answer of [
      await admin(`/apps/${none}/webhooks`),
      await admin(`/apps/${none}/webhooks/main`, set),
      await admin(`/apps/${none}/webhook`, set),
    ]) {
      expect(await errorOf(answer)).toMatchObject({ status: 404, error: "not_found" });
    }
  });

  it("there are at most ten, and the names are slugs", async () => {
    const app = await makeApp({ services: [] });
    const set = (name: string) =>
      call(app.key, "PUT", `/apps/${app.id}/webhooks/${encodeURIComponent(name)}`, { url: "https://hooks.acme.com/" });
    const names = Array.from({ length: BOUNDS.webhooks }, (_, number) => `hook-${number}`);
    for (const name of names) expect((await set(name)).status).toBe(200);
    expect((await set("hook-0")).status).toBe(200);
    expect(await errorOf(await set("one-more"))).toMatchObject({ status: 409, error: "too_many" });
    for (const name of ["Hook", "-hook", "h k", "hook.", "a".repeat(41), "h\u00e9"]) {
      expect(await errorOf(await set(name)), name).toMatchObject({ status: 400, error: "invalid_request" });
    }
    const listed = Webhooks.parse(await (await call(app.key, "GET", `/apps/${app.id}/webhooks`)).json());
    expect(listed.webhooks.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });
});

it("the webhook that a version before has set is the one called main, with the secret that it had", async () => {
  const receiver = endpoint();
  const secret = `whsec_${btoa("as the version before has made it")}`;
  const app = await appOfBefore({ webhook: { url: receiver.url, secret } });
  const listed = Webhooks.parse(await (await call(app.key, "GET", `/apps/${app.id}/webhooks`)).json());
  expect(listed).toEqual({ webhooks: [{ name: "main", url: receiver.url, events: null }] });
  expect(
    (await call(app.key, "PUT", `/apps/${app.id}/webhooks/other`, { url: "https://hooks.acme.com/" })).status,
  ).toBe(200);
  expect(await (await call(app.key, "GET", `/apps/${app.id}`)).json()).toMatchObject({ webhook_url: receiver.url });
  await call(app.key, "DELETE", `/apps/${app.id}/webhooks/other`);
  await connectUser(app, "ann", "github");
  await settle(app, "ann");
  const [delivery] = await receiver.deliveries();
  const { "webhook-id": id = "", "webhook-timestamp": at = "", "webhook-signature": by = "" } = delivery?.headers ?? {};
  const signed = { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": by };
  expect(new Verifier(secret).verify(delivery?.body ?? "", signed)).toMatchObject({ type: "connection.created" });
});

it("an app without a webhook has its events noted and told to nobody", async () => {
  const { app, receiver } = await told("github");
  expect((await call(app.key, "DELETE", `/apps/${app.id}/webhook`)).status).toBe(204);
  await connectUser(app, "user-1");
  await settle(app, "user-1");
  await expect
    .poll(() => eventsOf(app))
    .toMatchObject([{ type: "connection.created", delivery: "none", attempts: 0, last_status: null }]);
  expect(await receiver.deliveries()).toEqual([]);
});

it("events are listed newest first, page by page, each once", async () => {
  const app = await makeApp();
  for (const user of ["user-1", "user-2", "user-3", "user-4", "user-5"]) {
    await connectUser(app, user);
    await settle(app, user);
  }
  await expect.poll(() => eventsOf(app)).toHaveLength(5);
  const seen: DeliveredEvent[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const from: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = Events.parse(await (await call(app.key, "GET", `/apps/${app.id}/events?limit=2${from}`)).json());
    seen.push(...page.events.filter(isOfConnection));
    cursor = page.next_cursor;
  }
  expect(seen.map(({ id }) => id)).toEqual((await eventsOf(app)).map(({ id }) => id));
  expect(new Set(seen.map(({ data }) => data.user)).size).toBe(5);
  expect(seen.map(({ timestamp }) => timestamp)).toEqual(
    seen.map(({ timestamp }) => timestamp).toSorted((one, other) => (one < other ? 1 : -1)),
  );
  const wrong = await call(app.key, "GET", `/apps/${app.id}/events?cursor=nonsense`);
  expect(await errorOf(wrong)).toMatchObject({ status: 400, error: "invalid_cursor" });
});

it.each([
  "https://10.0.0.1/hook",
  "https://192.168.1.1/hook",
  "https://169.254.169.254/latest/meta-data",
  "https://[fd00::1]/hook",
  "https://167772161/hook",
  "https://printer.local/hook",
  "https://vault.internal/hook",
  "https://intranet/hook",
  "https://user:password@app.example.com/hook",
  "http://app.example.com/hook",
  "ftp://app.example.com/hook",
  "not a url",
])("no webhook is set to %s", async (url) => {
  const app = await makeApp({ services: [] });
  const answer = await call(app.key, "PUT", `/apps/${app.id}/webhook`, { url });
  expect(await errorOf(answer)).toMatchObject({ status: 400, error: "invalid_request" });
  expect(await (await call(app.key, "GET", `/apps/${app.id}`)).json()).toMatchObject({ webhook_url: null });
});
