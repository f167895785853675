/**
 * IANA's HTTP Field Name Registry, by name alone, as it stood after August 7, 2026: permanent, provisional, deprecated and
 * obsoleted ones. With it, what the proxy leaves alone and why; what it does not leave alone is said in
 * src/proxy/header-fields.ts. A name that is added here has to be given a place, in each direction.
 */
import type { Families } from "../../src/proxy/header-fields.ts";

export const REGISTERED = `
A-IM Accept Accept-Additions Accept-CH Accept-Charset Accept-Datetime Accept-Encoding Accept-Features Accept-Language
Accept-Patch Accept-Post Accept-Query Accept-Ranges Accept-Signature Access-Control Access-Control-Allow-Credentials
Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers
Access-Control-Max-Age Access-Control-Request-Headers Access-Control-Request-Method Activate-Storage-Access Age Allow ALPN
Alt-Svc Alt-Used Alternates AMP-Cache-Transform Apply-To-Redirect-Ref Authentication-Control Authentication-Info
Authorization Available-Dictionary C-Ext C-Man C-Opt C-PEP C-PEP-Info Cache-Control Cache-Group-Invalidation Cache-Groups
Cache-Status Cal-Managed-ID CalDAV-Timezones Capsule-Protocol CDN-Cache-Control CDN-Loop Cert-Not-After Cert-Not-Before
Clear-Site-Data Client-Cert Client-Cert-Chain Close CMCD-Object CMCD-Request CMCD-Session CMCD-Status CMSD-Dynamic
CMSD-Static Concealed-Auth-Export Configuration-Context Connect-UDP-Bind Connection Content-Base Content-Digest
Content-Disposition Content-Encoding Content-ID Content-Language Content-Length Content-Location Content-MD5 Content-Range
Content-Script-Type Content-Security-Policy Content-Security-Policy-Report-Only Content-Style-Type Content-Type
Content-Version Cookie Cookie2 Cross-Origin-Embedder-Policy Cross-Origin-Embedder-Policy-Report-Only
Cross-Origin-Opener-Policy Cross-Origin-Opener-Policy-Report-Only Cross-Origin-Resource-Policy CTA-Common-Access-Token DASL
Date DAV Default-Style Delta-Base Deprecation Depth Derived-From Destination Detached-JWS Dictionary-ID Differential-ID
Digest DPoP DPoP-Nonce Early-Data EDIINT-Features ETag Expect Expect-CT Expires Ext Forwarded From GetProfile Hobareg Host
HTTP2-Settings If If-Match If-Modified-Since If-None-Match If-Range If-Schedule-Tag-Match If-Unmodified-Since IM
Include-Referred-Token-Binding-ID Incremental Isolation Keep-Alive Label Last-Event-ID Last-Modified Link Link-Template
Location Lock-Token Man Max-Forwards Memento-Datetime Meter Method-Check Method-Check-Expires MIME-Version Negotiate NEL
OData-EntityId OData-Isolation OData-MaxVersion OData-Version Opt Optional-WWW-Authenticate Ordering-Type Origin
Origin-Agent-Cluster OSCORE OSLC-Core-Version Overwrite P3P PEP PEP-Info Permissions-Policy PICS-Label Ping-From Ping-To
Position Pragma Prefer Preference-Applied Priority ProfileObject Protocol Protocol-Info Protocol-Query Protocol-Request
Proxy-Authenticate Proxy-Authentication-Info Proxy-Authorization Proxy-Features Proxy-Instruction Proxy-Public-Address
Proxy-Status Public Public-Key-Pins Public-Key-Pins-Report-Only Range Redirect-Ref Referer Referer-Root Referrer-Policy
Refresh Repeatability-Client-ID Repeatability-First-Sent Repeatability-Request-ID Repeatability-Result Replay-Nonce
Reporting-Endpoints Repr-Digest Retry-After Safe Schedule-Reply Schedule-Tag Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site
Sec-Fetch-Storage-Access Sec-Fetch-User Sec-GPC Sec-Purpose Sec-Token-Binding Sec-WebSocket-Accept Sec-WebSocket-Extensions
Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Security-Scheme Server Server-Timing Set-Cookie Set-Cookie2
Set-Txn SetProfile Signature Signature-Input SLUG SoapAction Status-URI Strict-Transport-Security Sunset
Surrogate-Capability Surrogate-Control TCN TE Timeout Timing-Allow-Origin Topic Traceparent Tracestate Trailer
Transfer-Encoding TTL Unencoded-Digest Upgrade Urgency URI Use-As-Dictionary User-Agent Variant-Vary Vary Via
Want-Content-Digest Want-Digest Want-Repr-Digest Want-Unencoded-Digest Warning WWW-Authenticate X-Content-Type-Options
X-Frame-Options *
`
  .trim()
  .split(/\s+/);

/** What passes in both directions. */
const PASSES: Families = {
  "content, and what describes it":
    "Content-Base Content-Digest Content-Disposition Content-Encoding Content-ID Content-Language Content-Location Content-MD5 Content-Range Content-Script-Type Content-Style-Type Content-Type Content-Version Default-Style Derived-From Differential-ID Digest Link Link-Template MIME-Version Repr-Digest Unencoded-Digest URI Cert-Not-After Cert-Not-Before Configuration-Context Memento-Datetime Last-Modified ETag EDIINT-Features",
  "what is asked for, and what there is":
    "A-IM Accept Accept-Additions Accept-Charset Accept-Datetime Accept-Encoding Accept-Features Accept-Language Accept-Patch Accept-Post Accept-Query Accept-Ranges Accept-Signature Allow Alternates Delta-Base IM Negotiate Prefer Preference-Applied Public Range Safe TCN User-Agent Variant-Vary Vary Want-Content-Digest Want-Digest Want-Repr-Digest Want-Unencoded-Digest Server Expect",
  "conditions and repetition":
    "If If-Match If-Modified-Since If-None-Match If-Range If-Schedule-Tag-Match If-Unmodified-Since Last-Event-ID Repeatability-Client-ID Repeatability-First-Sent Repeatability-Request-ID Repeatability-Result Retry-After Age Warning Deprecation Sunset Date",
  "protocols on top of HTTP: WebDAV, CalDAV, OData, OSLC, Web Push, ACME, Atom, SOAP, SCIM, OSCORE":
    "Apply-To-Redirect-Ref CalDAV-Timezones Cal-Managed-ID DASL DAV Depth Destination Isolation Label Location Lock-Token OData-EntityId OData-Isolation OData-MaxVersion OData-Version Ordering-Type OSCORE OSLC-Core-Version Overwrite Position Redirect-Ref Replay-Nonce Schedule-Reply Schedule-Tag Set-Txn SLUG SoapAction Status-URI Timeout Topic TTL Urgency",
  // What the caller signs or brings itself is its own affair; nothing on the way adds these.
  "signatures and challenges that a program answers":
    "Authentication-Info CTA-Common-Access-Token Detached-JWS DPoP-Nonce From Hobareg Signature Signature-Input WWW-Authenticate Optional-WWW-Authenticate",
  // RFC 8470 5.1: no one on the way may take Early-Data out.
  "told end to end, for whoever measures or hurries":
    "AMP-Cache-Transform Available-Dictionary Cache-Status CMCD-Object CMCD-Request CMCD-Session CMCD-Status CMSD-Dynamic CMSD-Static Dictionary-ID Early-Data Incremental Priority Server-Timing Traceparent Tracestate",
  "nobody acts on them any more":
    "C-Ext C-Man C-Opt C-PEP C-PEP-Info Ext GetProfile Man Method-Check-Expires Opt P3P PEP PEP-Info PICS-Label ProfileObject Protocol Protocol-Info Protocol-Query Protocol-Request Security-Scheme SetProfile",
  "reserved, and never sent": "*",
};

/** What passes in requests. */
export const REQUEST_PASSES: Families = {
  ...PASSES,
  "an API may know them": "Cache-Control Pragma Expires",
  "they mean something in answers alone":
    "Accept-CH Access-Control Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age Activate-Storage-Access Alt-Svc Authentication-Control Cache-Group-Invalidation Cache-Groups CDN-Cache-Control Clear-Site-Data Content-Security-Policy Content-Security-Policy-Report-Only Cross-Origin-Embedder-Policy Cross-Origin-Embedder-Policy-Report-Only Cross-Origin-Opener-Policy Cross-Origin-Opener-Policy-Report-Only Cross-Origin-Resource-Policy Expect-CT Include-Referred-Token-Binding-ID NEL Origin-Agent-Cluster Permissions-Policy Public-Key-Pins Public-Key-Pins-Report-Only Referrer-Policy Refresh Reporting-Endpoints Set-Cookie Set-Cookie2 Strict-Transport-Security Surrogate-Control Timing-Allow-Origin Use-As-Dictionary X-Content-Type-Options X-Frame-Options",
};

/** What passes in answers. */
export const ANSWER_PASSES: Families = {
  ...PASSES,
  "what happened on the provider's side of the way": "Proxy-Status Via CDN-Loop Forwarded Content-Length",
  "they mean something in requests alone":
    "Alt-Used Authorization Client-Cert Client-Cert-Chain Concealed-Auth-Export Cookie Cookie2 DPoP Host Max-Forwards Method-Check Origin Ping-From Ping-To Referer Referer-Root Surrogate-Capability",
};
