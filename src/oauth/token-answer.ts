/**
 * Reads what a token endpoint answers (RFC 6749 5.1 and 5.2), as leniently as services write it: any 2xx that brings a token
 * is a success, whatever else is odd about it, because a token that is thrown away may be the only one there is.
 */
import { AppError, type ErrorCode } from "../errors.ts";
import { at, readDetails } from "../contract/reading.ts";
import type { Provider, RefusalMeaning } from "../contract/provider.ts";
import { isObject, toMembers } from "./body.ts";
import { isRefusal, judgeRefusal, type Refusal } from "./refusals.ts";
import { retryAfterHeader } from "./retry-after.ts";
import { RefreshToken, Token, type TokenSet } from "./token-set.ts";
import type { Answer } from "./transport.ts";

/** Longer than any service means: above it `expires_in` is something else, such as a moment since 1970. */
const LONGEST_LIFETIME_SECONDS = 30 * 366 * 86_400;

/** Schemes of the IANA registry of access token types, and drafts before it, that a bearer cannot stand in for. */
const OTHER_SCHEMES = ["dpop", "pop", "mac", "n_a"];

/** What is said of a request that brought no token: the status it was answered with, and what that means. */
export class TokenRequestRefused extends AppError {
  readonly meaning: RefusalMeaning;
  readonly answered: number;

  constructor(answered: number, { meaning, retry_after }: Refusal) {
    const { code, message } = SAID[meaning];
    super(code, message, { headers: retryAfterHeader(retry_after) });
    this.meaning = meaning;
    this.answered = answered;
  }
}

/** A 2xx without a token that can be used: what was asked for may have been done all the same. */
export class NoToken extends AppError {
  constructor(cause?: unknown) {
    super(
      "invalid_token_response",
      "The provider's answer is not a valid token response. Connect again; if it stays, check the integration's settings.",
      { cause },
    );
  }
}

const SAID: Readonly<Record<RefusalMeaning, { readonly code: ErrorCode; readonly message: string }>> = {
  grant_refused: {
    code: "token_request_rejected",
    message: "The provider refused to issue a token for this consent. Connect again.",
  },
  client_refused: {
    code: "client_credentials_invalid",
    message: "The provider does not accept this deployment's client id and secret. The operator has to correct them.",
  },
  rate_limited: {
    code: "provider_rate_limited",
    message: "The provider is limiting how often tokens are asked for. Try again in a moment.",
  },
  unavailable: {
    code: "provider_unavailable",
    message: "The provider has an error of its own. Try again in a moment.",
  },
  request_refused: {
    code: "token_request_rejected",
    message:
      "The provider refused the token request. Check the integration's settings at the provider, then connect again.",
  },
  unknown: {
    code: "token_request_rejected",
    message:
      "The provider refused the token request. Check the integration's settings at the provider, then connect again.",
  },
};

/**
 * The tokens of an answer.
 * @param before what the answer leaves out stays as it was: the refresh token, and the scopes that were asked for
 * @throws TokenRequestRefused or NoToken; nothing of what the provider wrote is in them
 */
export function readTokenAnswer(
  provider: Provider,
  answer: Answer,
  before: { readonly refresh_token: string | null; readonly scopes: readonly string[] },
): TokenSet {
  // Where tokens are nested, those of a broken answer could not be told apart.
  const members = toMembers(answer, provider.token_path === null);
  const nested = provider.token_path === null ? undefined : at(members, provider.token_path);
  const tokens = isObject(nested) && isToken(nested["access_token"]) ? nested : members;
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (!isSuccess || tokens === undefined || !isToken(tokens["access_token"])) {
    throw refusalOf(provider, answer, members);
  }
  const { access_token, refresh_token, expires_in, token_type } = tokens;
  if (typeof token_type === "string" && OTHER_SCHEMES.includes(token_type.trim().toLowerCase())) throw new NoToken();
  const lifetime = toLifetime(expires_in ?? tokens["expires"]) ?? provider.refresh.default_lifetime;
  return {
    access_token: Token.parse(access_token),
    refresh_token: RefreshToken.safeParse(refresh_token).data ?? before.refresh_token,
    expires_at: lifetime === null ? null : Date.now() + lifetime * 1000,
    scopes: toScopes(tokens["scope"] ?? tokens["scopes"]) ?? [...before.scopes],
    details: detailsOf(provider, members ?? {}),
  };
}

const isToken = (value: unknown): value is string => Token.safeParse(value).success;

function refusalOf(
  provider: Provider,
  answer: Answer,
  members: Readonly<Record<string, unknown>> | undefined,
): AppError {
  const { status } = answer;
  const refusal = judgeRefusal(provider, answer);
  // A success without a token and without a word about it is neither: nothing is known of what was done.
  if (status < 300 && refusal.meaning === "unknown" && !isRefusal(members)) return new NoToken();
  return new TokenRequestRefused(status, refusal);
}

/** RFC 6749 3.3, with what services make of it: commas (GitHub), lists (Twitch, HubSpot); null where nothing is said. */
function toScopes(scope: unknown): string[] | null {
  if (Array.isArray(scope)) return scope.filter((one) => typeof one === "string" && one !== "");
  return typeof scope === "string" ? scope.split(/[\s,]+/).filter(Boolean) : null;
}

/** Seconds from now; null where nothing is said that makes sense: then the API will tell. */
function toLifetime(expires_in: unknown): number | null {
  const seconds = typeof expires_in === "string" && expires_in.trim() !== "" ? Number(expires_in) : expires_in;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 1) return null;
  return seconds > LONGEST_LIFETIME_SECONDS ? null : Math.floor(seconds);
}

function detailsOf({ token_details }: Provider, members: Readonly<Record<string, unknown>>): TokenSet["details"] {
  return readDetails(token_details, members);
}
