/** Which headers pass, in both directions. What is not named here passes as it is. */

/** RFC 9110 7.6.1: for one connection only. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Ours, the browser's and those of networks on the way: none of the provider's business. */
const REQUEST_DROPPED = [
  ...HOP_BY_HOP,
  "authorization",
  "cookie",
  "host",
  "content-length",
  "origin",
  "referer",
  "forwarded",
  "via",
  "x-real-ip",
  "true-client-ip",
  "cdn-loop",
  "x-csrf",
  "x-host",
  "x-original-host",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-forwarded",
  "fastly-client-ip",
  // Would carry a path past those refused, where a front end honours them.
  "x-original-url",
  "x-rewrite-url",
  // Would carry a method past the list of those allowed.
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
];
const REQUEST_DROPPED_PREFIXES = ["cf-", "sec-", "x-forwarded-", "x-latchkey-"];

/** What would set a browser's state, or speak, for our origin. */
const RESPONSE_DROPPED = [
  ...HOP_BY_HOP,
  "set-cookie",
  "set-cookie2",
  "clear-site-data",
  "strict-transport-security",
  "content-security-policy",
  "content-security-policy-report-only",
  "service-worker-allowed",
  "alt-svc",
  "nel",
  "report-to",
  "reporting-endpoints",
  "refresh",
  "public-key-pins",
  "cache-control",
  "expires",
  "pragma",
  "x-frame-options",
  "x-content-type-options",
  "permissions-policy",
  "referrer-policy",
  // What caches in front of us would act on (RFC 9213), against our own `no-store`.
  "cdn-cache-control",
  "cloudflare-cdn-cache-control",
  "surrogate-control",
  // What servers in front of us would act on.
  "x-sendfile",
  "x-lighttpd-send-file",
  // What browsers would act on for our origin.
  "set-login",
  "speculation-rules",
  "use-as-dictionary",
  "accept-ch",
  "critical-ch",
  "origin-agent-cluster",
  "document-policy",
  "integrity-policy",
  "integrity-policy-report-only",
  "supports-loading-mode",
  "sourcemap",
  "x-sourcemap",
  "timing-allow-origin",
  "activate-storage-access",
  "no-vary-search",
];
const RESPONSE_DROPPED_PREFIXES = [
  "access-control-",
  "cross-origin-",
  "document-isolation-",
  "attribution-reporting-",
  "secure-session-",
  "x-accel-",
  "x-latchkey-",
];

/** Answers are data for a program: opened in a browser they may do nothing, and no cache may keep them. */
const RESPONSE_SET = {
  "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "private, no-store",
};

/** Types that a browser runs or renders with scripts. */
const ACTIVE_TYPE = /html|xml|svg|javascript|ecmascript|pdf|flash/i;

function pass(headers: Headers, dropped: readonly string[], prefixes: readonly string[]): Headers {
  const named = (headers.get("Connection") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const kept = new Headers();
  for (const [name, value] of headers) {
    const isDropped =
      dropped.includes(name) || named.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
    if (!isDropped) kept.append(name, value);
  }
  return kept;
}

/**
 * The headers of a request as the provider gets them, with the token stamped on.
 * @param defaults set only where the caller has said nothing
 */
export function toUpstreamHeaders(
  incoming: Headers,
  defaults: Readonly<Record<string, string>>,
  access_token: string | null,
): Headers {
  const headers = pass(incoming, REQUEST_DROPPED, REQUEST_DROPPED_PREFIXES);
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
  // The platform would ask for compression that the caller may not understand.
  if (!headers.has("Accept-Encoding")) headers.set("Accept-Encoding", "identity");
  if (access_token !== null) headers.set("Authorization", `Bearer ${access_token}`);
  return headers;
}

/** The headers of an answer as the caller gets them. */
export function toCallerHeaders(answered: Headers): Headers {
  const headers = pass(answered, RESPONSE_DROPPED, RESPONSE_DROPPED_PREFIXES);
  for (const [name, value] of Object.entries(RESPONSE_SET)) headers.set(name, value);
  const disposition = headers.get("Content-Disposition") ?? "";
  if (ACTIVE_TYPE.test(headers.get("Content-Type") ?? "") && !/^\s*attachment\b/i.test(disposition)) {
    headers.set("Content-Disposition", "attachment");
  }
  return headers;
}
