/**
 * A token that is fetched with what a person has typed: client credentials (RFC 6749 4.4), a login request of the service's
 * own, or a signed JWT (RFC 7523 2.1). The same request renews it.
 */
import type { Exchange } from "../contract/provider.ts";
import { basic } from "../contract/stamp.ts";
import { fill, fillAll, type Values } from "../contract/templates.ts";
import type { TokenEndpoint } from "./client.ts";
import { signedJwt } from "./signed-jwt.ts";
import { TokenRequestRefused, readTokens } from "./token-answer.ts";
import type { TokenSet, Typed } from "./token-set.ts";
import { send } from "./transport.ts";

/**
 * Fetches one.
 * @param endpoint its provider has its addresses filled in
 * @throws AppError 502 to 504: TokenRequestRefused says what the refusal means, where `grant_refused` is about what was typed;
 * `invalid_request` for a key that is none
 */
export async function exchangeFields(endpoint: TokenEndpoint, { details, fields }: Typed): Promise<TokenSet> {
  const { provider, client, fetch } = endpoint;
  const { exchange } = provider;
  if (!exchange) throw new TypeError(`${provider.id} declares no exchange`);
  const typed = { client_id: client.client_id, ...details, ...fields };
  const assertion = exchange.assertion ? await signedJwt(exchange.assertion, typed) : "";
  const before = { scopes: provider.scopes, refresh_token: null, ...(fields && { fields }) };
  try {
    const tokens = await readTokens(provider, send(fetch, toRequest(exchange, { ...typed, assertion })), before);
    return { ...tokens, details: { ...details, ...tokens.details } };
  } catch (error) {
    throw error instanceof TokenRequestRefused ? aboutTyped(error) : error;
  }
}

/** The client that is refused here is the one that was typed. */
function aboutTyped(error: TokenRequestRefused): TokenRequestRefused {
  const isTheirs =
    error.meaning === "client_refused" ||
    (error.meaning === "unknown" && (error.answered === 401 || error.answered === 403));
  return isTheirs ? new TokenRequestRefused(error.answered, { meaning: "grant_refused", retry_after: null }) : error;
}

function toRequest(exchange: Exchange, values: Values): Request {
  const { endpoint, method = "POST", format = "form" } = exchange;
  const headers = new Headers({ Accept: "application/json", ...fillAll(exchange.headers ?? {}, values) });
  const { user, password } = exchange.basic ?? {};
  if (user !== undefined) headers.set("Authorization", basic(fill(user, values), fill(password ?? "", values)));
  const parameters = fillAll(exchange.parameters ?? {}, values);
  if (method === "GET") {
    const url = new URL(endpoint);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return new Request(url, { headers });
  }
  if (format === "form") return new Request(endpoint, { method, headers, body: new URLSearchParams(parameters) });
  headers.set("Content-Type", "application/json");
  return new Request(endpoint, { method, headers, body: JSON.stringify(parameters) });
}
