/** GitHub's own words. Its token endpoint says what is wrong under HTTP 200; limits of its API are 403 as well as 429. */
import type { Service, Spoken } from "../service.ts";
import { GATEWAY } from "../words.ts";

const LIMITS = "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api";
const REFRESH =
  "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens";
const SECONDARY_PAGES = [
  "https://docs.github.com/en/free-pro-team@latest/rest/overview/resources-in-the-rest-api#secondary-rate-limits",
  "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
] as const;
const SUPPORT =
  "If you reach out to GitHub Support for help, please include the request ID E198:4063:33BD6:375FF:652AAB04.";
const SECONDARY = "You have exceeded a secondary rate limit";

const said = (
  status: number,
  message: string,
  source: string,
  headers: Record<string, string> = {},
  page = "https://docs.github.com/rest",
): Spoken => ({
  status,
  body: { message, documentation_url: page, status: String(status) },
  headers,
  source,
});

/** What stands in front of GitHub's servers, and they themselves, when something passes. */
const DOWN: readonly Spoken[] = [
  ...GATEWAY,
  { status: 502, body: { message: "Server Error" }, source: "https://github.com/octokit/request.js/issues/589" },
  {
    status: 503,
    body: {
      message:
        "No server is currently available to service your request. Sorry about that. Please try resubmitting your request and contact us if the problem persists.",
    },
    source: "https://github.com/taskcluster/taskcluster-github/issues/96",
  },
  {
    status: 503,
    body: "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head><body></body></html>",
    headers: { "content-type": "text/html; charset=utf-8" },
    source: "https://github.com/cli/cli/issues/9370",
  },
];

const LIMITED: readonly Spoken[] = [
  ...[403, 429].map((status) =>
    said(status, `API rate limit exceeded for user ID 583200. ${SUPPORT}`, LIMITS, {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-used": "5000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "{epoch}",
      "x-ratelimit-resource": "core",
    }),
  ),
  said(403, `${SECONDARY}. Please wait a few minutes before you try again. ${SUPPORT}`, LIMITS, { "retry-after": "1" }),
  said(429, `${SECONDARY}. Please wait a few minutes before you try again.`, LIMITS, { "retry-after": "1" }),
  // Without any header that says so.
  ...SECONDARY_PAGES.map((page) =>
    said(
      403,
      `${SECONDARY}. Please wait a few minutes before you try again. ${SUPPORT}`,
      "https://github.com/hub4j/github-api/issues/2009",
      {},
      page,
    ),
  ),
  said(
    403,
    `${SECONDARY} and have been temporarily blocked from content creation. Please retry your request again later.`,
    "https://github.com/KnpLabs/php-github-api/issues/1126",
    {},
    SECONDARY_PAGES[0],
  ),
];

export const githubWords: Service["words"] = {
  token: {
    passing: [
      ...DOWN,
      // Too many tokens in an hour are a secondary limit too, says the page on limits.
      said(429, `${SECONDARY}. Please wait a few minutes before you try again.`, LIMITS, { "retry-after": "1" }),
      said(403, `${SECONDARY}. Please wait a few minutes before you try again.`, LIMITS, { "retry-after": "1" }),
      {
        status: 429,
        body: { error: "slow_down", error_description: "Too many requests have been made in the same timeframe." },
        source: "https://github.com/cli/cli/issues/9370",
      },
    ],
    dead: [
      {
        status: 200,
        body: {
          error: "bad_refresh_token",
          error_description: "The refresh token passed is incorrect or expired.",
          error_uri: "https://docs.github.com",
        },
        source: REFRESH,
      },
      { status: 200, body: { error: "bad_refresh_token" }, source: REFRESH },
    ],
  },
  api: {
    passing: [...DOWN, ...LIMITED],
    dead: [
      said(401, "Bad credentials", "https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api"),
    ],
  },
};
