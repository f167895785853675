import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { slackUser } from "../data/slack.ts";
import { holderChoices } from "../data/people.ts";
import { bearer, json, looseParams } from "../http.ts";
import { randomText } from "../random.ts";
import type { Issued, IssuedPart, OAuthFacts, Refusal, Service } from "../service.ts";
import { NO_ROTATION, split } from "./bearer.ts";
import { slackErrors } from "./slack-http.ts";
import { APP_ID } from "./slack-messages.ts";
import { slackRoutes } from "./slack-api.ts";
import { slackWords } from "./slack-words.ts";

const SITE = "slack.com";
const TWELVE_HOURS = 43_200;

/** Slack: a bot token and a user token from one consent, errors under HTTP 200, rotation only where it was turned on. */
export const slack: Service = {
  name: "slack",
  title: "Slack",
  colour: "#611f69",
  accounts: holderChoices(["Northwind Labs", "Tidepool 潮池", "Łukasz & friends, no channels"]),
  errors: slackErrors,
  words: slackWords,
  oauth: {
    authorize: ["/oauth/v2/authorize", "/oauth/v2_user/authorize"].map((path) => ({ host: SITE, path })),
    token: ["/api/oauth.v2.access", "/api/oauth.v2.user.access"].map((path) => ({ host: SITE, path })),
    tokenMethods: ["GET", "POST"],
    tokenBody: "form",
    clientAuth: ["basic", "body"],
    pkce: "ignored",
    minimumState: 1,
    responseType: "optional",
    redirectUris: { plain: [], match: "below", source: "https://docs.slack.dev/authentication/installing-with-oauth" },
    redirectAtToken: "required",
    defaultGrantType: "authorization_code",
    codePrefix: "",
    scopes: {
      known: SCOPE_WORDS.slack,
      unknown: "page",
      // https://docs.slack.dev/changelog/2026/03/16/optional-scopes
      optional: (_asked, settings) => settings.optional_scopes,
      parts,
    },
    inspect: (question) =>
      parts(question).length > 0 ? undefined : { error: "invalid_scope", text: "At least one scope is needed." },
    lifetimes: (settings) => ({ access: settings.token_rotation ? TWELVE_HOURS : null, refresh: null }),
    refreshExpiry: "sliding",
    wantsRefresh: ({ settings }) => settings.token_rotation,
    rotation: { ...NO_ROTATION, when: () => true, old: "dies" },
    newToken: (kind, part, settings) => {
      if (kind === "refresh") return `xoxe-1-${randomText(120)}`;
      const plain = `${part === "user" ? "xoxp" : "xoxb"}-`;
      return settings.token_rotation
        ? `xoxe.${plain}1-${randomText(140)}`
        : `${plain}${digits()}-${digits()}-${randomText(24)}`;
    },
    answer,
    refuse: refuseToken,
  },
  findToken: (call) => bearer(call) ?? looseParams(call)["token"],
  headers: (_call, _used, token) => ({
    ...(token === undefined ? {} : { "x-oauth-scopes": token.scopes.join(",") }),
    "x-slack-req-id": randomText(32).toLowerCase(),
  }),
  routes: slackRoutes(() => slack),
};

/** `scope` is for the bot and `user_scope` for the person; on the user-only pages `scope` is for the person. */
function parts({ params, path }: Parameters<OAuthFacts["scopes"]["parts"]>[0]) {
  const isUserOnly = path.includes("v2_user");
  const bot = isUserOnly ? [] : split(params["scope"], /,/);
  const user = split(isUserOnly ? params["scope"] : params["user_scope"], /,/);
  return [
    ...(bot.length > 0 ? [{ name: "bot" as const, scopes: bot }] : []),
    ...(user.length > 0 ? [{ name: "user" as const, scopes: user }] : []),
  ];
}

function digits(): string {
  return String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).padStart(12, "7");
}

function answer({ call, grant, parts: issued, presented }: Issued): Record<string, unknown> {
  const { userId, teamId, teamName, botUserId } = slackUser(grant.account);
  const common = { ok: true, app_id: APP_ID, team: { id: teamId, name: teamName }, enterprise: null };
  const bot = issued.find((part) => part.name === "bot");
  const user = issued.find((part) => part.name === "user");
  const botFields = bot === undefined ? {} : { ...tokenFields(bot), bot_user_id: botUserId };
  // A refresh renews one token, and names it at the top whichever it is; so does the user-only endpoint.
  if (user !== undefined && (presented !== undefined || call.path.endsWith("oauth.v2.user.access"))) {
    return { ...common, ...tokenFields(user), authed_user: { id: userId } };
  }
  const authedUser = { id: userId, ...(user === undefined ? {} : tokenFields(user)) };
  return { ...common, ...botFields, authed_user: authedUser, is_enterprise_install: false };
}

function tokenFields(part: IssuedPart): object {
  const expiring = part.refresh === undefined ? {} : { expires_in: part.expiresIn, refresh_token: part.refresh };
  return { access_token: part.access, token_type: part.name, scope: part.scopes.join(","), ...expiring };
}

const ERROR_NAMES: Readonly<Partial<Record<Refusal["reason"], string>>> = {
  unknown_client: "invalid_client_id",
  bad_secret: "bad_client_secret",
  wrong_auth_method: "bad_client_secret",
  code_unknown: "invalid_code",
  code_used: "code_already_used",
  code_expired: "invalid_code",
  redirect_mismatch: "bad_redirect_uri",
  unsupported_grant: "invalid_grant_type",
  refresh_unknown: "invalid_refresh_token",
  refresh_used: "invalid_refresh_token",
  refresh_expired: "invalid_refresh_token",
  revoked: "invalid_refresh_token",
};

/** Always HTTP 200. The text goes where Slack puts notes for developers. */
function refuseToken(_call: unknown, { code, reason, text }: Refusal): Response {
  const error = ERROR_NAMES[reason] ?? (code === "too_soon" ? "token_already_rotated" : "invalid_arguments");
  return json({ ok: false, error, response_metadata: { messages: [text] } });
}
