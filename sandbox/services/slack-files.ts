import * as z from "zod";
import { contentOf, download, putContent } from "../contents.ts";
import type { Message } from "../data/slack.ts";
import { formOf, json, mapped, wholeNumber } from "../http.ts";
import { liveToken } from "../oauth/revoke.ts";
import { randomText } from "../random.ts";
import { open, type OpenContext, type Route } from "../routes.ts";
import { newId } from "./slack-conversations.ts";
import { FILES, shownFile } from "./slack-file.ts";
import { refuse } from "./slack-http.ts";
import { newTime } from "./slack-messages.ts";
import { channelOf, type MethodContext, read, write } from "./slack-method.ts";
import { filesOf, messagesOf, type SlackFile } from "./slack-state.ts";

const ticketSchema = z.object({
  id: z.string(),
  filename: z.string(),
  account: z.number(),
  length: z.number(),
  type: z.string(),
});
const completedSchema = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

/** Files: up in three steps, the second of them to another host. https://docs.slack.dev/messaging/working-with-files */
export const fileRoutes: readonly Route[] = [
  read("files.getUploadURLExternal", ["files:write"], uploadUrl),
  open("POST|PUT", FILES, "/upload/v1/:ticket", receive),
  write("files.completeUploadExternal", ["files:write"], complete),
  read("files.list", ["files:read"], list),
  read("files.info", ["files:read"], (context) => {
    const file = filesOf(context).find(context.args["file"] ?? "");
    if (file === undefined) return refuse("file_not_found");
    return json({ ok: true, file: shownFile(context, file), comments: [], response_metadata: { next_cursor: "" } });
  }),
  write("files.delete", ["files:write"], (context) =>
    filesOf(context).remove(context.args["file"] ?? "") ? json({ ok: true }) : refuse("file_not_found"),
  ),
  open("GET", FILES, "/files-pri/:key/:name", bytesOf),
  open("GET", FILES, "/files-pri/:key/download/:name", bytesOf),
];

function uploadUrl({ args, call, store, account }: MethodContext): Response {
  const { filename, length } = args;
  if (filename === undefined || !/^[1-9]\d*$/.test(length ?? "")) return refuse("invalid_arguments");
  const id = newId("F");
  const ticket = randomText(60);
  store.setValue(`upload:${ticket}`, { id, filename, account, length: Number(length), type: "" });
  store.setValue(`uploaded:${id}`, ticket);
  return json({ ok: true, upload_url: mapped(call, FILES, `/upload/v1/${ticket}`), file_id: id });
}

/** Takes the bytes as they are, or as the part of a form. */
async function receive({ call, store, params }: OpenContext): Promise<Response> {
  const ticket = `upload:${params["ticket"] ?? ""}`;
  const known = ticketSchema.safeParse(store.value(ticket)).data;
  if (known === undefined) return new Response("unknown ticket", { status: 404 });
  const part = [...((await formOf(call)) ?? [])].map(([, value]) => value).find((value) => typeof value !== "string");
  const bytes = part === undefined ? call.bytes : new Uint8Array(await part.arrayBuffer());
  putContent({ store, account: known.account }, known.id, bytes);
  const type = part === undefined ? (call.headers.get("content-type") ?? "") : part.type;
  store.setValue(ticket, { ...known, length: bytes.length, type });
  return new Response(`OK - ${bytes.length}`);
}

function complete(context: MethodContext): Response {
  const { args, store, account, call, self } = context;
  const asked = completedSchema.safeParse(parsed(args["files"])).data;
  if (asked === undefined) return refuse("invalid_arguments");
  const shared = args["channel_id"] ?? args["channels"]?.split(",")[0];
  const channel = shared === undefined ? undefined : channelOf(context, undefined, shared);
  if (channel instanceof Response) return channel;
  const made: SlackFile[] = [];
  for (const { id, title } of asked) {
    const known = ticketSchema.safeParse(store.value(`upload:${String(store.value(`uploaded:${id}`))}`)).data;
    if (known === undefined || known.account !== account) return refuse("file_not_found");
    const { filename, length, type } = known;
    const created = Math.floor(call.now / 1000);
    const channels = channel === undefined ? [] : [channel.id];
    const mimetype = type === "" || type.startsWith("application/x-www-form") ? "application/octet-stream" : type;
    made.push({ id, name: filename, title: title ?? filename, mimetype, size: length, created, user: self, channels });
  }
  for (const file of made) filesOf(context).put(file);
  if (channel !== undefined) {
    const message: Message = {
      ts: newTime(call.now),
      user: self,
      text: args["initial_comment"] ?? "",
      thread_ts: args["thread_ts"] ?? null,
      edited: null,
      blocks: null,
      reactions: [],
      files: made.map(({ id }) => id),
      byApp: true,
    };
    messagesOf(context, channel.id).put(message);
  }
  return json({ ok: true, files: made.map((file) => shownFile(context, file)) });
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Paged by number, the newest first. */
function list(context: MethodContext): Response {
  const { args } = context;
  const { user, channel } = args;
  const found = filesOf(context)
    .newestFirst()
    .filter(
      (file) =>
        (user === undefined || file.user === user) && (channel === undefined || file.channels.includes(channel)),
    );
  const count = wholeNumber(args["count"], 100, 1, 1000);
  const page = wholeNumber(args["page"], 1, 1, 100_000);
  const files = found.slice((page - 1) * count, page * count).map((file) => shownFile(context, file));
  return json({
    ok: true,
    files,
    paging: { count, total: found.length, page, pages: Math.ceil(found.length / count) },
  });
}

/** Whoever comes without a token that may read files gets the page on which people sign in, and 200 with it. */
function bytesOf(context: OpenContext): Response {
  const { call, store, params } = context;
  const token = liveToken(context, /^Bearer +(\S+)$/i.exec(call.headers.get("authorization") ?? "")?.[1]);
  const account = token === undefined ? undefined : store.grant(token.grantId)?.account;
  if (token === undefined || account === undefined || !token.scopes.includes("files:read")) {
    return new Response("<!DOCTYPE html><title>Sign in</title><p>Sign in to your workspace</p>", {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  }
  const id = (params["key"] ?? "").split("-")[1] ?? "";
  const file = filesOf({ store, account }).find(id);
  const bytes = file === undefined ? undefined : contentOf({ store, account }, id);
  if (file === undefined || bytes === undefined) return new Response("", { status: 404 });
  return download(call, bytes, { "content-type": file.mimetype });
}
