/** The truth about each connection: what a late message may not change, and who refreshes. Each condition is met from both sides. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LEASE_MS } from "../../../src/connections/vault/connections.ts";
import type { AcquireOutcome } from "../../../src/connections/vault/vault.ts";
import {
  DAY,
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
const SECOND_GENERATION = { epoch: 1, generation: 2 };
const RECONNECTED = { epoch: 2, generation: 2 };

/** A vault with one connection, at its first version. */
const connected = (work: (vault: LoneVault, rows: (query: string) => unknown[]) => Promise<void>, facts = factsOf()) =>
  withVault(async (vault, { rows }) => {
    await vault.own(PAGE_USER);
    await vault.store("one", FIRST, "first", facts);
    await work(vault, rows);
  });

const tokenOf = (vault: LoneVault) => vault.connection("one")?.sealed ?? null;
const outcomeOf = (outcome: AcquireOutcome) => outcome.outcome;
/** A column of the one row. */
const column = (rows: (query: string) => unknown[], name: string) => rows(`SELECT ${name} AS v FROM connections`)[0];

describe("a new grant", () => {
  it("is sealed for the version after whatever was there, disconnected or not", () =>
    withVault(async (vault) => {
      await vault.own(PAGE_USER);
      expect(vault.nextVersion("one")).toEqual(FIRST);
      await vault.store("one", FIRST, "first", factsOf());
      expect(vault.nextVersion("one")).toEqual(RECONNECTED);
      await vault.disconnect("one", "a request");
      expect(vault.nextVersion("one")).toEqual({ epoch: 3, generation: 2 });
      expect(vault.nextVersion("another")).toEqual(FIRST);
    }));

  it("that was sealed before another one came in is outdated, and told for what to be sealed anew", () =>
    connected(async (vault) => {
      expect(await vault.store("one", FIRST, "older", factsOf())).toEqual({
        outcome: "outdated",
        place: "one",
        ...RECONNECTED,
      });
      expect(tokenOf(vault)).toBe("first");
      const stored = await vault.store("one", RECONNECTED, "anew", factsOf());
      expect(stored).toMatchObject({ outcome: "stored", replaced: { sealed: "first", ...FIRST } });
      expect(vault.connection("one")).toMatchObject({ sealed: "anew", ...RECONNECTED });
    }));

  it("that was sealed before a disconnect is outdated as well", () =>
    connected(async (vault) => {
      await vault.disconnect("one", "a request");
      expect(await vault.store("one", RECONNECTED, "older", factsOf())).toMatchObject({
        outcome: "outdated",
        epoch: 3,
      });
      expect(tokenOf(vault)).toBeNull();
    }));

  it("of one integration leaves the others as they are", () =>
    connected(async (vault) => {
      await vault.store("two", FIRST, "other", factsOf());
      await vault.disconnect("two", "a request");
      await vault.acquire("two", needOf("force", "lease"));
      expect(vault.connections().map(({ sealed }) => sealed)).toEqual(["first"]);
      expect(vault.connection("two")).toBeNull();
    }));
});

describe("what is put in the place of a version", () => {
  /** What another version than the one that is there comes to. */
  const OTHERS = [
    ["an earlier consent", { epoch: 1, generation: 2 }],
    ["an earlier token", { epoch: 2, generation: 1 }],
    ["a later consent", { epoch: 3, generation: 2 }],
    ["a later token", { epoch: 2, generation: 3 }],
  ] as const;

  it.each(OTHERS)("a token resealed for %s changes nothing", (_, version) =>
    connected(async (vault) => {
      await vault.store("one", RECONNECTED, "second", factsOf());
      vault.reseal("one", version, "resealed");
      expect(tokenOf(vault)).toBe("second");
      vault.reseal("two", RECONNECTED, "resealed");
      expect(tokenOf(vault)).toBe("second");
      vault.reseal("one", RECONNECTED, "resealed");
      expect(tokenOf(vault)).toBe("resealed");
    }),
  );

  it.each(OTHERS)("facts known of %s change nothing", (_, version) =>
    connected(async (vault) => {
      const known = factsOf({ scopes: ["known"] });
      await vault.store("one", RECONNECTED, "second", factsOf());
      await vault.amend("one", version, "amended", known);
      await vault.amend("two", RECONNECTED, "amended", known);
      expect(vault.connection("one")).toMatchObject({ sealed: "second", facts: { scopes: ["read"] } });
      await vault.amend("one", RECONNECTED, "amended", known);
      expect(vault.connection("one")).toMatchObject({ sealed: "amended", facts: { scopes: ["known"] } });
    }),
  );

  it.each(OTHERS)("a refresh of %s is refused", (_, version) =>
    connected(async (vault) => {
      await vault.store("one", RECONNECTED, "second", factsOf());
      const same_grant = version.epoch === RECONNECTED.epoch;
      expect(await vault.commit("one", "lease", version, "late", factsOf())).toEqual({
        outcome: "stale",
        live: true,
        same_grant,
      });
      expect(vault.connection("one")).toMatchObject({ sealed: "second", ...RECONNECTED });
    }),
  );

  it.each(OTHERS)("a failure of %s means nothing", (_, version) =>
    connected(async (vault) => {
      await vault.store("one", RECONNECTED, "second", factsOf());
      await vault.acquire("one", needOf("force", "lease", { seen_generation: 2 }));
      await vault.fail("one", "lease", version, failureOf("definitive"));
      expect(vault.connection("one")).toMatchObject({ status: "connected", failure: null });
      await vault.fail("one", "lease", RECONNECTED, failureOf("definitive"));
      expect(vault.connection("one")).toMatchObject({ status: "reauth_required" });
    }),
  );

  it.each(OTHERS)("a refusal of the API of %s means nothing", (_, version) =>
    connected(async (vault) => {
      await vault.store("one", RECONNECTED, "second", fixedFacts(null));
      await vault.reject("one", version, failureOf("definitive", { reason: "token_rejected" }));
      expect(vault.connection("one")).toMatchObject({ status: "connected", failure: null });
      expect(vault.standing("one").version).toMatchObject(RECONNECTED);
      await vault.reject("one", RECONNECTED, failureOf("definitive", { reason: "token_rejected" }));
      // Its version stays, and a copy that is being made of it has to go.
      expect(vault.standing("one").version).toBeNull();
      await vault.reject("one", RECONNECTED, failureOf("definitive", { reason: "again" }));
      expect(vault.connection("one")).toMatchObject({
        status: "reauth_required",
        failure: { reason: "token_rejected" },
      });
      expect(vault.activity("one").filter(({ type }) => type === "reauth_required")).toHaveLength(1);
    }),
  );
});

describe("after a disconnect nothing comes back", () => {
  const after = (work: (vault: LoneVault, rows: (query: string) => unknown[]) => Promise<unknown>) =>
    connected(async (vault, rows) => {
      await vault.acquire("one", needOf("force", "lease", { seen_generation: 1 }));
      await vault.disconnect("one", "a request");
      const before = rows("SELECT * FROM connections");
      // What follows is told of the consent before, and of the number that its place has now.
      await work(vault, rows);
      expect(rows("SELECT * FROM connections")).toEqual(before);
      expect(vault.connection("one")).toBeNull();
      expect(vault.connections()).toEqual([]);
    });

  it.each([1, 2])("not by a refresh (epoch %i)", (epoch) =>
    after(async (vault) => {
      expect(await vault.commit("one", "lease", { epoch, generation: 1 }, "late", factsOf())).toEqual({
        outcome: "stale",
        live: false,
        same_grant: epoch === 2,
      });
    }),
  );

  it.each([1, 2])("not by anything else that is late (epoch %i)", (epoch) =>
    after(async (vault) => {
      const version = { epoch, generation: 1 };
      await vault.fail("one", "lease", version, failureOf("transient"));
      await vault.reject("one", version, failureOf("definitive"));
      await vault.amend("one", version, "late", factsOf());
      vault.reseal("one", version, "late");
      vault.release("one", "lease");
      expect(vault.claimCheck("one", version)).toBe(false);
      expect(await vault.acquire("one", needOf("use", "other"))).toEqual({ outcome: "none" });
      expect(await vault.acquire("one", needOf("renew", "other"))).toEqual({ outcome: "none" });
      expect(await vault.disconnect("one", "another request")).toBeNull();
    }),
  );
});

describe("who refreshes", () => {
  it("is not asked of two while a provider hangs for as long as a refresh may take", () =>
    connected(async (vault, rows) => {
      await vault.acquire("one", needOf("force", "leader", { seen_generation: 1 }));
      for (const seconds of [1, 12, 29]) {
        vi.setSystemTime(START + seconds * SECOND);
        // The one who need not wait takes what is there.
        expect(outcomeOf(await vault.acquire("one", needOf("ahead", "follower")))).toBe("held");
        expect(column(rows, "lease")).toEqual({ v: "leader" });
      }
      expect(LEASE_MS).toBe(30 * SECOND);
    }));

  it("is asked again by its own name, where the answer was lost, and leads still", () =>
    connected(async (vault) => {
      expect(outcomeOf(await vault.acquire("one", needOf("renew", "leader", { seen_generation: 1 })))).toBe("leader");
      expect(await vault.acquire("one", needOf("renew", "leader", { seen_generation: 1 }))).toMatchObject({
        outcome: "leader",
        connection: { failure: null },
      });
    }));

  it("is free again once the lease has run out, and then an answer may have been lost", () =>
    connected(async (vault) => {
      await vault.acquire("one", needOf("renew", "leader", { seen_generation: 1 }));
      pass(LEASE_MS);
      const next = await vault.acquire("one", needOf("renew", "next", { seen_generation: 1, client: "new client" }));
      expect(next).toMatchObject({
        outcome: "leader",
        connection: { failure: { answer_lost: true, kind: "transient", client: "new client", at: Date.now() } },
      });
      expect(vault.connection("one")?.failure?.answer_lost).toBe(true);
    }));

  it("leaves a failure of before where it is, when nothing was lost", () =>
    connected(async (vault) => {
      await vault.acquire("one", needOf("renew", "first", { seen_generation: 1 }));
      await vault.fail("one", "first", FIRST, failureOf("transient", { reason: "provider_timeout" }));
      pass(HOUR / 2);
      await vault.acquire("one", needOf("renew", "second", { seen_generation: 1 }));
      expect(vault.connection("one")?.failure).toMatchObject({ reason: "provider_timeout", answer_lost: false });
    }));

  it("gives a lease back that is theirs, and nobody else's", () =>
    connected(async (vault, rows) => {
      await vault.acquire("one", needOf("renew", "leader", { seen_generation: 1 }));
      vault.release("one", "another");
      vault.release("two", "leader");
      expect(column(rows, "lease")).toEqual({ v: "leader" });
      vault.release("one", "leader");
      expect(column(rows, "lease")).toEqual({ v: null });
    }));

  it("tells of a failure only as the one who has the lease", () =>
    connected(async (vault) => {
      await vault.acquire("one", needOf("renew", "leader", { seen_generation: 1 }));
      await vault.fail("one", "another", FIRST, failureOf("definitive"));
      expect(vault.connection("one")).toMatchObject({ status: "connected", failure: null });
    }));

  it("brings a success whatever has failed since, of the token it began with", () =>
    connected(async (vault) => {
      await vault.acquire("one", needOf("renew", "slow", { seen_generation: 1 }));
      pass(LEASE_MS);
      await vault.acquire("one", needOf("renew", "quick", { seen_generation: 1 }));
      await vault.fail("one", "quick", FIRST, failureOf("definitive"));
      expect(vault.connection("one")?.status).toBe("reauth_required");
      expect(await vault.commit("one", "slow", FIRST, "second", factsOf({ account: null }))).toEqual({
        outcome: "committed",
      });
      // Whose it is is known from before.
      expect(vault.connection("one")).toMatchObject({
        sealed: "second",
        status: "connected",
        failure: null,
        refreshed_at: Date.now(),
        facts: { account: { id: "1" } },
        ...SECOND_GENERATION,
      });
    }));

  it("commits once, however often it says so", () =>
    connected(async (vault) => {
      await vault.acquire("one", needOf("renew", "leader", { seen_generation: 1 }));
      await vault.commit("one", "leader", FIRST, "second", factsOf());
      expect(await vault.commit("one", "leader", FIRST, "second", factsOf())).toEqual({ outcome: "committed" });
      expect(vault.connection("one")).toMatchObject(SECOND_GENERATION);
      expect(vault.activity("one").map(({ type }) => type)).toEqual(["refreshed", "connected"]);
      // A word of the same lease about the token after is another's.
      await vault.acquire("one", needOf("renew", "next", { seen_generation: 2 }));
      await vault.commit("one", "next", SECOND_GENERATION, "third", factsOf());
      expect(await vault.commit("one", "leader", FIRST, "second", factsOf())).toMatchObject({ outcome: "stale" });
      expect(tokenOf(vault)).toBe("third");
    }));
});

describe("what a caller needs", () => {
  const at = async (vault: LoneVault, need: Parameters<typeof needOf>[0], seen_generation = 0) => {
    const outcome = await vault.acquire("one", needOf(need, "lease", { seen_generation }));
    vault.release("one", "lease");
    return outcome.outcome;
  };

  it.each([
    ["to use it: in its last minute", "use", HOUR - MINUTE],
    ["behind an answer: in its last five", "ahead", HOUR - 5 * MINUTE],
  ] as const)("takes a refresh %s and not before", (_, need, from) =>
    connected(async (vault) => {
      pass(from - 1);
      expect(await at(vault, need)).toBe("held");
      pass(1);
      expect(await at(vault, need)).toBe("leader");
    }),
  );

  it.each(["use", "ahead"] as const)("takes none where there is no time to renew (%s)", (need) =>
    connected(
      async (vault) => {
        pass(100 * DAY);
        expect(await at(vault, need)).toBe("held");
      },
      factsOf({ expires_at: null, times: { copy_until: null, refresh_from: null, refresh_by: null } }),
    ),
  );

  it.each(["force", "renew"] as const)("takes one where no younger token than theirs is there (%s)", (need) =>
    connected(async (vault) => {
      expect(await at(vault, need, 0)).toBe("held");
      expect(await at(vault, need, 1)).toBe("leader");
    }),
  );

  it("takes a forced one every thirty seconds, but an alarm's at any time", () =>
    connected(async (vault) => {
      expect(await at(vault, "force", 1)).toBe("leader");
      pass(30 * SECOND - 1);
      expect(await at(vault, "force", 1)).toBe("held");
      expect(await at(vault, "renew", 1)).toBe("leader");
      pass(1);
      expect(await at(vault, "force", 1)).toBe("leader");
    }));

  it("of other kinds does not count as forced", () =>
    connected(async (vault) => {
      expect(await at(vault, "renew", 1)).toBe("leader");
      expect(await at(vault, "force", 1)).toBe("leader");
    }));

  it("counts as use, except for an alarm", () =>
    connected(async (vault, rows) => {
      pass(MINUTE);
      await at(vault, "renew");
      expect(column(rows, "used_at")).toEqual({ v: START });
      await at(vault, "ahead");
      expect(column(rows, "used_at")).toEqual({ v: START + MINUTE });
    }));

  it("is not there once a token is over that nothing renews: said once, and noted", () =>
    connected(
      async (vault) => {
        pass(HOUR - 1);
        expect(await at(vault, "use")).toBe("held");
        expect(await at(vault, "force", 1)).toBe("held");
        pass(1);
        expect(await at(vault, "ahead")).toBe("held");
        expect(await vault.acquire("one", needOf("use", "lease", { client: "mine" }))).toMatchObject({
          outcome: "expired",
          connection: { status: "reauth_required", failure: { reason: "expired", client: "mine" } },
        });
        expect(await at(vault, "use")).toBe("reauth_required");
        expect(vault.connection("one")).toMatchObject({ status: "reauth_required", failure: { reason: "expired" } });
        expect(vault.activity("one").map(({ type, reason }) => [type, reason])).toEqual([
          ["reauth_required", "expired"],
          ["connected", null],
        ]);
      },
      fixedFacts(START + HOUR),
    ));
});

describe("a grant that is over", () => {
  const ended = (work: (vault: LoneVault) => Promise<void>, failure = failureOf("definitive")) =>
    connected(async (vault) => {
      await vault.acquire("one", needOf("renew", "lease", { seen_generation: 1 }));
      await vault.fail("one", "lease", FIRST, failure);
      await work(vault);
    });
  const get = (vault: LoneVault, need: Parameters<typeof needOf>[0]) =>
    vault.acquire("one", needOf(need, "other", { seen_generation: 1 })).then(outcomeOf);

  it("serves its token to the end, and no longer", () =>
    ended(async (vault) => {
      expect([await get(vault, "use"), await get(vault, "ahead")]).toEqual(["held", "held"]);
      expect(await get(vault, "force")).toBe("reauth_required");
      pass(HOUR - 1);
      expect(await get(vault, "use")).toBe("held");
      pass(1);
      expect(await get(vault, "use")).toBe("reauth_required");
      expect(tokenOf(vault)).toBe("first");
    }));

  it("serves none that the API has refused", () =>
    ended(
      async (vault) => {
        expect(await get(vault, "use")).toBe("reauth_required");
      },
      failureOf("definitive", { reason: "token_rejected" }),
    ));

  it("is no more looked at by an alarm, and lives again with a new consent", () =>
    ended(async (vault) => {
      await vault.addSession("session", sessionOf("browser", START + 100 * DAY));
      pass(60 * DAY);
      await vault.alarm();
      expect(vault.handedOut.flatMap(({ renew }) => renew)).toEqual([]);
      await vault.store("one", RECONNECTED, "anew", factsOf());
      expect(vault.connection("one")).toMatchObject({ status: "connected", failure: null });
    }));
});

describe("a refresh that failed", () => {
  const failed = (work: (vault: LoneVault) => Promise<void>, failure = failureOf("transient")) =>
    connected(async (vault) => {
      vi.setSystemTime(START + HOUR - MINUTE);
      await vault.acquire("one", needOf("use", "lease"));
      await vault.fail("one", "lease", FIRST, { ...failure, at: Date.now() });
      await work(vault);
    });
  const use = (vault: LoneVault, client = "client") => vault.acquire("one", needOf("use", "other", { client }));

  it("is not tried again at once: the token is given while it lives, then the failure and when", () =>
    failed(async (vault) => {
      expect(outcomeOf(await use(vault))).toBe("held");
      pass(MINUTE - 1);
      expect(outcomeOf(await use(vault))).toBe("leader");
    }));

  it("says when it is tried again, once the token is over", () =>
    failed(
      async (vault) => {
        // What the service asks for, and half of the first wait by even chance.
        const retry_at = START + HOUR - MINUTE + 10 * MINUTE + SECOND / 2;
        pass(MINUTE);
        expect(await use(vault)).toMatchObject({ outcome: "failing", retry_at, failure: { kind: "transient" } });
        vi.setSystemTime(retry_at - 1);
        expect(outcomeOf(await use(vault))).toBe("failing");
        vi.setSystemTime(retry_at);
        expect(outcomeOf(await use(vault))).toBe("leader");
      },
      failureOf("transient", { retry_after: 10 * MINUTE }),
    ));

  it("for the client's sake is tried with another client at once, and only then", () =>
    failed(async (vault) => {
      expect(outcomeOf(await use(vault))).toBe("held");
      expect(outcomeOf(await use(vault, "new client"))).toBe("leader");
    }, failureOf("config")));

  it("for any other cause waits whatever the client is", () =>
    failed(async (vault) => {
      expect(outcomeOf(await use(vault, "new client"))).toBe("held");
    }));

  it("keeps in mind that an answer was lost, until a token is there", () =>
    failed(
      async (vault) => {
        pass(10 * MINUTE);
        await vault.acquire("one", needOf("use", "second"));
        await vault.fail("one", "second", FIRST, failureOf("transient"));
        expect(vault.connection("one")?.failure?.answer_lost).toBe(true);
        pass(10 * MINUTE);
        await vault.acquire("one", needOf("use", "third"));
        await vault.commit("one", "third", FIRST, "second", factsOf());
        pass(HOUR);
        await vault.acquire("one", needOf("use", "fourth"));
        await vault.fail("one", "fourth", SECOND_GENERATION, failureOf("transient"));
        expect(vault.connection("one")?.failure?.answer_lost).toBe(false);
      },
      failureOf("transient", { answer_lost: true }),
    ));

  it("is forgotten with a success: the next one is tried as soon as the first was", () =>
    failed(async (vault) => {
      pass(10 * MINUTE);
      await vault.acquire("one", needOf("use", "second"));
      await vault.commit("one", "second", FIRST, "second", factsOf());
      pass(HOUR);
      await vault.acquire("one", needOf("use", "third"));
      await vault.fail("one", "third", SECOND_GENERATION, failureOf("transient"));
      expect(await use(vault)).toMatchObject({ outcome: "failing", retry_at: Date.now() + SECOND });
    }));
});

it("that the API refuses a token as well is noted where the grant was refused in words that nobody knows, and nowhere else", () =>
  connected(async (vault) => {
    const forced = (lease: string) =>
      vault.acquire("one", needOf("force", lease, { seen_generation: 1, api_refused: true }));
    expect(outcomeOf(await forced("a"))).toBe("leader");
    await vault.fail("one", "a", FIRST, failureOf("transient"));
    pass(MINUTE);
    await forced("b");
    expect(vault.connection("one")?.failure).toMatchObject({ api_refused: false });
    await vault.fail("one", "b", FIRST, failureOf("transient", { refusals: { count: 1, since: Date.now() } }));
    pass(MINUTE);
    await forced("c");
    expect(vault.connection("one")?.failure).toMatchObject({ api_refused: true });
  }));

describe("asking the provider whether a refused token counts", () => {
  const asks = (vault: LoneVault, version = FIRST) => vault.claimCheck("one", version);

  it("is done once a minute", () =>
    connected(async (vault) => {
      expect([asks(vault), asks(vault)]).toEqual([true, false]);
      pass(MINUTE - 1);
      expect(asks(vault)).toBe(false);
      pass(1);
      expect(asks(vault)).toBe(true);
    }, fixedFacts(null)));

  it.each([
    ["something can renew it", factsOf()],
    ["it was never known whose it is", fixedFacts(null, { account: null })],
  ])("is not done where %s", (_, facts) => connected(async (vault) => expect(asks(vault)).toBe(false), facts));

  it("is not done of a token that was replaced, nor of a grant that is over", () =>
    connected(async (vault) => {
      expect(asks(vault, SECOND_GENERATION)).toBe(false);
      expect(vault.claimCheck("two", FIRST)).toBe(false);
      await vault.reject("one", FIRST, failureOf("definitive"));
      expect(asks(vault)).toBe(false);
    }, fixedFacts(null)));
});
