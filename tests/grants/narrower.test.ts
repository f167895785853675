/** What is handed on is never more than what its holder has: held against a reference that tries every call there is. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Method } from "../../src/api-grants.ts";
import { compilePattern, PathPattern } from "../../src/contract/path-patterns.ts";
import type { CallKind } from "../../src/grants/call-kind.ts";
import type { HeldRule } from "../../src/grants/held-grant.ts";
import { isIncluded } from "../../src/grants/inclusion.ts";
import { isNarrower } from "../../src/grants/narrower.ts";

const included = (one: string, ...others: string[]): boolean =>
  isIncluded(
    compilePattern(PathPattern.parse(one)),
    others.map((other) => compilePattern(PathPattern.parse(other))),
    { steps: 300_000 },
  );

describe("a pattern is included", () => {
  it.for([
    ["/a", "/a"],
    ["/a", "/*"],
    ["/a/b", "/**"],
    ["/", "/**"],
    ["/*", "/**"],
    ["/**", "/**"],
    ["/**/", "/**"],
    ["/a/**", "/**"],
    ["/a/*/b", "/a/**/b"],
    ["/a*", "/*"],
    ["/ab*", "/a*"],
    ["/a*b*c", "/a*c"],
    ["/x%20y", "/*"],
    ["/a%2Fb/*", "/a%2Fb/**"],
    ["/**", "/", "/*/**", "/a"],
    ["/a*", "/a", "/a*a", "/a*b", "/a*"],
    ["/*/*", "/**/*"],
    ["/r?m=get", "/r"],
    ["/r?m=get", "/r?m=g*"],
    ["/r?m=get&f=json", "/r?f=*"],
    ["/~h.example/a", "/~h.example/**"],
  ])("%s in %s", ([one = "", ...others]) => {
    expect(included(one, ...others)).toBe(true);
  });
});

describe("a pattern is not included", () => {
  it.for([
    ["/*", "/a"],
    ["/**", "/*"],
    ["/**", "/*/**"],
    ["/**", "/a/**", "/b/**"],
    ["/*", "/a*", "/b*"],
    ["/a", "/A"],
    ["/a/", "/a"],
    ["/a", "/a/"],
    ["/a*", "/ab*"],
    ["/a*b", "/a*bb"],
    ["/a%2Fb", "/*"],
    ["/a;b", "/**"],
    ["/r", "/r?m=get"],
    ["/r?m=g*", "/r?m=get"],
    ["/r?m=a%2Fb", "/r?m=*"],
    ["/~h.example/a", "/**"],
    ["/a", "/~h.example/**"],
  ])("%s in %s", ([one = "", ...others]) => {
    expect(included(one, ...others)).toBe(false);
  });
});

it("says no rather than to try for ever", () => {
  const many = Array.from({ length: 20 }, (_, place) => `/**/${"*a".repeat(3)}*${"b".repeat(place)}/**`);
  const started = performance.now();
  included("/*a*b*a*b/**/*a*b", ...many);
  expect(performance.now() - started).toBeLessThan(10_000);
});

const SEGMENTS = ["a", "b", "ab", "c;d"];
const PARTS = ["a", "b", "ab", "*", "**", "a*", "*b", "c;d"];
const METHODS: readonly Method[] = ["GET", "POST"];
/** Named whole, which is not the same as naming none. */
const ALL_METHODS: Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const INTEGRATIONS = ["github", "notion"];
const CONNECTIONS = ["github", "github~abcdefgh", "notion"].map((place) => ({ id: place, vault: "v", place }));

const pattern = fc
  .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join("/")}`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const subset = <T>(all: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...all], { minLength: 1 });
const about = fc.oneof(
  fc.constant({}),
  subset(INTEGRATIONS).map((integrations) => ({ integrations })),
  subset(CONNECTIONS).map((connections) => ({ connections })),
);
const rule: fc.Arbitrary<HeldRule> = fc
  .record({
    about,
    methods: maybe(fc.oneof(subset(METHODS), fc.constant(ALL_METHODS))),
    paths: maybe(fc.array(pattern, { minLength: 1, maxLength: 3 })),
    writes: fc.constantFrom("refuse", "ask", "allow"),
  })
  .map(({ about: named, methods, paths, writes }) => ({
    ...named,
    ...(methods && { methods }),
    ...(paths && { paths }),
    writes,
  }));
const grant = fc.array(rule, { minLength: 1, maxLength: 3 }).map((rules) => ({ rules }));

interface Call {
  readonly connection: (typeof CONNECTIONS)[number];
  readonly method: Method;
  readonly path: string;
  readonly kind: CallKind;
}

const KINDS: readonly CallKind[] = ["read", "write", "any method", "hidden"];

const longer = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => SEGMENTS.map((segment) => `${path}/${segment}`));
const ONE = longer([""]);
const TWO = longer(ONE);
const PATHS = [...ONE, ...TWO, ...longer(TWO)];
const ALL_CALLS: readonly Call[] = CONNECTIONS.flatMap((connection) =>
  METHODS.flatMap((method) => PATHS.flatMap((each) => KINDS.map((kind) => ({ connection, method, path: each, kind })))),
);

/** As one would write it down without a thought for time: a wildcard is what it may stand for. */
function asExpression(text: string): RegExp {
  const parts = text.split("/").slice(1);
  const source = parts.map((part) =>
    part === "**" ? "(?:/[ab]+)*" : `/${part === "*" ? "[ab]+" : part.replaceAll("*", "[ab]*")}`,
  );
  return new RegExp(`^${source.join("")}$`);
}

/** How far a call gets: 0, not at all; 1, where somebody allows it; 2, on its way. */
function reached({ rules }: { readonly rules: readonly HeldRule[] }, call: Call): 0 | 1 | 2 {
  const near = rules.filter(
    ({ integrations, connections, methods, paths, writes }) =>
      (call.kind !== "hidden" || (!methods && !paths && writes !== "refuse")) &&
      (call.kind !== "any method" || !methods) &&
      (!integrations || integrations.some((name) => call.connection.place.split("~")[0] === name)) &&
      (!connections || connections.some(({ place }) => place === call.connection.place)) &&
      (!methods || methods.includes(call.method)) &&
      (!paths || paths.some((each) => asExpression(each).test(call.path))),
  );
  if (near.some(({ writes }) => call.kind === "read" || writes === "allow")) return 2;
  return near.some(({ writes }) => writes === "ask") ? 1 : 0;
}

it("hands on nothing that its holder has not: a thousand pairs, each with every call", () => {
  let narrower = 0;
  fc.assert(
    fc.property(grant, grant, (narrow, wide) => {
      if (!isNarrower(narrow, wide)) return;
      narrower += 1;
      for (const call of ALL_CALLS) expect([call, reached(narrow, call) <= reached(wide, call)]).toEqual([call, true]);
    }),
    { numRuns: 3000 },
  );
  // So that it is not a test of pairs that are never narrower.
  expect(narrower).toBeGreaterThan(100);
});

it("hands on whatever part of it its holder names", () => {
  fc.assert(
    fc.property(grant, rule, fc.nat(), (wide, { methods, paths }, which) => {
      const held = wide.rules[which % wide.rules.length];
      if (!held) throw new Error("no rule");
      const narrowed: HeldRule = {
        ...held,
        methods: methods?.filter((method) => !held.methods || held.methods.includes(method)) ?? held.methods,
        paths: held.paths ?? paths,
        writes: "refuse",
      };
      if (narrowed.methods?.length === 0) return;
      expect(isNarrower({ rules: [narrowed] }, wide)).toBe(true);
      expect(isNarrower(wide, wide)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe("what a rule that names every method does not have is", () => {
  const wide = { rules: [{ methods: ALL_METHODS, writes: "allow" as const }] };
  it("a call that names its method in its body, or hides others", () => {
    expect(isNarrower({ rules: [{ writes: "allow" }] }, wide)).toBe(false);
    expect(isNarrower({ rules: [{ paths: ["/a"], writes: "allow" }] }, wide)).toBe(false);
    expect(isNarrower({ rules: [{ writes: "refuse" }] }, wide)).toBe(true);
  });
});

it("hands on a long grant as it is, at once", () => {
  const rules = Array.from({ length: 8 }, (_, which): HeldRule => ({
    paths: Array.from({ length: 20 }, (__, path) => `/**/a${which}/**/b${path}/**`),
    writes: "allow",
  }));
  expect(isNarrower({ rules }, { rules })).toBe(true);
});

it("says no within a moment to a grant that is made to take long", () => {
  const deep = Array.from(
    { length: 4 },
    (_, place) => `/**/${"*a".repeat(3)}*${"b".repeat(place)}/**/${"*b".repeat(3)}*`,
  );
  const others = Array.from({ length: 20 }, (_, place) => `/**/${"*a".repeat(4)}*/${"c".repeat(place)}*/**`);
  const started = performance.now();
  isNarrower({ rules: [{ paths: deep, writes: "allow" }] }, { rules: [{ paths: others, writes: "allow" }] });
  // A hundred times as long as it takes: without a bound it took minutes.
  expect(performance.now() - started).toBeLessThan(20_000);
});

describe("networks", () => {
  const rules: HeldRule[] = [{ writes: "allow" }];
  it.for<[string, string[] | undefined, string[] | undefined, boolean]>([
    ["none of either", undefined, undefined, true],
    ["some of none", ["192.0.2.0/24"], undefined, true],
    ["none of some", undefined, ["192.0.2.0/24"], false],
    ["a part", ["192.0.2.7", "192.0.2.128/25"], ["192.0.2.0/24"], true],
    ["a part and another", ["192.0.2.7", "198.51.100.7"], ["192.0.2.0/24"], false],
    ["parts of two", ["192.0.2.7", "2001:db8::1"], ["192.0.2.0/24", "2001:db8::/32"], true],
    ["more", ["192.0.0.0/16"], ["192.0.2.0/24"], false],
  ])("%s", ([, narrow, wide, is]) => {
    expect(isNarrower({ rules, ...(narrow && { networks: narrow }) }, { rules, ...(wide && { networks: wide }) })).toBe(
      is,
    );
  });
});
