/** Where a proxied request goes: pure, over the path as it came, which is never decoded; what the URL parser makes of it is checked. */
import { placeInApi } from "../data/links.ts";
import { AppError } from "../errors.ts";
import type { Provider } from "../contract/provider.ts";

/**
 * A path below `/proxy`: the integration, the label of a connection behind an `@`, the raw rest with its slash (empty for the
 * base address itself), and the raw query with its question mark.
 */
export interface ProxyPath {
  readonly integration: string;
  /** As it is written, whatever that is; undefined where there is none. */
  readonly label: string | undefined;
  readonly path: string;
  readonly query: string;
}

/** An app's integration is called by a name of up to 40 characters and 21 more. */
const PROXY_PATH = /^https?:\/\/[^/]*\/proxy\/([a-z0-9-]{1,80})(?:(?:@|%40)([^/?#]*))?(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/;

/**
 * Reads the raw path; undefined for everything that does not name an integration letter for letter.
 * @param url of a request, as the platform writes it. A query with nothing in it has a question mark all the same:
 * airtable.js sends one
 */
export function readProxyPath(url: string): ProxyPath | undefined {
  const [, integration, label, path = "", query = ""] = PROXY_PATH.exec(url) ?? [];
  return integration === undefined ? undefined : { integration, label, path, query };
}

/** `~host` in front of a path asks for another host of the same provider. */
const HOST_SEGMENT = /^\/~([a-z0-9.-]+)(\/.*)?$/;

/** What the parser of URLs leaves as it is written (https://url.spec.whatwg.org/#path-percent-encode-set and the sets around it). */
const PLAIN = /^\/[A-Za-z0-9\-._~!$&()*+,;=:@/%?]*$/;

/** A path in its parts: the further host that it asks for, null for the API's own, and what is put behind that one's base. */
export interface ApiPath {
  readonly host: string | null;
  readonly rest: string;
}

/** Takes a raw path apart. What comes of it is what is called, and what a grant is held against. */
export function readApiPath(api: Provider["api"], rawPath: string): ApiPath {
  // SDKs that are given a base with a slash at its end send two.
  const path = rawPath.replace(/^\/{2,}/, "/");
  const [, host, rest = ""] = HOST_SEGMENT.exec(path) ?? [];
  return host === undefined ? { host: null, rest: withBasePath(path, api.base_path) } : { host, rest };
}

/**
 * The address at the provider, as the parser of URLs would write it.
 * @param query the raw query to send, with its question mark
 * @throws AppError `host_denied`, `bad_path` for a path that would climb, `path_denied` for what belongs to the operator
 */
export function toTarget(provider: Provider, rawPath: string, query: string): string {
  const { api } = provider;
  const { host, rest } = readApiPath(api, rawPath);
  // By its own names alone: every object has a `constructor`.
  const base = host === null ? api.base_url : Object.hasOwn(api.hosts, host) ? api.hosts[host] : undefined;
  if (base === undefined) {
    throw new AppError("host_denied", "Only the provider's own API hosts can be called: docs/proxy.md lists them.");
  }
  if (hasDotSegment(rest)) throw badPath();
  const { origin, prefix } = baseOf(base);
  const pathname = prefix + rest || "/";
  const href = PLAIN.test(pathname + query) ? origin + pathname + query : parsed(base + rest + query, origin, pathname);
  if (isDenied(rest, api.denied) || isOwnEndpoint(provider, origin, pathname)) {
    throw new AppError(
      "path_denied",
      "This address issues, ends or inspects tokens, which is Latchkey's part. Use its own routes.",
    );
  }
  return href;
}

/** @throws AppError `bad_path` for an address that the parser of URLs takes elsewhere */
function parsed(address: string, origin: string, pathname: string): string {
  const url = new URL(address);
  if (url.origin !== origin || url.pathname !== pathname) throw badPath();
  return url.href;
}

/** What the addresses of APIs that were called are made of. */
const bases = new Map<string, { readonly origin: string; readonly prefix: string }>();
const MAX_BASES = 1000;

function baseOf(base: string): { readonly origin: string; readonly prefix: string } {
  const known = bases.get(base);
  if (known) return known;
  const { origin, pathname } = new URL(base);
  const parts = { origin, prefix: pathname === "/" ? "" : pathname };
  if (bases.size >= MAX_BASES) bases.clear();
  bases.set(base, parts);
  return parts;
}

/** An API under a path is called with or without it. */
function withBasePath(path: string, base_path: string): string {
  return path === base_path || path.startsWith(`${base_path}/`) ? path : base_path + path;
}

/** How a path reads to a server that decodes it, and to one that decodes it twice. */
function readings(path: string): string[] {
  if (!path.includes("%")) return [path];
  const once = decode(path);
  return [path, once, decode(once)];
}

function decode(path: string): string {
  // Byte by byte, so that what is no UTF-8 does not hide what is.
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hasDotSegment(path: string): boolean {
  return readings(path).some((reading) =>
    reading.split(/[/\\]/).some((segment) => segment === "." || segment === ".."),
  );
}

/** By the list of a provider, which stays one object. */
const deniedPatterns = new WeakMap<readonly string[], readonly RegExp[]>();

function isDenied(path: string, denied: readonly string[]): boolean {
  const patterns = deniedPatterns.get(denied) ?? denied.map((pattern) => new RegExp(pattern, "i"));
  deniedPatterns.set(denied, patterns);
  return readings(path).some((reading) => {
    const plain = reading.replace(/[/\\]{1,}/g, "/");
    return patterns.some((pattern) => pattern.test(plain));
  });
}

/**
 * Whether an address is one of the provider's OAuth endpoints, in any spelling: with the user's token they would issue, end or
 * tell of tokens, whoever described the provider.
 */
function isOwnEndpoint(provider: Provider, origin: string, pathname: string): boolean {
  const near = ownEndpoints(provider).filter((endpoint) => endpoint.origin === origin);
  if (near.length === 0) return false;
  const asked = readings(pathname).map(plainPath);
  return near.some(({ path }) => asked.includes(path));
}

interface OwnEndpoint {
  readonly origin: string;
  readonly path: string;
}

/** By provider, whose declaration stays as it is. */
const endpointsOf = new WeakMap<Provider, readonly OwnEndpoint[]>();

function ownEndpoints(provider: Provider): readonly OwnEndpoint[] {
  const known = endpointsOf.get(provider);
  if (known) return known;
  const { authorization_endpoint, token_endpoint, introspection_endpoint, revocation } = provider;
  const { pushed_authorization_request_endpoint, refresh, long_lived_exchange, exchange } = provider;
  const own = [
    authorization_endpoint,
    token_endpoint,
    pushed_authorization_request_endpoint,
    refresh.endpoint,
    long_lived_exchange?.endpoint,
    exchange?.endpoint,
    introspection_endpoint,
    revocation?.endpoint,
  ].flatMap((endpoint) => {
    if (!endpoint || !URL.canParse(endpoint)) return [];
    const { origin, pathname } = new URL(endpoint);
    return [{ origin, path: plainPath(pathname) }];
  });
  endpointsOf.set(provider, own);
  return own;
}

/** A path as a careless server reads it: case, repeated slashes and one at the end make no difference. */
const plainPath = (path: string): string =>
  path
    .replace(/[/\\]+/g, "/")
    .replace(/\/$/, "")
    .toLowerCase();

function badPath(): AppError {
  return new AppError("bad_path", "This path would lead out of the provider's API. Send it without dot segments.");
}

/**
 * A link through the proxy, where it leads to one of the provider's API hosts; undefined where it leads elsewhere.
 * @param proxy the address of the integration's proxy, without a slash at its end
 */
export function toProxied(provider: Provider, proxy: string, url: string): string | undefined {
  const place = placeInApi(provider, url);
  if (!place) return undefined;
  return `${place.host === null ? proxy : `${proxy}/~${place.host}`}${place.rest}`;
}
