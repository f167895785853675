/** Which headers pass, in both directions; header-fields.ts says which do not, and why. */
import { securityHeaders } from "../security-headers.ts";
import { headerHoldsKey } from "./credentials.ts";
import { ANSWER_DROPPED, ANSWER_SET, fieldTest, REQUEST_DROPPED, type FieldTest } from "./header-fields.ts";

/** What every request has of its own: the credential stamped on, the host called, the length of the body as it goes on. */
const REQUEST_OWN = { own: "Authorization Host Content-Length CDN-Loop" };
const isRequestDropped = fieldTest({ ...REQUEST_DROPPED, ...REQUEST_OWN });
const isAnswerDropped = fieldTest({
  ...ANSWER_DROPPED,
  own: Object.keys({ ...securityHeaders, ...ANSWER_SET }).join(" "),
});

/** What no provider decides: see middleware/headers.ts. */
const EVERY_ANSWER = Object.entries({ ...securityHeaders, ...ANSWER_SET });

/** Types that a browser runs or renders with scripts. */
const ACTIVE_TYPE = /html|xml|svg|javascript|ecmascript|pdf|flash/i;

/** Relations of a `Link` (RFC 8288) that a browser acts on by itself: it connects and loads. */
const ACTED_ON =
  /\b(?:preload|modulepreload|preconnect|dns-prefetch|prefetch|prerender|stylesheet|compression-dictionary|expect)\b/i;
/** Challenges (RFC 9110 11.6.1) that a browser answers with a box for a password, on the page of whoever has called. */
const ASKS_FOR_PASSWORD = /\b(?:basic|digest|ntlm|negotiate)\b/i;

/**
 * Takes out of a copy what does not pass. The platform copies all at once for less than it takes one by one, and few are dropped.
 * @param isSafe what else has to be true of a value
 */
function drop(
  copy: Headers,
  original: Headers,
  isDropped: FieldTest,
  isSafe: (value: string) => boolean = () => true,
): void {
  const connection = original.get("Connection");
  // RFC 9110 7.6.1: no option names a field that is for the recipient; without its type, a body is another one.
  const named = (connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  for (const [name, value] of original) {
    if (isDropped(name) || (named.includes(name) && !name.startsWith("content-")) || !isSafe(value)) copy.delete(name);
  }
}

const holdsNoKey = (value: string): boolean => !headerHoldsKey(value);

/**
 * The headers of a request as the provider gets them, with the token stamped on and no key of ours in any.
 * @param defaults set only where the caller has said nothing
 * @param stamped the credential
 */
export function toUpstreamHeaders(
  incoming: Headers,
  defaults: Readonly<Record<string, string>>,
  stamped: Readonly<Record<string, string>>,
): Headers {
  const headers = new Headers(incoming);
  drop(headers, incoming, isRequestDropped, holdsNoKey);
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
  // The platform would ask for compression that the caller may not understand.
  if (!headers.has("Accept-Encoding")) headers.set("Accept-Encoding", "identity");
  for (const name of Object.keys(stamped)) headers.set(name, stamped[name] ?? "");
  return headers;
}

/**
 * The headers of an answer as the caller gets them.
 * @param asked the headers of the caller's request: a browser gets nothing that it would act on by itself
 * @param headers a copy of the answer's, which become the caller's
 * @param secrets what the call was made with: a header that says one of them is dropped
 */
export function toCallerHeaders(
  answered: Headers,
  asked: Headers,
  headers = new Headers(answered),
  secrets: readonly string[] = [],
): Headers {
  drop(headers, answered, isAnswerDropped, (value) => !secrets.some((secret) => value.includes(secret)));
  for (const [name, value] of EVERY_ANSWER) headers.set(name, value);
  if (asked.has("Sec-Fetch-Mode") || asked.has("Origin")) dropForBrowser(headers);
  const disposition = headers.get("Content-Disposition") ?? "";
  if (ACTIVE_TYPE.test(headers.get("Content-Type") ?? "") && !/^\s*attachment\b/i.test(disposition)) {
    headers.set("Content-Disposition", "attachment");
  }
  return headers;
}

/** Takes out what programs read and browsers obey. */
function dropForBrowser(headers: Headers): void {
  for (const name of ["WWW-Authenticate", "Optional-WWW-Authenticate"]) {
    if (ASKS_FOR_PASSWORD.test(headers.get(name) ?? "")) headers.delete(name);
  }
  const links = headers.get("Link")?.split(/,(?=\s*<)/) ?? [];
  // What stands behind the address are the link's parameters.
  const kept = links.filter((link) => !ACTED_ON.test(link.slice(link.indexOf(">"))));
  if (kept.length === links.length) return;
  if (kept.length === 0) headers.delete("Link");
  else headers.set("Link", kept.join(","));
}
