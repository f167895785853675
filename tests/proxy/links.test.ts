/** Which links come back through the proxy, and that nothing else in an answer moves. */
import { describe, expect, it } from "vitest";
import { nextInHeader } from "../../src/data/links.ts";
import { bodyFinders, rewriteHeaders, type LinkContext } from "../../src/proxy/links.ts";
import { rewriteWhole } from "../../src/proxy/rewriting.ts";
import { builtInProviders } from "../../src/providers/index.ts";

function context(id: string, more: Partial<LinkContext> = {}): LinkContext {
  const provider = builtInProviders.find((candidate) => candidate.id === id);
  if (!provider) throw new Error(id);
  const proxy = `https://latchkey.example/proxy/${id}`;
  const called = `${provider.api.base_url}/repos/a/b?page=1`;
  return { provider, proxy, called, access_token: "the-token", key: "the-key", isForeign: false, secrets: [], ...more };
}

function rewriteBody(text: string, links: LinkContext, raw: boolean): string {
  const bytes = new Uint8Array(new TextEncoder().encode(text));
  return new TextDecoder().decode(rewriteWhole(bytes, bodyFinders(links, !raw)));
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
    ["percent-encoded", "a-b.c_d~e+f/g==", "a-b.c_d~e%2Bf%2Fg%3D%3D"],
    ["percent-encoded beyond need, in small digits", "a-b.c_d~e+f/g==", "a%2db%2ec%5fd%7ee%2bf%2fg%3d%3d"],
    ["as it is", "a-b.c_d~e+f/g==", "a-b.c_d~e+f/g=="],
    ["escaped as JSON", "a-b.c_d~e+f/g==", "a-b.c\\u005fd~e\\u002Bf\\/g=="],
  ])("a token in a link is taken out, %s", (_, access_token, written) => {
    const text = `{"next":"https:\\/\\/graph.facebook.com\\/v25.0\\/x?access_token=${written}&after=1","note":"${written}"}`;
    const rewritten = rewriteBody(text, context("facebook", { access_token }), false);
    expect(rewritten).toContain("access_token=the-key&after=1");
    expect(rewritten).toContain('"note":"the-key"');
    const foreign = rewriteBody(text, context("facebook", { access_token, isForeign: true }), true);
    expect(foreign).toContain(`access_token=${written}&access_token=the-key&after=1`);
  });

  it.each([
    ["another member", '{"other":"https://graph.microsoft.com/v1.0/x"}'],
    ["another host", '{"@odata.nextLink":"https://graph.microsoft.com.evil.example/x"}'],
    ["a look-alike", '{"@odata.nextLink":"https://graph.microsoft.com@evil.example/x"}'],
    ["text that only looks like a member", '{"body":"{\\"@odata.nextLink\\":\\"https://graph.microsoft.com/x\\"}"}'],
    ["what is no JSON", '"@odata.nextLink": "https://graph.microsoft.com'],
  ])("not %s", (_, text) => expect(rewriteBody(text, context("microsoft"), false)).toBe(text));

  it.each([
    ["letters beyond ASCII", 'a":"é\u20ac","x', "/v1/x?q=é%C3%A9\u20ac"],
    ["escapes, as they are written", "a", "/v1/x?a=1\\u0026b=\\u00e9\\/\\t"],
    ["nothing behind the host", "a", ""],
  ])("a link with %s keeps what follows the host letter for letter", (_, before, rest) => {
    const text = `{"${before}":1,"next":"https://api.spotify.com${rest}"}`;
    const slash = text.includes("\\/") ? "\\/" : "/";
    const proxy = "https://latchkey.example/proxy/spotify".replaceAll("/", slash);
    expect(rewriteBody(text, context("spotify"), false)).toBe(`{"${before}":1,"next":"${proxy}${rest}"}`);
  });

  it("a page's own token stays, with the caller's key beside it", () => {
    const foreign = context("facebook", { access_token: "page-token", isForeign: true });
    const text = '{"next":"https://graph.facebook.com/v25.0/x?access_token=page-token&after=1"}';
    expect(rewriteBody(text, foreign, false)).toContain("?access_token=page-token&access_token=the-key&after=1");
  });
});

const PROXY = "https://latchkey.example/proxy/github";

describe("in a header, a link", () => {
  it.each([
    // RFC 3986 5.4: relative to what was called, https://api.github.com/repos/a/b?page=1.
    ["that is whole", "https://api.github.com/x?page=2", `${PROXY}/x?page=2`],
    ["with an absolute path (Confluence)", "/x?cursor=abc", `${PROXY}/x?cursor=abc`],
    ["with a relative path", "c/d", `${PROXY}/repos/a/c/d`],
    ["that climbs", "../z", `${PROXY}/repos/z`],
    ["of a query alone", "?page=2", `${PROXY}/repos/a/b?page=2`],
    ["of a host alone", "//api.github.com/x", `${PROXY}/x`],
    ["to the API's base address", "https://api.github.com", PROXY],
    ["to the root", "/", `${PROXY}/`],
    ["to a further host", "https://uploads.github.com/z", `${PROXY}/~uploads.github.com/z`],
    ["with escapes, letter for letter", "https://api.github.com/a%2Fb?q=%7E~", `${PROXY}/a%2Fb?q=%7E~`],
    ["elsewhere", "https://elsewhere.example/y", "https://elsewhere.example/y"],
    ["to a look-alike", "https://api.github.com.evil.example/", "https://api.github.com.evil.example/"],
    ["of another scheme", "mailto:a@b.example", "mailto:a@b.example"],
  ])("%s", (_, link, expected) => {
    const headers = new Headers({
      Link: `<${link}>; rel="next", </help>; rel=help`,
      Location: link,
      "Content-Location": link,
    });
    rewriteHeaders(headers, context("github"));
    expect(headers.get("Location")).toBe(expected);
    expect(headers.get("Content-Location")).toBe(expected);
    expect(headers.get("Link")).toBe(`<${expected}>; rel="next", <${PROXY}/help>; rel=help`);
  });

  it("of a further host stays with that host", () => {
    const headers = new Headers({ Location: "/repos/x" });
    rewriteHeaders(headers, context("github", { called: "https://uploads.github.com/repos/y" }));
    expect(headers.get("Location")).toBe(`${PROXY}/~uploads.github.com/repos/x`);
  });

  it("out of an API that is under a path is left at the provider, and never becomes a call of ours", () => {
    const { provider, ...rest } = context("github");
    const under = { ...provider, api: { ...provider.api, base_url: "https://acme.example/api" } };
    const at = { ...rest, provider: under, called: "https://acme.example/api/items" };
    const headers = new Headers({
      Location: "/api",
      "Content-Location": "/login",
      Link: '</api/items?p=2>; rel="next"',
    });
    rewriteHeaders(headers, at);
    expect(Object.fromEntries(headers)).toEqual({
      location: PROXY,
      "content-location": "https://acme.example/login",
      link: `<${PROXY}/items?p=2>; rel="next"`,
    });
  });
});

describe("the link to the next page is found", () => {
  // RFC 8288 3: parameters in any order, quoted or not, several relations in one.
  it.each([
    ['<https://a.example/2>; rel="next"'],
    ["<https://a.example/2>; rel=next"],
    ['<https://a.example/2>;rel="next"; title="a, b"'],
    ['<https://a.example/2>; title="x"; rel="last next"'],
    ['<https://a.example/1>; rel="prev", <https://a.example/2>; rel="NEXT"'],
    ['<https://a.example/1>; rel="nextish", <https://a.example/2>;  REL = "next"'],
    ['<https://a.example/2>; title="of \\"a\\", <b>; rel=none"; rel="next"'],
    ['<https://a.example/1>; title="<x>; rel=next", <https://a.example/2> ;rel=next'],
    ["<https://a.example/1>; rel=prev; rel=next, <https://a.example/2>; anchor; rel=next; rel=prev"],
  ])("%s", (link) => expect(nextInHeader(new Headers({ Link: link }))).toBe("https://a.example/2"));

  it.each([[null], [""], ['<https://a.example/2>; rel="prev"'], ['<https://a.example/2>; title="next"']])(
    "and not in %s",
    (link) => expect(nextInHeader(new Headers(link === null ? {} : { Link: link }))).toBeNull(),
  );
});
