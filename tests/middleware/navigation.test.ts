/** Who is asking is told by what a browser says of its request (W3C Fetch Metadata), and by nothing else. */
import { describe, expect, it } from "vitest";
import { isIncidental, isLookAhead, isNavigation, isSentByOthers } from "../../src/middleware/navigation.ts";

type Said = Readonly<Record<string, string>>;
const asked = (headers: Said, method = "GET"): Request => new Request("https://connect.example/", { method, headers });

it.each<readonly [Said, boolean]>([
  [{ "Sec-Fetch-Mode": "navigate" }, true],
  [{ "Sec-Fetch-Mode": "cors", Accept: "text/html" }, false],
  [{ Accept: "text/html,application/xhtml+xml" }, true],
  [{ Accept: "application/json" }, false],
  [{}, false],
])("%j is a navigation: %j", (headers, is) => expect(isNavigation(asked(headers))).toBe(is));

describe("a look ahead", () => {
  it.each<readonly [Said, boolean]>([
    [{ "Sec-Purpose": "prefetch" }, true],
    [{ "Sec-Purpose": "prefetch;prerender" }, true],
    [{ Purpose: "prefetch" }, true],
    [{ "Sec-Purpose": "", Purpose: "prefetch" }, false],
    [{}, false],
  ])("%j: %j", (headers, is) => expect(isLookAhead(asked(headers))).toBe(is));

  it("is every request for headers alone", () => expect(isLookAhead(asked({}, "HEAD"))).toBe(true));
});

it.each<readonly [Said, boolean]>([
  [{}, false],
  [{ "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site" }, false],
  [{ "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "same-origin" }, true],
  [{ "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site" }, true],
  [{ "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "cross-site" }, true],
  [{ "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-site" }, true],
  [{ "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin" }, false],
  [{ "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "none" }, false],
  [{ "Sec-Fetch-Dest": "empty" }, true],
  [{ "Sec-Fetch-Site": "cross-site" }, false],
])("%j was not made on purpose: %j", (headers, is) => expect(isIncidental(asked(headers))).toBe(is));

it.each<readonly [Said, boolean]>([
  [{ "Sec-Fetch-Site": "cross-site" }, true],
  [{ "Sec-Fetch-Site": "same-site" }, true],
  [{ "Sec-Fetch-Site": "same-origin" }, false],
  [{ "Sec-Fetch-Site": "none" }, false],
  [{}, false],
])("%j is sent by others: %j", (headers, is) => expect(isSentByOthers(asked(headers))).toBe(is));
