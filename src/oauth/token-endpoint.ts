/**
 * The token endpoint: exchanging what a person consented to for tokens, and tokens for younger ones.
 *
 * oauth4webapi builds the requests (RFC 6749 4.1.3 and 6, RFC 7636 4.5); they go over our transport, in the provider's body
 * format, and what comes back is read in `token-answer.ts`.
 */
import * as oauth from "oauth4webapi";
import { AppError } from "../errors.ts";
import type { Provider } from "../contract/provider.ts";
import { clientAuthentication, toServer, type TokenEndpoint } from "./client.ts";
import { NoToken, TokenRequestRefused, readTokenAnswer } from "./token-answer.ts";
import type { TokenSet } from "./token-set.ts";
import { BrokenAnswer, send, type Answer } from "./transport.ts";

/**
 * Exchanges an authorization code (RFC 6749 4.1.3), with the verifier where PKCE is used (RFC 7636 4.5).
 * @param callback the parameters that `checkCallback` passed
 * @throws AppError 502 to 504; nothing of what the provider wrote is in it
 */
export async function exchangeCode(
  endpoint: TokenEndpoint,
  callback: URLSearchParams,
  redirect_uri: string,
  code_verifier: string | null,
): Promise<TokenSet> {
  const { provider } = endpoint;
  const before = { scopes: provider.scopes, refresh_token: null };
  const tokens = await request(endpoint, before, (server, client, authentication, options) =>
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
  if (!provider.long_lived_exchange) return tokens;
  try {
    return await exchangeForLongLived(endpoint, tokens);
  } catch (error) {
    // The code is spent, and the token lives for hours: the vault exchanges it when that works again.
    if (mayPass(error) && provider.refresh.grant === "exchange") return tokens;
    throw error;
  }
}

/**
 * Renews tokens (RFC 6749 6), or exchanges a living one where the provider has that instead. What the answer leaves out,
 * the refresh token or the scopes, stays as it was.
 * @throws AppError 502 to 504: TokenRequestRefused says what the refusal means
 */
export async function refreshTokens(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  const { provider } = endpoint;
  if (provider.refresh.grant === "exchange") return exchangeForLongLived(endpoint, tokens);
  const { refresh_token } = tokens;
  if (refresh_token === null) throw new TypeError(`${provider.id} gave no refresh token`);
  return request(endpoint, tokens, (server, client, authentication, options) =>
    oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, options),
  );
}

/** Facebook's exchange of an hours-long token for one of about sixty days. */
async function exchangeForLongLived(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  const { provider } = endpoint;
  const exchange = provider.long_lived_exchange;
  if (!exchange) throw new TypeError(`${provider.id} declares no long_lived_exchange`);
  const parameters = { [exchange.parameter]: tokens.access_token };
  return request(endpoint, tokens, (server, client, authentication, options) =>
    oauth.genericTokenEndpointRequest(server, client, authentication, exchange.grant_type, parameters, options),
  );
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

/** Makes one token request and reads its answer. */
async function request(
  endpoint: TokenEndpoint,
  before: Pick<TokenSet, "refresh_token"> & { readonly scopes: readonly string[] },
  build: (
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    options: Options,
  ) => Promise<Response>,
): Promise<TokenSet> {
  const { provider, client } = endpoint;
  const sent: Promise<Answer>[] = [];
  await build(toServer(provider), { client_id: client.client_id }, clientAuthentication(endpoint), {
    [oauth.allowInsecureRequests]: provider.token_endpoint.startsWith("http://"),
    [oauth.customFetch]: async (url, init) => {
      sent.push(send(endpoint.fetch, toRequest(provider, url, init)));
      return new Response(null);
    },
  });
  const [answer] = sent;
  if (!answer) throw new TypeError("a token request was not sent");
  try {
    return readTokenAnswer(provider, await answer, before);
  } catch (error) {
    return whatCameOf(error, (begun) => readTokenAnswer(provider, begun, before));
  }
}

/** Of a success that breaks off, what came is read all the same: the tokens in it may be the only ones. @throws the error otherwise */
function whatCameOf(error: unknown, read: (begun: Answer) => TokenSet): TokenSet {
  if (!(error instanceof BrokenAnswer) || error.begun.status < 200 || error.begun.status >= 300) throw error;
  try {
    return read(error.begun);
  } catch {
    throw error;
  }
}

function toRequest(
  { token_request_headers, token_request_format }: Provider,
  url: string,
  init: oauth.CustomFetchOptions<"POST", URLSearchParams>,
): Request {
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json");
  for (const [name, value] of Object.entries(token_request_headers)) headers.set(name, value);
  if (token_request_format === "form") return new Request(url, { method: init.method, headers, body: init.body });
  headers.set("Content-Type", "application/json");
  return new Request(url, { method: init.method, headers, body: JSON.stringify(Object.fromEntries(init.body)) });
}
