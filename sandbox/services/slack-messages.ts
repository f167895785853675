import * as z from "zod";
import { type Channel, type Message, slackUser } from "../data/slack.ts";
import { json } from "../http.ts";
import type { Route } from "../routes.ts";
import { refuse } from "./slack-http.ts";
import { channelOf, isTrue, type MethodContext, ofEvery, paged, read, write } from "./slack-method.ts";
import { newId } from "./slack-conversations.ts";
import { channelsOf, filesOf, messagesOf, scheduledOf } from "./slack-state.ts";
import { shownFile } from "./slack-file.ts";

export const APP_ID = "A0SANDBOX01";
const LONGEST_TEXT = 40_000;
/** https://docs.slack.dev/reference/methods/chat.scheduleMessage: at most 120 days ahead. */
const FURTHEST = 120 * 86_400;

/** What is said in channels, and what is said about it. */
export const messageRoutes: readonly Route[] = [
  read("conversations.history", ofEvery("history"), history),
  read("conversations.replies", ofEvery("history"), replies),
  write("chat.postMessage", ["chat:write"], post),
  write("chat.update", ["chat:write"], update),
  write("chat.delete", ["chat:write"], remove),
  write("chat.scheduleMessage", ["chat:write"], schedule),
  write("chat.scheduledMessages.list", [], (context) =>
    json({
      ok: true,
      scheduled_messages: scheduledOf(context).list(),
      response_metadata: { next_cursor: "" },
    }),
  ),
  write("chat.deleteScheduledMessage", ["chat:write"], (context) =>
    scheduledOf(context).remove(context.args["scheduled_message_id"] ?? "")
      ? json({ ok: true })
      : refuse("invalid_scheduled_message_id"),
  ),
  read("chat.getPermalink", [], permalink),
];

/** A message as Slack writes it, with what its thread has become. */
export function shownMessage(
  context: MethodContext,
  channel: Channel,
  message: Message,
  all: readonly Message[] = messagesOf(context, channel.id).list(),
): object {
  const { botUserId, teamId } = slackUser(context.account);
  const { ts, user, text, thread_ts, edited, blocks, reactions, files } = message;
  const thread = all.filter((each) => each.thread_ts === ts && each.ts !== ts);
  const who = [...new Set(thread.map((each) => each.user))];
  const root =
    thread.length === 0
      ? {}
      : {
          thread_ts: ts,
          reply_count: thread.length,
          reply_users_count: who.length,
          reply_users: who,
          latest_reply: thread
            .map((each) => each.ts)
            .toSorted()
            .at(-1),
          is_locked: false,
          subscribed: false,
        };
  const shared = files.flatMap((id) => filesOf(context).find(id) ?? []);
  return {
    type: "message",
    user,
    text,
    ts,
    team: teamId,
    ...(message.byApp ? { app_id: APP_ID, bot_id: `B${botUserId.slice(1)}` } : {}),
    ...(blocks === null ? {} : { blocks }),
    ...(thread_ts === null ? {} : { thread_ts }),
    ...(edited === null ? {} : { edited: { user, ts: edited } }),
    ...(reactions.length === 0
      ? {}
      : { reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })) }),
    ...(shared.length === 0 ? {} : { files: shared.map((file) => shownFile(context, file)), upload: false }),
    ...root,
  };
}

function history(context: MethodContext): Response {
  const channel = channelOf(context, "history");
  if (channel instanceof Response) return channel;
  const isWanted = withinTimes(context);
  const all = messagesOf(context, channel.id).list();
  const heard = all
    .filter(({ ts, thread_ts }) => (thread_ts === null || thread_ts === ts) && isWanted(ts))
    .toSorted((left, right) => (left.ts < right.ts ? 1 : -1));
  const found = paged(context, "history", heard, { usual: 100, most: 999 });
  if (found instanceof Response) return found;
  const { page, next_cursor } = found;
  const messages = page.items.map((message) => shownMessage(context, channel, message, all));
  // On the last page there is no cursor, and nothing that would hold one.
  const more = next_cursor === "" ? {} : { response_metadata: { next_cursor } };
  return json({ ok: true, messages, has_more: next_cursor !== "", pin_count: 0, ...more });
}

function withinTimes({ args }: MethodContext): (ts: string) => boolean {
  const { oldest = "0", latest } = args;
  const isInclusive = isTrue(args["inclusive"]);
  return (ts) => {
    const time = Number(ts);
    const isLate = time > Number(oldest) || (isInclusive && time === Number(oldest));
    const isEarly = latest === undefined || time < Number(latest) || (isInclusive && time === Number(latest));
    return isLate && isEarly;
  };
}

/** The message that was answered comes first, on every page. */
function replies(context: MethodContext): Response {
  const channel = channelOf(context, "history");
  if (channel instanceof Response) return channel;
  const all = messagesOf(context, channel.id).list();
  const asked = all.find(({ ts }) => ts === context.args["ts"]);
  if (asked === undefined) return refuse("thread_not_found");
  const root = all.find(({ ts }) => ts === asked.thread_ts) ?? asked;
  const thread = all.filter(({ ts, thread_ts }) => thread_ts === root.ts && ts !== root.ts);
  const found = paged(context, "replies", thread, { usual: 1000, most: 1000 });
  if (found instanceof Response) return found;
  const { page, next_cursor } = found;
  const messages = [root, ...page.items].map((message) => shownMessage(context, channel, message, all));
  const more = next_cursor === "" ? {} : { response_metadata: { next_cursor } };
  return json({ ok: true, messages, has_more: next_cursor !== "", ...more });
}

const blocksSchema = z.array(z.looseObject({ type: z.string() }));

/** The text and the blocks of a message; a refusal for one that says nothing. */
function said({ args }: MethodContext): { text: string; blocks: unknown[] | null } | Response {
  const { text = "", blocks, attachments } = args;
  if (text.length > LONGEST_TEXT) return refuse("msg_too_long");
  const parsed = blocks === undefined ? null : parsedBlocks(blocks);
  if (parsed === undefined) return refuse("invalid_blocks");
  if (text === "" && (parsed?.length ?? 0) === 0 && attachments === undefined) return refuse("no_text");
  return { text, blocks: parsed };
}

function parsedBlocks(text: string): unknown[] | undefined {
  try {
    return blocksSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A channel by its id, or by its name where it is public; a person by theirs, whose direct message it is then. */
function target(context: MethodContext): Channel | Response {
  const { channel = "" } = context.args;
  const found = channelsOf(context)
    .list()
    .find(
      ({ id, name, im }) => id === channel || im === channel || (name !== "" && name === channel.replace(/^#/, "")),
    );
  if (found === undefined) return refuse("channel_not_found");
  if (found.isArchived) return refuse("is_archived");
  return found.isMember ? found : refuse("not_in_channel");
}

/** When something is said now: seconds, a dot, six digits, which no other message of the workspace has. */
export function newTime(now: number): string {
  const digits = String((crypto.getRandomValues(new Uint16Array(1))[0] ?? 0) % 1000).padStart(3, "0");
  return `${Math.floor(now / 1000)}.${String(now % 1000).padStart(3, "0")}${digits}`;
}

function post(context: MethodContext): Response {
  const channel = target(context);
  if (channel instanceof Response) return channel;
  const content = said(context);
  if (content instanceof Response) return content;
  const { thread_ts = null } = context.args;
  const messages = messagesOf(context, channel.id);
  if (thread_ts !== null && messages.find(thread_ts) === undefined) return refuse("thread_not_found");
  const ts = newTime(context.call.now);
  const message = {
    ts,
    user: context.self,
    ...content,
    thread_ts,
    edited: null,
    reactions: [],
    files: [],
    byApp: true,
  };
  messages.put(message);
  return json({ ok: true, channel: channel.id, ts, message: shownMessage(context, channel, message) });
}

/** One's own message; a refusal for another's. */
function own(context: MethodContext, refusal: string): { channel: Channel; message: Message } | Response {
  const channel = channelOf(context);
  if (channel instanceof Response) return channel;
  const message = messagesOf(context, channel.id).find(context.args["ts"] ?? "");
  if (message === undefined) return refuse("message_not_found");
  return message.user === context.self ? { channel, message } : refuse(refusal);
}

function update(context: MethodContext): Response {
  const found = own(context, "cant_update_message");
  if (found instanceof Response) return found;
  const content = said(context);
  if (content instanceof Response) return content;
  const { channel, message } = found;
  const changed = { ...message, ...content, edited: newTime(context.call.now) };
  messagesOf(context, channel.id).put(changed);
  const { ts, text } = changed;
  return json({ ok: true, channel: channel.id, ts, text, message: shownMessage(context, channel, changed) });
}

function remove(context: MethodContext): Response {
  const found = own(context, "cant_delete_message");
  if (found instanceof Response) return found;
  messagesOf(context, found.channel.id).remove(found.message.ts);
  return json({ ok: true, channel: found.channel.id, ts: found.message.ts });
}

function schedule(context: MethodContext): Response {
  const channel = target(context);
  if (channel instanceof Response) return channel;
  const content = said(context);
  if (content instanceof Response) return content;
  const post_at = Number(context.args["post_at"]);
  const now = Math.floor(context.call.now / 1000);
  if (!Number.isInteger(post_at)) return refuse("invalid_time");
  if (post_at <= now) return refuse("time_in_past");
  if (post_at > now + FURTHEST) return refuse("time_too_far");
  const id = newId("Q");
  scheduledOf(context).put({ id, channel_id: channel.id, post_at, date_created: now, text: content.text });
  const { botUserId, teamId } = slackUser(context.account);
  const message = {
    type: "delayed_message",
    text: content.text,
    user: context.self,
    team: teamId,
    bot_id: `B${botUserId.slice(1)}`,
  };
  return json({ ok: true, scheduled_message_id: id, channel: channel.id, post_at, message });
}

function permalink(context: MethodContext): Response {
  const channel = channelOf(context);
  if (channel instanceof Response) return channel;
  const message = messagesOf(context, channel.id).find(context.args["message_ts"] ?? "");
  if (message === undefined) return refuse("message_not_found");
  return json({ ok: true, channel: channel.id, permalink: permalinkOf(context, channel, message) });
}

/** The address of a message in the workspace's pages. */
export function permalinkOf({ account }: MethodContext, { id }: Channel, { ts, thread_ts }: Message): string {
  const at = `${slackUser(account).url}archives/${id}/p${ts.replace(".", "")}`;
  return thread_ts === null ? at : `${at}?thread_ts=${thread_ts}&cid=${id}`;
}
