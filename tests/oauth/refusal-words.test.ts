/** Each word means one thing, whoever says it: as an error, under 400, in any case, and with a sentence behind it. */
import { expect, it } from "vitest";
import { judgeRefusal } from "../../src/oauth/refusals.ts";
import type { RefusalMeaning } from "../../src/providers/provider.ts";
import { answerOf, plain } from "./answers.ts";

const meaningOf = (error: string): RefusalMeaning => judgeRefusal(plain, answerOf(400, { error })).meaning;

it.each<readonly [RefusalMeaning, string]>([
  [
    "grant_refused",
    `invalid_grant interaction_required consent_required login_required bad_refresh_token invalid_refresh_token
     refresh_token_invalid refresh_token_expired refresh_token_revoked expired_refresh_token bad_verification_code invalid_code
     code_expired code_already_used invalid_token expired_token token_expired token_revoked token_inactive account_inactive`,
  ],
  [
    "client_refused",
    `invalid_client unauthorized_client incorrect_client_credentials invalid_client_id bad_client_secret invalid_client_secret
     client_not_found application_suspended`,
  ],
  [
    "rate_limited",
    `ratelimited rate_limited rate_limit rate_limit_exceeded rateLimitExceeded userRateLimitExceeded rate_limits
     too_many_requests quota_exceeded slow_down accesslimited`,
  ],
  [
    "unavailable",
    `temporarily_unavailable server_error internal_error internal_failure internal_server_error fatal_error service_unavailable
     request_timeout timeout backend_error backendError org_login_required team_added_to_org`,
  ],
  [
    "request_refused",
    `invalid_request invalid_scope invalid_target unsupported_grant_type unsupported_response_type redirect_uri_mismatch
     invalid_redirect_uri bad_redirect_uri invalid_arguments`,
  ],
  ["unknown", "invalid_grants granted invalid no_such_word"],
])("%s", (meaning, words) => {
  for (const word of words.split(/\s+/)) {
    expect([word, meaningOf(word)]).toEqual([word, meaning]);
    expect([word, meaningOf(word.toUpperCase())]).toEqual([word, meaning]);
    expect([word, meaningOf(`${word}: it was said`)]).toEqual([word, meaning]);
  }
});
