/** What a service's answers, and what the product asks it, are held against: a description that nobody here wrote. */
import type { ServiceName } from "../../sandbox/clients.ts";

/** A call that is made through the proxy, by the integration that may write. */
export interface DescribedCall {
  /** Method and path as the description writes them, `{name}` for what varies: `GET /repos/{owner}/{repo}`. */
  readonly route: string;
  /** What stands for its names in this call alone. */
  readonly with?: Readonly<Record<string, string>>;
  /** A value that is a whole `{name}` is filled in. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; a string of it that is a whole `{name}` is filled in. */
  readonly body?: object | string;
  /** The status it has to get; 200 unless another is named. */
  readonly status?: number;
  /** What later calls need of the answer: a name, and where in the JSON it stands, as `/issue/number`. */
  readonly keep?: Readonly<Record<string, string>>;
  /** The name of the answer's type, where the description is one in TypeScript. */
  readonly type?: string;
}

/** An answer, as it came back through the proxy. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** The body: parsed where it is JSON, else its text. */
  readonly body: unknown;
}

/** A request as the emulator's log has it. */
export interface Sent {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a description comes from. */
export interface Origin {
  /** The package, with its version, or the address; and the file in it. */
  readonly source: string;
  readonly licence: string;
  readonly version: string;
}

/** Holds answers and requests against a description, in OpenAPI or in types. Complaints are sentences; none: all is as described. */
export interface Checker extends Origin {
  /** The address that a route's path stands under, such as `https://api.spotify.com/v1`. */
  readonly serverOf: (route: string) => string;
  readonly answer: (call: DescribedCall, answer: Answered) => readonly string[];
  /** Undefined: the description has no such route. */
  readonly request: (sent: Sent) => { readonly route: string; readonly complaints: readonly string[] } | undefined;
  /** What can be said only when everything has been seen, such as by a compiler. */
  readonly finish?: () => Promise<readonly string[]>;
}

/** A service, and what of it is described. */
export interface Description {
  readonly service: ServiceName;
  readonly checker: Checker;
  /** What stands for the names in routes before anything was answered. */
  readonly values?: Readonly<Record<string, string>>;
  /** In the order in which they are made. */
  readonly calls: readonly DescribedCall[];
  /** How many routes the calls hold against the description: exactly, so that none is lost unnoticed. */
  readonly described: number;
  /** The described routes that the product itself has to be seen asking: profile, items, refresh, revocation. */
  readonly product: readonly string[];
  /** Settings of the emulator while the product is watched. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where the service is known to differ from its description: what a complaint begins with (`*`: any number), and why. */
  readonly differs?: Readonly<Record<string, string>>;
  /** Routes of the sandbox, and of the product, that no description holds: `GET host/path`, and why not. */
  readonly undescribed: Readonly<Record<string, string>>;
}

/** Names of a path by their place alone, whoever named them: `/repos/{}/{}`. */
export function unnamed(route: string): string {
  return route.replaceAll(/\{[^}]*\}|[:*]\w+/g, "{}");
}

/** `GET https://host/path` as the sandbox's routes are written: `GET host/path`. */
export function routeAt(checker: Checker, route: string): string {
  const [method = "", path = ""] = route.split(" ");
  return unnamed(`${method} ${checker.serverOf(route).replace(/^https:\/\//, "")}${path}`);
}
