/** The page that everything starts from: finding a service, connecting it in a window or without one, and every state it can be in. */
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { builtInProviders } from "../../src/providers/index.ts";
import {
  axeViolations,
  connectInWindow,
  launchBrowser,
  openConnectWindow,
  openPage,
  startLatchkey,
  type Running,
} from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const NAMES = builtInProviders.map(({ name }) => name);

/** A page on the overview, with its list there. */
async function openOverview(options: Parameters<Browser["newContext"]>[0] = {}, hash = "") {
  const opened = await openPage(browser, options);
  await opened.page.goto(`${latchkey.origin}/${hash}`);
  await loaded(opened.page);
  return opened;
}

const loaded = (page: Page) => page.locator(".loading").waitFor({ state: "detached" });
const cards = (page: Page): Promise<string[]> => page.getByRole("article").getByRole("heading").allInnerTexts();
const announced = (page: Page, text: string | RegExp) => page.getByRole("status").filter({ hasText: text });
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");
const focusedText = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
const settings = (page: Page, hash: string) => page.waitForURL((url) => url.hash === hash);

async function connected(context: BrowserContext): Promise<string[]> {
  const answer = await context.request.get(`${latchkey.origin}/integrations`);
  const List = z.object({ integrations: z.array(z.object({ integration: z.string(), status: z.string() })) });
  const { integrations } = List.parse(await answer.json());
  return integrations.filter(({ status }) => status === "connected").map(({ integration }) => integration);
}

describe("finding a service", () => {
  it("searches by name and category, announces how many are left, and keeps the words in the address", async () => {
    const { page, context, complaints } = await openOverview();
    expect(await cards(page)).toEqual(NAMES);
    const search = page.getByRole("searchbox", { name: "Find a service" });
    await search.fill("MUSIC spot");
    expect(await cards(page)).toEqual(["Spotify"]);
    await page.getByText("1 of 9 services shown").waitFor();
    expect(new URL(page.url()).hash).toBe("#/?q=MUSIC+spot");
    expect(await search.evaluate((input) => input === document.activeElement)).toBe(true);
    await page.reload();
    await loaded(page);
    expect(await search.inputValue()).toBe("MUSIC spot");
    expect(await cards(page)).toEqual(["Spotify"]);

    await search.fill("no such thing");
    await page.getByText("No service fits").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("link", { name: "Show all services" }).click();
    expect(await cards(page)).toEqual(NAMES);
    expect(await search.inputValue()).toBe("");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("filters by status and category, takes each step back with the back button, and opens from a deep link", async () => {
    const { page, context } = await openOverview();
    await connectInWindow(page, "Slack");
    await page.getByRole("link", { name: "View data of Slack" }).waitFor();
    expect((await cards(page))[0]).toBe("Slack");

    await page.getByLabel("Category").selectOption("Files");
    await settings(page, "#/?category=Files");
    expect(await cards(page)).toEqual(["Google", "Microsoft"]);
    await page.getByRole("link", { name: /^Connected/ }).click();
    await page.getByText("No service fits").waitFor();
    await page.goBack();
    await expect.poll(() => cards(page)).toEqual(["Google", "Microsoft"]);
    await page.goBack();
    await expect.poll(() => page.getByLabel("Category").inputValue()).toBe("");
    await page.goForward();
    await expect.poll(() => page.getByLabel("Category").inputValue()).toBe("Files");

    await page.goto(`${latchkey.origin}/#/?status=connected`);
    await expect.poll(() => cards(page)).toEqual(["Slack"]);
    const chosen = page.getByRole("link", { name: /^Connected/ });
    expect(await chosen.getAttribute("aria-current")).toBe("true");
    await page.getByRole("link", { name: "View data of Slack" }).click();
    await page.getByRole("heading", { name: "Slack", level: 1 }).waitFor();
    await page.goBack();
    await expect.poll(() => cards(page)).toEqual(["Slack"]);
    expect(await focused(page)).toBe("view-slack");

    await page.goto(`${latchkey.origin}/?#/?status=constructor&category=constructor`);
    await loaded(page);
    expect(await cards(page)).toHaveLength(NAMES.length);
    await context.close();
  });
});

describe("finding a service of the catalogue", () => {
  it("shows what is not set up here while one types, by another word for it too, and says what to set", async () => {
    const { page, context, complaints } = await openOverview();
    const search = page.getByRole("searchbox", { name: "Find a service" });
    const group = page.getByRole("region", { name: "In the catalogue" });
    await search.pressSequentially("google mail");
    await group.getByRole("heading", { name: "Gmail", exact: true }).waitFor();
    expect(await cards(page)).toEqual([]);
    await group.getByText("GMAIL_CLIENT_ID").waitFor();
    const link = group.getByRole("link", { name: "Where to get them for Gmail" });
    expect(await link.getAttribute("href")).toMatch(/^https:/);
    const guide = await group.getByRole("link", { name: "How it is set up for Gmail" }).getAttribute("href");
    expect((await fetch(`${latchkey.origin}${guide}`)).status).toBe(200);
    expect(await page.getByText("No service fits").count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);

    await search.fill("resend");
    await group.getByText("Add resend to KEY_SERVICES").waitFor();
    await search.fill("no such thing");
    await page.getByText("No service fits").waitFor();
    expect(await group.count()).toBe(0);
    await search.fill("");
    await expect.poll(() => cards(page)).toHaveLength(NAMES.length);
    expect(await group.count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("is silent where the catalogue cannot be asked", async () => {
    const { page, context } = await openOverview();
    await page.route("**/catalogue.json", (route: Route) => route.abort());
    await page.getByRole("searchbox", { name: "Find a service" }).fill("gmail");
    await page.getByText("No service fits").waitFor();
    await context.close();
  });
});

describe("connecting in a window", () => {
  it("tells the page that opened it, closes, and leaves the focus on what was connected", async () => {
    const { page, context, complaints } = await openOverview();
    const popup = await openConnectWindow(page, "GitHub");
    await page.getByText("Waiting…").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: "Allow" }).click();
    await closed;
    await announced(page, "GitHub is connected as ").waitFor();
    expect(await focused(page)).toBe("view-github");
    expect(page.url()).toBe(`${latchkey.origin}/`);
    expect(await page.evaluate(() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)])).toEqual([
      "signed-in",
    ]);
    await page.getByRole("link", { name: "See what it holds" }).click();
    await page.getByRole("heading", { name: "GitHub", level: 1 }).waitFor();
    await expect.poll(() => page.locator(".toast").count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says what to do when access is declined there, until that is dismissed", async () => {
    const { page, context } = await openOverview();
    await page.clock.install();
    await connectInWindow(page, "Notion", "Deny");
    await announced(page, "You declined access").waitFor();
    expect(await focused(page)).toBe("connect-notion");
    await page.clock.runFor(120_000);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Dismiss message" }).focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".toast").count()).toBe(0);
    expect(await focused(page)).toBe("title");
    await context.close();
  });

  it("notices that the window was closed, and lets the person start again", async () => {
    const { page, context } = await openOverview();
    await (await openConnectWindow(page, "GitHub")).close();
    await announced(page, "GitHub is not connected yet.").waitFor();
    await connectInWindow(page, "GitHub");
    await announced(page, "GitHub is connected").waitFor();
    await context.close();
  });

  it("brings the window back instead of opening a second one", async () => {
    const { page, context } = await openOverview();
    await openConnectWindow(page, "GitHub");
    await page.getByRole("link", { name: /^Waiting… for GitHub/ }).click();
    expect(context.pages()).toHaveLength(2);
    await context.close();
  });

  it("keeps two windows apart, whichever ends first", async () => {
    const { page, context } = await openOverview();
    const first = await openConnectWindow(page, "GitHub");
    const second = await openConnectWindow(page, "Slack");
    await second.getByRole("button", { name: "Allow" }).click();
    await announced(page, "Slack is connected").waitFor();
    await first.getByRole("button", { name: "Deny" }).click();
    await announced(page, "You declined access").waitFor();
    expect(await page.locator(".toast").allInnerTexts()).toEqual([
      expect.stringContaining("GitHub shared nothing"),
      expect.stringContaining("Slack is connected"),
    ]);
    expect(await connected(context)).toEqual(["slack"]);
    await context.close();
  });

  it("brings every other page of the browser up to date", async () => {
    const { page, context } = await openOverview();
    const other = await context.newPage();
    await other.goto(latchkey.origin);
    await loaded(other);
    await connectInWindow(page, "HubSpot");
    await other.getByRole("link", { name: "View data of HubSpot" }).waitFor();
    // What happened in one page is told there alone.
    expect(await other.locator(".toast").count()).toBe(0);

    await other.getByRole("button", { name: "Disconnect HubSpot" }).click();
    await other.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("link", { name: "Connect HubSpot" }).waitFor();
    await context.close();
  });

  it("takes no list from before the visit for the one after it", async () => {
    const { page, context } = await openOverview();
    await page.clock.install();
    const popup = await openConnectWindow(page, "GitHub");
    let answer = () => {};
    const visited = new Promise<void>((resolve) => (answer = resolve));
    const read = new Promise<void>((resolve) => {
      const hold = async (route: Route) => {
        const response = await route.fetch();
        resolve();
        await visited;
        await route.fulfill({ response });
      };
      void page.route("**/integrations", hold, { times: 1 });
    });
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await read;
    // From here on the page hears and is answered, but draws nothing.
    await page.clock.pauseAt(Date.now() + 5000);
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: "Allow" }).click();
    await closed;
    answer();
    await page.waitForTimeout(300);
    await page.clock.resume();
    await announced(page, "GitHub is connected as ").waitFor();
    expect(await page.locator(".toast").count()).toBe(1);
    await context.close();
  });

  it("leaves the outcome on its own page where the one that opened it is gone", async () => {
    const { page, context } = await openOverview();
    const popup = await openConnectWindow(page, "GitHub");
    await page.close();
    await popup.getByRole("button", { name: "Allow" }).click();
    await announced(popup, "GitHub is connected").waitFor();
    await context.close();
  });
});

describe("connecting on the whole page", () => {
  it.each([
    ["where windows are blocked", {}, true],
    ["on a phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, false],
  ])("%s", async (_, options, blocked) => {
    const { page, context } = await openPage(browser, options);
    if (blocked) await page.addInitScript(() => void (window.open = () => null));
    await page.goto(latchkey.origin);
    for (const [decision, told, focus] of [
      ["Deny", "You declined access", "notice"],
      ["Allow", "Spotify is connected", "view-spotify"],
    ] as const) {
      await page.getByRole("link", { name: "Connect Spotify" }).click();
      await page.waitForURL(`${latchkey.providers}/**`);
      await page.getByRole("button", { name: decision }).click();
      await announced(page, told).waitFor();
      expect(await focused(page)).toBe(focus);
      expect(page.url()).toBe(`${latchkey.origin}/`);
    }
    expect(context.pages()).toHaveLength(1);
    await context.close();
  });

  it("in a tab that the person opens", async () => {
    const { page, context } = await openOverview();
    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "Connect GitHub" }).click({ modifiers: ["ControlOrMeta"] });
    const tab = await opened;
    await tab.getByRole("button", { name: "Allow" }).click();
    await announced(tab, "GitHub is connected").waitFor();
    await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
    await context.close();
  });

  it("believes no address that claims a success", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${latchkey.origin}/?connected=github`);
    await announced(page, "Connecting GitHub did not work.").waitFor();
    await context.close();
  });
});

it("goes from loading to connected and out again by the keyboard alone", async () => {
  const { page, context } = await openOverview({ reducedMotion: "reduce" });
  const tabTo = async (text: string) => {
    for (let press = 0; press < 40; press++) {
      await page.keyboard.press("Tab");
      if ((await focusedText(page)).startsWith(text)) return;
    }
    throw new Error(`no way to ${text} by Tab`);
  };
  await page.keyboard.press("Tab");
  expect(await focusedText(page)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  expect(await focused(page)).toBe("main");
  await page.keyboard.press("Tab");
  await page.keyboard.type("github");
  await tabTo("Connect GitHub");
  const opened = page.waitForEvent("popup");
  await page.keyboard.press("Enter");
  const popup = await opened;
  await popup.waitForURL(`${latchkey.providers}/**`);
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: "Allow" }).press("Enter");
  await closed;
  await announced(page, "GitHub is connected").waitFor();
  expect(await focused(page)).toBe("view-github");
  await tabTo("×");
  await page.keyboard.press("Enter");
  expect(await focused(page)).toBe("title");
  await tabTo("Disconnect");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  expect(await focusedText(page)).toBe("Disconnect GitHub");
  await context.close();
});

describe("messages", () => {
  it("leave by themselves after a success, but not from under the pointer", async () => {
    const { page, context } = await openOverview();
    await page.clock.install();
    await connectInWindow(page, "GitHub");
    const toast = page.locator(".toast");
    await toast.hover();
    await page.clock.runFor(60_000);
    expect(await toast.count()).toBe(1);
    await page.mouse.move(0, 0);
    await page.clock.runFor(11_000);
    await expect.poll(() => toast.count()).toBe(0);
    await context.close();
  });

  it("never hide what has the focus", async () => {
    const { page, context } = await openOverview({ viewport: { width: 320, height: 480 } });
    await connectInWindow(page, "GitHub", "Deny");
    await connectInWindow(page, "Microsoft", "Deny");
    const hidden = () =>
      page.evaluate(() => {
        const { activeElement: element } = document;
        if (element === null || element === document.body || element.closest(".toasts")) return null;
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const points = [left + 2, (left + right) / 2, right - 2].flatMap((x) =>
          [top + 2, bottom - 2].map((y) => [x, y]),
        );
        const seen = points.some(([x = 0, y = 0]) => {
          const at = document.elementFromPoint(x, y);
          return at !== null && (element.contains(at) || at.contains(element));
        });
        return seen ? null : element.outerHTML;
      });
    for (const key of [...Array.from({ length: 30 }, () => "Tab"), ...Array.from({ length: 30 }, () => "Shift+Tab")]) {
      // The page scrolls to what has the focus, and makes room for a message when that has been laid out.
      await expect.poll(hidden).toBeNull();
      await page.keyboard.press(key);
    }
    await context.close();
  });
});
