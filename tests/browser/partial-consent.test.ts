/** A person who allows a part of what is asked: what they see then, and how they allow the rest. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { axeViolations, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
  // People can untick at Slack what an app has marked so.
  const body = JSON.stringify({ optional_scopes: ["groups:read"] });
  await fetch(`${latchkey.providers}/slack/_control/settings`, { method: "POST", body });
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const notice = (page: Page) => page.getByRole("region", { name: "Not everything is allowed" });
const card = (page: Page, name: string) => page.getByRole("article", { name });

/** Connects in the page itself, with everything unticked that can be. */
async function connectBarely(page: Page, id: string): Promise<void> {
  await page.goto(`${latchkey.origin}/auth/${id}?return_to=/`);
  for (const box of await page.getByRole("checkbox").all()) await box.uncheck();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/**`);
}

it.each([
  ["google", "Google", ["Drive files"], "Drive files"],
  ["facebook", "Facebook", ["Your email address", "Your pages"], "Your pages"],
  ["slack", "Slack", ["Private channels"], null],
])("%s: what is missing is said, and allowed with one button", async (id, name, missing, empty) => {
  const { page, context } = await openPage(browser);
  await connectBarely(page, id);
  await page.getByRole("status").filter({ hasText: "Not everything is allowed." }).waitFor();
  await card(page, name).getByText("Partly allowed").waitFor();
  await page.getByText("1 of 9 services connected. 1 is allowed in part.").waitFor();
  await page.getByRole("link", { name: "Needs attention" }).click();
  for (const what of missing) await card(page, name).getByText(`${what} cannot be shown.`).waitFor();
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole("link", { name: "See what is missing" }).click();
  for (const what of missing) await notice(page).getByText(`${what} cannot be shown: “`).waitFor();
  if (empty === null) await page.getByRole("table").waitFor();
  else await page.getByText(`${empty} cannot be shown`, { exact: true }).waitFor();
  // What asking again would not mend is not asked again, and is no alarm.
  expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(await page.locator("main").innerText()).not.toMatch(
    /\b(scopes?|tokens?|grants?|OAuth|refresh\w*)\b|invalid_/i,
  );
  expect(await axeViolations(page)).toEqual([]);

  const opened = page.waitForEvent("popup");
  await notice(page)
    .getByRole("link", { name: `Allow the rest at ${name}` })
    .click();
  const popup = await opened;
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: "Allow" }).click();
  await closed;
  await page.getByRole("table").waitFor();
  await notice(page).waitFor({ state: "detached" });
  await page.locator(".connection-head").getByText("Connected", { exact: true }).waitFor();
  await context.close();
});

it("needs a person, so its card comes before those that do not; one that has ended comes before both", async () => {
  const { page, context } = await openPage(browser);
  for (const id of ["airtable", "google", "github"]) await connectBarely(page, id);
  await fetch(`${latchkey.providers}/github/_control/revoke`, { method: "POST" });
  await page.goto(`${latchkey.origin}/#/github`);
  await page.getByRole("alert").filter({ hasText: "GitHub needs to be reconnected" }).waitFor();
  await page.getByRole("link", { name: "All connections" }).click();
  const accounts = page.getByRole("region", { name: "Your accounts" });
  await expect
    .poll(() => accounts.getByRole("heading", { level: 3 }).allInnerTexts())
    .toEqual(["GitHub", "Google", "Airtable"]);
  await context.close();
});
