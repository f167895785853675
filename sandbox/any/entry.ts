/** What the generated emulator knows of a service: its entry, as Latchkey reads it, and what its answers tell of people. */
import * as z from "zod";
import { type CustomProviderEntry, ProviderFields } from "../../src/contract/entry.ts";
import type { Store } from "../store.ts";
import { exampleServices } from "./examples.ts";

export type Entry = CustomProviderEntry;

const Entries = z.object({
  entry: z.unknown(),
  /** What the details are that its answers tell, by name, for each account; else they are made up. */
  tells: z.record(z.string(), z.array(z.string())).default({}),
  /** The public keys that its client has registered there (RFC 7591 2, `jwks`). */
  keys: z.array(z.looseObject({ kid: z.string() })).default([]),
});

/** A service that is played. */
export interface Played {
  readonly entry: Entry;
  readonly tells: Readonly<Record<string, readonly string[]>>;
  readonly keys: readonly { readonly kid: string }[];
}

/** Keeps an entry. @returns what is wrong with it, or null */
export function keepEntry(store: Store, body: unknown): string | null {
  const read = Entries.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  const entry = ProviderFields.safeParse(read.data.entry);
  if (!entry.success) return entry.error.message;
  store.setValue("played", read.data);
  return null;
}

/** The entry that was given to this object, or that of an example; undefined where there is neither. */
export function playedBy(store: Store, id: string, origin: string): Played | undefined {
  const kept = Entries.safeParse(store.value("played"));
  if (kept.success) return { ...kept.data, entry: ProviderFields.parse(kept.data.entry) };
  const example = exampleServices(origin).find((entry) => entry.id === id);
  return example && { entry: ProviderFields.parse(example), tells: {}, keys: [] };
}

/** Whether people type the credential itself. */
export const isTyped = ({ authorization_endpoint, fields }: Entry): boolean =>
  authorization_endpoint === undefined && fields !== undefined;

/** What every detail is for an account, by name. */
export function detailsOf({ entry, tells }: Played, account: number): Record<string, string> {
  const { token_details, callback_details, after_connect } = entry;
  const names = [token_details, callback_details, after_connect?.details].flatMap((details) =>
    Object.keys(details ?? {}),
  );
  return Object.fromEntries(names.map((name) => [name, tells[name]?.[account] ?? `${name}-${account}`]));
}

/** Puts a value at a path of names, as answers have them: a number is a place in a list. */
export function put(answer: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  // OData's names have dots in them.
  const [name = "", ...rest] = path.startsWith("@") ? [path] : path.split(".");
  answer[name] = within(answer[name], rest, value);
  return answer;
}

function within(held: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (/^\d+$/.test(name)) {
    const list: unknown[] = Array.isArray(held) ? held : [];
    list[Number(name)] = within(list[Number(name)], rest, value);
    return list;
  }
  const object = z.record(z.string(), z.unknown()).safeParse(held).data ?? {};
  object[name] = within(object[name], rest, value);
  return object;
}
