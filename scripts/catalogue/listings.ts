/** The catalogue as people read it: what the build writes beside the page (src/catalogue/listings.ts), and the command line shows. */
import type { CatalogueEntry } from "../../src/api-catalogue.ts";
import { clientVariables } from "../../src/config.ts";
import { isOfFields } from "../../src/contract/checks.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { confidenceOf, type EntryFile } from "./entry.ts";
import { hasMark } from "./marks.ts";

/** Built-in services and those of the catalogue, in the order of their names. */
export function listingsOf(entries: readonly EntryFile[]): CatalogueEntry[] {
  const builtIn = builtInProviders.map(({ id, name, category, docs }): CatalogueEntry => ({
    id,
    name,
    category,
    kind: "oauth2",
    docs,
    mark: null,
    aliases: [],
    alternative_to: null,
    registration: null,
    variables: [...clientVariables(id)],
    confidence: "confirmed",
  }));
  const { compare } = new Intl.Collator("en");
  return [...builtIn, ...entries.map(listingOf)].toSorted(
    (one, other) => compare(one.name, other.name) || compare(one.id, other.id),
  );
}

function listingOf(entry: EntryFile): CatalogueEntry {
  const { id, name, category, docs, aliases = [], alternative_to = null, registration } = entry;
  return {
    id,
    name,
    category,
    kind: isOfFields(entry) ? "key" : "oauth2",
    docs,
    mark: hasMark(entry) ? `/marks/${id}.svg` : null,
    aliases,
    alternative_to,
    registration: registration ? { url: registration.url, notes: registration.notes ?? [] } : null,
    variables: variablesOf(entry),
    confidence: confidenceOf(entry),
  };
}

function variablesOf(entry: EntryFile): string[] {
  if (isOfFields(entry)) return ["KEY_SERVICES"];
  const [idName, secretName] = clientVariables(entry.id);
  return ["none", "private_key_jwt"].includes(entry.token_endpoint_auth_method ?? "") ? [idName] : [idName, secretName];
}

/** What is said of the fields that services ask for, by the service's id and the field's name. */
export function fieldWordsOf(entries: readonly EntryFile[]): object {
  const words = entries.flatMap(({ id, fields = {} }) => {
    const said = Object.entries(fields).flatMap(([name, { description, help }]) =>
      description === undefined && help === undefined ? [] : [[name, { description, help }]],
    );
    return said.length === 0 ? [] : [[id, Object.fromEntries(said)]];
  });
  return Object.fromEntries(words);
}
