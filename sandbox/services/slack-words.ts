/** Slack's own words. All but a rate limit come under HTTP 200. */
import type { Service, Spoken } from "../service.ts";
import { GATEWAY } from "../words.ts";

const ACCESS = "https://docs.slack.dev/reference/methods/oauth.v2.access";
const AUTH_TEST = "https://docs.slack.dev/reference/methods/auth.test";
const RATE_LIMITS = "https://docs.slack.dev/apis/web-api/rate-limits";

const said = (source: string, ...errors: string[]): Spoken[] =>
  errors.map((error) => ({ status: 200, body: { ok: false, error }, source }));

/** The last two are of a workspace that moves into an organization, which ends by itself. */
const PASSING = [
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "ratelimited",
  "team_added_to_org",
  "org_login_required",
];

const passing = (source: string): Spoken[] => [
  ...GATEWAY,
  ...said(source, ...PASSING),
  {
    status: 429,
    body: { ok: false, error: "ratelimited" },
    headers: { "retry-after": "1" },
    source: RATE_LIMITS,
  },
  { status: 429, body: "", headers: { "retry-after": "1" }, source: RATE_LIMITS },
];

export const slackWords: Service["words"] = {
  token: {
    passing: passing(ACCESS),
    dead: [
      ...said("https://docs.slack.dev/authentication/using-token-rotation", "invalid_refresh_token"),
      ...said(ACCESS, "token_revoked", "token_expired", "account_inactive"),
      // Recorded by others, for the same thing in the words of RFC 6749.
      {
        status: 400,
        body: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
        source: "https://nango.dev/blog/slack-oauth-refresh-token-invalid-grant",
      },
    ],
  },
  api: {
    passing: passing(AUTH_TEST),
    dead: said(AUTH_TEST, "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
  },
};
