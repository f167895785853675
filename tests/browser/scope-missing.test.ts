/** A call was refused for want of something: its card says what, and a button leads to a consent that asks for it besides. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { axeViolations, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

it("is said on the card, and given with one button", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${latchkey.origin}/auth/github?return_to=/`);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/**`);
  const card = page.getByRole("article", { name: "GitHub" });
  await card
    .getByText(/^Connected/)
    .first()
    .waitFor();
  const refused = await page.evaluate(async () => {
    const { headers } = await fetch("/proxy/github/gists", { method: "POST", headers: { "X-CSRF": "1" }, body: "{}" });
    return headers.get("X-Latchkey-Scope-Missing");
  });
  expect(refused).toBe("gist");

  await page.reload();
  await card.getByText("GitHub needs “").waitFor();
  await card.getByText("gist", { exact: true }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await card.getByRole("link", { name: "View data" }).click();
  const notice = page.getByRole("region", { name: "A call was refused" });
  await notice.getByText("for a call that was made.").waitFor();
  expect(await axeViolations(page)).toEqual([]);

  const opened = page.waitForEvent("popup");
  await notice.getByRole("link", { name: "Give it to GitHub" }).click();
  const popup = await opened;
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: "Allow" }).waitFor();
  expect(new URL(popup.url()).searchParams.get("scope")).toBe("read:user user:email read:org gist");
  await popup.getByRole("button", { name: "Allow" }).click();
  await closed;
  await notice.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "All connections" }).click();
  await card
    .getByText(/^Connected/)
    .first()
    .waitFor();
  expect(await card.getByText("GitHub needs “").count()).toBe(0);
  await context.close();
});

it("found as an address it is a page that says what is asked, and goes on by a press", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${latchkey.origin}/auth/github?return_to=/`);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/**`);
  const address = await page.evaluate(async () => {
    const { headers } = await fetch("/proxy/github/gists", { method: "POST", headers: { "X-CSRF": "1" }, body: "{}" });
    return headers.get("X-Latchkey-Reconnect");
  });
  await page.goto(address ?? "");
  await page.getByText("GitHub will be asked for more than before: gist.").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("link", { name: "Connect GitHub" }).click();
  await page.getByRole("button", { name: "Allow" }).waitFor();
  expect(new URL(page.url()).searchParams.get("scope")).toContain("gist");
  await context.close();
});
