import { type Channel, slackColleagues, slackUser } from "../data/slack.ts";
import { json } from "../http.ts";
import { randomText } from "../random.ts";
import type { Route } from "../routes.ts";
import { refuse } from "./slack-http.ts";
import { channelOf, isTrue, kindOf, type MethodContext, ofEvery, paged, read, write } from "./slack-method.ts";
import { channelsOf } from "./slack-state.ts";

const WRITES = [...ofEvery("write"), "channels:manage"];
const LONGEST_NAME = 80;

/** Channels and direct messages. https://docs.slack.dev/apis/web-api/using-the-conversations-api */
export const conversationRoutes: readonly Route[] = [
  read("conversations.list", ofEvery("read"), (context) => list(context, () => true)),
  read("users.conversations", ofEvery("read"), (context) => list(context, ({ isMember }) => isMember)),
  read("conversations.info", ofEvery("read"), (context) => {
    const channel = channelOf(context, "read");
    return channel instanceof Response ? channel : json({ ok: true, channel: shown(context, channel) });
  }),
  read("conversations.members", ofEvery("read"), members),
  write("conversations.create", WRITES, create),
  write("conversations.join", ["channels:write", "channels:join"], join),
  write("conversations.invite", WRITES, invite),
  write("conversations.archive", WRITES, archive),
  write("conversations.open", ["im:write"], openDirect),
];

function list(context: MethodContext, isListed: (channel: Channel) => boolean): Response {
  const { args, token } = context;
  const types = (args["types"] ?? "public_channel").split(",");
  const known = ["public_channel", "private_channel", "mpim", "im"];
  if (types.some((type) => !known.includes(type))) return refuse("invalid_types");
  const kinds = types.map((type) =>
    type === "public_channel" ? "channels" : type === "private_channel" ? "groups" : type,
  );
  const missing = kinds.map((kind) => `${kind}:read`).find((scope) => !token.scopes.includes(scope));
  if (missing !== undefined) return refuse("missing_scope", { needed: missing, provided: token.scopes.join(",") });
  const listed = channelsOf(context)
    .list()
    .filter((channel) => kinds.includes(kindOf(channel)) && isListed(channel))
    .filter(({ isArchived }) => !(isTrue(args["exclude_archived"]) && isArchived));
  const found = paged(context, "channels", listed, { usual: 100, most: 1000 });
  if (found instanceof Response) return found;
  const { page, next_cursor } = found;
  const channels = page.items.map((channel) => shown(context, channel, true));
  return json({ ok: true, channels, response_metadata: { next_cursor } });
}

/** A channel as Slack writes it. How many are in it stands in lists, and elsewhere only where that is asked for. */
export function shown({ account, args }: MethodContext, channel: Channel, inList = false): object {
  const { userId, teamId } = slackUser(account);
  const { id, created, updated, isArchived, im } = channel;
  if (im !== null) {
    return {
      id,
      created,
      updated,
      is_archived: false,
      is_im: true,
      is_org_shared: false,
      user: im,
      is_user_deleted: false,
      context_team_id: teamId,
    };
  }
  const note = (value: string) => ({
    value,
    creator: value === "" ? "" : userId,
    last_set: value === "" ? 0 : created,
  });
  const isCounted = inList || isTrue(args["include_num_members"]);
  return {
    id,
    name: channel.name,
    name_normalized: channel.name,
    previous_names: [],
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: channel.isPrivate,
    is_archived: isArchived,
    is_general: channel.name === "general",
    is_member: channel.isMember,
    is_shared: false,
    is_org_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    pending_connected_team_ids: [],
    parent_conversation: null,
    shared_team_ids: [teamId],
    created,
    // Milliseconds, though `created` beside it is seconds.
    updated,
    unlinked: 0,
    creator: userId,
    context_team_id: teamId,
    topic: note(channel.topic),
    purpose: note(channel.purpose),
    ...(isCounted ? { num_members: channel.members + channel.invited.length } : {}),
  };
}

function members(context: MethodContext): Response {
  const channel = channelOf(context, "read");
  if (channel instanceof Response) return channel;
  const { userId } = slackUser(context.account);
  const others = slackColleagues(context.account).map(({ id }) => id);
  const here = channel.im === null ? others.slice(0, Math.max(channel.members - 1, 0)) : [channel.im];
  const all = [...(channel.isMember ? [userId] : []), ...new Set([...here, ...channel.invited])];
  const found = paged(context, "members", all, { usual: 100, most: 1000 });
  if (found instanceof Response) return found;
  return json({ ok: true, members: found.page.items, response_metadata: { next_cursor: found.next_cursor } });
}

function create(context: MethodContext): Response {
  const { args, call, token } = context;
  const isPrivate = isTrue(args["is_private"]);
  const needed = isPrivate ? ["groups:write"] : ["channels:write", "channels:manage"];
  if (!needed.some((scope) => token.scopes.includes(scope))) {
    return refuse("missing_scope", { needed: needed.join(","), provided: token.scopes.join(",") });
  }
  const { name = "" } = args;
  if (name === "") return refuse("invalid_name_required");
  if (name.length > LONGEST_NAME) return refuse("invalid_name_maxlength");
  if (/[A-Z\s.,!?@#$%^&*()+=/\\"'<>]/.test(name)) return refuse("invalid_name_specials");
  const channels = channelsOf(context);
  if (channels.list().some((channel) => channel.name === name)) return refuse("name_taken");
  const channel: Channel = {
    id: newId("C"),
    name,
    isPrivate,
    isArchived: false,
    isMember: true,
    members: 1,
    invited: [],
    topic: "",
    purpose: "",
    created: Math.floor(call.now / 1000),
    updated: call.now,
    im: null,
  };
  channels.put(channel);
  return json({ ok: true, channel: shown(context, channel) });
}

/** An id as Slack makes them: a capital that says what it is of, then capitals and digits. */
export const newId = (kind: string): string => kind + randomText(10).toUpperCase();

function join(context: MethodContext): Response {
  const channel = channelOf(context);
  if (channel instanceof Response) return channel;
  if (kindOf(channel) !== "channels") return refuse("method_not_supported_for_channel_type");
  if (channel.isArchived) return refuse("is_archived");
  if (channel.isMember) {
    const warning = "already_in_channel";
    return json({ ok: true, channel: shown(context, channel), warning, response_metadata: { warnings: [warning] } });
  }
  const joined = { ...channel, isMember: true, members: channel.members + 1, updated: context.call.now };
  channelsOf(context).put(joined);
  return json({ ok: true, channel: shown(context, joined) });
}

function invite(context: MethodContext): Response {
  const channel = channelOf(context, "write");
  if (channel instanceof Response) return channel;
  if (channel.im !== null) return refuse("method_not_supported_for_channel_type");
  if (channel.isArchived) return refuse("is_archived");
  const users = (context.args["users"] ?? "").split(",").filter((user) => user !== "");
  if (users.length === 0) return refuse("no_user");
  if (users.includes(context.self)) return refuse("cant_invite_self");
  const people = slackColleagues(context.account);
  if (users.some((user) => !people.some(({ id }) => id === user))) return refuse("user_not_found");
  if (users.some((user) => channel.invited.includes(user))) return refuse("already_in_channel");
  const invited = { ...channel, invited: [...channel.invited, ...users], updated: context.call.now };
  channelsOf(context).put(invited);
  return json({ ok: true, channel: shown(context, invited) });
}

function archive(context: MethodContext): Response {
  const channel = channelOf(context, "write");
  if (channel instanceof Response) return channel;
  if (channel.im !== null) return refuse("method_not_supported_for_channel_type");
  if (channel.name === "general") return refuse("cant_archive_general");
  if (channel.isArchived) return refuse("already_archived");
  channelsOf(context).put({ ...channel, isArchived: true, isMember: false, updated: context.call.now });
  return json({ ok: true });
}

/** A direct message is opened once, and is the same one from then on. Several people at once are not emulated. */
function openDirect(context: MethodContext): Response {
  const { args, account, call } = context;
  const channels = channelsOf(context);
  const { users = "", channel: asked } = args;
  if (users === "" && asked === undefined) return refuse("users_list_not_supplied");
  const known = channels.list().find(({ id, im }) => im !== null && (id === asked || im === users));
  const isFull = isTrue(args["return_im"]);
  if (known !== undefined) {
    const channel = isFull ? shown(context, known) : { id: known.id };
    return json({ ok: true, no_op: true, already_open: true, channel });
  }
  if (asked !== undefined) return refuse("channel_not_found");
  if (users.includes(","))
    return refuse("invalid_arguments", {
      response_metadata: { messages: ["sandbox: not emulated: a direct message of several people"] },
    });
  const person = slackColleagues(account).find(({ id }) => id === users);
  if (person === undefined) return refuse("user_not_found");
  if (person.isDeleted) return refuse("user_disabled");
  const made: Channel = {
    id: newId("D"),
    name: "",
    isPrivate: true,
    isArchived: false,
    isMember: true,
    members: 2,
    invited: [],
    topic: "",
    purpose: "",
    created: Math.floor(call.now / 1000),
    updated: call.now,
    im: users,
  };
  channels.put(made);
  return json({ ok: true, channel: isFull ? shown(context, made) : { id: made.id } });
}
