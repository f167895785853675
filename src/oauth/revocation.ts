/** Taking a token back (RFC 7009 and what services have instead), and asking what it is (RFC 7662). */
import type { TokenSet } from "./token-set.ts";
import { AppError } from "../errors.ts";
import type { RefusalMeaning, Revocation } from "../contract/provider.ts";
import { stampOf, type Stampable } from "../contract/stamp.ts";
import { fillAll, fillIn, namesIn } from "../contract/templates.ts";
import { toJson, toMembers, isObject } from "./body.ts";
import { clientAuthentication, clientSecretBasic, toServer, type TokenEndpoint } from "./client.ts";
import { boundTo, sendProved } from "./dpop.ts";
import { isRefusal, judgeRefusal } from "./refusals.ts";
import { TokenRequestRefused } from "./token-answer.ts";
import { send, type Answer } from "./transport.ts";

/** How a provider took it that a token is to be taken back. */
export interface Revoked {
  /**
   * - `confirmed`: the token is of no use any more: it said so, or that it was over before
   * - `refused`: it says no, and will next time
   * - `not_reached`: it did not answer, or has no time
   */
  readonly outcome: "confirmed" | "refused" | "not_reached";
  /** Seconds until it is worth asking again, where it named a time. */
  readonly retry_after: number | null;
}

/**
 * Asks the provider to take a token back (RFC 7009 2).
 * @returns how it took that; a refusal or an outage is an outcome, never an exception
 */
export async function revoke(declared: TokenEndpoint, tokens: TokenSet): Promise<Revoked> {
  const endpoint = { ...declared, provider: fillIn(declared.provider, tokens.details) };
  const { revocation } = endpoint.provider;
  if (!revocation) return NOT_REACHED;
  const { access_token, refresh_token } = tokens;
  const which = revocation.body?.token;
  const first = which === "refresh_token" || which === "both" ? (refresh_token ?? access_token) : access_token;
  const revoked = await revokeOne(endpoint, revocation, first, tokens);
  // Where it has ended with the other one, some say that they do not know it.
  if (which === "both" && first !== access_token) await revokeOne(endpoint, revocation, access_token, tokens);
  return revoked;
}

async function revokeOne(
  endpoint: TokenEndpoint,
  revocation: Revocation,
  token: string,
  holder: TokenSet,
): Promise<Revoked> {
  try {
    const { access_token } = holder;
    const bound = boundTo(holder);
    // There are servers that want to see the key from the client too: Bluesky's.
    const shown = bound && revocation.authentication === "token" ? { ...bound, access_token } : bound;
    const make = () => revocationRequest(endpoint, revocation, token, holder);
    return toRevoked(endpoint.provider, await sendProved(endpoint.fetch, make, shown));
  } catch (error) {
    if (error instanceof AppError) return NOT_REACHED;
    throw error;
  }
}

/**
 * What the revocation endpoint says to the client that asks it to end a token which cannot be: it looks at the client
 * before the token (RFC 7009 2.1).
 * @returns `unknown` where it does not take the client's credentials as the token endpoint does, or does not answer
 */
export async function askAboutClient(endpoint: TokenEndpoint): Promise<"accepted" | "refused" | "unknown"> {
  const { revocation } = endpoint.provider;
  if (revocation?.authentication !== "client" || revocation.body?.format !== "form") return "unknown";
  // It is known for one connection at a time.
  if (namesIn(revocation.endpoint).some((name) => name !== "client_id")) return "unknown";
  try {
    const request = await revocationRequest(endpoint, revocation, "latchkey-checks-the-client", NOBODY);
    const answer = await send(endpoint.fetch, request);
    const members = toMembers(answer);
    if (answer.status < 300 && !isRefusal(members)) return "accepted";
    switch (judgeRefusal(endpoint.provider, answer).meaning) {
      case "client_refused":
        return "refused";
      case "grant_refused":
      case "request_refused":
        return "accepted";
      case "rate_limited":
      case "unavailable":
      case "unknown":
        return "unknown";
    }
  } catch (error) {
    if (error instanceof AppError) return "unknown";
    throw error;
  }
}

const NOBODY: Stampable = { access_token: "", details: {} };

async function revocationRequest(
  endpoint: TokenEndpoint,
  revocation: Revocation,
  token: string,
  holder: Stampable,
): Promise<Request> {
  const { provider, client } = endpoint;
  const { client_id } = client;
  const url = new URL(revocation.endpoint.replaceAll("{client_id}", encodeURIComponent(client_id)));
  const headers = new Headers({
    Accept: "application/json",
    ...fillAll({ ...provider.api.headers, ...provider.token_request_headers }, { client_id, ...holder.details }),
  });
  const body = new URLSearchParams();
  if (revocation.body) body.set(revocation.body.parameter, token);
  if (revocation.authentication === "token") {
    const stamped = stampOf(provider, client_id, holder);
    for (const [name, value] of Object.entries(stamped.headers)) headers.set(name, value);
    for (const [name, value] of Object.entries(stamped.query)) url.searchParams.set(name, value);
  }
  if (revocation.authentication === "client") await authenticate(endpoint, revocation.method, body, headers);
  const asJson = revocation.body?.format === "json";
  if (asJson) headers.set("Content-Type", "application/json");
  return new Request(url, {
    method: revocation.method,
    headers,
    ...(revocation.body ? { body: asJson ? JSON.stringify(Object.fromEntries(body)) : body } : {}),
  });
}

const NOT_REACHED: Revoked = { outcome: "not_reached", retry_after: null };

function toRevoked(provider: TokenEndpoint["provider"], answer: Answer): Revoked {
  const members = toMembers(answer);
  if (answer.status < 300 && !isRefusal(members)) return { outcome: "confirmed", retry_after: null };
  const { meaning, retry_after } = judgeRefusal(provider, answer);
  return { outcome: OUTCOMES[meaning], retry_after };
}

/** What a refusal means for a token that was to end: what the provider does not know is over. */
const OUTCOMES = {
  grant_refused: "confirmed",
  client_refused: "refused",
  request_refused: "refused",
  unknown: "refused",
  rate_limited: "not_reached",
  unavailable: "not_reached",
} as const satisfies Readonly<Record<RefusalMeaning, Revoked["outcome"]>>;

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
      : await clientAuthentication(endpoint);
  await authentication(toServer(provider), { client_id: client.client_id }, body, headers);
}

/**
 * The provider's own description of a token (RFC 7662).
 * @throws AppError 502 to 504: TokenRequestRefused where the provider says why not
 */
export async function introspect(endpoint: TokenEndpoint, access_token: string): Promise<unknown> {
  const { provider, client, fetch } = endpoint;
  if (!provider.introspection_endpoint) throw new TypeError(`${provider.id} declares no introspection_endpoint`);
  const body = new URLSearchParams({ token: access_token, token_type_hint: "access_token" });
  const headers = new Headers({
    Accept: "application/json",
    ...fillAll(provider.token_request_headers, { client_id: client.client_id }),
  });
  await authenticate(endpoint, "POST", body, headers);
  const answer = await send(fetch, new Request(provider.introspection_endpoint, { method: "POST", headers, body }));
  const described = toJson(answer);
  if (answer.status >= 200 && answer.status < 300 && isObject(described) && !isRefusal(described)) return described;
  const refusal = judgeRefusal(provider, answer);
  if (refusal.meaning !== "unknown") throw new TokenRequestRefused(answer.status, refusal);
  throw new AppError("invalid_provider_response", "The provider would not describe the token. Try again in a moment.");
}
