/** Taking a token back (RFC 7009 and what services have instead), and asking what it is (RFC 7662). */
import type { TokenSet } from "./token-set.ts";
import { AppError } from "../errors.ts";
import { toJson, toMembers, isObject } from "./body.ts";
import { clientAuthentication, clientSecretBasic, toServer, type TokenEndpoint } from "./client.ts";
import { isRefusal, judgeRefusal } from "./refusals.ts";
import { TokenRequestRefused } from "./token-answer.ts";
import { send, type Answer } from "./transport.ts";

/** How a provider took it that a token is to be taken back. */
export interface Revoked {
  /** Whether the token is of no use any more: it said so, or that it was over before. */
  readonly confirmed: boolean;
  /** Seconds until it is worth asking again, where it named a time. */
  readonly retry_after: number | null;
}

/**
 * Asks the provider to take a token back (RFC 7009 2).
 * @returns whether it confirmed; a refusal or an outage is an outcome, never an exception
 */
export async function revoke(endpoint: TokenEndpoint, tokens: TokenSet): Promise<Revoked> {
  const { provider, client, fetch } = endpoint;
  const { revocation } = provider;
  if (!revocation) return NOT_CONFIRMED;
  const url = revocation.endpoint.replace("{client_id}", encodeURIComponent(client.client_id));
  const headers = new Headers({
    Accept: "application/json",
    ...provider.api.headers,
    ...provider.token_request_headers,
  });
  const body = new URLSearchParams();
  if (revocation.body) {
    const token =
      revocation.body.token === "refresh_token" ? (tokens.refresh_token ?? tokens.access_token) : tokens.access_token;
    body.set(revocation.body.parameter, token);
  }
  if (revocation.authentication === "token") headers.set("Authorization", `Bearer ${tokens.access_token}`);
  if (revocation.authentication === "client") await authenticate(endpoint, revocation.method, body, headers);
  const asJson = revocation.body?.format === "json";
  if (asJson) headers.set("Content-Type", "application/json");
  const request = new Request(url, {
    method: revocation.method,
    headers,
    ...(revocation.body ? { body: asJson ? JSON.stringify(Object.fromEntries(body)) : body } : {}),
  });
  try {
    return toRevoked(provider, await send(fetch, request));
  } catch (error) {
    if (error instanceof AppError) return NOT_CONFIRMED;
    throw error;
  }
}

const NOT_CONFIRMED: Revoked = { confirmed: false, retry_after: null };

function toRevoked(provider: TokenEndpoint["provider"], answer: Answer): Revoked {
  const members = toMembers(answer);
  if (answer.status < 300 && !isRefusal(members)) return { confirmed: true, retry_after: null };
  const { meaning, retry_after } = judgeRefusal(provider, answer.status, answer.headers, members);
  return { confirmed: meaning === "grant_refused", retry_after };
}

/** Client authentication outside the token endpoint; a call with a JSON body or DELETE takes Basic whatever the token endpoint does. */
async function authenticate(
  endpoint: TokenEndpoint,
  method: string,
  body: URLSearchParams,
  headers: Headers,
): Promise<void> {
  const { provider, client } = endpoint;
  const authentication =
    method === "DELETE" && client.client_secret !== null
      ? clientSecretBasic(provider, client.client_secret)
      : clientAuthentication(endpoint);
  await authentication(toServer(provider), { client_id: client.client_id }, body, headers);
}

/**
 * The provider's own description of a token (RFC 7662).
 * @throws AppError 502 to 504: TokenRequestRefused where the provider says why not
 */
export async function introspect(endpoint: TokenEndpoint, access_token: string): Promise<unknown> {
  const { provider, fetch } = endpoint;
  if (!provider.introspection_endpoint) throw new TypeError(`${provider.id} declares no introspection_endpoint`);
  const body = new URLSearchParams({ token: access_token, token_type_hint: "access_token" });
  const headers = new Headers({ Accept: "application/json", ...provider.token_request_headers });
  await authenticate(endpoint, "POST", body, headers);
  const answer = await send(fetch, new Request(provider.introspection_endpoint, { method: "POST", headers, body }));
  const described = toJson(answer);
  if (answer.status >= 200 && answer.status < 300 && isObject(described) && !isRefusal(described)) return described;
  const refusal = judgeRefusal(provider, answer.status, answer.headers, toMembers(answer));
  if (refusal.meaning !== "unknown") throw new TokenRequestRefused(answer.status, refusal);
  throw new AppError("invalid_provider_response", "The provider would not describe the token. Try again in a moment.");
}
