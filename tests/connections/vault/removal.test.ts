/** How the removal of an app goes on: page by page, round by round, until all is quiet and nothing is left. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLOSED_MS } from "../../../src/connections/vault/closing.ts";
import { MemberTable } from "../../../src/connections/vault/members.ts";
import { RemovalRecord, type Search } from "../../../src/connections/vault/removal.ts";
import { DAY, MINUTE, SECOND, START, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withRemoval = (work: (removal: RemovalRecord, members: MemberTable) => void) =>
  withTable(
    (sql) => {
      const members = new MemberTable(sql);
      return { members, removal: new RemovalRecord(sql, members) };
    },
    ({ removal, members }) => work(removal, members),
  );

const FIRST: Search = { source: "list", cursor: null };
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => String(number).padStart(2, "0"));

describe("before it begins", () => {
  it("there is nothing to do, nothing to show and nothing to forget", () =>
    withRemoval((removal) => {
      expect([removal.get(), removal.app(), removal.isBegun]).toEqual([null, null, false]);
      expect([removal.due(START), removal.nextAt(), removal.forgottenFrom()]).toEqual([null, null, null]);
    }));
});

describe("an app without users", () => {
  it("is looked at at once, and is done when it has been quiet for a quarter of an hour", () =>
    withRemoval((removal) => {
      removal.begin("sealed", false);
      expect(removal.app()).toBe("sealed");
      expect(removal.get()).toEqual({ started_at: START, ended_at: null, users_done: 0, revoked: 0, not_revoked: 0 });
      expect(removal.due(START - 1)).toBeNull();
      expect(removal.due(START)).toEqual({ close: [], search: null, finish: false });
      expect(removal.nextAt()).toBe(START + CLOSED_MS);
      expect(removal.due(START + CLOSED_MS)).toEqual({ close: [], search: null, finish: true });
      // What it was to do may be lost.
      expect(removal.nextAt()).toBe(START + CLOSED_MS + 5 * SECOND);
      expect(removal.due(START + CLOSED_MS + 5 * SECOND)).toMatchObject({ finish: true });
    }));

  it("is shown as removed for thirty days, and keeps nothing of the app", () =>
    withRemoval((removal) => {
      removal.begin("sealed", false);
      pass(MINUTE);
      removal.end();
      pass(MINUTE);
      removal.end();
      expect(removal.get()?.ended_at).toBe(START + MINUTE);
      expect([removal.app(), removal.nextAt(), removal.isBegun]).toEqual([null, null, true]);
      expect(removal.due(START + DAY)).toBeNull();
      expect(removal.forgottenFrom()).toBe(START + MINUTE + 30 * DAY);
    }));
});

describe("an app's users", () => {
  it("are visited twenty at a time, five seconds apart, and in another round after a quarter of an hour", () =>
    withRemoval((removal, members) => {
      for (const name of names(45)) members.add(name);
      removal.begin("sealed", false);
      expect(removal.due(START)?.close).toEqual(names(20));
      expect(removal.nextAt()).toBe(START + 5 * SECOND);
      expect(removal.due(START + 5 * SECOND)?.close).toEqual(names(40).slice(20));
      expect(removal.due(START + 10 * SECOND)).toEqual({ close: names(45).slice(40), search: null, finish: false });
      expect(removal.nextAt()).toBe(START + 10 * SECOND + CLOSED_MS);
      expect(removal.due(START + 10 * SECOND + CLOSED_MS)?.close).toEqual(names(20));
    }));

  it("are not done while one is left, however long that takes", () =>
    withRemoval((removal, members) => {
      members.add("a");
      removal.begin("sealed", false);
      removal.due(START);
      expect(removal.due(START + DAY)).toEqual({ close: ["a"], search: null, finish: false });
    }));

  it("are counted with what was taken back; with the last of them nothing has to be waited for but quiet", () =>
    withRemoval((removal, members) => {
      members.addFound(["a", "b", "c"]);
      removal.begin("sealed", false);
      removal.due(START);
      members.removeClosed("a");
      removal.countUser({ revoked: 2, not_revoked: 1 });
      members.removeClosed("b");
      removal.countUser(null);
      expect(removal.nextAt()).toBe(START + CLOSED_MS);
      removal.due(START + CLOSED_MS);
      expect(removal.nextAt()).toBe(START + 2 * CLOSED_MS);
      vi.setSystemTime(START + CLOSED_MS + MINUTE);
      members.removeClosed("c");
      removal.countUser({ revoked: 1, not_revoked: 0 });
      expect(removal.get()).toMatchObject({ users_done: 2, revoked: 3, not_revoked: 1 });
      expect(removal.nextAt()).toBe(START + CLOSED_MS + MINUTE);
      expect(removal.due(START + CLOSED_MS + MINUTE)).toMatchObject({ finish: true });
    }));

  it("of the last one before it is quiet, that is waited for", () =>
    withRemoval((removal, members) => {
      members.addFound(["a"]);
      removal.begin("sealed", false);
      pass(MINUTE);
      removal.due(Date.now());
      members.removeClosed("a");
      removal.countUser(null);
      expect(removal.nextAt()).toBe(START + CLOSED_MS);
    }));
});

describe("users whose vaults were not noted", () => {
  it("are looked for from the beginning, page by page, each asked for until it was looked through", () =>
    withRemoval((removal) => {
      const second: Search = { source: "index", cursor: "x" };
      removal.begin("sealed", true);
      expect(removal.due(START)).toEqual({ close: [], search: FIRST, finish: false });
      expect(removal.nextAt()).toBe(START + 5 * SECOND);
      expect(removal.due(START + 5 * SECOND)?.search).toEqual(FIRST);
      removal.setSearched(second, false, null);
      expect(removal.due(START + 10 * SECOND)?.search).toEqual(FIRST);
      removal.setSearched(FIRST, false, second);
      expect(removal.due(START + 15 * SECOND)?.search).toEqual(second);
      removal.setSearched(second, false, null);
      expect(removal.due(START + 20 * SECOND)).toEqual({ close: [], search: null, finish: false });
      expect(removal.nextAt()).toBe(START + CLOSED_MS);
    }));

  it("that are found are visited with the next page, though their names come before", () =>
    withRemoval((removal, members) => {
      for (const name of names(20)) members.add(name);
      removal.begin("sealed", true);
      removal.due(START);
      members.addFound(["00a"]);
      removal.setSearched(FIRST, false, FIRST);
      expect(removal.due(START + 5 * SECOND)?.close).toEqual([]);
      removal.setSearched(FIRST, true, FIRST);
      expect(removal.due(START + 10 * SECOND)?.close).toContain("00a");
    }));

  it("are looked for once more when all is quiet, once", () =>
    withRemoval((removal) => {
      removal.begin("sealed", true);
      removal.due(START);
      removal.setSearched(FIRST, false, null);
      expect(removal.due(START + CLOSED_MS - 1)?.search).toBeNull();
      vi.setSystemTime(START + CLOSED_MS);
      expect(removal.due(START + CLOSED_MS)).toEqual({ close: [], search: FIRST, finish: false });
      removal.setSearched(FIRST, false, null);
      expect(removal.due(START + CLOSED_MS + MINUTE)).toEqual({ close: [], search: null, finish: true });
    }));

  it("are not looked for where there are none", () =>
    withRemoval((removal) => {
      removal.begin("sealed", false);
      expect(removal.due(START + CLOSED_MS)?.search).toBeNull();
    }));
});
