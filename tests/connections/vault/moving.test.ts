/** A vault whose connections go to another one, and the one that takes them: what each decides by itself. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LEASE_MS } from "../../../src/connections/vault/connections.ts";
import type { Departing } from "../../../src/connections/vault/vault-moving.ts";
import {
  APP_USER,
  DAY,
  ENROLMENT,
  HOUR,
  MINUTE,
  PAGE_USER,
  SECOND,
  START,
  evenChance,
  factsOf,
  failureOf,
  fixedFacts,
  needOf,
  pass,
  sessionOf,
  withVault,
  type LoneVault,
} from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const FIRST = { epoch: 1, generation: 1 };
const accountOf = (id: string) => ({ id, name: `Account ${id}`, email: null, avatar_url: null, url: null });

/** A person of the page with a session and one connection. */
async function fill(vault: LoneVault): Promise<void> {
  await vault.own(PAGE_USER);
  await vault.addSession("session", sessionOf("browser", Date.now() + 30 * DAY));
  await vault.store("one", FIRST, "token", factsOf());
}

/** Lets the alarm go off. @returns the chores it has handed out, if any */
async function ring(vault: LoneVault) {
  const before = vault.handedOut.length;
  await vault.alarm();
  return vault.handedOut.slice(before).at(-1);
}

describe("a vault that is left", () => {
  it("says where its connections go, once: the first word counts", () =>
    withVault(async (vault) => {
      expect(await vault.move("nobody yet")).toBeNull();
      await fill(vault);
      expect(vault.departing()).toBeNull();
      expect(await vault.move("b")).toBe("b");
      expect(await vault.move("c")).toBe("b");
      expect(vault.departing()).toMatchObject({ user: "b", connections: [{ place: "one" }] });
    }));

  it("is led to by nothing any more", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.addSession("key", sessionOf("key", Date.now() + DAY));
      await vault.move("b");
      expect([vault.session("session"), vault.session("key"), vault.passkeys()]).toEqual([null, null, []]);
    }));

  it("has a Worker sent for what is here, again and again, and renews nothing by itself", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.move("b");
      expect(await ring(vault)).toMatchObject({ move: true, renew: [], revoke: [] });
      expect(await ring(vault)).toBeUndefined();
      pass(15 * SECOND);
      expect(await ring(vault)).toMatchObject({ move: true, renew: [] });
      pass(HOUR - MINUTE);
      expect(await ring(vault)).toMatchObject({ move: true, renew: [], revoke: [] });
    }));

  it("gives nobody a lease: who needs a new token waits, who has a living one goes on with it", () =>
    withVault(async (vault) => {
      vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: START });
      await fill(vault);
      await vault.move("b");
      pass(HOUR - 4 * MINUTE);
      expect(await vault.acquire("one", needOf("ahead", "a"))).toMatchObject({ outcome: "held" });
      pass(HOUR);
      const asked = vault.acquire("one", needOf("use", "a"));
      await vi.advanceTimersByTimeAsync(20 * SECOND);
      expect(await asked).toEqual({ outcome: "waiting" });
      const waiting = vault.acquire("one", needOf("use", "a"));
      await vault.departed("one", FIRST);
      expect(await waiting).toEqual({ outcome: "none" });
    }));

  it("keeps back what a refresh is under way of, until that has ended or its lease has", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.acquire("one", needOf("force", "lease", { seen_generation: 1 }));
      await vault.move("b");
      expect(vault.departing()?.connections).toEqual([]);
      pass(LEASE_MS);
      // The tokens may have been renewed at the provider without a word here.
      expect(vault.departing()?.connections).toMatchObject([{ failure: { answer_lost: true } }]);
      await vault.commit("one", "lease", FIRST, "late", factsOf());
      expect(vault.departing()?.connections).toMatchObject([{ failure: null, generation: 2, sealed: "late" }]);
    }));

  it("takes out the very version that went, once, and tells nobody to take anything back", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.move("b");
      await vault.commit("one", "lease", FIRST, "late", factsOf());
      expect(await vault.departed("one", FIRST)).toBe(false);
      expect(vault.connections()).toHaveLength(1);
      const second = { epoch: 1, generation: 2 };
      expect(await vault.departed("one", second)).toBe(true);
      expect(await vault.departed("one", second)).toBe(true);
      expect(vault.connections()).toEqual([]);
      expect(vault.activity("one").filter(({ type }) => type === "taken_along")).toHaveLength(1);
      pass(DAY);
      expect(await ring(vault)).not.toHaveProperty("revoke", [expect.anything()]);
    }));

  it("keeps what was connected anew since, though it is as old in tokens as what went", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.disconnect("one", "a request");
      await vault.store("one", vault.nextVersion("one"), "anew", factsOf());
      const held = vault.connection("one");
      if (!held) throw new Error("there is one");
      await vault.move("b");
      expect(await vault.departed("one", { epoch: held.epoch - 1, generation: held.generation })).toBe(false);
      expect(vault.connection("one")?.sealed).toBe("anew");
      expect(await vault.departed("one", { epoch: held.epoch, generation: held.generation })).toBe(true);
    }));

  it("has the line of what has gone written outside", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.setIndexed(await vault.indexLines(false));
      await vault.move("b");
      expect(await vault.indexLines(false)).toEqual([]);
      await vault.departed("one", FIRST);
      expect(await vault.indexLines(false)).toMatchObject([{ place: "one", connection: null }]);
    }));

  it("sends for what comes in late at once, and for a quarter of an hour", () =>
    withVault(async (vault, { storage }) => {
      await fill(vault);
      await vault.move("b");
      await ring(vault);
      await vault.departed("one", FIRST);
      pass(15 * SECOND);
      await ring(vault);
      pass(10 * MINUTE);
      await vault.store("two", FIRST, "token", factsOf());
      expect((await storage.getAlarm()) ?? Infinity).toBeLessThanOrEqual(Date.now() + SECOND);
      pass(SECOND);
      expect(await ring(vault)).toMatchObject({ move: true });
      await vault.departed("two", FIRST);
      pass(15 * MINUTE);
      await ring(vault);
      await ring(vault);
      expect(vault.departing()).toBeNull();
    }));

  it("gives up after a day what finds no room: it is taken back", () =>
    withVault(async (vault) => {
      await fill(vault);
      await vault.move("b");
      pass(DAY - SECOND);
      expect(await ring(vault)).toMatchObject({ move: true, revoke: [] });
      pass(MINUTE);
      expect(await ring(vault)).toMatchObject({ move: false, revoke: [{ sealed: "token" }] });
    }));

  it("is not for what is an app's user's while the app is removed", () =>
    withVault(async (vault) => {
      await vault.own(APP_USER, ENROLMENT);
      await vault.store("one", FIRST, "token", factsOf());
      await vault.close();
      expect(await vault.move("b")).toBeNull();
    }));
});

describe("a vault that takes connections over", () => {
  const move = { vault: "a", from: "one", ...FIRST };
  const departing = (more: Partial<Departing> = {}): Departing => ({
    place: "one",
    label: "work",
    is_default: true,
    made_at: START - DAY,
    status: "connected",
    sealed: "theirs",
    facts: factsOf({ account: accountOf("9") }),
    failure: null,
    refreshed_at: START - HOUR,
    refused_scopes: ["gist"],
    labels: JSON.stringify({ metadata: {}, tags: { team: "blue" } }),
    activity: [{ at: new Date(START - DAY).toISOString(), type: "connected", reason: null, accounts: null }],
    ...FIRST,
    ...more,
  });

  /** Takes one over as a Worker does. */
  async function take(vault: LoneVault, of = move, what = departing()) {
    const placed = vault.placeTaken(of, what);
    if (placed.outcome !== "placed") return placed;
    return vault.take(of, placed.place, placed, "sealed for here", what);
  }

  it("puts it in with its label, its age, its state and its history", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      const failure = failureOf("transient");
      expect(await take(vault, move, departing({ failure }))).toMatchObject({ outcome: "stored", is_default: true });
      expect(vault.described()).toMatchObject([
        {
          place: "one",
          label: "work",
          made_at: START - DAY,
          refreshed_at: START - HOUR,
          refused_scopes: ["gist"],
          failure,
          labels: JSON.stringify({ metadata: {}, tags: { team: "blue" }, person: null }),
        },
      ]);
      expect(vault.activity("one").map(({ type }) => type)).toEqual(["taken_along", "connected"]);
    }));

  it("takes each version once, a younger one in the place of that, and never an older one", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await fillOther(vault);
      await take(vault);
      expect(await take(vault)).toEqual({ outcome: "spent" });
      const younger = { ...move, generation: 2 };
      expect(await take(vault, younger, departing({ generation: 2 }))).toMatchObject({ outcome: "stored" });
      expect(await take(vault)).toEqual({ outcome: "spent" });
      expect(await take(vault, { ...younger, epoch: 0, generation: 9 })).toEqual({ outcome: "spent" });
      expect(vault.connections()).toHaveLength(2);
    }));

  it("does not take again what was disconnected here since", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await take(vault);
      await vault.disconnect("one", "request");
      expect(await take(vault)).toEqual({ outcome: "spent" });
      const younger = { ...move, generation: 2 };
      expect(await take(vault, younger, departing({ generation: 2 }))).toEqual({ outcome: "gone" });
    }));

  it("gives it another label where that one is taken, and puts it beside what is here", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await fillOther(vault);
      await vault.change("one", JSON.stringify({ label: "work" }));
      expect(await take(vault)).toMatchObject({ outcome: "stored", is_default: false });
      expect(vault.connections().map(({ label }) => label)).toEqual(["work-2", "work"]);
    }));

  it("puts what nobody knows the account of beside what is here, whose account nobody knows either", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await vault.store("one", FIRST, "here", factsOf({ account: null }));
      await take(vault, move, departing({ facts: factsOf({ account: null }) }));
      await take(vault, { ...move, from: "one~aaaaaaaa" }, departing({ facts: factsOf({ account: null }) }));
      expect(vault.connections().map(({ sealed }) => sealed)).toEqual(["sealed for here", "sealed for here", "here"]);
    }));

  it("renews the same account, and not with what can be used no more", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await vault.store("one", FIRST, "here", factsOf({ account: accountOf("9") }));
      const dead = departing({ status: "reauth_required", failure: failureOf("definitive") });
      expect(await take(vault, move, dead)).toEqual({ outcome: "spent" });
      expect(vault.connections()).toMatchObject([{ sealed: "here" }]);
      expect(await take(vault)).toMatchObject({ outcome: "stored", replaced: { sealed: "here" } });
      expect(vault.connections()).toMatchObject([{ place: "one", status: "connected", sealed: "sealed for here" }]);
    }));

  it("takes what can be used no more as that, and does not wake for it", () =>
    withVault(async (vault, { rows }) => {
      await vault.own(PAGE_USER);
      await take(vault, move, departing({ status: "reauth_required", failure: failureOf("definitive") }));
      expect(vault.connections()).toMatchObject([{ status: "reauth_required", failure: { kind: "definitive" } }]);
      expect(rows("SELECT wake_at FROM connections")).toEqual([{ wake_at: null }]);
    }));

  it("says where it goes instead when somebody else came in first", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      const placed = vault.placeTaken(move, departing());
      if (placed.outcome !== "placed") throw new TypeError("refused");
      await vault.store("one", FIRST, "first", fixedFacts(null, { account: accountOf("1") }));
      const outdated = await vault.take(move, placed.place, placed, "sealed", departing());
      expect(outdated).toMatchObject({ outcome: "outdated" });
      expect(outdated).not.toMatchObject({ place: "one" });
    }));

  it("remembers for two days what it has taken", () =>
    withVault(async (vault, { rows }) => {
      await vault.own(PAGE_USER);
      await take(vault);
      pass(2 * DAY + SECOND);
      await take(vault, { ...move, vault: "c" }, departing({ facts: factsOf({ account: accountOf("8") }) }));
      expect(rows("SELECT vault FROM taken")).toEqual([{ vault: "c" }]);
    }));

  /** Another account at the same integration. */
  const fillOther = (vault: LoneVault) => vault.store("one", FIRST, "here", factsOf({ account: accountOf("1") }));
});
