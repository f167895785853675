/** The open sources that facts may be taken from, as src/providers/catalogue/sources.json has them. */
import { readFile } from "node:fs/promises";
import * as z from "zod/mini";

const Sources = z.record(
  z.string(),
  z.strictObject({ repository: z.string(), commit: z.string(), read: z.iso.date(), licence: z.string() }),
);
export type Sources = z.output<typeof Sources>;

export const CATALOGUE = new URL("../../src/providers/catalogue/", import.meta.url);

/** Each by the name that entries have for it. */
export const readSources = async (): Promise<Sources> =>
  Sources.parse(JSON.parse(await readFile(new URL("sources.json", CATALOGUE), "utf8")));
