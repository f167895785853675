/** Which of the loaded items are shown, and in which order. */
import type { Item } from "../api.ts";
import { findColumn, type ColumnId } from "./columns.ts";

export interface Sort {
  readonly column: ColumnId;
  readonly direction: "ascending" | "descending";
}

/** What the list is narrowed to and sorted by; null is all of it, in the service's own order. */
export interface Selection {
  readonly search: string;
  readonly type: string | null;
  readonly sort: Sort | null;
}

/** One for all: making a collator costs more than a thousand comparisons. */
const COLLATOR = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
/** What makes two letters look alike to somebody who searches. */
const MARKS = /\p{M}/gu;

/** The items that fit, in order; items that have nothing to sort by stand last in both directions. */
export function select(items: readonly Item[], { search, type, sort }: Selection): readonly Item[] {
  const words = fold(search).split(/\s+/).filter(Boolean);
  const found = items.filter((item) => (type === null || item.type === type) && fits(item, words));
  return sort === null ? found : sorted(found, sort);
}

/** How many items there are of each type, by type. */
export function countTypes(items: readonly Item[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of items) counts.set(type, (counts.get(type) ?? 0) + 1);
  return new Map([...counts].toSorted(([a], [b]) => COLLATOR.compare(a, b)));
}

/** What the next press on a column's heading sorts by: its own way first, then the other, then as it came. */
export function nextSort(column: ColumnId, sort: Sort | null): Sort | null {
  const first = findColumn(column)?.falls ? "descending" : "ascending";
  if (sort?.column !== column) return { column, direction: first };
  if (sort.direction !== first) return null;
  return { column, direction: first === "ascending" ? "descending" : "ascending" };
}

function fits(item: Item, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  // A size is not what anybody searches by, and its digits would fit too much.
  const details = Object.values(item.details).filter((detail) => typeof detail === "string");
  const text = fold([item.name, item.type, item.parent_name, ...details].join("\n"));
  return words.every((word) => text.includes(word));
}

const fold = (text: string): string => text.normalize("NFD").replace(MARKS, "").toLowerCase();

function sorted(items: readonly Item[], { column, direction }: Sort): readonly Item[] {
  const value = findColumn(column)?.value;
  if (value === undefined) return items;
  const sign = direction === "ascending" ? 1 : -1;
  const keyed = items.map((item) => ({ item, key: value(item) }));
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * compare(a, b);
  });
  return keyed.map(({ item }) => item);
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : COLLATOR.compare(String(a), String(b));
}
