import { slackChannels, slackColleagues, slackMessages } from "../../sandbox/data/slack.ts";
import { findService } from "../../sandbox/services/index.ts";
import type { DescribedCall, Description } from "./description.ts";
import { names, typed, type TypedRoute } from "./typescript.ts";

const API = "https://slack.com/api";

const method = (answer: string, always: string, query = "{}", body?: string): TypedRoute => ({
  server: API,
  answer: `slack.${answer}Response`,
  query,
  always: names(always),
  ...(body === undefined ? {} : { body }),
});

/** Beside each method what Slack's page on it shows in every answer: https://docs.slack.dev/reference/methods */
const CHANNEL =
  "id name is_channel is_group is_im is_mpim is_private is_archived is_general is_member is_shared is_ext_shared is_org_shared is_pending_ext_shared pending_shared context_team_id shared_team_ids updated unlinked name_normalized parent_conversation creator created topic.value topic.creator topic.last_set purpose.value previous_names";
const MESSAGE = "type user text ts team";
const PERSON = "id team_id name deleted updated is_bot is_app_user profile.real_name profile.display_name profile.team";
const FILE =
  "id created timestamp name title mimetype filetype pretty_type user editable size mode is_external external_type is_public public_url_shared display_as_bot username url_private url_private_download permalink";
const BOOKMARK = "id channel_id title link emoji icon_url type date_created date_updated rank";

const within = (place: string, fields: string): string =>
  names(fields)
    .map((field) => `${place}.${field}`)
    .join(" ");

const METHODS: Readonly<Record<string, TypedRoute>> = {
  "auth.test": method("AuthTest", "ok url team user team_id user_id is_enterprise_install"),
  "auth.revoke": method("AuthRevoke", "ok revoked", "{}"),
  "api.test": method("ApiTest", "ok args"),
  "team.info": method("TeamInfo", "ok team.id team.name team.url team.domain team.email_domain team.icon"),
  "emoji.list": method("EmojiList", "ok emoji cache_ts"),
  "users.info": method("UsersInfo", `ok ${within("user", PERSON)}`, "slack.UsersInfoArguments"),
  "users.list": method("UsersList", `ok cache_ts ${within("members[]", PERSON)}`),
  "users.profile.get": method("UsersProfileGet", "ok profile.real_name profile.display_name profile.status_text"),
  "users.conversations": method(
    "UsersConversations",
    `ok ${within("channels[]", CHANNEL)} response_metadata.next_cursor`,
  ),
  "conversations.list": method(
    "ConversationsList",
    `ok ${within("channels[]", `${CHANNEL} num_members`)} response_metadata.next_cursor`,
    "slack.ConversationsListArguments",
  ),
  "conversations.info": method("ConversationsInfo", `ok ${within("channel", CHANNEL)}`),
  "conversations.members": method("ConversationsMembers", "ok members response_metadata.next_cursor"),
  "conversations.create": method("ConversationsCreate", `ok ${within("channel", CHANNEL)}`),
  "conversations.join": method("ConversationsJoin", `ok ${within("channel", CHANNEL)}`),
  "conversations.invite": method("ConversationsInvite", `ok ${within("channel", CHANNEL)}`),
  "conversations.archive": method("ConversationsArchive", "ok"),
  "conversations.open": method("ConversationsOpen", "ok channel.id"),
  "conversations.history": method("ConversationsHistory", `ok has_more pin_count ${within("messages[]", MESSAGE)}`),
  "conversations.replies": method("ConversationsReplies", `ok has_more ${within("messages[]", MESSAGE)}`),
  "chat.postMessage": method("ChatPostMessage", `ok channel ts ${within("message", MESSAGE)}`),
  "chat.update": method("ChatUpdate", "ok channel ts text message.text message.edited.ts"),
  "chat.delete": method("ChatDelete", "ok channel ts"),
  "chat.scheduleMessage": method(
    "ChatScheduleMessage",
    "ok channel scheduled_message_id post_at message.text message.type",
  ),
  "chat.scheduledMessages.list": method(
    "ChatScheduledMessagesList",
    "ok scheduled_messages[].id scheduled_messages[].channel_id scheduled_messages[].post_at scheduled_messages[].date_created response_metadata.next_cursor",
  ),
  "chat.deleteScheduledMessage": method("ChatDeleteScheduledMessage", "ok"),
  "chat.getPermalink": method("ChatGetPermalink", "ok channel permalink"),
  "reactions.add": method("ReactionsAdd", "ok"),
  "reactions.get": method("ReactionsGet", "ok type channel message.reactions[].count message.permalink"),
  "reactions.remove": method("ReactionsRemove", "ok"),
  "pins.add": method("PinsAdd", "ok"),
  "pins.list": method("PinsList", "ok items[].type items[].created items[].created_by items[].message.permalink"),
  "pins.remove": method("PinsRemove", "ok"),
  "bookmarks.add": method("BookmarksAdd", `ok ${within("bookmark", BOOKMARK)}`),
  "bookmarks.edit": method("BookmarksEdit", `ok ${within("bookmark", BOOKMARK)}`),
  "bookmarks.list": method("BookmarksList", `ok ${within("bookmarks[]", BOOKMARK)}`),
  "bookmarks.remove": method("BookmarksRemove", "ok"),
  "search.messages": method(
    "SearchMessages",
    "ok query messages.total messages.pagination.total_count messages.paging.count messages.matches[].permalink messages.matches[].channel.id",
  ),
  "files.getUploadURLExternal": method("FilesGetUploadURLExternal", "ok upload_url file_id"),
  "files.completeUploadExternal": method("FilesCompleteUploadExternal", "ok files[].id files[].title"),
  "files.list": method("FilesList", `ok paging.count paging.total paging.page paging.pages ${within("files[]", FILE)}`),
  "files.info": method("FilesInfo", `ok comments ${within("file", FILE)}`),
  "files.delete": method("FilesDelete", "ok"),
};

/** The methods that the product asks with GET. */
const ASKED = ["auth.test", "users.info", "conversations.list"];

const routes: Readonly<Record<string, TypedRoute>> = {
  ...Object.fromEntries(Object.entries(METHODS).map(([name, route]) => [`POST /${name}`, route])),
  ...Object.fromEntries(ASKED.flatMap((name) => (METHODS[name] ? [[`GET /${name}`, METHODS[name]]] : []))),
  "POST /oauth.v2.access": { server: API, answer: null, body: "TokenRequest" },
};

const imports = [
  'import type * as slack from "@slack/web-api";',
  // The client's id and secret stand in the header. https://docs.slack.dev/reference/methods/oauth.v2.access
  'type Code = { grant_type?: "authorization_code"; code: string; redirect_uri?: string };',
  'type TokenRequest = Code | { grant_type: "refresh_token"; refresh_token: string };',
];

const channel = slackChannels(1)[0]?.id ?? "";
const [colleague, other] = slackColleagues(1);
const [message] = slackMessages(1, channel);
const said = { channel, timestamp: message?.ts ?? "" };
const IN_A_MONTH = Math.floor(Date.now() / 1000) + 30 * 86_400;

const write = (name: string, body: object, keep?: Readonly<Record<string, string>>): DescribedCall => ({
  route: `POST /${name}`,
  body,
  ...(keep === undefined ? {} : { keep }),
});
const read = (name: string, query: Readonly<Record<string, string>> = {}): DescribedCall => ({
  route: `POST /${name}`,
  query,
});

const calls: readonly DescribedCall[] = [
  read("auth.test"),
  { route: "GET /auth.test" },
  read("api.test"),
  read("team.info"),
  read("emoji.list"),
  read("users.info", { user: colleague?.id ?? "" }),
  { route: "GET /users.info", query: { user: colleague?.id ?? "" } },
  read("users.list"),
  read("users.profile.get"),
  read("users.conversations", { limit: "9" }),
  read("conversations.list", { limit: "9", types: "public_channel,private_channel" }),
  { route: "GET /conversations.list", query: { limit: "9" } },
  read("conversations.info", { channel }),
  read("conversations.members", { channel }),
  read("conversations.history", { channel }),
  read("conversations.replies", { channel, ts: slackMessages(1, channel)[3]?.ts ?? "" }),
  write("conversations.create", { name: "described" }, { made: "/channel/id" }),
  write("conversations.join", { channel: "{made}" }),
  write("conversations.invite", { channel: "{made}", users: other?.id }),
  write("conversations.open", { users: colleague?.id }),
  write("chat.postMessage", { channel: "{made}", text: "one" }, { ts: "/ts" }),
  write("chat.update", { channel: "{made}", ts: "{ts}", text: "two" }),
  read("chat.getPermalink", { channel: "{made}", message_ts: "{ts}" }),
  write("chat.delete", { channel: "{made}", ts: "{ts}" }),
  write(
    "chat.scheduleMessage",
    { channel: "{made}", text: "later", post_at: IN_A_MONTH },
    { planned: "/scheduled_message_id" },
  ),
  write("chat.scheduledMessages.list", {}),
  write("chat.deleteScheduledMessage", { channel: "{made}", scheduled_message_id: "{planned}" }),
  write("reactions.add", { ...said, name: "wave" }),
  read("reactions.get", said),
  write("reactions.remove", { ...said, name: "wave" }),
  write("pins.add", said),
  read("pins.list", { channel }),
  write("pins.remove", said),
  write(
    "bookmarks.add",
    { channel_id: channel, title: "Plan", type: "link", link: "https://example.com" },
    { bookmark: "/bookmark/id" },
  ),
  write("bookmarks.edit", { channel_id: channel, bookmark_id: "{bookmark}", title: "Plan B" }),
  write("bookmarks.list", { channel_id: channel }),
  write("bookmarks.remove", { channel_id: channel, bookmark_id: "{bookmark}" }),
  read("search.messages", { query: "morning" }),
  { ...read("files.getUploadURLExternal", { filename: "a.txt", length: "3" }), keep: { file: "/file_id" } },
  write("files.completeUploadExternal", { files: [{ id: "{file}", title: "A" }], channel_id: channel }),
  read("files.list"),
  read("files.info", { file: "{file}" }),
  write("files.delete", { file: "{file}" }),
  write("conversations.archive", { channel: "{made}" }),
];

/** Every method under GET too, which is the same method with its arguments in the query. */
const byQuery = Object.fromEntries(
  findService("slack")
    .routes.filter(({ host, path }) => host === "slack.com" && !ASKED.includes(path.replace("/api/", "")))
    .map(({ path }) => [`GET slack.com${path}`, "the same method as under POST"]),
);
const BYTES = "no method: an address that an answer gave";

export const slack: Description = {
  service: "slack",
  checker: typed({ source: "@slack/web-api", licence: "MIT", version: "8.2.0", imports, routes }),
  calls,
  described: calls.length,
  product: [...ASKED.map((name) => `GET /${name}`), "POST /auth.revoke", "POST /oauth.v2.access"],
  settings: { token_rotation: true },
  differs: {
    // https://docs.slack.dev/reference/methods/conversations.list and bookmarks.add show null, which these types do not know.
    "POST /users.conversations: Type 'null' is not assignable": "a channel without a parent says so with null",
    "POST /bookmarks.add: Type 'null' is not assignable": "what a bookmark is not made of is null",
    "POST /bookmarks.edit: Type 'null' is not assignable": "likewise",
    "POST /bookmarks.list: Type 'null' is not assignable": "likewise",
  },
  undescribed: {
    ...byQuery,
    "POST slack.com/api/auth.revoke": "the proxy refuses it",
    "POST slack.com/api/apps.uninstall": "the proxy refuses it, and it takes the app's secret",
    "GET avatars.slack-edge.com/2024/{}": BYTES,
    "POST files.slack.com/upload/v1/{}": BYTES,
    "PUT files.slack.com/upload/v1/{}": BYTES,
    "GET files.slack.com/files-pri/{}/{}": BYTES,
    "GET files.slack.com/files-pri/{}/download/{}": BYTES,
  },
};
