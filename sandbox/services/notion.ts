import { notionWorkspace } from "../data/notion.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json, mapped, png } from "../http.ts";
import { clientRequest, liveToken } from "../oauth/revoke.ts";
import { picture } from "../png.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, open, type OpenContext } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { noScopes, prefixed } from "./bearer.ts";
import { failure, NOTION_API as API, notionErrors } from "./notion-http.ts";
import { pageRoutes } from "./notion-pages.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const PICTURES = "s3-us-west-2.amazonaws.com";
const VERSIONS = ["2022-06-28", "2025-09-03", "2026-03-11"];

/** Notion: JSON token requests with Basic, a version header everywhere, no scopes, no expires_in. */
export const notion: Service = {
  name: "notion",
  title: "Notion",
  colour: "#37352f",
  accounts: holderChoices(["Northwind Labs", "Tidepool — 潮池", "Łukasz’s Notion, nothing shared"]),
  errors: notionErrors,
  words: { token: RFC_WORDS, api: { passing: GATEWAY, dead: [] } },
  oauth: {
    authorize: [{ host: API, path: "/v1/oauth/authorize" }],
    token: [{ host: API, path: "/v1/oauth/token" }],
    tokenMethods: ["POST"],
    tokenBody: "json",
    clientAuth: ["basic"],
    pkce: "ignored",
    minimumState: 1,
    responseType: "required",
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
    if (VERSIONS.includes(version)) return undefined;
    return failure(400, "validation_error", "The Notion-Version header names no known version.");
  },
  headers: () => ({ "x-notion-request-id": crypto.randomUUID() }),
  routes: [
    open("POST", API, "/v1/oauth/revoke", revoke, "revoke"),
    open("POST", API, "/v1/oauth/introspect", introspect, "introspect"),
    open("GET", PICTURES, "/public.notion-static.com/:id", ({ params }) => png(picture(params["id"] ?? ""))),
    api("GET", API, "/v1/users/me", [], me),
    ...pageRoutes,
  ],
};

function person(call: Call, account: number): object {
  const { userId, name, email, hasAvatar } = notionWorkspace(account);
  const avatar = hasAvatar ? mapped(call, PICTURES, `/public.notion-static.com/${userId}.png`) : null;
  return { object: "user", id: userId, name, avatar_url: avatar, type: "person", person: { email } };
}

function me({ call, account }: ApiContext): Response {
  const { botId, workspaceName, workspaceId } = notionWorkspace(account);
  const bot = {
    owner: { type: "user", user: person(call, account) },
    workspace_id: workspaceId,
    workspace_name: workspaceName,
    workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 },
  };
  const id = crypto.randomUUID();
  return json({ object: "user", id: botId, name: "Latchkey", avatar_url: null, type: "bot", bot, request_id: id });
}

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
