/** Items as a file to keep. */
import type { Item } from "../api.ts";

export interface ExportFile {
  readonly name: string;
  readonly media_type: string;
  readonly content: string;
}

const FIELDS = [
  "id",
  "type",
  "name",
  "url",
  "parent_id",
  "parent_name",
  "created_at",
  "updated_at",
  "mime_type",
] as const;
/** Without it Excel takes UTF-8 for something older. */
const BYTE_ORDER_MARK = "\uFEFF";
/** A spreadsheet would run these as a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** RFC 4180, one line per item, with a column for every detail that any of them has. */
export function toCsv(items: readonly Item[]): string {
  const details = [...new Set(items.flatMap((item) => Object.keys(item.details)))].toSorted();
  const lines = items.map((item) => [
    ...FIELDS.map((field) => item[field]),
    ...details.map((name) => item.details[name] ?? null),
  ]);
  return (
    BYTE_ORDER_MARK + [[...FIELDS, ...details], ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("")
  );
}

/** The items as the API gave them. */
export function toJson(items: readonly Item[]): string {
  return `${JSON.stringify(items, null, 2)}\n`;
}

/** Hands a file to the browser's downloads. */
export function download({ name, media_type, content }: ExportFile): void {
  const url = URL.createObjectURL(new Blob([content], { type: media_type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
