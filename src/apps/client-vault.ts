/**
 * An app's integrations: its own client at a provider, with the secret sealed and never shown again. The id is unique in this
 * deployment and part of the redirect URI, so that an answer meant for one integration is never taken for another's.
 */
import * as z from "zod/mini";
import type { AppIntegration } from "../api-apps.ts";
import { BOUNDS } from "../bounds.ts";
import { ProviderFields, flawOfEntry, type CustomProviderEntry } from "../contract/entry.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import { isIntegrationId, isIntegrationOfBefore, type Names } from "../connections/names.ts";
import type { StoredRecord } from "../connections/vault/records.ts";
import { AppError, invalidField } from "../errors.ts";
import type { RecordKind } from "../kv-store.ts";
import { among, catalogued } from "../catalogue/catalogue.ts";
import { addressFields } from "../contract/checks.ts";
import { namesIn } from "../contract/templates.ts";
import { InvalidProvider, toProvider, type FindProvider } from "../contract/custom.ts";
import type { Provider } from "../contract/provider.ts";
import { unknownIntegration, type ConfiguredIntegration } from "./integrations.ts";
import type { AppRecords } from "./records.ts";
import { OwnedKind, type SharedRecords } from "./shared-records.ts";

/**
 * What an app registers. `provider` is a service of the catalogue, or the endpoints describe another. The same `slug` again changes the
 * integration: a `client_secret` that is left out stays as it is.
 */
export const IntegrationSettings = z.extend(z.omit(ProviderFields, { id: true, extends: true }), {
  /** Tells it from the app's others; left out, the provider's id. */
  slug: z.optional(ProviderFields.shape.id),
  /** The id of a service of the catalogue: `github`, `resend`. Left out, the endpoints describe one. */
  provider: z.optional(z.string().check(z.maxLength(40))),
});
export type IntegrationSettings = z.output<typeof IntegrationSettings>;

const IntegrationRecord = z.object({
  integration: z.string(),
  slug: z.string(),
  entry: ProviderFields,
  created_at: z.string(),
  updated_at: z.string(),
});
type IntegrationRecord = z.output<typeof IntegrationRecord>;

const IntegrationKind: RecordKind<IntegrationRecord> = { kind: "integration", schema: IntegrationRecord };
/** Which integration a slug stands for: decided once, by whoever registers it first. */
const SlugKind: RecordKind<{ integration: string }> = { kind: "slug", schema: z.object({ integration: z.string() }) };

/** By the record that an isolate remembers, for as long as it does. */
const configured = new WeakMap<IntegrationRecord, ConfiguredIntegration>();

/**
 * What decides where tokens and secrets are sent, as a text: it stays as it was when an integration is changed. What stands in
 * no address may change, and so may the order in which anything is written.
 */
function destinationsOf(given: CustomProviderEntry): string {
  const entry = { ...(given.extends === undefined ? {} : catalogued(given.extends)), ...given };
  const { fields = {}, callback_details, token_details, after_connect } = entry;
  const addresses = addressFields(entry).map(({ field, address }) => [field, address]);
  const names = new Set(addresses.flatMap(([, address = ""]) => namesIn(address)));
  const bounds = [
    ...Object.entries(fields).map(([name, { pattern, choices }]) => ["fields", name, pattern, choices] as const),
    ...[callback_details, token_details, after_connect?.details].flatMap((details, source) =>
      Object.entries(details ?? {}).map(([name, detail]) => {
        const { path, pattern } = typeof detail === "string" ? { path: detail, pattern: null } : detail;
        return [source, name, path, pattern] as const;
      }),
    ),
  ].filter(([, name]) => names.has(name));
  return JSON.stringify([
    entry.extends,
    entry.issuer,
    [...addresses, ...bounds].map((one) => JSON.stringify(one)).toSorted(),
  ]);
}

export class ClientVault {
  readonly #records: AppRecords;
  readonly #shared: SharedRecords;
  readonly #names: Names;
  readonly #find: FindProvider;
  readonly #loopback: boolean;
  readonly #origin: string;
  readonly #isOwn: (address: string) => boolean;

  /**
   * @param providers the built-in ones
   * @param loopback whether endpoints may be on this machine
   * @param origin where people reach this deployment
   * @param isOwn whether an address leads back to it
   */
  constructor(
    records: AppRecords,
    shared: SharedRecords,
    names: Names,
    providers: readonly Provider[],
    loopback: boolean,
    origin: string,
    isOwn: (address: string) => boolean,
  ) {
    this.#isOwn = isOwn;
    this.#records = records;
    this.#shared = shared;
    this.#names = names;
    this.#find = among(providers);
    this.#loopback = loopback;
    this.#origin = origin;
  }

  /**
   * Registers an integration, or changes the one of the same slug.
   * @throws AppError `invalid_request` naming the field; `integration_fixed` for other endpoints than before
   */
  async put(app: string, settings: IntegrationSettings): Promise<ConfiguredIntegration & { about: AppIntegration }> {
    const { slug = settings.provider, provider, ...fields } = settings;
    if (slug === undefined) throw invalid("slug", "is required where no provider is named");
    // It may stand wherever an id may.
    if (isIntegrationId(slug)) throw invalid("slug", "looks like the id of an integration. Choose a shorter one");
    if (provider !== undefined && !this.#find(provider)) {
      throw invalid(
        "provider",
        "is no service of the catalogue. GET /catalogue lists them; describe another one under a slug",
      );
    }
    const given: CustomProviderEntry = {
      ...fields,
      id: provider ?? slug,
      ...(provider === undefined ? {} : { extends: provider }),
    };
    for (;;) {
      const known = await this.#records.list(IntegrationKind, app);
      const existing = known.find((record) => record.slug === slug);
      if (!existing) this.#check(given);
      if (!existing && known.length >= BOUNDS.integrations) {
        throw new AppError(
          "too_many",
          `An app has at most ${BOUNDS.integrations} integrations. Remove one that is not used.`,
        );
      }
      const integration = existing?.integration ?? (await this.#claim(app, slug));
      const record = await this.#records.change(IntegrationKind, app, integration, (before) => {
        // Taken out since it was found: under its id there may be connections, whose tokens no other endpoint is to get.
        if (existing && !before) return undefined;
        const entry = this.#changed(given, before?.entry);
        const now = new Date().toISOString();
        return { integration, slug, entry, created_at: before?.created_at ?? now, updated_at: now };
      });
      if (record) return { ...this.#toIntegration(record), about: this.#describe(record) };
    }
  }

  /** The id that a slug stands for, the same for all who register it at once. */
  async #claim(app: string, slug: string): Promise<string> {
    const made = { integration: await this.#names.newIntegration(app, slug) };
    return (await this.#records.change(SlugKind, app, slug, (before) => before ?? made)).integration;
  }

  /** The id of the integration that a name stands for: an id, or the slug of one of this app's; what is neither stays as it is. */
  async idOf(app: string, name: string): Promise<string> {
    if (app === DEFAULT_APP || isIntegrationId(name) || !ProviderFields.shape.id.safeParse(name).success) return name;
    const claimed = await this.#records.get(SlugKind, app, name);
    return claimed?.integration ?? name;
  }

  /** What an integration is to be; a secret that is left out stays. @throws AppError `invalid_request`, `integration_fixed` */
  #changed(given: CustomProviderEntry, before: CustomProviderEntry | undefined): CustomProviderEntry {
    const client_secret = given.client_secret ?? before?.client_secret;
    const entry = { ...given, ...(client_secret === undefined ? {} : { client_secret }) };
    this.#check(entry);
    if (before && destinationsOf(before) !== destinationsOf(entry)) {
      throw new AppError(
        "integration_fixed",
        "The provider and endpoints of an integration stay as they are. Register another one under another slug.",
      );
    }
    return entry;
  }

  #check(entry: CustomProviderEntry): void {
    const own = addressFields(entry).find(({ address }) => this.#isOwn(address));
    if (own) throw invalid(own.field, "leads back to this Latchkey itself");
    const flaw = flawOfEntry(entry, catalogued);
    if (flaw) throw invalid(flaw.field, flaw.reason);
    // With the deployment's key an app could sign in the name of any other client that it is the key of.
    if (this.#toProvider(entry).token_endpoint_auth_method === "private_key_jwt") {
      throw invalid(
        "token_endpoint_auth_method",
        "private_key_jwt is for the operator's own services, whose key it is",
      );
    }
  }

  /**
   * The app that an integration of this id belongs to; undefined where no app has one.
   * @param limit is called before an id that is not known at once is asked for
   */
  async appOf(id: string, limit: () => Promise<void>): Promise<string | undefined> {
    if (isIntegrationOfBefore(id)) return (await this.#shared.get(OwnedKind, id, limit))?.app;
    return this.#names.ownerOf(id);
  }

  async list(app: string): Promise<AppIntegration[]> {
    return (await this.#records.list(IntegrationKind, app)).map((record) => this.#describe(record));
  }

  /** Those that can be used, as they are. */
  async configured(app: string): Promise<ConfiguredIntegration[]> {
    return (await this.#records.list(IntegrationKind, app)).map((record) => this.#toIntegration(record));
  }

  /** @throws AppError `unknown_integration`, the same for another app's and for none */
  async find(app: string, id: string): Promise<ConfiguredIntegration> {
    const isTheirs = isIntegrationOfBefore(id) || (await this.#names.ownerOf(id)) === app;
    const record = isTheirs ? await this.#records.get(IntegrationKind, app, id) : undefined;
    if (!record) throw unknownIntegration();
    return this.#toIntegration(record);
  }

  /** Takes an integration and its secret out. @throws AppError `unknown_integration` */
  async remove(app: string, id: string): Promise<void> {
    const record = await this.#records.read(IntegrationKind, app, id);
    if (!record) throw unknownIntegration();
    // The slug first: who registers it from here on gets another integration.
    await this.#records.change(SlugKind, app, record.slug, (claimed) =>
      claimed?.integration === id ? undefined : claimed,
    );
    await this.#records.change(IntegrationKind, app, id, (before): undefined => {
      if (!before) throw unknownIntegration();
    });
    if (isIntegrationOfBefore(id)) await this.#shared.change(OwnedKind, id, (): undefined => {});
  }

  /** Takes out what leads to a record of an app that is being removed. */
  async withdraw(app: string, { kind, id, sealed }: StoredRecord): Promise<void> {
    if (kind !== SlugKind.kind && kind !== IntegrationKind.kind) return;
    // Claimed, and perhaps lost before it was registered.
    const { integration } =
      kind === SlugKind.kind ? await this.#records.open(SlugKind, app, id, sealed) : { integration: id };
    if (isIntegrationOfBefore(integration)) await this.#shared.change(OwnedKind, integration, (): undefined => {});
  }

  #toIntegration(record: IntegrationRecord): ConfiguredIntegration {
    const known = configured.get(record);
    if (known) return known;
    const { integration, entry } = record;
    const client = { client_id: entry.client_id ?? "", client_secret: entry.client_secret ?? null };
    const made = { id: integration, provider: this.#toProvider(entry), client, problem: null, missing: [] };
    configured.set(record, made);
    return made;
  }

  #toProvider(entry: CustomProviderEntry): Provider {
    try {
      return toProvider(entry, this.#find, this.#loopback);
    } catch (error) {
      throw error instanceof InvalidProvider
        ? new AppError("invalid_request", `${error.message}.`, { param: error.field })
        : error;
    }
  }

  #describe(record: IntegrationRecord): AppIntegration {
    const { integration, slug, entry, created_at, updated_at } = record;
    const { provider } = this.#toIntegration(record);
    return {
      integration,
      slug,
      name: provider.name,
      provider: provider.id,
      client_id: entry.client_id ?? null,
      has_client_secret: entry.client_secret !== undefined,
      scopes: [...provider.scopes],
      redirect_uri: redirectUri(this.#origin, integration),
      created_at,
      updated_at,
    };
  }
}

/** The redirect URI of an integration, to register with its provider. */
export const redirectUri = (origin: string, integration: string): string => `${origin}/callback/${integration}`;

const invalid = (field: string, reason: string): AppError => invalidField(field, `${reason}.`);
