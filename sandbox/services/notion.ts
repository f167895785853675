import { notionWorkspace } from "../data/notion.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json } from "../http.ts";
import { EXACT } from "../oauth/redirect-uris.ts";
import { clientRequest, liveToken } from "../oauth/revoke.ts";
import { randomText } from "../random.ts";
import { open, type OpenContext } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { noScopes, prefixed } from "./bearer.ts";
import { blockRoutes } from "./notion-blocks.ts";
import { commentRoutes } from "./notion-comments.ts";
import { fileRoutes } from "./notion-files.ts";
import { failure, NOTION_API as API, NOTION_VERSIONS, notionErrors } from "./notion-http.ts";
import { pageRoutes } from "./notion-pages.ts";
import { searchRoutes } from "./notion-search.ts";
import { sourceRoutes } from "./notion-sources.ts";
import { person, userRoutes } from "./notion-users.ts";
import { notionWords } from "./notion-words.ts";

/** Notion: JSON token requests with Basic, a version header everywhere, no scopes, no expires_in. */
export const notion: Service = {
  name: "notion",
  title: "Notion",
  colour: "#37352f",
  accounts: holderChoices(["Northwind Labs", "Tidepool — 潮池", "Łukasz’s Notion, nothing shared"]),
  errors: notionErrors,
  words: notionWords,
  oauth: {
    authorize: [{ host: API, path: "/v1/oauth/authorize" }],
    token: [{ host: API, path: "/v1/oauth/token" }],
    tokenMethods: ["POST"],
    tokenBody: "json",
    clientAuth: ["basic"],
    pkce: "ignored",
    minimumState: 1,
    responseType: "required",
    redirectUris: {
      // Nothing is published but that it has to be registered.
      ...EXACT,
      source: "https://developers.notion.com/docs/authorization",
    },
    redirectAtToken: "required",
    codePrefix: "",
    scopes: {
      known: {},
      unscoped: "Read and write the pages shared with it",
      unknown: "ignore",
      parts: noScopes,
    },
    inspect: ({ params }) =>
      params["owner"] === "user" ? undefined : { error: "invalid_request", text: "owner must be user." },
    // Notion publishes no lifetime: a token lives until it is replaced, revoked or expired by hand.
    lifetimes: () => ({ access: null, refresh: null }),
    refreshExpiry: "sliding",
    wantsRefresh: () => true,
    rotation: { when: () => true, old: "dies", killsAccess: true, reuse: "is refused" },
    newToken: prefixed("ntn_", "nrt_", 46),
    answer: ({ call, grant, parts: [part] }) => {
      const { workspaceId, workspaceName, botId } = notionWorkspace(grant.account);
      return {
        access_token: part.access,
        token_type: "bearer",
        refresh_token: part.refresh ?? null,
        bot_id: botId,
        workspace_id: workspaceId,
        workspace_name: workspaceName,
        workspace_icon: null,
        owner: { type: "user", user: person(call, grant.account) },
        duplicated_template_id: null,
        request_id: crypto.randomUUID(),
      };
    },
    refuse: refuseToken,
  },
  guard: (call) => {
    if (call.host !== API) return undefined;
    const version = call.headers.get("notion-version");
    if (version === null) return failure(400, "missing_version", "The Notion-Version header is missing.");
    if (NOTION_VERSIONS.some((known) => known === version)) return undefined;
    return failure(400, "validation_error", "The Notion-Version header names no known version.");
  },
  headers: () => ({ "x-notion-request-id": crypto.randomUUID() }),
  routes: [
    open("POST", API, "/v1/oauth/revoke", revoke, "revoke"),
    open("POST", API, "/v1/oauth/introspect", introspect, "introspect"),
    ...userRoutes,
    ...searchRoutes,
    ...pageRoutes,
    ...sourceRoutes,
    ...blockRoutes,
    ...commentRoutes,
    ...fileRoutes,
  ],
};

function revoke(context: OpenContext): Response {
  const asked = notion.guard?.(context.call) ?? clientRequest(notion, context);
  if (asked instanceof Response) return asked;
  const token = context.store.token(asked.params["token"] ?? "");
  if (token !== undefined) context.store.revokeGrant(token.grantId);
  return json({ request_id: crypto.randomUUID() });
}

function introspect(context: OpenContext): Response {
  const asked = notion.guard?.(context.call) ?? clientRequest(notion, context);
  if (asked instanceof Response) return asked;
  const token = liveToken(context, asked.params["token"]);
  const request_id = crypto.randomUUID();
  return json(
    token === undefined
      ? { active: false, request_id }
      : { active: true, iat: Math.floor(token.issuedAt / 1000), request_id },
  );
}

function refuseToken(_call: Call, { code, text }: Refusal): Response {
  const error = code === "too_soon" ? "invalid_grant" : code;
  const request_id = `${randomText(8)}-${randomText(12)}`;
  const status = code === "invalid_client" ? 401 : code === "too_soon" ? 409 : 400;
  return json({ error, error_description: text, request_id }, status);
}
