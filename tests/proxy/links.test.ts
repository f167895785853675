/** Which links come back through the proxy, and that nothing else in an answer moves. */
import { describe, expect, it } from "vitest";
import { rewriteBody, rewriteHeaders, type LinkContext } from "../../src/proxy/links.ts";
import { builtInProviders } from "../../src/providers/index.ts";

function context(id: string, more: Partial<LinkContext> = {}): LinkContext {
  const provider = builtInProviders.find((candidate) => candidate.id === id);
  if (!provider) throw new Error(id);
  const proxy = `https://latchkey.example/proxy/${id}`;
  return { provider, proxy, here: proxy, access_token: "the-token", key: "the-key", isForeign: false, ...more };
}

describe("in a body", () => {
  it.each([
    ["hubspot", "link", "https://api.hubapi.com/crm/v3/x?after=1", "/crm/v3/x?after=1"],
    ["slack", "upload_url", "https://files.slack.com/upload/v1/abc", "/~files.slack.com/upload/v1/abc"],
    ["notion", "upload_url", "https://api.notion.com/v1/file_uploads/1/send", "/v1/file_uploads/1/send"],
    ["spotify", "next", "https://api.spotify.com/v1/me/playlists?offset=50", "/v1/me/playlists?offset=50"],
    ["spotify", "href", "https://api.spotify.com/v1/x", "/v1/x"],
    ["microsoft", "@odata.nextLink", "https://graph.microsoft.com/v1.0/me?$skiptoken=x", "/v1.0/me?$skiptoken=x"],
    ["microsoft", "@odata.deltaLink", "https://graph.microsoft.com/v1.0/d", "/v1.0/d"],
    [
      "facebook",
      "previous",
      "https://graph.facebook.com/v25.0/x?access_token=the-token",
      "/v25.0/x?access_token=the-key",
    ],
  ])("%s's %s", (id, field, link, expected) => {
    for (const text of [
      `{"a":{"${field}" : "${link}"},"n":1e400}`,
      `{"a":{"${field}" : "${link.replaceAll("/", "\\/")}"},"n":1e400}`,
    ]) {
      const rewritten = rewriteBody(text, context(id), false);
      expect(rewritten.replaceAll("\\/", "/")).toBe(
        `{"a":{"${field}" : "https://latchkey.example/proxy/${id}${expected}"},"n":1e400}`,
      );
      expect(rewritten.includes("\\/")).toBe(text.includes("\\/"));
      if (id !== "facebook") expect(rewriteBody(text, context(id), true)).toBe(text);
    }
  });

  it.each([
    ["another member", '{"other":"https://graph.microsoft.com/v1.0/x"}'],
    ["another host", '{"@odata.nextLink":"https://graph.microsoft.com.evil.example/x"}'],
    ["a look-alike", '{"@odata.nextLink":"https://graph.microsoft.com@evil.example/x"}'],
    ["text that only looks like a member", '{"body":"{\\"@odata.nextLink\\":\\"https://graph.microsoft.com/x\\"}"}'],
    ["what is no JSON", '"@odata.nextLink": "https://graph.microsoft.com'],
  ])("not %s", (_, text) => expect(rewriteBody(text, context("microsoft"), false)).toBe(text));

  it("a page's own token stays, with the caller's key beside it", () => {
    const foreign = context("facebook", { access_token: "page-token", isForeign: true });
    const text = '{"next":"https://graph.facebook.com/v25.0/x?access_token=page-token&after=1"}';
    expect(rewriteBody(text, foreign, false)).toContain("?access_token=page-token&access_token=the-key&after=1");
  });
});

describe("in a header", () => {
  it("every link of Link, Location and Content-Location that leads to the API", () => {
    const headers = new Headers({
      Link: '<https://api.github.com/x?page=2>; rel="next", <https://elsewhere.example/y>; rel="help"',
      Location: "https://uploads.github.com/z",
      "Content-Location": "/relative?x=1",
    });
    rewriteHeaders(headers, context("github"));
    expect(Object.fromEntries(headers)).toEqual({
      link: '<https://latchkey.example/proxy/github/x?page=2>; rel="next", <https://elsewhere.example/y>; rel="help"',
      location: "https://latchkey.example/proxy/github/~uploads.github.com/z",
      "content-location": "/proxy/github/relative?x=1",
    });
  });

  it("a path of a further host stays with that host", () => {
    const headers = new Headers({ Location: "/repos/x" });
    rewriteHeaders(headers, context("github", { here: "https://latchkey.example/proxy/github/~uploads.github.com" }));
    expect(headers.get("Location")).toBe("/proxy/github/~uploads.github.com/repos/x");
  });
});
