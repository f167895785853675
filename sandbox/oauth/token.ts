import type { Call } from "../http.ts";
import { readSettings } from "../journal.ts";
import { challengeOf } from "../random.ts";
import type { Answered, Issued, IssuedPart, Part, Refusal, Service } from "../service.ts";
import type { Settings } from "../settings.ts";
import type { Code, Grant, Store, Token } from "../store.ts";
import { authenticate, isRefusal, type Params, readParams, refusal } from "./client-auth.ts";
import { awkwardToken } from "./liberties.ts";

const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

interface Exchange {
  readonly call: Call;
  readonly service: Service;
  readonly store: Store;
  readonly settings: Settings;
  readonly params: Params;
  readonly publicClient: boolean;
}

/** Answers a token request: what goes out, before it is encoded. State changes happen in one synchronous step. */
export async function exchange(call: Call, service: Service, store: Store): Promise<Answered | Refusal> {
  const { oauth } = service;
  const read = readParams(call, service);
  if (isRefusal(read)) return read;
  const { params } = read;
  if (call.headers.has("origin") && service.name === "microsoft") {
    return refusal("invalid_request", "cross_origin", "Only single-page apps may redeem tokens across origins.");
  }
  const client = authenticate(call, service, params);
  if (isRefusal(client)) return client;
  const settings = readSettings(store);
  const context = { call, service, store, settings, params, publicClient: client.publicClient };

  const grantType = params["grant_type"] ?? oauth.defaultGrantType;
  const extra = grantType === undefined ? undefined : oauth.extraGrants?.[grantType];
  if (extra !== undefined) return extra({ call, store, settings }, params);
  const issued = grantType === "authorization_code" ? redeem(context) : renewWith(context, grantType);
  return isRefusal(issued) ? issued : { answer: await oauth.answer(issued) };
}

function renewWith(context: Exchange, grantType: string | undefined): Issued | Refusal {
  if (grantType === "refresh_token") return renew(context);
  return refusal("unsupported_grant_type", "unsupported_grant", "This grant type is not supported.");
}

function redeem(context: Exchange): Issued | Refusal {
  const { call, service, store, settings, params, publicClient } = context;
  const code = store.code(params["code"] ?? "");
  const grant = code === undefined ? undefined : store.grant(code.grantId);
  if (code === undefined || grant === undefined) return denied("code_unknown", "The code is not valid.");
  if (code.used) {
    // RFC 6749 section 4.1.2: a code which turns up twice has leaked, and so may have what it bought.
    store.revokeGrant(grant.id);
    store.markReuse(grant.id);
    return denied("code_used", "The code was used before.");
  }
  const mismatch = codeMismatch(code, service, params, publicClient, call.now);
  if (mismatch !== undefined) return mismatch;
  store.spendCode(code.value);
  if (grant.revoked) return denied("revoked", "The person has taken their consent back.");
  if (publicClient) store.markPublic(grant.id);

  const life = lifetimes(service, settings, code.withRefresh);
  const parts = grant.parts.map((part) => {
    const refresh = code.withRefresh ? addToken(context, grant, part, "refresh", life.refresh) : undefined;
    return issuePart(context, grant, part, life, refresh);
  });
  return issuedOf(call, store, grant, parts);
}

function codeMismatch(
  code: Code,
  service: Service,
  params: Params,
  publicClient: boolean,
  now: number,
): Refusal | undefined {
  if (code.expiresAt <= now) return denied("code_expired", "The code has expired.");
  const uri = params["redirect_uri"];
  const uriIsFine = uri === undefined ? service.oauth.redirectAtToken === "optional" : uri === code.redirectUri;
  if (!uriIsFine) return denied("redirect_mismatch", "The redirect_uri is not that of the authorization request.");
  if (service.oauth.pkce === "ignored") return undefined;
  const verifier = params["code_verifier"];
  if (code.challenge === null) {
    // RFC 9700 section 4.8.2: a verifier without a challenge shows that somebody stripped the challenge.
    return verifier === undefined && !publicClient ? undefined : denied("verifier_mismatch", "PKCE was not begun.");
  }
  if (verifier !== undefined && VERIFIER.test(verifier) && challengeOf(verifier) === code.challenge) return undefined;
  return denied("verifier_mismatch", "The code_verifier is wrong.");
}

function renew(context: Exchange): Issued | Refusal {
  const { call, service, store, settings, params, publicClient } = context;
  const old = store.token(params["refresh_token"] ?? "");
  const grant = old?.kind === "refresh" ? store.grant(old.grantId) : undefined;
  if (old === undefined || grant === undefined) return denied("refresh_unknown", "The refresh token is not valid.");
  if (grant.revoked) return denied("revoked", "The refresh token was revoked.");
  if (publicClient && !grant.publicClient) return refusal("invalid_client", "wrong_auth_method", "A secret is needed.");
  if (settings.too_soon_409 && grant.refreshedAt !== null && call.now - grant.refreshedAt < 1000) {
    return refusal("too_soon", "too_soon", "The token was refreshed a moment ago.");
  }
  const { rotation } = service.oauth;
  const rotates = rotation.when(settings, grant.publicClient);
  if (old.revoked) return rotates ? reused(service, store, grant) : denied("revoked", "The refresh token was revoked.");
  if (old.expiresAt !== null && old.expiresAt <= call.now) {
    return denied("refresh_expired", "The refresh token has expired.");
  }
  const asked = params["scope"]?.split(/[ ,]+/).filter((scope) => scope !== "");
  if (asked?.some((scope) => !old.scopes.includes(scope)) === true) {
    return refusal("invalid_scope", "scope_not_granted", "A scope was asked for which was never granted.");
  }
  const part = { name: old.part, scopes: asked ?? old.scopes };
  if (rotates && rotation.old === "dies") store.revokeToken(old.value);
  if (rotation.killsAccess) store.revokeTokens(grant.id, "access", old.part);
  store.countRefresh(grant.id, call.now);
  const life = lifetimes(service, settings, true);
  const refresh = rotates
    ? addToken(
        context,
        grant,
        { ...part, scopes: old.scopes },
        "refresh",
        refreshLife(service, old, life.refresh, call.now),
      )
    : undefined;
  return { ...issuedOf(call, store, grant, [issuePart(context, grant, part, life, refresh)]), presented: old.value };
}

function reused(service: Service, store: Store, grant: Grant): Refusal {
  store.markReuse(grant.id);
  if (service.oauth.rotation.reuse === "revokes") store.revokeGrant(grant.id);
  return denied("refresh_used", "The refresh token was used before.");
}

function refreshLife(service: Service, old: Token, full: number | null, now: number): number | null {
  if (service.oauth.refreshExpiry === "sliding" || old.expiresAt === null) return full;
  return Math.ceil((old.expiresAt - now) / 1000);
}

const shortened = (life: number | null, longest: number | null): number | null =>
  life === null || longest === null ? life : Math.min(life, longest);

/** How long tokens live; `renewable`: whether a refresh token comes with the access token, or has brought it. */
function lifetimes(
  service: Service,
  settings: Settings,
  renewable: boolean,
): { access: number | null; refresh: number | null } {
  const own = service.oauth.lifetimes(settings);
  const access = renewable ? shortened(own.access, settings.renewable_lifetime) : own.access;
  return {
    access: settings.access_token_lifetime ?? access,
    refresh: settings.refresh_token_lifetime ?? own.refresh,
  };
}

function addToken(
  { call, service, store, settings }: Exchange,
  grant: Grant,
  part: Part,
  kind: "access" | "refresh",
  life: number | null,
): string {
  const value = awkwardToken(service, kind, service.oauth.newToken(kind, part.name, settings));
  const expiresAt = life === null ? null : call.now + life * 1000;
  store.addToken({
    value,
    grantId: grant.id,
    kind,
    part: part.name,
    scopes: part.scopes,
    issuedAt: call.now,
    expiresAt,
  });
  return value;
}

function issuePart(
  context: Exchange,
  grant: Grant,
  part: Part,
  life: { access: number | null; refresh: number | null },
  refresh: string | undefined,
): IssuedPart {
  const issued = {
    ...part,
    access: addToken(context, grant, part, "access", life.access),
    expiresIn: life.access,
    refreshExpiresIn: life.refresh,
  };
  return refresh === undefined ? issued : { ...issued, refresh };
}

function issuedOf(call: Call, store: Store, grant: Grant, parts: readonly IssuedPart[]): Issued {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error("A grant without a part was stored.");
  const nonce = grant.params["nonce"];
  return { call, store, grant, parts: [first, ...others], ...(nonce === undefined ? {} : { nonce }) };
}

function denied(reason: Refusal["reason"], text: string): Refusal {
  return refusal("invalid_grant", reason, text);
}
