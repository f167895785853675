/** What happened to each connection: the newest, of each apart. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BOUNDS } from "../../../src/bounds.ts";
import { EventTable } from "../../../src/connections/vault/events.ts";
import { MINUTE, START, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withEvents = (work: (table: EventTable) => void) => withTable((sql) => new EventTable(sql), work);

it("events are listed newest first, of one connection alone", () =>
  withEvents((table) => {
    expect(table.isEmpty()).toBe(true);
    expect(table.lastAt()).toBeNull();
    table.add("one", "connected");
    pass(MINUTE);
    table.add("two", "connected");
    pass(MINUTE);
    table.add("one", "refresh_failed", "provider_unavailable");
    const at = new Date(START + 2 * MINUTE).toISOString();
    expect(table.list("one")).toEqual([
      { at, type: "refresh_failed", reason: "provider_unavailable", accounts: null },
      { at: new Date(START).toISOString(), type: "connected", reason: null, accounts: null },
    ]);
    expect(table.list("two")).toHaveLength(1);
    expect(table.list("three")).toEqual([]);
    expect(table.lastAt()).toBe(START + 2 * MINUTE);
    expect(table.isEmpty()).toBe(false);
    table.clear();
    expect(table.isEmpty()).toBe(true);
  }));

it("of more than there may be of one connection the oldest goes, and none of another", () =>
  withEvents((table) => {
    table.add("two", "connected");
    table.add("one", "connected");
    for (let number = 1; number < BOUNDS.activity; number += 1) table.add("one", "refreshed");
    expect(table.list("one").at(-1)?.type).toBe("connected");
    table.add("one", "disconnected");
    expect(table.list("one")).toHaveLength(BOUNDS.activity);
    expect(table.list("one").at(-1)?.type).toBe("refreshed");
    expect(table.list("one").at(0)?.type).toBe("disconnected");
    expect(table.list("two")).toHaveLength(1);
  }));
