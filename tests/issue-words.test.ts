/** What a schema finds wrong is said in words of the reader's, and a value is never among them. */
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { wordsFor } from "../src/issue-words.ts";

const reasonFor = (schema: z.ZodMiniType, value: unknown): string | undefined =>
  z.safeParse(schema, value, { error: wordsFor }).error?.issues[0]?.message;

describe("what is wrong with a field", () => {
  it.each([
    ["left out", z.string(), undefined, "is required"],
    ["left out of some words", z.enum(["a", "b"]), undefined, "is required"],
    ["left out of some forms", z.union([z.string(), z.number()]), undefined, "is required"],
    ["no text", z.string(), 5, "has to be a text"],
    ["no number", z.number(), "SECRET", "has to be a number"],
    ["a part of a number", z.int(), 1.5, "has to be a whole number"],
    ["no list", z.array(z.string()), {}, "has to be a list"],
    ["no object", z.object({}), [], "has to be an object"],
    ["no yes or no", z.boolean(), "yes", "has to be true or false"],
    ["an empty text", z.string().check(z.minLength(1)), "", "must not be empty"],
    ["an empty list", z.array(z.string()).check(z.minLength(1)), [], "must not be empty"],
    ["too short", z.string().check(z.minLength(8)), "SECRET", "has to have at least 8 characters"],
    ["too long", z.string().check(z.maxLength(3)), "SECRET", "has to have at most 3 characters"],
    ["too long for one letter", z.string().check(z.maxLength(1)), "SECRET", "has to have at most 1 character"],
    ["a list of too many", z.array(z.int()).check(z.maxLength(2)), [1, 2, 3], "has to have at most 2 entries"],
    ["too small", z.number().check(z.minimum(60)), 5, "has to be at least 60"],
    ["too large", z.number().check(z.maximum(60)), 65, "has to be at most 60"],
    ["none of the words", z.enum(["read", "proxy"]), "SECRET", 'has to be "read" or "proxy"'],
    ["no address", z.url(), "SECRET", "has to be an address"],
    ["not of the form", z.string().check(z.regex(/^a$/)), "SECRET", "is not in the form that it has to have"],
    ["of neither form", z.union([z.int(), z.boolean()]), "SECRET", "has none of the forms that it may have"],
  ])("%s", (_, schema, value, reason) => {
    expect(reasonFor(schema, value)).toBe(reason);
  });
});
