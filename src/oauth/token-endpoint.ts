/**
 * The token endpoint: exchanging what a person consented to for tokens.
 *
 * oauth4webapi builds the requests and judges the answers (RFC 6749 4.1.3, 5.1, 5.2); between them stand our transport and
 * the provider's `conform`, which makes its answers read as the RFC says.
 */
import * as oauth from "oauth4webapi";
import { TokenSet } from "../connections/connection.ts";
import { AppError } from "../errors.ts";
import type { Provider, TokenAnswer } from "../providers/provider.ts";
import { clientAuthentication, isObject, toServer, type TokenEndpoint } from "./client.ts";
import { retryAfter, send, toJson, type Answer } from "./transport.ts";

/** No token lives longer than this, whatever `expires_in` says. */
const MAX_LIFETIME_SECONDS = 366 * 86_400;

/**
 * Exchanges an authorization code (RFC 6749 4.1.3), with the verifier where PKCE is used (RFC 7636 4.5).
 * @param callback the parameters that `checkCallback` passed
 * @throws AppError 502 or 504; nothing of what the provider wrote is in it
 */
export async function exchangeCode(
  endpoint: TokenEndpoint,
  callback: URLSearchParams,
  redirect_uri: string,
  code_verifier: string | null,
): Promise<TokenSet> {
  const server = toServer(endpoint.provider);
  const client = { client_id: endpoint.client.client_id };
  const exchanged = await judged(async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        server,
        client,
        clientAuthentication(endpoint),
        callback,
        redirect_uri,
        code_verifier ?? oauth.nopkce,
        requestOptions(endpoint),
      ),
    ),
  );
  const granted = endpoint.provider.long_lived_exchange
    ? await exchangeForLongLived(endpoint, exchanged.access_token)
    : exchanged;
  return toTokenSet(endpoint.provider, granted, { scopes: endpoint.provider.scopes, refresh_token: null });
}

/**
 * Renews tokens (RFC 6749 6), or exchanges a living one where the provider has that instead. What the answer leaves out,
 * the refresh token or the scopes, stays as it was.
 * @throws GrantRefused when the provider refuses the grant for good; AppError 502 to 504 for everything else
 */
export async function refreshTokens(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  const { provider } = endpoint;
  if (provider.refresh.grant === "exchange") {
    return toTokenSet(provider, await exchangeForLongLived(endpoint, tokens.access_token), tokens);
  }
  const { refresh_token } = tokens;
  if (refresh_token === null) throw new TypeError(`${provider.id} gave no refresh token`);
  const server = toServer(provider);
  const client = { client_id: endpoint.client.client_id };
  const granted = await judged(async () =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(
        server,
        client,
        clientAuthentication(endpoint),
        refresh_token,
        requestOptions(endpoint),
      ),
    ),
  );
  return toTokenSet(provider, granted, tokens);
}

/** The provider refuses the grant itself: it was revoked, spent or has run out. */
export class GrantRefused extends AppError {
  /** One of `DEFINITIVE`, so nothing of the provider's own making. */
  readonly oauth_error: string;

  constructor(oauth_error: string) {
    super("token_request_rejected", "The provider refused to issue a token for this consent. Connect again.");
    this.oauth_error = oauth_error;
  }
}

/** RFC 6749 5.2, and what OpenID Connect servers say when they want to see the person again. */
const DEFINITIVE = ["invalid_grant", "interaction_required", "consent_required", "login_required"];

/** Facebook's exchange of an hours-long token for one of about sixty days. */
async function exchangeForLongLived(endpoint: TokenEndpoint, token: string): Promise<oauth.TokenEndpointResponse> {
  const { provider } = endpoint;
  const exchange = provider.long_lived_exchange;
  if (!exchange) throw new TypeError(`${provider.id} declares no long_lived_exchange`);
  const server = toServer(provider);
  const client = { client_id: endpoint.client.client_id };
  return judged(async () =>
    oauth.processGenericTokenEndpointResponse(
      server,
      client,
      await oauth.genericTokenEndpointRequest(
        server,
        client,
        clientAuthentication(endpoint),
        exchange.grant_type,
        { [exchange.parameter]: token },
        requestOptions(endpoint),
      ),
    ),
  );
}

/** Puts our transport, the provider's body format and its `conform` under oauth4webapi. */
function requestOptions({ provider, fetch }: TokenEndpoint) {
  return {
    [oauth.allowInsecureRequests]: provider.token_endpoint.startsWith("http://"),
    [oauth.customFetch]: async (
      url: string,
      init: oauth.CustomFetchOptions<"POST", URLSearchParams>,
    ): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set("Accept", "application/json");
      for (const [name, value] of Object.entries(provider.token_request_headers)) headers.set(name, value);
      const asJson = provider.token_request_format === "json";
      if (asJson) headers.set("Content-Type", "application/json");
      const body = asJson ? JSON.stringify(Object.fromEntries(init.body)) : init.body;
      return toStrictResponse(provider, await send(fetch, new Request(url, { method: init.method, headers, body })));
    },
  };
}

function toStrictResponse(provider: Provider, answer: Answer): Response {
  if (answer.status === 429) {
    throw new AppError(
      "provider_rate_limited",
      "The provider is limiting how often tokens are asked for. Try again in a moment.",
      {
        headers: retryAfter(answer),
      },
    );
  }
  if (answer.status >= 500) {
    throw new AppError("provider_unavailable", "The provider has an error of its own. Try again in a moment.");
  }
  const body = toJson(answer);
  if (!isObject(body)) {
    throw invalidTokenResponse();
  }
  const conforming = conform(provider, { status: answer.status, body });
  return Response.json(withoutBlanks(conforming.body), { status: conforming.status });
}

/** An answer that even the provider's own repair stumbles over is no token answer. */
function conform(provider: Provider, answer: TokenAnswer): TokenAnswer {
  try {
    return provider.conform(answer);
  } catch (cause) {
    throw invalidTokenResponse(cause);
  }
}

function invalidTokenResponse(cause?: unknown): AppError {
  return new AppError(
    "invalid_token_response",
    "The provider's answer is not a valid token response. Connect again; if it stays, check the integration's settings.",
    { cause },
  );
}

/**
 * Leaves out what a strict reader would trip over and nobody needs: fields that are null or empty, a lifetime that is no
 * number, and ID tokens, which are not used (the profile comes from the API) and so not kept, opened or trusted either.
 */
function withoutBlanks(body: TokenAnswer["body"]): Record<string, unknown> {
  const { id_token: _, expires_in, ...rest } = body;
  const kept = Object.fromEntries(
    Object.entries(rest).filter(([name, value]) => value !== null && (value !== "" || name === "scope")),
  );
  const lifetime = toLifetime(expires_in);
  return lifetime === null ? kept : { ...kept, expires_in: lifetime };
}

/** Runs a token request and turns what oauth4webapi throws into the errors of ours. */
async function judged(request: () => Promise<oauth.TokenEndpointResponse>): Promise<oauth.TokenEndpointResponse> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Both carry an OAuth error code; only the code is looked at, and none of it is passed on.
    const code =
      error instanceof oauth.ResponseBodyError
        ? error.error
        : error instanceof oauth.WWWAuthenticateChallengeError
          ? "invalid_client"
          : null;
    if (code === "invalid_client" || code === "unauthorized_client") {
      throw new AppError(
        "client_credentials_invalid",
        "The provider does not accept this deployment's client id and secret. The operator has to correct them.",
      );
    }
    if (code !== null && DEFINITIVE.includes(code)) throw new GrantRefused(code);
    if (code !== null) {
      throw new AppError(
        "token_request_rejected",
        "The provider refused the token request. Check the integration's settings at the provider, then connect again.",
      );
    }
    throw invalidTokenResponse(error);
  }
}

/** RFC 6749 5.1, with what providers make of `scope`. */
function toTokenSet(
  provider: Provider,
  response: oauth.TokenEndpointResponse,
  before: Pick<TokenSet, "refresh_token"> & { readonly scopes: readonly string[] },
): TokenSet {
  const lifetime = response.expires_in ?? provider.refresh.default_lifetime;
  const details: Record<string, string | number> = {};
  for (const name of provider.token_details) {
    const value = response[name];
    if (typeof value === "string" || typeof value === "number") details[name] = value;
  }
  const parsed = TokenSet.safeParse({
    access_token: response.access_token,
    refresh_token: response.refresh_token ?? before.refresh_token,
    expires_at: lifetime === null ? null : Date.now() + lifetime * 1000,
    // GitHub separates with commas what it was asked for with spaces; without `scope`, what was asked for was granted.
    scopes: response.scope === undefined ? [...before.scopes] : response.scope.split(/[\s,]+/).filter(Boolean),
    details,
  });
  if (!parsed.success) {
    throw new AppError("invalid_token_response", "The provider's token is not one that can be sent. Connect again.");
  }
  return parsed.data;
}

/** Seconds from now, within reason; null where the provider says nothing that makes sense: then its API will tell. */
function toLifetime(expires_in: unknown): number | null {
  const seconds = typeof expires_in === "string" && expires_in !== "" ? Number(expires_in) : expires_in;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 1) return null;
  return Math.min(Math.floor(seconds), MAX_LIFETIME_SECONDS);
}
