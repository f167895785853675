/** What an app or one of its users can make has a bound, and says so. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import limits from "../../docs/limits.md?raw";
import { BOUNDS } from "../../src/bounds.ts";
import { EventIndex } from "../../src/apps/event-index.ts";
import { IndexDatabase } from "../../src/connections/index-database.ts";
import type { Vault } from "../../src/connections/vault/vault.ts";
import { control } from "../support/emulator.ts";
import { admin, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { rowsOf, vaultFor } from "../support/vault.ts";
import { errorOf } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

/** The rows of a table, filled up from outside so that the bound is near. */
async function fill(vault: DurableObjectStub<Vault>, insert: string, count: number): Promise<void> {
  await runInDurableObject(vault, (_, { storage: { sql } }) => {
    sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) ${insert}`);
  });
}

const importFor = (app: TestApp, user: string, integration = app.integrations["github"]) =>
  call(app.key, "POST", "/connections/import", { user, integration, access_token: "an-imported-token" });

it("the page of limits says what holds", () => {
  const shown = [...limits.matchAll(/^\|[^|]*\| `(\w+)`[^|]*\| (\d+) /gm)].map(([, name = "", count]) => [
    name,
    Number(count),
  ]);
  expect(Object.fromEntries(shown)).toEqual(BOUNDS);
});

describe("of an app", () => {
  it.each([
    ["return_urls", (index: number) => `https://app.example/${index}`],
    ["origins", (index: number) => `https://o${index}.example`],
  ] as const)("%s", async (field, make) => {
    const app = await makeApp({ services: [] });
    const some = (count: number) => ({ [field]: Array.from({ length: count }, (_, index) => make(index)) });
    expect((await call(app.key, "PATCH", `/apps/${app.id}`, some(BOUNDS[field]))).status).toBe(200);
    const refused = await errorOf(await call(app.key, "PATCH", `/apps/${app.id}`, some(BOUNDS[field] + 1)));
    expect(refused).toMatchObject({ status: 400, error: "invalid_request" });
    expect(refused.message).toContain(field);
  });

  it("keys", async () => {
    const app = await makeApp({ services: [] });
    const make = () => call(app.key, "POST", `/apps/${app.id}/keys`, { name: "one more", scopes: ["read"] });
    for (let count = 1; count < BOUNDS.app_keys; count += 1) expect((await make()).status).toBe(201);
    expect(await errorOf(await make())).toMatchObject({ status: 409, error: "too_many_keys" });
  });

  it("events in the list, of which the oldest go", async () => {
    const { id } = await makeApp({ services: [] });
    const index = new EventIndex(new IndexDatabase(env.INDEX));
    await index.list(id, 1, null);
    await env.INDEX.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO events SELECT ?1, printf('2026-01-01T%06d', i), 'msg', '{}' FROM n`,
    )
      .bind(id, BOUNDS.listed_events + 5)
      .run();
    // None of them is of the last month, which is another bound: these are of the next year.
    await env.INDEX.prepare("UPDATE events SET at = '2999' || substr(at, 5) WHERE app = ?").bind(id).run();
    const timestamp = new Date().toISOString();
    const data = { connection: "con", user: "ann", integration: "github", label: null, account: null, reason: null };
    const standing = {
      delivery: "none",
      attempts: 0,
      last_status: null,
      next_attempt_at: null,
    } as const;
    const event = { id: "msg_A", type: "connection.created" as const, timestamp, data, ...standing, deliveries: [] };
    await index.write(id, { event, revision: 0 });
    const counted = await env.INDEX.prepare("SELECT COUNT(*) AS n FROM events WHERE app = ?").bind(id).first("n");
    expect(counted).toBe(BOUNDS.listed_events);
    await env.INDEX.prepare("DELETE FROM events WHERE app = ?").bind(id).run();
  });
});

describe("of a user", () => {
  it("sessions, of which the one that ends first gives way", async () => {
    const app = await makeApp({ services: [] });
    for (let count = 0; count <= BOUNDS.sessions; count += 1) {
      expect((await call(app.key, "POST", "/sessions", { user: "ann", expires_in: 600 + count })).status).toBe(201);
    }
    expect((await rowsOf(await vaultFor(app, "ann")))["sessions"]).toBe(BOUNDS.sessions);
  });

  it("links that wait", async () => {
    const app = await makeApp();
    for (let count = 0; count <= BOUNDS.flows; count += 1) {
      const made = await call(app.key, "POST", "/connect-sessions", { user: "ann", return_to: app.return_url });
      expect(made.status).toBe(201);
    }
    expect((await rowsOf(await vaultFor(app, "ann")))["pending"]).toBe(BOUNDS.flows);
  });

  it("integrations that they were ever connected to", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "ann");
    const vault = await vaultFor(app, "ann");
    await fill(
      vault,
      `INSERT INTO connections (place, epoch, generation, status)
       SELECT 'gone-' || i, 2, 1, 'connected' FROM n`,
      BOUNDS.connections - 1,
    );
    const saved = await call(app.key, "PUT", `/apps/${app.id}/integrations`, {
      slug: "another",
      provider: "github",
      client_id: "id",
      client_secret: "secret",
    });
    const { integration } = await saved.json<{ integration: string }>();
    expect(await errorOf(await importFor(app, "ann", integration))).toMatchObject({ status: 409, error: "too_many" });
    expect((await importFor(app, "ann")).status).toBe(201);
    expect((await call(app.key, "GET", `/connections/${id}`)).status).toBe(200);
    expect((await importFor(app, "ben", integration)).status).toBe(201);
  });

  it("grants that wait to be taken back: no more is connected, and disconnecting goes on", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    const { id } = await connectUser(app, "ann");
    await fill(
      await vaultFor(app, "ann"),
      `INSERT INTO revocations (place, epoch, generation, sealed, request, next_at, expires_at)
       SELECT 'gone', 1, 1, 'x', 'r' || i, 9e15, 9e15 FROM n`,
      BOUNDS.revocations,
    );
    const refused = await errorOf(await importFor(app, "ann", app.integrations["google"]));
    expect(refused).toMatchObject({ status: 409, error: "too_many" });
    expect((await importFor(app, "ann")).status).toBe(201);
    expect((await call(app.key, "DELETE", `/connections/${id}`)).status).toBe(200);
  });

  it("grants that wait for their app, of which the oldest is given back", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    const vault = await vaultFor(app, "ann");
    const [connection] = await vault.connections();
    const owner = await vault.owner();
    if (!connection || !owner) throw new Error("not connected");
    const { place: integration, sealed, facts } = connection;
    const expires_at = Date.now() + 600_000;
    for (let count = 0; count <= BOUNDS.grants; count += 1) {
      await vault.keepGrant(owner, {
        code_digest: `${count}`,
        integration,
        connect_session: null,
        sealed,
        facts,
        expires_at: expires_at + count,
      });
    }
    expect(await rowsOf(vault)).toMatchObject({ grants: BOUNDS.grants, revocations: 1 });
    expect(await vault.grant("0")).toBeNull();
    expect(await vault.grant("1")).not.toBeNull();
  });

  it("events that nobody takes, of which the oldest is given up", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "ann");
    const vault = await vaultFor(app, "ann");
    await fill(
      vault,
      `INSERT INTO outbox (id, body, delivery, next_at)
       SELECT 'msg' || i, (SELECT body FROM outbox LIMIT 1), 'pending', 9e15 FROM n`,
      BOUNDS.undelivered + 300,
    );
    expect((await call(app.key, "DELETE", `/connections/${id}`)).status).toBe(200);
    const standing = await runInDurableObject(vault, (_, { storage: { sql } }) =>
      sql.exec("SELECT delivery, COUNT(*) AS n FROM outbox GROUP BY delivery ORDER BY delivery").toArray(),
    );
    expect(standing).toEqual([
      { delivery: "failed", n: BOUNDS.delivered },
      { delivery: "pending", n: BOUNDS.undelivered },
    ]);
  });
});

it("of a connection: tags and metadata", async () => {
  const app = await makeApp();
  const { id } = await connectUser(app, "ann");
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, "x"]));
  const change = (body: unknown) => call(app.key, "PATCH", `/connections/${id}`, body);
  expect((await change({ tags: tags(BOUNDS.tags) })).status).toBe(200);
  expect(await errorOf(await change({ tags: tags(BOUNDS.tags + 1) }))).toMatchObject({ error: "invalid_request" });
  const metadata = (bytes: number) => ({ metadata: { a: "x".repeat(bytes - '{"a":""}'.length) } });
  expect((await change(metadata(BOUNDS.metadata_bytes))).status).toBe(200);
  expect(await errorOf(await change(metadata(BOUNDS.metadata_bytes + 1)))).toMatchObject({ error: "invalid_request" });
});

it("of an app: integrations", async () => {
  const app = await makeApp({ services: [] });
  const put = (index: number) =>
    admin(`/apps/${app.id}/integrations`, {
      method: "PUT",
      body: JSON.stringify({ slug: `slug-${index}`, provider: "github", client_id: "id", client_secret: "secret" }),
    });
  const made = await Promise.all(Array.from({ length: BOUNDS.integrations }, (_, index) => put(index)));
  expect(made.every(({ status }) => status === 200)).toBe(true);
  expect(await errorOf(await put(BOUNDS.integrations))).toMatchObject({ status: 409, error: "too_many" });
  expect((await put(0)).status).toBe(200);
});
