import { sandboxClient } from "../clients.ts";
import { type FacebookPage, facebookPages, facebookUser } from "../data/facebook.ts";
import { applyMask } from "../fields.ts";
import type { Call } from "../http.ts";
import { answersOf, withdraw } from "../oauth/consent.ts";
import { randomText } from "../random.ts";
import { awkwardToken } from "../oauth/liberties.ts";
import { batch } from "./facebook-batch.ts";
import { noSuchObject, ownPage, pageRoutes, thing } from "./facebook-pages.ts";
import { edge, masked, pictureOf, withId } from "./facebook-shapes.ts";
import { api, type ApiContext, open, type OpenContext, type Route } from "../routes.ts";
import { facebookErrors, failure, findFacebookToken, GRAPH, graphJson } from "./facebook-http.ts";

const DEFAULT_PAGE_FIELDS = "access_token,category,category_list,name,id,tasks";

/** The Graph API, whose paths have a version in front or none. */
export const graphRoutes: readonly Route[] = [
  open("GET", GRAPH, "/debug_token", debugToken, "introspect"),
  api("GET", GRAPH, "/me", [], me),
  api("GET", GRAPH, "/me/accounts", ["pages_show_list"], accounts),
  api("GET", GRAPH, "/me/permissions", [], permissions),
  { ...api("DELETE", GRAPH, "/me/permissions", [], removeApp), endpoint: "revoke" as const },
  api("DELETE", GRAPH, "/me/permissions/:permission", [], removePermission),
  api("GET", GRAPH, "/pages/search", [], () =>
    // The app has not been reviewed for this. https://developers.facebook.com/docs/pages-api/search-pages
    failure(400, 10, "(#10) This endpoint requires the 'Page Public Content Access' feature."),
  ),
  api("GET", GRAPH, "/", [], many),
  ...pageRoutes,
  open("POST", GRAPH, "/", batch),
  api("GET", GRAPH, "/:node", [], node),
];

/** A version in front of a path, which the newest that there is follows no more. */
export const VERSION = /^\/v(\d{1,2})\.(\d)(?=\/|$)/;
const NEWEST = 26;

/** Why a version is none. */
export function versionProblem({ path }: Call): Response | undefined {
  const [, major, minor] = VERSION.exec(path) ?? [];
  if (major === undefined || (Number(major) <= NEWEST && Number(major) > 0 && minor === "0")) return undefined;
  return failure(400, 2500, `Unknown path components: ${path}`);
}

/** Several nodes at once: `?ids=1,2`. One that is not there fails them all. */
async function many(context: ApiContext): Promise<Response> {
  const { call } = context;
  const ids = (call.query.get("ids") ?? "").split(",").filter((id) => id !== "");
  if (ids.length === 0) return failure(400, 100, "(#100) The parameter ids is required");
  const found: [string, unknown][] = [];
  for (const id of ids) {
    const answer = await context.ask({
      ...call,
      path: `/${encodeURIComponent(id)}`,
      query: without(call.query, "ids"),
    });
    if (answer.status !== 200) return answer;
    found.push([id, await answer.json()]);
  }
  return graphJson(Object.fromEntries(found));
}

function without(query: URLSearchParams, name: string): URLSearchParams {
  return new URLSearchParams([...query].filter(([each]) => each !== name));
}

function me(context: ApiContext): Response {
  const { call, account, token } = context;
  if (token.kind === "derived") return node({ ...context, params: { node: ownPage(context) ?? "" } });
  const { id, name, first, last, email, isSilhouette } = facebookUser(account);
  const hasEmail = email !== undefined && token.scopes.includes("email");
  const everything = {
    id,
    name,
    first_name: first,
    last_name: last,
    ...(hasEmail ? { email } : {}),
    picture: pictureOf(call, id, isSilhouette),
  };
  return masked(call, "id,name", (mask) => applyMask(everything, withId(mask)));
}

function accounts(context: ApiContext): Response {
  return edge(context, "pages", facebookPages(context.account), DEFAULT_PAGE_FIELDS, (page) =>
    shownPage(context, page),
  );
}

function shownPage(context: ApiContext, page: FacebookPage): object {
  return {
    access_token: pageToken(context, page.id),
    category: page.category,
    category_list: [{ id: page.categoryId, name: page.category }],
    name: page.name,
    id: page.id,
    tasks: page.tasks,
    link: page.link,
    picture: pictureOf(context.call, page.id, false),
  };
}

/** A page has a token of its own, which lives and dies with the person's consent. */
function pageToken({ store, grant, token, call }: ApiContext, pageId: string): string {
  const name = `page-token:${grant.id}:${pageId}`;
  const known = store.value(name);
  if (typeof known === "string") return known;
  const value = awkwardToken({ name: "facebook" }, "access", `EAA${randomText(140)}`);
  store.addToken({ ...token, value, kind: "derived", issuedAt: call.now, expiresAt: null });
  store.setValue(name, value);
  store.setValue(`page-of:${value}`, pageId);
  return value;
}

/** A page by its id; with the person's token or the page's. */
function node(context: ApiContext): Response {
  const { call, account, params } = context;
  const found = facebookPages(account).find(({ id }) => id === params["node"]);
  if (found !== undefined) return masked(call, "id,name", (mask) => applyMask(shownPage(context, found), withId(mask)));
  const { node: id = "" } = params;
  if (id === facebookUser(account).id) return me(context);
  return thing(context, id) ?? (/^\d+(?:_\d+)?$/.test(id) ? noSuchObject(id) : facebookErrors.notFound(call));
}

/** What was granted to the app, by whichever of its tokens, and what was declined. */
function permissions({ store, account }: ApiContext): Response {
  const { granted, declined } = answersOf(store, account);
  const said = (status: string) => (permission: string) => ({ permission, status });
  return graphJson({ data: [...granted.map(said("granted")), ...declined.map(said("declined"))] });
}

/** https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke */
function removePermission({ store, account, params }: ApiContext): Response {
  const { permission = "" } = params;
  if (!answersOf(store, account).granted.includes(permission)) return failure(400, 100, "(#100) Invalid parameter");
  withdraw(store, account, permission);
  return graphJson({ success: true });
}

function removeApp({ store, account }: ApiContext): Response {
  store.revokeGrants(account);
  return graphJson({ success: true });
}

function debugToken({ call, store }: OpenContext): Response {
  const { client_id, client_secret } = sandboxClient("facebook");
  if (findFacebookToken(call) !== `${client_id}|${client_secret}`) return facebookErrors.unauthorized(call, "unknown");
  const token = store.token(call.query.get("input_token") ?? "");
  const grant = token === undefined ? undefined : store.grant(token.grantId);
  if (token === undefined || grant === undefined) {
    return graphJson({
      data: { is_valid: false, scopes: [], error: { code: 190, message: "Invalid OAuth access token." } },
    });
  }
  const expires = token.expiresAt === null ? 0 : Math.floor(token.expiresAt / 1000);
  const isValid = !grant.revoked && !token.revoked && (token.expiresAt ?? Infinity) > call.now;
  return graphJson({
    data: {
      app_id: client_id,
      type: token.kind === "derived" ? "PAGE" : "USER",
      application: "Latchkey (sandbox)",
      expires_at: expires,
      data_access_expires_at: Math.floor(grant.authorizedAt / 1000) + 90 * 24 * 3600,
      is_valid: isValid,
      issued_at: Math.floor(token.issuedAt / 1000),
      scopes: token.scopes,
      user_id: facebookUser(grant.account).id,
    },
  });
}
