/** What stands in an answer of a list that is described as data, and what is made of an answer that is another one. */
import { describe, expect, it } from "vitest";
import { itemResources } from "../../src/contract/item-lists.ts";
import type { ServiceDeclaration } from "../../src/contract/provider.ts";

type ItemList = NonNullable<ServiceDeclaration["items"]>[number];

const NOTES: ItemList = {
  type: "note",
  path: "/notes",
  list: "data.notes",
  item: { id: "id", name: "title", url: "link", created_at: "made", updated_at: "changed" },
};
const read = (answer: unknown, list: ItemList = NOTES) => itemResources([list])[0]?.page.parse(answer);

describe("an answer", () => {
  it("has things with ids in words and numbers, names or else their ids, and links that may be shown", () => {
    const notes = [
      { id: 7, title: "One", link: "https://notes.example/7" },
      { id: "8", title: "", link: "javascript:alert(1)" },
      null,
    ];
    expect(read({ data: { notes } })?.items).toMatchObject([
      { id: "7", type: "note", name: "One", url: "https://notes.example/7" },
      { id: "8", type: "note", name: "8", url: null },
    ]);
  });

  it.each([
    ["2026-11-28T10:00:00+01:00", "2026-11-28T09:00:00.000Z"],
    ["2026-11-28", "2026-11-28T00:00:00.000Z"],
    [1_700_000_000, "2023-11-14T22:13:20.000Z"],
    [1_700_000_000_000, "2023-11-14T22:13:20.000Z"],
    ["1700000000", "2023-11-14T22:13:20.000Z"],
    ["yesterday", null],
    [1e300, null],
    [{}, null],
  ])("tells moments as ISO 8601, or none: %j", (made, told) => {
    expect(read({ data: { notes: [{ id: "1", made, changed: made }] } })?.items).toMatchObject([
      { created_at: told, updated_at: told },
    ]);
  });

  it.each([{ data: { notes: {} } }, { data: { notes: ["text"] } }, { data: { notes: [{ title: "no id" }] } }])(
    "that is another one is refused: %j",
    (answer) => expect(() => read(answer)).toThrow(),
  );

  it.each([{}, { data: {} }, { data: { notes: null } }, null])("without the list has an empty one: %j", (answer) => {
    expect(read(answer)).toEqual({ items: [], next: null });
  });

  it("tells the next page also where the member's name has dots in it, as in OData", () => {
    const paging = { style: "link", next: "@odata.nextLink", max: 10 } as const;
    const { list: _, ...whole } = NOTES;
    const answer = { value: [], "@odata.nextLink": "https://notes.example/?page=2" };
    expect(read(answer, { ...whole, list: "value", paging })?.next).toBe("https://notes.example/?page=2");
  });

  it("is the list itself where nothing else is said, and tells the next cursor, also as a number", () => {
    const { list: _, ...whole } = NOTES;
    expect(read([{ id: 1 }], whole)?.items).toHaveLength(1);
    const paging = { style: "cursor", parameter: "at", next: "more", max: 10 } as const;
    expect(read({ data: { notes: [] }, more: 12 }, { ...NOTES, paging })?.next).toBe("12");
    expect(read({ data: { notes: [] }, more: "" }, { ...NOTES, paging })?.next).toBeNull();
  });
});
