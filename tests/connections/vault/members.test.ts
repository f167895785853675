/** The vaults of an app's users: noted anew each time, taken out as what they were noted. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CLOSED_MS } from "../../../src/connections/vault/closing.ts";
import { MemberTable } from "../../../src/connections/vault/members.ts";
import { MINUTE, START, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withMembers = (work: (table: MemberTable) => void) => withTable((sql) => new MemberTable(sql), work);

it("a vault may be opened for five minutes on the strength of being noted", () =>
  withMembers((table) => {
    expect(table.add("a").until).toBe(START + 5 * MINUTE);
  }));

it("one that has emptied itself goes, unless it was noted anew since", () =>
  withMembers((table) => {
    const first = table.add("a");
    const other = table.add("b");
    const anew = table.add("a");
    expect(anew.id).not.toBe(first.id);
    table.remove("a", first.id);
    table.remove("a", other.id);
    expect(table.page("", 10)).toEqual(["a", "b"]);
    table.remove("a", anew.id);
    expect(table.page("", 10)).toEqual(["b"]);
  }));

it("one that is closed goes once nothing can come into it, and no other", () =>
  withMembers((table) => {
    table.add("a");
    table.add("b");
    pass(CLOSED_MS - 1);
    expect(table.removeClosed("a")).toBe(false);
    pass(1);
    expect(table.removeClosed("a")).toBe(true);
    expect(table.removeClosed("a")).toBe(false);
    expect(table.removeClosed("c")).toBe(false);
    expect([table.count(), table.isEmpty()]).toEqual([1, false]);
    table.removeClosed("b");
    expect([table.count(), table.isEmpty()]).toEqual([0, true]);
  }));

it("those that are found elsewhere are noted as from long ago; one that is noted stays as it is", () =>
  withMembers((table) => {
    const { id } = table.add("a");
    table.addFound(["a", "b"]);
    expect(table.page("", 10)).toEqual(["a", "b"]);
    expect(table.removeClosed("a")).toBe(false);
    expect(table.removeClosed("b")).toBe(true);
    table.remove("a", id);
    expect(table.isEmpty()).toBe(true);
  }));

it("they are read in order, page by page", () =>
  withMembers((table) => {
    expect([table.page("", 10), table.count(), table.isEmpty()]).toEqual([[], 0, true]);
    for (const vault of ["c", "a", "d", "b"]) table.add(vault);
    expect(table.page("", 2)).toEqual(["a", "b"]);
    expect(table.page("b", 2)).toEqual(["c", "d"]);
    expect(table.page("d", 2)).toEqual([]);
  }));
