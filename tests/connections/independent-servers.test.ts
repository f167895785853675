/** A whole life of a connection at authorization servers that nobody here wrote, over the network. */
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { Activity, Credentials, Profile } from "../../src/api.ts";
import type { IndependentEntry, IndependentServer, TokenCall } from "../support/independent.ts";
import { call, makeApp } from "../support/integrator.ts";
import { signInAt } from "../support/sign-in.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, Visitor, errorOf, locationOf } from "../support/visitor.ts";

beforeEach(forgetOthers);

const servers = inject("independentServers");
/** Each server with each of its clients, and once. */
const clients = servers.flatMap((server) => server.entries.map((entry) => ({ id: entry.id, server, entry })));
const once = clients.filter(({ server, entry }) => server.entries[0] === entry);
const CALLERS = 200;
const HOUR = 3_600_000;

/** Only our own clock: the servers' tokens live an hour of their time, and each refresh that they grant is a real one. */
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const overridesFor = (entry: IndependentEntry) => ({ CUSTOM_PROVIDERS: JSON.stringify([entry]) });
const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

/** Somebody who has connected: their browser, and what the server saw of it. */
async function connected(server: IndependentServer, entry: IndependentEntry) {
  const visitor = new Visitor(overridesFor(entry));
  const callback = await signInAt(server, await visitor.startAt(entry.id));
  expect(locationOf(await visitor.navigate(callback))).toBe(`${APP}/?connected=${entry.id}`);
  const code = new URL(callback).searchParams.get("code") ?? "";
  const Calls = z.custom<TokenCall[]>(Array.isArray);
  return {
    visitor,
    /** Every token call of this grant, oldest first. */
    calls: async () => Calls.parse(await (await fetch(`${server.origin}/-/calls/${encodeURIComponent(code)}`)).json()),
    read: () => visitor.fetch(`/data/${entry.id}`),
    credentials: () => visitor.json(`/integrations/${entry.id}/credentials`, Credentials),
  };
}

/** The same person, where the deployment has another client secret. */
function withSecret(visitor: Visitor, entry: IndependentEntry, client_secret: string): Visitor {
  const other = new Visitor(overridesFor({ ...entry, client_secret }));
  for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
  return other;
}

/** Asks the server itself, as the client: in Basic with the secret as it is, which none of the secrets minds. */
function askServer(entry: IndependentEntry, endpoint: string, parameters: Record<string, string>): Promise<Response> {
  const { client_id, client_secret = "", token_endpoint_auth_method } = entry;
  const isBasic = token_endpoint_auth_method === "client_secret_basic";
  const encode = entry.client_secret_basic_encoding === "none" ? String : encodeURIComponent;
  return fetch(endpoint, {
    method: "POST",
    headers: isBasic ? { Authorization: `Basic ${btoa(`${client_id}:${encode(client_secret)}`)}` } : {},
    body: new URLSearchParams({ ...parameters, ...(isBasic ? {} : { client_id, client_secret }) }),
  });
}

/** What the server says to the tokens of a grant. */
async function isAlive(entry: IndependentEntry, { access_token }: TokenCall): Promise<boolean> {
  const answer = await fetch(entry.userinfo_endpoint, { headers: { Authorization: `Bearer ${access_token}` } });
  expect([200, 401, 403]).toContain(answer.status);
  return answer.status === 200;
}

async function isRenewable(entry: IndependentEntry, { refresh_token }: TokenCall): Promise<boolean> {
  const parameters = { grant_type: "refresh_token", refresh_token: refresh_token ?? "" };
  return (await askServer(entry, entry.token_endpoint, parameters)).ok;
}

const last = (calls: readonly TokenCall[]): TokenCall => z.custom<TokenCall>(Boolean).parse(calls.at(-1));

it("none of them is missing", () => {
  expect(inject("missingServers")).toEqual([]);
});

describe.each(clients)("$id", ({ server, entry }) => {
  it("connects a person who signs in and consents there, and tells whose account it is", async () => {
    const { visitor } = await connected(server, entry);
    const { account } = await visitor.json(`/data/${entry.id}`, Profile);
    expect(account).toMatchObject(server.account);
    expect(await (await visitor.fetch(`/integrations/${entry.id}/load`)).json()).toEqual({
      items: [],
      next_cursor: null,
    });
  });

  it("renews with the refresh token that the renewal before brought", async () => {
    const { read, calls } = await connected(server, entry);
    for (let round = 1; round <= 3; round += 1) {
      pass(HOUR);
      expect((await read()).status).toBe(200);
    }
    const all = await calls();
    expect(all.map(({ grant_type, status }) => [grant_type, status])).toEqual([
      ["authorization_code", 200],
      ...Array.from({ length: 3 }, () => ["refresh_token", 200]),
    ]);
    expect(all.slice(1).map(({ sent }) => sent)).toEqual(all.slice(0, -1).map(({ refresh_token }) => refresh_token));
    expect(new Set(all.map(({ refresh_token }) => refresh_token)).size).toBe(4);
  });

  it("disconnects at the server too, as far as that offers it", async () => {
    const { visitor, read, calls } = await connected(server, entry);
    pass(HOUR);
    expect((await read()).status).toBe(200);
    const held = last(await calls());
    expect(await isAlive(entry, held)).toBe(true);
    const gone = await visitor.change("DELETE", `/integrations/${entry.id}/credentials`);
    const offers = entry.revocation_endpoint !== undefined;
    expect(await gone.json()).toEqual({ disconnected: true, revoked_at_provider: offers });
    expect((await read()).status).toBe(409);
    expect(await isAlive(entry, held)).toBe(!offers);
    expect(await isRenewable(entry, held)).toBe(!offers);
  });

  it("asks to connect again once the access was taken back at the server", async () => {
    const { read, calls, credentials } = await connected(server, entry);
    const token = last(await calls()).refresh_token ?? "";
    const taken = await askServer(entry, entry.revocation_endpoint ?? `${server.origin}/account/revoke`, { token });
    expect(taken.status).toBe(200);
    pass(HOUR);
    for (let refusal = 1; server.refuses_without_a_word && refusal <= 2; refusal += 1) {
      expect(await errorOf(await read())).toMatchObject({ status: 502, error: "token_request_rejected" });
      pass(HOUR);
    }
    expect(await errorOf(await read())).toMatchObject({ status: 409, error: "reauth_required" });
    const { status, failure } = await credentials();
    expect([status, failure?.reason]).toEqual(["reauth_required", "grant_refused"]);
  });

  it("is refused with a code that was used before", async () => {
    const [one, other] = [new Visitor(overridesFor(entry)), new Visitor(overridesFor(entry))];
    const first = new URL(await signInAt(server, await one.startAt(entry.id)));
    const second = new URL(await signInAt(server, await other.startAt(entry.id)));
    await one.navigate(first.href);
    second.searchParams.set("code", first.searchParams.get("code") ?? "");
    expect(locationOf(await other.navigate(second.href))).toContain("error=token_request_rejected");
  });
});

describe.each(once)("$id", ({ server, entry }) => {
  it(`serves ${CALLERS} callers at the end of a token with one renewal`, async () => {
    const { visitor, read, calls } = await connected(server, entry);
    pass(HOUR);
    const answers = await Promise.all(Array.from({ length: CALLERS }, read));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: CALLERS }, () => 200));
    expect((await calls()).filter(({ grant_type }) => grant_type === "refresh_token")).toHaveLength(1);
    const { events } = await visitor.json(`/integrations/${entry.id}/activity`, Activity);
    expect(events.filter(({ type }) => type === "refreshed")).toHaveLength(1);
  });
});

describe.each(clients.filter(({ entry }) => entry.client_secret !== undefined))("$id", ({ server, entry }) => {
  it("says so where it does not know the deployment's secret, and the connection waits for the right one", async () => {
    const { visitor, read, calls, credentials } = await connected(server, entry);
    const mistaken = withSecret(visitor, entry, "wrong");
    pass(HOUR);
    const refused = await errorOf(await mistaken.fetch(`/data/${entry.id}`));
    expect(refused).toMatchObject({ status: 502, error: "client_credentials_invalid" });
    expect((await credentials()).status).toBe("connected");
    expect((await read()).status).toBe(server.spends_on_wrong_secret ? 502 : 200);
    expect((await credentials()).status).toBe("connected");
    expect(await calls()).toHaveLength(3);
  });

  it("says so where it does not know the deployment's secret when somebody connects", async () => {
    const visitor = new Visitor(overridesFor({ ...entry, client_secret: "wrong" }));
    const callback = await signInAt(server, await visitor.startAt(entry.id));
    expect(locationOf(await visitor.navigate(callback))).toContain("error=client_credentials_invalid");
  });
});

describe.each(clients.filter(({ entry }) => entry.client_secret !== undefined))("$id", ({ entry }) => {
  it.each([
    ["accepted", entry.client_secret],
    ["refused", "wrong"],
  ])("tells an app that registers it whether it is %s", async (client_check, client_secret) => {
    const { id: app, key } = await makeApp({ services: [] });
    const { id: slug, ...endpoints } = entry;
    const saved = await call(key, "PUT", `/apps/${app}/integrations`, { ...endpoints, slug, client_secret });
    expect(await saved.json()).toMatchObject({ client_check });
  });
});

describe.each(clients.filter(({ entry }) => entry.issuer !== undefined))("$id", ({ server, entry }) => {
  it("is not taken for another issuer", async () => {
    const visitor = new Visitor(overridesFor(entry));
    const callback = new URL(await signInAt(server, await visitor.startAt(entry.id)));
    expect(callback.searchParams.get("iss")).toBe(entry.issuer);
    callback.searchParams.set("iss", "https://evil.example");
    const answer = locationOf(await visitor.navigate(callback.href));
    expect(answer).toBe(`${APP}/?integration=${entry.id}&error=issuer_mismatch`);
  });
});

it("is not reachable on this machine for a deployed Worker", async () => {
  const [{ entry } = expect.fail("no server runs")] = clients;
  const visitor = new Visitor(overridesFor(entry));
  const answer = await errorOf(await visitor.fetch(`https://latchkey.example.com/auth/${entry.id}`));
  expect(answer).toMatchObject({ status: 500, error: "config_error" });
});
