import { type Colleague, slackColleagues, slackUser } from "../data/slack.ts";
import { json, mapped, png } from "../http.ts";
import { picture } from "../png.ts";
import { open, type Route } from "../routes.ts";
import { refuse } from "./slack-http.ts";
import { type MethodContext, paged, read } from "./slack-method.ts";

const PICTURES = "avatars.slack-edge.com";
const SIZES = [24, 32, 48, 72, 192, 512] as const;

/** Who is in a workspace. */
export const peopleRoutes: readonly Route[] = [
  open("GET", PICTURES, "/2024/:id", ({ params }) => png(picture(`slack/${params["id"] ?? ""}`))),
  read("auth.test", [], whoAmI),
  read("users.info", ["users:read"], (context) => {
    const user = userOf(context, context.args["user"] ?? "");
    return user === undefined ? refuse("user_not_found") : json({ ok: true, user });
  }),
  read("users.list", ["users:read"], list),
  read("users.profile.get", ["users.profile:read"], (context) => {
    const found = profileOf(context, context.args["user"] ?? context.self);
    return found === undefined ? refuse("user_not_found") : json({ ok: true, profile: { ...found, fields: {} } });
  }),
  read("team.info", ["team:read"], teamInfo),
  read("emoji.list", ["emoji:read"], ({ call }) =>
    json({
      ok: true,
      emoji: { harbour: mapped(call, PICTURES, "/2024/harbour.png"), port: "alias:harbour" },
      cache_ts: "1790000000.000000",
    }),
  ),
];

function whoAmI({ account, token }: MethodContext): Response {
  const { userId, botUserId, teamId, teamName, url, login } = slackUser(account);
  const isBot = token.part === "bot";
  const who = { user: isBot ? "latchkey" : login, user_id: isBot ? botUserId : userId };
  const bot = isBot ? { bot_id: `B${botUserId.slice(1)}` } : {};
  return json({ ok: true, url, team: teamName, ...who, team_id: teamId, ...bot, is_enterprise_install: false });
}

function teamInfo({ account, call }: MethodContext): Response {
  const { teamId, teamName, url, email } = slackUser(account);
  const icon = Object.fromEntries(
    [34, 44, 68, 88, 102, 132, 230].map((size) => [
      `image_${size}`,
      mapped(call, PICTURES, `/2024/${teamId}_${size}.png`),
    ]),
  );
  const team = {
    id: teamId,
    name: teamName,
    url,
    domain: new URL(url).host.split(".")[0],
    email_domain: email.split("@")[1],
    icon: { ...icon, image_default: true },
    avatar_base_url: "https://ca.slack-edge.com/",
    is_verified: false,
  };
  return json({ ok: true, team });
}

interface Known extends Colleague {
  readonly hasImage: boolean;
  readonly shownName: string;
}

/** Everyone of the workspace, the one who is signed in first. */
function everyone(account: number): Known[] {
  const { userId, login, name, first, last, email, hasImage } = slackUser(account);
  const self = { id: userId, login, name, first, last, email, isDeleted: false, hasImage };
  return [
    { ...self, shownName: account === 1 ? "" : login },
    ...slackColleagues(account).map((one) => ({ ...one, hasImage: false, shownName: one.login })),
  ];
}

function profileOf(context: MethodContext, id: string): object | undefined {
  const found = everyone(context.account).find((one) => one.id === id);
  return found === undefined ? undefined : wholeProfile(context, found);
}

function wholeProfile(
  { call, account, token }: MethodContext,
  { id, name, first, last, shownName, email, hasImage, login }: Known,
): object {
  const { teamId } = slackUser(account);
  const image = (size: number) => mapped(call, PICTURES, `/2024/${id}_${size}.png`);
  const images = Object.fromEntries(SIZES.map((size) => [`image_${size}`, image(size)]));
  return {
    title: "",
    phone: "",
    skype: "",
    real_name: name,
    real_name_normalized: name,
    display_name: shownName,
    display_name_normalized: shownName,
    status_text: "",
    status_emoji: "",
    status_emoji_display_info: [],
    status_expiration: 0,
    avatar_hash: `g${login.length}`,
    first_name: first,
    last_name: last,
    ...(token.scopes.includes("users:read.email") && email !== null ? { email } : {}),
    ...(hasImage ? images : {}),
    team: teamId,
  };
}

function userOf(context: MethodContext, id: string): object | undefined {
  const { botUserId, teamId } = slackUser(context.account);
  if (id === botUserId) return { id: botUserId, team_id: teamId, is_bot: true, name: "latchkey", deleted: false };
  const found = everyone(context.account).find((one) => one.id === id);
  return found === undefined ? undefined : shown(context, found);
}

function shown(context: MethodContext, known: Known): object {
  const { account } = context;
  const { id, login, name, isDeleted } = known;
  const { userId, teamId } = slackUser(account);
  const isOwner = id === userId && account === 0;
  const flags = {
    is_admin: isOwner,
    is_owner: isOwner,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
  };
  return {
    id,
    team_id: teamId,
    name: login,
    deleted: isDeleted,
    profile: wholeProfile(context, known),
    is_bot: false,
    is_app_user: false,
    updated: 1_790_000_000,
    // Of people who have left, there is nothing more.
    ...(isDeleted
      ? {}
      : {
          color: "9f69e7",
          real_name: name,
          tz: "Europe/Stockholm",
          tz_label: "Central European Time",
          tz_offset: 3600,
          ...flags,
          is_email_confirmed: true,
          who_can_share_contact_card: "EVERYONE",
        }),
  };
}

function list(context: MethodContext): Response {
  const found = paged(context, "users", everyone(context.account), { usual: 1000, most: 1000 });
  if (found instanceof Response) return found;
  const members = found.page.items.map((one) => shown(context, one));
  return json({ ok: true, members, cache_ts: 1_790_000_000, response_metadata: { next_cursor: found.next_cursor } });
}
