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
