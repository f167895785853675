/** What a browser has connected by itself comes along when its person signs in with a passkey, and none of it is lost on the way. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Activity, Integrations, NewSessionKey, Profile, Refreshed } from "../../src/api.ts";
import { BOUNDS } from "../../src/bounds.ts";
import type { Vault } from "../../src/connections/vault/vault.ts";
import { Authenticator } from "../support/authenticator.ts";
import { control, revocationCalls, tokenCalls } from "../support/emulator.ts";
import { addPasskey, post, signIn, signInOptions } from "../support/passkeys.ts";
import { forgetOthers, tablesOf, troubledVaults, vaultOf } from "../support/vault.ts";
import { Visitor, decide, errorOf, request } from "../support/visitor.ts";

beforeEach(forgetOthers);

const SERVICES = ["github", "google", "spotify"] as const;
const MINUTE = 60_000;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await Promise.all(SERVICES.map((service) => control(service).reset()));
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

/** The person on their other device: a vault that a passkey opens, with one account of GitHub. */
async function personWith(device: Authenticator): Promise<Visitor> {
  const visitor = new Visitor();
  await visitor.connect("github");
  await addPasskey(visitor, device);
  return visitor;
}

/** A browser of theirs that has connected another account of GitHub, and one of each of the others. */
async function browserWith(overrides = {}): Promise<Visitor> {
  const visitor = new Visitor(overrides);
  await visitor.connect("github", { account: 1 });
  await visitor.connect("google");
  await visitor.connect("spotify");
  return visitor;
}

const takeAlong = (visitor: Visitor, device: Authenticator): Promise<Response> =>
  signIn(visitor, device, {}, { before: "take" });

const inOrder = (ids: readonly string[]): string[] => ids.toSorted((one, other) => one.localeCompare(other));

/** The accounts of each service, by what they are called there. */
async function accountsOf(visitor: Visitor): Promise<Record<string, string[]>> {
  const { integrations } = await visitor.json("/integrations", Integrations);
  return Object.fromEntries(
    integrations
      .filter(({ connections }) => connections.length > 0)
      .map(({ integration, connections }) => [
        integration,
        inOrder(connections.map(({ account }) => account?.id ?? "")),
      ]),
  );
}

const labelsOf = async (visitor: Visitor, service: string) => {
  const { integrations } = await visitor.json("/integrations", Integrations);
  return integrations.find(({ integration }) => integration === service)?.connections.map(({ label }) => label) ?? [];
};

/** Gives the only account of a service another label. */
async function rename(visitor: Visitor, service: string, label: string): Promise<void> {
  const { integrations } = await visitor.json("/integrations", Integrations);
  const id = integrations.find(({ integration }) => integration === service)?.connections[0]?.id ?? "";
  expect((await visitor.change("PATCH", `/connections/${id}`, { label })).status).toBe(200);
}

/** Every connection calls with a token that its service takes, and can renew it where it has what that needs. */
async function expectAllToWork(visitor: Visitor): Promise<void> {
  for (const [service, accounts] of Object.entries(await accountsOf(visitor))) {
    for (const label of await labelsOf(visitor, service)) {
      const answer = await visitor.fetch(`/data/${service}@${label}`);
      expect([service, label, answer.status]).toEqual([service, label, 200]);
      expect(accounts).toContain(Profile.parse(await answer.json()).account?.id);
      if (service === "github") continue;
      const renewed = await visitor.change("POST", `/integrations/${service}@${label}/refresh`);
      expect(Refreshed.parse(await renewed.json()).refreshed).toBe(true);
    }
  }
}

const revocations = async () => (await Promise.all(SERVICES.map(revocationCalls))).reduce((sum, one) => sum + one, 0);

describe("what a browser has connected by itself", () => {
  it("comes along: every account, with its label, its history and its tokens, and nothing is asked of a service", async () => {
    const device = new Authenticator();
    const person = await personWith(device);
    const browser = await browserWith();
    const own = vaultOf(browser);
    await rename(browser, "github", "work");
    const [held, theirs] = [await accountsOf(browser), await accountsOf(person)];
    const asked = await Promise.all(SERVICES.map(tokenCalls));
    expect((await takeAlong(browser, device)).status).toBe(204);

    expect(vaultOf(browser).name).toBe(vaultOf(person).name);
    expect(await accountsOf(browser)).toEqual({
      ...held,
      github: inOrder([...(theirs["github"] ?? []), ...(held["github"] ?? [])]),
    });
    expect(await labelsOf(browser, "github")).toContain("work");
    const { events } = await browser.json("/integrations/github@work/activity", Activity);
    expect(events.map(({ type }) => type)).toEqual(["taken_along", "connected"]);
    expect(await Promise.all(SERVICES.map(tokenCalls))).toEqual(asked);
    expect(await revocations()).toBe(0);
    expect(await own.connections()).toEqual([]);
    await expectAllToWork(browser);
  });

  it("leaves its own default where it is, and becomes the default where there was none", async () => {
    const device = new Authenticator();
    const person = await personWith(device);
    const [label] = await labelsOf(person, "github");
    const browser = await browserWith();
    await takeAlong(browser, device);
    const { integrations } = await browser.json("/integrations", Integrations);
    const defaults = integrations.flatMap(({ integration, connections }) =>
      connections.filter((one) => one.is_default).map((one) => `${integration}@${one.label}`),
    );
    const [[google = ""] = [], [spotify = ""] = []] = await Promise.all(
      ["google", "spotify"].map((service) => labelsOf(browser, service)),
    );
    expect(new Set(defaults)).toEqual(new Set([`github@${label}`, `google@${google}`, `spotify@${spotify}`]));
    expect(defaults).toHaveLength(3);
  });

  it("ends what led to it: its session, its keys and its passkeys", async () => {
    const device = new Authenticator();
    await personWith(device);
    const [browser, second] = [await browserWith(), new Authenticator()];
    await addPasskey(browser, second);
    const made = await browser.change("POST", "/sessions", { name: "tests" });
    const { key } = NewSessionKey.parse(await made.json());
    const before = new Map(browser.cookies);
    await takeAlong(browser, device);
    expect((await request("/proxy/github/user", { headers: { Authorization: `Bearer ${key}` } })).status).toBe(401);
    const stale = new Visitor();
    for (const [name, value] of before) stale.cookies.set(name, value);
    expect(await accountsOf(stale)).toEqual({});
    expect(await errorOf(await signIn(new Visitor(), second))).toMatchObject({ error: "unknown_passkey" });
  });

  it("of an account that is there already renews that one, which keeps its id and its label", async () => {
    const device = new Authenticator();
    const person = await personWith(device);
    await rename(person, "github", "home");
    const before = (await person.json("/integrations", Integrations)).integrations.flatMap((one) => one.connections);
    const browser = new Visitor();
    await browser.connect("github");
    await takeAlong(browser, device);
    const after = (await person.json("/integrations", Integrations)).integrations.flatMap((one) => one.connections);
    expect(after.map(({ id, label }) => ({ id, label }))).toEqual(before.map(({ id, label }) => ({ id, label })));
    await expectAllToWork(person);
  });

  it("and can be used no more does not take the place of one that can", async () => {
    const device = new Authenticator();
    const person = new Visitor();
    await person.connect("spotify");
    const browser = new Visitor();
    await browser.connect("spotify");
    await control("spotify").fault({ endpoint: "token", fault: "invalid_grant" });
    await browser.change("POST", "/integrations/spotify/refresh");
    await control("spotify").clearFaults();
    const statusOf = async (visitor: Visitor) =>
      (await visitor.json("/integrations", Integrations)).integrations.find(
        ({ integration }) => integration === "spotify",
      )?.status;
    expect(await statusOf(browser)).toBe("reauth_required");
    await addPasskey(person, device);
    await takeAlong(browser, device);
    expect(await statusOf(browser)).toBe("connected");
    expect(await labelsOf(browser, "spotify")).toHaveLength(1);
  });

  it("and can be used no more comes along as that where there is no other", async () => {
    const device = new Authenticator();
    await personWith(device);
    const browser = new Visitor();
    await browser.connect("spotify");
    await control("spotify").fault({ endpoint: "token", fault: "invalid_grant" });
    await browser.change("POST", "/integrations/spotify/refresh");
    await control("spotify").clearFaults();
    await takeAlong(browser, device);
    const { integrations } = await browser.json("/integrations", Integrations);
    expect(integrations.find(({ integration }) => integration === "spotify")).toMatchObject({
      status: "reauth_required",
      failure: { reason: "grant_refused" },
    });
  });

  it("stays where there is no room for it, and its person is told", async () => {
    const device = new Authenticator();
    const person = await personWith(device);
    const full = Array.from({ length: BOUNDS.accounts }, (_, index) => index);
    const browser = new Visitor();
    await browser.connect("github", { account: 1 });
    const [one] = await vaultOf(person).connections();
    if (!one) throw new TypeError("nothing is connected");
    // As many as there may be, of accounts that nobody else has.
    for (const index of full.slice(1)) {
      const account = { id: `x-${index}`, name: `x-${index}`, email: null, avatar_url: null, url: null };
      const place = `github~${String(index).padStart(8, "0")}`;
      await vaultOf(person).store(place, { epoch: 1, generation: 1 }, "sealed", { ...one.facts, account });
    }
    expect(await errorOf(await takeAlong(browser, device))).toMatchObject({ status: 409, error: "too_many" });
    expect(await accountsOf(browser)).toHaveProperty("github");
    expect(await vaultOf(browser).departing()).toBeNull();
    await expectAllToWork(browser);
  });
});

describe("while it is on its way", () => {
  it("a refresh that is under way is waited for, and what it brings comes along", async () => {
    const device = new Authenticator();
    await personWith(device);
    const browser = new Visitor();
    await browser.connect("spotify");
    const own = vaultOf(browser);
    const [held] = await own.connections();
    const need = {
      need: "force",
      seen_generation: held?.generation ?? 0,
      lease: "l",
      client: "c",
      api_refused: false,
    } as const;
    expect(await own.acquire("spotify", need)).toMatchObject({ outcome: "leader" });
    await takeAlong(browser, device);
    expect(await accountsOf(browser)).not.toHaveProperty("spotify");
    expect(await own.connections()).toHaveLength(1);
    await own.release("spotify", "l");
    pass(MINUTE);
    await runDurableObjectAlarm(own);
    await expect.poll(() => accountsOf(browser)).toHaveProperty("spotify");
    await expectAllToWork(browser);
  });

  it("nobody begins a refresh any more", async () => {
    const browser = new Visitor();
    await browser.connect("spotify");
    const own = vaultOf(browser);
    await own.move("somebody else");
    const [held] = await own.connections();
    const need = { seen_generation: held?.generation ?? 0, lease: "l", client: "c", api_refused: false };
    expect(await own.acquire("spotify", { ...need, need: "ahead" })).toMatchObject({ outcome: "held" });
    expect((await own.departing())?.connections).toHaveLength(1);
  });

  it("a grant that is put in after it comes along too", async () => {
    const device = new Authenticator();
    const person = await personWith(device);
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const browser = new Visitor({
      VAULT: troubledVaults("store", async (call) => {
        stored.resolve();
        await release;
        return call();
      }),
    });
    const other = new Visitor();
    await other.connect("github", { account: 1 });
    const own = vaultOf(other);
    for (const [name, value] of other.cookies) browser.cookies.set(name, value);
    const arriving = browser.navigate(await decide("google", await browser.startAt("google")));
    await stored.promise;
    expect((await takeAlong(other, device)).status).toBe(204);
    resolve();
    await arriving;
    await runDurableObjectAlarm(own);
    await expect.poll(() => accountsOf(person)).toHaveProperty("google");
    expect(await own.connections()).toEqual([]);
    expect(await revocations()).toBe(0);
  });

  it("a consent that is begun before and comes home after it is refused, as after any other sign-in", async () => {
    const device = new Authenticator();
    await personWith(device);
    const browser = new Visitor();
    await browser.connect("github", { account: 1 });
    const own = vaultOf(browser);
    const back = await decide("google", await browser.startAt("google"));
    await takeAlong(browser, device);
    expect((await browser.navigate(back)).headers.get("Location")).toContain("error=user_mismatch");
    expect(await accountsOf(browser)).not.toHaveProperty("google");
    expect(await own.connections()).toEqual([]);
  });

  it("a browser that signs in with two passkeys goes to the first", async () => {
    const [one, other] = [new Authenticator(), new Authenticator()];
    const person = await personWith(one);
    await personWith(other);
    const browser = new Visitor();
    await browser.connect("google");
    const own = vaultOf(browser);
    const cookies = new Map(browser.cookies);
    await takeAlong(browser, one);
    const again = new Visitor();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    await takeAlong(again, other);
    expect(await accountsOf(person)).toHaveProperty("google");
    expect(await accountsOf(again)).not.toHaveProperty("google");
    expect(await own.connections()).toEqual([]);
  });
});

describe("whatever is lost on the way", () => {
  const calls = ["move", "departing", "placeTaken", "take", "departed"] as const satisfies readonly (keyof Vault)[];
  const ends = {
    "before it is done": () => Promise.reject(new Error("lost")),
    "after it is done": async (call: () => Promise<unknown>) => {
      await call();
      throw new Error("lost");
    },
  };
  const table = calls.flatMap((method) =>
    Object.entries(ends).flatMap(([when, end]) =>
      // The first two are made once for all connections, the others once for each.
      (method === "move" || method === "departing" ? [1] : [1, 2, 3]).map((nth) => ({ method, when, end, nth })),
    ),
  );

  it.each(table)("$method, call $nth, $when: nothing is, and each is there once", async ({ method, end, nth }) => {
    const device = new Authenticator();
    const person = await personWith(device);
    let count = 0;
    const trouble = (call: () => Promise<unknown>): Promise<unknown> => {
      count += 1;
      // What fails is tried a few times before anybody gives up.
      return count >= nth && count < nth + 4 ? end(call) : call();
    };
    const browser = await browserWith({ VAULT: troubledVaults(method, trouble) });
    const own = vaultOf(browser);
    const held = await accountsOf(browser);
    const credential = await device.get(await signInOptions(browser));
    await post(browser, "/passkeys/sign-in", { credential, before: "take" }).catch(() => {});
    for (let round = 0; round < 3 && (await own.connections()).length > 0; round += 1) {
      pass(MINUTE);
      await runDurableObjectAlarm(own);
      await settled(own);
    }
    const isBegun = (await own.departing()) !== null;
    const there = isBegun ? person : browser;
    // Where even the word was not given, everything is still where it was.
    expect(isBegun || method === "move").toBe(true);
    const { github: _, ...others } = held;
    expect(await accountsOf(there)).toMatchObject(others);
    const { integrations } = await there.json("/integrations", Integrations);
    const places = integrations.flatMap(({ connections }) => connections);
    expect(places).toHaveLength(isBegun ? 4 : 3);
    expect(await revocations()).toBe(0);
    await expectAllToWork(there);
  });
});

describe("the vault that is left", () => {
  it("is emptied whole", async () => {
    const device = new Authenticator();
    await personWith(device);
    const browser = await browserWith();
    const own = vaultOf(browser);
    await takeAlong(browser, device);
    for (let hour = 0; hour < 60 && (await tablesOf(own)).length > 0; hour += 1) {
      pass(60 * MINUTE);
      await runDurableObjectAlarm(own);
    }
    expect(await tablesOf(own)).toEqual([]);
  });
});

/** Until what an alarm has set off is done. */
const settled = (vault: DurableObjectStub<Vault>): Promise<void> =>
  expect
    .poll(async () => (await vault.departing())?.connections ?? [], { timeout: 5000 })
    .toEqual([])
    .catch(() => {});
