/** The Graph API's own words. The token endpoint is a part of it, and says the same. */
import type { Service, Spoken } from "../service.ts";
import { GATEWAY } from "../words.ts";

const ERRORS = "https://developers.facebook.com/docs/graph-api/guides/error-handling";
const LIMITS = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting";

interface Said {
  readonly code: number;
  readonly message: string;
  readonly status?: number;
  readonly subcode?: number;
  readonly transient?: boolean;
  readonly source?: string;
}

const say = ({ code, message, status = 400, subcode, transient, source = ERRORS }: Said): Spoken => ({
  status,
  body: {
    error: {
      message,
      type: "OAuthException",
      ...(transient === undefined ? {} : { is_transient: transient }),
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      fbtrace_id: "EJplcsCHuLu",
    },
  },
  source,
});

const PASSING: readonly Said[] = [
  // The code of a wrong client secret too, which the message alone tells apart.
  { code: 1, message: "An unknown error has occurred." },
  { code: 1, message: "An unknown error occurred", status: 500 },
  { code: 1, message: "Please reduce the amount of data you're asking for, then retry your request", status: 500 },
  { code: 2, message: "Service temporarily unavailable" },
  { code: 2, message: "An unexpected error has occurred. Please retry your request later.", transient: true },
  { code: 2, message: "Service temporarily unavailable", status: 503, transient: true },
  { code: 4, message: "(#4) Application request limit reached", transient: true },
  { code: 4, message: "(#4) Application request limit reached", status: 403, transient: true, source: LIMITS },
  { code: 17, message: "(#17) User request limit reached", subcode: 2_446_079, source: LIMITS },
  { code: 32, message: "(#32) Page request limit reached", status: 403, source: LIMITS },
  { code: 341, message: "(#341) Feed action request limit reached" },
  { code: 613, message: "(#613) Calls to this api have exceeded the rate limit.", status: 403, source: LIMITS },
  {
    code: 80_001,
    message: "There have been too many calls to this Page account. Wait a bit and try again.",
    subcode: 2_446_079,
    source: LIMITS,
  },
  { code: 80_004, message: "There have been too many calls to this ad-account.", status: 403, source: LIMITS },
  // A code of no list, with what says that it passes whatever the code.
  { code: 960, message: "Request aborted. This could happen if a dependent request failed.", transient: true },
];

/** What has ended says one of these; 467 and 492 of a session that was ended, 459 and 464 of a person who has to sign in first. */
const DEAD: readonly Said[] = [
  { code: 190, message: "Invalid OAuth 2.0 Access Token" },
  { code: 190, message: "Invalid OAuth access token - Cannot parse access token", status: 401 },
  {
    code: 190,
    message: "Error validating access token: The user has not authorized application 1000.",
    subcode: 458,
  },
  {
    code: 190,
    message: "Error validating access token: You cannot access the app till you log in to www.facebook.com.",
    subcode: 459,
  },
  {
    code: 190,
    message: "Error validating access token: The session has been invalidated because the user changed their password.",
    subcode: 460,
    status: 401,
  },
  {
    code: 190,
    message: "Error validating access token: Session has expired on Sunday, 15-Nov-26 09:00:00 PST.",
    subcode: 463,
  },
  {
    code: 190,
    message: "Error validating access token: Sessions for the user are not allowed because the user is not confirmed.",
    subcode: 464,
  },
  {
    code: 190,
    message: "Error validating access token: The session is invalid because the user logged out.",
    subcode: 467,
    status: 401,
  },
  {
    code: 190,
    message: "Error validating access token: The user does not have an appropriate role on the page.",
    subcode: 492,
  },
  { code: 102, message: "Session key invalid or no longer valid" },
  { code: 102, message: "The user is logged out.", subcode: 467 },
];

const dead = DEAD.map(say);

export const facebookWords: Service["words"] = {
  token: { passing: [...GATEWAY, ...PASSING.map(say)], dead },
  api: {
    passing: [
      ...GATEWAY,
      ...PASSING.map(say),
      say({ code: 368, message: "(#368) The action attempted has been deemed abusive or is otherwise disallowed" }),
    ],
    dead,
  },
};
