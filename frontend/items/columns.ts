/** Which columns a list of items has: what each type of item is worth showing by, as data. */
import type { Item } from "../api.ts";
import { byteSize, toLabel } from "../format.ts";
import { fileKind, FOLDER } from "./file-kind.ts";

export type ColumnId =
  "name" | "type" | "email" | "domain" | "language" | "visibility" | "kind" | "size" | "parent" | "updated";

export interface Column {
  readonly id: ColumnId;
  readonly label: string;
  /** What it is sorted and searched by; null where the item has none, which stands last. */
  readonly value: (item: Item) => string | number | null;
  /** As people read it, where that is not the value itself. */
  readonly text?: (value: string | number) => string;
  /** The way most people want first: the newest, the biggest. */
  readonly falls?: true;
}

const detail = (name: string) => (item: Item) => item.details[name] ?? null;

const COLUMNS: Readonly<Record<ColumnId, Column>> = {
  name: { id: "name", label: "Name", value: (item) => itemName(item) },
  type: { id: "type", label: "Type", value: (item) => toLabel(item.type) },
  email: { id: "email", label: "Email", value: detail("email") },
  domain: { id: "domain", label: "Domain", value: detail("domain") },
  language: { id: "language", label: "Language", value: detail("language") },
  visibility: {
    id: "visibility",
    label: "Visibility",
    value: detail("visibility"),
    text: (value) => toLabel(String(value)),
  },
  kind: { id: "kind", label: "Kind", value: (item) => iconOf(item)?.label ?? null },
  size: { id: "size", label: "Size", value: detail("size"), text: (value) => byteSize(Number(value)), falls: true },
  parent: { id: "parent", label: "In", value: (item) => item.parent_name },
  updated: { id: "updated", label: "Updated", value: (item) => item.updated_at, falls: true },
};

/** What a type has besides what every item has. */
const COLUMNS_OF_TYPE: ReadonlyMap<string, readonly ColumnId[]> = new Map([
  ["contact", ["email"]],
  ["company", ["domain"]],
  ["repository", ["language", "visibility"]],
  ["file", ["kind", "size"]],
  ["folder", ["kind"]],
]);

/** Not every service tells these of its items. */
const OPTIONAL: ReadonlySet<ColumnId> = new Set(["language", "visibility", "size", "parent", "updated"]);

/** The columns for items of these types: those of every type among them, without the ones that would stay empty. */
export function columnsFor(items: readonly Item[]): readonly Column[] {
  const types = [...new Set(items.map(({ type }) => type))];
  const own = new Set(types.flatMap((type) => COLUMNS_OF_TYPE.get(type) ?? []));
  // A file's kind says what its type would.
  const several = types.length > 1 && !types.every((type) => COLUMNS_OF_TYPE.get(type)?.includes("kind"));
  const ids: readonly ColumnId[] = ["name", ...(several ? (["type"] as const) : []), ...own, "parent", "updated"];
  return ids
    .map((id) => COLUMNS[id])
    .filter(({ id, value }) => !OPTIONAL.has(id) || items.some((item) => value(item) !== null));
}

/** The column with an id that may come from an address. */
export function findColumn(id: string): Column | undefined {
  return Object.values(COLUMNS).find((column) => column.id === id);
}

/** Never empty: a row has to be called something. */
export function itemName({ name }: Item): string {
  return name.trim() === "" ? "Untitled" : name;
}

/** The drawing of a file or folder; null for what is neither. */
export function iconOf({ type, mime_type }: Item) {
  if (type === "folder") return FOLDER;
  return type === "file" ? fileKind(mime_type ?? "") : null;
}
