import { GATEWAY } from "../words.ts";
import type { Spoken, Words } from "../service.ts";

const OAUTH = "https://developers.google.com/identity/protocols/oauth2#expiration";
const DRIVE = "https://developers.google.com/workspace/drive/api/guides/handle-errors";
const QUOTA = "https://cloud.google.com/apis/design/errors#error_model";

const refused = (description: string, source: string, more: object = {}): Spoken => ({
  status: 400,
  body: { error: "invalid_grant", error_description: description, ...more },
  source,
});

/** What Google's token endpoint says in its own words. */
export const TOKEN_WORDS: Words = {
  passing: [
    {
      status: 403,
      body: { error: "rate_limit_exceeded", error_description: "Rate Limit Exceeded" },
      source: "https://support.google.com/cloud/answer/9028764",
    },
    {
      status: 403,
      body: "<html><title>User Rate Limit Exceeded</title><h1>User Rate Limit Exceeded</h1><h2>Error 403</h2></html>",
      headers: { "content-type": "text/html; charset=UTF-8" },
      source: "https://stackoverflow.com/questions/16367391",
    },
    {
      status: 500,
      body: { error: "internal_failure", error_description: "Backend Error" },
      source: "https://github.com/yasyf/vc/issues/187",
    },
    {
      status: 400,
      body: { error: "internal_failure" },
      source: "https://github.com/googleads/google-ads-java/issues/117",
    },
    {
      status: 503,
      body: { error: "temporarily_unavailable" },
      source: "https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
    },
    ...GATEWAY,
  ],
  dead: [
    refused("Token has been expired or revoked.", OAUTH),
    refused("Bad Request", "https://github.com/googleapis/google-auth-library-nodejs/issues/1093"),
    refused("The account has been deleted", "https://github.com/GAM-team/GAM/pull/1171"),
    // A Workspace's session length has passed: the person has to sign in again.
    refused("reauth related error (invalid_rapt)", "https://support.google.com/a/answer/9368756", {
      error_uri: "https://support.google.com/a/answer/9368756",
      error_subtype: "invalid_rapt",
    }),
  ],
};

function said(code: number, reason: string, message: string, more: object = {}, domain = "usageLimits"): Spoken {
  return {
    status: code,
    body: { error: { code, message, errors: [{ message, domain, reason }], ...more } },
    source: DRIVE,
  };
}

/** Newer APIs leave out the list of errors. */
const plain = (code: number, status: string, message: string, headers?: Readonly<Record<string, string>>): Spoken => ({
  status: code,
  body: { error: { code, message, status } },
  ...(headers === undefined ? {} : { headers }),
  source: QUOTA,
});

const CHALLENGE = { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' };
const CREDENTIALS =
  "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.";

/** What Google's APIs say in their own words. */
export const API_WORDS: Words = {
  passing: [
    plain(
      429,
      "RESOURCE_EXHAUSTED",
      "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'.",
    ),
    said(403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
    said(403, "rateLimitExceeded", "Rate Limit Exceeded"),
    said(403, "sharingRateLimitExceeded", "Rate limit exceeded. User message: over the sharing quota.", {}, "global"),
    said(429, "rateLimitExceeded", "Rate Limit Exceeded"),
    said(500, "backendError", "Backend Error", {}, "global"),
    said(500, "internalError", "Internal Error", {}, "global"),
    plain(503, "UNAVAILABLE", "The service is currently unavailable."),
    ...GATEWAY,
  ],
  dead: [
    said(
      401,
      "authError",
      "Invalid Credentials",
      {
        errors: [
          {
            domain: "global",
            reason: "authError",
            message: "Invalid Credentials",
            locationType: "header",
            location: "Authorization",
          },
        ],
      },
      "global",
    ),
    plain(401, "UNAUTHENTICATED", CREDENTIALS, CHALLENGE),
  ],
};
