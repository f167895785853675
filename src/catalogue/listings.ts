/** What people read of each service: static files that are built from the catalogue, and read when somebody asks. */
import * as z from "zod/mini";
import { Catalogue, type CatalogueEntry } from "../api-catalogue.ts";
import type { Provider } from "../contract/provider.ts";
import type { Service } from "../contract/service.ts";
import { catalogued, toService } from "./catalogue.ts";

/** Where the build puts them (scripts/catalogue/listings.ts). */
export const SERVICES_FILE = "/catalogue.json";
export const FIELDS_FILE = "/catalogue-fields.json";

/** Built-in services and those of the catalogue, in the order of their names. */
const Services = z.pick(Catalogue, { services: true });
/** What is said of the fields that a service asks for, by its id and the field's name. */
const FieldWords = z.record(
  z.string(),
  z.record(z.string(), z.object({ description: z.exactOptional(z.string()), help: z.exactOptional(z.string()) })),
);
type FieldWords = z.output<typeof FieldWords>;

/** The deployment's static files. */
type Assets = Pick<Fetcher, "fetch">;

/** A deployment's files stay as they are, and an isolate is of one deployment. */
const read: { services?: readonly CatalogueEntry[]; byId?: ReadonlyMap<string, CatalogueEntry>; fields?: FieldWords } =
  {};

async function file<S extends z.ZodMiniType>(assets: Assets, path: string, schema: S): Promise<z.output<S>> {
  // The host is no matter: the binding serves one set of files.
  const answer = await assets.fetch(`https://assets.invalid${path}`);
  return z.parse(schema, await answer.json());
}

/** Every service, in the order of their names. */
export async function listServices(assets: Assets): Promise<readonly CatalogueEntry[]> {
  return (read.services ??= (await file(assets, SERVICES_FILE, Services)).services);
}

/** What people read of a service; undefined: there is none of this id. */
export async function listingOf(assets: Assets, id: string): Promise<CatalogueEntry | undefined> {
  const services = await listServices(assets);
  return (read.byId ??= new Map(services.map((service) => [service.id, service]))).get(id);
}

/** What people read of a provider, as far as anybody has written it down. */
export async function readingOf(
  assets: Assets,
  { docs, catalogued: id }: Provider,
): Promise<Pick<CatalogueEntry, "docs" | "aliases" | "mark">> {
  const listing = id === null ? undefined : await listingOf(assets, id);
  return { docs: docs ?? listing?.docs ?? null, aliases: listing?.aliases ?? [], mark: listing?.mark ?? null };
}

/** The fields that a provider asks for, with all that is said of them. */
export const fieldsOf = async (assets: Assets, { fields, catalogued: id }: Provider): Promise<Provider["fields"]> =>
  id === null ? fields : withWords(assets, id, fields);

async function withWords<T extends object>(
  assets: Assets,
  id: string,
  fields: Readonly<Record<string, T>>,
): Promise<Record<string, T>> {
  const words = (read.fields ??= await file(assets, FIELDS_FILE, FieldWords))[id] ?? {};
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...words[name], ...field }]));
}

/** A service of the catalogue as one is described in `CUSTOM_PROVIDERS`; null for a built-in one, parts of which are code. */
export async function describedService(
  assets: Assets,
  { id, docs }: CatalogueEntry,
): Promise<z.output<typeof Service> | null> {
  const entry = catalogued(id);
  if (!entry) return null;
  const { fields, ...service } = toService(entry);
  return { ...service, docs, ...(fields && { fields: await withWords(assets, id, fields) }) };
}
