import { sandboxClient } from "../clients.ts";
import { hubspotPortal } from "../data/hubspot.ts";
import { type Call, json } from "../http.ts";
import { clientRequest, liveToken } from "../oauth/revoke.ts";
import { idOf } from "../data/words.ts";
import { open, type OpenContext, type Route } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import type { Grant, Token } from "../store.ts";
import { HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";

/** The dated paths and `v3` are one; `v1` stands until 16 February 2027: https://developers.hubspot.com/changelog */
export const TOKEN_VERSIONS = ["2026-03", "2026-09", "v3"] as const;
const APP_ID = 3_141_592;

/** Introspection and revocation beside the token endpoint, and what `v1` has for both. */
export function oauthRoutes(service: () => Service): readonly Route[] {
  return [
    ...TOKEN_VERSIONS.flatMap((version) => [
      open("POST", API, `/oauth/${version}/token/revoke`, (context) => revoke(service(), context), "revoke"),
      open(
        "POST",
        API,
        `/oauth/${version}/token/introspect`,
        (context) => introspect(service(), context),
        "introspect",
      ),
    ]),
    open("GET", API, "/oauth/v1/access-tokens/:token", (context) => oldDetails(context, "access"), "introspect"),
    open("GET", API, "/oauth/v1/refresh-tokens/:token", (context) => oldDetails(context, "refresh"), "introspect"),
    open(
      "DELETE",
      API,
      "/oauth/v1/refresh-tokens/:token",
      (context) => {
        const token = liveToken(context, context.params["token"]);
        if (token?.kind !== "refresh") return errors.notFound(context.call);
        context.store.revokeToken(token.value);
        return new Response(null, { status: 204 });
      },
      "revoke",
    ),
  ];
}

/** It ends the one token; the app stays installed, and the access tokens run out. */
function revoke(service: Service, context: OpenContext): Response {
  const asked = clientRequest(service, context);
  if (asked instanceof Response) return asked;
  const token = context.store.token(asked.params["token"] ?? "");
  if (token !== undefined) context.store.revokeToken(token.value);
  return new Response(null, { status: 204 });
}

function introspect(service: Service, context: OpenContext): Response {
  const asked = clientRequest(service, context);
  if (asked instanceof Response) return asked;
  const token = liveToken(context, asked.params["token"]);
  const grant = token === undefined ? undefined : context.store.grant(token.grantId);
  if (token === undefined || grant === undefined) return json({ active: false });
  const isAccess = token.kind === "access";
  return json({
    active: true,
    token_use: isAccess ? "access_token" : "refresh_token",
    ...whose(token, grant),
    client_id: sandboxClient("hubspot").client_id,
    ...(isAccess
      ? { ...lifeOf(token, context.call), is_private_distribution: false, signed_access_token: signed(token, grant) }
      : {}),
  });
}

function whose(token: Token, grant: Grant) {
  const { portalId, domain, userId, email } = hubspotPortal(grant.account);
  return {
    token: token.value,
    token_type: "bearer",
    hub_id: portalId,
    hub_domain: domain,
    user_id: userId,
    user: email,
    app_id: APP_ID,
    scopes: token.scopes,
  };
}

function lifeOf({ expiresAt }: Token, { now }: Call): { expires_in: number } {
  return { expires_in: expiresAt === null ? 0 : Math.floor((expiresAt - now) / 1000) };
}

/** What stands sealed in a real access token, laid open. Lists are packed into texts there. */
function signed(token: Token, grant: Grant): object {
  const { portalId, userId } = hubspotPortal(grant.account);
  const packed = (seed: string) => btoa(idOf(`${grant.id}/${seed}`, 12));
  return {
    appId: APP_ID,
    appInstallId: packed("install"),
    audience: "",
    expiresAt: token.expiresAt ?? 0,
    hubId: portalId,
    hublet: "na1",
    installingUserId: userId,
    isPrivateDistribution: false,
    isServiceAccount: false,
    isUserLevel: false,
    newSignature: packed("new"),
    scopeToScopeGroupPks: packed("groups"),
    scopes: packed("scopes"),
    signature: packed("signature"),
    trialScopeToScopeGroupPks: "",
    trialScopes: "",
    userId,
  };
}

/** `v1` asks for no client: who has the token may read about it. */
function oldDetails(context: OpenContext, kind: "access" | "refresh"): Response {
  const token = liveToken(context, context.params["token"]);
  const grant = token?.kind === kind ? context.store.grant(token.grantId) : undefined;
  if (token === undefined || grant === undefined) return errors.notFound(context.call);
  const more = kind === "access" ? lifeOf(token, context.call) : { client_id: sandboxClient("hubspot").client_id };
  return json({ ...whose(token, grant), ...more });
}

/** HubSpot's own words beside those of RFC 6749. */
export function refuseToken(_call: Call, { code, reason, text }: Refusal): Response {
  const dead = reason.startsWith("refresh") || reason === "revoked";
  return json(
    {
      status: dead ? "BAD_REFRESH_TOKEN" : code.toUpperCase(),
      message: text,
      correlationId: crypto.randomUUID(),
      category: "VALIDATION_ERROR",
      error: code === "too_soon" ? "invalid_grant" : code,
      error_description: text,
    },
    code === "invalid_client" ? 401 : 400,
  );
}
