import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { airtableUser } from "../data/airtable.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json } from "../http.ts";
import { EXACT } from "../oauth/redirect-uris.ts";
import { clientRequest } from "../oauth/revoke.ts";
import { api, open } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { attachmentRoutes } from "./airtable-attachments.ts";
import { commentRoutes } from "./airtable-comments.ts";
import { AIRTABLE_API as API, airtableErrors } from "./airtable-http.ts";
import { recordRoutes } from "./airtable-records.ts";
import { schemaRoutes } from "./airtable-schema.ts";
import { airtableWords } from "./airtable-words.ts";
import { writeRoutes } from "./airtable-writes.ts";
import { oneSetOfScopes, prefixed } from "./bearer.ts";

const HOUR = 3600;
const SIXTY_DAYS = 60 * 24 * HOUR;
const AUTH = "airtable.com";

/** Airtable: PKCE and Basic required, rotation which ends the old pair at once. */
export const airtable: Service = {
  name: "airtable",
  title: "Airtable",
  colour: "#1f5fc4",
  slashAtEnd: true,
  accounts: holderChoices(["ada@northwind.example", "xiaoyu@tidepool.example", "New account, no bases"]),
  errors: airtableErrors,
  words: airtableWords,
  oauth: {
    authorize: [{ host: AUTH, path: "/oauth2/v1/authorize" }],
    token: [{ host: AUTH, path: "/oauth2/v1/token" }],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["basic"],
    pkce: "required",
    minimumState: 16,
    responseType: "required",
    redirectUris: { ...EXACT, source: "https://airtable.com/developers/web/api/oauth-reference" },
    redirectAtToken: "required",
    codePrefix: "",
    scopes: {
      known: SCOPE_WORDS.airtable,
      unknown: "redirect",
      parts: oneSetOfScopes(),
    },
    lifetimes: () => ({ access: HOUR, refresh: SIXTY_DAYS }),
    refreshExpiry: "sliding",
    wantsRefresh: () => true,
    rotation: { when: () => true, old: "dies", killsAccess: true, reuse: "revokes" },
    newToken: prefixed("oaa", "oar", 60),
    answer: ({ parts: [part] }) => ({
      access_token: part.access,
      refresh_token: part.refresh,
      token_type: "Bearer",
      scope: part.scopes.join(" "),
      expires_in: part.expiresIn,
      refresh_expires_in: part.refreshExpiresIn,
    }),
    refuse: refuseToken,
  },
  routes: [
    open(
      "POST",
      AUTH,
      "/oauth2/v1/revoke",
      (context) => {
        const asked = clientRequest(airtable, context);
        if (asked instanceof Response) return asked;
        const token = context.store.token(asked.params["token"] ?? "");
        if (token !== undefined) context.store.revokeGrant(token.grantId);
        return json({});
      },
      "revoke",
    ),
    api("GET", API, "/v0/meta/whoami", [], ({ account, token }) => {
      const { id, email } = airtableUser(account);
      return json({ id, scopes: token.scopes, ...(token.scopes.includes("user.email:read") ? { email } : {}) });
    }),
    ...schemaRoutes,
    ...attachmentRoutes,
    ...recordRoutes,
    ...writeRoutes,
    ...commentRoutes,
  ],
};

function refuseToken(_call: Call, { code, text }: Refusal): Response {
  if (code === "too_soon") return json({ error: "invalid_request", error_description: text }, 409);
  return json({ error: code, error_description: text }, code === "invalid_client" ? 401 : 400);
}
