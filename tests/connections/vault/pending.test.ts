/** Authorizations that were started: each is had once, by the browser it belongs to, in its time. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BOUNDS } from "../../../src/bounds.ts";
import { randomId } from "../../../src/crypto.ts";
import { PendingTable } from "../../../src/connections/vault/pending.ts";
import { HOUR, MINUTE, START, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withPending = (work: (table: PendingTable, states: () => unknown[]) => void) =>
  withTable(
    (sql) => new PendingTable(sql),
    (table, rows) =>
      work(table, () => rows("SELECT state_digest FROM pending").map(({ state_digest }) => state_digest)),
  );

const begun = (state_digest: string, browser_digest: string | null, expires_at = START + 10 * MINUTE) => ({
  state_digest,
  record: `the record of ${state_digest}`,
  browser_digest,
  expires_at,
});

describe("a flow", () => {
  it("is had once, and remembered as consumed", () =>
    withPending((table) => {
      table.begin(begun("one", "browser"));
      table.begin(begun("two", "browser"));
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "claimed", record: "the record of one" });
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "consumed" });
      expect(table.claim("two", "browser", randomId()).outcome).toBe("claimed");
    }));

  it("is had again by the attempt that has had it, whose answer may have been lost, and by no other", () =>
    withPending((table) => {
      table.begin(begun("one", "browser"));
      const had = { outcome: "claimed", record: "the record of one" };
      expect(table.claim("one", "browser", "mine")).toEqual(had);
      expect(table.claim("one", "browser", "another")).toEqual({ outcome: "consumed" });
      expect(table.claim("one", "browser", "mine")).toEqual(had);
    }));

  it("leaves no record behind a minute after it was had", () =>
    withTable(
      (sql) => new PendingTable(sql),
      (table, rows) => {
        table.begin(begun("one", "browser"));
        table.begin(begun("two", "browser"));
        table.claim("one", "browser", "mine");
        pass(MINUTE);
        table.purge(Date.now());
        expect(table.claim("one", "browser", "mine").outcome).toBe("claimed");
        pass(1);
        table.purge(Date.now());
        expect(rows("SELECT record, consumed FROM pending")).toEqual([
          { record: null, consumed: 1 },
          { record: "the record of two", consumed: 0 },
        ]);
        expect(table.claim("one", "browser", "mine")).toEqual({ outcome: "consumed" });
      },
    ));

  it("is not had by another browser, and goes on for its own", () =>
    withPending((table) => {
      table.begin(begun("one", "browser"));
      expect(table.claim("one", "another", randomId())).toEqual({ outcome: "other_browser" });
      expect(table.claim("one", "browser", randomId()).outcome).toBe("claimed");
    }));

  it("that nobody has opened yet is no browser's", () =>
    withPending((table) => {
      table.begin(begun("one", null));
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "other_browser" });
    }));

  it("is over at its very end, and says so for an hour", () =>
    withPending((table) => {
      table.begin(begun("one", "browser", START + MINUTE));
      pass(MINUTE - 1);
      expect(table.claim("one", "another", randomId()).outcome).toBe("other_browser");
      pass(1);
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "expired" });
      expect(table.nextAt()).toBe(START + MINUTE + HOUR + 1);
      table.purge(START + MINUTE + HOUR);
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "expired" });
      table.purge(START + MINUTE + HOUR + 1);
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "unknown" });
      expect(table.nextAt()).toBeNull();
    }));

  it("that was had says so although its time is over", () =>
    withPending((table) => {
      table.begin(begun("one", "browser", START + MINUTE));
      table.claim("one", "browser", randomId());
      pass(2 * MINUTE);
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "consumed" });
    }));

  it("that was never begun is unknown, also where others were", () =>
    withPending((table) => {
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "unknown" });
      expect(table.open("one", "browser")).toEqual({ outcome: "unknown" });
      table.begin(begun("two", "browser"));
      expect(table.claim("one", "browser", randomId())).toEqual({ outcome: "unknown" });
      expect(table.open("one", "browser")).toEqual({ outcome: "unknown" });
    }));

  it("is forgotten with all others when they are cleared", () =>
    withPending((table, states) => {
      table.begin(begun("one", "browser"));
      table.clear();
      expect(states()).toEqual([]);
    }));
});

describe("a link", () => {
  it("belongs to the first browser that opens it", () =>
    withPending((table) => {
      table.begin(begun("one", null));
      table.begin(begun("two", null));
      expect(table.open("one", "browser")).toEqual({ outcome: "opened", record: "the record of one" });
      expect(table.open("one", "another")).toEqual({ outcome: "other_browser" });
      expect(table.claim("one", "another", randomId())).toEqual({ outcome: "other_browser" });
      expect(table.open("two", "another").outcome).toBe("opened");
    }));

  it("may be opened again by that browser until the flow was had", () =>
    withPending((table) => {
      table.begin(begun("one", null));
      table.open("one", "browser");
      expect(table.open("one", "browser")).toEqual({ outcome: "again", record: "the record of one" });
      table.claim("one", "browser", randomId());
      expect(table.open("one", "browser")).toEqual({ outcome: "used" });
      expect(table.open("one", "another")).toEqual({ outcome: "other_browser" });
    }));

  it("is over at its very end, opened or not", () =>
    withPending((table) => {
      table.begin(begun("one", null, START + MINUTE));
      table.begin(begun("two", null, START + MINUTE));
      pass(MINUTE - 1);
      expect(table.open("two", "browser").outcome).toBe("opened");
      pass(1);
      expect(table.open("one", "browser")).toEqual({ outcome: "expired" });
      expect(table.open("two", "browser")).toEqual({ outcome: "expired" });
    }));

  it("that was had, by whatever way, is not opened", () =>
    withTable(
      (sql) => new PendingTable(sql),
      (table, rows) => {
        table.begin(begun("one", null));
        rows("UPDATE pending SET consumed = 1");
        expect(table.open("one", "browser").outcome).not.toBe("opened");
      },
    ));
});

describe("of more flows than there may be", () => {
  it("those go first that nobody is on their way with, the oldest before the others", () =>
    withPending((table, states) => {
      table.begin(begun("consumed", "browser", START + 9 * MINUTE));
      table.claim("consumed", "browser", randomId());
      table.begin(begun("link", null, START + 8 * MINUTE));
      table.begin(begun("older", "browser", START + 2 * MINUTE));
      table.begin(begun("newer", "browser", START + 3 * MINUTE));
      for (let number = states().length; number < BOUNDS.flows; number += 1) table.begin(begun(`${number}`, "browser"));
      expect(states()).toHaveLength(BOUNDS.flows);
      const kept = ["consumed", "link", "older", "newer"];
      for (const next of ["link", "consumed", "older", "newer"]) {
        table.begin(begun(`instead of ${next}`, "browser"));
        kept.splice(kept.indexOf(next), 1);
        expect(states().filter((state) => ["consumed", "link", "older", "newer"].includes(String(state)))).toEqual(
          expect.arrayContaining(kept),
        );
        expect(states()).not.toContain(next);
        expect(states()).toHaveLength(BOUNDS.flows);
      }
    }));

  it("what is long over goes before anything is counted", () =>
    withPending((table, states) => {
      table.begin(begun("old", "browser", START - HOUR - 1));
      table.begin(begun("remembered", "browser", START - HOUR));
      table.begin(begun("new", "browser"));
      expect(states()).toEqual(["new", "remembered"]);
    }));
});
