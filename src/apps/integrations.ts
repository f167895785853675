/** The default app's integrations: every provider, with the client the environment configures for it. */
import { configError, type ClientCredentials, type Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { toProvider } from "../providers/custom.ts";
import type { Provider } from "../providers/provider.ts";
import type { World } from "../world.ts";

/** The app of this deployment's own page and of callers without an app of their own. */
export const DEFAULT_APP = "default";

/** A provider as one app uses it. */
export interface Integration {
  readonly id: string;
  readonly provider: Provider;
  /** null: not configured; `missing` names the variables. */
  readonly client: ClientCredentials | null;
  readonly missing: readonly string[];
}

/** An integration that can be used: its client is there. */
export interface ConfiguredIntegration extends Integration {
  readonly client: ClientCredentials;
}

/**
 * All integrations, built-in ones first.
 * @param loopback whether custom providers may live on this machine
 * @throws AppError `config_error`
 */
export function listIntegrations(world: World, config: Config, loopback: boolean): readonly Integration[] {
  const builtIn = world.providers.map((provider): Integration => {
    const found = config.client(provider.id, provider.token_endpoint_auth_method === "none");
    return "client" in found
      ? { id: provider.id, provider, client: found.client, missing: [] }
      : { id: provider.id, provider, client: null, missing: found.missing };
  });
  const custom = config.customProviders().map((entry): Integration => {
    const provider = toProvider(entry, world.providers, loopback);
    const client = { client_id: entry.client_id, client_secret: entry.client_secret ?? null };
    return { id: entry.id, provider, client, missing: [] };
  });
  const all = [...builtIn, ...custom];
  const twice = all.find(({ id }, index) => all.findIndex((other) => other.id === id) !== index);
  if (twice) throw configError("CUSTOM_PROVIDERS", `the id ${twice.id} is taken`);
  return all;
}

/**
 * The integration of this exact id.
 * @throws AppError `unknown_integration`, or `not_configured` naming the variables to set
 */
export function findIntegration(integrations: readonly Integration[], id: string): ConfiguredIntegration {
  const integration = integrations.find((candidate) => candidate.id === id);
  if (!integration) throw unknownIntegration();
  const { client } = integration;
  if (!client) {
    throw new AppError(
      "not_configured",
      `${integration.provider.name} is not configured here. Set ${integration.missing.join(" and ")} and try again.`,
    );
  }
  return { ...integration, client };
}

/** Says nothing of what was asked for: it may be anything. */
export function unknownIntegration(): AppError {
  return new AppError("unknown_integration", "There is no integration of that name. GET /integrations lists them.");
}
