import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const AuthTest = z.object({ user_id: z.string(), team_id: z.string(), url: z.string(), user: z.nullish(z.string()) });
const Person = z.object({
  profile: z.object({
    real_name: z.nullish(z.string()),
    display_name: z.nullish(z.string()),
    email: z.nullish(z.string()),
    image_192: z.nullish(z.string()),
  }),
});
const UserInfo = z.object({ user: Person });

const Channel = z.object({
  id: z.string(),
  name: z.string(),
  is_private: z.nullish(z.boolean()),
  created: z.nullish(z.number()),
  // Milliseconds, unlike `created`.
  updated: z.nullish(z.number()),
});

const isoTime = (milliseconds: number | null | undefined): string | null =>
  milliseconds ? new Date(milliseconds).toISOString() : null;

/** https://docs.slack.dev/reference/methods/conversations.list names the scope that each type of conversation takes. */
const channelList = (types: string, scope: string) => ({
  request: { path: "/conversations.list", query: { types, exclude_archived: "true" } },
  scope,
  paging: { style: "cursor" as const, limit: "limit", cursor: "cursor", max: 200 },
  page: z.pipe(
    z.object({
      channels: z.array(Channel),
      response_metadata: z.nullish(z.object({ next_cursor: z.nullish(z.string()) })),
    }),
    z.transform(({ channels, response_metadata }) => ({
      items: channels.map((channel) =>
        toItem({
          id: channel.id,
          type: channel.is_private ? "private_channel" : "channel",
          name: channel.name,
          created_at: isoTime(channel.created ? channel.created * 1000 : null),
          updated_at: isoTime(channel.updated),
        }),
      ),
      next: response_metadata?.next_cursor || null,
    })),
  ),
  item_url: "https://slack.com/app_redirect?team={team_id}&channel={id}",
});

export const slack = defineProvider({
  id: "slack",
  name: "Slack",
  category: "Messaging",
  docs: "https://docs.slack.dev/authentication/installing-with-oauth/",
  authorization_endpoint: "https://slack.com/oauth/v2/authorize",
  token_endpoint: "https://slack.com/api/oauth.v2.access",
  token_endpoint_auth_method: "client_secret_basic",
  // https://docs.slack.dev/authentication/installing-with-oauth/ has no encoding of the two.
  client_secret_basic_encoding: "none",
  // https://slack.com/help/articles/360003125231
  grants_page: "https://slack.com/apps/manage",
  revocation: {
    endpoint: "https://slack.com/api/auth.revoke",
    method: "POST",
    authentication: "token",
    body: null,
    ends: "token",
  },
  // Opting into PKCE makes a Slack app a public client for good.
  pkce: false,
  scopes: ["channels:read", "groups:read", "users:read", "users:read.email", "team:read"],
  scope_separator: ",",
  scope_parameter: "user_scope",
  // The user's token is nested; the bot's, if one was asked for, stands at the top.
  token_path: "authed_user",
  // Only where token rotation was turned on for the app; tokens have no end otherwise.
  refresh: { rotates: true },
  token_details: { team_id: "team.id", team_name: "team.name" },
  api_base_url: "https://slack.com",
  api: {
    base_path: "/api",
    // Any method may be called by GET and by POST (https://docs.slack.dev/apis/web-api/#http-methods): its name alone tells.
    calls: {
      read_methods: [],
      reads: [
        "/api/*.list",
        "/api/*.info",
        "/api/*.get",
        "/api/*.test",
        "/api/search.*",
        "/api/conversations.history",
        "/api/conversations.members",
        "/api/conversations.replies",
        "/api/chat.getPermalink",
        "/api/dnd.teamInfo",
        "/api/team.accessLogs",
        "/api/team.billableInfo",
        "/api/team.integrationLogs",
        "/api/users.conversations",
        "/api/users.getPresence",
        "/api/users.identity",
        "/api/users.lookupByEmail",
      ],
    },
    hosts: { "files.slack.com": "https://files.slack.com" },
    denied: ["^/api/(?:oauth|openid|tooling)\\.", "^/api/auth\\.revoke", "^/api/apps\\.uninstall"],
    credential: { parameter: "token", in_form: true, passes_foreign: false },
    link_fields: ["upload_url"],
    // Slack's SDK repeats every status but 200 and 429 for half an hour.
    toProblem: ({ status, code, message }) => ({
      status: status === 429 ? 429 : 200,
      body: {
        ok: false,
        error: status === 401 ? "invalid_auth" : code,
        response_metadata: { messages: [`[ERROR] ${message}`] },
      },
    }),
    // https://docs.slack.dev/reference/methods/conversations.history has the code; `needed` names what would do, as in
    // https://github.com/elementary-data/elementary/pull/705, and for conversations the scope of every kind.
    scope_refusal: { statuses: [200], code: ["error"], codes: ["missing_scope"], scopes: "needed", names: "any" },
    errors: {
      code: "error",
      in_success: true,
      token_rejected: ["invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"],
      rate_limited: ["ratelimited", "rate_limited"],
      unavailable: [
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        // A workspace that moves into an organization.
        "team_added_to_org",
        "org_login_required",
      ],
    },
  },
  profile: {
    requests: {
      auth: { path: "/auth.test" },
      user: ({ auth }) => ({ path: "/users.info", query: { user: AuthTest.parse(auth).user_id }, optional: true }),
    },
    account: z.pipe(
      z.object({ auth: AuthTest, user: z.unknown() }),
      z.transform(({ auth, user }) => {
        // A bot has no person's profile.
        const profile = UserInfo.safeParse(user).data?.user.profile;
        return toAccount({
          id: auth.user_id,
          name: profile?.real_name || profile?.display_name || auth.user,
          email: profile?.email,
          avatar_url: profile?.image_192,
          url: `${auth.url}team/${auth.user_id}`,
        });
      }),
    ),
  },
  // One list for each kind: Slack refuses the whole call where one of the kinds it names is not allowed.
  resources: [channelList("public_channel", "channels:read"), channelList("private_channel", "groups:read")],
});
