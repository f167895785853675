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
    ["with two states", (url: URL) => url.searchParams.append("state", "x"), 400, "invalid_callback"],
    ["with two codes", (url: URL) => url.searchParams.append("code", "x"), 400, "invalid_callback"],
    ["with a code and an error", (url: URL) => url.searchParams.set("error", "access_denied"), 400, "invalid_callback"],
    ["with neither", (url: URL) => url.searchParams.delete("code"), 400, "invalid_callback"],
    ["with an empty code", (url: URL) => url.searchParams.set("code", ""), 400, "invalid_callback"],
    ["with a code of 8 KB", (url: URL) => url.searchParams.set("code", "x".repeat(8192)), 400, "invalid_callback"],
    ["with a state of 8 KB", (url: URL) => url.searchParams.set("state", "x".repeat(8192)), 400, "invalid_callback"],
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

  it("says that access was declined, in its own words", async () => {
    const { visitor, callback } = await atCallback();
    callback.searchParams.delete("code");
    callback.searchParams.set("error", "server_error");
    callback.searchParams.set("error_description", "<script>alert(1)</script>");
    const location = locationOf(await visitor.navigate(callback.href));
    expect(location).toBe(`${APP}/?integration=github&error=authorization_failed`);
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
