/** What a program may change only once its person has seen it: asked here, decided here, made once. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Approvals } from "../../src/api-approvals.ts";
import { axeViolations, connectInWindow, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

/** With a person beside it who agrees at once. */
const AUTHENTICATOR = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;
/** Longer than the buttons wait before they do anything. */
const STILL_MS = 700;
const Asked = z.object({ approval_id: z.string(), approval_url: z.string() });
type Options = Parameters<Browser["newContext"]>[0];

/** A page where somebody has connected GitHub and made a key that asks, and a program with that key. */
async function openAsked(options: Options = {}) {
  const opened = await openPage(browser, options);
  const { page } = opened;
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByText("No keys yet").waitFor();
  await page.getByLabel("Name").fill("Release agent");
  await page
    .getByRole("combobox", { name: "May", exact: true })
    .selectOption("Read, and ask me before it changes anything");
  // A page looks anew as soon as its line is there: what a test counts comes after that.
  const isList = (answer: { url: () => string }): boolean => new URL(answer.url()).pathname === "/approvals";
  const live = page.waitForEvent("websocket").then(() => page.waitForResponse(isList));
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog", { name: "Your new key" });
  const key = await dialog.getByLabel("Key").inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("table", { name: "Your keys" }).getByText("changes only what you allow, each time").waitFor();
  await live;

  /** Makes a call as the program does. */
  const call = (path: string, body?: BodyInit, type = "application/json", method = "POST"): Promise<Response> =>
    fetch(`${latchkey.origin}/proxy/github${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": type },
      ...(body === undefined ? {} : { body }),
    });
  /** Makes one that has to be asked about. */
  const ask = async (...args: Parameters<typeof call>) => {
    const answer = await call(...args);
    expect([answer.status, answer.headers.get("X-Latchkey-Error")]).toEqual([403, "approval_required"]);
    const asked = Asked.parse(await answer.json());
    expect(asked.approval_url).toBe(`${latchkey.origin}/#/approvals/${asked.approval_id}`);
    return asked;
  };
  return { ...opened, call, ask };
}

const repository = (name: string): string => JSON.stringify({ name, private: true });
const announced = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const codeOf = async (answer: Response): Promise<string | null> => {
  await answer.body?.cancel();
  return answer.headers.get("X-Latchkey-Error");
};
const Logged = z.array(z.object({ method: z.string(), body: z.string() }));
/** How often the service was sent something that says this. */
async function sentTo(words: string): Promise<number> {
  const log = Logged.parse(await (await fetch(`${latchkey.providers}/github/_control/log`)).json());
  return log.filter(({ body }) => body.includes(words)).length;
}
const beyond = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Presses a button of the answer, once that does something. */
async function decide(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(STILL_MS);
  await page.getByRole("button", { name, exact: true }).click();
}

it("comes up while the page is open, wherever that is, is announced once, and is made exactly once", async () => {
  const { page, context, complaints, ask, call } = await openAsked();
  await page.goto(`${latchkey.origin}/#/`);
  await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
  expect(await page.title()).toBe("Connections · Latchkey");
  let reads = 0;
  await page.route("**/approvals", (route) => {
    reads += 1;
    return route.continue();
  });

  const { approval_id } = await ask("/user/repos", repository("once"));
  await announced(page, "“Release agent” asks to change something at GitHub.").waitFor({ timeout: 5000 });
  expect(await page.title()).toBe("(1) Connections · Latchkey");
  await page.getByRole("link", { name: "Approvals 1 waiting for you" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(reads).toBe(1);

  // The same again is the same question, and the page that looks again has nothing new to say.
  expect(await ask("/user/repos", repository("once"))).toMatchObject({ approval_id });
  await page.getByRole("button", { name: "Dismiss message" }).first().click();
  while ((await page.locator(".toast").count()) > 0) await page.locator(".toast button").first().click();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => reads).toBeGreaterThan(1);
  expect(await page.locator(".toast").count()).toBe(0);

  await page.getByRole("link", { name: "Approvals 1 waiting for you" }).click();
  await page.getByRole("link", { name: "Look at it POST" }).click();
  await heading(page, "May this call be made?").waitFor();
  expect(page.url()).toBe(`${latchkey.origin}/#/approvals/${approval_id}`);
  await decide(page, "Allow once");
  await heading(page, "Allowed once").waitFor();
  await page.getByText("The program has ten minutes to make the call again", { exact: false }).first().waitFor();
  await expect.poll(() => page.title()).toBe("Approvals · Latchkey");
  expect(await axeViolations(page)).toEqual([]);

  expect(await sentTo("once")).toBe(0);
  expect(await codeOf(await call("/user/repos", repository("once")))).toBeNull();
  expect(await sentTo("once")).toBe(1);
  await heading(page, "Allowed once, and made").waitFor({ timeout: 5000 });
  await ask("/user/repos", repository("once"));
  expect(await sentTo("once")).toBe(1);
  await page.goto(`${latchkey.origin}/#/github?show=activity`);
  const calls = page.getByRole("table", { name: "The last calls to the service" });
  await calls.getByRole("row", { name: "POST /user/repos" }).filter({ hasText: "allowed by you" }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

it("waits for whoever was not there, and is denied", async () => {
  const { page, context, complaints, ask, call } = await openAsked();
  await page.goto("about:blank");
  const { approval_url } = await ask("/user/repos", repository("denied"));
  await page.goto(approval_url);
  await heading(page, "May this call be made?").waitFor();
  await expect.poll(() => page.title()).toBe("(1) Approvals · Latchkey");
  // Whoever looks at it already is not told of it.
  expect(await page.locator(".toast").count()).toBe(0);
  await decide(page, "No");
  await heading(page, "Not allowed").waitFor();
  await announced(page, "Not allowed.").waitFor();
  expect(await codeOf(await call("/user/repos", repository("denied")))).toBe("approval_denied");
  expect(await sentTo("denied")).toBe(0);
  await page.reload();
  await heading(page, "Not allowed").waitFor();
  expect(await page.getByRole("button", { name: "Allow once" }).count()).toBe(0);
  expect(await axeViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

it("decides nothing in the moment in which it comes up, and nothing by what is typed", async () => {
  const { page, context, ask } = await openAsked();
  const { approval_url } = await ask("/user/repos", repository("still"));
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request.url());
  });
  await page.goto(approval_url);
  const allow = page.getByRole("button", { name: "Allow once" });
  await allow.waitFor();
  await allow.dispatchEvent("click");
  expect(await allow.getAttribute("aria-disabled")).toBe("true");
  await expect.poll(() => allow.getAttribute("aria-disabled")).toBe("false");
  // A message that leaves from above it begins the moment anew.
  await page.getByRole("searchbox", { name: "Search in the body" }).fill("still");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await ask("/user/repos", repository("another"));
  await announced(page, "asks to change something").waitFor();
  await page.getByRole("button", { name: "Dismiss message" }).first().click();
  await allow.dispatchEvent("click");
  expect(sent).toEqual([]);
  await expect.poll(() => allow.getAttribute("aria-disabled")).toBe("false");
  await allow.click();
  await heading(page, "Allowed once").waitFor();
  expect(sent).toHaveLength(1);
  await context.close();
});

it("is decided by the keyboard alone", async () => {
  const { page, context, ask, call } = await openAsked();
  const { approval_url } = await ask("/user/repos", repository("keyboard"));
  await page.goto(approval_url);
  await heading(page, "May this call be made?").waitFor();
  await page.waitForTimeout(STILL_MS);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  await page.locator("#title").focus();
  const passed: string[] = [];
  while ((await focused()) !== "Allow once") {
    await page.keyboard.press("Tab");
    passed.push(await focused());
    expect(passed.length).toBeLessThan(20);
  }
  expect(passed).toContain("End it under Keys");
  await page.keyboard.press("Enter");
  await heading(page, "Allowed once").waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("title");
  expect(await codeOf(await call("/user/repos", repository("keyboard")))).toBeNull();
  expect(await sentTo("keyboard")).toBe(1);
  await context.close();
});

it("allows a kind of call for a while, until that is ended", async () => {
  const { page, context, complaints, ask, call } = await openAsked();
  const close = (issue: number) =>
    [`/repos/ada/site/issues/${issue}`, `{"state":"closed"}`, "application/json", "PATCH"] as const;
  const { approval_url } = await ask(...close(7));
  await page.goto(approval_url);
  const kinds = page.getByRole("combobox", { name: "Calls" });
  await kinds.waitFor();
  expect(await kinds.locator("option").allInnerTexts()).toEqual([
    "PATCH /repos/ada/site/issues/7 alone",
    "PATCH /repos/ada/site/issues/* (* is any name with digits or signs)",
  ]);
  await kinds.selectOption({ index: 1 });
  await page.getByRole("combobox", { name: "How long" }).selectOption("8 hours");
  expect(await axeViolations(page)).toEqual([]);
  await decide(page, "Allow this kind of call");
  await heading(page, "Allowed, with others of its kind").waitFor();
  for (const issue of [7, 8]) expect(await codeOf(await call(...close(issue)))).toBeNull();

  await page.getByRole("link", { name: "All approvals" }).click();
  const allowed = page.getByRole("region", { name: "Allowed" });
  await allowed.getByText("this kind of call passes until", { exact: false }).waitFor();
  await allowed.getByText("PATCH /repos/ada/site/issues/*", { exact: true }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await allowed.getByRole("button", { name: "End PATCH" }).click();
  await announced(page, "It is allowed no longer.").waitFor();
  await allowed.waitFor({ state: "detached" });
  await ask(...close(7));
  expect(complaints).toEqual([]);
  await context.close();
});

describe("what is shown is what is sent:", () => {
  it.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
    ["light", 2560],
  ] as const)("nothing hides in it, in %s at %i pixels", async (colorScheme, width) => {
    const { page, context, complaints, ask } = await openAsked({ colorScheme, viewport: { width, height: 844 } });
    const body = `{"name":"photo\u202egpj.exe","id":12345678901234567890,"name":"other","note":"a\u200bb"}`;
    const { approval_url } = await ask(`/user/repos?note=%E2%80%AEabc&ref=a%2Fb`, body);
    await page.addInitScript(() => {
      Object.assign(window, { shifts: [0] });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) Reflect.get(window, "shifts").push(Reflect.get(entry, "value"));
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(approval_url);
    await page.reload();
    const read = page.getByRole("region", { name: "Body, to read" });
    await read.waitFor();
    expect(await read.innerText()).toBe(
      [
        "{",
        String.raw`  "name": "photo\u{202e}gpj.exe",`,
        `  "id": 12345678901234567890,`,
        `  "name": "other",`,
        String.raw`  "note": "a\u{200b}b"`,
        "}",
      ].join("\n"),
    );
    await page.getByText("A name stands twice in one object").waitFor();
    const query = page.getByRole("table", { name: "Parameters of the query" });
    await query.getByRole("row", { name: String.raw`note \u{202e}abc` }).waitFor();
    await query.getByRole("row", { name: "ref a/b" }).waitFor();
    await page.getByText("?note=%E2%80%AEabc&ref=a%2Fb", { exact: true }).waitFor();
    await page.getByText(/[0-9a-f]{64}/).waitFor();
    await page.waitForTimeout(STILL_MS);
    const shifts = await page.evaluate(() => Reflect.get(window, "shifts"));
    expect(shifts.reduce((sum: number, shift: number) => sum + shift, 0)).toBeLessThan(0.05);
    expect(await axeViolations(page)).toEqual([]);
    expect(await beyond(page)).toBe(0);

    const search = page.getByRole("searchbox", { name: "Search in the body" });
    await search.fill("name");
    await page.getByRole("status").filter({ hasText: "1 of 2" }).waitFor();
    await search.press("Enter");
    await page.getByRole("status").filter({ hasText: "2 of 2" }).waitFor();
    expect(await read.locator("mark").allInnerTexts()).toEqual(["name", "name"]);
    expect(await axeViolations(page)).toEqual([]);
    await search.fill("nowhere");
    await page.getByText("Not found").waitFor();

    await page.getByRole("button", { name: "As it will be sent" }).click();
    const raw = await page.getByRole("region", { name: "Body, as it will be sent" }).innerText();
    expect(raw).toBe(body.replace("\u202e", String.raw`\u{202e}`).replace("\u200b", String.raw`\u{200b}`));
    expect(await beyond(page)).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("a form as its fields, and as it is", async () => {
    const { page, context, ask } = await openAsked();
    const { approval_url } = await ask("/user/repos", "name=a+b&x=%26&x=2", "application/x-www-form-urlencoded");
    await page.goto(approval_url);
    const fields = page.getByRole("table", { name: "Fields of the body" });
    await fields.waitFor();
    expect(await fields.getByRole("row").allInnerTexts()).toEqual(["name\ta b", "x\t&", "x\t2"]);
    await page.getByRole("searchbox").fill("2");
    expect(await fields.locator("mark").count()).toBe(1);
    await page.getByRole("button", { name: "As it will be sent" }).click();
    await page.getByText("name=a+b&x=%26&x=2").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await context.close();
  });

  it("of a long body the beginning alone, and that it is no more", async () => {
    const { page, context, ask } = await openAsked({ viewport: { width: 390, height: 844 } });
    const body = `{"name":"${"x".repeat(70_000)}"}`;
    const { approval_url } = await ask("/user/repos", body);
    await page.goto(approval_url);
    await page.getByText("Only the beginning is shown").waitFor();
    await page.getByText("all of it has 70,011 bytes", { exact: false }).waitFor();
    const shown = await page.getByRole("region", { name: "Body, as it will be sent" }).innerText();
    expect(shown).toBe(body.slice(0, 64 * 1024));
    await page.waitForTimeout(STILL_MS);
    expect(await axeViolations(page)).toEqual([]);
    expect(await beyond(page)).toBe(0);
    await context.close();
  });

  it("bytes that are no text as that", async () => {
    const { page, context, ask } = await openAsked();
    const { approval_url } = await ask("/user/repos", Uint8Array.of(0x89, 0x50, 0xff, 0), "image/png");
    await page.goto(approval_url);
    await page.getByText("This is no text.").waitFor();
    expect(await page.getByRole("region", { name: "What can be read of the body" }).innerText()).toBe(
      String.raw`�P�\u{0}`,
    );
    expect(await axeViolations(page)).toEqual([]);
    await context.close();
  });
});

it("keeps two calls apart", async () => {
  const { page, context, complaints, ask, call } = await openAsked();
  const first = await ask("/user/repos", repository("one"));
  const second = await ask("/user/repos", repository("two"));
  await page.goto(first.approval_url);
  await page.getByText('"name": "one"').waitFor();
  await expect.poll(() => page.title()).toBe("(2) Approvals · Latchkey");
  await page.getByRole("link", { name: "1 other call waits for you" }).click();
  expect(page.url()).toBe(second.approval_url);
  await page.getByText('"name": "two"').waitFor();
  // Another call is another moment to look.
  expect(await page.getByRole("button", { name: "Allow once" }).getAttribute("aria-disabled")).toBe("true");
  await decide(page, "Allow once");
  await heading(page, "Allowed once").waitFor();
  expect(await codeOf(await call("/user/repos", repository("one")))).toBe("approval_required");
  expect(await codeOf(await call("/user/repos", repository("two")))).toBeNull();
  expect([await sentTo('"one"'), await sentTo('"two"')]).toEqual([0, 1]);
  await page.getByRole("link", { name: "All approvals" }).click();
  await page.getByRole("region", { name: "Decided" }).getByText("Made once").waitFor();
  expect(await page.getByRole("link", { name: /^Look at it/ }).count()).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

it("says what has become of one that is over, and of who is not signed in", async () => {
  const { page, context, ask } = await openAsked({ viewport: { width: 390, height: 844 } });
  const { approval_url } = await ask("/user/repos", repository("over"));
  await page.goto(approval_url);
  await heading(page, "May this call be made?").waitFor();
  // The key ends elsewhere: what it has asked ends with it, and the page hears of it.
  const other = await context.newPage();
  await other.goto(`${latchkey.origin}/#/keys`);
  await other.getByRole("button", { name: "Revoke Release agent" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await heading(page, "No longer there").waitFor();
  await page.getByText("This call waits no longer").waitFor();
  expect(await page.title()).toBe("Approvals · Latchkey");
  expect(await axeViolations(page)).toEqual([]);
  await context.close();

  const stranger = await openPage(browser);
  await stranger.page.goto(approval_url);
  await stranger.page.getByText("You are not signed in").waitFor();
  await stranger.page.getByRole("button", { name: "Sign in with a passkey" }).last().waitFor();
  expect(await axeViolations(stranger.page)).toEqual([]);
  expect(stranger.complaints).toEqual([]);
  await stranger.context.close();
});

it("is where who signs in comes back to", async () => {
  const { page, context, ask } = await openAsked();
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", { options: AUTHENTICATOR });
  await page.getByRole("link", { name: "Passkeys" }).click();
  await page.getByLabel("Name").fill("The laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("table", { name: "Your passkeys" }).waitFor();
  const { credentials } = await device.send("WebAuthn.getCredentials", { authenticatorId });
  const { approval_url } = await ask("/user/repos", repository("elsewhere"));

  const phone = await openPage(browser, { viewport: { width: 390, height: 844 } });
  const other = await phone.context.newCDPSession(phone.page);
  await other.send("WebAuthn.enable");
  const added = await other.send("WebAuthn.addVirtualAuthenticator", { options: AUTHENTICATOR });
  for (const credential of credentials) await other.send("WebAuthn.addCredential", { ...added, credential });
  await phone.page.goto(approval_url);
  await phone.page.getByText("You are not signed in").waitFor();
  await phone.page.getByRole("main").getByRole("button", { name: "Sign in with a passkey" }).click();
  await phone.page.getByText('"name": "elsewhere"').waitFor();
  await decide(phone.page, "Allow once");
  // The page at which it was not decided knows of it as well.
  await page.getByRole("link", { name: "Approvals", exact: true }).click();
  await page.getByRole("region", { name: "Allowed" }).getByText("may be made once", { exact: false }).waitFor();
  expect(phone.complaints).toEqual([]);
  await phone.context.close();
  await context.close();
});

it("counts one no longer whose time is over, though no word comes of that", async () => {
  const { page, context, ask } = await openAsked();
  await ask("/user/repos", repository("late"));
  await page.route("**/approvals", async (route) => {
    const response = await route.fetch();
    const { approvals } = Approvals.parse(await response.json());
    const over = Date.now() + 3000;
    const late = approvals.map((each) => ({ ...each, expires_at: new Date(over).toISOString() }));
    await route.fulfill({ response, json: { approvals: over > ends ? [] : late } });
  });
  const ends = Date.now() + 8000;
  await page.reload();
  await expect.poll(() => page.title()).toBe("(1) Keys · Latchkey");
  await expect.poll(() => page.title()).toBe("Keys · Latchkey");
  await context.close();
});

it("opens no line where nothing can be asked", async () => {
  const { page, context, complaints } = await openPage(browser);
  const lines: string[] = [];
  page.on("websocket", (socket) => lines.push(socket.url()));
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "Approvals" }).click();
  await page.getByText("Nothing waits for you").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.waitForTimeout(1500);
  expect(lines).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

it("hears what came while the line was lost, as soon as it is there again", async () => {
  const { page, context, ask } = await openAsked();
  await context.setOffline(true);
  await ask("/user/repos", repository("offline"));
  await page.waitForTimeout(1000);
  expect(await page.title()).toBe("Keys · Latchkey");
  await context.setOffline(false);
  await announced(page, "asks to change something").waitFor({ timeout: 20_000 });
  expect(await page.title()).toBe("(1) Keys · Latchkey");

  await page.getByRole("link", { name: "Look at it" }).click();
  await heading(page, "May this call be made?").waitFor();
  await context.setOffline(true);
  await decide(page, "Allow once");
  await page.getByRole("alert").filter({ hasText: "Latchkey cannot be reached." }).waitFor();
  await context.setOffline(false);
  await decide(page, "Allow once");
  await heading(page, "Allowed once").waitFor();
  await context.close();
});
