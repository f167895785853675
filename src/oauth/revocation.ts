/** Taking a token back (RFC 7009 and what services have instead), and asking what it is (RFC 7662). */
import type { TokenSet } from "../connections/connection.ts";
import { AppError } from "../errors.ts";
import { clientAuthentication, clientSecretBasic, isObject, toServer, type TokenEndpoint } from "./client.ts";
import { send, toJson } from "./transport.ts";

/**
 * Asks the provider to take a token back.
 * @returns whether it confirmed; a refusal or an outage is `false`, never an exception
 */
export async function revoke(endpoint: TokenEndpoint, tokens: TokenSet): Promise<boolean> {
  const { provider, client, fetch } = endpoint;
  const { revocation } = provider;
  if (!revocation) return false;
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
    const answer = await send(fetch, request);
    return answer.status < 300 && !isRefusal(toJson(answer));
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
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

/** Services that answer 200 to everything say in the body that they did not do it. */
const isRefusal = (body: unknown): boolean => isObject(body) && (body["ok"] === false || body["error"] !== undefined);

/**
 * The provider's own description of a token (RFC 7662).
 * @throws AppError 502 or 504
 */
export async function introspect(endpoint: TokenEndpoint, access_token: string): Promise<unknown> {
  const { provider, fetch } = endpoint;
  if (!provider.introspection_endpoint) throw new TypeError(`${provider.id} declares no introspection_endpoint`);
  const body = new URLSearchParams({ token: access_token, token_type_hint: "access_token" });
  const headers = new Headers({ Accept: "application/json", ...provider.token_request_headers });
  await authenticate(endpoint, "POST", body, headers);
  const answer = await send(fetch, new Request(provider.introspection_endpoint, { method: "POST", headers, body }));
  const json = toJson(answer);
  if (answer.status !== 200 || json === undefined) {
    throw new AppError(
      "invalid_provider_response",
      "The provider would not describe the token. Try again in a moment.",
    );
  }
  return json;
}
