/** A slice of a list and where the next one starts. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined on the last page. */
  readonly next: number | undefined;
}

/** The items from `start` on, at most `size`. */
export function pageOf<Item>(list: readonly Item[], start: number, size: number): Page<Item> {
  const end = start + size;
  return { items: list.slice(start, end), next: end < list.length ? end : undefined };
}

/** An opaque cursor for a position in a list. */
export function toCursor(kind: string, position: number): string {
  return btoa(`${kind}:${position}`).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
}

/** The position a cursor stands for: 0 without a cursor, undefined for one this list never gave. */
export function fromCursor(kind: string, cursor: string | null | undefined): number | undefined {
  if (cursor === null || cursor === undefined || cursor === "") return 0;
  try {
    const [found, position] = atob(cursor.replaceAll("-", "+").replaceAll("_", "/")).split(":");
    return found === kind && /^\d{1,9}$/.test(position ?? "") ? Number(position) : undefined;
  } catch {
    return undefined;
  }
}
