import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { holderChoices } from "../data/people.ts";
import { EXACT } from "../oauth/redirect-uris.ts";
import { picture } from "../png.ts";
import { png } from "../http.ts";
import { randomText } from "../random.ts";
import { open } from "../routes.ts";
import type { ExtraGrant, Part, Refusal, Service } from "../service.ts";
import type { Question } from "../store.ts";
import { refusal } from "../oauth/client-auth.ts";
import { awkwardToken } from "../oauth/liberties.ts";
import { NO_ROTATION, split } from "./bearer.ts";
import { facebookErrors, failure, findFacebookToken, GRAPH, proofProblem } from "./facebook-http.ts";
import { graphRoutes, VERSION, versionProblem } from "./facebook-graph.ts";
import { facebookWords } from "./facebook-words.ts";

const TWO_HOURS = 7200;
const SIXTY_DAYS = 5_184_000;

/** https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow */
const DECLINED = {
  error: "access_denied",
  error_code: "200",
  error_description: "Permissions error",
  error_reason: "user_denied",
};
/** The dialog's own errors have no `error`; this one is of an app that is not set up for what it asks. */
const FAILED = { error_code: "1349048", error_message: "Can't load URL: The domain of this URL isn't included." };

/** Facebook: GET or POST token requests, object-shaped errors, long-lived tokens instead of refresh tokens. */
export const facebook: Service = {
  name: "facebook",
  title: "Facebook",
  colour: "#0a5dc2",
  accounts: holderChoices(["ada@northwind.example", "No email address", "lukasz.wojcik@mail.example, no pages"]),
  errors: facebookErrors,
  words: facebookWords,
  oauth: {
    authorize: ["/:version/dialog/oauth", "/dialog/oauth"].map((path) => ({ host: "www.facebook.com", path })),
    token: ["/:version/oauth/access_token", "/oauth/access_token"].map((path) => ({ host: GRAPH, path })),
    tokenMethods: ["GET", "POST"],
    tokenBody: "form",
    clientAuth: ["body"],
    pkce: "ignored",
    minimumState: 1,
    responseType: "optional",
    redirectUris: {
      // Meta takes localhost while an app is in development; strict mode compares letter for letter.
      ...EXACT,
      source: "https://developers.facebook.com/docs/facebook-login/security/#strict_mode",
    },
    redirectAtToken: "required",
    defaultGrantType: "authorization_code",
    codePrefix: "AQ",
    scopes: {
      known: SCOPE_WORDS.facebook,
      unknown: "page",
      // https://developers.facebook.com/docs/facebook-login/guides/permissions
      optional: (asked) => asked.filter((scope) => scope !== "public_profile"),
      // https://developers.facebook.com/docs/facebook-login/guides/permissions/handle-declined
      remembers: (params) => (params["auth_type"] === "rerequest" ? "all" : "unanswered"),
      parts: ({ params }) => [{ name: "main", scopes: ["public_profile", ...split(params["scope"], /[ ,]+/)] }],
    },
    callbackExtras: scopesOf,
    // https://developers.facebook.com/blog/post/552/
    callbackFragment: "#_=_",
    declined: DECLINED,
    failed: FAILED,
    lifetimes: () => ({ access: TWO_HOURS, refresh: null }),
    refreshExpiry: "sliding",
    wantsRefresh: () => false,
    rotation: NO_ROTATION,
    newToken: () => `EAA${randomText(180)}`,
    answer: ({ parts: [part] }) => ({ access_token: part.access, token_type: "bearer", expires_in: part.expiresIn }),
    extraGrants: { fb_exchange_token: longLived },
    refuse: refuseToken,
  },
  findToken: findFacebookToken,
  guard: (call) => versionProblem(call) ?? proofProblem(call),
  canonical: (path) => path.replace(VERSION, "") || "/",
  headers: (call, used) => ({
    "x-app-usage": JSON.stringify({ call_count: Math.min(99, Math.floor(used / 20)), total_cputime: 1, total_time: 2 }),
    "facebook-api-version": /^\/(v\d+\.0)\//.exec(call.path)?.[1] ?? "v25.0",
    "x-fb-trace-id": randomText(11),
  }),
  routes: [
    open("GET", "platform-lookaside.fbsbx.com", "/platform/profilepic/:id", ({ params }) =>
      png(picture(params["id"] ?? "")),
    ),
    ...graphRoutes,
  ],
};

/** With `return_scopes=true` the callback says what became of each scope. */
function scopesOf(granted: readonly Part[], { params, parts }: Question): Record<string, string> {
  if (params["return_scopes"] !== "true") return {};
  const given = granted.flatMap((part) => part.scopes);
  const refused = parts.flatMap((part) => part.scopes).filter((scope) => !given.includes(scope));
  return { granted_scopes: given.join(","), denied_scopes: refused.join(",") };
}

/** A live short token for one of sixty days. A dead one cannot be exchanged. */
function longLived(...[{ call, store, settings }, params]: Parameters<ExtraGrant>): ReturnType<ExtraGrant> {
  const old = store.token(params["fb_exchange_token"] ?? "");
  const grant = old?.kind === "access" ? store.grant(old.grantId) : undefined;
  if (old === undefined || grant === undefined)
    return refusal("invalid_grant", "refresh_unknown", "Invalid OAuth access token.");
  if (grant.revoked || old.revoked) return refusal("invalid_grant", "revoked", "The person has removed the app.");
  if (old.expiresAt !== null && old.expiresAt <= call.now) {
    return refusal("invalid_grant", "refresh_expired", "The session has expired.");
  }
  const life = settings.access_token_lifetime ?? SIXTY_DAYS;
  const value = awkwardToken(facebook, "access", `EAA${randomText(190)}`);
  store.addToken({ ...old, value, issuedAt: call.now, expiresAt: call.now + life * 1000 });
  store.countRefresh(grant.id, call.now);
  return { answer: { access_token: value, token_type: "bearer", expires_in: life } };
}

const CODES: Readonly<Partial<Record<Refusal["reason"], { code: number; subcode?: number }>>> = {
  unknown_client: { code: 101 },
  bad_secret: { code: 1 },
  wrong_auth_method: { code: 1 },
  code_used: { code: 100, subcode: 36009 },
  code_expired: { code: 100, subcode: 36007 },
  redirect_mismatch: { code: 100, subcode: 36008 },
  refresh_unknown: { code: 190 },
  refresh_expired: { code: 190, subcode: 463 },
  revoked: { code: 190, subcode: 458 },
};

function refuseToken(_call: unknown, { reason, text }: Refusal): Response {
  const { code, subcode } = CODES[reason] ?? { code: 100 };
  // What it says to a code that is none: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
  return failure(400, code, reason === "code_unknown" ? "Invalid verification code format." : text, subcode);
}
