/** What a callback may not do, and that nothing is exchanged when it tries. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { STATE_TTL_SECONDS } from "../../src/oauth/authorization.ts";
import { control, tokenCalls } from "../support/emulator.ts";
import { APP, Visitor, decide, errorOf, locationOf } from "../support/visitor.ts";

beforeEach(async () => {
  vi.useRealTimers();
  await control("github").reset();
});

/** A visitor who has allowed access and stands before the callback. */
async function atCallback(integration = "github"): Promise<{ visitor: Visitor; callback: URL }> {
  const visitor = new Visitor();
  return { visitor, callback: new URL(await decide(integration, await visitor.startAt(integration))) };
}

async function expectNothingExchanged(): Promise<void> {
  expect(await tokenCalls("github")).toBe(0);
}

describe("a callback is refused, and nothing is exchanged,", () => {
  it.each([
    ["without a state", (url: URL) => url.searchParams.delete("state"), 400, "invalid_state"],
    ["with an unknown state", (url: URL) => url.searchParams.set("state", "x".repeat(120)), 400, "invalid_state"],
    ["with an altered state", (url: URL) => url.searchParams.set("state", alter(url)), 400, "invalid_state"],
    ["with two states", (url: URL) => url.searchParams.append("state", "x"), 400, "invalid_state"],
    ["with a state of 8 KB", (url: URL) => url.searchParams.set("state", "x".repeat(8192)), 400, "invalid_state"],
    ["at another integration", (url: URL) => (url.pathname = "/callback/google"), 400, "callback_mismatch"],
    [
      "at the other address of the same integration",
      (url: URL) => (url.pathname = "/integrations/github/oauth2callback"),
      400,
      "callback_mismatch",
    ],
    [
      "at an integration that is not there",
      (url: URL) => (url.pathname = "/callback/nowhere"),
      400,
      "callback_mismatch",
    ],
  ])("%s", async (_, change, status, error) => {
    const { visitor, callback } = await atCallback();
    change(callback);
    expect(await errorOf(await visitor.fetch(callback.href))).toMatchObject({ status, error });
    await expectNothingExchanged();
  });

  it("from another browser, which leaves it to the right one", async () => {
    const { visitor, callback } = await atCallback();
    const other = new Visitor();
    await other.startAt("github");
    expect(await errorOf(await other.fetch(callback.href))).toMatchObject({
      status: 403,
      error: "state_browser_mismatch",
    });
    expect(await errorOf(await new Visitor().fetch(callback.href))).toMatchObject({
      status: 403,
      error: "state_browser_mismatch",
    });
    await expectNothingExchanged();
    expect(locationOf(await visitor.navigate(callback.href))).toBe(`${APP}/?connected=github`);
  });

  it("when somebody else has signed in on the browser that started", async () => {
    const { visitor, callback } = await atCallback();
    const other = new Visitor();
    await other.startAt("notion");
    visitor.cookies.set("__Host-session", other.cookies.get("__Host-session") ?? "");
    expect(locationOf(await visitor.fetch(callback.href))).toBe(`${APP}/?integration=github&error=user_mismatch`);
    await expectNothingExchanged();
  });

  it("after ten minutes", async () => {
    const { visitor, callback } = await atCallback();
    vi.useFakeTimers({ now: Date.now() + STATE_TTL_SECONDS * 1000 + 1, toFake: ["Date"] });
    expect(await errorOf(await visitor.fetch(callback.href))).toMatchObject({ status: 400, error: "state_expired" });
    await expectNothingExchanged();
  });

  it("with the issuer of another server (RFC 9207)", async () => {
    const { visitor, callback } = await atCallback();
    callback.searchParams.set("iss", "https://evil.example");
    expect(locationOf(await visitor.fetch(callback.href))).toBe(`${APP}/?integration=github&error=issuer_mismatch`);
    await expectNothingExchanged();
  });
});

/** Puts these in the place of the code. */
const instead = (parameters: Record<string, string>) => (url: URL) => {
  url.searchParams.delete("code");
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
};

describe("an answer without a code that can be used goes back to where the flow started, as an error:", () => {
  it.each<readonly [string, (url: URL) => void, string]>([
    ["access_denied of RFC 6749 4.1.2.1", instead({ error: "access_denied" }), "access_denied"],
    // https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow
    ["LinkedIn's user_cancelled_login", instead({ error: "user_cancelled_login" }), "access_denied"],
    ["LinkedIn's user_cancelled_authorize", instead({ error: "user_cancelled_authorize" }), "access_denied"],
    ["consent that was declined in other words", instead({ error: "consent_declined" }), "access_denied"],
    ["server_error", instead({ error: "server_error", error_description: "<b>x" }), "provider_unavailable"],
    ["Microsoft's temporarily_unavailable", instead({ error: "temporarily_unavailable" }), "provider_unavailable"],
    ["invalid_scope", instead({ error: "invalid_scope" }), "authorization_failed"],
    // https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
    [
      "Facebook's error_code alone",
      instead({ error_code: "1349126", error_message: "Not active" }),
      "authorization_failed",
    ],
    ["an error of 8 KB", instead({ error: "x".repeat(8192) }), "authorization_failed"],
    ["a code and an error", (url) => url.searchParams.set("error", "invalid_scope"), "authorization_failed"],
    ["neither", instead({}), "invalid_callback"],
    ["an empty code", instead({ code: "" }), "invalid_callback"],
    ["a code of 8 KB", instead({ code: "x".repeat(8192) }), "invalid_callback"],
    ["two codes", (url) => url.searchParams.append("code", "x"), "invalid_callback"],
  ])("%s", async (_, change, error) => {
    const { visitor, callback } = await atCallback();
    change(callback);
    expect(locationOf(await visitor.navigate(callback.href))).toBe(`${APP}/?integration=github&error=${error}`);
    await expectNothingExchanged();
  });

  it("whatever else stands in it, nothing of it comes along", async () => {
    const { visitor, callback } = await atCallback();
    instead({ error: "<script>", error_description: "<script>", error_uri: "https://evil.example" })(callback);
    const location = locationOf(await visitor.navigate(callback.href));
    expect([...new URL(location).searchParams]).toEqual([
      ["integration", "github"],
      ["error", "authorization_failed"],
    ]);
  });
});

describe("an answer with a code is taken", () => {
  it.each<readonly [string, (url: URL) => void]>([
    // RFC 6749 3.1: without a value is left out.
    ["with an empty error", (url) => url.searchParams.set("error", "")],
    [
      "with further parameters, one of them twice",
      (url) => (url.search += "&session_state=x.y&hd=m%C3%BCnchen.de&scope=a&scope=b"),
    ],
    ["with a description and no error", (url) => url.searchParams.set("error_description", "all is well")],
  ])("%s", async (_, change) => {
    const { visitor, callback } = await atCallback();
    change(callback);
    expect(locationOf(await visitor.navigate(callback.href))).toBe(`${APP}/?connected=github`);
  });
});

describe("a callback", () => {
  it("counts once, and its second use leaves the connection alone", async () => {
    const { visitor, callback } = await atCallback();
    await visitor.navigate(callback.href);
    expect(await errorOf(await visitor.fetch(callback.href))).toMatchObject({ status: 400, error: "state_consumed" });
    expect(await tokenCalls("github")).toBe(1);
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });

  it("has exactly one winner when it comes fifty times at once", async () => {
    const { visitor, callback } = await atCallback();
    const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.fetch(callback.href)));
    expect(answers.filter((answer) => answer.status === 303)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 400)).toHaveLength(49);
    expect(await tokenCalls("github")).toBe(1);
  });

  it.each(["prefetch", "prefetch;prerender"])("is not used up by a browser that looks ahead (%s)", async (purpose) => {
    const { visitor, callback } = await atCallback();
    expect((await visitor.fetch(callback.href, { headers: { "Sec-Purpose": purpose } })).status).toBe(204);
    expect((await visitor.fetch(callback.href, { method: "HEAD" })).status).toBe(204);
    await expectNothingExchanged();
    expect((await visitor.navigate(callback.href)).status).toBe(303);
  });

  it("keeps the address of the answer free of code, state and tokens, and out of caches", async () => {
    const { visitor, callback } = await atCallback();
    const answer = await visitor.navigate(callback.href);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect([...new URL(locationOf(answer)).searchParams.keys()]).toEqual(["connected"]);
  });

  it("keeps what was connected until the new grant is in", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await control("github").fault({ endpoint: "token", fault: "server_error" });
    expect(locationOf(await visitor.connect("github"))).toContain("error=provider_unavailable");
    expect((await visitor.fetch("/data/github")).status).toBe(200);
    await visitor.connect("github", { account: 1 });
    expect((await visitor.fetch("/data/github")).status).toBe(200);
    // The first account's grant has nobody left to use it.
    const { grants } = await control("github").grants();
    expect(grants).toHaveLength(3);
  });

  it("is a page with a way back for a person, and JSON for a program", async () => {
    const { visitor, callback } = await atCallback();
    callback.searchParams.set("state", "nonsense");
    const page = await visitor.navigate(callback.href);
    expect(page.headers.get("Content-Type")).toContain("text/html");
    expect(await page.text()).toContain('<a href="/">');
    expect((await visitor.fetch(callback.href)).headers.get("Content-Type")).toContain("application/json");
  });
});

function alter(url: URL): string {
  const state = url.searchParams.get("state") ?? "";
  return state.slice(0, 40) + (state[40] === "A" ? "B" : "A") + state.slice(41);
}
