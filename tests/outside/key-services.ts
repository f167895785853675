/** Services that ask for a key, played as they are documented, behind a Latchkey in which their accounts are connected by typing. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import { bundleWorker } from "../../bench/support/bundle.ts";
import { startWorker } from "../../bench/support/worker.ts";
import { listEntries } from "../../scripts/catalogue/entries.ts";
import { fieldWordsOf, listingsOf } from "../../scripts/catalogue/listings.ts";
import { FIELDS_FILE, SERVICES_FILE } from "../../src/catalogue/listings.ts";
import type { Checker } from "../descriptions/description.ts";
import type { Asked, KeyAt, KeySdk, Reply } from "../sdks/keys/key-sdk.ts";
import { portOf } from "../servers/port.ts";
import { Person } from "./person.ts";

const ADMIN_KEY = "an-operator-key-of-32-characters-or-more";
const OUR_KEY = /lk_/;

/** What is played of a service, and what is typed for it. */
export type PlayedPart = Pick<TypedPart, "file"> & Pick<KeySdk, "isAuthorized" | "refusal" | "limit" | "routes">;
export type TypedPart = Pick<KeySdk, "name" | "typed" | "secret"> & {
  readonly file: Pick<KeySdk["file"], "service">;
  /** The service is one of the catalogue, which an app has by its id alone. */
  readonly isCatalogued?: boolean;
};

export interface PlayedServices<Sdk = KeySdk> {
  readonly origin: string;
  /** What was asked since it was last taken. */
  readonly take: () => Asked[];
  /** Takes what no service should have been sent, or does not answer, in sentences. */
  readonly complaints: () => string[];
  /** The routes that were held against a description. */
  readonly described: Set<string>;
  /** The next call of this service meets its limit. */
  readonly limitOnce: (sdk: Sdk) => void;
  /** The key that was typed is none any more. */
  readonly revoke: (sdk: Sdk) => void;
  readonly stop: () => Promise<void>;
}

/** Plays all of them: `/HOST/PATH` is what `https://HOST/PATH` would be. */
export async function playServices<Sdk extends PlayedPart>(
  sdks: readonly Sdk[],
  checkers: Readonly<Record<string, Checker>>,
): Promise<PlayedServices<Sdk>> {
  const asked: Asked[] = [];
  const complaints: string[] = [];
  const described = new Set<string>();
  const limited = new Set<Sdk>();
  const revoked = new Set<Sdk>();

  function reply(one: Asked): Reply {
    const sdk = sdks.find(({ routes }) => Object.keys(routes).some((route) => hostOf(route) === one.host));
    if (!sdk) return complain(one, "no such host");
    for (const text of everythingIn(one)) if (OUR_KEY.test(text)) complain(one, "a key of Latchkey's came along");
    if (Object.keys(one.headers).some((name) => name.startsWith("x-latchkey"))) complain(one, "a header of Latchkey's");
    if (revoked.has(sdk)) return sdk.refusal;
    if (!sdk.isAuthorized(one)) {
      complain(one, "not authorized");
      return sdk.refusal;
    }
    if (limited.delete(sdk)) return sdk.limit;
    const found = Object.entries(sdk.routes).find(([route]) => fits(route, one));
    if (!found) return complain(one, "no such route");
    const answer = found[1](one);
    check(checkers[sdk.file.service.id], one, answer);
    return answer;
  }

  function complain({ method, host, path }: Asked, what: string): Reply {
    complaints.push(`${method} ${host}${path}: ${what}`);
    return { status: 500, body: { what } };
  }

  /** Deepgram's description names another of its hosts. */
  function check(checker: Checker | undefined, one: Asked, { status = 200, headers, body }: Reply): void {
    const query = one.query.size === 0 ? "" : `?${one.query.toString()}`;
    const isForm = /json|urlencoded/.test(one.headers["content-type"] ?? "");
    const host = one.host === "api.deepgram.com" ? "agent.deepgram.com" : one.host;
    const found = checker?.request({ ...one, host, query, body: isForm ? one.body.toString() : "" });
    if (!checker || !found) return;
    described.add(found.route);
    const isFile = one.body.byteLength > 0 && !isForm;
    const said = found.complaints.filter((complaint) => !(isFile && complaint === "a body is required"));
    const isJson = isPlain(body);
    const type = new Headers({ ...(isJson ? { "content-type": "application/json" } : {}), ...headers });
    const answered =
      isJson || body === undefined
        ? checker.answer({ route: found.route }, { status, headers: type, body: body ?? "" })
        : [];
    const known = answered.filter((complaint) => !isExpected(status, complaint));
    for (const complaint of [...said, ...known]) complaints.push(`${found.route}: ${complaint}`);
  }

  const server = createServer((request, response) => {
    void read(request).then((one) => {
      asked.push(one);
      return write(response, one, reply(one));
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    take: () => asked.splice(0),
    complaints: () => complaints.splice(0),
    described,
    limitOnce: (sdk) => void limited.add(sdk),
    revoke: (sdk) => void revoked.add(sdk),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://played");
  const [, host = "", ...steps] = pathname.split("/");
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { method = "" } = request;
  return { method, host, path: `/${steps.join("/")}`, query: searchParams, headers, body: await buffer(request) };
}

/** Every answer says back what the call was made with, as some servers do for those who look for faults. */
async function write(response: ServerResponse, one: Asked, { status = 200, headers = {}, body }: Reply): Promise<void> {
  const credentials = ["authorization", "x-api-key"].flatMap((name) => one.headers[name] ?? []);
  const echo = { "X-Echo": [...credentials, one.query.get("key") ?? ""].join(" "), "X-Played": "1" };
  if (isPlain(body)) {
    response.writeHead(status, { "Content-Type": "application/json", ...echo, ...headers }).end(JSON.stringify(body));
    return;
  }
  response.writeHead(status, { ...echo, ...headers });
  if (body instanceof Uint8Array || body === undefined) return void response.end(body);
  for await (const piece of z.custom<AsyncIterable<string | Buffer>>().parse(body)) response.write(piece);
  response.end();
}

const isPlain = (body: unknown): boolean =>
  body !== undefined &&
  !(body instanceof Uint8Array) &&
  !(Object(body) === body && Symbol.asyncIterator in Object(body));

/** Most descriptions leave errors out; Twilio's says of a relative address that it is whole. */
const isExpected = (status: number, complaint: string): boolean =>
  (status >= 400 && complaint.endsWith("is not an answer that is described")) ||
  complaint.includes('/next_page_uri must match format "uri"');

const hostOf = (route: string): string => (route.split(" ")[1] ?? "").split("/")[0] ?? "";

function fits(route: string, { method, host, path }: Asked): boolean {
  const wanted = route.split("/");
  const found = `${method} ${host}${path}`.split("/");
  return wanted.length === found.length && wanted.every((step, at) => step.startsWith("{") || step === found[at]);
}

/** A request as text, and what is written in it in Base64. */
function everythingIn({ path, query, headers, body }: Asked): string[] {
  const [, basic = ""] = /^Basic (.*)$/i.exec(headers["authorization"] ?? "") ?? [];
  const said = [path, query.toString(), JSON.stringify(headers), atob(basic)];
  return [...said, ...said.map(decodeURIComponent), body.toString("latin1")];
}

const atProxy = (api: string, key: string): KeyAt => ({ api, host: (name) => `${api}/~${name}`, key });

/** An app whose user has typed a key for each service. */
export interface TypedApp<Sdk = KeySdk> {
  /** How a client of this SDK is pointed at the proxy, by the integration's slug. */
  readonly at: (sdk: Sdk) => KeyAt;
  /** The same by its id, with another key. */
  readonly atId: (sdk: Sdk, key: string) => KeyAt;
  /** Another key of the same user, and a way to end it. */
  readonly makeKey: () => Promise<{ readonly key: string; readonly end: () => Promise<void> }>;
  /** Types what the service refuses. @returns the answer's status and code */
  readonly typeWrong: (sdk: Sdk) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const USER = "ann";
const Answer = z.looseObject({
  id: z.string().optional(),
  key: z.string().optional(),
  api_key: z.object({ key: z.string() }).optional(),
  integration: z.string().optional(),
  connect_url: z.string().optional(),
  location: z.string().nullish(),
  name: z.string().optional(),
  sessions: z.array(z.object({ id: z.string() })).optional(),
  fields: z.array(z.object({ name: z.string(), secret: z.boolean() })).optional(),
  error: z.string().optional(),
});

/** Starts Latchkey before the played services, and an app that has all of them. */
export async function startTyped<Sdk extends TypedPart>(
  upstream: string,
  sdks: readonly Sdk[],
): Promise<TypedApp<Sdk>> {
  const code = await bundleWorker("wire");
  const vars = { UPSTREAM: upstream, ADMIN_KEY };
  const catalogue = await listEntries();
  const files = {
    [SERVICES_FILE]: JSON.stringify({ services: listingsOf(catalogue) }),
    [FIELDS_FILE]: JSON.stringify(fieldWordsOf(catalogue)),
  };
  const latchkey = await startWorker(code, { vault: true, index: true, vars, files });
  const { origin } = latchkey;
  const call = async (key: string, method: string, path: string, body?: unknown) => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${origin}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return Answer.parse(text === "" ? {} : JSON.parse(text));
  };
  const return_to = `${origin}/done`;
  const app = await call(ADMIN_KEY, "POST", "/apps", { name: "Acme", return_urls: [return_to], origins: [] });
  const backend = app.api_key?.key ?? "";
  const ids = new Map<Sdk, string>();
  for (const sdk of sdks) {
    const { id: slug, ...service } = sdk.file.service;
    const wanted = sdk.isCatalogued === true ? { provider: slug } : { slug, ...service };
    const { integration = "" } = await call(backend, "PUT", `/apps/${app.id}/integrations`, wanted);
    ids.set(sdk, integration);
  }

  /** Opens the link, reads the form as its page does, and types. */
  const type = async (sdk: Sdk, fields: Readonly<Record<string, string>>) => {
    const session = { user: USER, integration: sdk.file.service.id, return_to };
    const { connect_url = "" } = await call(backend, "POST", "/connect-sessions", session);
    const person = new Person(origin);
    const form = new URL((await person.openLink(connect_url)).headers.get("Location") ?? "", origin);
    const state = form.hash.slice(1);
    const send = async (path: string, body: unknown) => {
      const headers = { Origin: origin, "Content-Type": "application/json" };
      return Answer.parse(
        await (await person.fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json(),
      );
    };
    const page = await send("/connect/fields/page", { state });
    return { page, entered: await send("/connect/fields", { state, fields }) };
  };

  for (const sdk of sdks) {
    const { page, entered } = await type(sdk, sdk.typed);
    const asked = Object.entries(sdk.file.service.fields ?? {}).map(([name, { secret = false }]) => ({ name, secret }));
    if (JSON.stringify(page.fields) !== JSON.stringify(asked)) throw new Error(`${sdk.name}: ${JSON.stringify(page)}`);
    const connection_code = new URL(entered.location ?? "none:").searchParams.get("connection_code");
    if (connection_code === null) throw new Error(`${sdk.name}: ${JSON.stringify(entered)}`);
    await call(backend, "POST", "/connections/finalize", { connection_code, user: USER });
  }
  const sessions = async () => (await call(backend, "GET", `/users/${USER}/sessions`)).sessions ?? [];
  const makeKey = async () => {
    const before = await sessions();
    const { key = "" } = await call(backend, "POST", "/sessions", { user: USER, scopes: ["proxy"] });
    const made = (await sessions()).filter(({ id }) => !before.some((one) => one.id === id));
    const end = async () => {
      for (const { id } of made) await call(backend, "DELETE", `/users/${USER}/sessions/${id}`);
    };
    return { key, end };
  };
  const { key } = await makeKey();
  return {
    at: ({ file }) => atProxy(`${origin}/proxy/${file.service.id}`, key),
    atId: (sdk, other) => atProxy(`${origin}/proxy/${ids.get(sdk) ?? ""}`, other),
    makeKey,
    typeWrong: async (sdk) => {
      const wrong = Object.entries(sdk.typed).map(([name, value]) => [
        name,
        value === sdk.secret ? `${value}x` : value,
      ]);
      return (await type(sdk, Object.fromEntries(wrong))).entered;
    },
    stop: async () => {
      await latchkey[Symbol.asyncDispose]();
    },
  };
}
