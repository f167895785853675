/** The list of items as values: which columns, which rows, in which order, as which file. */
import { describe, expect, it } from "vitest";
import type { Item } from "../../frontend/api.ts";
import { sortName, toSelection } from "../../frontend/items/address.ts";
import { columnsFor } from "../../frontend/items/columns.ts";
import { toCsv, toJson } from "../../frontend/items/export.ts";
import { fileKind } from "../../frontend/items/file-kind.ts";
import { countTypes, nextSort, select, type Selection } from "../../frontend/items/selection.ts";
import { byteSize } from "../../frontend/format.ts";
import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { builtInProviders } from "../../src/providers/index.ts";

const ALL: Selection = { search: "", type: null, sort: null };

function item(fields: Partial<Item>): Item {
  return {
    id: "1",
    type: "file",
    name: "A",
    url: null,
    parent_id: null,
    parent_name: null,
    created_at: null,
    updated_at: null,
    mime_type: null,
    details: {},
    ...fields,
  };
}

const names = (items: readonly Item[]) => items.map(({ name }) => name);
const labels = (items: readonly Item[]) => columnsFor(items).map(({ label }) => label);

describe("selecting", () => {
  const items = [
    item({ name: "report 10", details: { size: 5 }, updated_at: "2026-01-02T00:00:00Z" }),
    item({ name: "Report 9", details: { size: null }, updated_at: "2026-01-03T00:00:00Z", parent_name: "Ölwerk" }),
    item({ name: "Éclair", type: "folder", details: { size: 40 } }),
  ];

  it("keeps the service's order until somebody sorts", () => {
    expect(select(items, ALL)).toEqual(items);
  });

  it("sorts numbers in names as numbers, and letters without their case and accents", () => {
    const sort = { column: "name", direction: "ascending" } as const;
    expect(names(select(items, { ...ALL, sort }))).toEqual(["Éclair", "Report 9", "report 10"]);
  });

  it.each(["ascending", "descending"] as const)("puts what has no value last when %s", (direction) => {
    expect(names(select(items, { ...ALL, sort: { column: "size", direction } })).at(-1)).toBe("Report 9");
    expect(names(select(items, { ...ALL, sort: { column: "updated", direction } })).at(-1)).toBe("Éclair");
  });

  it("finds all words, wherever they stand, with and without accents", () => {
    expect(names(select(items, { ...ALL, search: "  olwerk REPORT " }))).toEqual(["Report 9"]);
    expect(names(select(items, { ...ALL, search: "eclair" }))).toEqual(["Éclair"]);
    expect(select(items, { ...ALL, search: "olwerk eclair" })).toEqual([]);
    expect(select(items, { ...ALL, search: "40" })).toEqual([]);
  });

  it("shows one type, and counts each", () => {
    expect(names(select(items, { ...ALL, type: "folder" }))).toEqual(["Éclair"]);
    expect([...countTypes(items)]).toEqual([
      ["file", 2],
      ["folder", 1],
    ]);
  });

  it("turns a sort around with the second press and takes it off with the third", () => {
    const first = nextSort("updated", null);
    expect(first).toEqual({ column: "updated", direction: "descending" });
    const second = nextSort("updated", first);
    expect(second).toEqual({ column: "updated", direction: "ascending" });
    expect(nextSort("updated", second)).toBeNull();
    expect(nextSort("name", second)).toEqual({ column: "name", direction: "ascending" });
  });
});

describe("an address", () => {
  it.each(["", "q=tide+table", "type=repository&sort=-updated", "q=a&type=b&sort=name"])(
    "says what %s selects",
    (text) => {
      const { search, type, sort } = toSelection(new URLSearchParams(text));
      const query = new URLSearchParams(
        Object.entries({ q: search, type: type ?? "", sort: sortName(sort) ?? "" }).filter(([, value]) => value !== ""),
      );
      expect(query.toString()).toBe(text);
    },
  );

  it("cannot make a sort of what is no column", () => {
    for (const name of ["constructor", "-", "--name", "__proto__"]) {
      expect(toSelection(new URLSearchParams({ sort: name })).sort).toBeNull();
    }
  });
});

describe("columns", () => {
  it.each([
    [["contact"], { email: "a@b.example" }, ["Name", "Email"]],
    [["company"], { domain: "b.example" }, ["Name", "Domain"]],
    [["repository"], { language: "Zig", visibility: "public" }, ["Name", "Language", "Visibility"]],
    [["file", "folder"], { size: 1 }, ["Name", "Kind", "Size"]],
    [["contact", "company"], {}, ["Name", "Type", "Email", "Domain"]],
    [["channel"], {}, ["Name"]],
  ] as const)("of %s are those its items have", (types, details, expected) => {
    expect(labels(types.map((type) => item({ type, details })))).toEqual(expected);
  });

  it("leave out what no item tells", () => {
    expect(labels([item({ type: "page", parent_name: "P", updated_at: "2026-01-01T00:00:00Z" })])).toEqual([
      "Name",
      "In",
      "Updated",
    ]);
  });
});

describe("CSV", () => {
  it("quotes what has to be quoted and begins with a byte order mark", () => {
    const csv = toCsv([item({ name: 'a "b", c\r\nd', details: { size: 3 } })]);
    expect(csv).toBe(
      "\uFEFFid,type,name,url,parent_id,parent_name,created_at,updated_at,mime_type,size\r\n" +
        '1,file,"a ""b"", c\r\nd",,,,,,,3\r\n',
    );
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])(
    "never lets a spreadsheet run %j",
    (name) => {
      expect(toCsv([item({ name })])).toMatch(/\r\n1,file,"?'/);
    },
  );

  it("has a column for every detail that any item has", () => {
    const csv = toCsv([item({ details: { b: "x" } }), item({ details: { a: 2 } })]);
    expect(csv.split("\r\n").map((line) => line.split(",").slice(-2))).toEqual([
      ["a", "b"],
      ["", "x"],
      ["2", ""],
      [""],
    ]);
  });
});

it("writes JSON that reads back as the items", () => {
  const items = [item({ name: "ü", details: { size: null } })];
  expect(JSON.parse(toJson(items))).toEqual(items);
});

it.each([
  ["application/vnd.google-apps.spreadsheet", "Spreadsheet"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Document"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Spreadsheet"],
  ["application/pdf", "PDF"],
  ["image/png", "Image"],
  ["application/json", "Code"],
  ["", "File"],
])("tells %j as %s", (mime_type, label) => {
  expect(fileKind(mime_type).label).toBe(label);
});

it("tells sizes as people do", () => {
  expect([0, 1, 999, 4100, 999_960, 2_000_000, 1_500_000_000].map(byteSize)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "4.1 KB",
    "1 MB",
    "2 MB",
    "1.5 GB",
  ]);
});

it("has words for every scope that Latchkey asks for", () => {
  const words = new Map<string, Readonly<Record<string, string>>>(Object.entries(SCOPE_WORDS));
  for (const { id, scopes } of builtInProviders) {
    for (const scope of scopes) expect(words.get(id)?.[scope], `${id} ${scope}`).toMatch(/^[A-Z]/);
  }
});
