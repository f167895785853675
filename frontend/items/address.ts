/** The selection in the address, so that a link and the back button bring it back: `#/github?q=tide&sort=-updated`. */
import { findColumn } from "./columns.ts";
import type { Selection, Sort } from "./selection.ts";

/** What a query selects; what it cannot mean is left out. */
export function toSelection(query: URLSearchParams): Selection {
  return { search: query.get("q") ?? "", type: query.get("type") || null, sort: toSort(query.get("sort") ?? "") };
}

/** The name of a sort in the address: the column, with a minus before it where it descends. */
export function sortName(sort: Sort | null): string | null {
  if (sort === null) return null;
  return sort.direction === "descending" ? `-${sort.column}` : sort.column;
}

function toSort(name: string): Sort | null {
  const column = findColumn(name.replace(/^-/, ""));
  if (column === undefined) return null;
  return { column: column.id, direction: name.startsWith("-") ? "descending" : "ascending" };
}
