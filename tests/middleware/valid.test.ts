/** What is wrong with a request is said of the field it is wrong with, by a name of our own and never by its value. */
import { expect, it } from "vitest";
import * as z from "zod/mini";
import { parseInput } from "../../src/middleware/valid.ts";

const Inner = z.strictObject({ count: z.number("has to be a number"), name: z.string("has to be a text") });
const Schema = z.strictObject({
  inner: z.optional(Inner),
  either: z.optional(z.union([Inner, z.strictObject({ flag: z.boolean("has to be true or false") })], "is neither")),
  map: z.optional(z.record(z.string().check(z.maxLength(3, "is too long")), z.string("has to be a text"))),
});
const reasonFor = (value: unknown): string => {
  try {
    parseInput(Schema, "body", value);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

it("what is right is what the schema makes of it", () => {
  expect(parseInput(Schema, "body", { inner: { count: 1, name: "x" } })).toEqual({ inner: { count: 1, name: "x" } });
  expect(parseInput(undefined, "body", { anything: 1 })).toBeUndefined();
});

it.each([
  ["the field within a field", { inner: { count: "1", name: "x" } }, "inner.count: has to be a number."],
  ["the first of two", { inner: { count: "1", name: 2 } }, "inner.count: has to be a number."],
  ["a field that is not known, by its name", { lable: 1 }, "lable: is not known here."],
  ["one within a field", { inner: { count: 1, name: "x", nmae: "y" } }, "inner.nmae: is not known here."],
  ["one that may be a value", { t0k3n: 1 }, "body: has a field that is not known here."],
  ["one that could be no name of ours", { "secret value": 1 }, "body: has a field that is not known here."],
  ["the one of two shapes with the least wrong", { either: { count: 1, name: 2 } }, "either.name: has to be a text."],
  ["neither of two shapes with as much wrong", { either: 5 }, "either: is neither."],
  ["not a name that the caller has made up", { map: { "a b": 1 } }, "map: has to be a text."],
  ["a key of the caller's, not by its name", { map: { secret: "x" } }, "body: "],
])("what is wrong is said of %s", (_, value, reason) => {
  expect(reasonFor(value)).toContain(reason);
  expect(reasonFor(value)).not.toMatch(/secret/);
});

it("the field that is wrong is told apart from the sentence", () => {
  const wrong = { inner: { count: "1", name: "x" } };
  expect(() => parseInput(Schema, "body", wrong)).toThrow(expect.objectContaining({ param: "inner.count" }));
  expect(() => parseInput(Schema, "body", 5)).toThrow(expect.objectContaining({ param: null }));
});

it.each(["path", "query", "body"] as const)("of the whole %s where it is in no field", (part) => {
  expect(() => parseInput(Schema, part, 5)).toThrow(
    expect.objectContaining({ code: "invalid_request", message: expect.stringMatching(new RegExp(`^${part}: `)) }),
  );
});
