/** Templates as the schema of a service describes them, read from the service's side. */
import type { Call } from "../http.ts";

export type Values = Readonly<Record<string, string>>;

const NAME = /\{([a-z][a-z0-9_]*)\}/g;

/** A text with its names filled in; what is not known is empty. */
export const filled = (template: string, values: Values): string =>
  template.replaceAll(NAME, (_, name: string) => values[name] ?? "");

/** The texts of a record, filled in; those that come to nothing are not sent. */
export const filledAll = (templates: Readonly<Record<string, string>> | undefined, values: Values): Values =>
  Object.fromEntries(
    Object.entries(templates ?? {})
      .map(([name, template]) => [name, filled(template, values)] as const)
      .filter(([, value]) => value !== ""),
  );

/** Where a call went, without its scheme and its query: `host/path`. */
export const placeOf = ({ host, path }: Pick<Call, "host" | "path">): string => host + path;

/** The same of an address of the entry: its scheme, or where the sandbox serves it, taken off. */
export const placeIn = (address: string, call: Pick<Call, "origin" | "service">): string =>
  address.replace(`${call.origin}/${call.service}/`, "").replace(/^https?:\/\//, "");

/** An address with its names filled in as an address has them: as they are in the host, escaped behind it. */
export function placeWith(address: string, call: Pick<Call, "origin" | "service">, values: Values): string {
  const place = placeIn(address, call);
  const slash = place.startsWith("{") ? place.indexOf("}") + 1 : place.indexOf("/");
  const [host, path] = slash < 0 ? [place, ""] : [place.slice(0, slash), place.slice(slash)];
  const escaped = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]));
  return placeIn(filled(host, values), call).replace(/\/+$/, "") + filled(path, escaped);
}

/** A host alone is asked at its root. */
export const rooted = (place: string): string => (place.includes("/") ? place : `${place}/`);

/** What stands in the place of each name of an address; undefined where a call went elsewhere. */
export function captured(address: string, call: Call): Record<string, string> | undefined {
  const names: string[] = [];
  const pattern = rooted(placeIn(address, call))
    .split(/(\{[a-z][a-z0-9_]*\})/)
    .map((part) => {
      const [, name] = /^\{(.*)\}$/.exec(part) ?? [];
      if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
      names.push(name);
      return "(.+?)";
    })
    .join("");
  const found = new RegExp(`^${pattern}$`).exec(placeOf(call));
  if (!found) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
}
