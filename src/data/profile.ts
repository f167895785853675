/** The account behind a connection, read from its provider. */
import type { Account, Profile } from "../api.ts";
import { AppError } from "../errors.ts";
import { isObject, type TokenEndpoint } from "../oauth/client.ts";
import { introspect } from "../oauth/revocation.ts";
import type { ProfileRequest } from "../providers/provider.ts";
import { Refused, TokenRejected, callApi, readAnswer } from "./provider-api.ts";

/** The part of a token set that reading needs. */
export interface ReadableToken {
  readonly access_token: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/**
 * Asks the provider who the account is.
 * @throws AppError `not_found` where the provider has no profile; 502 to 504 otherwise; TokenRejected
 */
export async function readProfile(endpoint: TokenEndpoint, token: ReadableToken): Promise<Profile> {
  const { provider } = endpoint;
  const { profile } = provider;
  if (!profile) {
    throw new AppError(
      "not_found",
      `${provider.name} is configured without a userinfo_endpoint, so it has no profile here.`,
    );
  }
  const found: Record<string, unknown> = { token: token.details };
  const raw: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(profile.requests)) {
    const request = typeof declared === "function" ? readAnswer(provider.name, () => declared(found)) : declared;
    raw[name] = request && (await ask(endpoint, token, request));
    found[name] = raw[name];
  }
  const account = readAnswer(provider.name, () => profile.account.parse(found));
  const answers = Object.values(raw);
  return { provider: provider.id, account, raw: answers.length === 1 ? answers[0] : raw };
}

async function ask(endpoint: TokenEndpoint, token: ReadableToken, request: ProfileRequest): Promise<unknown> {
  if (request === "introspection") {
    const described = await introspect(endpoint, token.access_token);
    if (isObject(described) && described["active"] === false) throw new TokenRejected();
    return described;
  }
  const { provider, fetch } = endpoint;
  try {
    return (await callApi({ provider, fetch, access_token: token.access_token }, request)).body;
  } catch (error) {
    if (request.optional && error instanceof Refused) return null;
    throw error;
  }
}

/** The account for the moment of connecting: a provider whose API is down right now does not undo its consent. */
export async function readAccount(endpoint: TokenEndpoint, token: ReadableToken): Promise<Account | null> {
  try {
    return endpoint.provider.profile ? (await readProfile(endpoint, token)).account : null;
  } catch {
    return null;
  }
}
