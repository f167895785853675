/** The default app's integrations: every provider, with the client the environment configures for it. */
import { configError, takenId, type ClientCredentials, type Config } from "../config.ts";
import { type CustomProviderEntry } from "../contract/entry.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { AppError } from "../errors.ts";
import { fillIn } from "../contract/templates.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { boundTo, thumbprint } from "../oauth/dpop.ts";
import { pushAuthorization } from "../oauth/pushed-authorization.ts";
import { authorizationUrl } from "../oauth/authorization.ts";
import { addressFields } from "../contract/checks.ts";
import { InvalidProvider, toProvider, undescribed } from "../contract/custom.ts";
import type { Provider } from "../contract/provider.ts";
import { among, catalogueIds, catalogueProvider } from "../catalogue/catalogue.ts";
import type { World } from "../world.ts";

/** A provider as one app uses it. */
export interface Integration {
  readonly id: string;
  readonly provider: Provider;
  /** null: it cannot be used, for this reason. */
  readonly client: ClientCredentials | null;
  readonly problem: AppError | null;
  /** The variables that are not set. */
  readonly missing: readonly string[];
}

/** An integration that can be used: its client is there. */
export interface ConfiguredIntegration extends Integration {
  readonly client: ClientCredentials;
}

/** Where Latchkey runs. */
export interface Here {
  /** Whether custom providers may live on this machine. */
  readonly isLocal: boolean;
  /** Whether an address leads back to this deployment. */
  readonly isOwn: (address: string) => boolean;
}

/**
 * All integrations, built-in ones first, then custom ones, then those of the catalogue. What is wrong with one is that one's `problem`, and the others stand.
 * @throws AppError `config_error` where CUSTOM_PROVIDERS is no list at all
 */
export function listIntegrations(world: World, config: Config, here: Here): readonly Integration[] {
  const custom = config.customProviders().map((read, index): Integration => {
    if (world.providers.some(({ id }) => id === read.id)) {
      return unusable(`custom-${index + 1}`, takenId(read.id));
    }
    return "entry" in read ? describe(read.entry, world.providers, config, here) : unusable(read.id, read.problem);
  });
  const own = [...world.providers.map((provider) => builtIn(config, provider)), ...custom];
  return [...own, ...listCatalogued(config, new Set(own.map(({ id }) => id)))];
}

function describe(entry: CustomProviderEntry, builtIns: readonly Provider[], config: Config, here: Here): Integration {
  const { id, client_id = "", client_secret = null } = entry;
  try {
    const own = addressFields(entry).find(({ address }) => here.isOwn(address))?.field;
    if (own !== undefined) throw new InvalidProvider(`${id}.${own}: leads back to this Latchkey itself`, own);
    const provider = toProvider(entry, among(builtIns), here.isLocal);
    config.clientKeyFor(provider);
    return { id, provider, client: { client_id, client_secret }, problem: null, missing: [] };
  } catch (error) {
    if (error instanceof InvalidProvider) return unusable(id, configError("CUSTOM_PROVIDERS", error.message));
    if (!(error instanceof AppError)) throw error;
    return { ...unusable(id, error), missing: ["CLIENT_KEYS"] };
  }
}

const unusable = (id: string, problem: AppError, variable = "CUSTOM_PROVIDERS"): Integration => ({
  id,
  provider: undescribed(id),
  client: null,
  problem,
  missing: [variable],
});

const { compare } = new Intl.Collator("en");

/** Those of the catalogue that the environment has a client for, or names. An id that is taken stays what it was. */
function listCatalogued(config: Config, taken: ReadonlySet<string>): Integration[] {
  const named = config.keyServices();
  const clients = catalogueIds.filter((id) => !named.includes(id) && config.hasClient(id));
  return [...named, ...clients]
    .filter((id) => !taken.has(id))
    .map((id) => ofCatalogue(config, id, named))
    .toSorted((one, other) => compare(one.provider.name, other.provider.name));
}

function ofCatalogue(config: Config, id: string, named: readonly string[]): Integration {
  const provider = catalogueProvider(id);
  if (provider?.credentials === "oauth2") return builtIn(config, provider);
  if (provider && named.includes(id)) {
    return { id, provider, client: { client_id: "", client_secret: null }, problem: null, missing: [] };
  }
  return unusable(id, configError("KEY_SERVICES", `${id} is no service that takes a key`), "KEY_SERVICES");
}

function builtIn(config: Config, provider: Provider): Integration {
  const { id, name } = provider;
  try {
    const found = config.client(id, provider.token_endpoint_auth_method === "none");
    if ("client" in found) return { id, provider, client: found.client, problem: null, missing: [] };
    const { missing } = found;
    const sentence = `${name} is not configured here. Set ${missing.join(" and ")} and try again.`;
    return { id, provider, client: null, problem: new AppError("not_configured", sentence), missing };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { id, provider, client: null, problem: error, missing: [] };
  }
}

/**
 * The integration of this exact id.
 * @throws AppError `unknown_integration`, `not_configured` or `config_error`, naming the variables
 */
export function findIntegration(world: World, config: Config, here: Here, id: string): ConfiguredIntegration {
  const provider = world.providers.find((candidate) => candidate.id === id);
  // A built-in provider does not depend on what the custom ones say.
  const integration = provider
    ? builtIn(config, provider)
    : listIntegrations(world, config, here).find((candidate) => candidate.id === id);
  if (!integration) throw unknownIntegration();
  const { client, problem } = integration;
  if (!client) throw problem ?? unknownIntegration();
  return { ...integration, client };
}

/**
 * Where a person goes on: to our own form where the service asks for something, else to the service's consent.
 * @param endpoint of the integration
 * @throws Unfillable for what was typed and fits no address; AppError where the request has to be pushed and is not taken
 */
export async function wayOn(
  endpoint: TokenEndpoint,
  { redirect_uri, code_verifier, scopes, fields, ...rest }: Authorization,
  state: string,
): Promise<string> {
  const { provider: declared, client } = endpoint;
  const isAsking = Object.keys(declared.fields).length > 0 && Object.keys(fields).length === 0;
  if (isAsking) return formAt(new URL(redirect_uri).origin, state);
  const provider = fillIn(declared, fields, "known");
  const asked = scopes === null ? provider : { ...provider, scopes };
  const url = authorizationUrl(asked, client.client_id, redirect_uri, state, code_verifier, fields);
  const bound = boundTo(rest);
  if (bound) url.searchParams.set("dpop_jkt", await thumbprint(bound.key));
  return (await pushAuthorization({ ...endpoint, provider }, url, fields, bound)).href;
}

/** Behind a `#`, a state is in no request, and so in no log of one (RFC 9110 7.1); the page hands it on in a body. */
const formAt = (origin: string, state: string): string => `${origin}/fields#${state}`;

/** Says nothing of what was asked for: it may be anything. */
export function unknownIntegration(): AppError {
  return new AppError("unknown_integration", "There is no integration of that name. GET /integrations lists them.");
}
