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
import { BrokenAnswer, type Answer } from "./transport.ts";

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

/** What stays as it was where an answer does not say it, and what no answer says. */
export interface Before extends Pick<TokenSet, "refresh_token" | "fields" | "dpop_key"> {
  readonly scopes: readonly string[];
}

/**
 * The tokens of an answer.
 * @param before what the answer leaves out stays as it was: the refresh token, and the scopes that were asked for
 * @throws TokenRequestRefused or NoToken; nothing of what the provider wrote is in them
 */
export function readTokenAnswer(provider: Provider, answer: Answer, before: Before): TokenSet {
  const { token_path, token_response: names } = provider;
  // Where tokens are nested, those of a broken answer could not be told apart.
  const members = toMembers(answer, token_path === null);
  const nested = token_path === null ? undefined : at(members, token_path);
  const nameOfToken = names.access_token ?? "access_token";
  const tokens = isObject(nested) && isToken(at(nested, nameOfToken)) ? nested : members;
  const access_token = at(tokens, nameOfToken);
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (!isSuccess || tokens === undefined || !isToken(access_token)) throw refusalOf(provider, answer, members);
  if (!isOfScheme(tokens["token_type"], before.dpop_key !== undefined)) throw new NoToken();
  const refresh_token = at(tokens, names.refresh_token ?? "refresh_token");
  const scope = names.scope === undefined ? (tokens["scope"] ?? tokens["scopes"]) : at(tokens, names.scope);
  return {
    access_token,
    refresh_token: RefreshToken.safeParse(refresh_token).data ?? before.refresh_token,
    expires_at: expiryOf(provider, tokens),
    scopes: toScopes(scope) ?? [...before.scopes],
    details: readDetails(provider.token_details, members ?? {}),
    ...(before.fields && { fields: before.fields }),
    ...(before.dpop_key && { dpop_key: before.dpop_key }),
  };
}

/** RFC 6749 7.1: a client must not use a type that it does not know. What was to be bound to a key and is not, is not used either. */
function isOfScheme(token_type: unknown, isBound: boolean): boolean {
  const scheme = typeof token_type === "string" ? token_type.trim().toLowerCase() : "";
  return isBound ? scheme === "dpop" : !OTHER_SCHEMES.includes(scheme);
}

/** When a token ends, in milliseconds since 1970; null: nobody has said. */
function expiryOf(
  { token_response: names, refresh }: Provider,
  tokens: Readonly<Record<string, unknown>>,
): number | null {
  const date = names.expires_at === undefined ? null : toMoment(at(tokens, names.expires_at));
  if (date !== null) return date;
  const said =
    names.expires_in === undefined ? (tokens["expires_in"] ?? tokens["expires"]) : at(tokens, names.expires_in);
  const lifetime = toLifetime(said) ?? refresh.default_lifetime;
  return lifetime === null ? null : Date.now() + lifetime * 1000;
}

/** A date as services write it (ISO 8601, with a zone or in UTC), or seconds or milliseconds since 1970; null for none, or one that is past. */
function toMoment(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const moment =
    typeof number === "number" && Number.isFinite(number)
      ? number * (number < SECONDS_BELOW ? 1000 : 1)
      : typeof value === "string"
        ? Date.parse(/(?:Z|[+-]\d\d:?\d\d|GMT|UTC)$/i.test(value.trim()) ? value : `${value.trim()}Z`)
        : Number.NaN;
  return Number.isFinite(moment) && moment > Date.now() ? Math.floor(moment) : null;
}

/** As seconds since 1970 this is the year 5138; as milliseconds, 1973. */
const SECONDS_BELOW = 100_000_000_000;

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

/** Reads the tokens of an answer that is on its way. @throws AppError like `readTokenAnswer` */
export async function readTokens(provider: Provider, answer: Promise<Answer>, before: Before): Promise<TokenSet> {
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
