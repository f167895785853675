/** The network half of a refresh: done by the Worker that holds the lease, judged in our own words. */
import type { TokenEndpoint } from "../oauth/client.ts";
import type { Provider } from "../contract/provider.ts";
import { fillIn } from "../contract/templates.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { askAboutClient } from "../oauth/revocation.ts";
import { NoToken, TokenRequestRefused } from "../oauth/token-answer.ts";
import { refreshTokens } from "../oauth/token-endpoint.ts";
import { BrokenAnswer } from "../oauth/transport.ts";
import type { ConnectionFacts } from "./connection.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { grantRefused } from "./failures.ts";
import { keepAliveAfter, reconnectBy, timesOf } from "./timing.ts";
import type { Failure, StoredConnection } from "./vault/connection-row.ts";

/** An answer that fails this soon may be asked for once more, within the time in which providers forgive a reuse. */
const RETRY_WITHIN_MS = 2000;
const RETRY_AFTER_MS = 300;

/**
 * Renews the tokens, with one more try where the first failed at once without a word from the provider.
 * @throws AppError
 */
export async function renewTokens(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  try {
    return await renewWithOneMoreTry(endpoint, tokens);
  } catch (error) {
    const isUnread = error instanceof TokenRequestRefused && error.meaning === "unknown";
    if (!isUnread) throw error;
    const here = { ...endpoint, provider: fillIn(endpoint.provider, tokens.details) };
    if ((await askAboutClient(here)) !== "refused") throw error;
    // A refusal that nobody can read would be believed of the grant in the end, and it is about the client.
    throw new TokenRequestRefused(error.answered, { meaning: "client_refused", retry_after: null });
  }
}

async function renewWithOneMoreTry(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  const started = performance.now();
  try {
    return sameAccount(tokens, await refreshTokens(endpoint, tokens));
  } catch (error) {
    if (!mayAskAgain(error) || performance.now() - started > RETRY_WITHIN_MS) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    return sameAccount(tokens, await refreshTokens(endpoint, tokens));
  }
}

/** A grant is for one account; a token of another one must never be handed to this user. */
function sameAccount(before: TokenSet, after: TokenSet): TokenSet {
  for (const [name, value] of Object.entries(after.details)) {
    // A team may take another name; what tells accounts apart are ids.
    if (name.endsWith("_name")) continue;
    const known = before.details[name];
    if (known !== undefined && String(known) !== String(value)) throw new AccountChanged();
  }
  return { ...after, details: { ...before.details, ...after.details } };
}

class AccountChanged extends AppError {
  constructor() {
    super("token_request_rejected", "The provider answered with another account's token. Connect the account again.");
  }
}

/**
 * Whether the same refresh token may go out again at once: only where no answer came, or a 5xx that names no time. A provider
 * that has answered 2xx has spent it, and takes a second use for theft (RFC 9700 4.14.2).
 */
function mayAskAgain(error: unknown): boolean {
  if (!(error instanceof AppError) || error.headers["Retry-After"] !== undefined) return false;
  if (error instanceof BrokenAnswer) return error.begun.status >= 500;
  if (error instanceof TokenRequestRefused) return error.answered >= 500;
  return error.code === "provider_unavailable";
}

/** Whether the provider may have done what it was asked although we did not learn of it. */
function mayHaveArrived(error: AppError): boolean {
  if (error instanceof BrokenAnswer) return error.begun.status < 300 || error.begun.status >= 500;
  if (error instanceof TokenRequestRefused) return error.answered >= 500;
  return error instanceof NoToken || error.code === "provider_unavailable" || error.code === "provider_timeout";
}

/** What the vault is told of a refresh that failed. */
export function toFailure(endpoint: TokenEndpoint, error: AppError, before: Failure | null): Failure {
  const { name, refresh } = endpoint.provider;
  const meaning = error instanceof TokenRequestRefused ? error.meaning : null;
  const failure = {
    at: Date.now(),
    client: clientDigest(endpoint),
    answer_lost: mayHaveArrived(error),
    retry_after: null,
    refusals: meaning === "unknown" ? { count: 1, since: Date.now() } : null,
    api_refused: false,
  };
  if (error instanceof AccountChanged) {
    return { ...failure, kind: "definitive", reason: "account_changed", message: error.message };
  }
  if (meaning === "grant_refused") {
    // A rotating token that was spent by an attempt whose answer was lost reads just like one that was revoked.
    const lost = before?.answer_lost === true && refresh.rotates;
    return lost
      ? {
          ...failure,
          kind: "definitive",
          reason: "answer_lost",
          message: `${name} renewed the token, the answer was lost on its way, and ${name} takes each refresh token once.`,
        }
      : { ...failure, kind: "definitive", reason: "grant_refused", message: grantRefused(name) };
  }
  const isConfig = error.code === "client_credentials_invalid" || error.code === "token_request_rejected";
  const seconds = Number(error.headers["Retry-After"] ?? Number.NaN);
  return {
    ...failure,
    kind: isConfig ? "config" : "transient",
    reason: error.code,
    message: error.message,
    retry_after: Number.isFinite(seconds) ? seconds * 1000 : null,
  };
}

/** Tells whether the client's credentials have changed since a failure, and nothing about them. */
export function clientDigest({ client }: TokenEndpoint): string {
  return digest("client", client.client_id, client.client_secret ?? "");
}

/** Tells which client a grant was given to: its refresh tokens are of no use to another (RFC 6749 10.4). */
const clientIdDigest = ({ client }: TokenEndpoint): string => digest("client id", client.client_id);

/** Whether the refresh token of a grant that was replaced renews the new one of the same account as well. */
export function isWorthKeeping(
  endpoint: TokenEndpoint,
  { status, facts: { client } }: Pick<StoredConnection, "status" | "facts">,
  held: TokenSet,
): boolean {
  const isOfClient = client === null || client === clientIdDigest(endpoint);
  const renews = endpoint.provider.refresh.grant === "refresh_token" && held.refresh_token !== null;
  return status === "connected" && isOfClient && renews;
}

function isRenewable({ refresh }: Provider, { expires_at, refresh_token }: TokenSet): boolean {
  switch (refresh.grant) {
    case "refresh_token":
      return refresh_token !== null;
    case "exchange":
      return expires_at !== null;
    case "fields":
      return true;
  }
}

/** What may be known of a connection beside its tokens. */
export function toFacts(
  endpoint: TokenEndpoint,
  tokens: TokenSet,
  known: Pick<ConnectionFacts, "account" | "connected_at" | "asked">,
): ConnectionFacts {
  const { provider } = endpoint;
  const issued_at = Date.now();
  const refreshable = isRenewable(provider, tokens);
  const { account, connected_at, asked } = known;
  return {
    account,
    connected_at,
    asked,
    client: clientIdDigest(endpoint),
    scopes: tokens.scopes,
    issued_at,
    expires_at: tokens.expires_at,
    refreshable,
    times: timesOf(provider.refresh, refreshable, issued_at, tokens.expires_at),
    ...(provider.credentials === "fields" && provider.profile !== null ? { verified: true } : {}),
    keep_alive: keepAliveAfter(provider.refresh, refreshable),
    reconnect_by: reconnectBy(provider.refresh, refreshable, known.connected_at, tokens.expires_at),
  };
}
