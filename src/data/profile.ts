/** The account behind a connection, read from its provider. */
import type { Account, Profile } from "../api.ts";
import type { Grantee } from "../connections/grant.ts";
import { AppError } from "../errors.ts";
import { isObject } from "../oauth/body.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { introspect } from "../oauth/revocation.ts";
import { TokenRequestRefused } from "../oauth/token-answer.ts";
import { idAtHost } from "../contract/inputs.ts";
import type { ProfileRequest, Provider } from "../contract/provider.ts";
import { toAccount } from "../contract/reading.ts";
import { fillIn } from "../contract/templates.ts";
import {
  RECORD_BYTES,
  Refused,
  TokenRejected,
  apiOf,
  callApi,
  readAnswer,
  type ReadableToken,
} from "./provider-api.ts";

/**
 * Asks the provider who the account is.
 * @throws AppError `not_found` where the provider has no profile; 502 to 504 otherwise; TokenRejected
 */
export async function readProfile(asDeclared: TokenEndpoint, token: ReadableToken): Promise<Profile> {
  const endpoint = { ...asDeclared, provider: fillIn(asDeclared.provider, token.details) };
  const { provider } = endpoint;
  const { profile } = provider;
  if (!profile) {
    throw new AppError(
      "not_found",
      `${provider.name} is configured without a userinfo_endpoint or verify, so it has no profile here.`,
    );
  }
  const found: Record<string, unknown> = { token: token.details };
  const raw: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(profile.requests)) {
    const request = typeof declared === "function" ? readAnswer(provider.name, () => declared(found)) : declared;
    raw[name] = request && (await ask(endpoint, token, request));
    found[name] = raw[name];
  }
  const account = atHost(
    provider,
    token,
    readAnswer(provider.name, () => profile.account.parse(found)),
  );
  const answers = Object.values(raw);
  return { provider: provider.id, account, raw: answers.length === 1 ? answers[0] : raw };
}

/** The account as one of where it is: the same id may be at two hosts that people type. */
function atHost(provider: Provider, { details }: ReadableToken, account: Account | null): Account | null {
  const id = idAtHost(provider, details, account?.id ?? null);
  if (id === null || id === account?.id) return account;
  return account ? { ...account, id } : toAccount({ id });
}

async function ask(endpoint: TokenEndpoint, token: ReadableToken, request: ProfileRequest): Promise<unknown> {
  if (request === "introspection") {
    return describeToken(endpoint, token);
  }
  try {
    return (await callApi(apiOf(endpoint, token), request, RECORD_BYTES)).body;
  } catch (error) {
    if (request.optional && isRefusal(error)) return null;
    throw error;
  }
}

/** By the provider, or by the grant of who asks: either is about this one request. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Refused || (error instanceof AppError && error.code === "outside_grant");

async function describeToken(endpoint: TokenEndpoint, token: ReadableToken): Promise<unknown> {
  try {
    const described = await introspect(endpoint, token.access_token);
    if (isObject(described) && described["active"] === false) throw new TokenRejected();
    return described;
  } catch (error) {
    throw error instanceof TokenRequestRefused && error.meaning === "grant_refused" ? new TokenRejected() : error;
  }
}

/** Whose account a new token is for, and what it may do; an API that is down does not undo a consent. */
export async function readGrantee(endpoint: TokenEndpoint, token: ReadableToken): Promise<Grantee> {
  const [account, scopes] = await Promise.all([
    endpoint.provider.profile ? orNull(async () => (await readProfile(endpoint, token)).account) : null,
    readGrantedScopes(endpoint, token),
  ]);
  return { account: account ?? atHost(endpoint.provider, token, null), scopes };
}

/** Asked twice where it has to be: what was granted is told by nothing else, and what nobody knows is not claimed. */
async function readGrantedScopes(endpoint: TokenEndpoint, token: ReadableToken): Promise<string[] | null> {
  const { provider } = endpoint;
  const { granted_scopes } = provider;
  if (!granted_scopes) return null;
  const read = async (): Promise<string[]> => {
    const { body } = await callApi(apiOf(endpoint, token), granted_scopes.request, RECORD_BYTES);
    return readAnswer(provider.name, () => granted_scopes.scopes.parse(body));
  };
  return (await orNull(read)) ?? (await orNull(read)) ?? [];
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
