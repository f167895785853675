/** Foreign JSON is parsed where that costs little, however it is made. */
import { describe, expect, it } from "vitest";
import { toJson } from "../../src/oauth/body.ts";

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
