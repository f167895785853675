/** Sessions in their table: live until their end, bounded by kind, each counted as what it is. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BOUNDS } from "../../../src/bounds.ts";
import { SessionTable, type SessionFacts } from "../../../src/connections/vault/sessions.ts";
import { HOUR, MINUTE, START, pass, sessionOf, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withSessions = (work: (table: SessionTable, digests: () => unknown[]) => void) =>
  withTable(
    (sql) => new SessionTable(sql),
    (table, rows) => work(table, () => rows("SELECT digest FROM sessions").map(({ digest }) => digest)),
  );

const FRANKFURT = { country: "DE", colo: "FRA", network: "203.0.113.0/24" };

const KINDS = [
  ["key", BOUNDS.keys, "refused"],
  ["app", BOUNDS.app_keys, "refused"],
  ["browser", BOUNDS.sessions, "gives way"],
  ["read", BOUNDS.sessions, "gives way"],
  ["user", BOUNDS.sessions, "gives way"],
] as const;

describe("a session", () => {
  it("is what it was started as until its very end", () =>
    withSessions((table) => {
      const facts = sessionOf("browser", START + MINUTE);
      expect(table.add("a", facts)).toBe(true);
      expect(table.find("a")).toEqual(facts);
      expect(table.find("b")).toBeNull();
      pass(MINUTE - 1);
      expect(table.use("a", null)).toEqual(facts);
      pass(1);
      expect(table.find("a")).toBeNull();
      expect(table.use("a", null)).toBeNull();
    }));

  it("is prolonged while it lives, with what is said of its end, and no other with it", () =>
    withSessions((table) => {
      table.add("a", sessionOf("browser", START + MINUTE));
      table.add("b", sessionOf("browser", START + MINUTE));
      expect(table.renew("a", START + HOUR)).toBe(true);
      expect(table.renew("c", START + HOUR)).toBe(false);
      pass(MINUTE);
      expect(table.find("a")).toMatchObject({ expires_at: START + HOUR });
      expect(table.renew("b", START + HOUR)).toBe(false);
      expect(table.find("b")).toBeNull();
      expect(table.lastEndsAt()).toBe(START + HOUR);
    }));

  it("that is ended is none, and the others go on", () =>
    withSessions((table) => {
      table.add("a", sessionOf("browser", START + MINUTE));
      table.add("b", sessionOf("browser", START + MINUTE));
      table.end("a");
      expect(table.find("a")).toBeNull();
      expect(table.find("b")).not.toBeNull();
    }));

  it("that has ended is taken out when another one starts", () =>
    withSessions((table, digests) => {
      table.add("a", sessionOf("browser", START + MINUTE));
      pass(MINUTE - 1);
      table.add("b", sessionOf("browser", START + HOUR));
      expect(digests()).toEqual(["a", "b"]);
      pass(1);
      table.add("c", sessionOf("browser", START + HOUR));
      expect(digests()).toEqual(["b", "c"]);
    }));

  it("of the last to end is known, ended or not; of none nothing is", () =>
    withSessions((table) => {
      expect(table.lastEndsAt()).toBeNull();
      table.add("a", sessionOf("browser", START + HOUR));
      table.add("b", sessionOf("key", START + MINUTE));
      expect(table.lastEndsAt()).toBe(START + HOUR);
      table.clear();
      expect(table.lastEndsAt()).toBeNull();
    }));
});

describe("whether somebody else can still come in", () => {
  it.each<[SessionFacts["kind"], boolean]>([
    ["browser", true],
    ["key", true],
    ["app", true],
    ["user", true],
    ["read", false],
  ])("with a session of the kind %s: %s", (kind, others) =>
    withSessions((table) => {
      table.add("a", sessionOf("browser", START + HOUR));
      table.add("b", sessionOf(kind, START + MINUTE));
      expect(table.end("a")).toEqual({ others });
      pass(MINUTE);
      expect(table.end("a")).toEqual({ others: false });
    }),
  );
});

describe("keys", () => {
  it("are listed by kind, newest first, with when they were last used, while they live", () =>
    withSessions((table) => {
      table.add("older", sessionOf("key", START + HOUR));
      pass(1);
      table.add("newer", sessionOf("key", START + MINUTE));
      table.add("app", sessionOf("app", START + HOUR));
      table.add("browser", sessionOf("browser", START + HOUR));
      pass(1);
      table.use("older", null);
      const keys = table.keys("key");
      expect(keys.map(({ digest, used_at }) => [digest, used_at])).toEqual([
        ["newer", null],
        ["older", START + 2],
      ]);
      expect(keys[1]?.facts).toEqual(table.find("older"));
      expect(table.keys("app").map(({ digest }) => digest)).toEqual(["app"]);
      vi.setSystemTime(START + MINUTE);
      expect(table.keys("key").map(({ digest }) => digest)).toEqual(["older"]);
    }));
});

describe("where it was used from", () => {
  it.each<[SessionFacts["kind"], boolean]>([
    ["key", true],
    ["app", true],
    ["user", false],
    ["browser", false],
    ["read", false],
  ])("is noted of the kind %s: %s", (kind, isNoted) =>
    withTable(
      (sql) => new SessionTable(sql),
      (table, rows) => {
        table.add("a", sessionOf(kind, START + HOUR));
        table.use("a", FRANKFURT);
        const noted = rows("SELECT used_from FROM sessions")[0]?.["used_from"];
        expect(noted).toBe(isNoted ? JSON.stringify(FRANKFURT) : null);
      },
    ),
  );

  it("is what is known of the last that something is known of", () =>
    withSessions((table) => {
      table.add("a", sessionOf("key", START + HOUR));
      const from = () => table.keys("key")[0]?.used_from;
      expect(from()).toBeNull();
      table.use("a", FRANKFURT);
      table.use("a", null);
      expect(from()).toEqual(FRANKFURT);
      const elsewhere = { country: null, colo: "SIN", network: "2001:db8:0::/48" };
      table.use("a", elsewhere);
      expect(from()).toEqual(elsewhere);
    }));
});

describe("of more than there may be", () => {
  it.each(KINDS)("of the kind %s (%i) one is %s", (kind, bound, what) =>
    withSessions((table, digests) => {
      table.add("of another kind", sessionOf(kind === "browser" ? "read" : "browser", START + 1));
      table.add("first to end", sessionOf(kind, START + 2));
      for (let number = 1; number < bound; number += 1) table.add(`${number}`, sessionOf(kind, START + HOUR));
      expect(digests()).toHaveLength(bound + 1);
      expect(table.add("one more", sessionOf(kind, START + HOUR))).toBe(what === "gives way");
      expect(digests()).toHaveLength(bound + 1);
      expect(digests().includes("one more")).toBe(what === "gives way");
      expect(digests().includes("first to end")).toBe(what === "refused");
      expect(digests()).toContain("of another kind");
    }),
  );

  it.each(KINDS)("of the kind %s (%i) one that is there may be put in again", (kind, bound) =>
    withSessions((table, digests) => {
      for (let number = 0; number < bound; number += 1) table.add(`${number}`, sessionOf(kind, START + HOUR));
      expect(table.add("0", sessionOf(kind, START + 2 * HOUR))).toBe(true);
      expect(digests()).toHaveLength(bound);
      expect(table.find("0")).toMatchObject({ expires_at: START + 2 * HOUR });
    }),
  );
});

describe("what was stored before", () => {
  /** As the table had it before makers and scopes were noted. */
  const stored = (kind: SessionFacts["kind"], more: object) =>
    withTable(
      (sql) => new SessionTable(sql),
      (table, rows) => {
        table.add("a", sessionOf(kind, START + HOUR));
        const { maker: _, scopes: __, ...before } = sessionOf(kind, START + HOUR);
        rows(`UPDATE sessions SET facts = '${JSON.stringify({ ...before, ...more })}'`);
        return table.find("a");
      },
    );

  it("an app's key with read goes on making sessions; made since, it does not", async () => {
    expect(await stored("app", { scopes: ["read"] })).toMatchObject({ scopes: ["read", "sessions"], maker: null });
    expect(await stored("app", { scopes: ["read"], maker: null })).toMatchObject({ scopes: ["read"] });
    expect(await stored("app", { scopes: ["proxy"] })).toMatchObject({ scopes: ["proxy"] });
    expect(await stored("app", { scopes: ["read", "sessions"] })).toMatchObject({ scopes: ["read", "sessions"] });
  });

  it("another session never comes to make some", async () => {
    expect(await stored("key", { scopes: ["read"] })).toMatchObject({ scopes: ["read"] });
    expect(await stored("user", {})).toMatchObject({ scopes: ["connect", "read", "proxy"] });
  });

  it("who has made it is kept", async () => {
    expect(await stored("user", { maker: "digest" })).toMatchObject({ maker: "digest" });
  });
});
