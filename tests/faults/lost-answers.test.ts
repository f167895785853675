/**
 * The answer of a vault is lost on its way, at each of the calls by which an account gets connected, renewed and given up: what
 * was begun is brought to its end all the same, once.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { Connection, Connections, FreshToken } from "../../src/api-connections.ts";
import { Disconnected, Integrations } from "../../src/api.ts";
import type { Vault } from "../../src/connections/vault/vault.ts";
import { control } from "../support/emulator.ts";
import { makeApp, type TestApp } from "../support/integrator.ts";
import { TYPED } from "../contract/played/typed.ts";
import { callThrough, connectPlayed, play, visitorWith } from "../support/played.ts";
import { forgetOthers, losingVaults, watchedMethods } from "../support/vault.ts";
import { Visitor, decide, locationOf, request, type Overrides } from "../support/visitor.ts";

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await Promise.all(["github", "google"].map((service) => control(service).reset()));
  await forgetOthers();
});
afterEach(() => vi.useRealTimers());

const LATER_MS = 60_000;

async function asApp(app: TestApp, overrides: Overrides, method: string, path: string, body?: unknown) {
  const headers = { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" };
  const answer = await request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }, overrides);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as unknown;
}

/** An app connects a user by a link, renews, connects again, takes in another account, and gives all of it up. */
async function throughLinks(app: TestApp, overrides: Overrides): Promise<void> {
  const integration = app.integrations["google"];
  const ask = (method: string, path: string, body?: unknown) => asApp(app, overrides, method, path, body);
  const back = async (account: number, wish: object = {}): Promise<string> => {
    const about = { user: "ann", integration, return_to: app.return_url, ...wish };
    const { connect_url } = CreatedConnectSession.parse(await ask("POST", "/connect-sessions", about));
    const browser = new Visitor(overrides);
    const callback = await decide("google", locationOf(await browser.openLink(connect_url)), { account });
    const returned = new URL(locationOf(await browser.navigate(callback)));
    return returned.searchParams.get("connection_code") ?? returned.search;
  };
  const finalize = async (connection_code: string) =>
    Connection.parse(await ask("POST", "/connections/finalize", { connection_code, user: "ann" }));
  const { id } = await finalize(await back(0));
  expect((await finalize(await back(0))).id).toBe(id);
  vi.setSystemTime(Date.now() + LATER_MS);
  expect(await ask("POST", `/connections/${id}/refresh`)).toMatchObject({ refreshed: true });
  const other = await finalize(await back(1));
  expect(other.id).not.toBe(id);
  const listed = Connections.parse(await ask("GET", "/connections?user=ann"));
  expect(listed.connections.map((connection) => connection.status)).toEqual(["connected", "connected"]);
  const { access_token } = FreshToken.parse(await ask("GET", `/connections/${other.id}/token`));
  const imported = Connection.parse(
    await ask("POST", "/connections/import", { user: "ben", integration, access_token }),
  );
  for (const one of [other.id, id, imported.id]) {
    Disconnected.parse(await ask("DELETE", `/connections/${one}?shared=end`));
  }
  expect(Connections.parse(await ask("GET", "/connections?user=ann")).connections).toEqual([]);
}

/** Somebody calls a link off on its page. */
async function declining(app: TestApp, overrides: Overrides): Promise<void> {
  const about = { user: "ann", return_to: app.return_url };
  const made = CreatedConnectSession.parse(await asApp(app, overrides, "POST", "/connect-sessions", about));
  const browser = new Visitor(overrides);
  await browser.openLink(made.connect_url);
  const ticket = new URL(made.connect_url).hash.slice(1);
  const left = await browser.change("POST", "/connect/cancel", { ticket });
  expect(await left.json()).toMatchObject({ return_to: expect.stringContaining("error=connect_cancelled") });
  const session = await asApp(app, overrides, "GET", `/connect-sessions/${made.id}`);
  expect(session).toMatchObject({ status: "cancelled", reason: "user" });
}

/** A person connects and disconnects at the page. */
async function atPage(_: TestApp, overrides: Overrides): Promise<void> {
  const person = new Visitor(overrides);
  expect(new URL(locationOf(await person.connect("github")), "http://localhost").search).not.toContain("error");
  const { integrations } = await person.json("/integrations", Integrations);
  expect(integrations.filter(({ status }) => status === "connected")).toHaveLength(1);
  const ended = await person.change("DELETE", "/integrations/github/credentials");
  expect(Disconnected.parse(await ended.json())).toMatchObject({ disconnected: true });
}

/** A person types what is exchanged for a token, renews, and disconnects. */
async function typing(_: TestApp, overrides: Overrides): Promise<void> {
  const service = TYPED.find(({ entry }) => entry.id === "fleet") ?? expect.fail("fleet");
  await play(service);
  const person = visitorWith([service.entry], overrides);
  expect(await connectPlayed(person, service.entry, service.typed)).toContain("connected=fleet");
  vi.setSystemTime(Date.now() + LATER_MS);
  expect(await (await person.change("POST", "/integrations/fleet/refresh")).json()).toMatchObject({ refreshed: true });
  expect((await callThrough(person, "fleet", "/things")).status).toBe(200);
  const ended = await person.change("DELETE", "/integrations/fleet/credentials");
  expect(Disconnected.parse(await ended.json())).toMatchObject({ disconnected: true });
}

type Way = (app: TestApp, overrides: Overrides) => Promise<void>;

/** What each way asks of vaults that changes something there. */
const WAYS: readonly (readonly [what: string, way: Way, methods: readonly (keyof Vault)[]])[] = [
  [
    "an app connects, renews, imports and disconnects",
    throughLinks,
    [
      "acquire",
      "adoptGrant",
      "begin",
      "beginSession",
      "claim",
      "claimSession",
      "commit",
      "disconnect",
      "enrol",
      "keepGrant",
      "openSession",
      "own",
      "revoked",
      "setIndexed",
      "setListed",
      "store",
    ],
  ],
  ["a link is called off", declining, ["beginSession", "declineSession", "enrol", "openSession"]],
  [
    "a person connects and disconnects at the page",
    atPage,
    ["addSession", "begin", "claim", "disconnect", "revoked", "setIndexed", "setListed", "store"],
  ],
  [
    "a person types, renews and disconnects",
    typing,
    [
      "acquire",
      "addSession",
      "begin",
      "claim",
      "commit",
      "disconnect",
      "openLink",
      "revoked",
      "setIndexed",
      "setListed",
      "store",
    ],
  ],
];
const READING =
  /^(?:connection|connections|connectSession|described|grant|indexLines|isListed|labels|owner|place|placed|record|records|session|sharing|standing|logRequests|recordCalls|recordedCalls)$/;

describe.each(WAYS)("%s", (_, way, methods) => {
  it("asks of vaults what is tried here", async () => {
    const app = await makeApp({ services: ["google"] });
    const watched = watchedMethods();
    await way(app, { VAULT: watched });
    expect([...watched.methods].filter((method) => !READING.test(method)).toSorted()).toEqual(methods.toSorted());
  });

  it.each(methods)("comes to its end though the answer of %s is lost", async (method) => {
    const app = await makeApp({ services: ["google"] });
    await way(app, { VAULT: losingVaults(method) });
  });
});
