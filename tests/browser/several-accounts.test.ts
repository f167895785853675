/** Several accounts of one service at the page: side by side, told apart, called by name, each ended alone. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
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

/** Follows a link that opens a window, and allows it there as one of the people. */
async function connectAs(page: Page, link: string, person: string): Promise<void> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: link, exact: true }).click();
  const popup = await opened;
  await popup.getByRole("radio", { name: person }).check();
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: "Allow" }).click();
  await closed;
}

/** A page on GitHub's connection of Ada, with Lin's beside it. */
async function openTwo(options: Parameters<Browser["newContext"]>[0] = {}) {
  const opened = await openPage(browser, options);
  const { page } = opened;
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "View data of GitHub" }).click();
  await page.getByRole("table").waitFor();
  await connectAs(page, "Connect another GitHub account", "Lin Xiaoyu");
  await announced(page, "GitHub (lin-xiaoyu) is connected as").waitFor();
  return opened;
}

const accounts = (page: Page) => page.getByRole("navigation", { name: "GitHub accounts" });
const shownAccount = (page: Page) => accounts(page).locator('[aria-current="page"]');

it("another account is put beside the first, each with its own name, items and picture", async () => {
  const { page, context, complaints } = await openTwo();
  await account(page).getByText("Ada Lindqvist").waitFor();
  const before = await page.getByRole("rowheader").allInnerTexts();
  expect(await accounts(page).getByRole("link").allInnerTexts()).toEqual([
    expect.stringContaining("ada-lindqvist"),
    expect.stringContaining("lin-xiaoyu"),
  ]);
  await accounts(page).getByRole("link", { name: "lin-xiaoyu" }).click();
  await account(page).getByText("Lin Xiaoyu").waitFor();
  await page.getByRole("table").waitFor();
  expect(await page.getByRole("rowheader").allInnerTexts()).not.toEqual(before);
  expect(await page.title()).toContain("GitHub (lin-xiaoyu)");
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole("link", { name: "All connections" }).click();
  const card = page.getByRole("article", { name: "GitHub" });
  await card.getByText("ada-lindqvist").first().waitFor();
  expect(await card.getByRole("listitem").count()).toBe(2);
  expect(await axeViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

it("the same account again renews what is there, and adds nothing", async () => {
  const { page, context } = await openTwo();
  await connectAs(page, "Connect another GitHub account", "Lin Xiaoyu");
  await page.getByRole("link", { name: "All connections" }).click();
  const card = page.getByRole("article", { name: "GitHub" });
  await card.getByText("lin-xiaoyu").first().waitFor();
  expect(await card.getByRole("listitem").count()).toBe(2);
  await context.close();
});

it("the window says which account it is about to renew, until it is at the service", async () => {
  const { page, context, complaints } = await openPage(browser);
  // What is written into a window is gone a moment later: it is looked at when it is written.
  await page.addInitScript(() => {
    const open = window.open.bind(window);
    window.open = (...given) => {
      const opened = open(...given);
      const note = () => Object.assign(window, { said: [opened?.document.title, opened?.document.body.textContent] });
      if (opened) new MutationObserver(note).observe(opened.document, { childList: true, subtree: true });
      return opened;
    };
  });
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "View data of GitHub" }).click();
  await page.getByRole("table").waitFor();
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Reconnect GitHub" }).click();
  const popup = await opened;
  const words = "Connecting GitHub again, as Ada Lindqvist";
  expect(await page.evaluate(() => Reflect.get(window, "said"))).toEqual([words, words]);
  await popup.getByRole("button", { name: "Allow" }).waitFor();
  await popup.close();
  expect(complaints).toEqual([]);
  await context.close();
});

it("an account is called something else, and its address, code and calls follow", async () => {
  const { page, context, complaints } = await openTwo();
  await accounts(page).getByRole("link", { name: "lin-xiaoyu" }).click();
  await page.getByRole("button", { name: "Rename lin-xiaoyu" }).click();
  const field = page.getByRole("textbox", { name: "Label" });
  await field.fill("ada-lindqvist");
  await field.press("Enter");
  await page.getByRole("alert").filter({ hasText: "Another account has this label" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await field.fill("work");
  await field.press("Enter");
  await shownAccount(page).filter({ hasText: "work" }).waitFor();
  await page.waitForURL(({ hash }) => decodeURIComponent(hash) === "#/github@work");
  await page.getByRole("link", { name: "Code" }).click();
  expect(await page.getByRole("region", { name: "The call as curl" }).innerText()).toContain("/proxy/github@work/");

  await page.getByRole("link", { name: "Try the API of GitHub" }).click();
  await page.getByRole("combobox", { name: "Service" }).waitFor();
  expect(await page.getByRole("combobox", { name: "Service" }).inputValue()).toBe("github@work");
  await page.getByRole("textbox", { name: "Path" }).fill("/user");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("region", { name: "Answered JSON" }).getByText("Lin Xiaoyu").waitFor();
  // A refused name is answered with an error of ours, which the browser reports.
  expect(complaints.filter((each) => !each.includes("409"))).toEqual([]);
  await context.close();
});

it("renaming can be taken back with Escape, and the focus stays where it was", async () => {
  const { page, context } = await openTwo();
  const rename = page.getByRole("button", { name: "Rename ada-lindqvist" });
  await rename.press("Enter");
  await page.getByRole("textbox", { name: "Label" }).fill("other");
  await page.getByRole("textbox", { name: "Label" }).press("Escape");
  await rename.waitFor();
  expect(await rename.evaluate((button) => button === document.activeElement)).toBe(true);
  await context.close();
});

it("the default changes with a button, and the other one takes its place when it goes", async () => {
  const { page, context } = await openTwo();
  await accounts(page).getByRole("link", { name: "lin-xiaoyu" }).click();
  await page.getByRole("button", { name: "Make default lin-xiaoyu" }).click();
  await page.waitForURL(({ hash }) => hash === "#/github");
  await shownAccount(page).filter({ hasText: "default" }).waitFor();
  await page.getByRole("button", { name: "Disconnect GitHub (lin-xiaoyu)" }).click();
  await page
    .getByRole("dialog", { name: "Disconnect GitHub (lin-xiaoyu)?" })
    .getByRole("button", { name: "Disconnect" })
    .click();
  await announced(page, "GitHub (lin-xiaoyu) is disconnected.").waitFor();
  await account(page).getByText("Ada Lindqvist").waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "title");
  const answer = await context.request.get(`${latchkey.origin}/data/github`);
  expect(await answer.json()).toMatchObject({ account: { name: "Ada Lindqvist" } });
  await context.close();
});

it("a key can be for one of them", async () => {
  const { page, context } = await openTwo();
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("report");
  await page.getByRole("combobox", { name: "Account" }).selectOption({ label: "GitHub (lin-xiaoyu)" });
  await page.getByRole("button", { name: "Create key" }).click();
  const key = await page.getByRole("dialog").getByRole("textbox", { name: "Key" }).inputValue();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("GitHub (lin-xiaoyu) only").waitFor();
  const answer = await fetch(`${latchkey.origin}/proxy/github/user`, { headers: { Authorization: `Bearer ${key}` } });
  expect(JSON.stringify(await answer.json())).toContain("Lin Xiaoyu");
  expect(await axeViolations(page)).toEqual([]);
  await context.close();
});

it("everything fits on a narrow screen", async () => {
  const { page, context } = await openTwo({ viewport: { width: 340, height: 800 } });
  const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(await isTooWide()).toBe(false);
  await page.getByRole("button", { name: "Rename ada-lindqvist" }).click();
  expect(await isTooWide()).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await page.goto(`${latchkey.origin}/#/`);
  await page.getByRole("article", { name: "GitHub" }).getByText("lin-xiaoyu").first().waitFor();
  expect(await isTooWide()).toBe(false);
  await context.close();
});
