import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { hubspotPortal } from "../data/hubspot.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json } from "../http.ts";
import { clientRequest, liveToken } from "../oauth/revoke.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, open, type OpenContext } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { NO_ROTATION, oneSetOfScopes } from "./bearer.ts";
import { crmRoutes } from "./hubspot-crm.ts";
import { HUBSPOT_API as API, hubspotErrors } from "./hubspot-http.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const THIRTY_MINUTES = 1800;
const PER_TEN_SECONDS = 110;
/** HubSpot: client credentials in the body only, `scopes` as an array, no rotation. */
export const hubspot: Service = {
  name: "hubspot",
  title: "HubSpot",
  colour: "#b03a17",
  accounts: holderChoices(["northwind.example (48120301)", "tidepool.example (48121612)", "New portal, no records"]),
  errors: hubspotErrors,
  words: { token: RFC_WORDS, api: { passing: GATEWAY, dead: [] } },
  oauth: {
    authorize: ["app.hubspot.com", "app-eu1.hubspot.com"].map((host) => ({ host, path: "/oauth/authorize" })),
    token: ["2026-03", "v3"].map((version) => ({ host: API, path: `/oauth/${version}/token` })),
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["body"],
    pkce: "optional",
    minimumState: 1,
    responseType: "optional",
    redirectAtToken: "required",
    codePrefix: "na1-",
    scopes: {
      known: SCOPE_WORDS.hubspot,
      unknown: "page",
      parts: (question) => {
        const { optional_scope: optional = "", scope = "" } = question.params;
        return oneSetOfScopes()({ ...question, params: { scope: `${scope} ${optional}` } });
      },
    },
    lifetimes: () => ({ access: THIRTY_MINUTES, refresh: null }),
    refreshExpiry: "sliding",
    wantsRefresh: () => true,
    rotation: NO_ROTATION,
    newToken: (kind) => (kind === "access" ? `CJ${randomText(90)}` : `na1-${crypto.randomUUID()}`),
    answer: ({ parts: [part], grant, presented }) => {
      const { portalId, userId } = hubspotPortal(grant.account);
      return {
        token_type: "bearer",
        access_token: part.access,
        refresh_token: part.refresh ?? presented,
        expires_in: part.expiresIn,
        hub_id: portalId,
        user_id: userId,
        scopes: part.scopes,
      };
    },
    refuse: refuseToken,
  },
  headers: (_call, used) => ({
    "x-hubspot-ratelimit-max": String(PER_TEN_SECONDS),
    "x-hubspot-ratelimit-remaining": String(PER_TEN_SECONDS - (used % PER_TEN_SECONDS)),
    "x-hubspot-ratelimit-interval-milliseconds": "10000",
  }),
  routes: [
    open("POST", API, "/oauth/2026-03/token/revoke", revoke, "revoke"),
    open("POST", API, "/oauth/2026-03/token/introspect", introspect, "introspect"),
    api("GET", API, "/account-info/v3/details", ["oauth"], details),
    api("GET", API, "/account-info/2026-03/details", ["oauth"], details),
    api("GET", API, "/crm/v3/owners", ["crm.objects.owners.read"], (context) => json({ results: [owner(context)] })),
    api("GET", API, "/crm/v3/owners/:id", ["crm.objects.owners.read"], (context) => {
      const found = owner(context);
      const wanted = context.call.query.get("idProperty") === "userId" ? String(found.userId) : found.id;
      return context.params["id"] === wanted ? json(found) : hubspotErrors.notFound(context.call);
    }),
    ...crmRoutes("contacts"),
    ...crmRoutes("companies"),
  ],
};

function owner({ account }: ApiContext) {
  const { userId, first, last, email } = hubspotPortal(account);
  return {
    id: String(70_000 + account),
    userId,
    email,
    firstName: first,
    lastName: last,
    type: "PERSON",
    archived: false,
  };
}

function details({ account }: ApiContext): Response {
  const { portalId } = hubspotPortal(account);
  return json({
    portalId,
    accountType: "STANDARD",
    timeZone: "Europe/Stockholm",
    companyCurrency: "EUR",
    utcOffset: "+01:00",
    uiDomain: "app.hubspot.com",
    dataHostingLocation: "na1",
  });
}

function revoke(context: OpenContext): Response {
  const asked = clientRequest(hubspot, context);
  if (asked instanceof Response) return asked;
  const token = context.store.token(asked.params["token"] ?? "");
  if (token !== undefined) context.store.revokeToken(token.value);
  return new Response(null, { status: 204 });
}

function introspect(context: OpenContext): Response {
  const asked = clientRequest(hubspot, context);
  if (asked instanceof Response) return asked;
  const token = liveToken(context, asked.params["token"]);
  const grant = token === undefined ? undefined : context.store.grant(token.grantId);
  if (token === undefined || grant === undefined) return json({ active: false });
  const { portalId, domain, userId, email } = hubspotPortal(grant.account);
  const life = token.expiresAt === null ? {} : { expires_in: Math.floor((token.expiresAt - context.call.now) / 1000) };
  return json({
    active: true,
    token_use: token.kind === "access" ? "access_token" : "refresh_token",
    hub_id: portalId,
    hub_domain: domain,
    user_id: userId,
    user: email,
    app_id: 3_141_592,
    client_id: "sandbox-hubspot-client",
    scopes: token.scopes,
    token_type: "bearer",
    ...life,
  });
}

function refuseToken(_call: Call, { code, reason, text }: Refusal): Response {
  const dead = reason.startsWith("refresh") || reason === "revoked";
  const status = code === "invalid_client" ? 401 : 400;
  const words = dead ? { status: "BAD_REFRESH_TOKEN" } : { status: code.toUpperCase() };
  return json(
    { ...words, message: text, error: code === "too_soon" ? "invalid_grant" : code, error_description: text },
    status,
  );
}
