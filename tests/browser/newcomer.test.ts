/** What somebody meets who tries it for the first time, and goes wrong here and there. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { connectInWindow, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});
beforeEach(() => control("google", "reset", {}));

async function control(service: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${latchkey.providers}/${service}/_control/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const toasts = (page: Page) => page.locator(".toast");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

it("has nothing to sign out of after declining, and is not told of that once it was a success", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub", "Deny");
  await toasts(page).filter({ hasText: "You declined access" }).waitFor();
  expect(await page.getByRole("link", { name: "Keys", exact: true }).count()).toBe(0);
  expect(await button(page, "Sign out").count()).toBe(0);

  await connectInWindow(page, "GitHub");
  await toasts(page).filter({ hasText: "GitHub is connected" }).waitFor();
  await button(page, "Sign out").waitFor();
  await expect.poll(() => toasts(page).count()).toBe(1);

  // What was connected and is not any more is not said to be.
  await page.getByRole("button", { name: "Disconnect GitHub" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await toasts(page).filter({ hasText: "GitHub is disconnected." }).waitFor();
  await page.getByRole("link", { name: "Connect GitHub" }).waitFor();
  await expect.poll(() => toasts(page).count()).toBe(1);
  await context.close();
});

it("sees on a slow network at once what the address names, signed in as before", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(latchkey.origin);
  await connectInWindow(page, "Google");
  await page.getByRole("link", { name: "View data of Google" }).waitFor();
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/integrations", async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto("about:blank");
  await page.goto(`${latchkey.origin}/#/google`);
  await page.getByRole("heading", { name: "Google" }).waitFor();
  await button(page, "Sign out").waitFor();
  await page.getByRole("link", { name: "Keys", exact: true }).waitFor();
  expect(await page.locator(".account-card .bone").count()).toBeGreaterThan(3);
  answer();
  await page.getByRole("table").waitFor();
  await context.close();
});

it("is told of one outage once, and one button mends it", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(latchkey.origin);
  await connectInWindow(page, "Google");
  await page.getByRole("link", { name: "View data of Google" }).waitFor();
  await control("google", "faults", { endpoint: "api", fault: "server_error", times: 100 });
  await page.getByRole("link", { name: "View data of Google" }).click();
  await page.getByRole("alert").filter({ hasText: "Google was not available. Try again in a moment." }).waitFor();
  await page.getByText("The items come as soon as Google answers.").waitFor();
  expect(await page.getByRole("alert").count()).toBe(1);
  expect(await button(page, "Try again").count()).toBe(1);
  await fetch(`${latchkey.providers}/google/_control/faults`, { method: "DELETE" });
  await button(page, "Try again").click();
  await page.getByRole("table").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  await context.close();
});

it("reads no word of the protocol where the service has taken the access back", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(latchkey.origin);
  await connectInWindow(page, "Google");
  await page.getByRole("link", { name: "View data of Google" }).click();
  await page.getByRole("table").waitFor();
  await control("google", "revoke", {});
  await button(page, "Renew now").click();
  await page.getByRole("alert").filter({ hasText: "Google says the access was removed or has run out." }).waitFor();
  for (const word of ["invalid_grant", "token", "scope", "refresh"]) {
    expect((await page.locator("main").innerText()).toLowerCase()).not.toContain(word);
  }
  await context.close();
});
