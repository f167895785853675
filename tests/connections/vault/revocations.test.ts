/** What is to be taken back: asked for again, later and later, for a day. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RevocationTable } from "../../../src/connections/vault/revocations.ts";
import { DAY, HOUR, MINUTE, SECOND, START, evenChance, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const withRevocations = (work: (table: RevocationTable) => void) => withTable((sql) => new RevocationTable(sql), work);
const LEFT = { place: "one", epoch: 3, generation: 5, sealed: "sealed", account: "1", share: null };
const due = (table: RevocationTable, after: number): number[] => table.due(START + after).map(({ id }) => id);

it("what a request has left is found by that request alone", () =>
  withRevocations((table) => {
    const left = table.add(LEFT, "a request");
    expect(left).toEqual({ ...LEFT, id: left.id });
    expect(table.add({ ...LEFT, sealed: "other", account: null }, "another").id).not.toBe(left.id);
    expect(table.find("a request")).toEqual(left);
    expect(table.find("another")).toMatchObject({ sealed: "other", account: null });
    expect(table.find("none")).toBeNull();
    expect(table.count()).toBe(2);
  }));

it("an alarm asks for it a minute later, so that the request itself comes first", () =>
  withRevocations((table) => {
    const { id } = table.add(LEFT, "a request");
    expect(table.nextAt()).toBe(START + MINUTE);
    expect(due(table, MINUTE - 1)).toEqual([]);
    expect(due(table, MINUTE)).toEqual([id]);
  }));

it("or at once, where there was no request", () =>
  withRevocations((table) => {
    const { id } = table.add(LEFT, "a request", 0);
    expect(table.due(START)).toEqual([{ ...LEFT, id }]);
  }));

it("it is asked for again after two minutes, four, and so on up to an hour, and given up when it is a day old", () =>
  withRevocations((table) => {
    table.add(LEFT, "a request", 0);
    const waits: number[] = [];
    let now = START;
    while (table.count() > 0) {
      const isGivenUp = table.due(now).length === 0;
      const next = table.nextAt();
      if (isGivenUp || next === null) break;
      waits.push(next - now);
      now = next;
    }
    const minutes = waits.map((wait) => Math.round(wait / MINUTE));
    expect(minutes.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect(now).toBeGreaterThan(START + DAY - HOUR);
    expect(table.due(START + DAY)).toEqual([]);
    expect(table.count()).toBe(0);
  }));

it("a day old to the millisecond it is given up, and not before", () =>
  withRevocations((table) => {
    table.add(LEFT, "a request", DAY - 1);
    table.add(LEFT, "another", DAY);
    expect(due(table, DAY - 1)).toHaveLength(1);
    expect(table.count()).toBe(2);
    expect(due(table, DAY)).toEqual([]);
    expect(table.count()).toBe(0);
  }));

it("of many, fifty are handed out at once, those first that have waited longest", () =>
  withRevocations((table) => {
    for (let number = 60; number > 0; number -= 1) table.add(LEFT, `request ${number}`, number * SECOND);
    const first = table.due(START + HOUR);
    expect(first.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index));
    expect(table.due(START + HOUR)).toHaveLength(10);
    expect(table.due(START + HOUR)).toHaveLength(0);
  }));

it("where a provider names a time it waits until then, and never comes sooner for it", () =>
  withRevocations((table) => {
    const { id } = table.add(LEFT, "a request");
    const other = table.add(LEFT, "another");
    table.postpone(id, START + HOUR);
    expect(due(table, HOUR - 1)).toEqual([other.id]);
    table.postpone(id, START);
    expect(due(table, HOUR - 1)).toEqual([]);
    expect(due(table, HOUR)).toContain(id);
  }));

it("what is done with is taken out, once, and says what it was of", () =>
  withRevocations((table) => {
    const { id } = table.add(LEFT, "a request");
    const other = table.add({ ...LEFT, place: "two" }, "another");
    expect(table.remove(id)).toBe("one");
    expect(table.remove(id)).toBeNull();
    expect(table.find("another")).toEqual(other);
    pass(HOUR);
    expect(table.remove(other.id)).toBe("two");
    expect(table.nextAt()).toBeNull();
  }));
