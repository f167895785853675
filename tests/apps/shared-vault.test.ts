/** What is found without knowing whose it is weighs on one vault of many; the operator's has little, which only they ask for. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { App, AppIntegration, AppIntegrations, Apps } from "../../src/api-apps.ts";
import { shortId } from "../../src/crypto.ts";
import { appOfBefore, recordOfBefore } from "../support/before.ts";
import { control } from "../support/emulator.ts";
import { admin, call, connectUser, makeApp } from "../support/integrator.ts";
import { driven } from "../support/jobs.ts";
import { meter } from "../support/meter.ts";
import { names, vaultFor, watchedVaults } from "../support/vault.ts";
import { request, type Overrides } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

const SHARDS = Array.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  (one) => `operator-${one}`,
);

const recordsOf = async (app: string, kind: string) => (await vaultFor({ id: app })).records(kind, 10_000);
const inShards = async (kind: string) => (await Promise.all(SHARDS.map((shard) => recordsOf(shard, kind)))).flat();
const ofOperator = async (kind: string) => (await recordsOf("operator", kind)).map(({ id }) => id);

/** Whether pages of an origin may call, as an isolate that remembers nothing finds out. */
async function isAllowed(origin: string, overrides = {}): Promise<boolean> {
  const headers = { Origin: origin, "Access-Control-Request-Method": "GET" };
  const answer = await request("/connections", { method: "OPTIONS", headers }, overrides);
  return answer.headers.get("Access-Control-Allow-Origin") === origin;
}

/** Visits all vaults, as for a change of keys. @returns how many records were sealed anew */
async function resealAll(overrides: Overrides = {}): Promise<number> {
  const { counts } = await driven("/keys/reseal", overrides);
  expect(counts.left).toBe(0);
  return counts.resealed;
}

it("an origin at a developer's own machine, which all apps may have, is kept by each of them alone", async () => {
  const origins = ["http://localhost:3000", "https://alone.example"];
  const app = await makeApp({ origins });
  expect(App.parse(await (await call(app.key, "GET", `/apps/${app.id}`)).json()).origins).toEqual(origins);
  const kept = (await inShards("origin")).map(({ id }) => id);
  expect(kept).toContain("https://alone.example");
  expect(kept).not.toContain("http://localhost:3000");
});

describe("what the version before kept in the operator's vault", () => {
  it("is still found, and moves by itself", async () => {
    const app = await appOfBefore({ origins: ["https://kept.example", "https://dropped.example"] });
    for (let index = 0; index < 120; index += 1) {
      await recordOfBefore("operator", "origin", `https://o${index}.example`, { apps: [app.id] });
    }
    expect(await ofOperator("origin")).toHaveLength(122);
    expect(await isAllowed("https://o7.example")).toBe(true);
    expect(await isAllowed("https://kept.example")).toBe(true);
    // A change before all are moved is of what was registered before.
    const other = await makeApp({ origins: ["https://kept.example"] });
    await call(app.key, "PATCH", `/apps/${app.id}`, { origins: ["https://kept.example"] });
    expect(await ofOperator("origin")).not.toContain("https://dropped.example");
    expect(await isAllowed("https://dropped.example")).toBe(false);
    expect((await connectUser(app, "alice")).user).toBe("alice");

    while ((await resealAll()) > 0);
    expect(await ofOperator("origin")).toEqual([]);
    expect(await ofOperator("owned")).toEqual([]);
    expect(await isAllowed("https://o99.example")).toBe(true);
    expect(await isAllowed("https://nobody.example")).toBe(false);
    const VAULT = watchedVaults();
    expect(await isAllowed("https://nobody-else.example", { VAULT })).toBe(false);
    expect(VAULT.asked).not.toContain(await names().vault("operator", ""));

    await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [] });
    expect(await isAllowed("https://kept.example")).toBe(true);
    await call(other.key, "PATCH", `/apps/${other.id}`, { origins: [] });
    expect(await isAllowed("https://kept.example")).toBe(false);
    expect((await connectUser(app, "bob")).user).toBe("bob");
    const integration = app.integrations["github"] ?? "";
    expect((await call(app.key, "DELETE", `/apps/${app.id}/integrations/${integration}`)).status).toBe(204);
    expect(await inShards("owned")).toEqual([]);
  });
});

it("origins stand in a vault of many, and what no app has any more leaves no record", async () => {
  const app = await makeApp();
  const other = await makeApp({ origins: ["https://shared.example"] });
  const before = (await inShards("origin")).length;
  const origins = Array.from({ length: 20 }, () => `https://${shortId()}.example`);
  await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [...origins, "https://shared.example"] });
  expect(await inShards("origin")).toHaveLength(before + 20);
  expect(await ofOperator("origin")).toEqual([]);
  const used = await Promise.all(SHARDS.map(async (shard) => (await recordsOf(shard, "origin")).length));
  expect(used.filter((count) => count > 0).length).toBeGreaterThan(5);
  for (const origin of origins) expect(await isAllowed(origin)).toBe(true);
  await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [] });
  expect(await inShards("origin")).toHaveLength(before);
  expect((await call(other.key, "GET", "/connections", undefined, { Origin: "https://shared.example" })).status).toBe(
    200,
  );
});

it("an origin that nobody has registered is asked for once in an isolate", async () => {
  const origin = `https://${shortId()}.example`;
  await isAllowed(`https://${shortId()}.example`);
  const VAULT = watchedVaults();
  const isolate = { VAULT };
  for (let time = 0; time < 5; time += 1) expect(await isAllowed(origin, isolate)).toBe(false);
  expect(new Set(VAULT.asked.filter((name) => !name.startsWith("operator"))).size).toBeLessThanOrEqual(2);
  const [first = ""] = VAULT.asked;
  expect(VAULT.asked.filter((name) => name === first).length).toBeLessThanOrEqual(1);
});

describe("an integration's id", () => {
  it("says whose it is by itself: nothing is kept of it outside its app's vault", async () => {
    const app = await makeApp();
    const integration = app.integrations["github"] ?? "";
    expect(integration).toMatch(/^github-[a-z0-9]{39}$/);
    expect(await names().ownerOf(integration)).toBe(app.id);
    expect(await ofOperator("owned")).toEqual([]);
    expect(await inShards("owned")).toEqual([]);
    // To nobody else.
    expect(integration).not.toContain(app.id.slice(4, 24));
  });

  it("of the longest slug is as long as an id may be, and works", async () => {
    const app = await makeApp({ services: [] });
    const slug = "s".repeat(40);
    const client = { client_id: "sandbox-github-client", client_secret: "sandbox-github-secret-opens-nothing" };
    await call(app.key, "PUT", `/apps/${app.id}/integrations`, { provider: "github", slug, ...client });
    const listed = await call(app.key, "GET", `/apps/${app.id}/integrations`);
    const [one] = AppIntegrations.parse(await listed.json()).integrations;
    expect(one?.integration).toHaveLength(80);
    expect(await names().ownerOf(one?.integration ?? "")).toBe(app.id);
    const headers = { "X-Latchkey-User": "alice" };
    const answer = await call(app.key, "GET", `/proxy/${one?.integration}/user`, undefined, headers);
    expect(answer.headers.get("X-Latchkey-Error")).toBe("not_connected");
  });

  it("that was made up asks neither KV nor a vault, wherever it was altered", async () => {
    const app = await makeApp();
    const integration = app.integrations["github"] ?? "";
    const { bindings, take } = meter();
    const overrides = { ...bindings };
    await request(`/proxy/${integration}/user`, {}, overrides);
    take();
    for (const at of [0, 7, 26, 27, 32, 33, 45]) {
      const letter = integration[at] === "b" ? "c" : "b";
      const madeUp = integration.slice(0, at) + letter + integration.slice(at + 1);
      expect((await request(`/proxy/${madeUp}/user`, {}, overrides)).status).toBe(404);
      expect(take()).toEqual({});
    }
  });

  it("that was taken out leads nowhere, and its slug stands for another from then on", async () => {
    const app = await makeApp();
    const integration = app.integrations["github"] ?? "";
    expect((await call(app.key, "DELETE", `/apps/${app.id}/integrations/${integration}`)).status).toBe(204);
    const headers = { "X-Latchkey-User": "u" };
    expect((await call(app.key, "GET", `/proxy/${integration}/user`, undefined, headers)).status).toBe(404);
    const again = { provider: "github", client_id: "x", client_secret: "y" };
    const saved = await call(app.key, "PUT", `/apps/${app.id}/integrations`, again);
    expect(await saved.json()).not.toMatchObject({ integration });
  });

  it("of another app is none of this one's", async () => {
    const [one, other] = [await makeApp(), await makeApp()];
    const { bindings, take } = meter();
    const headers = { Authorization: `Bearer ${one.key}`, "X-Latchkey-User": "alice" };
    const path = `/integrations/${other.integrations["github"]}/credentials`;
    await request("/integrations", { headers }, bindings);
    take();
    expect((await request(path, { headers }, bindings)).status).toBe(404);
    expect(take()).toEqual({});
  });

  it("of an app from before is made in the new way, and leads to that app", async () => {
    const app = await appOfBefore();
    const slack = { provider: "slack", client_id: "x", client_secret: "y" };
    const saved = await call(app.key, "PUT", `/apps/${app.id}/integrations`, slack);
    const { integration } = AppIntegration.parse(await saved.json());
    expect(integration).toMatch(/^slack-[a-z0-9]{39}$/);
    expect(await names().ownerOf(integration)).toBe(app.id);
  });
});

describe("what a vault has many of is read page by page", () => {
  it("the apps, by the operator", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => makeApp({ services: [] })));
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = Apps.parse(await (await admin(`/apps?limit=2${from}`)).json());
      expect(page.apps.length).toBeLessThanOrEqual(2);
      found.push(...page.apps.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
    expect((await admin("/apps?limit=101")).status).toBe(400);
  });

  it("all that has to be sealed anew, each once", async () => {
    const app = await makeApp({ services: [] });
    for (let index = 0; index < 120; index += 1) {
      await recordOfBefore(app.id, "slug", `slug-${index}`, { integration: `i-${index}` });
    }
    const keys = `new:${"A".repeat(42)}E,sandbox:c2FuZGJveC1vbmx5LW5ldmVyLXVzZS1lbHNld2hlcmU`;
    const vault = env.VAULT.getByName(await names().vault(app.id, ""));
    await resealAll({ SEALING_KEYS: keys });
    const sealed = (await vault.records(null, 1000)).map((record) => record.sealed.split(".")[1]);
    expect(sealed.length).toBeGreaterThan(120);
    expect(new Set(sealed)).toEqual(new Set(["new"]));
  });
});
