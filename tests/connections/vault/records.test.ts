/** Sealed records by kind and id: swapped for what they are known to be, read page by page. */
import { expect, it } from "vitest";
import { RecordTable } from "../../../src/connections/vault/records.ts";
import { withTable } from "../../support/lone-vault.ts";

const withRecords = (work: (table: RecordTable) => void) => withTable((sql) => new RecordTable(sql), work);

it("a record is put where none is, and no other than that", () =>
  withRecords((table) => {
    expect(table.isEmpty()).toBe(true);
    expect(table.swap("kind", "a", null, "first")).toBe(true);
    expect(table.isEmpty()).toBe(false);
    expect(table.find("kind", "a")).toBe("first");
    expect(table.find("kind", "b")).toBeNull();
    expect(table.find("other", "a")).toBeNull();
  }));

it("a record gives way to the next only as what the next was made from", () =>
  withRecords((table) => {
    table.swap("kind", "a", null, "first");
    table.swap("other", "a", null, "of the other kind");
    table.swap("kind", "b", null, "of another id");
    expect(table.swap("kind", "a", null, "second")).toBe(false);
    expect(table.swap("kind", "a", "never there", "second")).toBe(false);
    expect(table.swap("kind", "c", "never there", "second")).toBe(false);
    expect(table.find("kind", "a")).toBe("first");
    expect(table.swap("kind", "a", "first", "second")).toBe(true);
    expect(table.find("kind", "a")).toBe("second");
    expect(table.find("other", "a")).toBe("of the other kind");
    expect(table.find("kind", "b")).toBe("of another id");
  }));

it("a swap that is asked for again, because its answer was lost, is done", () =>
  withRecords((table) => {
    table.swap("kind", "a", null, "first");
    expect(table.swap("kind", "a", null, "first")).toBe(true);
    expect(table.swap("kind", "a", "first", null)).toBe(true);
    expect(table.swap("kind", "a", "first", null)).toBe(true);
  }));

it("a record that goes leaves the others", () =>
  withRecords((table) => {
    for (const [kind, id] of [
      ["kind", "a"],
      ["kind", "b"],
      ["other", "a"],
    ] as const)
      table.swap(kind, id, null, id);
    expect(table.swap("kind", "a", "b", null)).toBe(false);
    expect(table.swap("kind", "a", "a", null)).toBe(true);
    expect(table.page(null, 10, null)).toEqual([
      { kind: "kind", id: "b", sealed: "b" },
      { kind: "other", id: "a", sealed: "a" },
    ]);
  }));

it("records of a kind, or of all, are read in order, page by page, each once", () =>
  withRecords((table) => {
    for (const [kind, id] of [
      ["b", "1"],
      ["a", "2"],
      ["a", "1"],
      ["b", "0"],
      ["a", "3"],
    ] as const) {
      table.swap(kind, id, null, `${kind}${id}`);
    }
    const sealed = (...page: Parameters<RecordTable["page"]>) => table.page(...page).map((record) => record.sealed);
    expect(sealed("a", 2, null)).toEqual(["a1", "a2"]);
    expect(sealed("a", 2, { kind: "a", id: "2" })).toEqual(["a3"]);
    expect(sealed("c", 2, null)).toEqual([]);
    expect(sealed(null, 3, null)).toEqual(["a1", "a2", "a3"]);
    expect(sealed(null, 3, { kind: "a", id: "3" })).toEqual(["b0", "b1"]);
    expect(sealed(null, 3, { kind: "b", id: "0" })).toEqual(["b1"]);
  }));
