/** What is typed into the form of a service: mended as it was meant, and told wrong only where it is. */
import { describe, expect, it } from "vitest";
import { autocompleteOf, mended, wrongWith, type Field } from "../../frontend/hosted/form/typed.ts";

const PLAIN: Field = {
  name: "api_key",
  title: "API key",
  description: null,
  example: null,
  help: null,
  secret: false,
  pattern: null,
  optional: false,
  default: null,
  choices: null,
  suffix: null,
  multiline: false,
  fixed: null,
};
const KEY: Field = { ...PLAIN, secret: true, pattern: "vd_[a-z0-9]{4}" };
const HOST: Field = { ...PLAIN, name: "subdomain", pattern: "[a-z0-9-]+", suffix: ".zen.example" };

describe("is mended", () => {
  it.each<[string, Field, string, string]>([
    ["of blanks and invisible characters", KEY, " \u200bvd_a1\u00adb2\ufeff\n", "vd_a1b2"],
    ["not in the middle", PLAIN, " correct horse ", "correct horse"],
    ["of the suffix", HOST, "acme.zen.example", "acme"],
    ["to the name in an address", HOST, " https://Acme.zen.example/login?next=/#top ", "acme"],
    ["to a whole host", { ...PLAIN, pattern: "[a-z.]+" }, "https://social.example./@ann", "social.example"],
    ["to small letters, as in every host", HOST, "ACME", "acme"],
    ["never in the letters of a secret", KEY, "VD_A1B2", "VD_A1B2"],
    ["not where nobody has said what it is like", PLAIN, "https://Ann.example/x", "https://Ann.example/x"],
    ["not where no part of it is right", HOST, "https://", "https://"],
    ["at its ends where it has lines", { ...KEY, multiline: true, pattern: null }, "\n a\nb \n", "a\nb"],
  ])("%s", (_, field, typed, meant) => {
    expect(mended(field, typed)).toBe(meant);
    expect(mended(field, meant)).toBe(meant);
  });
});

it.each<[Partial<Field>, string, string | null]>([
  [{}, "", "required"],
  [{ optional: true }, "", null],
  [{ default: "x" }, "", null],
  [{}, "anything", null],
  [{ pattern: "a|b" }, "a", null],
  [{ pattern: "a|b" }, "ab", "unlike"],
  [{ pattern: "a", optional: true }, "b", "unlike"],
])("%j with %j is %s", (more, value, wrong) => {
  expect(wrongWith({ ...PLAIN, ...more }, value)).toBe(wrong);
});

it("only a user name and its password are filled in by the browser", () => {
  const username = { ...PLAIN, name: "username" };
  const password = { ...PLAIN, name: "password", secret: true };
  const pair = [username, password, KEY];
  expect(pair.map((field) => autocompleteOf(field, pair))).toEqual(["username", "current-password", "off"]);
  expect(autocompleteOf(password, [password])).toBe("off");
  expect(autocompleteOf(username, [username, KEY])).toBe("off");
});
