/** What a call would send, as it is shown: what is seen is what is there. */
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { layOut } from "../../frontend/approvals/json-layout.ts";
import { pairsOf, readBody } from "../../frontend/approvals/read-body.ts";
import { countHits, Marked, patternOf, Visible, visibleText } from "../../frontend/approvals/visible.tsx";

const shown = (text: string): string => renderToString(h(Visible, { text }));
const body = (type: string | null, text: string, rest = {}) => ({
  type,
  text,
  bytes: text.length,
  sha256: "",
  is_text: true,
  is_whole: true,
  ...rest,
});

describe("a character that is not seen", () => {
  it.each([
    ["turns the direction", "\u202e"],
    ["isolates", "\u2066"],
    ["marks the direction", "\u200f"],
    ["marks the direction of Arabic", "\u061c"],
    ["has no width", "\u200b"],
    ["joins", "\u200d"],
    ["begins a file", "\ufeff"],
    ["hyphenates", "\u00ad"],
    ["rings", "\u0007"],
    ["returns", "\r"],
    ["ends nothing", "\0"],
    ["ends a line elsewhere", "\u2028"],
    ["ends a paragraph elsewhere", "\u2029"],
    ["is private", "\ue000"],
    ["chooses a variant", "\ufe0f"],
    ["chooses another variant", "\u{e0100}"],
    ["is a tag", "\u{e0061}"],
    ["fills", "\u3164"],
    ["fills half", "\uffa0"],
    ["is Braille of no dots", "\u2800"],
    ["does not break", "\u00a0"],
    ["is an ideograph wide", "\u3000"],
    ["encloses", "\u20dd"],
    ["is half of a pair", "\ud800"],
    ["is none yet", "\u{1ffff}"],
  ])("is shown where it stands: one that %s", (_, character) => {
    const escape = String.raw`\u{${character.codePointAt(0)?.toString(16)}}`;
    expect(visibleText(`a${character}b`)).toBe(`a${escape}b`);
    expect(shown(`a${character}b`)).toBe(`a<span class="escape">${escape}</span>b`);
  });

  it("is no line end, no tab, no space, no letter of any language and no accent", () => {
    const text = "one\ttwo three\nZoë, Ñandú, e\u0301, 東京, हिन्दी, Việt, กำลัง, 🙂";
    expect(visibleText(text)).toBe(text);
    expect(shown(text)).toBe(text);
  });

  it("is one mark upon many others", () => {
    expect(visibleText(`a${"\u0301".repeat(5)}`)).toBe(`a${"\u0301".repeat(3)}${String.raw`\u{301}`.repeat(2)}`);
  });
});

it("lets letters that are written from the right turn nothing but themselves", () => {
  expect(shown("/repos/אבג/123/דהו")).toBe("/repos/<bdi>אבג</bdi>/123/<bdi>דהו</bdi>");
});

describe("JSON over several lines", () => {
  it.each([
    ["a name that stands twice", '{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
    ["a number that is too long", '{"id":12345678901234567890}', '{\n  "id": 12345678901234567890\n}'],
    ["a number that would be shorter", "[1.0,1e2,-0]", "[\n  1.0,\n  1e2,\n  -0\n]"],
    [
      "an escape",
      String.raw`["\u202e\"\\","\u0061"]`,
      String.raw`[~  "\u202e\"\\",~  "\u0061"~]`.replaceAll("~", "\n"),
    ],
    ["what is empty", ' { "a" : [ ] , "b" : { } } ', '{\n  "a": [],\n  "b": {}\n}'],
    ["lists in lists", "[[1],[[]]]", "[\n  [\n    1\n  ],\n  [\n    []\n  ]\n]"],
    ["what stands in strings", '{"a":"{,:[  ]}"}', '{\n  "a": "{,:[  ]}"\n}'],
    ["__proto__", '{"__proto__":null}', '{\n  "__proto__": null\n}'],
    ["no more than a word", " true ", "true"],
  ])("keeps %s", (_, json, text) => {
    expect(layOut(json)?.text).toBe(text);
    const plain = (written: string) => written.replaceAll(/\s/g, "");
    expect(plain(text)).toBe(plain(json));
  });

  it("tells of names that stand twice, however they are written", () => {
    expect(layOut(String.raw`{"a":{"a":1},"b":[{"a":1}],"\u0061":2}`)?.doubled).toEqual([String.raw`"\u0061"`]);
    expect(layOut('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')?.doubled).toEqual([]);
  });

  it("is long where it is deep, and no longer than that", () => {
    const depth = 30_000;
    const text = layOut("[".repeat(depth) + "]".repeat(depth))?.text ?? "";
    expect(text.length).toBeLessThan(depth * 2 * 60);
  });

  it.each(["", "{", '{"a":1}x', "{'a':1}", "\ufeff{}"])("is none of %j", (text) => {
    expect(layOut(text)).toBeNull();
  });
});

describe("a body is read", () => {
  const FORM = "application/x-www-form-urlencoded;charset=UTF-8";
  it.each([
    ["as JSON by its type", body("application/vnd.api+json", "1"), "json"],
    ["as JSON by how it begins", body("text/plain", ' {"a":1}'), "json"],
    ["as text where it only looks like JSON", body("application/json", "{a:1}"), "text"],
    ["as a form", body(FORM, "a=1"), "form"],
    ["as text where it is cut off", body(FORM, "a=1", { is_whole: false }), "text"],
    ["as text where nobody says what it is", body(null, "a=1"), "text"],
    ["as text where a form has too many fields", body(FORM, "a=1&".repeat(1001)), "text"],
    ["as nothing better where it is no text", body("application/json", "{}", { is_text: false }), "text"],
  ])("%s", (_, given, kind) => {
    expect(readBody(given).kind).toBe(kind);
  });

  it("with the fields of a form in their order, each as often as it stands there", () => {
    expect(pairsOf("?a=1+2&b=%E2%80%AE&a=&c&&%=%zz&d=1=2")).toEqual([
      ["?a", "1 2"],
      ["b", "\u202e"],
      ["a", ""],
      ["c", ""],
      ["%", "%zz"],
      ["d", "1=2"],
    ]);
  });
});

it("marks what is searched for, whatever is searched for, and counts it", () => {
  const pattern = patternOf("A.b");
  expect(countHits("a.b axb A.B", pattern)).toBe(2);
  const text = "a.b axb A.B";
  expect(renderToString(h(Marked, { text, pattern, before: 3, current: 4 }))).toBe(
    '<mark>a.b</mark> axb <mark data-current="true">A.B</mark>',
  );
  for (const word of [String.raw`\^$.*+?()[]{}|/`, "-", "\u202e"])
    expect(countHits(`x${word}x`, patternOf(word))).toBe(1);
  expect(patternOf("")).toBeNull();
});
