/** Turns an entry of CUSTOM_PROVIDERS, or what an app has registered, into a provider like any other. */
import type { CustomProviderEntry } from "./entry.ts";
import { addressFields } from "./checks.ts";
import { isLoopback, isPublicHost } from "./hosts.ts";
import { describe } from "./describe.ts";
import type { Provider } from "./provider.ts";

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

/** A provider by its id, as far as one is known. */
export type FindProvider = (id: string) => Provider | undefined;

/** The fields an entry leaves out, from the provider it extends or from RFC 6749's own defaults. */
function baseOf(entry: CustomProviderEntry, find: FindProvider): Provider {
  if (entry.extends === undefined) return undescribed(entry.id);
  const base = find(entry.extends);
  if (!base) throw new InvalidProvider(`${entry.id}: extends names no service that is known here`, "extends");
  return movedTo(entry, base);
}

/** A provider of which nothing is known but its name. */
export function undescribed(id: string): Provider {
  // RFC 9700 4.14.2 has servers rotate; whether this one does, nobody has said.
  return describe({ id, category: "Custom", refresh: { rotates: true } });
}

/** One whose host is typed or told has the template for it, as it is written. */
const originOf = (url: string): string => /^(?:https?:\/\/)?[^/?#]*/.exec(url)?.[0] ?? "";

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
    grants_page: null,
    introspection_endpoint: base.introspection_endpoint && move(base.introspection_endpoint),
    profile: elsewhere ? null : base.profile,
    api: { ...base.api, hosts: {} },
  };
}

/**
 * The provider an entry describes.
 * @param find the services that one may extend
 * @param loopback whether `http` on this machine is allowed (development only)
 * @throws InvalidProvider
 */
export function toProvider(entry: CustomProviderEntry, find: FindProvider, loopback: boolean): Provider {
  const { extends: _, client_id: __, client_secret: ___, ...service } = entry;
  for (const { field, address } of addressFields(service)) checkAddress(entry.id, field, address, loopback);
  const provider = describe(service, baseOf(entry, find));
  if (provider.token_endpoint_auth_method === "none" && provider.code_challenge_method === null) {
    throw new InvalidProvider(`${entry.id}.pkce: a public client needs PKCE`, "pkce");
  }
  return provider;
}

function checkAddress(id: string, field: string, address: string, loopback: boolean): void {
  const refuse = (reason: string) => new InvalidProvider(`${id}.${field}: ${reason}`, field);
  if (/[{}]/.test(address.replaceAll(/\{[a-z][a-z0-9_]*\}/g, "")))
    throw refuse("a name in braces is of a-z, 0-9 and _");
  // What is filled in later is held against the same rules then.
  if (address.startsWith("{")) return;
  const url = new URL(address.replaceAll(/\{[a-z][a-z0-9_]*\}/g, "x"));
  if (url.username || url.password || address.includes("#")) {
    throw refuse("no user, password or fragment in an endpoint");
  }
  if (loopback && isLoopback(url.hostname)) return;
  if (url.protocol !== "https:") throw refuse("only https endpoints are allowed");
  // Below are the ports of other protocols; what people run themselves is often above.
  if (url.port !== "" && Number(url.port) < 1024)
    throw refuse("only the port of https, or one from 1024 on, is allowed");
  const [authority = ""] = address.slice("https://".length).split(/[/?]/);
  if (!authority.includes("{") && !isPublicHost(url.hostname)) throw refuse("only public host names are allowed");
}
