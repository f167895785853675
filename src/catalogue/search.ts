/** Looking for a service: among the built-in ones and those of the catalogue, by name and by what else people call it. */
import * as z from "zod/mini";
import type { CatalogueEntry } from "../api-catalogue.ts";
import { clientVariables } from "../config.ts";
import type { Provider } from "../contract/provider.ts";
import type { Service } from "../contract/service.ts";
import { catalogued, catalogueProvider, toService } from "./catalogue.ts";
import { ENTRIES } from "./entries.generated.ts";
import { builtInProviders } from "../providers/index.ts";

/** What is looked at to find a service; the rest of an entry is parsed when it is shown. */
const Looked = z.object({
  name: z.string(),
  category: z.string(),
  aliases: z._default(z.array(z.string()), []),
  authorization_endpoint: z.optional(z.string()),
});

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly kind: CatalogueEntry["kind"];
  /** In small letters, as they are compared. */
  readonly words: readonly string[];
}

let listed: readonly Listed[] | undefined;

/** All services in the order of their names. */
function all(): readonly Listed[] {
  if (listed) return listed;
  const builtIn = builtInProviders.map(({ id, name, category }): Listed => {
    return { id, name, category, kind: "oauth2", words: wordsOf(id, name, []) };
  });
  const described = Object.entries(ENTRIES).map(([id, text]): Listed => {
    const { name, category, aliases, authorization_endpoint } = Looked.parse(JSON.parse(text));
    const kind = authorization_endpoint === undefined ? "key" : "oauth2";
    return { id, name, category, kind, words: wordsOf(id, name, aliases) };
  });
  const { compare } = new Intl.Collator("en");
  listed = [...builtIn, ...described].toSorted(
    (one, other) => compare(one.name, other.name) || compare(one.id, other.id),
  );
  return listed;
}

const wordsOf = (id: string, name: string, aliases: readonly string[]): string[] =>
  [name, id, ...aliases].map((word) => word.toLowerCase());

/** How well words match; the least is the best. Infinity: not at all. */
function distance(words: readonly string[], sought: string): number {
  const ways = [
    (word: string) => word === sought,
    (word: string) => word.startsWith(sought),
    (word: string) => word.split(/[\s-]/).some((part) => part.startsWith(sought)),
    (word: string) => word.includes(sought),
  ];
  const way = ways.findIndex((fits) => words.some(fits));
  return way < 0 ? Infinity : way;
}

/** What is looked for; what is left out is no matter. */
export interface Wanted {
  readonly search?: string | undefined;
  readonly category?: string | undefined;
  readonly kind?: CatalogueEntry["kind"] | undefined;
}

/** The ids of the services that are wanted: the best match first, then by name. */
export function searchCatalogue({ search = "", category, kind }: Wanted): string[] {
  const sought = search.trim().toLowerCase();
  return all()
    .filter((one) => (kind === undefined || one.kind === kind) && (category === undefined || one.category === category))
    .map(({ id, words }) => ({ id, far: sought === "" ? 0 : distance(words, sought) }))
    .filter(({ far }) => far < Infinity)
    .toSorted((one, other) => one.far - other.far)
    .map(({ id }) => id);
}

/** A service as a list shows it; undefined: there is none of this id. */
export function describeEntry(id: string): CatalogueEntry | undefined {
  const builtIn = builtInProviders.find((provider) => provider.id === id);
  if (builtIn) {
    const { name, category, docs } = builtIn;
    const unsaid = { aliases: [], alternative_to: null, registration: null, mark: null };
    return {
      id,
      name,
      category,
      kind: "oauth2",
      docs,
      ...unsaid,
      variables: variablesOf(builtIn),
      confidence: "confirmed",
    };
  }
  const entry = catalogued(id);
  if (!entry) return undefined;
  const { name, category, docs, aliases = [], alternative_to = null, registration, confidence } = entry;
  const mark = entry.mark ? `/marks/${id}.svg` : null;
  const provider = catalogueProvider(id);
  const kind = provider?.credentials === "fields" ? "key" : "oauth2";
  const variables = provider ? variablesOf(provider) : [];
  const where = registration ? { url: registration.url, notes: registration.notes ?? [] } : null;
  return { id, name, category, kind, docs, mark, aliases, alternative_to, registration: where, variables, confidence };
}

function variablesOf({ id, credentials, token_endpoint_auth_method: method }: Provider): string[] {
  if (credentials === "fields") return ["KEY_SERVICES"];
  const [idName, secretName] = clientVariables(id);
  return ["none", "private_key_jwt"].includes(method) ? [idName] : [idName, secretName];
}

/** A service of the catalogue as it is described; null for a built-in one. */
export function serviceOf(id: string): z.output<typeof Service> | null {
  const entry = catalogued(id);
  return entry ? toService(entry) : null;
}
