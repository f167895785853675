/** The refresh protocol against a certified server that rotates refresh tokens and revokes the grant when one is reused. */
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { Activity, Credentials, Integrations, NewSessionKey } from "../../src/api.ts";
import type { TokenCall } from "../support/independent.ts";
import { signInAt } from "../support/sign-in.ts";
import { resetVault, ringAlarm, troubledVaults } from "../support/vault.ts";
import { Visitor, locationOf, request } from "../support/visitor.ts";

const [server = expect.fail("oidc-provider does not run")] = inject("independentServers").filter(
  ({ kind }) => kind === "oidc-provider",
);
const overrides = { CUSTOM_PROVIDERS: JSON.stringify(server.entries) };
const ID = "oidc-basic";
const HOUR = 3_600_000;

// Only our own clock: the server's tokens live an hour of its time, and each refresh it grants is a real one.
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

/** Connects an account. @returns the code that its grant began with */
async function connect(visitor: Visitor, login?: string): Promise<string> {
  const callback = await signInAt(server, await visitor.startAt(ID), login);
  expect(locationOf(await visitor.navigate(callback))).toContain(`connected=${ID}`);
  return new URL(callback).searchParams.get("code") ?? "";
}

async function connected(): Promise<Visitor> {
  const visitor = new Visitor(overrides);
  await connect(visitor);
  return visitor;
}

/** What the server saw of the grant that a code began, oldest first. */
async function callsOf(code: string): Promise<TokenCall[]> {
  const Calls = z.custom<TokenCall[]>(Array.isArray);
  return Calls.parse(await (await fetch(`${server.origin}/-/calls/${encodeURIComponent(code)}`)).json());
}

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const read = (visitor: Visitor) => visitor.fetch(`/data/${ID}`);
const refreshed = async (visitor: Visitor) =>
  (await visitor.json(`/integrations/${ID}/activity`, Activity)).events.filter(({ type }) => type === "refreshed")
    .length;

async function expectAll(answers: Promise<Response>[], status = 200): Promise<void> {
  for (const answer of await Promise.all(answers)) expect(answer.status).toBe(status);
}

it("ten ends with 20 callers each: ten refreshes, and the server never sees a reuse", async () => {
  const visitor = await connected();
  for (let round = 1; round <= 10; round += 1) {
    pass(HOUR);
    await expectAll(Array.from({ length: 20 }, () => read(visitor)));
    expect(await refreshed(visitor)).toBe(round);
  }
});

it(
  "200 callers at the end of two accounts: a refresh each, and everybody gets the token of their own account",
  { timeout: 60_000 },
  async () => {
    const visitor = new Visitor(overrides);
    const logins = ["ada", "brita"];
    const codes: string[] = [];
    for (const login of logins) codes.push(await connect(visitor, login));
    const makeKey = async (bound: { readonly connection?: string } = {}) =>
      NewSessionKey.parse(await (await visitor.change("POST", "/sessions", { name: "tests", ...bound })).json()).key;
    const { integrations } = await visitor.json("/integrations", Integrations);
    const { connections } = integrations.find(({ integration }) => integration === ID) ?? expect.fail("not connected");
    const key = await makeKey();
    /** The ways in which an account is named: a path, a key, and what else goes along. */
    const accounts = await Promise.all(
      connections.map(async ({ id, label }) => ({
        id,
        label,
        ways: [
          { at: `${ID}@${label}`, by: key, named: {} },
          { at: ID, by: await makeKey({ connection: id }), named: {} },
          { at: ID, by: key, named: { "X-Latchkey-Connection": id } },
          { at: ID, by: key, named: { "X-Latchkey-Connection": label } },
        ],
      })),
    );
    const once = accounts.flatMap(({ id, ways }, at) =>
      ways.map((way) => ({ ...way, own: { sub: logins[at], connection: id } })),
    );
    const callers = Array.from({ length: 200 / once.length }, () => once).flat();
    expect(callers).toHaveLength(200);

    /** Whose token it was is said by the server itself. */
    const ask = async ({ at, by, named }: (typeof callers)[number]) => {
      const headers = { Authorization: `Bearer ${by}`, ...named };
      const answer = await request(`/proxy/${at}/me`, { headers }, overrides);
      const { sub } = z.looseObject({ sub: z.string() }).parse(await answer.json());
      return { sub, connection: answer.headers.get("X-Latchkey-Connection") };
    };
    for (let round = 1; round <= 2; round += 1) {
      pass(HOUR);
      expect(await Promise.all(callers.map(ask))).toEqual(callers.map(({ own }) => own));
      // And from the copies, of which each is there now.
      expect(await Promise.all(once.map(ask))).toEqual(once.map(({ own }) => own));
      for (const code of codes) {
        expect((await callsOf(code)).map(({ grant_type, status }) => [grant_type, status])).toEqual([
          ["authorization_code", 200],
          ...Array.from({ length: round }, () => ["refresh_token", 200]),
        ]);
      }
    }
    for (const { label } of accounts) {
      expect((await visitor.json(`/integrations/${ID}@${label}/credentials`, Credentials)).status).toBe("connected");
    }
  },
);

it("a caller, an explicit refresh and an alarm at once: one refresh", async () => {
  const visitor = await connected();
  pass(HOUR);
  await Promise.all([
    read(visitor),
    visitor.change("POST", `/integrations/${ID}/refresh`),
    ringAlarm(visitor),
    read(visitor),
  ]);
  expect((await read(visitor)).status).toBe(200);
  expect(await refreshed(visitor)).toBe(1);
});

it("resets of the vault at random moments lose nothing", { timeout: 60_000 }, async () => {
  const visitor = await connected();
  for (let round = 1; round <= 40; round += 1) {
    pass(HOUR);
    const answers = [read(visitor), read(visitor)];
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    await resetVault(visitor);
    await expectAll(answers);
  }
  expect((await visitor.json(`/integrations/${ID}/credentials`, Credentials)).status).toBe("connected");
});

it("a reuse does end the grant at this server, so the tests above would have noticed", async () => {
  const visitor = await connected();
  const killed = Object.assign(new Error("the Worker was killed"), { overloaded: true });
  const dying = new Visitor({ ...overrides, VAULT: troubledVaults("commit", () => Promise.reject(killed)) });
  for (const [name, value] of visitor.cookies) dying.cookies.set(name, value);
  pass(HOUR);
  expect((await read(dying)).status).toBe(503);
  pass(31_000);
  expect((await read(visitor)).status).toBe(409);
  const { failure, status } = await visitor.json(`/integrations/${ID}/credentials`, Credentials);
  expect([status, failure?.reason]).toEqual(["reauth_required", "answer_lost"]);
});
