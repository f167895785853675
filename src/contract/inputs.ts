/** What people type: mended where it was pasted with something around it, held against its field, and told apart by what may be shown. */
import { invalidField } from "../errors.ts";
import { matches } from "./patterns.ts";
import type { Field, Provider } from "./provider.ts";
import { addressesOf, namesIn, namesInHost, type Values } from "./templates.ts";

/** Longer than any key; a private key of 4096 bits in PEM is 3.3 KB. */
const LONGEST = 8192;
/** What copying from a page brings along and nobody sees. */
const INVISIBLE = /[\u200b-\u200d\u2060\ufeff\u00ad]/g;

/** What was typed: `details` may stand in addresses and be kept in the open, `fields` may not. */
export interface Inputs {
  readonly details: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Reads the inputs of a service.
 * @throws AppError `invalid_request` naming the field and what would be right, never what was typed
 */
export function readInputs(provider: Provider, typed: Readonly<Record<string, string>>): Inputs {
  const unknown = Object.keys(typed).find((name) => !Object.hasOwn(provider.fields, name));
  if (unknown !== undefined) throw wrong(unknown, "is not asked for here");
  const inHost = new Set(addressesOf(provider).flatMap(namesInHost));
  const inHeader = headerNames(provider);
  const stamped = stampedNames(provider);
  const read = Object.entries(provider.fields).flatMap(([name, field]): [string, string, boolean][] => {
    const value = mended(typed[name] ?? "", field, inHost.has(name), stamped.has(name)) || (field.default ?? "");
    if (value === "") {
      if (field.optional) return [];
      throw wrong(name, "is required");
    }
    check(name, field, value, inHeader.has(name));
    return [[name, value, field.secret ?? false]];
  });
  const pick = (secret: boolean) =>
    Object.fromEntries(read.filter(([, , isSecret]) => isSecret === secret).map(([name, value]) => [name, value]));
  return { details: pick(false), fields: pick(true) };
}

/** @param isStamped whether it stands on calls too: there a service may tell capitals, which no host does (RFC 9110 4.2.3) */
function mended(typed: string, { suffix = "", multiline }: Field, isHost: boolean, isStamped: boolean): string {
  const plain = typed.normalize("NFC").replaceAll(INVISIBLE, "").trim();
  if (multiline) return plain.replaceAll(/\r\n?/g, "\n");
  if (!isHost) return suffix !== "" && plain.endsWith(suffix) ? plain.slice(0, -suffix.length) : plain;
  // A whole address is pasted for the name in it.
  const [host = ""] = plain.replace(/^https?:\/\//i, "").split(/[/?#]/);
  const name = host.replace(/\.$/, "");
  const alone = suffix !== "" && name.toLowerCase().endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  return isStamped ? alone : alone.toLowerCase();
}

function check(name: string, field: Field, value: string, isInHeader: boolean): void {
  const { pattern, choices, multiline, example } = field;
  const like = example === undefined ? "" : `. It looks like ${example}`;
  if (value.length > LONGEST) throw wrong(name, `is longer than ${LONGEST} characters, so it is something else`);
  if (!value.isWellFormed() || (multiline ? /[^\P{Cc}\n\t]/u : /\p{Cc}/u).test(value)) {
    throw wrong(name, "has a line break or another control character in it. Copy it again, alone");
  }
  if (isInHeader && !/^[\x20-\x7e]*$/.test(value)) {
    throw wrong(name, `has a letter that no such credential has${like}`);
  }
  if (choices && !choices.includes(value)) throw wrong(name, `is one of ${choices.join(", ")}`);
  if (pattern !== undefined && !matches(pattern, value)) throw wrong(name, `does not look like one${like}`);
}

/** @param reason goes behind the field's name */
export const wrong = (name: string, reason: string) => invalidField(`fields.${name}`, `${reason}.`);

/** The fields that decide where calls go: they stay as they are while a connection lives. */
export const addressNames = (provider: Provider): string[] =>
  [...new Set(addressesOf(provider).flatMap(namesIn))].filter((name) => Object.hasOwn(provider.fields, name));

/** Those that are put into headers as they are; in HTTP Basic every letter may stand (RFC 7617 2.1). */
function headerNames({ api: { stamp }, exchange }: Provider): Set<string> {
  const texts = [...Object.values(stamp.headers ?? {}), ...Object.values(exchange?.headers ?? {})];
  return new Set(texts.flatMap(namesIn));
}

/** What stands on every call as it is. */
function stampedNames({ api: { stamp } }: Provider): Set<string> {
  const { headers = {}, query = {}, basic } = stamp;
  const texts = [...Object.values(headers), ...Object.values(query), basic?.user ?? "", basic?.password ?? ""];
  return new Set(texts.flatMap(namesIn));
}

/**
 * Whose account it is, where the same id may be at several hosts: with what was typed of the host.
 * @param id as the service tells it; null: it tells none
 */
export function idAtHost(provider: Provider, details: Values, id: string | null): string | null {
  const inHost = new Set(addressesOf(provider).flatMap(namesInHost));
  const said = (name: string): string => String(details[name] ?? "");
  const where = addressNames(provider).map((name) => (inHost.has(name) ? said(name).toLowerCase() : said(name)));
  if (where.length === 0) return id;
  return [...(id === null ? [] : [id]), where.join("/")].join("@");
}
