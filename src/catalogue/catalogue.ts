/**
 * The catalogue: services that are data alone, a file each in `src/providers/catalogue/`. What the Worker has of them is
 * generated, one text for each, and parsed when it is asked for.
 */
import * as z from "zod/mini";
import type { FindProvider } from "../contract/custom.ts";
import { describe } from "../contract/describe.ts";
import type { Provider } from "../contract/provider.ts";
import { Service } from "../contract/service.ts";
import { HttpsUrl, text } from "../contract/texts.ts";
import { ENTRIES } from "./entries.generated.ts";

/** What kinds of services there are, in the order in which they are listed. */
export const CATEGORIES = [
  "Productivity",
  "Communication",
  "Email",
  "Developer tools",
  "AI",
  "Cloud",
  "Monitoring",
  "Analytics",
  "Data",
  "CRM",
  "Sales",
  "Marketing",
  "Support",
  "Forms",
  "Documents",
  "Storage",
  "Design",
  "Websites",
  "Commerce",
  "Payments",
  "Accounting",
  "Banking",
  "HR",
  "Education",
  "Health",
  "Social",
  "Music",
  "Video",
  "Gaming",
  "Identity",
  "Internet of things",
  "Travel",
  "Legal",
  "Other",
] as const;

/** A service of the catalogue, with what leads people to it and to a client of it. */
export const CatalogueService = z.extend(Service, {
  name: z.string().check(z.minLength(1), z.maxLength(80)),
  category: z.enum(CATEGORIES),
  docs: HttpsUrl,
  /** What else people look for when they mean it, in small letters: `x` for Twitter. */
  aliases: z.exactOptional(z.array(z.string().check(z.regex(/^[a-z0-9][a-z0-9 .+&-]{0,39}$/))).check(z.maxLength(10))),
  /** The id of the same service with another kind of credential. */
  alternative_to: z.exactOptional(z.string()),
  /** Where a client is registered or a key is made, and what has to be known there. */
  registration: z.exactOptional(
    z.strictObject({
      url: HttpsUrl,
      /** "Refuses localhost": what people run into, a sentence each. */
      notes: z.exactOptional(z.array(text(200)).check(z.maxLength(5))),
    }),
  ),
});

/**
 * What the Worker has of an entry: how the service is spoken to. What people read of it stands in static files, which are read
 * when somebody asks (listings.ts).
 */
export const Catalogued = z.extend(Service, {
  name: z.string(),
  category: z.string(),
});
export type Catalogued = z.output<typeof Catalogued>;

/** By id, as far as anybody has asked. */
const known = new Map<string, { readonly service: Catalogued; readonly provider: Provider }>();

function find(id: string) {
  const before = known.get(id);
  if (before) return before;
  const written = Object.hasOwn(ENTRIES, id) ? ENTRIES[id] : undefined;
  if (written === undefined) return undefined;
  const service = Catalogued.parse({ id, ...parseObject(written) });
  const found = { service, provider: { ...describe(toService(service)), catalogued: id } };
  known.set(id, found);
  return found;
}

const parseObject = (written: string): object => z.looseObject({}).parse(JSON.parse(written));

const ServiceAlone = z.object(Service.shape);

/** What describes the service itself, as of any other. */
export const toService = (entry: z.output<typeof Service>): z.output<typeof Service> => ServiceAlone.parse(entry);

/** Built-in providers and those of the catalogue, by their ids. */
export const among =
  (builtIn: readonly Provider[]): FindProvider =>
  (id) =>
    builtIn.find((provider) => provider.id === id) ?? catalogueProvider(id);

/** The ids of all services of the catalogue, in no order. */
export const catalogueIds: readonly string[] = Object.keys(ENTRIES);

/** What the catalogue has of a service; undefined: it has none of this id. */
export const catalogued = (id: string): Catalogued | undefined => find(id)?.service;

/** A service of the catalogue as a provider; undefined: it has none of this id. */
export const catalogueProvider = (id: string): Provider | undefined => find(id)?.provider;
