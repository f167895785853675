/**
 * The production app with every provider at one upstream on loopback: `https://HOST/PATH` of a provider is
 * `{UPSTREAM}/{provider}/HOST/PATH`, and of any other service `{UPSTREAM}/HOST/PATH`, reached over the real network. Never part
 * of a deployment.
 */
import { env as variables } from "cloudflare:workers";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
import { network } from "../../src/world.ts";
import { clientVariables } from "../../src/config.ts";
import { Vault as VaultBase } from "../../src/connections/vault/vault.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import type { Provider } from "../../src/contract/provider.ts";

/** Renews nothing of its own accord. */
export class Vault extends VaultBase {
  protected override dispatch(): Promise<void> {
    return Promise.resolve();
  }
}

const { UPSTREAM } = z.object({ UPSTREAM: z.string() }).parse(variables);

function moved(provider: Provider): Provider {
  const move = (url: string): string => url.replace(/^https:\/\//, `${UPSTREAM}/${provider.id}/`);
  const hosts = Object.entries(provider.api.hosts).map(([host, base]) => [host, move(base)] as const);
  return {
    ...provider,
    issuer: null,
    token_endpoint: move(provider.token_endpoint),
    profile: null,
    api: { ...provider.api, base_url: move(provider.api.base_url), hosts: Object.fromEntries(hosts) },
  };
}

const toUpstream = (url: string): string => url.replace(/^https:\/\//, `${UPSTREAM}/`);

const clients = builtInProviders.flatMap(({ id }) => clientVariables(id).map((name) => [name, `wire-${id}`] as const));

export default createApp({
  providers: builtInProviders.map(moved),
  fetch: (input, outgoing) =>
    network(typeof input === "string" ? toUpstream(input) : new Request(toUpstream(input.url), input), outgoing),
  defaults: Object.fromEntries(clients),
  gather_ms: 0,
});
