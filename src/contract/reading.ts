/** Reading a service's answers: what stands where, and the shapes that everybody is given. */
import type { Account, Item } from "../api.ts";
import { matches } from "./patterns.ts";
import type { Details } from "./provider.ts";

/**
 * What stands at a path of names, `a.b.0.c`, of own members alone; `undefined` where something on the way is not there. A member
 * may have dots in its name: `@odata.nextLink`.
 */
export function at(value: unknown, path: string): unknown {
  if (path === "" || typeof value !== "object" || value === null) return path === "" ? value : undefined;
  if (Object.hasOwn(value, path)) return Reflect.get(value, path);
  const dot = path.indexOf(".");
  const name = path.slice(0, dot);
  return dot > 0 && Object.hasOwn(value, name) ? at(Reflect.get(value, name), path.slice(dot + 1)) : undefined;
}

/** What is kept of an answer, by name; what is not there, or is not what its pattern says, is left out. */
export function readDetails(details: Details, answer: unknown): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, detail]) => {
      const { path, pattern } = typeof detail === "string" ? { path: detail, pattern: undefined } : detail;
      const value = at(answer, path);
      if (typeof value !== "string" && typeof value !== "number") return [];
      return pattern === undefined || matches(pattern, String(value)) ? [[name, value]] : [];
    }),
  );
}

/** An item with null in every field that `fields` leaves out, and no details where it names none. */
export function toItem(fields: Pick<Item, "id" | "type" | "name"> & { [K in keyof Item]?: Item[K] | undefined }): Item {
  return {
    id: fields.id,
    type: fields.type,
    name: fields.name,
    url: webAddress(fields.url),
    parent_id: fields.parent_id ?? null,
    parent_name: fields.parent_name ?? null,
    created_at: fields.created_at ?? null,
    updated_at: fields.updated_at ?? null,
    mime_type: fields.mime_type ?? null,
    details: fields.details ?? {},
  };
}

/** An account with null in every field that `fields` leaves out; a missing name falls back to the id. */
export function toAccount(
  fields: Pick<Account, "id"> & { [K in keyof Account]?: Account[K] | null | undefined },
): Account {
  return {
    id: fields.id,
    name: fields.name || fields.email || fields.id,
    email: fields.email ?? null,
    avatar_url: webAddress(fields.avatar_url),
    url: webAddress(fields.url),
  };
}

/** What may be shown as a link: providers, and at some their users, write what they like. */
const webAddress = (address: string | null | undefined): string | null =>
  address && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : null;
