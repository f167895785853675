/**
 * Marks of services, out of Simple Icons (CC0 1.0): a file each, which a page loads when it is seen. They are trademarks of their
 * owners, and name them and nothing more.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";

const FOLDER = new URL("../../node_modules/simple-icons/", import.meta.url);
const Icons = z.array(z.looseObject({ title: z.string(), hex: z.string(), slug: z.string() }));

/** Without the kind of credential that stands behind it: "Airtable (personal access token)". */
const plain = (name: string): string =>
  name
    .replace(/ \([^)]*\)$/, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");

/** By the names of services, letters and digits alone. */
const icons = new Map(
  Icons.parse(JSON.parse(await readFile(new URL("data/simple-icons.json", FOLDER), "utf8"))).map((icon) => [
    plain(icon.title),
    icon,
  ]),
);

/** Whether there is a mark of a service: one of exactly its name. */
export const hasMark = ({ name }: { readonly name: string }): boolean => icons.has(plain(name));

/** The mark of a service in its colour, as SVG; undefined: there is none. */
export async function markOf({ name }: { readonly name: string }): Promise<string | undefined> {
  const icon = icons.get(plain(name));
  if (!icon) return undefined;
  const drawn = await readFile(fileURLToPath(new URL(`icons/${icon.slug}.svg`, FOLDER)), "utf8");
  const [, path] = /<path d="([^"]+)"/.exec(drawn) ?? [];
  return path === undefined
    ? undefined
    : `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#${icon.hex}"><path d="${path}"/></svg>\n`;
}
