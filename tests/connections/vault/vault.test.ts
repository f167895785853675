/** What a vault does of its own accord, and whom it makes wait. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LEASE_MS } from "../../../src/connections/vault/connections.ts";
import { Vault } from "../../../src/connections/vault/vault.ts";
import { takeReports } from "../../support/reports.ts";
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
  type LoneStorage,
  type LoneVault,
} from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: START });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A first attempt to tell a webhook. */
const TAKEN = { webhook: "main", number: 1, outcome: "delivered", status: 200, retry_after: null } as const;
const FIRST = { epoch: 1, generation: 1 };
const flow = (expires_at: number, state_digest = "state") => ({
  state_digest,
  record: "sealed",
  browser_digest: null,
  expires_at,
});
const grant = (expires_at: number, code_digest = "code") => ({
  code_digest,
  connect_session: null,
  integration: "one",
  sealed: "kept aside",
  facts: factsOf(),
  expires_at,
});
/** When the alarm is set for, from now. */
const untilAlarm = async ({ storage }: LoneStorage) => {
  const at = await storage.getAlarm();
  return at === null ? null : at - Date.now();
};
const isEmptied = ({ rows }: LoneStorage) =>
  rows("SELECT name FROM sqlite_master WHERE name IN ('owner', 'connections', 'sessions')").length === 0;

describe("what no session leads to any more", () => {
  /** A person of the page with a connection and a session of an hour. */
  const person = (work: (vault: LoneVault, at: LoneStorage) => Promise<void>) =>
    withVault(async (vault, at) => {
      await vault.begin(PAGE_USER, flow(START + 10 * MINUTE));
      await vault.addSession("session", sessionOf("browser", START + HOUR));
      await vault.store("one", FIRST, "token", fixedFacts(null));
      await work(vault, at);
    });
  const given = (vault: LoneVault) => vault.handedOut.flatMap(({ revoke }) => revoke.map(({ sealed }) => sealed));

  it("is given up and taken back, once the last session has ended and no flow is under way", () =>
    person(async (vault, at) => {
      // The flow is remembered for an hour after its end, and somebody may come back with it.
      for (const [moment, left] of [
        [HOUR - 1, "token"],
        [HOUR, "token"],
        [HOUR + 10 * MINUTE, "token"],
        [HOUR + 10 * MINUTE + 1, undefined],
      ] as const) {
        vi.setSystemTime(START + moment);
        await vault.alarm();
        expect(vault.connection("one")?.sealed, String(moment)).toBe(left);
      }
      expect(given(vault)).toEqual(["token"]);
      expect(at.rows("SELECT * FROM revocations")).toHaveLength(1);
      expect(vault.activity("one").map(({ type }) => type)).toEqual(["disconnected", "connected"]);
    }));

  it("is looked at as soon as that is so", () =>
    person(async (vault, at) => {
      vi.setSystemTime(START + 2 * MINUTE);
      await vault.setIndexed(await vault.indexLines(false));
      // The flow is forgotten, an hour after its end: before that there is nothing to do.
      expect(await untilAlarm(at)).toBe(HOUR + 10 * MINUTE + 1 - 2 * MINUTE);
      await vault.addSession("longer", sessionOf("browser", START + 3 * HOUR));
      vi.setSystemTime(START + HOUR + 11 * MINUTE);
      await vault.alarm();
      expect(await untilAlarm(at)).toBe(3 * HOUR - HOUR - 11 * MINUTE);
      vi.setSystemTime(START + 3 * HOUR - 1);
      await vault.alarm();
      expect(vault.connections()).toHaveLength(1);
      pass(1);
      await vault.alarm();
      expect(vault.connections()).toEqual([]);
    }));

  it("is given up where there never was a session", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await vault.store("one", FIRST, "token", fixedFacts(null));
      await vault.alarm();
      expect(given(vault)).toEqual(["token"]);
    }));

  it("but for an app's user: the app comes back for that, whether or not there are sessions", () =>
    withVault(async (vault, at) => {
      await vault.begin(APP_USER, flow(START + 10 * MINUTE), ENROLMENT);
      await vault.store("one", FIRST, "token", fixedFacts(null));
      for (const after of [HOUR + 10 * MINUTE + 1, 70 * DAY, 700 * DAY]) {
        vi.setSystemTime(START + after);
        await vault.alarm();
      }
      expect(vault.connection("one")?.sealed).toBe("token");
      expect(given(vault)).toEqual([]);
      expect(at.rows("SELECT * FROM revocations")).toEqual([]);
    }));
});

describe("a follower", () => {
  /** A vault whose token somebody is renewing. */
  const led = (work: (vault: LoneVault) => Promise<void>) =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      await vault.store("one", FIRST, "first", factsOf());
      await vault.store("two", FIRST, "other", factsOf());
      expect((await vault.acquire("one", needOf("force", "leader", { seen_generation: 1 }))).outcome).toBe("leader");
      await work(vault);
    });
  /** Asks, and notes the answer when there is one. */
  function ask(vault: LoneVault, lease = "follower", need = needOf("force", lease, { seen_generation: 1 })) {
    const asked: { outcome: string | null; sealed: string | null; at: number | null } = {
      outcome: null,
      sealed: null,
      at: null,
    };
    void (async () => {
      const outcome = await vault.acquire("one", need);
      const sealed = "connection" in outcome ? outcome.connection.sealed : null;
      Object.assign(asked, { outcome: outcome.outcome, sealed, at: Date.now() - START });
    })();
    return asked;
  }
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("waits, and has the token as soon as the one who leads has committed it", () =>
    led(async (vault) => {
      const asked = [ask(vault), ask(vault, "another")];
      await vi.advanceTimersByTimeAsync(5 * SECOND);
      expect(asked.map(({ outcome }) => outcome)).toEqual([null, null]);
      await vault.commit("one", "leader", FIRST, "second", factsOf());
      await settle();
      for (const one of asked) expect(one).toEqual({ outcome: "renewed", sealed: "second", at: 5 * SECOND });
      expect(vi.getTimerCount()).toBe(0);
    }));

  it("is told to come again after a quarter of a minute", () =>
    led(async (vault) => {
      const asked = ask(vault);
      await vi.advanceTimersByTimeAsync(15 * SECOND - 1);
      expect(asked.outcome).toBeNull();
      await vi.advanceTimersByTimeAsync(1);
      expect(asked).toMatchObject({ outcome: "waiting", at: 15 * SECOND });
    }));

  it("leads when the lease has run out, at its moment: nobody is told to come again for that", () =>
    led(async (vault) => {
      await vi.advanceTimersByTimeAsync(LEASE_MS - 5 * SECOND);
      const [first, second] = [ask(vault, "first"), ask(vault, "second")];
      await vi.advanceTimersByTimeAsync(5 * SECOND - 1);
      expect(first.outcome).toBeNull();
      await vi.advanceTimersByTimeAsync(1);
      expect(first).toMatchObject({ outcome: "leader", at: LEASE_MS });
      expect(second.outcome).toBeNull();
      await vi.advanceTimersByTimeAsync(10 * SECOND);
      expect(second).toMatchObject({ outcome: "waiting" });
    }));

  it.each<[string, (vault: LoneVault) => unknown, string, string | null]>([
    ["a release", (vault) => vault.release("one", "leader"), "renewed", "first"],
    ["a failure", (vault) => vault.fail("one", "leader", FIRST, failureOf("transient")), "renewed", "first"],
    ["a refusal", (vault) => vault.fail("one", "leader", FIRST, failureOf("definitive")), "reauth_required", "first"],
    ["a reconnect", (vault) => vault.store("one", { epoch: 2, generation: 2 }, "anew", factsOf()), "renewed", "anew"],
    ["a disconnect", (vault) => vault.disconnect("one", "request"), "none", null],
  ])("is woken by %s", (_, wake, outcome, sealed) =>
    led(async (vault) => {
      const asked = ask(vault);
      await vi.advanceTimersByTimeAsync(SECOND);
      await wake(vault);
      await settle();
      expect(asked).toEqual({ outcome, sealed, at: SECOND });
    }),
  );

  it("sleeps on when something happens to another connection, or another's lease is given back", () =>
    led(async (vault) => {
      const asked = ask(vault);
      await settle();
      await vault.store("two", { epoch: 2, generation: 2 }, "anew", factsOf());
      vault.release("one", "another");
      await settle();
      expect(asked.outcome).toBeNull();
      await vi.advanceTimersByTimeAsync(15 * SECOND);
      expect(asked.outcome).toBe("waiting");
    }));

  it("of one that is not waited for has what is there", () =>
    led(async (vault) => {
      expect((await vault.acquire("one", needOf("use", "other"))).outcome).toBe("held");
    }));
});

describe("a vault of an app's user", () => {
  const inApp = (work: (vault: LoneVault, at: LoneStorage) => Promise<void>) =>
    withVault(async (vault, at) => {
      await vault.own(APP_USER, ENROLMENT);
      await work(vault, at);
    });
  const flows = ({ rows }: LoneStorage) => rows("SELECT state_digest FROM pending");

  it("takes no flow, no session and no grant once it is closed, and notes nothing", () =>
    inApp(async (vault, at) => {
      expect(await vault.begin(APP_USER, flow(START + MINUTE, "before"))).toBe("open");
      expect(flows(at)).toHaveLength(1);
      expect(await vault.close()).toBe("closed");
      expect(await vault.begin(APP_USER, flow(START + MINUTE, "after"), ENROLMENT)).toBe("closed");
      expect(flows(at)).toEqual([]);
      expect(await vault.addSession("late", sessionOf("user", START + DAY, { app: APP_USER.app }))).toBe("closed");
      expect(await vault.store("one", FIRST, "token", factsOf())).toMatchObject({ outcome: "closed" });
      expect(vault.activity("one")).toEqual([]);
      expect(at.rows("SELECT * FROM outbox")).toEqual([]);
    }));

  it("takes nothing before its app has noted it, and is unknown to who knew its app long ago", () =>
    withVault(async (vault, at) => {
      await vault.own(APP_USER);
      expect(await vault.addSession("early", sessionOf("user", START + DAY, { app: APP_USER.app }))).toBe("closed");
      const long_ago = { ...ENROLMENT, until: START };
      expect(await vault.begin(APP_USER, flow(START + MINUTE), long_ago)).toBe("unknown");
      expect(isEmptied(at)).toBe(true);
      expect(await vault.begin(APP_USER, flow(START + MINUTE), ENROLMENT)).toBe("open");
      expect(flows(at)).toHaveLength(1);
    }));

  it("from before users were noted takes nothing new until its app has noted it", () =>
    inApp(async (vault, at) => {
      at.rows("UPDATE owner SET enrolment = NULL");
      expect(await vault.addSession("early", sessionOf("user", START + DAY, { app: APP_USER.app }))).toBe("closed");
      await vault.own(APP_USER, ENROLMENT);
      expect(await vault.addSession("later", sessionOf("user", START + DAY, { app: APP_USER.app }))).toBe("added");
    }));

  it("that is closed is erased once nothing has to be taken back any more, and not before", () =>
    inApp(async (vault, at) => {
      await vault.store("one", FIRST, "token", factsOf());
      await vault.close();
      const [taken] = at.rows("SELECT id FROM revocations");
      await vault.alarm();
      await vault.erase();
      expect(isEmptied(at)).toBe(false);
      await vault.revoked(Number(taken?.["id"]), true);
      // The end of the closing is looked for at once, not at the next thing that happens.
      expect(await untilAlarm(at)).toBe(15 * MINUTE);
      pass(15 * MINUTE);
      await vault.alarm();
      expect(vault.handedOut.at(-1)?.leave).toEqual({ revoked: 1, not_revoked: 0 });
      await vault.erase();
      expect(isEmptied(at)).toBe(true);
    }));

  it("that is open is not erased, whoever asks", () =>
    inApp(async (vault, at) => {
      await vault.store("one", FIRST, "token", factsOf());
      await vault.erase();
      expect(isEmptied(at)).toBe(false);
      expect(vault.connection("one")).not.toBeNull();
    }));

  it("wakes who waits for a token of it when it is closed", () =>
    inApp(async (vault) => {
      await vault.store("one", FIRST, "token", factsOf());
      pass(2 * HOUR);
      await vault.acquire("one", needOf("use", "leader"));
      const waiting = vault.acquire("one", needOf("use", "follower"));
      await vault.close();
      expect(await waiting).toEqual({ outcome: "none" });
    }));

  it("keeps the line of an integration's first connection that is gone, and drops that of any further one", () =>
    inApp(async (vault, at) => {
      for (const place of ["one", "one~gone0001"]) {
        await vault.store(place, FIRST, "token", factsOf());
        await vault.disconnect(place, `of ${place}`);
      }
      const other = factsOf({ account: { id: "2", name: "Ben", email: null, avatar_url: null, url: null } });
      expect(await vault.store("one~living01", FIRST, "token", other)).toMatchObject({ outcome: "stored" });
      await vault.setIndexed(await vault.indexLines(true));
      expect(at.rows("SELECT place FROM index_lines").map(({ place }) => place)).toEqual(["one", "one~living01"]);
    }));
});

describe("an alarm", () => {
  it("gives up the grants that no app has finished in time", () =>
    withVault(async (vault) => {
      await vault.keepGrant(APP_USER, grant(START + 10 * MINUTE), ENROLMENT);
      vi.setSystemTime(START + 10 * MINUTE - 1);
      await vault.alarm();
      expect(vault.grant("code")).toMatchObject({ sealed: "kept aside" });
      pass(1);
      expect(vault.grant("code")).toBeNull();
      await vault.alarm();
      expect(vault.handedOut).toMatchObject([
        { ...APP_USER, forget: null, revoke: [{ sealed: "kept aside", epoch: 0, generation: 0, account: "1" }] },
      ]);
      expect(await vault.adoptGrant("code", "one", FIRST, "sealed")).toEqual({ outcome: "spent" });
      expect(vault.connections()).toEqual([]);
    }));

  it("takes a grant back once that comes to a cancelled session, also where that is said again", () =>
    withVault(async (vault) => {
      const session = { id: "s", state_digest: "link", person: null, integration: "one", expires_at: START + MINUTE };
      await vault.beginSession(APP_USER, session, "record", ENROLMENT);
      expect(await vault.cancelSession("s")).toMatchObject({ status: "cancelled", reason: "app" });
      const late = { ...grant(START + 10 * MINUTE), connect_session: "s" };
      expect(await vault.keepGrant(APP_USER, late)).toBe("open");
      expect(await vault.keepGrant(APP_USER, late)).toBe("open");
      expect(vault.grant("code")).toBeNull();
      await vault.alarm();
      expect(vault.handedOut.at(-1)?.revoke).toMatchObject([{ sealed: "kept aside", account: "1" }]);
    }));

  it("hands out what there is to do, whatever of it there is, and nothing where there is nothing", () =>
    withVault(async (vault) => {
      await vault.own(APP_USER, ENROLMENT);
      await vault.alarm();
      expect(vault.handedOut).toEqual([]);
      await vault.store("one", FIRST, "token", factsOf());
      // The event to deliver, and the line to index.
      await vault.alarm();
      expect(vault.handedOut).toMatchObject([
        { deliver: [{ event: { type: "connection.created" }, to: null }], index: true, renew: [] },
      ]);
      const { event } = vault.handedOut[0]?.deliver[0] ?? {};
      await vault.setIndexed(await vault.indexLines(false));
      await vault.settleEvent(event?.id ?? "", [TAKEN]);
      await vault.alarm();
      expect(vault.handedOut).toHaveLength(1);
      // The line of the event in the list.
      pass(5 * MINUTE);
      await vault.alarm();
      expect(vault.handedOut[1]).toMatchObject({ list: [{ event: { id: event?.id } }], deliver: [], index: false });
      await vault.setEventListed(event?.id ?? "", 1);
      // The renewal in a token's last stretch.
      vi.setSystemTime(START + HOUR - 2 * MINUTE);
      await vault.alarm();
      expect(vault.handedOut[2]).toMatchObject({ renew: [{ address: "one~", generation: 1 }], list: [] });
      await vault.disconnect("one", "request");
      await vault.setIndexed(await vault.indexLines(false));
      vault.handedOut.length = 0;
      pass(MINUTE);
      await vault.alarm();
      expect(vault.handedOut[0]).toMatchObject({ revoke: [{ sealed: "token" }], index: false });
    }));

  it("never throws, says what failed by its name alone, and is set again", () =>
    withVault(async (_, at) => {
      const refusing = new (class extends Vault {
        protected override dispatch(): Promise<void> {
          return Promise.reject(new RangeError("a token"));
        }
      })(at.state, env);
      await refusing.own(APP_USER, ENROLMENT);
      await refusing.store("one", FIRST, "token", factsOf());
      await at.storage.deleteAlarm();
      await refusing.alarm();
      expect(takeReports()).toEqual([{ event: "alarm_failed", error: "RangeError" }]);
      expect(await untilAlarm(at)).toBeGreaterThan(0);
    }));

  it("is not set closer than a second, and not at all where there is nothing to come", () =>
    withVault(async (vault, at) => {
      expect(await untilAlarm(at)).toBeNull();
      await vault.own(APP_USER, ENROLMENT);
      await vault.store("one", FIRST, "token", fixedFacts(null));
      expect(await untilAlarm(at)).toBe(SECOND);
      await vault.alarm();
      const { event } = vault.handedOut[0]?.deliver[0] ?? {};
      await vault.settleEvent(event?.id ?? "", []);
      await vault.setEventListed(event?.id ?? "", 1);
      await vault.setIndexed(await vault.indexLines(false));
      // A connection without an end: nothing is to come, and it is no spent vault either.
      expect(await untilAlarm(at)).toBeNull();
    }));
});

describe("a vault with nothing left in it", () => {
  /** Rings as the platform does: when the alarm is due. @returns how long that took, null where none is set */
  async function ringUntilEmptied(vault: LoneVault, at: LoneStorage): Promise<number | null> {
    for (let round = 0; round < 60; round += 1) {
      const alarm = await at.storage.getAlarm();
      if (alarm === null) return null;
      vi.setSystemTime(alarm);
      await vault.alarm();
      if (isEmptied(at)) return Date.now() - START;
    }
    return null;
  }
  const account = { account: null };

  it("is emptied an hour after it was last touched, and its alarm is gone", () =>
    withVault(async (vault, at) => {
      await vault.own(PAGE_USER);
      expect(await ringUntilEmptied(vault, at)).toBe(HOUR);
      expect(await at.storage.getAlarm()).toBeNull();
      expect(vault.handedOut).toMatchObject([
        { ...PAGE_USER, forget: { enrolment: null }, renew: [], revoke: [], deliver: [], list: [], index: false },
      ]);
      expect(vault.owner()).toBeNull();
    }));

  it.each<[string, number, (vault: LoneVault) => Promise<unknown>]>([
    ["with its last session", 5 * DAY, (vault) => vault.addSession("s", sessionOf("browser", START + 5 * DAY))],
    ["with the memory of a flow", 3 * HOUR + 1, (vault) => vault.begin(PAGE_USER, flow(START + 2 * HOUR))],
  ])("is emptied %s", (_, after, put) =>
    withVault(async (vault, at) => {
      await vault.own(PAGE_USER);
      await put(vault);
      expect(await ringUntilEmptied(vault, at)).toBe(after);
    }),
  );

  it("is emptied a day after the last thing that happened, with the revocation settled", () =>
    withVault(async (vault, at) => {
      await vault.own(PAGE_USER);
      await vault.addSession("s", sessionOf("browser", START + MINUTE));
      await vault.store("one", FIRST, "token", fixedFacts(null, account));
      const revocation = await vault.disconnect("one", "request");
      await vault.revoked(revocation?.id ?? 0, false);
      await vault.setIndexed(await vault.indexLines(false));
      expect(await ringUntilEmptied(vault, at)).toBe(DAY);
    }));

  it("is kept while a revocation is not settled", () =>
    withVault(async (vault, at) => {
      await vault.own(PAGE_USER);
      await vault.store("one", FIRST, "token", fixedFacts(null, account));
      await vault.disconnect("one", "request");
      await vault.setIndexed(await vault.indexLines(false));
      expect(await ringUntilEmptied(vault, at)).toBeGreaterThan(DAY);
    }));

  it("is emptied thirty days after the last event that an app was told of: it may ask for it again", () =>
    withVault(async (vault, at) => {
      await vault.own(APP_USER, ENROLMENT);
      await vault.store("one", FIRST, "token", fixedFacts(null));
      const revocation = await vault.disconnect("one", "request");
      await vault.revoked(revocation?.id ?? 0, true);
      await vault.alarm();
      for (const { event } of vault.handedOut.flatMap(({ deliver }) => deliver)) {
        await vault.settleEvent(event.id, [TAKEN]);
        await vault.setEventListed(event.id, 1);
      }
      await vault.setIndexed(await vault.indexLines(false));
      expect(await ringUntilEmptied(vault, at)).toBe(30 * DAY);
    }));

  it.each<[string, (vault: LoneVault) => Promise<unknown>]>([
    ["a connection", (vault) => vault.store("one", FIRST, "token", fixedFacts(null))],
    ["a record of an app", async (vault) => vault.swapRecord("kind", "id", null, "sealed")],
    ["the app itself", (vault) => vault.own({ ...APP_USER, user: "" }, ENROLMENT)],
  ])("is not emptied for %s", (_, put) =>
    withVault(async (vault, at) => {
      await vault.own(APP_USER, ENROLMENT);
      await put(vault);
      for (const days of [1, 40, 400]) {
        pass(days * DAY);
        await vault.alarm();
        expect(isEmptied(at)).toBe(false);
      }
    }),
  );

  it("is not emptied while something is still to be told, or a grant waits", () =>
    withVault(async (vault, at) => {
      await vault.keepGrant(APP_USER, grant(START + 90 * DAY), ENROLMENT);
      pass(80 * DAY);
      await vault.alarm();
      expect(isEmptied(at)).toBe(false);
      await vault.refuseGrant("code", "user_mismatch");
      pass(2 * HOUR);
      await vault.alarm();
      expect(isEmptied(at)).toBe(false);
    }));

  it("is as good as new for whoever comes back, and so is the object that emptied it", () =>
    withVault(async (vault, at) => {
      await vault.own(PAGE_USER);
      await ringUntilEmptied(vault, at);
      await vault.begin(PAGE_USER, flow(Date.now() + 10 * MINUTE));
      await vault.store("one", vault.nextVersion("one"), "token", fixedFacts(null));
      expect(at.reopen().connection("one")).toMatchObject({ sealed: "token", ...FIRST });
      expect(vault.claim("state", "browser", "attempt")).toMatchObject({ outcome: "other_browser" });
    }));
});
