/** Starting is an act: of a person at our own page or the address bar, or of a program; never of a page that was only looked at. */
import { beforeEach, describe, expect, it } from "vitest";
import { madePagePolicy } from "../../src/security-headers.ts";
import { control } from "../support/emulator.ts";
import { watchedVaults } from "../support/vault.ts";
import { Visitor, errorOf, locationOf, request } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

const navigation = (site: string, destination = "document") => ({
  Accept: "text/html",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": destination,
  "Sec-Fetch-Site": site,
});

describe.each(["/auth/github", "/integrations/github/authorize"])("%s", (path) => {
  it.each([
    ["an image", { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site" }],
    ["a frame", navigation("cross-site", "iframe")],
    ["a frame of our own", navigation("same-origin", "iframe")],
    [
      "a script of another site",
      { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "cross-site" },
    ],
    ["a script element", { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script", "Sec-Fetch-Site": "cross-site" }],
  ])("makes nothing for %s", async (_, headers) => {
    const VAULT = watchedVaults();
    const answer = await request(path, { headers: { ...headers, "X-Anything": "1" } }, { VAULT });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(VAULT.asked).toEqual([]);
  });

  it.each(["cross-site", "same-site"])(
    "asks a person whom a link has sent here (%s), and makes nothing until then",
    async (site) => {
      const VAULT = watchedVaults();
      const visitor = new Visitor({ VAULT });
      const answer = await visitor.fetch(`${path}?return_to=/`, { headers: navigation(site) });
      const page = await answer.text();
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Content-Security-Policy")).toBe(madePagePolicy);
      expect(page).toContain("Connect GitHub?");
      expect(visitor.cookies.size).toBe(0);
      expect(VAULT.asked).toEqual([]);
      const [, href = ""] = /<a href="(\/[^"]*\/[^"]*)"/.exec(page) ?? [];
      const started = await visitor.fetch(href, { headers: navigation("same-origin") });
      expect(started.status).toBe(303);
    },
  );

  it.each(["none", "same-origin"])("goes to the provider for a person who starts here (%s)", async (site) => {
    expect((await new Visitor().fetch(path, { headers: navigation(site) })).status).toBe(303);
  });
});

it("a link of another site replaces nothing that is connected", async () => {
  const visitor = new Visitor();
  await visitor.connect("github");
  const before = (await control("github").grants()).grants;
  const answer = await visitor.fetch("/auth/github", { headers: navigation("cross-site") });
  expect(answer.status).toBe(200);
  expect((await control("github").grants()).grants).toEqual(before);
  expect((await visitor.fetch("/data/github")).status).toBe(200);
});

it("a link that was made for a person to open is opened from wherever it was sent", async () => {
  const { authorization_url } = await (await request("/auth/github")).json<{ authorization_url: string }>();
  const answer = await new Visitor().fetch(authorization_url, { headers: navigation("cross-site") });
  expect(locationOf(answer)).toContain("/login/oauth/authorize");
});

it("says to a page that tried from within what to do instead", async () => {
  const answer = await errorOf(
    await request("/auth/github", { headers: { "Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors" } }),
  );
  expect(answer).toMatchObject({ error: "csrf" });
  expect(answer.message).toContain("click");
});
