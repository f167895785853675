/** What a user's connections are called before anybody has called them anything. */
import { describe, expect, it } from "vitest";
import type { Account } from "../../src/api.ts";
import { isFallback, labelFor } from "../../src/connections/label.ts";

const named = (name: string, email: string | null = null): Account => ({
  id: "1",
  name,
  email,
  avatar_url: null,
  url: null,
});

describe("a label is made from what the account is called", () => {
  it.each([
    ["Ada Lindqvist", "ada-lindqvist"],
    ["  Ada -- Lindqvist!  ", "ada-lindqvist"],
    ["Élodie Brûlé", "elodie-brule"],
    ["ada@example.org", "ada"],
    ["ada.lindqvist+work@example.org", "ada-lindqvist-work"],
    ["ada@home@example.org", "ada-home-example-org"],
    ["@ada", "ada"],
    ["ada at example.org", "ada-at-example-org"],
    [`${"a".repeat(39)} b`, "a".repeat(39)],
    ["x".repeat(100), "x".repeat(40)],
  ])("%j becomes %s", (name, label) => {
    expect(labelFor(named(name), [])).toBe(label);
  });

  it("from the address where the name makes none, and is a plain word where nothing does", () => {
    expect(labelFor(named("李明", "li.ming@example.org"), [])).toBe("li-ming");
    expect(labelFor(named("李明"), [])).toBe("account");
    expect(labelFor(null, [])).toBe("account");
  });
});

it("is counted up until it is free, and never longer than a label may be", () => {
  expect(labelFor(named("Ada"), ["ada"])).toBe("ada-2");
  expect(labelFor(named("Ada"), ["ada", "ada-2"])).toBe("ada-3");
  const long = "y".repeat(40);
  expect(labelFor(named(long), [long])).toBe(`${"y".repeat(38)}-2`);
  const hyphened = `${"z".repeat(37)} zz`;
  expect(labelFor(named(hyphened), ["z".repeat(37) + "-zz"])).toBe(`${"z".repeat(37)}-2`);
});

it("tells a label that was given where nothing was known from one that was", () => {
  expect(["account", "account-2", "account-12"].map(isFallback)).toEqual([true, true, true]);
  expect(["accounts", "my-account", "account-", "account-x"].map(isFallback)).toEqual([false, false, false, false]);
});
