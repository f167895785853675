/** An emulated service, called as a program of its own would: with a token that was consented to at the service itself. */
import { env } from "cloudflare:workers";
import * as z from "zod";
import { type ServiceName, sandboxClient } from "../../sandbox/clients.ts";
import { challengeOf } from "../../sandbox/random.ts";
import { findService } from "../../sandbox/services/index.ts";
import { askEmulator } from "../../sandbox/world.ts";
import { control, PROVIDERS } from "./emulator.ts";

const VERIFIER = "a-verifier-that-is-long-enough-for-everybody-43";
const STATE = "a-state-that-is-long-enough";

/** Body and headers of a call; an object is sent as JSON. */
export interface Sending {
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request to `HOST/PATH` of a service. */
export function ask(service: ServiceName, method: string, at: string, { body, headers }: Sending = {}) {
  const isPlain = body === undefined || typeof body === "string" || body instanceof FormData;
  const init = {
    method,
    headers: { ...(isPlain ? {} : { "Content-Type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: isPlain ? body : JSON.stringify(body) }),
  };
  return askEmulator(env.EMULATOR, new Request(`${PROVIDERS}/${service}/${at}`, init));
}

/** Asks the token endpoint as a well-behaved client of this service does. */
export function askForToken(service: ServiceName, params: Readonly<Record<string, string>>): Promise<Response> {
  const { oauth } = findService(service);
  const { client_id, client_secret } = sandboxClient(service);
  const [endpoint] = oauth.token;
  const isBasic = oauth.clientAuth.includes("basic");
  const all = isBasic ? params : { ...params, client_id, client_secret };
  const isJson = oauth.tokenBody === "json";
  return ask(service, "POST", `${endpoint?.host}${endpoint?.path}`, {
    body: isJson ? all : new URLSearchParams(all).toString(),
    headers: {
      ...(isJson ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
      ...(isBasic ? { Authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` } : {}),
      ...(service === "notion" ? { "Notion-Version": "2026-03-11" } : {}),
    },
  });
}

const Granted = z.looseObject({ access_token: z.string(), refresh_token: z.string() });

/** Consents and redeems the code. @returns the token answer */
export async function grantAt(service: ServiceName, scopes: readonly string[], account = 0) {
  const [endpoint] = findService(service).oauth.authorize;
  const redirect_uri = `http://localhost:${new URL(PROVIDERS).port}/callback/${service}`;
  const url = new URL(`${PROVIDERS}/${service}/${endpoint?.host}${endpoint?.path}`);
  url.search = new URLSearchParams({
    client_id: sandboxClient(service).client_id,
    redirect_uri,
    response_type: "code",
    state: STATE,
    scope: scopes.join(" "),
    owner: "user",
    // Without both, Google gives no refresh token, or only the first time.
    access_type: "offline",
    prompt: "consent",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
  }).toString();
  const { location } = await control(service).consent({ url: url.href, decision: "allow", account });
  const code = new URL(location).searchParams.get("code") ?? "";
  const answer = await askForToken(service, {
    grant_type: "authorization_code",
    code,
    redirect_uri,
    ...(findService(service).oauth.pkce === "ignored" ? {} : { code_verifier: VERIFIER }),
  });
  return Granted.parse(await answer.json());
}

/** An answer's status, and its body: parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Calls with one token: `api("GET", "HOST/PATH")`. */
export type Api = (method: string, at: string, sending?: Sending) => Promise<Answer>;

/** The API of a service, with a token that has these scopes; `headers` go with every call. */
export async function apiOf(
  service: ServiceName,
  scopes: readonly string[],
  { account = 0, headers = {} }: { account?: number; headers?: Readonly<Record<string, string>> } = {},
): Promise<Api> {
  const { access_token } = await grantAt(service, scopes, account);
  return async (method, at, sending = {}) => {
    const response = await ask(service, method, at, {
      ...sending,
      headers: { Authorization: `Bearer ${access_token}`, ...headers, ...sending.headers },
    });
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}
