/** The token endpoint of a played service: codes, refresh tokens and long-lived tokens (RFC 6749 4.1.3 and 6, RFC 7636 4.6). */
import { type Call, jsonBody, singleValued } from "../http.ts";
import { readSettings } from "../journal.ts";
import { isRefusal, refusal } from "../oauth/client-auth.ts";
import { challengeOf, randomText } from "../random.ts";
import type { Refusal } from "../service.ts";
import type { Grant, Store, Token } from "../store.ts";
import { authenticated, nameOf } from "./client.ts";
import { detailsOf, type Entry, type Played, put } from "./entry.ts";
import { valuesOf } from "./people.ts";
import { isBound, JKT } from "./proof.ts";
import { readStrictly, type Wanted } from "./strict.ts";
import { captured, filled, filledAll, placeOf, placeWith, type Values } from "./templates.ts";

const HOUR = 3600;
/** Facebook's and Instagram's live about so long. */
const SIXTY_DAYS = 60 * 24 * HOUR;

/** A request at a token endpoint with all that is known of the service. */
interface Asked {
  readonly call: Call;
  readonly played: Played;
  readonly store: Store;
  /** Thumbprint of the key that has proved to be there; null: none is asked for. */
  readonly jkt: string | null;
}

type Answered = { readonly answer: Record<string, unknown> } | Refusal;

/** Whether a call is for one of the addresses at which tokens are given out; some take them back there, by DELETE. */
export const isTokenCall = (entry: Entry, call: Call): boolean =>
  call.method !== "DELETE" &&
  [entry.token_endpoint, entry.refresh?.endpoint, entry.long_lived_exchange?.endpoint].some(
    (address) => address !== undefined && captured(address, call) !== undefined,
  );

/** Answers a token request. Each state change is one synchronous step. */
export function answerToken(asked: Asked): Answered {
  const { call, played } = asked;
  const { entry } = played;
  const given = rawParams(call);
  if (Object.hasOwn(given, nameOf(entry, "refresh_token"))) return renew(asked, given);
  const longLived = entry.long_lived_exchange && given[nameOf(entry, entry.long_lived_exchange.parameter)];
  if (longLived !== undefined) return prolong(asked, longLived);
  if (Object.hasOwn(given, nameOf(entry, "code"))) return redeem(asked, given);
  return refusal("unsupported_grant_type", "unsupported_grant", "This grant type is not supported.");
}

/** To find out what is asked; whether it is asked rightly is another matter. */
function rawParams(call: Call): Record<string, string> {
  const given = call.method === "GET" ? call.query : new URLSearchParams(call.text);
  const texts = Object.entries(jsonBody(call) ?? {}).map(([name, value]) => [name, String(value)]);
  return { ...singleValued(given), ...Object.fromEntries(texts) };
}

/** @throws nothing: what is wrong is refused. */
function read(
  { call, played: { entry } }: Asked,
  address: string,
  values: Values,
  how: { method?: string; anonymous?: boolean; parameters: Readonly<Record<string, string | null>> },
  more: Values = {},
): { readonly params: Values } | Refusal {
  if (placeOf(call) !== placeWith(address, call, values))
    return refusal("invalid_request", "malformed", "This is asked for at another address.");
  const client = authenticated(entry, { anonymous: how.anonymous ?? false });
  const parameters: Record<string, string | null> = { ...client.parameters };
  for (const [name, value] of Object.entries(how.parameters)) parameters[nameOf(entry, name)] = value;
  for (const [name, value] of Object.entries(more)) {
    if (value === "") delete parameters[name];
    else parameters[name] = value;
  }
  const wanted: Wanted = {
    ...client,
    parameters,
    method: how.method ?? "POST",
    format: entry.token_request_format ?? "form",
    headers: filledAll(entry.token_request_headers, values),
  };
  return readStrictly(call, wanted);
}

const denied = (reason: Refusal["reason"], text: string): Refusal => refusal("invalid_grant", reason, text);

function redeem(asked: Asked, given: Values): Answered {
  const { call, played, store } = asked;
  const { entry } = played;
  const code = store.code(given[nameOf(entry, "code")] ?? "");
  const grant = code && store.grant(code.grantId);
  const values = valuesOf(played, store, grant, call.now);
  const verifier = entry.pkce === false ? {} : { code_verifier: null };
  const parameters = { grant_type: "authorization_code", code: null, redirect_uri: null, ...verifier };
  const request = read(
    asked,
    entry.token_endpoint ?? "",
    values,
    { parameters },
    filledAll(entry.token_parameters, values),
  );
  if (isRefusal(request)) return request;
  if (code === undefined || grant === undefined) return denied("code_unknown", "The code is not valid.");
  if (code.used) {
    store.revokeGrant(grant.id);
    store.markReuse(grant.id);
    return denied("code_used", "The code was used before.");
  }
  if (code.expiresAt <= call.now) return denied("code_expired", "The code has expired.");
  if (request.params[nameOf(entry, "redirect_uri")] !== code.redirectUri)
    return denied("redirect_mismatch", "The redirect_uri is another one.");
  const proof = request.params[nameOf(entry, "code_verifier")];
  if (code.challenge !== null && challengeOf(proof ?? "") !== code.challenge)
    return denied("verifier_mismatch", "The code_verifier is wrong.");
  if (asked.jkt !== (grant.params[JKT] ?? null)) return denied("verifier_mismatch", "The key is another one.");
  store.spendCode(code.value);
  if (grant.revoked) return denied("revoked", "The person has taken their consent back.");
  return issue(asked, grant, { renewable: code.withRefresh, short: entry.long_lived_exchange !== undefined });
}

function renew(asked: Asked, given: Values): Answered {
  const { call, played, store } = asked;
  const { entry } = played;
  const { refresh = {} } = entry;
  const old = store.token(given[nameOf(entry, "refresh_token")] ?? "");
  const grant = old?.kind === "refresh" ? store.grant(old.grantId) : undefined;
  const living = grant && store.tokens(grant.id).findLast(({ kind }) => kind === "access");
  const values = { ...valuesOf(played, store, grant, call.now), access_token: living?.value ?? "" };
  const more = Object.entries(refresh.parameters ?? {}).map(([name, template]) => [name, filled(template, values)]);
  const how = {
    method: refresh.method ?? "POST",
    anonymous: refresh.client_authentication === "none",
    parameters: { grant_type: "refresh_token", refresh_token: null },
  };
  const request = read(asked, refresh.endpoint ?? entry.token_endpoint ?? "", values, how, Object.fromEntries(more));
  if (isRefusal(request)) return request;
  if (old === undefined || grant === undefined) return denied("refresh_unknown", "The refresh token is not valid.");
  if (asked.jkt !== (grant.params[JKT] ?? null)) return denied("verifier_mismatch", "The key is another one.");
  if (grant.revoked) return denied("revoked", "The refresh token was revoked.");
  if (old.revoked) {
    store.markReuse(grant.id);
    store.revokeGrant(grant.id);
    return denied("refresh_used", "The refresh token was used before.");
  }
  if (old.expiresAt !== null && old.expiresAt <= call.now)
    return denied("refresh_expired", "The refresh token has expired.");
  if (refresh.rotates) store.revokeToken(old.value);
  return issue(asked, grant, { renewable: refresh.rotates === true, short: false });
}

/** A token for a younger one that lives long. */
function prolong(asked: Asked, value: string): Answered {
  const { call, played, store } = asked;
  const { entry } = played;
  const { long_lived_exchange: exchange, refresh = {}, token_endpoint = "" } = entry;
  const old = store.token(value);
  const grant = old && store.grant(old.grantId);
  const values = valuesOf(played, store, grant, call.now);
  const isRenewal = old?.part === "main";
  const isElsewhere = isRenewal && refresh.endpoint !== undefined;
  const type = (isRenewal ? exchange?.renewal_grant_type : undefined) ?? exchange?.grant_type ?? "";
  const how = {
    method: (isElsewhere ? refresh.method : exchange?.method) ?? "POST",
    anonymous: isRenewal && refresh.client_authentication === "none",
    parameters: { grant_type: type, [exchange?.parameter ?? ""]: value },
  };
  const address = isElsewhere ? refresh.endpoint : (exchange?.endpoint ?? token_endpoint);
  const request = read(asked, address ?? token_endpoint, values, how);
  if (isRefusal(request)) return request;
  if (old === undefined || grant === undefined || grant.revoked || (old.expiresAt ?? Infinity) <= call.now)
    return denied("revoked", "The token is not valid.");
  if (!isRenewal) store.revokeToken(value);
  return issue(asked, grant, { renewable: false, short: false });
}

/** Gives out an access token, and a refresh token where one comes along. */
export function issue(
  { call, played, store }: Omit<Asked, "jkt">,
  grant: Grant,
  { renewable, short }: { readonly renewable: boolean; readonly short: boolean },
): { readonly answer: Record<string, unknown> } {
  const { entry } = played;
  const { refresh = {} } = entry;
  const settings = readSettings(store);
  const own = refresh.default_lifetime ?? (entry.long_lived_exchange && !short ? SIXTY_DAYS : HOUR);
  const lifetime = settings.access_token_lifetime ?? Math.min(own, settings.renewable_lifetime ?? own);
  const scopes = grant.parts.flatMap((part) => part.scopes);
  const add = (kind: Token["kind"], value: string, seconds: number | null): string => {
    const expiresAt = seconds === null ? null : call.now + seconds * 1000;
    store.addToken({
      value,
      grantId: grant.id,
      kind,
      part: short ? "bot" : "main",
      scopes,
      issuedAt: call.now,
      expiresAt,
    });
    return value;
  };
  if (store.tokens(grant.id).length > 0) {
    store.countRefresh(grant.id, call.now);
    if (refresh.ends_old_access_token) store.revokeTokens(grant.id, "access", "main");
  }
  const access = add("access", `at_${randomText(40)}`, lifetime);
  const { idle_lifetime = null, absolute_lifetime = null } = refresh;
  const left = absolute_lifetime === null ? null : absolute_lifetime - (call.now - grant.authorizedAt) / 1000;
  const ends = [idle_lifetime, left].filter((seconds) => seconds !== null);
  const refresh_token = renewable
    ? add("refresh", `rt_${randomText(40)}`, ends.length > 0 ? Math.min(...ends) : null)
    : null;
  return { answer: written(played, grant, { access, refresh_token, lifetime, scopes }, call.now) };
}

/** The answer in the service's own words. */
function written(
  played: Played,
  grant: Grant,
  tokens: { access: string; refresh_token: string | null; lifetime: number; scopes: readonly string[] },
  now: number,
): Record<string, unknown> {
  const { token_response: names = {}, token_path, token_details = {}, refresh, ...entry } = played.entry;
  const of: Record<string, unknown> = { token_type: isBound(played.entry) ? "DPoP" : "Bearer" };
  put(of, names.access_token ?? "access_token", tokens.access);
  if (tokens.refresh_token !== null) put(of, names.refresh_token ?? "refresh_token", tokens.refresh_token);
  if (names.expires_at !== undefined) put(of, names.expires_at, new Date(now + tokens.lifetime * 1000).toISOString());
  else if (refresh?.default_lifetime === undefined) put(of, names.expires_in ?? "expires_in", tokens.lifetime);
  const implied = tokens.scopes.flatMap((scope) => entry.scope_implies?.[scope] ?? []);
  const untold = [...implied, ...(entry.untold_scopes ?? [])];
  const told = tokens.scopes.filter((scope) => !untold.includes(scope));
  if (told.length > 0) put(of, names.scope ?? "scope", told.map((scope) => (entry.scope_base ?? "") + scope).join(" "));
  const answer = token_path === undefined ? of : put({ ok: true }, token_path, of);
  const details = detailsOf(played, grant.account);
  for (const [name, detail] of Object.entries(token_details)) {
    put(answer, typeof detail === "string" ? detail : detail.path, details[name]);
  }
  return answer;
}
