/** The files of the catalogue, a service each. */
import { readFile, readdir } from "node:fs/promises";
import { EntryFile } from "./entry.ts";
import { CATALOGUE } from "./sources.ts";

/** The files of a folder, by name. */
export async function readEntries(folder: URL): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter(
    (file) => file.endsWith(".json") && !/^(?:sources|entry\.schema)\.json$/.test(file),
  );
  return new Map(
    await Promise.all(
      files.toSorted().map(async (file) => [file, await readFile(new URL(file, folder), "utf8")] as const),
    ),
  );
}

/** Every entry, in the order in which they are listed. */
export async function listEntries(): Promise<EntryFile[]> {
  const entries = [...(await readEntries(CATALOGUE)).values()].map((text) => EntryFile.parse(JSON.parse(text)));
  const { compare } = new Intl.Collator("en");
  return entries.toSorted((one, other) => compare(one.name, other.name) || compare(one.id, other.id));
}

/** One entry. @param id of one that there is */
export const readEntry = async (id: string): Promise<EntryFile> =>
  EntryFile.parse(JSON.parse(await readFile(new URL(`${id}.json`, CATALOGUE), "utf8")));
