import { type Channel, slackChannels, slackUser } from "../data/slack.ts";
import { json, looseParams, mapped, png, wholeNumber } from "../http.ts";
import { authenticate, isRefusal } from "../oauth/client-auth.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { picture } from "../png.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, open, type OpenContext, type Route } from "../routes.ts";
import type { Service } from "../service.ts";
import { pageSize } from "../settings.ts";
import { refuse } from "./slack-http.ts";

const SITE = "slack.com";
const FILES = "files.slack.com";
const PICTURES = "avatars.slack-edge.com";
const CHANNELS = ["channels:read", "groups:read"];

/** Slack's Web API: every method under GET and POST, arguments from query, form or JSON. */
export function slackRoutes(service: () => Service): Route[] {
  const method = (name: string, scopes: readonly string[], handle: (context: ApiContext) => Response) =>
    api("GET|POST", SITE, `/api/${name}`, scopes, handle);
  return [
    open("GET", PICTURES, "/2024/:id", ({ params }) => png(picture(`slack/${params["id"] ?? ""}`))),
    open("POST|PUT", FILES, "/upload/v1/:ticket", receiveFile),
    open("GET|POST", SITE, "/api/api.test", ({ call }) => json({ ok: true, args: looseParams(call) })),
    open("POST|GET", SITE, "/api/apps.uninstall", (context) => uninstall(context, service()), "revoke"),
    { ...method("auth.revoke", [], revoke), endpoint: "revoke" },
    method("auth.test", [], whoAmI),
    method("users.info", ["users:read"], userInfo),
    method("team.info", ["team:read"], ({ account }) => {
      const { teamId, teamName, url } = slackUser(account);
      return json({ ok: true, team: { id: teamId, name: teamName, url, domain: new URL(url).host.split(".")[0] } });
    }),
    method("conversations.list", CHANNELS, listChannels),
    method("chat.postMessage", ["chat:write"], postMessage),
    method("files.getUploadURLExternal", ["files:write"], uploadUrl),
    method("files.completeUploadExternal", ["files:write"], completeUpload),
  ];
}

function whoAmI({ account, token }: ApiContext): Response {
  const { userId, botUserId, teamId, teamName, url, login } = slackUser(account);
  const isBot = token.part === "bot";
  const who = { user: isBot ? "latchkey" : login, user_id: isBot ? botUserId : userId };
  const bot = isBot ? { bot_id: `B${botUserId.slice(1)}` } : {};
  return json({ ok: true, url, team: teamName, ...who, team_id: teamId, ...bot, is_enterprise_install: false });
}

function userInfo({ call, account, token }: ApiContext): Response {
  const { userId, botUserId, teamId, login, name, email, hasImage } = slackUser(account);
  const asked = looseParams(call)["user"];
  if (asked === undefined) return refuse("user_not_found");
  if (asked === botUserId)
    return json({ ok: true, user: { id: botUserId, team_id: teamId, is_bot: true, name: "latchkey" } });
  if (asked !== userId) return refuse("user_not_found");
  const image = (size: number) => mapped(call, PICTURES, `/2024/${userId}_${size}.png`);
  const profile = {
    real_name: name,
    display_name: account === 1 ? "" : login,
    title: "",
    ...(token.scopes.includes("users:read.email") ? { email } : {}),
    ...(hasImage ? { image_48: image(48), image_192: image(192) } : {}),
    team: teamId,
  };
  const flags = { deleted: false, is_admin: account === 0, is_bot: false };
  return json({ ok: true, user: { id: userId, team_id: teamId, name: login, real_name: name, profile, ...flags } });
}

function listChannels({ call, account, token, settings }: ApiContext): Response {
  const asked = looseParams(call);
  const types = (asked["types"] ?? "public_channel").split(",");
  const needed = [
    ...(types.includes("public_channel") ? ["channels:read"] : []),
    ...(types.includes("private_channel") ? ["groups:read"] : []),
  ];
  const missing = needed.find((scope) => !token.scopes.includes(scope));
  if (missing !== undefined) return refuse("missing_scope", { needed: missing, provided: token.scopes.join(",") });
  const start = fromCursor("channels", asked["cursor"]);
  if (start === undefined) return refuse("invalid_cursor");
  const withoutArchived = ["true", "1"].includes(asked["exclude_archived"] ?? "");
  const listed = slackChannels(account).filter((channel) => {
    const fits = types.includes(channel.isPrivate ? "private_channel" : "public_channel");
    return fits && !(withoutArchived && channel.isArchived);
  });
  const page = pageOf(listed, start, pageSize(settings, wholeNumber(asked["limit"], 100, 1, 1000)));
  const cursor = page.next === undefined ? "" : toCursor("channels", page.next);
  const channels = page.items.map((channel) => shown(account, channel));
  return json({ ok: true, channels, response_metadata: { next_cursor: cursor } });
}

function shown(account: number, channel: Channel): object {
  const { userId, teamId } = slackUser(account);
  const note = (value: string) => ({
    value,
    creator: value === "" ? "" : userId,
    last_set: value === "" ? 0 : channel.created,
  });
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate,
    is_im: false,
    is_private: channel.isPrivate,
    is_archived: channel.isArchived,
    is_general: channel.name === "general",
    is_member: true,
    created: channel.created,
    creator: userId,
    context_team_id: teamId,
    topic: note(channel.topic),
    purpose: note(channel.purpose),
    num_members: channel.members,
  };
}

function postMessage({ call, account, store, token }: ApiContext): Response {
  const { channel, text } = looseParams(call);
  if (channel === undefined) return refuse("channel_not_found");
  const found = slackChannels(account).find(({ id, name }) => id === channel || name === channel.replace(/^#/, ""));
  if (found === undefined) return refuse("channel_not_found");
  if (found.isArchived) return refuse("is_archived");
  if (text === undefined || text === "") return refuse("no_text");
  const { userId, botUserId, teamId } = slackUser(account);
  const ts = `${Math.floor(call.now / 1000)}.${String(call.now % 1000).padStart(3, "0")}${randomDigits()}`;
  const user = token.part === "bot" ? botUserId : userId;
  const message = { type: "message", user, text, ts, team: teamId };
  store.addObject(account, `message:${found.id}`, message);
  return json({ ok: true, channel: found.id, ts, message });
}

function randomDigits(): string {
  return String((crypto.getRandomValues(new Uint16Array(1))[0] ?? 0) % 1000).padStart(3, "0");
}

/** Uploads take three steps, the second of them to another host. */
function uploadUrl({ call, store, account }: ApiContext): Response {
  const { filename, length } = looseParams(call);
  if (filename === undefined || !/^[1-9]\d*$/.test(length ?? "")) return refuse("invalid_arguments");
  const id = `F${randomText(10).toUpperCase()}`;
  const ticket = randomText(60);
  store.setValue(`upload:${ticket}`, { id, filename, account });
  return json({ ok: true, upload_url: mapped(call, FILES, `/upload/v1/${ticket}`), file_id: id });
}

function receiveFile({ call, store, params }: OpenContext): Response {
  if (store.value(`upload:${params["ticket"] ?? ""}`) === undefined)
    return new Response("unknown ticket", { status: 404 });
  return new Response(`OK - ${call.bytes.length}`);
}

function completeUpload({ call }: ApiContext): Response {
  try {
    const files: unknown = JSON.parse(looseParams(call)["files"] ?? "");
    return Array.isArray(files) ? json({ ok: true, files }) : refuse("invalid_arguments");
  } catch {
    return refuse("invalid_arguments");
  }
}

function revoke({ call, store, token }: ApiContext): Response {
  if (["true", "1"].includes(looseParams(call)["test"] ?? "")) return json({ ok: true, revoked: false });
  store.revokeToken(token.value);
  store.revokeTokens(token.grantId, "refresh", token.part);
  return json({ ok: true, revoked: true });
}

function uninstall({ call, store }: OpenContext, service: Service): Response {
  const params = looseParams(call);
  const token = store.token(service.findToken?.(call) ?? "");
  if (token === undefined) return refuse("invalid_auth");
  const { client_id = "", client_secret = "" } = params;
  const plain = { ...call, headers: new Headers() };
  if (isRefusal(authenticate(plain, service, { client_id, client_secret }))) return refuse("bad_client_secret");
  const account = store.grant(token.grantId)?.account;
  if (account !== undefined) store.revokeGrants(account);
  return json({ ok: true });
}
