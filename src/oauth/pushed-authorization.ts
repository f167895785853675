/** Pushed authorization requests (RFC 9126): the browser takes along a reference, and no parameter that it could change. */
import { fillAll, type Values } from "../contract/templates.ts";
import { AppError } from "../errors.ts";
import { rename } from "./authorization.ts";
import { isObject, toMembers } from "./body.ts";
import { clientAuthentication, toServer, type TokenEndpoint } from "./client.ts";
import { sendProved, type Bound } from "./dpop.ts";
import { isRefusal, judgeRefusal } from "./refusals.ts";
import { TokenRequestRefused } from "./token-answer.ts";
import type { Answer } from "./transport.ts";

/** Far above the longest that a server gives: it is in an address. */
const LONGEST_REFERENCE = 2048;

/**
 * Pushes a request where the provider asks for that.
 * @param asked the authorization request as a URL
 * @param open what the headers of the client's requests may have beside its id
 * @param bound the key that the tokens are to be bound to, which the server is shown here (RFC 9449 10.1)
 * @returns where the browser goes: the same, or with a reference in the place of what was pushed
 * @throws AppError `authorization_failed` where it is refused, `client_credentials_invalid` where the client is; 502 to 504
 */
export async function pushAuthorization(
  endpoint: TokenEndpoint,
  asked: URL,
  open: Values,
  bound: Bound | null,
): Promise<URL> {
  const { provider, client } = endpoint;
  const { client_id } = client;
  const where = provider.pushed_authorization_request_endpoint;
  if (where === null) return asked;
  const make = async (): Promise<Request> => {
    const headers = new Headers({
      Accept: "application/json",
      ...fillAll(provider.token_request_headers, { client_id, ...open }),
    });
    const body = new URLSearchParams();
    const authenticate = await clientAuthentication(endpoint);
    await authenticate(toServer(provider), { client_id }, body, headers);
    const named = rename(body, provider.parameter_names);
    for (const [name, value] of asked.searchParams) named.set(name, value);
    return new Request(where, { method: "POST", headers, body: named });
  };
  const request_uri = referenceOf(endpoint, await sendProved(endpoint.fetch, make, bound));
  const url = new URL(provider.authorization_endpoint);
  for (const [name, value] of rename(new URLSearchParams({ client_id, request_uri }), provider.parameter_names)) {
    url.searchParams.set(name, value);
  }
  return url;
}

function referenceOf({ provider }: TokenEndpoint, answer: Answer): string {
  const members = toMembers(answer);
  const request_uri = isObject(members) ? members["request_uri"] : undefined;
  const isFine = answer.status < 300 && !isRefusal(members);
  if (isFine && typeof request_uri === "string" && request_uri !== "" && request_uri.length <= LONGEST_REFERENCE) {
    return request_uri;
  }
  const refusal = judgeRefusal(provider, answer);
  if (["client_refused", "rate_limited", "unavailable"].includes(refusal.meaning)) {
    throw new TokenRequestRefused(answer.status, refusal);
  }
  throw new AppError(
    "authorization_failed",
    "The provider refused the request. Check the integration's scopes and redirect URI, then start again.",
  );
}
