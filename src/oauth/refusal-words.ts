import type { RefusalMeaning } from "../contract/provider.ts";

/**
 * Words of every service that was looked up, in lower case.
 * RFC 6749 5.2, OpenID Connect Core 3.1.2.6, RFC 6750 3.1, RFC 8628 3.5;
 * GitHub https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors;
 * Slack https://docs.slack.dev/reference/methods/oauth.v2.access;
 * HubSpot https://developers.hubspot.com/docs/api-reference/legacy/oauth-v1/tokens;
 * Google https://developers.google.com/identity/protocols/oauth2/web-server;
 * Zoho https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html.
 */
const WORDS: readonly (readonly [RefusalMeaning, readonly string[]])[] = [
  [
    "grant_refused",
    [
      "invalid_grant",
      "interaction_required",
      "consent_required",
      "login_required",
      "bad_refresh_token",
      "invalid_refresh_token",
      "refresh_token_invalid",
      "refresh_token_expired",
      "refresh_token_revoked",
      "expired_refresh_token",
      "bad_verification_code",
      "invalid_code",
      "code_expired",
      "code_already_used",
      "invalid_token",
      "expired_token",
      "token_expired",
      "token_revoked",
      "token_inactive",
      "account_inactive",
    ],
  ],
  [
    "client_refused",
    [
      "invalid_client",
      "unauthorized_client",
      "incorrect_client_credentials",
      "invalid_client_id",
      "bad_client_secret",
      "invalid_client_secret",
      "client_not_found",
      "application_suspended",
    ],
  ],
  [
    "rate_limited",
    [
      "ratelimited",
      "rate_limited",
      "rate_limit",
      "rate_limit_exceeded",
      "ratelimitexceeded",
      "userratelimitexceeded",
      "rate_limits",
      "too_many_requests",
      "quota_exceeded",
      "slow_down",
      "accesslimited",
    ],
  ],
  [
    "unavailable",
    [
      "temporarily_unavailable",
      "server_error",
      "internal_error",
      "internal_failure",
      "internal_server_error",
      "fatal_error",
      "service_unavailable",
      "request_timeout",
      "timeout",
      "backend_error",
      "backenderror",
      "org_login_required",
      "team_added_to_org",
    ],
  ],
  [
    "request_refused",
    [
      "invalid_request",
      "invalid_scope",
      "invalid_target",
      "unsupported_grant_type",
      "unsupported_response_type",
      "redirect_uri_mismatch",
      "invalid_redirect_uri",
      "bad_redirect_uri",
      "invalid_arguments",
    ],
  ],
];

/** What each word means. */
export const MEANINGS: ReadonlyMap<string, RefusalMeaning> = new Map(
  WORDS.flatMap(([meaning, words]) => words.map((word): [string, RefusalMeaning] => [word, meaning])),
);
