/** What a page says when a connection or the session changes while it is open: here, in another tab, or behind its back. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const account = (page: Page) => page.getByRole("region", { name: "Account" });
const announced = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text });
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");
const SIGNED_OUT = "You are signed out: your session ended elsewhere";

/** A page on the view of one connection, with its items there. */
async function openConnected(name: string) {
  const opened = await openPage(browser);
  const { page } = opened;
  await page.goto(latchkey.origin);
  await connectInWindow(page, name);
  await page.getByRole("link", { name: `View data of ${name}` }).click();
  await page.getByRole("table").waitFor();
  await page.locator('.account-card[aria-busy="false"]').waitFor();
  return opened;
}

/** Connects the open connection again, in its window, as one of the people there. */
async function reconnectAs(page: Page, name: string, person: string): Promise<void> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: `Reconnect ${name}` }).click();
  const popup = await opened;
  await popup.getByRole("radio", { name: person }).check();
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: "Allow" }).click();
  await closed;
}

it("another account than the one to reconnect changes nothing, and says so", async () => {
  const { page, context, complaints } = await openConnected("Google");
  await account(page).getByText("Ada Lindqvist").waitFor();
  const before = await page.getByRole("rowheader").allInnerTexts();
  await reconnectAs(page, "Google", "Lin Xiaoyu");
  await announced(page, "You came back from Google with another account").waitFor();
  expect(await account(page).getByText("Ada Lindqvist").count()).toBeGreaterThan(0);
  expect(await page.getByRole("rowheader").allInnerTexts()).toEqual(before);
  expect(complaints).toEqual([]);
  await context.close();
});

it("shows a connection again once it was lost and connected anew", async () => {
  const { page, context } = await openConnected("GitHub");
  await fetch(`${latchkey.providers}/github/_control/revoke`, { method: "POST" });
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByRole("alert").filter({ hasText: "GitHub needs to be reconnected" }).waitFor();
  expect(await focused(page)).toBe("title");
  await reconnectAs(page, "GitHub", "Ada Lindqvist");
  await announced(page, "GitHub is connected").waitFor();
  await page.getByRole("table").waitFor();
  // The page looks anew behind the announcement.
  await expect.poll(() => page.getByText("needs to be reconnected").count()).toBe(0);
  await context.close();
});

it("moves the focus to Connect after disconnecting, from a card and from the connection itself", async () => {
  const { page, context } = await openConnected("Slack");
  for (const where of ["connection", "card"]) {
    if (where === "card") {
      await page.getByRole("link", { name: "All connections" }).click();
      await connectInWindow(page, "Slack");
      await page.getByRole("link", { name: "View data of Slack" }).waitFor();
    }
    await page.getByRole("button", { name: "Disconnect Slack" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).press("Enter");
    await page.getByRole("link", { name: "Connect Slack", exact: true }).waitFor();
    await expect.poll(() => focused(page)).toBe("connect-slack");
  }
  await context.close();
});

it.each([
  ["Disconnect", "connect-github"],
  ["Cancel", "title"],
])("a question about a connection that another page ends meanwhile closes with %s", async (answer, focus) => {
  const { page, context } = await openConnected("GitHub");
  await page.getByRole("button", { name: "Disconnect GitHub" }).click();
  const ended = await context.request.delete(`${latchkey.origin}/integrations/github/credentials`, {
    headers: { "X-CSRF": "1" },
  });
  expect(ended.ok()).toBe(true);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByText("GitHub is not connected", { exact: true }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: answer }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  if (answer === "Disconnect") await announced(page, "GitHub was disconnected already.").waitFor();
  await expect.poll(() => focused(page)).toBe(focus);
  await context.close();
});

describe("a session that ended behind the page's back", () => {
  it.each([
    ["at the next page of items", (page: Page) => page.getByRole("button", { name: "Load more" }).click()],
    ["at a refresh", (page: Page) => page.getByRole("button", { name: "Renew now" }).click()],
    [
      "at a disconnect",
      async (page: Page) => {
        await page.getByRole("button", { name: "Disconnect Google" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
      },
    ],
  ])("is told %s, with the way to start again", async (_, act) => {
    const { page, context } = await openConnected("Google");
    // A list that the page fetches by itself would tell of the end before the person does anything.
    const acted = Promise.withResolvers<void>();
    await page.route(`${latchkey.origin}/integrations`, async (route) => {
      await acted.promise;
      await route.continue();
    });
    await context.clearCookies();
    await act(page);
    acted.resolve();
    await announced(page, SIGNED_OUT).waitFor();
    await page.getByText("Google is not connected", { exact: true }).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
    expect(await focused(page)).toBe("title");
    expect(await axeViolations(page)).toEqual([]);
    await connectInWindow(page, "Google");
    await page.getByRole("table").waitFor();
    await context.close();
  });

  it("is told by the explorer and by the keys too", async () => {
    const { page, context } = await openConnected("GitHub");
    const cookies = await context.cookies();
    for (const [hash, button, shows] of [
      ["#/explorer/github", "Send", "GitHub is not connected"],
      ["#/keys", "Create key", "You are not signed in"],
    ] as const) {
      await context.addCookies(cookies);
      await page.goto("about:blank");
      await page.goto(`${latchkey.origin}/${hash}`);
      await page.getByRole("button", { name: button }).waitFor();
      if (button === "Create key") await page.getByLabel("Name").fill("Nightly report");
      await context.clearCookies();
      await page.getByRole("button", { name: button }).click();
      await announced(page, SIGNED_OUT).waitFor();
      await page.getByText(shows, { exact: true }).waitFor();
    }
    await context.close();
  });

  it("is told where another tab signed out, and not where the person did it", async () => {
    const { page, context } = await openConnected("GitHub");
    const other = await context.newPage();
    await other.goto(latchkey.origin);
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await announced(other, "You are signed out.").waitFor();
    await other.getByRole("link", { name: "Connect GitHub" }).waitFor();
    expect(await other.locator(".toast").count()).toBe(1);
    expect(await focused(other)).toBe("title");

    await announced(page, SIGNED_OUT).waitFor();
    await page.getByText("GitHub is not connected", { exact: true }).waitFor();
    await context.close();
  });
});
