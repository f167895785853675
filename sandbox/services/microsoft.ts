import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { microsoftUser } from "../data/microsoft.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json, mapped } from "../http.ts";
import { idToken, keySet } from "../oauth/id-token.ts";
import { EXACT } from "../oauth/redirect-uris.ts";
import { open } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { oneSetOfScopes, prefixed, split } from "./bearer.ts";
import { batchRoutes } from "./microsoft-batch.ts";
import { calendarRoutes } from "./microsoft-calendar.ts";
import { contactsRoutes } from "./microsoft-contacts.ts";
import { driveContentRoutes } from "./microsoft-drive-content.ts";
import { canonicalPath } from "./microsoft-drive-items.ts";
import { driveRoutes } from "./microsoft-drive.ts";
import { graphRoutes } from "./microsoft-graph.ts";
import { microsoftErrors } from "./microsoft-http.ts";
import { mailRoutes } from "./microsoft-mail.ts";
import { API_WORDS, TOKEN_WORDS } from "./microsoft-words.ts";

const LOGIN = "login.microsoftonline.com";
const TENANTS = ["common", "organizations", "consumers"];
const ABOUT_AN_HOUR = 3599;
const NINETY_DAYS = 90 * 24 * 3600;
const SIGN_IN = ["openid", "profile", "email", "offline_access"];

/** Microsoft: refresh tokens only for offline_access, replaced on every use while the old one lives on; an id token. */
export const microsoft: Service = {
  name: "microsoft",
  title: "Microsoft",
  colour: "#0a5ea8",
  accounts: holderChoices([
    "ada@northwind.example, work",
    "xiaoyu@tidepool.example, work, no photo",
    "lukasz.wojcik@mail.example, personal",
  ]),
  errors: microsoftErrors,
  words: { token: TOKEN_WORDS, api: API_WORDS },
  oauth: {
    authorize: TENANTS.map((tenant) => ({ host: LOGIN, path: `/${tenant}/oauth2/v2.0/authorize` })),
    token: TENANTS.map((tenant) => ({ host: LOGIN, path: `/${tenant}/oauth2/v2.0/token` })),
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["body", "basic"],
    pkce: "optional",
    minimumState: 1,
    responseType: "required",
    redirectUris: {
      ...EXACT,
      freePort: { of: "localhost", where: "always" },
      refuses: /[!$'(),;*]/,
      source: "https://learn.microsoft.com/en-us/entra/identity-platform/reply-url",
    },
    redirectAtToken: "required",
    codePrefix: "1.AX",
    scopes: {
      known: SCOPE_WORDS.microsoft,
      unknown: "redirect",
      parts: oneSetOfScopes(),
      // Teams is not there for personal accounts. https://learn.microsoft.com/en-us/answers/questions/43462
      withheld: (account) => (microsoftUser(account).isPersonal ? ["Team.ReadBasic.All"] : []),
    },
    inspect: ({ params }) => {
      if (split(params["scope"], / +/).length === 0) return { error: "invalid_request", text: "scope is required." };
      return params["prompt"] === "none"
        ? { error: "interaction_required", text: "A person has to consent." }
        : undefined;
    },
    callbackExtras: () => ({ session_state: crypto.randomUUID() }),
    lifetimes: () => ({ access: ABOUT_AN_HOUR, refresh: NINETY_DAYS }),
    refreshExpiry: "sliding",
    wantsRefresh: ({ scopes }) => scopes.includes("offline_access"),
    rotation: { when: () => true, old: "stays", killsAccess: false, reuse: "is refused" },
    // Real ones run to a thousand characters and more, which is worth meeting early.
    newToken: (kind, part, settings) => prefixed("EwB", "1.AX", kind === "access" ? 1400 : 1000)(kind, part, settings),
    answer: async (issued) => {
      const [part] = issued.parts;
      return {
        token_type: "Bearer",
        scope: part.scopes.filter((scope) => scope !== "offline_access").join(" "),
        expires_in: part.expiresIn,
        ext_expires_in: part.expiresIn,
        access_token: part.access,
        ...(part.refresh === undefined ? {} : { refresh_token: part.refresh }),
        ...(part.scopes.includes("openid") ? { id_token: await signIn(issued) } : {}),
      };
    },
    refuse: refuseToken,
  },
  canonical: canonicalPath,
  headers: (call) => ({
    "request-id": crypto.randomUUID(),
    "client-request-id": call.headers.get("client-request-id") ?? crypto.randomUUID(),
    "odata-version": "4.0",
  }),
  routes: [
    ...TENANTS.flatMap((tenant) => [
      open("GET", LOGIN, `/${tenant}/v2.0/.well-known/openid-configuration`, ({ call }) =>
        json(metadata(call, tenant)),
      ),
      open("GET", LOGIN, `/${tenant}/discovery/v2.0/keys`, async ({ store }) => json(await keySet(store))),
    ]),
    ...graphRoutes,
    ...driveRoutes,
    ...driveContentRoutes,
    ...mailRoutes,
    ...calendarRoutes,
    ...contactsRoutes,
    ...batchRoutes,
  ],
};

/** The issuer names the person's own tenant, whichever tenant the request went to. */
function signIn(issued: Parameters<Service["oauth"]["answer"]>[0]): Promise<string> {
  const { id, tenant, name, signIn: username, mail } = microsoftUser(issued.grant.account);
  const { scopes } = issued.parts[0];
  return idToken(issued, mapped(issued.call, LOGIN, `/${tenant}/v2.0`), {
    sub: id,
    oid: id,
    tid: tenant,
    ver: "2.0",
    ...(scopes.includes("profile") ? { name, preferred_username: username } : {}),
    ...(scopes.includes("email") && mail !== null ? { email: mail } : {}),
  });
}

function metadata(call: Call, tenant: string): object {
  const at = (path: string) => mapped(call, LOGIN, path);
  return {
    issuer: at("/{tenantid}/v2.0"),
    authorization_endpoint: at(`/${tenant}/oauth2/v2.0/authorize`),
    token_endpoint: at(`/${tenant}/oauth2/v2.0/token`),
    jwks_uri: at(`/${tenant}/discovery/v2.0/keys`),
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: SIGN_IN,
  };
}

const CODES: Readonly<Partial<Record<Refusal["reason"], number>>> = {
  malformed: 900144,
  unknown_client: 700016,
  bad_secret: 7000215,
  wrong_auth_method: 7000218,
  cross_origin: 9002326,
  unsupported_grant: 70003,
  code_unknown: 9002313,
  code_used: 54005,
  code_expired: 70008,
  redirect_mismatch: 50011,
  verifier_mismatch: 501481,
  refresh_unknown: 9002313,
  refresh_expired: 700082,
  revoked: 50173,
  scope_not_granted: 65001,
};

function refuseToken(_call: Call, { code, reason, text }: Refusal): Response {
  const number = CODES[reason] ?? 900144;
  const status = code === "invalid_client" ? 401 : code === "too_soon" ? 409 : 400;
  const ids = { trace_id: crypto.randomUUID(), correlation_id: crypto.randomUUID() };
  const body = {
    error: reason === "scope_not_granted" || code === "too_soon" ? "invalid_grant" : code,
    error_description: `AADSTS${number}: ${text} Trace ID: ${ids.trace_id} Correlation ID: ${ids.correlation_id}`,
    error_codes: [number],
    timestamp: new Date().toISOString().replace("T", " ").replace(/\.\d+/, ""),
    ...ids,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    ...(reason === "scope_not_granted" ? { suberror: "consent_required" } : {}),
  };
  return json(body, status);
}
