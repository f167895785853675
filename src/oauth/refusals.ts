/**
 * What a refusal means: the one table for token, revocation and introspection endpoints, built-in providers and configured
 * ones alike. A status says little, because services answer everything with 200, 400 or 403; the words decide where they are
 * known, and what nobody knows is not taken for the end of a connection.
 */
import { at } from "../contract/reading.ts";
import type { Provider, RefusalMeaning, RefusalRule } from "../contract/provider.ts";
import { MEANINGS } from "./refusal-words.ts";
import { isObject, toJson, toMembers, toText } from "./body.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import type { Answer } from "./transport.ts";

/** What was refused, in our terms. */
export interface Refusal {
  readonly meaning: RefusalMeaning;
  /** Seconds until it is worth asking again; null where the answer does not say. */
  readonly retry_after: number | null;
}

/** Members in which services say what is wrong, in a word or in a sentence, wherever they stand: RFC 6749 5.2 and what was seen. */
const CODE_NAMES = ["error", "code", "type", "status", "errorcode", "error_code", "error_codes", "reason", "name"];
const TEXT_NAMES = ["error_description", "message", "error_message", "detail", "error_msg", "description", "title"];
/** A body is looked through to this depth, and no further than so many of its values. */
const DEPTH = 3;
const VALUES = 200;

/**
 * Statuses that pass whatever else is said: RFC 9110 15.5.9, 15.5.10 (Airtable: refreshed a moment ago), RFC 4918 11.3 (HubSpot:
 * locked) and RFC 8470 5.2.
 */
export const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 423, 425]);

/** Judges an answer that grants nothing. */
export function judgeRefusal(
  provider: Pick<Provider, "token_refusals">,
  answer: Pick<Answer, "status" | "headers" | "bytes">,
): Refusal {
  const retry_after = retryAfterSeconds(answer.headers);
  return { meaning: meaningOf(provider.token_refusals, answer, retry_after !== null), retry_after };
}

function meaningOf(
  rules: readonly RefusalRule[],
  answer: Pick<Answer, "status" | "headers" | "bytes">,
  namesTime: boolean,
): RefusalMeaning {
  const { status } = answer;
  // Nothing that a server in trouble, or in the middle of another request, says about a grant counts.
  if (status >= 500 || PASSING_STATUSES.has(status)) return "unavailable";
  if (status === 429) return "rate_limited";
  const said = whatIsSaid(answer);
  const meaning = meaningOfWords(rules, said);
  if (meaning !== undefined) return meaning;
  if (status >= 400 && (namesTime || SAYS_LIMIT.test(said.text))) return "rate_limited";
  // A page is not written by a token endpoint but by what stands in front of it.
  if (status >= 400 && status !== 401 && /^\s*</.test(said.text)) return "unavailable";
  // RFC 6749 5.2: a client that is not known. Whoever says more than that with it means something else.
  return status === 401 && said.codes.length === 0 ? "client_refused" : "unknown";
}

/** What an answer says is wrong. */
interface Said {
  /** Words and numbers, as they are; the words of RFC 6749 5.2 first. */
  readonly codes: readonly (string | number)[];
  /** Sentences, in lower case. */
  readonly text: string;
  readonly body: unknown;
}

function whatIsSaid(answer: Pick<Answer, "headers" | "bytes">): Said {
  const body = toJson(answer) ?? toMembers(answer);
  if (typeof body !== "object" || body === null) {
    // A page, a line of text, or an object that breaks off: the words of the RFC are not written there by chance.
    const text = (typeof body === "string" ? body : toText(answer)).slice(0, 2000).toLowerCase();
    return { codes: text.match(/\b(?:invalid_grant|invalid_client|unauthorized_client)\b/g) ?? [], text, body };
  }
  const codes: (string | number)[] = [];
  const texts: string[] = [];
  let left = VALUES;
  const look = (value: unknown, name: string, depth: number): void => {
    left -= 1;
    if (left < 0) return;
    if (typeof value === "object" && value !== null) {
      const isList = Array.isArray(value);
      if (depth < DEPTH) {
        for (const [key, inner] of Object.entries(value)) look(inner, isList ? name : key.toLowerCase(), depth + 1);
      }
    } else if (CODE_NAMES.includes(name) && isCode(value)) codes.push(typeof value === "string" ? value.trim() : value);
    else if (TEXT_NAMES.includes(name) && typeof value === "string") texts.push(value.slice(0, 1000));
  };
  look(body, "", 0);
  return { codes, text: texts.join(" . ").slice(0, 4000).toLowerCase(), body };
}

const isCode = (value: unknown): value is string | number =>
  (typeof value === "string" && value.trim() !== "" && value.length <= 256) || typeof value === "number";

/** Google's page for it says so in a sentence alone, under 403. */
const SAYS_LIMIT = /rate limit|too many requests|throttl/;

/** What no sentence beside it makes anything else. */
const ABOUT_CLIENT = ["invalid_client", "unsupported_grant_type"];

/** Of the words of a body; undefined where none of them is known. */
function meaningOfWords(rules: readonly RefusalRule[], { codes, text, body }: Said): RefusalMeaning | undefined {
  const ruled = rules.find((rule) => applies(rule, codes, body, text));
  if (ruled) return ruled.means;
  if (at(body, "error.is_transient") === true) return "unavailable";
  const known = codes.map(meaningOfCode).find((meaning) => meaning !== undefined);
  const isAboutClient = codes.some((code) => ABOUT_CLIENT.includes(String(code).toLowerCase()));
  // Atlassian's `unauthorized_client` and LinkedIn's `invalid_request` blame the refresh token in their text alone.
  if (!isAboutClient && (known === undefined || known === "client_refused" || known === "request_refused")) {
    if (blamesRefreshToken(text) || pointsAt(body, /refresh_?token|authorization_?code/i)) return "grant_refused";
    if (pointsAt(body, /^application$|client_?(?:id|secret)/i)) return "client_refused";
  }
  return known;
}

/** Of a word that is known, also where a sentence follows it: `invalid_grant: token was revoked`. */
function meaningOfCode(code: string | number): RefusalMeaning | undefined {
  const word = String(code).toLowerCase();
  return MEANINGS.get(word) ?? MEANINGS.get(/^[\w-]+(?=[:;,. ])/.exec(word)?.[0] ?? "");
}

function applies(
  { codes, subcodes, says }: RefusalRule,
  found: readonly (string | number)[],
  body: unknown,
  text: string,
): boolean {
  if (!codes.some((code) => found.includes(code))) return false;
  const subcode = at(body, "error.error_subcode");
  if (subcodes && !(typeof subcode === "number" && subcodes.includes(subcode))) return false;
  return says === undefined || text.includes(says);
}

const OVER = [
  "invalid",
  "expired",
  "revoked",
  "unknown",
  "not found",
  "not valid",
  "inactive",
  "been used",
  "already used",
];

/** The refresh token itself is said to be over, within one clause: a sentence may name it and mean something else. */
const BLAMES_REFRESH_TOKEN = new RegExp(
  `refresh[_ ]?token[^.;:,]{0,40}\\b(?:${OVER.join("|")})\\b|\\b(?:${OVER.join("|")})\\b[^.;:,]{0,20}refresh[_ ]?token`,
);

const blamesRefreshToken = (text: string): boolean =>
  BLAMES_REFRESH_TOKEN.test(text) && !/\b(?:required|client type|not allowed|not authorized)\b/.test(text);

/** Strava's way: `errors: [{ resource: "RefreshToken", field: "refresh_token", code: "invalid" }]`. */
function pointsAt(body: unknown, what: RegExp): boolean {
  const errors = at(body, "errors");
  if (!Array.isArray(errors)) return false;
  return errors.slice(0, 20).some((error: unknown) => {
    if (!isObject(error)) return false;
    const { resource, field, code } = error;
    const isOver = typeof code === "string" && OVER.includes(code.toLowerCase());
    return isOver && [resource, field].some((name) => typeof name === "string" && what.test(name));
  });
}

/** Whether an answer with a 2xx says in its body that it did not do what it was asked: `ok: false`, or an error that is named. */
export function isRefusal(members: Readonly<Record<string, unknown>> | undefined): boolean {
  if (members === undefined) return false;
  const { ok, error } = members;
  return ok === false || (error !== undefined && error !== null && error !== "" && error !== false);
}
