/** Pushed authorization requests (RFC 9126): the browser takes along a reference, and no parameter that it could change. */
import { AppError } from "../errors.ts";
import { isObject, toMembers } from "./body.ts";
import { clientAuthentication, toServer, type TokenEndpoint } from "./client.ts";
import { isRefusal, judgeRefusal } from "./refusals.ts";
import { TokenRequestRefused } from "./token-answer.ts";
import { send } from "./transport.ts";

/**
 * Pushes a request where the provider asks for that.
 * @param asked the authorization request as a URL
 * @returns where the browser goes: the same, or with a reference in the place of what was pushed
 * @throws AppError `authorization_failed` where it is refused, `client_credentials_invalid` where the client is; 502 to 504
 */
export async function pushAuthorization(endpoint: TokenEndpoint, asked: URL): Promise<URL> {
  const { provider, client } = endpoint;
  const where = provider.pushed_authorization_request_endpoint;
  if (where === null) return asked;
  const headers = new Headers({ Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" });
  const body = new URLSearchParams(asked.searchParams);
  const authenticate = await clientAuthentication(endpoint);
  await authenticate(toServer(provider), { client_id: client.client_id }, body, headers);
  const answer = await send(endpoint.fetch, new Request(where, { method: "POST", headers, body: body.toString() }));
  const members = toMembers(answer);
  const request_uri = isObject(members) ? members["request_uri"] : undefined;
  const isFine = answer.status < 300 && !isRefusal(members);
  if (!isFine || typeof request_uri !== "string" || request_uri === "") {
    const refusal = judgeRefusal(provider, answer);
    if (["client_refused", "rate_limited", "unavailable"].includes(refusal.meaning)) {
      throw new TokenRequestRefused(answer.status, refusal);
    }
    throw new AppError(
      "authorization_failed",
      "The provider refused the request. Check the integration's scopes and redirect URI, then start again.",
    );
  }
  const url = new URL(provider.authorization_endpoint);
  url.searchParams.set("client_id", client.client_id);
  url.searchParams.set("request_uri", request_uri);
  return url;
}
