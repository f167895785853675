/** The refresh protocol against a certified server that rotates refresh tokens and revokes the grant when one is reused. */
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { Activity, Credentials } from "../../src/api.ts";
import { signInAt } from "../support/sign-in.ts";
import { resetVault, ringAlarm, troubledVaults } from "../support/vault.ts";
import { Visitor, locationOf } from "../support/visitor.ts";

const [server = expect.fail("oidc-provider does not run")] = inject("independentServers").filter(
  ({ kind }) => kind === "oidc-provider",
);
const overrides = { CUSTOM_PROVIDERS: JSON.stringify(server.entries) };
const ID = "oidc-basic";
const HOUR = 3_600_000;

// Only our own clock: the server's tokens live an hour of its time, and each refresh it grants is a real one.
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

async function connected(): Promise<Visitor> {
  const visitor = new Visitor(overrides);
  const callback = await signInAt(server, await visitor.startAt(ID));
  expect(locationOf(await visitor.navigate(callback))).toContain(`connected=${ID}`);
  return visitor;
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
