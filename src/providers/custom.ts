/** Turns an entry of CUSTOM_PROVIDERS into a provider like any other. */
import * as z from "zod";
import { configError, type CustomProviderEntry } from "../config.ts";
import { defineProvider, toAccount, type Profile, type Provider, type Revocation } from "./provider.ts";

/** OpenID Connect Core 5.1. */
const UserInfo = z.object({
  sub: z.union([z.string(), z.number()]).transform(String),
  name: z.string().nullish(),
  preferred_username: z.string().nullish(),
  email: z.string().nullish(),
  picture: z.string().nullish(),
  profile: z.string().nullish(),
});

function userInfoProfile(userinfo_endpoint: string): Profile {
  return {
    requests: { user: { path: userinfo_endpoint } },
    account: z.object({ user: UserInfo }).transform(({ user }) =>
      toAccount({
        id: user.sub,
        name: user.name ?? user.preferred_username,
        email: user.email,
        avatar_url: user.picture,
        url: user.profile,
      }),
    ),
  };
}

/** RFC 7009, with the client's own authentication. */
function standardRevocation(endpoint: string): Revocation {
  return {
    endpoint,
    method: "POST",
    authentication: "client",
    body: { token: "refresh_token", parameter: "token", format: "form" },
    ends: "grant",
  };
}

/** The fields an entry leaves out, from the provider it extends or from RFC 6749's own defaults. */
function baseOf(entry: CustomProviderEntry, builtIn: readonly Provider[]): Provider {
  if (entry.extends === undefined) {
    return defineProvider({
      id: entry.id,
      name: entry.id,
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
  const base = builtIn.find((provider) => provider.id === entry.extends);
  if (!base) throw configError("CUSTOM_PROVIDERS", `${entry.id}: extends names no built-in provider`);
  return movedTo(entry, base);
}

const originOf = (url: string): string => new URL(url).origin;

/**
 * The base as it is at the entry's hosts. What stands under the base's API moves along to the entry's; of a service that
 * runs elsewhere (GitHub Enterprise), nothing else is kept, so that no token of it reaches the base's own hosts.
 */
function movedTo(entry: CustomProviderEntry, base: Provider): Provider {
  const { authorization_endpoint, token_endpoint, api_base_url } = entry;
  const issuer =
    authorization_endpoint && originOf(authorization_endpoint) !== originOf(base.authorization_endpoint)
      ? null
      : base.issuer;
  const moved =
    (token_endpoint && originOf(token_endpoint) !== originOf(base.token_endpoint)) ||
    (api_base_url && originOf(api_base_url) !== originOf(base.api.base_url));
  if (!moved) return { ...base, issuer };

  const under = `${base.api.base_url}/`;
  const move = (endpoint: string): string | null =>
    endpoint.startsWith(under) ? `${api_base_url ?? base.api.base_url}/${endpoint.slice(under.length)}` : null;
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
  };
}

/**
 * The provider an entry describes.
 * @param loopback whether `http` on this machine is allowed (development only)
 * @throws AppError `config_error` naming the entry and the field.
 */
export function toProvider(entry: CustomProviderEntry, builtIn: readonly Provider[], loopback: boolean): Provider {
  for (const field of ENDPOINTS) checkEndpoint(entry.id, field, entry[field], loopback);
  const base = baseOf(entry, builtIn);
  return {
    ...base,
    id: entry.id,
    name: entry.name ?? base.name,
    issuer: entry.issuer ?? base.issuer,
    authorization_endpoint: entry.authorization_endpoint ?? base.authorization_endpoint,
    token_endpoint: entry.token_endpoint ?? base.token_endpoint,
    revocation: entry.revocation_endpoint ? standardRevocation(entry.revocation_endpoint) : base.revocation,
    token_endpoint_auth_method: entry.token_endpoint_auth_method ?? base.token_endpoint_auth_method,
    code_challenge_method: entry.pkce === undefined ? base.code_challenge_method : entry.pkce ? "S256" : null,
    scopes: entry.scopes ?? base.scopes,
    scope_separator: entry.scope_separator ?? base.scope_separator,
    api: { ...base.api, base_url: entry.api_base_url ?? base.api.base_url },
    profile: entry.userinfo_endpoint ? userInfoProfile(entry.userinfo_endpoint) : base.profile,
  };
}

const ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "revocation_endpoint",
  "userinfo_endpoint",
  "api_base_url",
] as const;

function checkEndpoint(id: string, field: string, endpoint: string | undefined, loopback: boolean): void {
  if (endpoint === undefined) return;
  const url = new URL(endpoint);
  const refuse = (reason: string) => configError("CUSTOM_PROVIDERS", `${id}.${field}: ${reason}`);
  if (url.username || url.password || url.hash) throw refuse("no user, password or fragment in an endpoint");
  if (loopback && isLoopback(url.hostname)) return;
  if (url.protocol !== "https:") throw refuse("only https endpoints are allowed");
  if (!isPublicHost(url.hostname)) throw refuse("only public host names are allowed");
}

/** Whether a host name is this machine's own; then this is a developer's Worker, since no deployed one answers there. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** A host name with a public-looking top level: no addresses, no names of local networks. */
function isPublicHost(hostname: string): boolean {
  return (
    /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?$/.test(hostname) &&
    !/\.(?:local|internal|localhost|lan|home|test|invalid)\.?$/.test(hostname)
  );
}
