/** The way to the provider and back: state, PKCE, the authorization URL, and the checks of the callback. */
import { CodeChallengeMethod, OAuth2Client, generateCodeVerifier, generateState } from "arctic";
import * as oauth from "oauth4webapi";
import * as z from "zod/mini";
import { open, seal, type KeyRing } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import { toServer } from "./client.ts";

/** How long a person may take at the provider. */
export const STATE_TTL_SECONDS = 600;

/**
 * What a state says of itself. It is sealed, so that it cannot be made up or read, and it names the vault that decides
 * about it, so that a callback can be answered where no record has arrived yet.
 */
const StateClaims = z.object({
  nonce: z.string(),
  app: z.string(),
  vault: z.string(),
  integration: z.string(),
  /** Milliseconds since 1970. */
  expires_at: z.number(),
  /** Whether a signed-in user started it; then only that user may finish it. */
  signed_in: z.boolean(),
});
export type StateClaims = z.output<typeof StateClaims>;

const STATE_CONTEXT = { app: "", purpose: "state", record: [] };

/** A new state for these claims: the `state` parameter of RFC 6749 4.1.1, of 256 random bits and more. */
export async function createState(ring: KeyRing, claims: Omit<StateClaims, "nonce" | "expires_at">): Promise<string> {
  const nonce = generateState();
  const expires_at = Date.now() + STATE_TTL_SECONDS * 1000;
  return seal(ring, STATE_CONTEXT, JSON.stringify({ ...claims, nonce, expires_at }));
}

/**
 * Reads a state and holds it against the clock and the integration it came back to.
 * @throws AppError `invalid_state`, `callback_mismatch` or `state_expired`
 */
export async function openState(ring: KeyRing, state: string, integration: string): Promise<StateClaims> {
  const claims = await readState(ring, state);
  if (!claims) {
    throw new AppError(
      "invalid_state",
      "This sign-in was not started here, or its link is damaged. Start again from the page.",
    );
  }
  if (claims.integration !== integration) {
    throw new AppError(
      "callback_mismatch",
      "This answer belongs to another integration, so it was not used. Start again from the page.",
    );
  }
  if (claims.expires_at <= Date.now()) {
    throw new AppError(
      "state_expired",
      "This took longer than ten minutes, so it is no longer valid. Start again from the page.",
    );
  }
  return claims;
}

async function readState(ring: KeyRing, state: string): Promise<StateClaims | undefined> {
  try {
    return StateClaims.parse(JSON.parse(await open(ring, STATE_CONTEXT, state)));
  } catch {
    return undefined;
  }
}

/** A fresh `code_verifier` (RFC 7636 4.1), or null where the provider does not take PKCE. */
export function createCodeVerifier(provider: Provider): string | null {
  return provider.code_challenge_method === "S256" ? generateCodeVerifier() : null;
}

/** The authorization request (RFC 6749 4.1.1) as a URL at the provider. */
export function authorizationUrl(
  provider: Provider,
  client_id: string,
  redirect_uri: string,
  state: string,
  code_verifier: string | null,
): URL {
  const client = new OAuth2Client(client_id, null, redirect_uri);
  const url =
    code_verifier === null
      ? client.createAuthorizationURL(provider.authorization_endpoint, state, [])
      : client.createAuthorizationURLWithPKCE(
          provider.authorization_endpoint,
          state,
          CodeChallengeMethod.S256,
          code_verifier,
          [],
        );
  // arctic joins with spaces in `scope`; some providers differ in both.
  if (provider.scopes.length > 0) {
    url.searchParams.set(provider.scope_parameter, provider.scopes.join(provider.scope_separator));
  }
  for (const [name, value] of Object.entries(provider.authorization_parameters)) url.searchParams.set(name, value);
  return url;
}

/** What a callback may say, once each. */
export interface CallbackParameters {
  readonly state: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly iss: string | null;
}

/** Far above the longest a provider issues. */
const MAX_LENGTH = { state: 2048, code: 4096, error: 256, iss: 2048 } as const;

/**
 * Reads the parameters of an authorization response (RFC 6749 4.1.2); unknown ones are ignored, as it asks.
 * @throws AppError `invalid_state` without a state; `invalid_callback` for duplicate, oversized or contradictory ones
 */
export function readCallback(query: URLSearchParams): CallbackParameters {
  const read = (name: keyof typeof MAX_LENGTH): string | null => {
    const values = query.getAll(name);
    const [value = null] = values;
    if (values.length > 1) throw invalidCallback(`more than one ${name}`);
    if (value !== null && value.length > MAX_LENGTH[name]) throw invalidCallback(`a ${name} that is too long`);
    return value;
  };
  const [state, code, error, iss] = [read("state"), read("code"), read("error"), read("iss")];
  if (!state)
    throw new AppError("invalid_state", "This callback has no state, so it was not used. Start again from the page.");
  if (code !== null && error !== null) throw invalidCallback("both a code and an error");
  if (!code && !error) throw invalidCallback("neither a code nor an error");
  return { state, code, error, iss };
}

function invalidCallback(what: string): AppError {
  return new AppError("invalid_callback", `This callback has ${what}, so it was not used. Start again from the page.`);
}

/**
 * Checks who answered (RFC 9207) and what; returns the parameters as `exchangeCode` takes them.
 * @throws AppError `issuer_mismatch`, `access_denied` when the person declined, `authorization_failed` for every other error
 */
export function checkCallback(provider: Provider, client_id: string, callback: CallbackParameters): URLSearchParams {
  // A provider that has named no issuer cannot be held to one.
  const iss = provider.issuer === null ? null : callback.iss;
  if (iss !== null && iss !== provider.issuer) {
    throw new AppError(
      "issuer_mismatch",
      "This answer comes from another authorization server, so it was not used. Start again from the page.",
    );
  }
  if (callback.error !== null) {
    throw callback.error === "access_denied" || callback.error === "user_cancelled_authorize"
      ? new AppError(
          "access_denied",
          "Access was declined at the provider. Nothing was connected; start again if you change your mind.",
        )
      : new AppError(
          "authorization_failed",
          "The provider refused the request. Check the integration's scopes and redirect URI, then start again.",
        );
  }
  const parameters = new URLSearchParams({ state: callback.state, code: callback.code ?? "" });
  if (iss !== null) parameters.set("iss", iss);
  return oauth.validateAuthResponse(toServer(provider), { client_id }, parameters, callback.state);
}
