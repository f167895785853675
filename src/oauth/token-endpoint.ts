/**
 * The token endpoint: exchanging what a person consented to for tokens, and tokens for younger ones.
 *
 * oauth4webapi builds the requests (RFC 6749 4.1.3 and 6, RFC 7636 4.5); they go over our transport, in the provider's body
 * format, and what comes back is read in `token-answer.ts`.
 */
import * as oauth from "oauth4webapi";
import { AppError } from "../errors.ts";
import { fill, fillAll, fillIn, type Values } from "../contract/templates.ts";
import { rename } from "./authorization.ts";
import { clientAuthentication, toServer, type TokenEndpoint } from "./client.ts";
import { boundTo, sendProved } from "./dpop.ts";
import { exchangeFields } from "./fields-exchange.ts";
import { NoToken, TokenRequestRefused, readTokens, type Before } from "./token-answer.ts";
import { NOTHING_TYPED, type TokenSet, type Typed } from "./token-set.ts";

/**
 * Exchanges an authorization code (RFC 6749 4.1.3), with the verifier where PKCE is used (RFC 7636 4.5).
 * @param callback the parameters that `checkCallback` passed
 * @param typed what the person has typed before, for the parameters that take it; its secrets are kept with the tokens
 * @throws AppError 502 to 504; nothing of what the provider wrote is in it
 */
export async function exchangeCode(
  endpoint: TokenEndpoint,
  callback: URLSearchParams,
  redirect_uri: string,
  code_verifier: string | null,
  typed: Typed = NOTHING_TYPED,
): Promise<TokenSet> {
  const { provider } = endpoint;
  const { client_id } = endpoint.client;
  const { details: _, ...kept } = typed;
  const before = { scopes: provider.scopes, refresh_token: null, ...kept };
  const parameters = fillAll(provider.token_parameters, { ...typed.details, ...typed.fields, client_id });
  const how = { parameters, open: typed.details };
  const tokens = await requestTokens(endpoint, before, how, (server, client, authentication, options) =>
    oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      callback,
      redirect_uri,
      code_verifier ?? oauth.nopkce,
      options,
    ),
  );
  const known = { ...tokens, details: { ...typed.details, ...tokens.details } };
  if (!provider.long_lived_exchange) return known;
  try {
    return await exchangeForLongLived(endpoint, known, false);
  } catch (error) {
    // The code is spent, and the token lives for hours: the vault exchanges it when that works again.
    if (mayPass(error) && provider.refresh.grant === "exchange") return known;
    throw error;
  }
}

/**
 * Renews tokens (RFC 6749 6), exchanges a living one where the provider has that instead, or fetches one anew with what people
 * have typed. What the answer leaves out, the refresh token, the scopes or a detail, stays as it was.
 * @throws AppError 502 to 504: TokenRequestRefused says what the refusal means
 */
export async function refreshTokens(
  { provider: declared, ...rest }: TokenEndpoint,
  tokens: TokenSet,
): Promise<TokenSet> {
  const endpoint = { ...rest, provider: fillIn(declared, tokens.details) };
  const { refresh } = declared;
  if (refresh.grant === "fields") return exchangeFields(endpoint, tokens);
  if (refresh.grant === "exchange") return exchangeForLongLived(endpoint, tokens, true);
  const { refresh_token, details, fields, access_token } = tokens;
  if (refresh_token === null) throw new TypeError(`${declared.id} gave no refresh token`);
  const how = {
    endpoint: endpoint.provider.refresh.endpoint,
    method: refresh.method,
    isAnonymous: refresh.client_authentication === "none",
    open: details,
    parameters: fillParameters(refresh.parameters, {
      ...details,
      ...fields,
      access_token,
      client_id: rest.client.client_id,
    }),
  };
  return requestTokens(endpoint, tokens, how, (server, client, authentication, options) =>
    oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, options),
  );
}

/** Empty ones stay: they take a parameter out. */
const fillParameters = (templates: Readonly<Record<string, string>>, values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, fill(template, values)]));

/** Exchanges a token of hours for one of about sixty days (Facebook, Instagram), and later for a younger one. */
async function exchangeForLongLived(endpoint: TokenEndpoint, tokens: TokenSet, isRenewal: boolean): Promise<TokenSet> {
  const { provider } = endpoint;
  const { long_lived_exchange: exchange, refresh } = provider;
  if (!exchange) throw new TypeError(`${provider.id} declares no long_lived_exchange`);
  const isElsewhere = isRenewal && refresh.endpoint !== null;
  const grant_type = (isRenewal ? exchange.renewal_grant_type : undefined) ?? exchange.grant_type;
  const how = {
    endpoint: isElsewhere ? refresh.endpoint : (exchange.endpoint ?? null),
    method: isElsewhere ? refresh.method : (exchange.method ?? "POST"),
    isAnonymous: isRenewal && refresh.client_authentication === "none",
    open: tokens.details,
  };
  const parameters = { [exchange.parameter]: tokens.access_token };
  const longer = await requestTokens(endpoint, tokens, how, (server, client, authentication, options) =>
    oauth.genericTokenEndpointRequest(server, client, authentication, grant_type, parameters, options),
  );
  return { ...longer, details: { ...tokens.details, ...longer.details } };
}

function mayPass(error: unknown): boolean {
  if (error instanceof TokenRequestRefused) return error.meaning === "unavailable" || error.meaning === "rate_limited";
  return error instanceof AppError && !(error instanceof NoToken);
}

/** What oauth4webapi is told of a request. */
interface Options {
  readonly [oauth.allowInsecureRequests]: boolean;
  readonly [oauth.customFetch]: (
    url: string,
    init: oauth.CustomFetchOptions<"POST", URLSearchParams>,
  ) => Promise<Response>;
}

/** How a token request differs from RFC 6749's. */
interface How {
  /** Where it is not the token endpoint. */
  readonly endpoint?: string | null;
  readonly method?: "POST" | "GET";
  /** The client's id goes along, and its secret does not. */
  readonly isAnonymous?: boolean;
  /** Beside the usual ones; an empty one takes one out. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What its headers may have beside the client's id. */
  readonly open: Values;
}

/** Makes one token request and reads its answer. */
async function requestTokens(
  endpoint: TokenEndpoint,
  before: Before,
  how: How,
  build: (
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    options: Options,
  ) => Promise<Response>,
): Promise<TokenSet> {
  const { provider, client } = endpoint;
  const make = async (): Promise<Request> => {
    const made: Request[] = [];
    const authentication = how.isAnonymous ? oauth.None() : await clientAuthentication(endpoint);
    await build(toServer(provider), { client_id: client.client_id }, authentication, {
      [oauth.allowInsecureRequests]: provider.token_endpoint.startsWith("http://"),
      [oauth.customFetch]: async (url, init) => {
        made.push(toRequest(endpoint, how.endpoint ?? url, init, how));
        return new Response(null);
      },
    });
    const [request] = made;
    if (!request) throw new TypeError("a token request was not made");
    return request;
  };
  return readTokens(provider, sendProved(endpoint.fetch, make, boundTo(before)), before);
}

function toRequest(
  { provider, client }: TokenEndpoint,
  url: string,
  init: oauth.CustomFetchOptions<"POST", URLSearchParams>,
  { method = "POST", parameters = {}, open }: How,
): Request {
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json");
  const more = fillAll(provider.token_request_headers, { client_id: client.client_id, ...open });
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  const body = rename(new URLSearchParams(init.body), provider.parameter_names);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === "") body.delete(name);
    else body.set(name, value);
  }
  if (method === "GET") {
    headers.delete("Content-Type");
    const asked = new URL(url);
    for (const [name, value] of body) asked.searchParams.set(name, value);
    return new Request(asked, { headers });
  }
  if (provider.token_request_format === "form") return new Request(url, { method, headers, body });
  headers.set("Content-Type", "application/json");
  return new Request(url, { method, headers, body: JSON.stringify(Object.fromEntries(body)) });
}
