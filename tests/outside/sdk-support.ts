/** What the tests of the SDKs share: a server, people with keys, the emulators' controls, and every socket opened. */
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import { Socket } from "node:net";
import { inspect } from "node:util";
import * as z from "zod";
import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { Integrations, NewSessionKey, type HeldCredentials } from "../../src/api.ts";
import type { Grant } from "../../src/api-grants.ts";
import { SERVICES, sandboxClient, type ServiceName } from "../../sandbox/clients.ts";
import { startLatchkey, type Running } from "../browser/support.ts";

/** What a write takes beyond the scopes that are asked for by default, which only read. */
const WRITE_SCOPES: Readonly<Record<ServiceName, readonly string[]>> = {
  airtable: ["data.records:read", "data.records:write", "schema.bases:read", "schema.bases:write", "user.email:read"],
  facebook: Object.keys(SCOPE_WORDS.facebook),
  github: ["read:user", "user:email", "read:org", "repo", "gist", "delete_repo"],
  spotify: [
    "user-read-private",
    "playlist-read-private",
    "playlist-modify-public",
    "playlist-modify-private",
    "ugc-image-upload",
    "user-library-read",
    "user-library-modify",
    "user-read-playback-state",
    "user-read-currently-playing",
  ],
  notion: [],
  hubspot: ["oauth", "crm.objects.owners.read", "files"].concat(
    ["contacts", "companies", "deals"].flatMap((kind) => [`crm.objects.${kind}.read`, `crm.objects.${kind}.write`]),
  ),
  slack: Object.keys(SCOPE_WORDS.slack),
  google: ["openid", "email", "profile", "https://mail.google.com/"].concat(
    ["drive", "calendar", "spreadsheets", "contacts"].map((name) => `https://www.googleapis.com/auth/${name}`),
  ),
  microsoft:
    "openid profile offline_access User.Read Team.ReadBasic.All Files.ReadWrite Mail.ReadWrite Mail.Send Calendars.ReadWrite Contacts.ReadWrite".split(
      " ",
    ),
};

/** The integration of a service that may write: the same provider with wider scopes. */
export const writesOf = (service: ServiceName): string => `${service}-writes`;

/** Runs `npm start` with an integration beside each built-in one that may write. */
export function startWithWrites(protocol: "http" | "https"): Promise<Running> {
  const entries = SERVICES.map((service) => {
    const scopes = WRITE_SCOPES[service];
    return { id: writesOf(service), extends: service, ...sandboxClient(service), scopes };
  });
  return startLatchkey({ protocol, vars: { CUSTOM_PROVIDERS: JSON.stringify(entries) } });
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Answer {
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * A request of the tests' own. It connects to `localhost` even for the emulators at `127.0.0.1`, and names those in
 * `Host` alone, so that a socket to `127.0.0.1` can only be an SDK's.
 */
async function ask(url: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
  const { request } = url.startsWith("https:") ? https : http;
  const options = {
    method,
    hostname: "localhost",
    agent: false as const,
    rejectUnauthorized: false,
    headers: { Host: new URL(url).host, "Content-Type": "application/json", ...headers },
  };
  const { status, ...answer } = await new Promise<Answer & { status: number }>((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.once("error", reject);
    });
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
  if (status >= 400) throw new Error(`${method} ${url}: ${status} ${answer.text}`);
  return answer;
}

const LogEntry = z.looseObject({ method: z.string(), path: z.string(), status: z.number().nullable() });
type LogEntry = z.output<typeof LogEntry>;

/** The controls of one emulated service, as `sandbox/control.ts` documents them. */
export function controlOf({ providers }: Running, service: ServiceName) {
  const at = (name: string) => `${providers}/${service}/_control/${name}`;
  const log = async () => z.array(LogEntry).parse(JSON.parse((await ask(at("log"))).text));
  return {
    log,
    /** What the service was asked while this ran. */
    during: async (run: () => Promise<unknown>): Promise<LogEntry[]> => {
      const { length } = await log();
      await run();
      return (await log()).slice(length);
    },
    limitOnce: () =>
      ask(at("faults"), { method: "POST", body: { endpoint: "api", fault: "rate_limited", retry_after: 1 } }),
    set: (settings: Readonly<Record<string, unknown>>) => ask(at("settings"), { method: "POST", body: settings }),
    register: (redirect_uri: string) =>
      ask(at("settings"), { method: "POST", body: { redirect_uris: [redirect_uri] } }),
    consent: async (url: string, account: number) => {
      const answer = await ask(at("consent"), { method: "POST", body: { url, decision: "allow", account } });
      return z.object({ location: z.string() }).parse(JSON.parse(answer.text)).location;
    },
  };
}

const NAVIGATION = { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin" };

/** A person in a browser without a screen, who ends with a key. */
export class Person {
  readonly #latchkey: Running;
  readonly #cookies = new Map<string, string>();

  constructor(latchkey: Running) {
    this.#latchkey = latchkey;
  }

  async #ask(path: string, asked: Asked): Promise<Answer> {
    const Cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...asked.headers, Cookie };
    const answer = await ask(new URL(path, this.#latchkey.origin).href, { ...asked, headers });
    for (const cookie of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Presses Connect, allows it at the service, and comes back. */
  async connect(service: ServiceName, integration: string = service, account = 0): Promise<void> {
    const started = await this.#ask(`/auth/${integration}?return_to=/`, { headers: NAVIGATION });
    const asked = z.string().parse(started.headers.location);
    await this.#ask(await controlOf(this.#latchkey, service).consent(asked, account), { headers: NAVIGATION });
  }

  /**
   * @param connection the one that the key is for; all where none is given
   * @param grant what it may do; all where none is given
   */
  async makeKey(connection?: string, grant?: Grant): Promise<string> {
    const headers = { "X-CSRF": "1" };
    const body = { name: "SDKs", connection, grant };
    const { text } = await this.#ask("/sessions", { method: "POST", headers, body });
    return NewSessionKey.parse(JSON.parse(text)).key;
  }

  /** Their connections at an integration, the oldest first. */
  async connections(integration: string): Promise<readonly HeldCredentials[]> {
    const { integrations } = Integrations.parse(JSON.parse((await this.#ask("/integrations", {})).text));
    return integrations.find((one) => one.integration === integration)?.connections ?? [];
  }
}

/** A key of nobody's. */
export const BAD_KEY = `lk_${"A".repeat(86)}`;

/** One service, connected twice: as it comes for account 0, and with wider scopes for account 1. */
export interface Bench {
  /** Where Latchkey proxies the service. */
  readonly api: string;
  /** The same for the integration that may write. */
  readonly writes: string;
  readonly control: ReturnType<typeof controlOf>;
}

export interface Keys {
  /** Of a person who has connected everything. */
  readonly key: string;
  /** Of the same person, and may read. */
  readonly reader: string;
  /** Of a person who has connected none of these services. */
  readonly stranger: string;
}

export function benchOf(latchkey: Running, service: ServiceName): Bench {
  const proxy = `${latchkey.origin}/proxy`;
  const control = controlOf(latchkey, service);
  return { api: `${proxy}/${service}`, writes: `${proxy}/${writesOf(service)}`, control };
}

/** Connects the services, and gives the keys to call them. */
export async function makeKeys(latchkey: Running, services: readonly ServiceName[]): Promise<Keys> {
  const person = new Person(latchkey);
  for (const service of services) {
    const integration = writesOf(service);
    await controlOf(latchkey, service).register(`${latchkey.origin}/callback/${integration}`);
    await person.connect(service);
    await person.connect(service, integration, 1);
  }
  const stranger = new Person(latchkey);
  await stranger.connect("spotify");
  const reader = await person.makeKey(undefined, { rules: [{ writes: "refuse" }] });
  return { key: await person.makeKey(), reader, stranger: await stranger.makeKey() };
}

/** Everything that every emulated service was sent: addresses, headers and bodies. */
export async function everythingSent(latchkey: Running): Promise<string> {
  const logs = await Promise.all(SERVICES.map((service) => controlOf(latchkey, service).log()));
  return JSON.stringify(logs);
}

/** How a call of an SDK's ended: made, or why not. What the sandbox has no route for is not made, whatever the SDK makes of that. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    const answered = JSON.stringify(await call()) ?? "";
    return answered.includes("not emulated") ? answered : "made";
  } catch (error) {
    return inspect(error, { depth: 6 });
  }
}

const QUICK_MS = 5_000;

/** What a call fails with, which may take five seconds at the most. */
export async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`nothing within ${QUICK_MS} ms`), QUICK_MS);
  });
  const ended = call().then(
    () => "no failure",
    (error: unknown) => error,
  );
  const outcome = await Promise.race([ended, slow]);
  clearTimeout(timer);
  return outcome;
}

const Options = z.object({ host: z.string().nullish(), port: z.union([z.number(), z.string()]) });
/** As `connect` is called: with options, with what Node has made of its arguments, or with port and host. */
const Connect = z.union([
  z
    .tuple([Options])
    .rest(z.unknown())
    .transform(([options]) => options),
  z
    .tuple([z.tuple([Options]).rest(z.unknown())])
    .rest(z.unknown())
    .transform(([[options]]) => options),
  z
    .tuple([z.number(), z.string()])
    .rest(z.unknown())
    .transform(([port, host]) => ({ port, host })),
]);

export interface Sockets {
  /** Every `host:port` that a socket of this process was opened to. */
  readonly opened: ReadonlySet<string>;
  /** Every name that was looked up for one. */
  readonly names: ReadonlySet<string>;
}

/** Watches the sockets of this process from now on, whichever HTTP client opens them. */
export function watchSockets(): Sockets {
  const opened = new Set<string>();
  const names = new Set<string>();
  // oxlint-disable-next-line typescript/unbound-method -- the Proxy hands on whose it is
  Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
    apply(connect, socket, args: unknown[]): unknown {
      const { host, port } = Connect.parse(args);
      opened.add(`${host ?? "localhost"}:${port}`);
      return Reflect.apply(connect, socket, args);
    },
  });
  dns.lookup = new Proxy(dns.lookup, {
    apply(lookup, self, args: unknown[]): unknown {
      names.add(String(args[0]));
      return Reflect.apply(lookup, self, args);
    },
  });
  return { opened, names };
}
