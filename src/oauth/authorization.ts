/** The way to the provider and back: state, PKCE, the authorization URL, and the checks of the callback. */
import { CodeChallengeMethod, OAuth2Client, generateCodeVerifier, generateState } from "arctic";
import * as oauth from "oauth4webapi";
import * as z from "zod/mini";
import { open, seal, type KeyRing } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { Provider } from "../contract/provider.ts";
import { fillAll, type Values } from "../contract/templates.ts";
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
 * @param integration left out where it comes from our own page, which knows none
 * @throws AppError `invalid_state`, `callback_mismatch` or `state_expired`
 */
export async function openState(ring: KeyRing, state: string, integration?: string): Promise<StateClaims> {
  const claims = await readState(ring, state);
  if (!claims) {
    throw new AppError(
      "invalid_state",
      "This sign-in was not started here, or its link is damaged. Start again from the page.",
    );
  }
  if (integration !== undefined && claims.integration !== integration) {
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

/**
 * The authorization request (RFC 6749 4.1.1) as a URL at the provider.
 * @param values what was typed before, where the provider asks for something
 */
export function authorizationUrl(
  provider: Provider,
  client_id: string,
  redirect_uri: string,
  state: string,
  code_verifier: string | null,
  values: Values = {},
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
  // Optional in this flow (OpenID Connect Core 3.1.2.1), and there are servers that refuse to go without (Glewlwyd). It is
  // only ever in the ID token, which is not used.
  if (provider.scopes.includes("openid")) url.searchParams.set("nonce", generateState());
  const more = fillAll(provider.authorization_parameters, { ...values, client_id });
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  const renamed = rename(url.searchParams, provider.parameter_names);
  if (renamed !== url.searchParams) url.search = renamed.toString();
  return url;
}

/** Parameters under the names that a provider has for them; the very same object where it has none of its own. */
export function rename(parameters: URLSearchParams, names: Provider["parameter_names"]): URLSearchParams {
  if (Object.keys(names).length === 0) return parameters;
  return new URLSearchParams(Array.from(parameters, ([name, value]) => [names[name] ?? name, value]));
}

/** What a callback says. */
export interface CallbackParameters {
  readonly state: string;
  /** null: there is none that could be used. */
  readonly code: string | null;
  /** The code of an error (RFC 6749 4.1.2.1), or an empty one where it is told in other words; null where there is none. */
  readonly error: string | null;
  readonly iss: string | null;
}

/** Far above the longest a provider issues. */
const MAX_LENGTH = { state: 2048, code: 4096, error: 256, iss: 2048 } as const;
/** Facebook says what went wrong in these, without `error`: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow */
const OTHER_ERRORS = ["error_code", "error_message", "error_reason", "error_description"];

/**
 * Reads the parameters of an authorization response (RFC 6749 4.1.2); unknown ones are ignored, and empty ones are taken as
 * left out, as 3.1 asks. What is wrong with the rest is said once it is known where the flow started: `checkCallback`.
 * @param code_parameter what the provider calls `code`
 * @throws AppError `invalid_state` without a state
 */
export function readCallback(query: URLSearchParams, code_parameter = "code"): CallbackParameters {
  const read = (name: keyof typeof MAX_LENGTH, called: string = name): string | null => {
    const values = query.getAll(called).filter((value) => value !== "");
    const [value = null] = values;
    return values.length > 1 || (value !== null && value.length > MAX_LENGTH[name]) ? UNUSABLE : value;
  };
  const state = read("state");
  if (state === null || state === UNUSABLE)
    throw new AppError("invalid_state", "This callback has no state, so it was not used. Start again from the page.");
  const error = read("error") ?? (OTHER_ERRORS.some((name) => (query.get(name) ?? "") !== "") ? "" : null);
  return { state, code: read("code", code_parameter), error, iss: read("iss") };
}

/** Stands for a parameter that is there twice, or longer than any. No provider sends a blank alone. */
const UNUSABLE = " ";

/**
 * Checks who answered (RFC 9207) and what; returns the parameters as `exchangeCode` takes them.
 * @throws AppError `issuer_mismatch`; `access_denied` where the person declined; `provider_unavailable` where the provider has
 * trouble of its own; `authorization_failed` for every other error; `invalid_callback` where there is no code to be used
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
  const { code, error } = callback;
  // Where a code came along, an error that is told in other words than RFC 6749's is none.
  if (error !== null && !(code !== null && error === "")) throw authorizationError(error);
  if (code === null || code === UNUSABLE) {
    throw new AppError(
      "invalid_callback",
      "The provider came back without a code that can be used, so nothing was connected. Start again from the page.",
    );
  }
  const parameters = new URLSearchParams({ state: callback.state, code });
  if (iss !== null) parameters.set("iss", iss);
  return oauth.validateAuthResponse(toServer(provider), { client_id }, parameters, callback.state);
}

/** `access_denied` of RFC 6749 4.1.2.1, LinkedIn's `user_cancelled_login` and `user_cancelled_authorize`, and their like. */
const DECLINED = /(?:^|[_.-])(?:denied|declined|cancell?ed)(?:$|[_.-])/i;
const PASSING = ["temporarily_unavailable", "server_error"];

function authorizationError(error: string): AppError {
  if (DECLINED.test(error)) {
    return new AppError(
      "access_denied",
      "Access was declined at the provider. Nothing was connected; start again if you change your mind.",
    );
  }
  if (PASSING.includes(error)) {
    return new AppError("provider_unavailable", "The provider has an error of its own. Start again in a moment.");
  }
  return new AppError(
    "authorization_failed",
    "The provider refused the request. Check the integration's scopes and redirect URI, then start again.",
  );
}
