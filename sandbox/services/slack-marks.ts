/** What is hung onto messages and channels: reactions, pins and bookmarks; and the search through all of it. */
import type { Channel, Message } from "../data/slack.ts";
import { slackUser } from "../data/slack.ts";
import { json, wholeNumber } from "../http.ts";
import type { Route } from "../routes.ts";
import { newId } from "./slack-conversations.ts";
import { refuse } from "./slack-http.ts";
import { permalinkOf, shownMessage } from "./slack-messages.ts";
import { channelOf, type MethodContext, read, write } from "./slack-method.ts";
import { bookmarksOf, channelsOf, messagesOf, pinsOf } from "./slack-state.ts";

export const markRoutes: readonly Route[] = [
  write("reactions.add", ["reactions:write"], (context) => react(context, true)),
  write("reactions.remove", ["reactions:write"], (context) => react(context, false)),
  read("reactions.get", ["reactions:read"], (context) => {
    const found = messageAt(context);
    if (found instanceof Response) return found;
    const { channel, message } = found;
    return json({ ok: true, type: "message", channel: channel.id, message: withPermalink(context, channel, message) });
  }),
  write("pins.add", ["pins:write"], pin),
  write("pins.remove", ["pins:write"], unpin),
  read("pins.list", ["pins:read"], listPins),
  write("bookmarks.add", ["bookmarks:write"], addBookmark),
  write("bookmarks.edit", ["bookmarks:write"], editBookmark),
  write("bookmarks.remove", ["bookmarks:write"], (context) => {
    const channel = channelOf(context, undefined, context.args["channel_id"]);
    if (channel instanceof Response) return channel;
    return bookmarksOf(context, channel.id).remove(context.args["bookmark_id"] ?? "")
      ? json({ ok: true })
      : refuse("not_found");
  }),
  write("bookmarks.list", ["bookmarks:read"], (context) => {
    const channel = channelOf(context, undefined, context.args["channel_id"]);
    if (channel instanceof Response) return channel;
    return json({ ok: true, bookmarks: bookmarksOf(context, channel.id).list().map(shownBookmark) });
  }),
  read("search.messages", ["search:read"], search),
];

function messageAt(context: MethodContext): { channel: Channel; message: Message } | Response {
  const { channel: id, timestamp } = context.args;
  if (id === undefined || timestamp === undefined) return refuse("no_item_specified");
  const channel = channelOf(context);
  if (channel instanceof Response) return channel;
  const message = messagesOf(context, channel.id).find(timestamp);
  return message === undefined ? refuse("message_not_found") : { channel, message };
}

function withPermalink(context: MethodContext, channel: Channel, message: Message): object {
  return { ...shownMessage(context, channel, message), permalink: permalinkOf(context, channel, message) };
}

/** Adds one's own reaction, or takes it away. Its name has no colons, though people write some. */
function react(context: MethodContext, isAdded: boolean): Response {
  const { args, self } = context;
  const name = (args["name"] ?? "").replaceAll(/^:|:$/g, "");
  if (!/^[a-z0-9_+'-]+(?:::skin-tone-[2-6])?$/.test(name)) return refuse("invalid_name");
  const found = messageAt(context);
  if (found instanceof Response) return found;
  const { channel, message } = found;
  const before = message.reactions.find((each) => each.name === name)?.users ?? [];
  if (before.includes(self) === isAdded) return refuse(isAdded ? "already_reacted" : "no_reaction");
  const users = isAdded ? [...before, self] : before.filter((each) => each !== self);
  const others = message.reactions.filter((each) => each.name !== name);
  const reactions = users.length === 0 ? others : [...others, { name, users }];
  messagesOf(context, channel.id).put({ ...message, reactions });
  return json({ ok: true });
}

function pin(context: MethodContext): Response {
  const found = messageAt(context);
  if (found instanceof Response) return found;
  const { channel, message } = found;
  const pins = pinsOf(context, channel.id);
  if (pins.find(message.ts) !== undefined) return refuse("already_pinned");
  pins.put({ ts: message.ts, created: Math.floor(context.call.now / 1000), by: context.self });
  return json({ ok: true });
}

function unpin(context: MethodContext): Response {
  const found = messageAt(context);
  if (found instanceof Response) return found;
  return pinsOf(context, found.channel.id).remove(found.message.ts) ? json({ ok: true }) : refuse("no_pin");
}

function listPins(context: MethodContext): Response {
  const channel = channelOf(context);
  if (channel instanceof Response) return channel;
  const messages = messagesOf(context, channel.id);
  const items = pinsOf(context, channel.id)
    .newestFirst()
    .flatMap(({ ts, created, by }) => {
      const message = messages.find(ts);
      if (message === undefined) return [];
      return [
        {
          type: "message",
          created,
          created_by: by,
          channel: channel.id,
          message: withPermalink(context, channel, message),
        },
      ];
    });
  return json({ ok: true, items });
}

type Bookmark = ReturnType<ReturnType<typeof bookmarksOf>["list"]>[number];

function shownBookmark(bookmark: Bookmark): object {
  const { emoji, ...rest } = bookmark;
  return {
    ...rest,
    emoji: emoji === "" ? null : emoji,
    icon_url: null,
    type: "link",
    entity_id: null,
    app_id: null,
    app_action_id: null,
    shortcut_id: null,
    rank: "i",
    last_updated_by_user_id: "",
    last_updated_by_team_id: "",
  };
}

function addBookmark(context: MethodContext): Response {
  const { args, call } = context;
  const channel = channelOf(context, undefined, args["channel_id"]);
  if (channel instanceof Response) return channel;
  const { title = "", link = "", type, emoji = "" } = args;
  if (type !== "link") return refuse("invalid_bookmark_type");
  if (title === "" || !URL.canParse(link)) return refuse(title === "" ? "invalid_arguments" : "invalid_link");
  const now = Math.floor(call.now / 1000);
  const bookmark = { id: newId("Bk"), channel_id: channel.id, title, link, emoji, date_created: now, date_updated: 0 };
  bookmarksOf(context, channel.id).put(bookmark);
  return json({ ok: true, bookmark: shownBookmark(bookmark) });
}

function editBookmark(context: MethodContext): Response {
  const { args, call } = context;
  const channel = channelOf(context, undefined, args["channel_id"]);
  if (channel instanceof Response) return channel;
  const bookmarks = bookmarksOf(context, channel.id);
  const found = bookmarks.find(args["bookmark_id"] ?? "");
  if (found === undefined) return refuse("not_found");
  const { title = found.title, link = found.link, emoji = found.emoji } = args;
  if (!URL.canParse(link)) return refuse("invalid_link");
  const changed = { ...found, title, link, emoji, date_updated: Math.floor(call.now / 1000) };
  bookmarks.put(changed);
  return json({ ok: true, bookmark: shownBookmark(changed) });
}

/** Every word has to be in the message; `from:` and the like are not emulated. A bot cannot search. */
function search(context: MethodContext): Response {
  const { args, account, token } = context;
  if (token.part === "bot") return refuse("not_allowed_token_type");
  const query = (args["query"] ?? "").trim();
  if (query === "") return refuse("no_query");
  const words = query.toLowerCase().split(/\s+/);
  const { teamId } = slackUser(account);
  const found = channelsOf(context)
    .list()
    .flatMap((channel) =>
      messagesOf(context, channel.id)
        .list()
        .map((message) => ({ channel, message })),
    )
    .filter(({ message }) => words.every((word) => message.text.toLowerCase().includes(word)))
    .toSorted((left, right) => (left.message.ts < right.message.ts ? 1 : -1));
  const per_page = wholeNumber(args["count"], 20, 1, 100);
  const page = wholeNumber(args["page"], 1, 1, 100);
  const start = (page - 1) * per_page;
  const matches = found.slice(start, start + per_page).map(({ channel, message }) => ({
    type: "message",
    iid: crypto.randomUUID(),
    team: teamId,
    score: 0,
    channel: { id: channel.id, name: channel.name, is_private: channel.isPrivate, is_mpim: false, is_shared: false },
    user: message.user,
    username: "",
    ts: message.ts,
    text: message.text,
    permalink: permalinkOf(context, channel, message),
  }));
  const total = found.length;
  const pages = Math.ceil(total / per_page);
  const pagination = {
    total_count: total,
    page,
    per_page,
    page_count: pages,
    first: start + 1,
    last: start + matches.length,
  };
  return json({
    ok: true,
    query,
    messages: { total, pagination, paging: { count: per_page, total, page, pages }, matches },
  });
}
