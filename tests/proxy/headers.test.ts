import { describe, expect, it } from "vitest";
import { toCallerHeaders, toUpstreamHeaders } from "../../src/proxy/headers.ts";

/** What programs ask with. */
const PROGRAM = new Headers();

describe("headers named in Connection", () => {
  it("stop here, and cannot take the token away", () => {
    const incoming = new Headers({ Connection: "authorization, X-Gone", "X-Gone": "1", "X-Kept": "1" });
    const headers = toUpstreamHeaders(incoming, {}, { Authorization: "Bearer token" });
    expect(Object.fromEntries(headers)).toEqual({
      "accept-encoding": "identity",
      authorization: "Bearer token",
      "x-kept": "1",
    });
  });

  it("but what a body is goes with it, since it is judged by that", () => {
    const named = "Content-Type, content-encoding";
    const incoming = new Headers({ Connection: named, "Content-Type": "text/plain", "Content-Encoding": "gzip" });
    const headers = toUpstreamHeaders(incoming, {}, {});
    expect([headers.get("Content-Type"), headers.get("Content-Encoding")]).toEqual(["text/plain", "gzip"]);
  });

  it("stop here on the way back too", () => {
    const headers = toCallerHeaders(new Headers({ Connection: "X-Gone", "X-Gone": "1", "X-Kept": "1" }), PROGRAM);
    expect(headers.has("X-Gone")).toBe(false);
    expect(headers.get("X-Kept")).toBe("1");
  });
});

describe("an answer that a browser would run", () => {
  it.each(["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/pdf", "text/xml"])(
    "%s is a download",
    (type) =>
      expect(toCallerHeaders(new Headers({ "Content-Type": type }), PROGRAM).get("Content-Disposition")).toBe(
        "attachment",
      ),
  );

  it.each(["application/json", "text/plain", "image/png", "application/octet-stream"])("%s is not", (type) =>
    expect(toCallerHeaders(new Headers({ "Content-Type": type }), PROGRAM).has("Content-Disposition")).toBe(false),
  );
});

describe("what is in no registry", () => {
  it.each(["X-RateLimit-Remaining", "X-Custom", "X-GitHub-Media-Type", "X-Vercel-Digest", "api-key"])(
    "passes: %s",
    (name) => expect(toCallerHeaders(new Headers({ [name]: "x" }), PROGRAM).get(name)).toBe("x"),
  );
});

describe("a browser is told nothing that it would act on by itself", () => {
  const LINK = '<https://api.example/list?page=2>; rel="next", <https://elsewhere.example/x>; rel=preload; as=script';
  const browsers = [{ "Sec-Fetch-Mode": "cors" }, { Origin: "https://app.example" }].map((asked) => new Headers(asked));

  it.each(["Basic realm=x", 'Bearer, Digest realm="x"', "NTLM", "Negotiate"])(
    "a challenge for a password: %s",
    (challenge) => {
      const answered = new Headers({ "WWW-Authenticate": challenge });
      for (const asked of browsers) expect(toCallerHeaders(answered, asked).has("WWW-Authenticate")).toBe(false);
      expect(toCallerHeaders(answered, PROGRAM).get("WWW-Authenticate")).toBe(challenge);
    },
  );

  it("but that a token is missing", () => {
    const answered = new Headers({ "WWW-Authenticate": 'Bearer error="invalid_token"' });
    for (const asked of browsers)
      expect(toCallerHeaders(answered, asked).get("WWW-Authenticate")).toBe('Bearer error="invalid_token"');
  });

  it("what to load, and goes on getting the next page", () => {
    for (const asked of browsers)
      expect(toCallerHeaders(new Headers({ Link: LINK }), asked).get("Link")).toBe(
        '<https://api.example/list?page=2>; rel="next"',
      );
    expect(toCallerHeaders(new Headers({ Link: LINK }), PROGRAM).get("Link")).toBe(LINK);
  });

  it.each(["preload", "modulepreload", "preconnect", "dns-prefetch", "prefetch", "prerender", "stylesheet"])(
    "a link that is for loading alone: %s",
    (rel) => {
      for (const asked of browsers)
        expect(toCallerHeaders(new Headers({ Link: `</a>; rel="${rel}"` }), asked).has("Link")).toBe(false);
    },
  );

  it("but the words may stand in an address", () => {
    const link = '<https://api.example/preload?basic=1,2>; rel="next"';
    for (const asked of browsers) expect(toCallerHeaders(new Headers({ Link: link }), asked).get("Link")).toBe(link);
  });
});

describe("an answer that a browser would run, whatever the provider calls it,", () => {
  it("is a download", () => {
    const inline = new Headers({ "Content-Type": "text/html", "Content-Disposition": 'inline; filename="x.html"' });
    expect(toCallerHeaders(inline, PROGRAM).get("Content-Disposition")).toBe("attachment");
    const named = new Headers({ "Content-Type": "text/html", "Content-Disposition": 'attachment; filename="x.html"' });
    expect(toCallerHeaders(named, PROGRAM).get("Content-Disposition")).toBe('attachment; filename="x.html"');
  });
});
