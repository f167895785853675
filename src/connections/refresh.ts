/** The network half of a refresh: done by the Worker that holds the lease, judged in our own words. */
import type { TokenEndpoint } from "../oauth/client.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { GrantRefused, refreshTokens } from "../oauth/token-endpoint.ts";
import type { ConnectionFacts, TokenSet } from "./connection.ts";
import { keepAliveAfter, reconnectBy, timesOf } from "./timing.ts";
import type { Failure } from "./vault/connection-row.ts";

/** An answer that fails this soon may be asked for once more, within the time in which providers forgive a reuse. */
const RETRY_WITHIN_MS = 2000;
const RETRY_AFTER_MS = 300;

/** Renews the tokens, with one more try where the first failed at once. @throws AppError */
export async function renewTokens(endpoint: TokenEndpoint, tokens: TokenSet): Promise<TokenSet> {
  const started = performance.now();
  try {
    return sameAccount(tokens, await refreshTokens(endpoint, tokens));
  } catch (error) {
    if (!mayHaveArrived(error) || performance.now() - started > RETRY_WITHIN_MS) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    return sameAccount(tokens, await refreshTokens(endpoint, tokens));
  }
}

/** A grant is for one account; a token of another one must never be handed to this user. */
function sameAccount(before: TokenSet, after: TokenSet): TokenSet {
  for (const [name, value] of Object.entries(after.details)) {
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

/** Whether the provider may have done what it was asked although we did not learn of it. */
function mayHaveArrived(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === "provider_unavailable" ||
      error.code === "provider_timeout" ||
      error.code === "invalid_token_response")
  );
}

/** What the vault is told of a refresh that failed. */
export function toFailure(endpoint: TokenEndpoint, error: AppError, before: Failure | null): Failure {
  const failure = { at: Date.now(), client: clientDigest(endpoint), answer_lost: false, retry_after: null };
  const { name, refresh } = endpoint.provider;
  if (error instanceof AccountChanged) {
    return { ...failure, kind: "definitive", reason: "account_changed", message: error.message };
  }
  if (error instanceof GrantRefused) {
    // A rotating token that was spent by an attempt whose answer was lost reads just like one that was revoked.
    const lost = before?.answer_lost === true && refresh.rotates;
    return lost
      ? {
          ...failure,
          kind: "definitive",
          reason: "answer_lost",
          message: `${name} renewed the token, the answer was lost on its way, and ${name} takes each refresh token once.`,
        }
      : {
          ...failure,
          kind: "definitive",
          reason: "grant_refused",
          message: `${name} answered ${error.oauth_error}: the access was removed or has run out.`,
        };
  }
  const isConfig = error.code === "client_credentials_invalid" || error.code === "token_request_rejected";
  const seconds = Number(error.headers["Retry-After"] ?? Number.NaN);
  return {
    ...failure,
    kind: isConfig ? "config" : "transient",
    reason: error.code,
    message: error.message,
    answer_lost: mayHaveArrived(error),
    retry_after: Number.isFinite(seconds) ? seconds * 1000 : null,
  };
}

/** Tells whether the client's credentials have changed since a failure, and nothing about them. */
export function clientDigest({ client }: TokenEndpoint): string {
  return digest("client", client.client_id, client.client_secret ?? "");
}

/** What may be known of a connection beside its tokens. */
export function toFacts(
  { provider }: TokenEndpoint,
  tokens: TokenSet,
  known: Pick<ConnectionFacts, "account" | "connected_at" | "asked">,
): ConnectionFacts {
  const issued_at = Date.now();
  const refreshable =
    provider.refresh.grant === "exchange" ? tokens.expires_at !== null : tokens.refresh_token !== null;
  const { account, connected_at, asked } = known;
  return {
    account,
    connected_at,
    asked,
    scopes: tokens.scopes,
    issued_at,
    expires_at: tokens.expires_at,
    refreshable,
    times: timesOf(provider.refresh, refreshable, issued_at, tokens.expires_at),
    keep_alive: keepAliveAfter(provider.refresh, refreshable),
    reconnect_by: reconnectBy(provider.refresh, refreshable, known.connected_at, tokens.expires_at),
  };
}
