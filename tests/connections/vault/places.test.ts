/** A place that a connection has left: whoever has a key or a grant that names it must not find another account there. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { APP_USER, ENROLMENT, START, factsOf, withVault, type LoneVault } from "../../support/lone-vault.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: START }));
afterEach(() => vi.useRealTimers());

const accountOf = (id: string) => ({ id, name: `Account ${id}`, email: null, avatar_url: null, url: null });

/** Connects an account, or one that nobody knows. @returns where it has gone */
async function connect(vault: LoneVault, account: string | null): Promise<string> {
  const placed = vault.place("github", account, { as: "any" });
  if (placed.outcome !== "placed") return expect.fail(placed.outcome);
  const facts = factsOf({ account: account === null ? null : accountOf(account) });
  const stored = await vault.store(placed.place, placed, `sealed ${placed.place} ${placed.epoch}`, facts);
  expect(stored.outcome).toBe("stored");
  return placed.place;
}

const leave = (vault: LoneVault, place: string) => vault.disconnect(place, crypto.randomUUID());

describe("the place of a connection that has gone", () => {
  it("is the same account's when it comes back", () =>
    withVault(async (vault) => {
      await vault.own(APP_USER, ENROLMENT);
      await leave(vault, await connect(vault, "1"));
      expect(await connect(vault, "1")).toBe("github");
    }));

  it.each([
    ["another account", "1", "2"],
    ["one that nobody knows", "1", null],
    ["an account, where nobody knew whose it was", null, "1"],
    ["one that nobody knows, where nobody knew whose it was", null, null],
  ])("is not for %s", (_, before, after) =>
    withVault(async (vault) => {
      await vault.own(APP_USER, ENROLMENT);
      expect(await connect(vault, before)).toBe("github");
      await leave(vault, "github");
      const place = await connect(vault, after);
      expect(place).toMatch(/^github~[a-z0-9]{8}$/);
      expect(vault.connection("github")).toBeNull();
      await leave(vault, place);
      expect([place, "github"]).not.toContain(await connect(vault, "3"));
    }),
  );

  it("is nobody's where a version before has not noted who left", () =>
    withVault(async (vault, { storage, reopen }) => {
      await vault.own(APP_USER, ENROLMENT);
      await leave(vault, await connect(vault, "1"));
      storage.sql.exec("UPDATE connections SET left_by = NULL");
      expect(await connect(reopen(), "2")).not.toBe("github");
    }));
});
