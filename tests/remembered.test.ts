/** What an isolate remembers: for so long, so much, and nothing that was to be forgotten. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Remembered } from "../src/remembered.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

it("remembers until its time is over", () => {
  const remembered = new Remembered<string>({ ms: 1000, most: 10 });
  remembered.set("a", "one");
  vi.setSystemTime(Date.now() + 999);
  expect(remembered.get("a")).toBe("one");
  vi.setSystemTime(Date.now() + 1);
  expect(remembered.get("a")).toBeUndefined();
});

it("lets the oldest go where there are more than there may be", () => {
  const remembered = new Remembered<number>({ ms: 1000, most: 3 });
  for (const number of [1, 2, 3]) remembered.set(String(number), number);
  remembered.set("1", 1);
  remembered.set("4", 4);
  expect(["1", "2", "3", "4"].map((name) => remembered.get(name))).toEqual([1, undefined, 3, 4]);
});

it("lets the oldest go where all together weigh more than they may, and keeps nothing that is too heavy by itself", () => {
  const remembered = new Remembered<string>({ ms: 1000, most: 100, heaviest: 10, weigh: ({ length }) => length });
  remembered.set("a", "four");
  remembered.set("b", "four");
  remembered.set("c", "four");
  expect(["a", "b", "c"].map((name) => remembered.get(name))).toEqual([undefined, "four", "four"]);
  remembered.set("d", "more than ten");
  expect(["b", "c", "d"].map((name) => remembered.get(name))).toEqual([undefined, undefined, undefined]);
  remembered.set("b", "four");
  remembered.delete("b");
  remembered.set("e", "ten ten te");
  expect(remembered.get("e")).toBe("ten ten te");
});

it("takes nothing that was read before something was forgotten", () => {
  const remembered = new Remembered<string>({ ms: 1000, most: 10 });
  const { mark } = remembered;
  remembered.delete("a");
  remembered.set("a", "from before", mark);
  expect(remembered.get("a")).toBeUndefined();
  const later = remembered.mark;
  remembered.deleteWhere((value) => value === "none");
  remembered.set("a", "from before", later);
  expect(remembered.get("a")).toBeUndefined();
  remembered.set("a", "of now", remembered.mark);
  expect(remembered.get("a")).toBe("of now");
});

it("forgets all of which something holds, and no other", () => {
  const remembered = new Remembered<number>({ ms: 1000, most: 10 });
  for (const number of [1, 2, 3]) remembered.set(String(number), number);
  remembered.deleteWhere((value) => value > 1);
  expect(["1", "2", "3"].map((name) => remembered.get(name))).toEqual([1, undefined, undefined]);
});
