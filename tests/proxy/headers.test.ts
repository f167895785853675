import { describe, expect, it } from "vitest";
import { toCallerHeaders, toUpstreamHeaders } from "../../src/proxy/headers.ts";

describe("headers named in Connection", () => {
  it("stop here, and cannot take the token away", () => {
    const incoming = new Headers({ Connection: "authorization, X-Gone", "X-Gone": "1", "X-Kept": "1" });
    const headers = toUpstreamHeaders(incoming, {}, "token");
    expect(Object.fromEntries(headers)).toEqual({
      "accept-encoding": "identity",
      authorization: "Bearer token",
      "x-kept": "1",
    });
  });

  it("stop here on the way back too", () => {
    const headers = toCallerHeaders(new Headers({ Connection: "X-Gone", "X-Gone": "1", "X-Kept": "1" }));
    expect(headers.has("X-Gone")).toBe(false);
    expect(headers.get("X-Kept")).toBe("1");
  });
});

describe("an answer that a browser would run", () => {
  it.each(["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/pdf", "text/xml"])(
    "%s is a download",
    (type) =>
      expect(toCallerHeaders(new Headers({ "Content-Type": type })).get("Content-Disposition")).toBe("attachment"),
  );

  it.each(["application/json", "text/plain", "image/png", "application/octet-stream"])("%s is not", (type) =>
    expect(toCallerHeaders(new Headers({ "Content-Type": type })).has("Content-Disposition")).toBe(false),
  );
});

describe("what would be acted on between a provider and its caller stops here", () => {
  it.each([
    "CDN-Cache-Control",
    "Cloudflare-CDN-Cache-Control",
    "Surrogate-Control",
    "X-Accel-Redirect",
    "X-Sendfile",
    "Set-Cookie",
    "Set-Login",
    "Secure-Session-Registration",
    "Speculation-Rules",
    "Accept-CH",
    "Origin-Agent-Cluster",
    "Document-Policy",
    "Integrity-Policy",
    "Attribution-Reporting-Register-Source",
    "SourceMap",
    "Timing-Allow-Origin",
    "Clear-Site-Data",
    "Service-Worker-Allowed",
    "Alt-Svc",
  ])("on the way back: %s", (name) => expect(toCallerHeaders(new Headers({ [name]: "x" })).has(name)).toBe(false));

  it.each(["X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Client-IP", "X-Forwarded-For", "Forwarded", "CF-Ray"])(
    "on the way there: %s",
    (name) => expect(toUpstreamHeaders(new Headers({ [name]: "x" }), {}, "token").has(name)).toBe(false),
  );

  it.each(["ETag", "Retry-After", "X-RateLimit-Remaining", "Content-Language", "X-Custom", "WWW-Authenticate"])(
    "and nothing else does: %s",
    (name) => expect(toCallerHeaders(new Headers({ [name]: "x" })).get(name)).toBe("x"),
  );

  it("an answer that a browser would run is a download, whatever the provider calls it", () => {
    const inline = new Headers({ "Content-Type": "text/html", "Content-Disposition": 'inline; filename="x.html"' });
    expect(toCallerHeaders(inline).get("Content-Disposition")).toBe("attachment");
    const named = new Headers({ "Content-Type": "text/html", "Content-Disposition": 'attachment; filename="x.html"' });
    expect(toCallerHeaders(named).get("Content-Disposition")).toBe('attachment; filename="x.html"');
  });
});
