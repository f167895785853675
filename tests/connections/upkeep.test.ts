/** What a vault does of its own accord, and that it does not do it over and over. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Activity, Authorization, Credentials } from "../../src/api.ts";
import { control, revocationCalls, tokenCalls } from "../support/emulator.ts";
import { losingVaults, ringAlarm, troubledVaults, vaultOf } from "../support/vault.ts";
import { Visitor, decide, locationOf, request } from "../support/visitor.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const read = (visitor: Visitor, service: string) => visitor.fetch(`/data/${service}`);

async function connected(service: string): Promise<Visitor> {
  await control(service).reset();
  const visitor = new Visitor();
  await visitor.connect(service);
  return visitor;
}

/** Milliseconds until the vault's alarm. */
const untilAlarm = (visitor: Visitor) =>
  runInDurableObject(vaultOf(visitor), async (_, { storage }) => ((await storage.getAlarm()) ?? 0) - Date.now());

/** How many renewals the vault has been told of that did not succeed. */
const failures = async (visitor: Visitor) =>
  (await visitor.json("/integrations/google/activity", Activity)).events.filter(({ type }) => type === "refresh_failed")
    .length;

/** Milliseconds until the vault looks at its connection again. */
const untilNextTry = (visitor: Visitor) =>
  runInDurableObject(vaultOf(visitor), (_, { storage }) => {
    const { wake_at } = storage.sql.exec("SELECT wake_at FROM connections").one();
    return z.number().parse(wake_at) - Date.now();
  });

describe("an alarm", () => {
  it("waits for what it cannot do yet, after a flow that was started through the API", async () => {
    await control("slack").reset();
    const { authorization_url } = Authorization.parse(await (await request("/auth/slack")).json());
    const person = new Visitor();
    const back = await person.fetch(await decide("slack", locationOf(await person.navigate(authorization_url))));
    person.cookies.set("__Host-session", /lk_[\w-]+/.exec(await back.text())?.[0] ?? "");
    pass(HOUR + MINUTE);
    await ringAlarm(person);
    expect(await untilAlarm(person)).toBeGreaterThan(MINUTE);
    expect(await revocationCalls("slack")).toBe(0);
  });

  it("stays ahead of a token's end after a forced refresh that failed", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", fault: "server_error", times: 2 });
    await visitor.change("POST", "/integrations/google/refresh");
    pass(MINUTE);
    await ringAlarm(visitor);
    expect(await untilAlarm(visitor)).toBeLessThan(HOUR);
  });

  it("counts calls that a copy served as use", async () => {
    const visitor = await connected("google");
    for (let hour = 0; hour < 30; hour += 1) {
      pass(HOUR - 3 * MINUTE);
      expect((await read(visitor, "google")).status).toBe(200);
    }
    const before = await tokenCalls("google");
    pass(HOUR - 30_000);
    await ringAlarm(visitor);
    await expect.poll(() => tokenCalls("google")).toBe(before + 1);
  });

  it("asks less and less often what is always refused", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", fault: "invalid_client", times: 100 });
    pass(HOUR - 30_000);
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      await ringAlarm(visitor);
      await expect.poll(() => failures(visitor)).toBe(round + 1);
      const wait = await untilNextTry(visitor);
      waits.push(wait);
      pass(Math.ceil(wait));
    }
    expect(waits.at(-1)).toBeGreaterThan(4 * (waits[0] ?? 0));
  });
});

describe("a provider that", () => {
  it("asks for eleven days of patience is asked again within the hour", async () => {
    const visitor = await connected("google");
    await control("google").fault({ endpoint: "token", fault: "rate_limited", retry_after: 999_999 });
    pass(HOUR);
    expect((await read(visitor, "google")).status).toBe(503);
    pass(HOUR + MINUTE);
    expect((await read(visitor, "google")).status).toBe(200);
  });

  it("gives tokens without a life is not asked for the next one at once", async () => {
    const visitor = new Visitor();
    await control("google").reset();
    const callback = await decide("google", await visitor.startAt("google"));
    await control("google").fault({ endpoint: "token", override: { expires_in: 0 }, times: 50 });
    await visitor.navigate(callback);
    for (let call = 0; call < 5; call += 1) await read(visitor, "google");
    await ringAlarm(visitor);
    expect(await tokenCalls("google")).toBe(1);
  });

  it("does not rotate keeps the token that a late commit brings a second time", async () => {
    const visitor = await connected("hubspot");
    const gate = Promise.withResolvers<void>();
    const VAULT = troubledVaults("commit", async (call) => {
      await gate.promise;
      return call();
    });
    const late = new Visitor({ VAULT });
    for (const [name, value] of visitor.cookies) late.cookies.set(name, value);
    pass(HOUR);
    const first = read(late, "hubspot");
    await expect.poll(() => tokenCalls("hubspot")).toBe(2);
    pass(31_000);
    expect((await read(visitor, "hubspot")).status).toBe(200);
    gate.resolve();
    expect((await first).status).toBe(200);
    expect(await revocationCalls("hubspot")).toBe(0);
    pass(HOUR);
    expect((await read(visitor, "hubspot")).status).toBe(200);
    const held = await visitor.json("/integrations/hubspot/credentials", Credentials);
    expect(held.status).toBe("connected");
  });
});

it("a disconnect whose answer was lost on its way is done once and told once", async () => {
  const visitor = await connected("github");
  const losing = new Visitor({ VAULT: losingVaults("disconnect") });
  for (const [name, value] of visitor.cookies) losing.cookies.set(name, value);
  const answer = await losing.change("DELETE", "/integrations/github/credentials");
  expect(await answer.json()).toEqual({ disconnected: true, revoked_at_provider: true });
  expect(await revocationCalls("github")).toBe(1);
});
