/**
 * A file of the catalogue: a service as data (src/contract/service.ts), where a person registers with it, and for every field
 * where it was found. Nothing is in it that neither the service's own page says nor two open sources agree on.
 */
import * as z from "zod/mini";
import { CatalogueService } from "../../src/catalogue/catalogue.ts";
import type { Sources } from "./sources.ts";

/** A page of the service's own, or `source:path`: a file of one of sources.json. */
const FoundAt = z
  .string()
  .check(z.regex(/^(?:https:\/\/\S+|[a-z0-9-]+:\S+)$/, "the address of the service's own page, or source:path"));

export const EntryFile = z.extend(CatalogueService, {
  /** Where each field was found, by its path; one for a group is of all in it. */
  provenance: z.strictObject({
    /** The day on which the pages were read: 2026-11-28. */
    read: z.iso.date(),
    /** `{"token_endpoint": ["https://..."], "api.headers": [...]}` */
    fields: z.record(z.string(), z.array(FoundAt).check(z.minLength(1))),
  }),
});
export type EntryFile = z.output<typeof EntryFile>;

/** `confirmed`: the service's own page says so. `attested`: two independent open sources agree. */
export type Confidence = "confirmed" | "attested";

/** What is ours, or leads to what is not: these are no facts about how a service is spoken to. */
const FREE = [
  "$schema",
  "id",
  "name",
  "category",
  "aliases",
  "alternative_to",
  "docs",
  "registration",
  "fields",
  "provenance",
];

/** The paths of all that is said of the service, groups without an own value left out. */
function pathsOf(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`));
}

/**
 * What is not known well enough, in sentences; none where all is.
 * @param sources those that may be named
 */
export function untold(entry: EntryFile, sources: Sources): string[] {
  const { fields } = entry.provenance;
  const said = Object.entries(entry).filter(([name]) => !FREE.includes(name));
  const paths = said.flatMap(([name, value]) => pathsOf(value, name));
  const covers = (given: string, path: string) => path === given || path.startsWith(`${given}.`);
  return [
    ...paths
      .filter((path) => !Object.keys(fields).some((given) => covers(given, path)))
      .map((path) => `${path}: provenance does not say where it was found`),
    ...Object.keys(fields)
      .filter((given) => !paths.some((path) => covers(given, path)))
      .map((given) => `provenance.fields.${given}: the entry says nothing of it`),
    ...Object.entries(fields).flatMap(([given, found]) => [
      ...found
        .filter((at) => !isPage(at) && !Object.hasOwn(sources, sourceOf(at)))
        .map((at) => `provenance.fields.${given}: ${sourceOf(at)} is not in sources.json`),
      ...(confidenceIn(found) === null ? [`${given}: neither a page of the service's own nor two sources`] : []),
    ]),
  ];
}

const isPage = (at: string): boolean => at.startsWith("https://");
const sourceOf = (at: string): string => at.split(":")[0] ?? "";

function confidenceIn(found: readonly string[]): Confidence | null {
  if (found.some(isPage)) return "confirmed";
  return new Set(found.map(sourceOf)).size > 1 ? "attested" : null;
}

/** The open sources that hold what no page of the service's own does. */
export const sourcesOf = ({ provenance }: EntryFile): string[] =>
  Object.values(provenance.fields)
    .filter((found) => confidenceIn(found) === "attested")
    .flatMap((found) => found.map(sourceOf));

/** How sure an entry is: as sure as what is the least sure in it. */
export const confidenceOf = ({ provenance }: EntryFile): Confidence =>
  Object.values(provenance.fields).every((found) => confidenceIn(found) === "confirmed") ? "confirmed" : "attested";
