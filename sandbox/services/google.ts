import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { googleUser } from "../data/google.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json, looseParams, mapped } from "../http.ts";
import { idToken, keySet } from "../oauth/id-token.ts";
import { open, type OpenContext } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { NO_ROTATION, prefixed, split } from "./bearer.ts";
import { batchRoutes } from "./google-batch.ts";
import { calendarRoutes } from "./google-calendar.ts";
import { driveAboutRoutes } from "./google-drive-about.ts";
import { driveUploadRoutes } from "./google-drive-upload.ts";
import { driveRoutes } from "./google-drive.ts";
import { gmailRoutes } from "./google-gmail.ts";
import { googleErrors } from "./google-http.ts";
import { peopleRoutes } from "./google-people.ts";
import { sheetsRoutes } from "./google-sheets.ts";
import { claims, EMAIL, PROFILE, userinfoRoutes } from "./google-userinfo.ts";
import { API_WORDS, TOKEN_WORDS } from "./google-words.ts";

const ACCOUNTS = "accounts.google.com";
const TOKENS = "oauth2.googleapis.com";
const USERINFO = "openidconnect.googleapis.com";
const HOUR = 3600;

/** The short names of OpenID Connect come back from Google under their long ones. */
const LONG_NAMES: Readonly<Record<string, string>> = { email: EMAIL, profile: PROFILE };

/** Google: refresh tokens only for offline access and first or forced consent; people can untick scopes; an id token. */
export const google: Service = {
  name: "google",
  title: "Google",
  colour: "#1967d2",
  accounts: holderChoices([
    "ada@northwind.example",
    "xiaoyu@tidepool.example",
    "lukasz.wojcik@mail.example, empty Drive",
  ]),
  errors: googleErrors,
  words: { token: TOKEN_WORDS, api: API_WORDS },
  oauth: {
    authorize: [{ host: ACCOUNTS, path: "/o/oauth2/v2/auth" }],
    token: [{ host: TOKENS, path: "/token" }],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["body", "basic"],
    pkce: "optional",
    minimumState: 1,
    responseType: "required",
    redirectUris: {
      plain: ["localhost", "literal"],
      match: "exact",
      // No user, wildcard, fragment or step upwards; an address is a host of this machine alone.
      refuses: /^https?:\/\/(?:[^/]*@|[^/]*\*|(?!127\.0\.0\.1\b)\d+\.\d+\.\d+\.\d+\b)|#|\/(?:\.|%2e){2}(?:\/|$)/i,
      source: "https://developers.google.com/identity/protocols/oauth2/web-server#uri-validation",
    },
    redirectAtToken: "required",
    issuer: { host: ACCOUNTS, path: "" },
    codePrefix: "4/0A",
    scopes: {
      known: SCOPE_WORDS.google,
      unknown: "redirect",
      optional: granular,
      parts: ({ params }) => {
        const scopes = split(params["scope"], / +/).map((scope) => LONG_NAMES[scope] ?? scope);
        return [{ name: "main", scopes }];
      },
    },
    inspect: ({ params }) => {
      if (split(params["scope"], / +/).length === 0) return { error: "invalid_request", text: "scope is required." };
      if (params["prompt"] !== "none") return undefined;
      return { error: "interaction_required", text: "A person has to consent." };
    },
    callbackExtras: ([part]) => ({ scope: part?.scopes.join(" ") ?? "", authuser: "0", prompt: "consent" }),
    lifetimes: () => ({ access: HOUR, refresh: null }),
    refreshExpiry: "sliding",
    wantsRefresh: ({ params, firstConsent }) =>
      params["access_type"] === "offline" && (firstConsent || split(params["prompt"], / +/).includes("consent")),
    rotation: NO_ROTATION,
    newToken: prefixed("ya29.a0", "1//0", 160),
    answer: async (issued) => {
      const [part] = issued.parts;
      return {
        access_token: part.access,
        expires_in: part.expiresIn,
        ...(part.refresh === undefined ? {} : { refresh_token: part.refresh }),
        scope: part.scopes.join(" "),
        token_type: "Bearer",
        ...(part.scopes.includes("openid")
          ? {
              id_token: await idToken(
                issued,
                mapped(issued.call, ACCOUNTS, ""),
                claims(issued.call, issued.grant.account, part.scopes),
              ),
            }
          : {}),
      };
    },
    refuse: refuseToken,
  },
  routes: [
    open("GET", ACCOUNTS, "/.well-known/openid-configuration", ({ call }) => json(metadata(call))),
    open("GET", "www.googleapis.com", "/oauth2/v3/certs", async ({ store }) => json(await keySet(store))),
    open("POST|GET", TOKENS, "/revoke", revoke, "revoke"),
    open("GET|POST", TOKENS, "/tokeninfo", introspect, "introspect"),
    ...userinfoRoutes,
    ...driveRoutes,
    ...driveUploadRoutes,
    ...driveAboutRoutes,
    ...gmailRoutes,
    ...calendarRoutes,
    ...sheetsRoutes,
    ...peopleRoutes,
    ...batchRoutes,
  ],
};

/**
 * Who somebody is cannot be unticked, and neither can a single scope that is asked alone.
 * https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions
 */
function granular(asked: readonly string[]): readonly string[] {
  return asked.length > 1 ? asked.filter((scope) => !["openid", EMAIL, PROFILE].includes(scope)) : [];
}

function metadata(call: Call): object {
  return {
    issuer: mapped(call, ACCOUNTS, ""),
    authorization_endpoint: mapped(call, ACCOUNTS, "/o/oauth2/v2/auth"),
    token_endpoint: mapped(call, TOKENS, "/token"),
    revocation_endpoint: mapped(call, TOKENS, "/revoke"),
    userinfo_endpoint: mapped(call, USERINFO, "/v1/userinfo"),
    jwks_uri: mapped(call, "www.googleapis.com", "/oauth2/v3/certs"),
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid", "email", "profile"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    claims_supported: [
      "aud",
      "email",
      "email_verified",
      "exp",
      "family_name",
      "given_name",
      "iat",
      "iss",
      "name",
      "sub",
    ],
    code_challenge_methods_supported: ["S256"],
    grant_types_supported: ["authorization_code", "refresh_token"],
  };
}

/** No client authentication; either token ends everything the account gave this app. */
function revoke({ call, store }: OpenContext): Response {
  const token = store.token(looseParams(call)["token"] ?? "");
  const grant = token === undefined ? undefined : store.grant(token.grantId);
  if (grant === undefined || grant.revoked) {
    return json({ error: "invalid_token", error_description: "Token expired or revoked" }, 400);
  }
  store.revokeGrants(grant.account);
  return json({});
}

function introspect({ call, store }: OpenContext): Response {
  const token = store.token(looseParams(call)["access_token"] ?? "");
  const grant = token?.kind === "access" ? store.grant(token.grantId) : undefined;
  const left = token?.expiresAt === null ? HOUR : Math.floor(((token?.expiresAt ?? 0) - call.now) / 1000);
  if (token === undefined || grant === undefined || grant.revoked || left <= 0) {
    return json({ error: "invalid_token", error_description: "Invalid Value" }, 400);
  }
  const { sub, email } = googleUser(grant.account);
  return json({ aud: "sandbox-google-client", sub, scope: token.scopes.join(" "), expires_in: String(left), email });
}

function refuseToken(_call: Call, { code, reason, text }: Refusal): Response {
  const error = reason === "redirect_mismatch" ? "redirect_uri_mismatch" : code === "too_soon" ? "invalid_grant" : code;
  const status = code === "invalid_client" ? 401 : code === "too_soon" ? 409 : 400;
  return json({ error, error_description: text }, status);
}
