/** Turns an entry of CUSTOM_PROVIDERS, or what an app has registered, into a provider like any other. */
import type { CustomProviderEntry } from "../config.ts";
import { defineProvider, type Provider, type Revocation } from "./provider.ts";
import { userInfoProfile } from "./user-info.ts";

/** An entry that describes no provider that may be used. The message names the entry and the field. */
export class InvalidProvider extends Error {
  override readonly name = "InvalidProvider";
  readonly field: string | null;

  /** @param field the one that it is about, where it is one */
  constructor(message: string, field: string | null = null) {
    super(message);
    this.field = field;
  }
}

/** RFC 7009, with the client's own authentication. */
function standardRevocation(endpoint: string): Revocation {
  return {
    endpoint,
    method: "POST",
    authentication: "client",
    body: { token: "both", parameter: "token", format: "form" },
    ends: "grant",
  };
}

/** The fields an entry leaves out, from the provider it extends or from RFC 6749's own defaults. */
function baseOf(entry: CustomProviderEntry, builtIn: readonly Provider[]): Provider {
  if (entry.extends === undefined) return undescribed(entry.id);
  const base = builtIn.find((provider) => provider.id === entry.extends);
  if (!base) throw new InvalidProvider(`${entry.id}: extends names no built-in provider`, "extends");
  return movedTo(entry, base);
}

/** A provider of which nothing is known but its name. */
export function undescribed(id: string): Provider {
  return defineProvider({
    id,
    name: id,
    category: "Custom",
    docs: null,
    authorization_endpoint: "",
    token_endpoint: "",
    token_endpoint_auth_method: "client_secret_basic",
    scopes: [],
    // RFC 9700 4.14.2 has servers rotate; whether this one does, nobody has said.
    refresh: { rotates: true },
    api: { base_url: "" },
    profile: null,
    resources: [],
  });
}

const originOf = (url: string): string => new URL(url).origin;

/**
 * The base as it is at the entry's hosts. Of a service that runs elsewhere (GitHub Enterprise), what stands under the
 * base's API moves along and nothing else is kept, so that no token or secret of it reaches the base's own hosts.
 */
function movedTo(entry: CustomProviderEntry, base: Provider): Provider {
  const { authorization_endpoint = base.authorization_endpoint, token_endpoint = base.token_endpoint } = entry;
  const api_base_url = entry.api_base_url ?? base.api.base_url;
  const tokenMoved = originOf(token_endpoint) !== originOf(base.token_endpoint);
  const apiMoved = originOf(api_base_url) !== originOf(base.api.base_url);
  const askedElsewhere = originOf(authorization_endpoint) !== originOf(base.authorization_endpoint);
  const issuer = tokenMoved || askedElsewhere ? null : base.issuer;
  if (!tokenMoved && !apiMoved) return { ...base, issuer };
  if (!tokenMoved || entry.api_base_url === undefined) {
    throw new InvalidProvider(
      `${entry.id}: a service that runs elsewhere than ${base.name} needs its own token_endpoint and api_base_url, both`,
    );
  }
  const under = `${base.api.base_url}/`;
  const move = (endpoint: string): string | null =>
    endpoint.startsWith(under) ? `${api_base_url}/${endpoint.slice(under.length)}` : null;
  const revocation = base.revocation && move(base.revocation.endpoint);
  const elsewhere = Object.values(base.profile?.requests ?? {}).some(
    (request) => typeof request === "object" && !request.path.startsWith("/"),
  );
  return {
    ...base,
    issuer,
    revocation: base.revocation && revocation ? { ...base.revocation, endpoint: revocation } : null,
    introspection_endpoint: base.introspection_endpoint && move(base.introspection_endpoint),
    profile: elsewhere ? null : base.profile,
    api: { ...base.api, hosts: {} },
  };
}

/**
 * The provider an entry describes.
 * @param loopback whether `http` on this machine is allowed (development only)
 * @throws InvalidProvider
 */
export function toProvider(entry: CustomProviderEntry, builtIn: readonly Provider[], loopback: boolean): Provider {
  for (const field of ENDPOINTS) checkEndpoint(entry.id, field, entry[field], loopback);
  const base = baseOf(entry, builtIn);
  const provider: Provider = {
    ...base,
    id: entry.id,
    name: entry.name ?? base.name,
    issuer: entry.issuer ?? base.issuer,
    authorization_endpoint: entry.authorization_endpoint ?? base.authorization_endpoint,
    token_endpoint: entry.token_endpoint ?? base.token_endpoint,
    revocation: entry.revocation_endpoint ? standardRevocation(entry.revocation_endpoint) : base.revocation,
    token_endpoint_auth_method: entry.token_endpoint_auth_method ?? base.token_endpoint_auth_method,
    client_secret_basic_encoding: entry.client_secret_basic_encoding ?? base.client_secret_basic_encoding,
    code_challenge_method: entry.pkce === undefined ? base.code_challenge_method : entry.pkce ? "S256" : null,
    scopes: entry.scopes ?? base.scopes,
    scope_separator: entry.scope_separator ?? base.scope_separator,
    scope_parameter: entry.scope_parameter ?? base.scope_parameter,
    api: { ...base.api, base_url: entry.api_base_url ?? base.api.base_url },
    profile: entry.userinfo_endpoint
      ? userInfoProfile(entry.userinfo_endpoint, entry.userinfo_id ?? null)
      : base.profile,
  };
  if (provider.token_endpoint_auth_method === "none" && provider.code_challenge_method === null) {
    throw new InvalidProvider(`${entry.id}.pkce: a public client needs PKCE`, "pkce");
  }
  return provider;
}

/** The fields that say where a provider is. */
export const ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "revocation_endpoint",
  "userinfo_endpoint",
  "api_base_url",
] as const;

function checkEndpoint(id: string, field: string, endpoint: string | undefined, loopback: boolean): void {
  if (endpoint === undefined) return;
  const url = new URL(endpoint);
  const refuse = (reason: string) => new InvalidProvider(`${id}.${field}: ${reason}`, field);
  if (url.username || url.password || endpoint.includes("#")) {
    throw refuse("no user, password or fragment in an endpoint");
  }
  if (loopback && isLoopback(url.hostname)) return;
  if (url.protocol !== "https:") throw refuse("only https endpoints are allowed");
  // Below are the ports of other protocols; what people run themselves is often above.
  if (url.port !== "" && Number(url.port) < 1024)
    throw refuse("only the port of https, or one from 1024 on, is allowed");
  if (!isPublicHost(url.hostname)) throw refuse("only public host names are allowed");
}

/** Whether a host name is this machine's own; then this is a developer's Worker, since no deployed one answers there. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Names that lead nowhere in public, whatever a network makes of them: RFC 6761, RFC 6762, RFC 8375, RFC 7686, what ICANN keeps
 * for private use, and what clusters and offices call their own.
 */
const LOCAL_NAME =
  /(?:^|\.)(?:local|localhost|localdomain|internal|intranet|private|corp|home|lan|svc|test|invalid|example|onion|alt|home\.arpa|in-addr\.arpa|ip6\.arpa)\.?$/;

/** Whether a host name looks public: top level, so it is no address and no name of a local network. */
export function isPublicHost(hostname: string): boolean {
  return /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?$/.test(hostname) && !LOCAL_NAME.test(hostname);
}
