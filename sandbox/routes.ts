import type { Call } from "./http.ts";
import type { Settings } from "./settings.ts";
import type { Grant, Store, Token } from "./store.ts";

/** A real host with a path pattern: `:name` matches one segment, `*name` at the end everything that is left. */
export interface Endpoint {
  readonly host: string;
  readonly path: string;
}

/** What an open endpoint gets to work with. */
export interface OpenContext {
  readonly call: Call;
  readonly store: Store;
  readonly settings: Settings;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** What this service answers to another call, as if it had come by itself: for batches. */
  readonly ask: (call: Call) => Promise<Response>;
}

/** What an endpoint behind an access token gets on top. */
export interface ApiContext extends OpenContext {
  readonly token: Token;
  readonly grant: Grant;
  /** Index of the account which consented. */
  readonly account: number;
}

interface RouteFacts extends Endpoint {
  readonly methods: readonly string[];
  /** Which faults apply here. */
  readonly endpoint: "api" | "revoke" | "introspect";
}

/** An endpoint which does its own authentication, or none. */
export interface OpenRoute extends RouteFacts {
  readonly access: "open";
  readonly handle: (context: OpenContext) => Response | Promise<Response>;
}

/** An endpoint which needs an access token with one of the named scopes (none named: any token). */
export interface TokenRoute extends RouteFacts {
  readonly access: "token";
  readonly scopes: readonly string[];
  readonly handle: (context: ApiContext) => Response | Promise<Response>;
}

/** An endpoint of a service. */
export type Route = OpenRoute | TokenRoute;

/** Declares an endpoint behind an access token. */
export function api(
  methods: string,
  host: string,
  path: string,
  scopes: readonly string[],
  handle: TokenRoute["handle"],
): TokenRoute {
  return { access: "token", methods: methods.split("|"), host, path, scopes, endpoint: "api", handle };
}

/** Declares an endpoint without an access token. */
export function open(
  methods: string,
  host: string,
  path: string,
  handle: OpenRoute["handle"],
  endpoint: OpenRoute["endpoint"] = "api",
): OpenRoute {
  return { access: "open", methods: methods.split("|"), host, path, endpoint, handle };
}

/** The path parameters when a path fits a pattern, else undefined. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const rest = pattern.lastIndexOf("/*");
  if (rest !== -1) {
    const depth = pattern.slice(0, rest).split("/").length;
    const steps = path.split("/");
    const left = steps.slice(depth).join("/");
    const params = left === "" ? undefined : matchPath(pattern.slice(0, rest), steps.slice(0, depth).join("/"));
    return params && { ...params, [pattern.slice(rest + 2)]: decoded(left) };
  }
  const wanted = pattern.split("/");
  const found = path.split("/");
  if (wanted.length !== found.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const actual = found[index] ?? "";
    if (!segment.startsWith(":")) {
      if (segment !== actual) return undefined;
    } else if (actual === "") return undefined;
    else params[segment.slice(1)] = decoded(actual);
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Whether a call is for one of these endpoints. */
export function isAt(call: Call, endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ host, path }) => host === call.host && matchPath(path, call.path) !== undefined);
}
