/** How a played service words its errors: by its entry's own codes where it has any, else by RFC 6749 5.2 and RFC 6750 3.1. */
import { type Call, json } from "../http.ts";
import type { FaultVoice } from "../faults.ts";
import type { Refusal } from "../service.ts";
import { RFC_WORDS } from "../words.ts";
import { type Entry, put } from "./entry.ts";

type Rule = NonNullable<Entry["token_refusals"]>[number];

const MEANT: Readonly<Record<Refusal["code"], Rule["means"]>> = {
  invalid_grant: "grant_refused",
  invalid_client: "client_refused",
  invalid_request: "request_refused",
  invalid_scope: "request_refused",
  unsupported_grant_type: "request_refused",
  too_soon: "rate_limited",
};

/** A token request that is refused. */
export function refuseToken({ token_refusals = [] }: Entry, { code, text }: Refusal): Response {
  const rule = token_refusals.find(({ means }) => means === MEANT[code]);
  if (!rule) return json({ error: code, error_description: text }, code === "invalid_client" ? 401 : 400);
  const { codes, subcodes, says = "" } = rule;
  const [subcode] = subcodes ?? [];
  return json(
    { error: { code: codes[0], message: `${says} ${text}`, ...(subcode && { error_subcode: subcode }) } },
    400,
  );
}

/** An answer of the API in the entry's own codes; undefined where it has none for this. */
function ownError(
  { api }: Entry,
  which: "token_rejected" | "rate_limited" | "unavailable",
  status: number,
): Response | undefined {
  const { errors } = api ?? {};
  const [code] = errors?.[which] ?? [];
  if (!errors || code === undefined) return undefined;
  return json(put({ ok: false }, errors.code, code), errors.in_success ? 200 : status);
}

export const unauthorized = (entry: Entry, text: string): Response =>
  ownError(entry, "token_rejected", 401) ??
  json({ error: "invalid_token", error_description: text }, 401, {
    "www-authenticate": 'Bearer error="invalid_token"',
  });

export const wrongRequest = (text: string): Response =>
  json({ error: "invalid_request", error_description: text }, 400);

/** For programmed faults. */
export const voiceOf = (entry: Entry): FaultVoice => ({
  words: { token: RFC_WORDS, api: RFC_WORDS },
  oauth: { refuse: (_: Call, refusal) => refuseToken(entry, refusal) },
  errors: {
    unauthorized: () => unauthorized(entry, "no such token"),
    badRequest: (_, text) => wrongRequest(text),
    serverError: (_, text) => ownError(entry, "unavailable", 503) ?? json({ error: text }, 500),
    rateLimited: (_, retryAfter, text) =>
      ownError(entry, "rate_limited", 429) ??
      json({ error: text }, 429, retryAfter === null ? {} : { "retry-after": retryAfter }),
  },
});
