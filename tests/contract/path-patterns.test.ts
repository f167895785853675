/** Path patterns: what they name, what they are not taken to name, and that no other spelling of a path gets past them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern, isPlain, matches, PathPattern, placeOf } from "../../src/contract/path-patterns.ts";

function isNamed(pattern: string, path: string, host: string | null = null): boolean {
  const [before = "", query] = path.split(/\?(.*)/s);
  return matches(
    compilePattern(PathPattern.parse(pattern)),
    placeOf(host, before, query === undefined ? "" : `?${query}`),
  );
}

describe("a pattern names", () => {
  it.for([
    ["/user", "/user"],
    ["/", "/"],
    ["/", ""],
    ["/user/", "/user/"],
    ["/repos/*/issues", "/repos/acme/issues"],
    ["/repos/*", "/repos/acme%20site"],
    ["/repos/*", "/repos/%C3%A9t%C3%A9"],
    ["/documents/*:batchUpdate", "/documents/a1:batchUpdate"],
    ["/chat.*", "/chat.postMessage"],
    ["/a*b*c", "/aXbbYc"],
    ["/repos/**", "/repos"],
    ["/repos/**", "/repos/"],
    ["/repos/**", "/repos/a/b/c"],
    ["/repos/**", "/repos/a/b/"],
    ["/**", "/"],
    ["/**", ""],
    ["/**", "/a/b"],
    ["/**/issues", "/issues"],
    ["/**/issues", "/repos/a/issues"],
    ["/**/a/**/b", "/x/a/y/a/z/b"],
    ["/projects/acme%2Fsite/*", "/projects/acme%2Fsite/issues"],
    ["/items;v=1", "/items;v=1"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo"],
    ["/rest?method=photos.get*", "/rest?api=1&method=photos.getInfo&x=y"],
    ["/rest?method=get&format=*", "/rest?format=json&method=get"],
    ["/rest?method=*", "/rest?method="],
    ["/user", "/user?anything=at&all"],
  ])("%s: %s", ([pattern = "", path = ""]) => {
    expect(isNamed(pattern, path)).toBe(true);
  });

  it("another host of the API, where it says so", () => {
    expect(isNamed("/~uploads.github.com/repos/**", "/repos/a", "uploads.github.com")).toBe(true);
    expect(isNamed("/~uploads.github.com", "", "uploads.github.com")).toBe(true);
  });
});

describe("a pattern does not name", () => {
  it.for([
    ["/user", "/user/"],
    ["/user", "/User"],
    ["/user", "/users"],
    ["/user", "/%75ser"],
    ["/repos/*/issues", "/repos/acme/site/issues"],
    ["/repos/*/issues", "/repos//issues"],
    ["/repos/*/issues", "/repos/acme%2Fsite/issues"],
    ["/repos/*/issues", "/repos/acme%2fsite/issues"],
    ["/repos/*/issues", "/repos/acme%252Fsite/issues"],
    ["/repos/*/issues", "/repos/acme%5Csite/issues"],
    ["/repos/*/issues", "/repos/acme\\site/issues"],
    ["/repos/*/issues", "/repos/acme;x=1/issues"],
    ["/repos/*/issues", "/repos/acme%3Bx/issues"],
    ["/repos/*", "/repos/.."],
    ["/repos/*", "/repos/%2e%2e"],
    ["/repos/*", "/repos/acme."],
    ["/repos/*", "/repos/acme%20"],
    ["/repos/*", "/repos/acme%00"],
    ["/repos/*", "/repos/acme%3Fx"],
    ["/repos/*", "/repos/acme%23x"],
    ["/repos/*", "/repos/%61cme"],
    ["/repos/*", "/repos/%C0%AF"],
    ["/repos/*", "/repos/a%EF%BC%8Fb"],
    ["/repos/*", "/repos/%EF%BC%8E%EF%BC%8E"],
    ["/repos/*", "/repos/%"],
    ["/chat.*", "/chat."],
    ["/repos/**", "/repos/a//b"],
    ["/repos/**", "/repos/a//"],
    ["/repos/**", "/repos/a/../b"],
    ["/repos/**", "/reposx"],
    ["/**/a", "/x/a/y"],
    ["/projects/acme%2Fsite/*", "/projects/acme%2fsite/issues"],
    ["/rest?method=photos.get*", "/rest"],
    ["/rest?method=photos.get*", "/rest?method=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&method=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&%6dethod=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&Method=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&method[]=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&[method]=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&method]=photos.delete"],
    ["/a/*", `/a/${"b".repeat(1025)}`],
    ["/a/**", `/a${"/b".repeat(256)}`],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo;method=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo&+method=photos.delete"],
    ["/rest?method=photos.get*", "/rest?method=photos.getInfo%3Bx"],
    ["/rest?method=photos.get*", "/rest?%6dethod=photos.getInfo"],
    ["/rest?method=photos.getInfo", "/rest?method=photos%2EgetInfo"],
  ])("%s: %s", ([pattern = "", path = ""]) => {
    expect(isNamed(pattern, path)).toBe(false);
  });

  it("another host, where it says nothing of one", () => {
    expect(isNamed("/**", "/repos", "uploads.github.com")).toBe(false);
    expect(isNamed("/~uploads.github.com/**", "/repos")).toBe(false);
  });
});

it("does not name a call whose body has the parameter too, or may have", () => {
  const pattern = compilePattern("/rest?method=photos.get*");
  const place = placeOf(null, "/rest", "?method=photos.getInfo");
  expect(matches(pattern, place)).toBe(true);
  expect(matches(pattern, { ...place, named: new Set(["other"]) })).toBe(true);
  expect(matches(pattern, { ...place, named: new Set(["method"]) })).toBe(false);
  expect(matches(pattern, { ...place, named: null })).toBe(false);
});

describe("no pattern is", () => {
  it.for([
    "",
    "user",
    "//",
    "/a//b",
    "/a/***",
    "/a/**b",
    "/a/b**",
    "/a*%2F",
    "/a;*",
    "/../a",
    "/a/..",
    "/a/%2e%2E/b",
    "/a b",
    "/ä",
    "/a%2",
    "/a#b",
    "/a?",
    "/a?b",
    "/a?b=c&",
    "/a?b=c%2F*",
    "/~Host.example/a",
    "/~*.example/a",
    "/~/a",
    "/{id}",
    "https://api.github.com/user",
    `/${"*a".repeat(9)}`,
    `/${"a".repeat(512)}`,
  ])("%s", (text) => {
    expect(PathPattern.safeParse(text).success).toBe(false);
  });
});

/** What servers make of a path: as it is, decoded once or twice, without parameters of a segment, dots resolved, slashes joined. */
function readings(path: string): string[] {
  const decode = (text: string): string =>
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const encode = (text: string): string =>
    text.replace(/[^\w.~/\\; -]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const once = decode(path);
  const all = [path, encode(once), encode(decode(once))].flatMap((read) => [read, read.replace(/;[^/]*/g, "")]);
  return all.map((read) => {
    const segments: string[] = [];
    for (const segment of read.split(/[/\\]+/).slice(1)) {
      const bare = segment.replace(/[. ]+$/, (dots) => (segment === dots ? dots : ""));
      if (bare === "..") segments.pop();
      else if (bare !== ".") segments.push(bare);
    }
    return `/${segments.join("/")}`;
  });
}

const PIECES = [
  "a",
  "b",
  "acme",
  ".",
  "..",
  "%2e",
  "%2E%2e",
  "%2F",
  "%252f",
  "%5c",
  ";",
  "%3b",
  "%20",
  "//",
  "/",
  "%61",
  "%C3%A9",
];
const spelled = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => `/${pieces.join("")}`);
const PATTERNS = ["/*", "/a/*", "/**", "/a/**", "/*/b", "/a*/**", "/**/b", "/acme/*b", "/b*"];

it("passes no path that a server could read as one that it does not name", () => {
  fc.assert(
    fc.property(fc.constantFrom(...PATTERNS), spelled, (pattern, path) => {
      if (!isNamed(pattern, path)) return;
      for (const read of readings(path)) {
        expect([pattern, path, read, isNamed(pattern, read.replaceAll(" ", "%20"))]).toEqual([
          pattern,
          path,
          read,
          true,
        ]);
      }
    }),
    { numRuns: 20_000 },
  );
});

it("is as quick for the worst of paths as for any", () => {
  const pattern = compilePattern(PathPattern.parse(`/${"*a".repeat(6)}*/**`));
  const path = `/${"a".repeat(8000)}/${"/".repeat(8000)}`;
  const started = performance.now();
  matches(pattern, placeOf(null, path, ""));
  matches(compilePattern(PathPattern.parse("/**/a/**/b/**/c/**")), placeOf(null, "/a".repeat(8000), ""));
  // Hundreds of times as long as it takes; what went back over all of it would take minutes.
  expect(performance.now() - started).toBeLessThan(5000);
});

it("knows plain text", () => {
  for (const text of ["a", "a.b", "a-b_c~d", "%20a", "a%40b", "%E2%82%AC", "a:b", "a=b,c"])
    expect(isPlain(text)).toBe(true);
  for (const text of ["", ".", "a.", "a/b", "%2f", "a%2", "%41", "%7F", "a;b", "%25", "%80"])
    expect(isPlain(text)).toBe(false);
});
