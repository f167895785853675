/** What a grant lets pass, and which of its rules says so. */
import { describe, expect, it } from "vitest";
import { placeOf } from "../../src/contract/path-patterns.ts";
import {
  decide,
  isWholeAt,
  isWholeEverywhere,
  mayHandOut,
  placesAt,
  reaches,
  type JudgedCall,
} from "../../src/grants/decide.ts";
import type { HeldGrant, HeldRule } from "../../src/grants/held-grant.ts";

const MINE = { id: "1", vault: "v", place: "github" };
const WORK = { id: "2", vault: "v", place: "github~abcdefgh" };
const THEIRS = { id: "3", vault: "w", place: "github" };
const NOTION = { id: "4", vault: "v", place: "notion" };
const granted = (...rules: HeldRule[]): HeldGrant => ({ rules, counts: [] });
const call = (about: Partial<JudgedCall> & { path?: string } = {}): JudgedCall => ({
  integration: "github",
  connection: MINE,
  method: "GET",
  kind: "read",
  place: placeOf(null, about.path ?? "/user", ""),
  ...about,
});

describe("a call passes", () => {
  it.for<[string, HeldRule, JudgedCall]>([
    ["a read, where nothing is narrowed", { writes: "refuse" }, call()],
    ["a change, where it is allowed", { writes: "allow" }, call({ method: "POST", kind: "write" })],
    ["at an integration that is named", { integrations: ["github"], writes: "refuse" }, call()],
    ["of a connection that is named", { connections: [MINE, WORK], writes: "refuse" }, call({ connection: WORK })],
    ["by a method that is named", { methods: ["GET"], writes: "refuse" }, call()],
    ["at a path that is named", { paths: ["/orgs/**", "/user"], writes: "refuse" }, call()],
    ["a read by POST", { writes: "refuse" }, call({ method: "POST" })],
    ["a hidden one, where everything does", { writes: "allow" }, call({ kind: "hidden" })],
    ["an upload, where every method does", { paths: ["/user"], writes: "allow" }, call({ kind: "any method" })],
    [
      "of the default one, where all are meant",
      { integrations: ["github"], writes: "refuse" },
      call({ connection: null }),
    ],
  ])("%s", ([, rule, made]) => {
    expect(decide(granted(rule), made)).toEqual({ passes: true, rule: 1 });
  });
});

describe("a call is asked about", () => {
  it.for<[string, HeldRule, Partial<JudgedCall>]>([
    ["a change", { writes: "ask" }, { method: "POST", kind: "write" }],
    ["at a path that is named", { paths: ["/user"], writes: "ask" }, { method: "POST", kind: "write" }],
    ["an upload, where every method is", { paths: ["/user"], writes: "ask" }, { method: "POST", kind: "any method" }],
    ["a hidden one, where everything is", { writes: "ask" }, { method: "POST", kind: "hidden" }],
  ])("%s", ([, rule, made]) => {
    expect(decide(granted(rule), call(made))).toEqual({ passes: "asked", rule: 1 });
  });

  it.for<[string, HeldRule, Partial<JudgedCall>, string]>([
    ["at another path", { paths: ["/orgs"], writes: "ask" }, { method: "POST", kind: "write" }, "path"],
    ["by another method", { methods: ["PUT"], writes: "ask" }, { method: "POST", kind: "write" }, "method"],
    ["a hidden one, where a path is named", { paths: ["/**"], writes: "ask" }, { kind: "hidden" }, "hidden"],
    ["an upload, where a method is named", { methods: ["POST"], writes: "ask" }, { kind: "any method" }, "method"],
  ])("not %s", ([, rule, made, reason]) => {
    expect(decide(granted(rule), call(made))).toEqual({ passes: false, rule: 1, reason });
  });

  it("not where another rule lets it pass, and not a read", () => {
    const grant = granted({ writes: "ask" }, { paths: ["/user"], writes: "allow" });
    expect(decide(grant, call({ method: "POST", kind: "write" }))).toEqual({ passes: true, rule: 2 });
    expect(decide(grant, call())).toEqual({ passes: true, rule: 1 });
  });

  it("and narrows what its holder does here, and takes out", () => {
    const grant = granted({ writes: "ask" });
    expect([isWholeEverywhere(grant), isWholeAt(grant, "github", MINE), mayHandOut(grant, "github", MINE)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("a call is refused", () => {
  it.for<[string, HeldRule, JudgedCall, number | null, string]>([
    ["a change", { writes: "refuse" }, call({ method: "POST", kind: "write" }), 1, "write"],
    ["at another integration", { integrations: ["notion"], writes: "allow" }, call(), null, "connection"],
    ["of another connection", { connections: [WORK], writes: "allow" }, call(), null, "connection"],
    ["of another user", { connections: [MINE], writes: "allow" }, call({ connection: THEIRS }), null, "connection"],
    [
      "of the default one, where another may be meant",
      { connections: [MINE], writes: "allow" },
      call({ connection: null }),
      null,
      "connection",
    ],
    ["by another method", { methods: ["HEAD"], writes: "allow" }, call(), 1, "method"],
    ["at another path", { paths: ["/orgs/**"], writes: "allow" }, call(), 1, "path"],
    ["a hidden one, where a path is named", { paths: ["/**"], writes: "allow" }, call({ kind: "hidden" }), 1, "hidden"],
    [
      "a hidden one, where a method is named",
      { methods: ["GET", "POST"], writes: "allow" },
      call({ kind: "hidden" }),
      1,
      "hidden",
    ],
    ["a hidden one, where changes are refused", { writes: "refuse" }, call({ kind: "hidden" }), 1, "hidden"],
    [
      "an upload, where a method is named",
      { methods: ["POST"], writes: "allow" },
      call({ method: "POST", kind: "any method" }),
      1,
      "method",
    ],
    [
      "an upload, where changes are refused",
      { writes: "refuse" },
      call({ method: "POST", kind: "any method" }),
      1,
      "write",
    ],
  ])("%s", ([, rule, made, which, reason]) => {
    expect(decide(granted(rule), made)).toEqual({ passes: false, rule: which, reason });
  });
});

it("passes a call that one of several rules lets pass, and names that", () => {
  const grant = granted({ integrations: ["notion"], writes: "allow" }, { paths: ["/user"], writes: "refuse" });
  expect(decide(grant, call())).toEqual({ passes: true, rule: 2 });
});

it("names the rule that came nearest, where none lets it pass", () => {
  const grant = granted(
    { integrations: ["notion"], writes: "allow" },
    { paths: ["/orgs"], writes: "allow" },
    { paths: ["/user"], writes: "refuse" },
    { methods: ["HEAD"], writes: "allow" },
  );
  expect(decide(grant, call({ kind: "write", method: "POST" }))).toMatchObject({ rule: 3, reason: "write" });
});

describe("a token may be handed out", () => {
  it.for<[string, HeldGrant, boolean]>([
    ["where nothing is narrowed", granted({ writes: "allow" }), true],
    ["of a connection that is named", granted({ writes: "refuse" }, { connections: [MINE], writes: "allow" }), true],
    ["not where changes are refused", granted({ writes: "refuse" }), false],
    ["not of another connection", granted({ connections: [WORK], writes: "allow" }), false],
    ["not where a method is named", granted({ methods: ["GET"], writes: "allow" }), false],
    ["not where a path is named", granted({ paths: ["/**"], writes: "allow" }), false],
    [
      "not where its calls are counted",
      { ...granted({ writes: "allow" }), counts: [{ key: "k", vault: "v", calls_per_hour: 9 }] },
      false,
    ],
    ["not where its networks are named", { ...granted({ writes: "allow" }), networks: ["0.0.0.0/0"] }, false],
  ])("%s", ([, grant, may]) => {
    expect(mayHandOut(grant, "github", MINE)).toBe(may);
  });
});

it("reaches what a rule is about, whatever else that says", () => {
  const grant = granted(
    { connections: [WORK], methods: ["GET"], writes: "refuse" },
    { integrations: ["notion"], writes: "refuse" },
  );
  expect(reaches(grant, "github", "any")).toBe(true);
  expect(reaches(grant, "github", null)).toBe(false);
  expect(reaches(grant, "github", WORK)).toBe(true);
  expect(reaches(grant, "github", MINE)).toBe(false);
  expect(reaches(grant, "notion", NOTION)).toBe(true);
  expect(reaches(grant, "slack", "any")).toBe(false);
});

it("is whole where a rule narrows nothing", () => {
  const grant = granted({ connections: [WORK], writes: "allow" }, { integrations: ["notion"], writes: "allow" });
  expect(isWholeAt(grant, "github", WORK)).toBe(true);
  expect(isWholeAt(grant, "github", MINE)).toBe(false);
  expect(isWholeAt(grant, "github", null)).toBe(false);
  expect(isWholeAt(grant, "github", "any")).toBe(true);
  expect(isWholeAt(grant, "notion", null)).toBe(true);
  expect(isWholeEverywhere(grant)).toBe(false);
  expect(isWholeEverywhere(granted({ writes: "allow" }))).toBe(true);
  expect(isWholeEverywhere(granted({ writes: "refuse" }))).toBe(false);
});

it("knows the only connections that are meant", () => {
  const grant = granted(
    { connections: [WORK, THEIRS, NOTION], writes: "refuse" },
    { connections: [WORK], writes: "allow" },
  );
  expect(placesAt(grant, "github", "v")).toEqual([WORK.place]);
  expect(placesAt(grant, "slack", "v")).toEqual([]);
});
