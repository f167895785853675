/** Grants that wait for their app: found while they live, taken out once. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { GrantTable } from "../../../src/connections/vault/grants.ts";
import { MINUTE, START, factsOf, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withGrants = (work: (table: GrantTable) => void) => withTable((sql) => new GrantTable(sql), work);
const grantOf = (code_digest: string, expires_at = START + MINUTE, sealed = `sealed for ${code_digest}`) => ({
  code_digest,
  integration: "one",
  connect_session: null,
  sealed,
  facts: factsOf(),
  expires_at,
});

it("a grant is what it was put in as, until its very end", () =>
  withGrants((table) => {
    table.add(grantOf("a"));
    table.add(grantOf("b", START + 2 * MINUTE));
    expect(table.find("a")).toEqual(grantOf("a"));
    expect(table.find("c")).toBeNull();
    expect(table.nextAt()).toBe(START + MINUTE);
    pass(MINUTE - 1);
    expect(table.find("a")).not.toBeNull();
    pass(1);
    expect(table.find("a")).toBeNull();
    expect(table.find("b")).not.toBeNull();
  }));

it("a grant that is put in again stays as it is", () =>
  withGrants((table) => {
    table.add(grantOf("a"));
    table.add(grantOf("a", START + 5 * MINUTE, "another"));
    expect(table.find("a")).toMatchObject({ sealed: "sealed for a", expires_at: START + MINUTE });
  }));

it("a grant is taken out once, whether or not its time is over, and no other with it", () =>
  withGrants((table) => {
    table.add(grantOf("a"));
    table.add(grantOf("b"));
    pass(2 * MINUTE);
    expect(table.remove("a")?.code_digest).toBe("a");
    expect(table.remove("a")).toBeNull();
    expect(table.remove("b")?.code_digest).toBe("b");
    expect(table.nextAt()).toBeNull();
  }));

it("those whose time is over are taken out, each once", () =>
  withGrants((table) => {
    table.add(grantOf("a"));
    table.add(grantOf("b", START + MINUTE + 1));
    expect(table.takeExpired(START + MINUTE - 1)).toEqual([]);
    expect(table.takeExpired(START + MINUTE).map(({ code_digest }) => code_digest)).toEqual(["a"]);
    expect(table.takeExpired(START + MINUTE)).toEqual([]);
    expect(table.nextAt()).toBe(START + MINUTE + 1);
  }));

it("of more than there may be the oldest are taken out", () =>
  withGrants((table) => {
    table.add(grantOf("b", START + 2));
    table.add(grantOf("c", START + 3));
    table.add(grantOf("a", START + 1));
    expect(table.takeMoreThan(3)).toEqual([]);
    expect(table.takeMoreThan(2).map(({ code_digest }) => code_digest)).toEqual(["a"]);
    expect(
      table
        .takeMoreThan(0)
        .map(({ code_digest }) => code_digest)
        .toSorted(),
    ).toEqual(["b", "c"]);
  }));

it("what came of a connect session is taken out with it, and nothing of another's", () =>
  withGrants((table) => {
    table.add({ ...grantOf("a"), connect_session: "cs-1" });
    table.add({ ...grantOf("b"), connect_session: "cs-2" });
    table.add(grantOf("c"));
    expect(table.takeOf("cs-1").map(({ code_digest }) => code_digest)).toEqual(["a"]);
    expect(table.takeOf("cs-1")).toEqual([]);
    for (const kept of ["b", "c"]) expect(table.find(kept)).not.toBeNull();
  }));
