/** Patterns that others write: what services need is taken, and nothing that a text can keep busy. */
import { describe, expect, it } from "vitest";
import { isPathPattern, isValuePattern, matches } from "../../src/contract/patterns.ts";

const TAKEN = [
  "AC[0-9a-fA-F]{32}",
  "[a-z0-9-]{1,63}",
  "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
  "[a-z0-9-]+[.][a-z0-9.-]+",
  "https://[a-z]+\\.acme\\.com",
  "eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+",
  "[^@]+@[^@]+",
  "(?:us|eu|ap|ca|uk|in|jp|kr|au|br)[0-9]{1,3}",
  "(?:us|eu|ap)-(?:north|south|east|west)-[0-9]+",
  "(sk|pk)_(live|test)_[A-Za-z0-9]{8,128}",
  "\\p{L}+ \\p{L}{2,40}",
  "[\\s\\S]+",
  "[(|)*+]+",
  "\\(a\\)+",
  "a|b+|c*",
];

const REFUSED: [string, string][] = [
  ["a repeated group", "(a+)+"],
  ["a group that is repeated lazily", "(?:a|a)*?b"],
  ["a group that is repeated so many times", "(?:a?){30}"],
  ["three parts that may share a text", "[a-z]+[a-z]+[a-z]+"],
  ["three parts with letters between that they may have", ".*a.*a.*a"],
  ["three long parts that have an end", "[a-z]{0,500}[a-z]{0,500}[a-z]{0,500}"],
  ["many that may be there", "a?".repeat(30) + "a{30}"],
  ["alternatives that are the same", "(a|a)".repeat(30)],
  ["groups that may be there, in groups", "(?:(?:(?:a|a)|(?:a|a))|(?:(?:a|a)|(?:a|a)))".repeat(8)],
  ["what looks ahead", "(?=a)a"],
  ["what looks behind", "(?<!a)b"],
  ["a group with a name", "(?<name>a)"],
  ["another place's letters again", "(a)\\1"],
  ["no regular expression", "["],
  ["another one", "a{2,1}"],
  ["one that ends a group of ours", "a)|(?:.*"],
];

describe("a pattern of a value", () => {
  it.each(TAKEN)("may be %s", (pattern) => {
    expect(isValuePattern(pattern)).toBe(true);
  });

  it.each(REFUSED)("may not be %s", (_, pattern) => {
    expect(isValuePattern(pattern)).toBe(false);
  });

  it.each([...TAKEN, ".*a.*b", "(a|a)".repeat(20) + "c"])(
    "that is taken comes to an end on what is all but right: %s",
    (pattern) => {
      for (const pump of ["a", "a.", "a@", "(", "0", "us", "é ", "eyJa."]) {
        expect(matches(pattern, `${pump.repeat(4096 / pump.length - 1)}\0`)).toBe(pattern === "[\\s\\S]+");
      }
    },
  );

  it("has to be the whole value, which is no longer than any that is typed", () => {
    expect(matches("a|b", "ab")).toBe(false);
    expect(matches("a|b", "b")).toBe(true);
    expect(matches("a+", "a".repeat(4096))).toBe(true);
    expect(matches("a+", "a".repeat(4097))).toBe(false);
  });
});

describe("a pattern of a path", () => {
  it.each([
    "^/oauth/",
    "^/v1/[^/]+/tokens/[^/]+/secret$",
    "^/(?:v[0-9.]+/)?[^/]+/permissions",
    "^/api/(?:oauth|openid)\\.",
    "^/.*/revoke",
    "revokeSignInSessions",
    "/(?:oauth|token)s?(?:/|$)",
  ])("may be %s", (pattern) => {
    expect(isPathPattern(pattern)).toBe(true);
  });

  it.each([
    ["two parts that may share a text", "^/.*/.*/revoke"],
    ["a part of any length that is looked for everywhere", "[a-z]+[0-9]"],
    ["one of two that begins anywhere", "^/a|[a-z]+[0-9]"],
    ...REFUSED,
  ])("may not be %s", (_, pattern) => {
    expect(isPathPattern(pattern)).toBe(false);
  });
});
