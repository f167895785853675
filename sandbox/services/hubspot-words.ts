import type { Service, Spoken } from "../service.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const ERRORS = "https://developers.hubspot.com/docs/api-reference/error-handling";
const LIMITS = "https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines";
const OAUTH = "https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide";

function limited(policyName: string, message: string): Spoken {
  const body = { status: "error", message, errorType: "RATE_LIMIT", correlationId: "c033cdaa", policyName };
  return { status: 429, body, source: LIMITS };
}

/** What every endpoint of HubSpot says when it is busy. */
const BUSY: readonly Spoken[] = [
  limited("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."),
  limited("SECONDLY", "You have reached your secondly limit."),
  limited("DAILY", "You have reached your daily limit."),
  { status: 423, body: { status: "error", message: "Locked" }, source: ERRORS },
  // The portal is moved to another data centre, which takes up to a day.
  {
    status: 477,
    body: { status: "error", message: "Migration in progress" },
    headers: { "retry-after": "2" },
    source: ERRORS,
  },
  ...[502, 503, 504, 521, 522, 523, 524, 525].map((status) => ({
    status,
    body: `<html><body>error code: ${status}</body></html>`,
    headers: { "content-type": "text/html" },
    source: ERRORS,
  })),
];

/** What HubSpot says when something passes, and when a grant is over. */
export const hubspotWords: Service["words"] = {
  token: {
    passing: [...RFC_WORDS.passing, ...BUSY],
    dead: [
      {
        status: 400,
        body: { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token", correlationId: "c033cdaa" },
        source: "https://github.com/HGData/mk-node-hubspot/issues/64",
      },
      {
        status: 400,
        body: { status: "BAD_REFRESH_TOKEN", message: "refresh token was not issued to this client" },
        source: "https://github.com/airbytehq/airbyte/issues/57001",
      },
      {
        status: 400,
        body: { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token", error: "invalid_grant" },
        source: OAUTH,
      },
      // The portal was deleted, or has taken the app out.
      {
        status: 400,
        body: { status: "BAD_HUB", message: "missing or unknown hub id", error: "access_denied" },
        source: "https://github.com/PostHog/posthog/pull/72609",
      },
    ],
  },
  api: {
    passing: [...GATEWAY, ...BUSY],
    dead: [
      {
        status: 401,
        body: {
          status: "error",
          category: "EXPIRED_AUTHENTICATION",
          message: "The OAuth token used to make this call expired",
        },
        source: "https://github.com/ToolJet/ToolJet/pull/17635",
      },
      {
        status: 401,
        body: { status: "error", category: "INVALID_AUTHENTICATION", message: "Authentication credentials not found." },
        source: ERRORS,
      },
    ],
  },
};
