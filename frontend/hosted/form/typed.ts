/** What is typed: mended as the server mends it, and held against its field before it is sent. */
import type { FieldsForm } from "./calls.ts";

export type Field = FieldsForm["fields"][number];

/** What is wrong with a field. `refused`: the service has said no. */
export type Wrong = "required" | "unlike" | "refused";

/** What copying from a page brings along and nobody sees. */
const INVISIBLE = /[\u200b-\u200d\u2060\ufeff\u00ad]/g;

/** What was meant: without what was pasted around it, and of a whole address the name that is asked for. */
export function mended(field: Field, typed: string): string {
  const plain = typed.normalize("NFC").replaceAll(INVISIBLE, "").trim();
  if (field.multiline) return plain;
  const bare = without(plain, field.suffix);
  if (field.pattern === null || isLike(field, bare)) return bare;
  // A key is the same in no other letters.
  if (field.secret) return plain;
  const [host = ""] = plain.replace(/^https?:\/\//i, "").split(/[/?#]/);
  const name = without(host.toLowerCase().replace(/\.$/, ""), field.suffix);
  return isLike(field, name) ? name : plain;
}

/** @param value as it was mended */
export function wrongWith(field: Field, value: string): Exclude<Wrong, "refused"> | null {
  if (value === "") return field.optional || field.default !== null ? null : "required";
  return isLike(field, value) ? null : "unlike";
}

const without = (value: string, suffix: string | null): string =>
  suffix !== null && suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;

const isLike = ({ pattern }: Field, value: string): boolean =>
  pattern === null || new RegExp(`^(?:${pattern})$`, "u").test(value);

/** What a browser and its password manager may fill in: a user name and its password where these are asked for, no key. */
export function autocompleteOf({ name }: Field, fields: readonly Field[]): "username" | "current-password" | "off" {
  const has = (wanted: string, secret: boolean): boolean =>
    fields.some((field) => field.name === wanted && field.secret === secret);
  if (!has("username", false) || !has("password", true)) return "off";
  return name === "username" ? "username" : name === "password" ? "current-password" : "off";
}
