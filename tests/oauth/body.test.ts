/**
 * Bodies are read for what they say: what counts as JSON, as a form, as text, and what of one that breaks off is kept. Foreign
 * JSON is parsed where that costs little, however it is made.
 */
import { describe, expect, it } from "vitest";
import { isObject, toJson, toMembers, toText } from "../../src/oauth/body.ts";
import { answerOf, latin1, utf16 } from "./answers.ts";

const typed = (type: string) => ({ "Content-Type": type });
const swapped = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(bytes, (_, index) => bytes[index ^ 1] ?? 0);

describe("text is read", () => {
  it.each([
    ["as UTF-8", answerOf(200, "tökén"), "tökén"],
    ["by the mark of UTF-16, little end first", answerOf(200, utf16("tökén")), "tökén"],
    ["by the mark of UTF-16, big end first", answerOf(200, swapped(utf16("tökén"))), "tökén"],
    ["without the mark of UTF-8", answerOf(200, "\ufefftoken"), "token"],
    [
      "by the charset it names, where it is no UTF-8",
      answerOf(
        200,
        latin1("\u0430\u0431".replaceAll(/./g, (letter) => (letter === "\u0430" ? "\xe0" : "\xe1"))),
        typed("text/plain; charset=windows-1251"),
      ),
      "\u0430\u0431",
    ],
    [
      "as Latin-1 by a charset nobody knows",
      answerOf(200, latin1("tökén"), typed("text/plain; charset=klingon")),
      "tökén",
    ],
    ["as Latin-1 where none is named", answerOf(200, latin1("é"), {}), "é"],
    ["as UTF-8 whatever else is named", answerOf(200, "é", typed("text/plain; charset=windows-1251")), "é"],
    // FE and FF alone are the beginnings of no mark.
    ["by half a mark as Latin-1", answerOf(200, latin1("\xff\x00"), {}), "\xff\x00"],
    ["by the second half of a mark as Latin-1", answerOf(200, latin1("a\xfe"), {}), "a\xfe"],
    ["by the second half of the other mark as Latin-1", answerOf(200, latin1("a\xff"), {}), "a\xff"],
    ["by half of the other mark as Latin-1", answerOf(200, latin1("\xfe\x00"), {}), "\xfe\x00"],
  ])("%s", (_, answer, text) => expect(toText(answer)).toBe(text));
});

describe("the members of an answer", () => {
  it.each([
    ["a JSON object", '{"a":1}', { a: 1 }],
    ["a form", "a=1&b=two+words", { a: "1", b: "two words" }],
    ["a form of one", "error=denied", { error: "denied" }],
    ["a form with white space around", " a=1 \n", { a: "1" }],
    ["a JSON list: none", "[1]", undefined],
    ["JSON null: none", "null", undefined],
    ["a JSON text: none", '"a=1"', undefined],
    ["a page: none", "<a href='?a=1'>", undefined],
    ["lines: none", "a=1\nb=2", undefined],
    ["nothing: none", "", undefined],
    ["what breaks off: none", '{"access_token":"a","refresh_token":"r","scope":"re', undefined],
  ])("of %s", (_, body, members) => expect(toMembers(answerOf(200, body))).toEqual(members));

  it.each([
    [
      "both tokens came whole",
      '{"access_token":"a","refresh_token":"r","expires_in":3600,"scope":"re',
      { access_token: "a", refresh_token: "r", expires_in: 3600 },
    ],
    ["an escape within", '{"access_token":"a\\"b","refresh_token":"r","x', { access_token: 'a"b', refresh_token: "r" }],
    ["the refresh token breaks off", '{"access_token":"a","refresh_token":"r', undefined],
    ["the access token breaks off", '{"refresh_token":"r","access_token":"a', undefined],
    ["only the access token came", '{"access_token":"a","scope":"x",', undefined],
    ["only the refresh token came", '{"refresh_token":"r","scope":"x",', undefined],
    ["it was a list", '["access_token":"a","refresh_token":"r",', undefined],
  ])("of an answer that may break off, where %s", (_, body, members) =>
    expect(toMembers(answerOf(200, body), true)).toEqual(members),
  );

  it("of an answer that may break off and does not, are all of them", () => {
    expect(toMembers(answerOf(200, '{"access_token":"a"}'), true)).toEqual({ access_token: "a" });
  });
});

it("JSON is read whatever it is, and undefined where it is none", () => {
  expect(toJson(answerOf(200, "[1,null]"))).toEqual([1, null]);
  expect(toJson(answerOf(200, "null"))).toBeNull();
  expect(toJson(answerOf(200, "no"))).toBeUndefined();
});

it.each([
  [{}, true],
  [{ a: 1 }, true],
  [null, false],
  [[], false],
  ["text", false],
  [undefined, false],
])("%j is an object: %j", (value, is) => expect(isObject(value)).toBe(is));

const parsed = (text: string): unknown =>
  toJson({ bytes: new Uint8Array(new TextEncoder().encode(text)), headers: new Headers() });

describe("JSON is read up to", () => {
  it.each([
    ["a hundred levels of lists", "[".repeat(100) + "]".repeat(100), "[".repeat(101) + "]".repeat(101)],
    [
      "a hundred levels of objects",
      '{"a":'.repeat(99) + "[]" + "}".repeat(99),
      '{"a":'.repeat(100) + "[]" + "}".repeat(100),
    ],
    ["a hundred thousand values in one list", `[${"1,".repeat(99_998)}1]`, `[${"1,".repeat(99_999)}1]`],
    ["as many lists", `[${"[],".repeat(49_998)}[]]`, `[${"[],".repeat(50_000)}[]]`],
  ])("%s", (_, most, more) => {
    expect(parsed(most)).toEqual(JSON.parse(most));
    expect(parsed(more)).toBeUndefined();
  });

  it("and what stands in strings counts as nothing", () => {
    for (const text of ["[,{".repeat(100_000), '"[,'.repeat(50_000), `\\\\"${"[".repeat(200)}`, "\\"]) {
      const json = JSON.stringify({ text, after: [text] });
      expect(parsed(json)).toEqual({ text, after: [text] });
    }
  });

  it.each([["["], ['{"a":"'], ['"\\'], [""], ["]]]]"]])("and what breaks off is none: %s", (text) =>
    expect(parsed(text)).toBeUndefined(),
  );
});
