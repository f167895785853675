import { sandboxClient } from "../clients.ts";
import { type FacebookPage, facebookPages, facebookUser } from "../data/facebook.ts";
import { applyMask, type FieldMask, parseFields } from "../fields.ts";
import { type Call, looseParams, mapped, wholeNumber } from "../http.ts";
import { answersOf, withdraw } from "../oauth/consent.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, open, type OpenContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { facebookErrors, failure, findFacebookToken, GRAPH, graphJson } from "./facebook-http.ts";

const PICTURES = "platform-lookaside.fbsbx.com";
const DEFAULT_PAGE_FIELDS = "access_token,category,category_list,name,id,tasks";

/** The Graph API, with and without a version in front. */
export const graphRoutes: readonly Route[] = ["/:version", ""].flatMap((prefix) => [
  open("GET", GRAPH, `${prefix}/debug_token`, debugToken, "introspect"),
  api("GET", GRAPH, `${prefix}/me`, [], me),
  api("GET", GRAPH, `${prefix}/me/accounts`, ["pages_show_list"], accounts),
  api("GET", GRAPH, `${prefix}/me/permissions`, [], permissions),
  { ...api("DELETE", GRAPH, `${prefix}/me/permissions`, [], removeApp), endpoint: "revoke" as const },
  api("DELETE", GRAPH, `${prefix}/me/permissions/:permission`, [], removePermission),
  api("GET", GRAPH, `${prefix}/:node`, [], node),
]);

function me({ call, account, token }: ApiContext): Response {
  if (token.kind === "derived") return failure(400, 100, "(#100) This is a page token.");
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

function pictureOf(call: Call, id: string, isSilhouette: boolean): object {
  const url = mapped(call, PICTURES, `/platform/profilepic/${id}`);
  return { data: { height: 200, width: 200, url, is_silhouette: isSilhouette } };
}

/** The id comes along whatever fields are asked for. A picture's fields are inside its `data`. */
function withId(mask: FieldMask): FieldMask {
  const whole = new Map([["id", new Map()], ...mask]);
  const inPicture = mask.get("picture");
  if (inPicture !== undefined) whole.set("picture", new Map([["data", inPicture]]));
  return whole;
}

function masked(call: Call, fallback: string, shape: (mask: FieldMask) => unknown): Response {
  const mask = parseFields(looseParams(call)["fields"] ?? fallback, "{", "}");
  return mask === undefined ? failure(400, 2500, "Syntax error in fields.") : graphJson(shape(mask));
}

function accounts(context: ApiContext): Response {
  const { call, settings } = context;
  const limit = pageSize(settings, wholeNumber(call.query.get("limit"), 25, 1, 100));
  const start = fromCursor("pages", call.query.get("after"));
  if (start === undefined) return failure(400, 100, "(#100) Invalid parameter");
  const page = pageOf(facebookPages(context.account), start, limit);
  const cursors = { before: toCursor("pages", start), after: toCursor("pages", start + page.items.length) };
  const paging = {
    cursors,
    ...(page.next === undefined ? {} : { next: pageUrl(context, limit, page.next) }),
    ...(start === 0 ? {} : { previous: pageUrl(context, limit, Math.max(0, start - limit)) }),
  };
  return masked(call, DEFAULT_PAGE_FIELDS, (mask) => ({
    data: page.items.map((item) => applyMask(shownPage(context, item), withId(mask))),
    ...(page.items.length === 0 ? {} : { paging }),
  }));
}

/** The address of another page, with the caller's own token in it however it was sent. */
function pageUrl({ call }: ApiContext, limit: number, position: number): string {
  const query = new URLSearchParams(call.query);
  query.set("access_token", findFacebookToken(call) ?? "");
  query.set("limit", String(limit));
  query.set("after", toCursor("pages", position));
  return mapped(call, GRAPH, `${call.path}?${query.toString()}`);
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
  const value = `EAA${randomText(140)}`;
  store.addToken({ ...token, value, kind: "derived", issuedAt: call.now, expiresAt: null });
  store.setValue(name, value);
  return value;
}

/** A page by its id; with the person's token or the page's. */
function node(context: ApiContext): Response {
  const { call, account, params } = context;
  const found = facebookPages(account).find(({ id }) => id === params["node"]);
  if (found !== undefined) return masked(call, "id,name", (mask) => applyMask(shownPage(context, found), withId(mask)));
  return params["node"] === facebookUser(account).id ? me(context) : facebookErrors.notFound(call);
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
