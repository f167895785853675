import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { hubspotPortal } from "../data/hubspot.ts";
import { holderChoices } from "../data/people.ts";
import { EXACT } from "../oauth/redirect-uris.ts";
import { randomText } from "../random.ts";
import type { Service } from "../service.ts";
import { NO_ROTATION, oneSetOfScopes } from "./bearer.ts";
import { accountRoutes } from "./hubspot-account.ts";
import { associationRoutes } from "./hubspot-associations.ts";
import { crmRoutes } from "./hubspot-crm.ts";
import { fileRoutes } from "./hubspot-files.ts";
import { HUBSPOT_API as API, hubspotErrors } from "./hubspot-http.ts";
import { oauthRoutes, refuseToken, TOKEN_VERSIONS } from "./hubspot-oauth.ts";
import { ownerRoutes } from "./hubspot-owners.ts";
import { propertyRoutes } from "./hubspot-properties.ts";
import { hubspotWords } from "./hubspot-words.ts";

const THIRTY_MINUTES = 1800;
const PER_TEN_SECONDS = 110;

/** HubSpot: client credentials in the body only, `scopes` as an array, no rotation. */
export const hubspot: Service = {
  name: "hubspot",
  title: "HubSpot",
  colour: "#b03a17",
  accounts: holderChoices(["northwind.example (48120301)", "tidepool.example (48121612)", "New portal, no records"]),
  errors: hubspotErrors,
  words: hubspotWords,
  oauth: {
    authorize: ["app.hubspot.com", "app-eu1.hubspot.com"].map((host) => ({ host, path: "/oauth/authorize" })),
    token: [...TOKEN_VERSIONS, "v1"].map((version) => ({ host: API, path: `/oauth/${version}/token` })),
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["body"],
    pkce: "optional",
    minimumState: 1,
    responseType: "optional",
    redirectUris: {
      ...EXACT,
      source: "https://developers.hubspot.com/changelog/2018-03-05-oauth2-redirect-uri-served-over-http-localhost",
    },
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
        token_use: "access_token",
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
    ...oauthRoutes(() => hubspot),
    ...accountRoutes,
    ...ownerRoutes,
    ...crmRoutes,
    ...associationRoutes,
    ...propertyRoutes,
    ...fileRoutes,
  ],
};
