import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

/** Graph versions live about two years; this one until July 2028. */
const GRAPH = "v25.0";

const Me = z.object({
  id: z.string(),
  name: z.nullish(z.string()),
  email: z.nullish(z.string()),
  picture: z.nullish(z.object({ data: z.object({ url: z.string(), is_silhouette: z.nullish(z.boolean()) }) })),
});

const Page = z.object({ id: z.string(), name: z.string(), link: z.nullish(z.string()) });

/**
 * https://developers.facebook.com/docs/graph-api/guides/error-handling and
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting: 341 and 368 block for a while, 80000 to 80014 are
 * the limits of business use cases. 1 and 2 are downtime.
 */
const RATE_LIMITED = [4, 17, 32, 341, 368, 613, ...Array.from({ length: 15 }, (_, index) => 80_000 + index)];
const UNAVAILABLE = [1, 2];
const TOKEN_REJECTED = [102, 190];
/** 10, and "200-299 API Permission (Multiple values depending on permission)". */
const PERMISSION_DENIED = [10, ...Array.from({ length: 100 }, (_, index) => 200 + index)];

export const facebook = defineProvider({
  id: "facebook",
  name: "Facebook",
  category: "Social",
  docs: "https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow",
  authorization_endpoint: `https://www.facebook.com/${GRAPH}/dialog/oauth`,
  token_endpoint: `https://graph.facebook.com/${GRAPH}/oauth/access_token`,
  token_endpoint_auth_method: "client_secret_post",
  // https://www.facebook.com/help/170585223002660
  grants_page: "https://www.facebook.com/settings?tab=applications",
  revocation: {
    endpoint: `https://graph.facebook.com/${GRAPH}/me/permissions`,
    method: "DELETE",
    authentication: "token",
    body: null,
    ends: "grant",
  },
  // Documented for Facebook's OpenID flow only.
  pkce: false,
  scopes: ["public_profile", "email", "pages_show_list"],
  scope_separator: ",",
  // Without it the dialog does not ask again for what was declined once:
  // https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke
  authorization_parameters: { auth_type: "rerequest" },
  // There is no refresh token. Exchanging a living token for a younger one is worth trying in its last days.
  refresh: { grant: "exchange", margin: 10 * 86_400, default_lifetime: 60 * 86_400 },
  long_lived_exchange: { grant_type: "fb_exchange_token", parameter: "fb_exchange_token" },
  // Errors are `{error: {message, type, code, error_subcode}}`. Code 1 says both that Facebook is down and that the secret is
  // wrong; 101 is an app that is unknown or disabled, 100 with these a code that is spent, over or for another address.
  token_refusals: [
    { codes: TOKEN_REJECTED, means: "grant_refused" },
    { codes: [100], subcodes: [36_007, 36_008, 36_009], means: "grant_refused" },
    { codes: [100], says: "verification code", means: "grant_refused" },
    { codes: [1], says: "secret", means: "client_refused" },
    { codes: [101], means: "client_refused" },
    { codes: RATE_LIMITED, means: "rate_limited" },
    { codes: UNAVAILABLE, means: "unavailable" },
    { codes: [100], means: "request_refused" },
  ],
  // The token answer does not say what was declined, and people may decline all but the public profile:
  // https://developers.facebook.com/docs/facebook-login/guides/permissions#optionalconfirmation
  granted_scopes: {
    request: { path: `/${GRAPH}/me/permissions` },
    scopes: z.pipe(
      z.object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) }),
      z.transform(({ data }) => data.filter(({ status }) => status === "granted").map(({ permission }) => permission)),
    ),
  },
  api_base_url: "https://graph.facebook.com",
  api: {
    hosts: { "graph-video.facebook.com": "https://graph-video.facebook.com" },
    denied: ["^/(?:v[0-9.]+/)?oauth/", "^/(?:v[0-9.]+/)?debug_token", "^/(?:v[0-9.]+/)?[^/]+/permissions"],
    // https://developers.facebook.com/docs/graph-api/batch-requests: also at a version's root. Any call may say another method.
    calls: { batches: ["/", "/v*.*"], overrides: ["batch", "method"] },
    // Pages have tokens of their own, and their callers bring them.
    credential: { parameter: "access_token", in_form: true, passes_foreign: true },
    link_fields: ["next", "previous"],
    token_in_links: true,
    appsecret_proof: true,
    toProblem: ({ status, message }) => ({
      status,
      body: { error: { message, type: "OAuthException", code: status === 401 ? 190 : 1 } },
    }),
    // https://developers.facebook.com/docs/graph-api/guides/error-handling: "either not granted or has been removed".
    scope_refusal: { statuses: [400, 403], code: ["error.code"], codes: PERMISSION_DENIED },
    errors: {
      code: "error.code",
      in_success: true,
      token_rejected: TOKEN_REJECTED,
      rate_limited: RATE_LIMITED,
      unavailable: UNAVAILABLE,
    },
  },
  profile: {
    requests: {
      user: { path: `/${GRAPH}/me`, query: { fields: "id,name,email,picture.width(200){url,is_silhouette}" } },
    },
    account: z.pipe(
      z.object({ user: Me }),
      z.transform(({ user }) =>
        toAccount({
          id: user.id,
          name: user.name,
          email: user.email,
          avatar_url: user.picture?.data.is_silhouette ? null : user.picture?.data.url,
        }),
      ),
    ),
  },
  resources: [
    {
      // Named fields: by default each page comes with a token of its own.
      request: { path: `/${GRAPH}/me/accounts`, query: { fields: "id,name,category,link" } },
      scope: "pages_show_list",
      paging: { style: "cursor", limit: "limit", cursor: "after", max: 100 },
      page: z.pipe(
        z.object({
          data: z.array(Page),
          // `cursors.after` stands on the last page too; only `next` says that there is another.
          paging: z.nullish(
            z.object({ cursors: z.nullish(z.object({ after: z.string() })), next: z.nullish(z.string()) }),
          ),
        }),
        z.transform(({ data, paging }) => ({
          items: data.map(({ id, name, link }) => toItem({ id, type: "page", name, url: link ?? null })),
          next: paging?.next ? (paging.cursors?.after ?? null) : null,
        })),
      ),
      item_url: "https://www.facebook.com/{id}",
    },
  ],
});
