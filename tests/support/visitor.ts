/** A browser without a screen: it keeps cookies, navigates, and does at the provider what a person does. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { NewSessionKey } from "../../src/api.ts";
import worker from "../../sandbox/worker.ts";
import { control } from "./emulator.ts";

export const APP = "http://localhost:8787";

/** Variables that stand in for this request's environment. */
export type Overrides = Readonly<Record<string, unknown>>;

/** An environment is one object for the life of an isolate, which remembers what it has read by it. */
const environments = new WeakMap<Overrides, typeof env>();
const NOTHING_ELSE: Overrides = {};
environments.set(NOTHING_ELSE, env);

/** One request to the running Worker, with everything it does behind its answer done. */
export async function request(
  url: string,
  init: RequestInit = {},
  overrides: Overrides = NOTHING_ELSE,
): Promise<Response> {
  const context = createExecutionContext();
  const environment = environments.get(overrides) ?? { ...env, ...overrides };
  environments.set(overrides, environment);
  const incoming = new Request(new URL(url, APP), { redirect: "manual", ...init });
  const response = await worker.fetch(incoming, environment, context);
  await waitOnExecutionContext(context);
  return response;
}

const NAVIGATION = { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin" };

/** What a person answers; `ticked`: the scopes they leave ticked of those they may untick. */
interface Consent {
  readonly decision?: "allow" | "deny";
  readonly account?: number;
  readonly ticked?: readonly string[];
}

export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly overrides: Overrides;

  constructor(overrides: Overrides = NOTHING_ELSE) {
    this.overrides = overrides;
  }

  /** A request as the page's script makes it. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) {
      headers.set("Cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const response = await request(url, { ...init, headers }, this.overrides);
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const [name = "", value = ""] = pair.split("=");
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** A change as the page's script makes it. */
  change(method: "POST" | "PATCH" | "DELETE", url: string, body?: unknown): Promise<Response> {
    const headers = { "X-CSRF": "1", Origin: APP, "Sec-Fetch-Site": "same-origin" };
    if (body === undefined) return this.fetch(url, { method, headers });
    const json = { ...headers, "Content-Type": "application/json" };
    return this.fetch(url, { method, headers: json, body: JSON.stringify(body) });
  }

  /** Goes somewhere, as by a click. */
  navigate(url: string): Promise<Response> {
    return this.fetch(url, { headers: NAVIGATION });
  }

  /** Opens a connect link where scripts are turned off: the page, a static file, hands on what stands behind the `#`. */
  openLink(link: string, init: RequestInit = {}): Promise<Response> {
    return this.submit("/connect/open", { ticket: new URL(link).hash.slice(1) }, init);
  }

  /** Sends a form of one of our own pages. */
  submit(action: string, fields: Readonly<Record<string, string>>, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ ...NAVIGATION, Origin: APP, "Content-Type": "application/x-www-form-urlencoded" });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    return this.fetch(action, { ...init, method: "POST", headers, body: new URLSearchParams(fields).toString() });
  }

  /** Presses Connect. @param more of the address. @returns where the provider is asked */
  async startAt(integration: string, more = ""): Promise<string> {
    const response = await this.navigate(`/auth/${integration}?return_to=/${more}`);
    return locationOf(response);
  }

  /** Presses Connect, decides at the provider, and comes back. @param more of the address. @returns the answer of the callback */
  async connect(integration: string, consent: Consent = {}, more = ""): Promise<Response> {
    return this.navigate(await decide(integration, await this.startAt(integration, more), consent));
  }

  async json<T>(url: string, schema: z.core.$ZodType<T>): Promise<T> {
    const response = await this.fetch(url);
    return z.parse(schema, await response.json());
  }
}

/** What a person does on the consent page. @returns the callback the provider sends the browser to */
export async function decide(
  service: string,
  authorizationUrl: string,
  { decision = "allow", account = 0, ticked }: Consent = {},
): Promise<string> {
  const left = ticked === undefined ? {} : { ticked };
  const answer = await control(service).consent({ url: authorizationUrl, decision, account, ...left });
  return answer.location;
}

/** Where a redirect leads. */
export function locationOf(response: Response): string {
  return z.string().parse(response.headers.get("Location"));
}

/** The code of an error of ours. */
export async function errorOf(response: Response): Promise<{ status: number; error: string; message: string }> {
  const { error, message } = z
    .object({ error: z.string(), message: z.string(), request_id: z.string() })
    .parse(await response.json());
  return { status: response.status, error, message };
}

/** A visitor with the service connected, and a key of theirs. */
export async function keyFor(service: string): Promise<{ visitor: Visitor; key: string }> {
  const visitor = new Visitor();
  await visitor.connect(service);
  return { visitor, key: await keyOf(visitor) };
}

/** A key of a visitor who has connected something. */
export async function keyOf(visitor: Visitor, grant?: object): Promise<string> {
  const made = await visitor.fetch("/sessions", {
    method: "POST",
    headers: { "X-CSRF": "1", "Content-Type": "application/json" },
    body: JSON.stringify({ name: "tests", grant }),
  });
  return NewSessionKey.parse(await made.json()).key;
}
