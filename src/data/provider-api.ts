/** Calls to a provider's API for the data routes: JSON in a bounded size, and its refusals in our terms. */
import type { ScopesRefused } from "../connections/scopes.ts";
import { AppError } from "../errors.ts";
import { toJson } from "../oauth/body.ts";
import { PASSING_STATUSES } from "../oauth/refusals.ts";
import { retryAfterHeader, retryAfterSeconds } from "../oauth/retry-after.ts";
import { sendProved, wantsNonce, type Bound } from "../oauth/dpop.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { at } from "../contract/reading.ts";
import { stampOf, type Stampable, type Stamped } from "../contract/stamp.ts";
import { fillAll, fillIn } from "../contract/templates.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import type { ApiRequest, Provider } from "../contract/provider.ts";
import type { World } from "../world.ts";
import { readScopeRefusal } from "./scope-refusal.ts";

/** A page of at most a hundred things; a repository of GitHub, which is a long one, takes some 6 KB. */
const PAGE_BYTES = 2 * 1024 * 1024;
/** One account, or one token. */
export const RECORD_BYTES = 256 * 1024;

/** A provider's API as one connection sees it. */
export interface ProviderApi {
  /** With its addresses filled in. */
  readonly provider: Provider;
  readonly fetch: World["fetch"];
  readonly stamped: Stamped;
  /** The token with the key that it is bound to; null: it is bound to none. */
  readonly bound: Bound | null;
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The part of what is held that reading needs. */
export type ReadableToken = Stampable & Pick<TokenSet, "dpop_key">;

/**
 * The API as this connection calls it.
 * @param which `known` while it is being connected
 * @throws Unfillable where it does not say where that is
 */
export function apiOf(
  { provider: declared, client, fetch }: TokenEndpoint,
  token: ReadableToken,
  which: "all" | "known" = "all",
): ProviderApi {
  const provider = fillIn(declared, token.details, which);
  const headers = fillAll(provider.api.headers, { client_id: client.client_id, ...token.details });
  const { access_token, dpop_key } = token;
  const bound = dpop_key ? { key: dpop_key, access_token } : null;
  return { provider, fetch, headers, bound, stamped: stampOf(provider, client.client_id, token) };
}

export interface ApiAnswer {
  readonly body: unknown;
  readonly headers: Headers;
}

/**
 * Makes one call.
 * @param bytes the most that its answer may have
 * @throws TokenRejected when the provider no longer takes the token; AppError 502 to 504 for every other refusal
 */
export async function callApi(api: ProviderApi, request: ApiRequest, bytes = PAGE_BYTES): Promise<ApiAnswer> {
  const { provider } = api;
  const answer = await sendProved(api.fetch, async () => toRequest(api, request), api.bound, { bytes });
  const body = toJson(answer);
  // What a proof lacks says nothing of the token.
  const isForNonce = api.bound !== null && wantsNonce(answer);
  const verdict = isForNonce ? "unavailable" : judge(provider, answer.status, answer.headers, body);
  switch (verdict) {
    case "token_rejected":
      throw new TokenRejected();
    case "rate_limited":
      throw new AppError(
        "provider_rate_limited",
        `${provider.name} limits how much may be read at once. Try again in a moment.`,
        { headers: retryAfterHeader(retryAfterSeconds(answer.headers) ?? provider.api.rate_limit_wait) },
      );
    case "unavailable":
      throw new AppError("provider_unavailable", `${provider.name} has an error of its own. Try again in a moment.`, {
        headers: retryAfterHeader(retryAfterSeconds(answer.headers)),
      });
    case "refused": {
      const refused = readScopeRefusal(provider, answer.status, answer.headers, body);
      throw refused === null ? new Refused(provider.name) : new LacksScopes(provider.name, refused);
    }
    case "fine":
      if (answer.status === 204) return { body: null, headers: answer.headers };
      if (body === undefined) throw invalidAnswer(provider.name);
      return { body, headers: answer.headers };
  }
}

/** The provider does not take the token; what follows is the connection's business. */
export class TokenRejected extends Error {
  override readonly name = "TokenRejected";
}

/** The provider refused this one request: a scope that was not granted, or a thing this account does not have. */
export class Refused extends AppError {
  constructor(providerName: string) {
    super(
      "request_refused",
      `${providerName} refused this request. Check the scopes of the connection, then connect again.`,
    );
  }
}

/** The provider refused this one request, and says that it takes a scope that was not granted. */
export class LacksScopes extends Refused {
  readonly refused: ScopesRefused;

  constructor(providerName: string, refused: ScopesRefused) {
    super(providerName);
    this.refused = refused;
  }
}

/** An answer that does not read as this provider's should. */
export function invalidAnswer(providerName: string, cause?: unknown): AppError {
  return new AppError(
    "invalid_provider_response",
    `${providerName} gave an answer that could not be read. Try again later.`,
    {
      cause,
    },
  );
}

/** Runs a provider's own reading of an answer: whatever it stumbles over, the answer was not one. */
export function readAnswer<T>(providerName: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalidAnswer(providerName, error);
  }
}

/** The URL of an API path; a whole URL stays as it is declared. */
export function apiUrl(provider: Provider, path: string): URL {
  return new URL(path.startsWith("/") ? provider.api.base_url + provider.api.base_path + path : path);
}

function toRequest(api: ProviderApi, { method = "GET", path, query = {}, body }: ApiRequest): Request {
  const url = apiUrl(api.provider, path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  for (const [name, value] of Object.entries(api.stamped.query)) url.searchParams.set(name, value);
  const headers = new Headers({ Accept: "application/json", ...api.headers });
  for (const [name, value] of Object.entries(api.stamped.headers)) headers.set(name, value);
  if (body) headers.set("Content-Type", "application/json");
  return new Request(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
}

/** What an answer means for the call, whatever its shape. */
export type Verdict = "fine" | "token_rejected" | "rate_limited" | "unavailable" | "refused";

/** Reads the status and, where the API says it there, the body. */
export function judge(provider: Provider, status: number, headers: Headers, body: unknown): Verdict {
  const { errors } = provider.api;
  const code = errors ? at(body, errors.code) : undefined;
  if (errors && (typeof code === "string" || typeof code === "number")) {
    if (errors.token_rejected.includes(code)) return "token_rejected";
    if (errors.rate_limited.includes(code)) return "rate_limited";
    if (errors.unavailable.includes(code)) return "unavailable";
    if (status < 300) return "refused";
  }
  // Meta's word for whatever passes, beside any code.
  if (at(body, "error.is_transient") === true) return "unavailable";
  if (status === 401) return "token_rejected";
  if (status === 429 || saysWhen(status, headers)) return "rate_limited";
  if (status >= 500 || PASSING_STATUSES.has(status)) return "unavailable";
  return status >= 200 && status < 300 ? "fine" : "refused";
}

/** A refusal that says when to come back is about how often, not about what; a limit's counts say so beside a 403 alone. */
const saysWhen = (status: number, headers: Headers): boolean =>
  (status === 403 && headers.get("X-RateLimit-Remaining") === "0") ||
  (status >= 400 && status < 500 && headers.has("Retry-After") && retryAfterSeconds(headers) !== null);
