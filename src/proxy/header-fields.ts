/**
 * Every header field that does not pass, by a word for the reason why, which tests/sdks/differences.ts says in full: those of IANA's HTTP Field Name Registry, and those in no registry
 * that browsers, caches and servers are known to act on. Whatever is not named here passes, so that nothing is lost. What
 * docs/proxy.md says is made from this, and a test has a place for each name of the registry.
 *
 * A `*` at the beginning or at the end of a name stands for anything.
 */
export type Families = Readonly<Record<string, string>>;

/** Of a request, on the way to the provider. `CDN-Loop` is set where every request leaves; see loops.ts. */
export const REQUEST_DROPPED: Families = {
  // RFC 9110 7.6.1, and `Proxy`, which CGI programs take for the address of one.
  connection:
    "Connection Keep-Alive TE Trailer Transfer-Encoding Upgrade HTTP2-Settings Close Meter ALPN Capsule-Protocol Connect-UDP-Bind Proxy Proxy-*",
  ours: "X-CSRF X-Latchkey-* DPoP",
  browser: "Cookie Cookie2 Origin Referer Referer-Root Ping-From Ping-To Sec-* Access-Control-Request-* Method-Check",
  network:
    "Forwarded Via X-Forwarded X-Forwarded-* X-Real-IP X-Host X-Original-Host X-Original-Forwarded-For X-Client-IP Client-IP X-Cluster-Client-IP X-Originating-IP X-Remote-IP X-Remote-Addr True-Client-IP Fastly-Client-IP Fly-Client-IP CF-* CloudFront-* X-AppEngine-* X-Azure-ClientIP X-Azure-SocketIP X-Vercel-Forwarded-For X-Vercel-IP-* X-Envoy-* WL-Proxy-Client-IP Alt-Used Surrogate-Capability Max-Forwards",
  // RFC 9440 2.1 and RFC 9729: a server believes these of the one in front of it.
  tls: "Client-Cert Client-Cert-Chain Concealed-Auth-Export SSL-Client-* X-SSL-Client-*",
  override:
    "X-HTTP-Method X-HTTP-Method-Override X-Method-Override X-Original-Method X-Original-URL X-Original-URI X-Original-Path X-Rewrite-URL",
};

/** Of an answer, on the way to the caller. */
export const ANSWER_DROPPED: Families = {
  connection:
    "Connection Keep-Alive TE Trailer Transfer-Encoding Upgrade HTTP2-Settings Close Meter ALPN Capsule-Protocol Connect-UDP-Bind Proxy-Authenticate Proxy-Authentication-Info Proxy-Authorization Proxy-Connection Proxy-Features Proxy-Instruction Proxy-Public-Address",
  origin:
    "Set-Cookie Set-Cookie2 Clear-Site-Data Expect-CT Public-Key-Pins Public-Key-Pins-Report-Only Alt-Svc NEL Report-To Reporting-Endpoints Refresh Service-Worker-Allowed Access-Control Access-Control-* Set-Login Activate-Storage-Access Accept-CH Critical-CH Use-As-Dictionary Authentication-Control Include-Referred-Token-Binding-ID Sec-* Secure-Session-* Attribution-Reporting-* Observe-Browsing-Topics Shared-Storage-Write Ad-Auction-*",
  page: "Content-Security-Policy-Report-Only X-Content-Security-Policy X-WebKit-CSP Cross-Origin-* Document-Policy Document-Policy-Report-Only Document-Isolation-* Integrity-Policy Integrity-Policy-Report-Only Permissions-Policy-Report-Only Feature-Policy Origin-Agent-Cluster Supports-Loading-Mode Speculation-Rules No-Vary-Search SourceMap X-SourceMap Timing-Allow-Origin X-XSS-Protection X-DNS-Prefetch-Control X-Permitted-Cross-Domain-Policies",
  // RFC 9213 and RFC 9875, against our own `no-store`.
  cache: "Expires Pragma *-Cache-Control Surrogate-Control Edge-Control Cache-Groups Cache-Group-Invalidation",
  server: "X-Accel-* X-Sendfile* X-LIGHTTPD-* X-LiteSpeed-* X-Reproxy-* X-Envoy-*",
  ours: "X-Latchkey-*",
};

/** Of an answer, what Latchkey says itself, whatever the provider has said. */
export const ANSWER_SET = {
  // Answers are data for a program: opened in a browser they may do nothing, and no cache may keep them.
  "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "private, no-store",
} as const;

const MAX_KNOWN = 1000;
const LONGEST_KNOWN = 100;

/** Whether a field, in lower case, is one of these. */
export type FieldTest = (name: string) => boolean;

/**
 * Servers that hand fields on as variables (RFC 3875 4.1.18) take `_` for `-`, so both are the same here.
 * @param families the fields of each with a space between them
 */
export function fieldTest(families: Families): FieldTest {
  const names = Object.values(families).flatMap((family) => family.toLowerCase().split(" "));
  const exact = new Set(names);
  const beginnings = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  const ends = names.filter((name) => name.startsWith("*")).map((name) => name.slice(1));
  const isNamed = (written: string): boolean => {
    const name = written.replaceAll("_", "-");
    return (
      exact.has(name) ||
      beginnings.some((beginning) => name.startsWith(beginning)) ||
      ends.some((end) => name.endsWith(end))
    );
  };
  // Each call has the same few: they are looked up once.
  const known = new Map<string, boolean>();
  return (written) => {
    const before = known.get(written);
    if (before !== undefined) return before;
    const answer = isNamed(written);
    if (known.size >= MAX_KNOWN) known.clear();
    if (written.length <= LONGEST_KNOWN) known.set(written, answer);
    return answer;
  };
}
