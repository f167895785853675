/** The consent page of every service in a real browser: for every screen and scheme, by keyboard, without JavaScript. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Profile } from "../../src/api.ts";
import { builtInProviders } from "../../src/providers/index.ts";
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

async function openConsent(page: Page, id: string): Promise<void> {
  await page.goto(`${latchkey.origin}/auth/${id}?return_to=/`);
  expect(new URL(page.url()).origin).toBe(latchkey.providers);
}

const Grants = z.object({ grants: z.array(z.object({ account: z.number(), revoked: z.boolean() })) });

/** Which accounts have allowed Latchkey and not lost it since. */
async function liveAccounts(id: string): Promise<number[]> {
  const answer = await fetch(`${latchkey.providers}/${id}/_control/grants`);
  const { grants } = Grants.parse(await answer.json());
  return grants.filter((grant) => !grant.revoked).map((grant) => grant.account);
}

describe.each(builtInProviders)("$id", ({ id, name }) => {
  it.each(["light", "dark"] as const)("is accessible and fits in %s, from 320 to 2560 pixels", async (colorScheme) => {
    const { page, context, complaints } = await openPage(browser, { colorScheme });
    await openConsent(page, id);
    await page.getByRole("heading", { name: `Allow Latchkey to use your ${name} account?`, level: 1 }).waitFor();
    for (const width of [320, 1280, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await axeViolations(page), `at ${width} pixels`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
});

it("is answered by keyboard alone, and the account chosen is the one connected", async () => {
  const { page, context, complaints } = await openPage(browser);
  await openConsent(page, "google");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("radio", { name: "Lin Xiaoyu" }).isChecked()).toBe(true);
  const allow = page.getByRole("button", { name: "Allow" });
  const isReached = () => allow.evaluate((button) => button === document.activeElement);
  for (let presses = 0; presses < 10 && !(await isReached()); presses++) await page.keyboard.press("Tab");
  expect(await isReached()).toBe(true);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${latchkey.origin}/**`);
  await page.getByText("Lin Xiaoyu").first().waitFor();
  expect(await page.getByText("Ada Lindqvist").count()).toBe(0);
  expect(await liveAccounts("google")).toEqual([1]);

  // Another account is another connection, beside the one before.
  await openConsent(page, "google");
  await page.getByRole("radio", { name: "Łukasz Wójcik" }).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/**`);
  const card = page.getByRole("article", { name: "Google" });
  await card.getByText("Łukasz Wójcik").first().waitFor();
  expect(await card.getByText("Lin Xiaoyu").count()).toBeGreaterThan(0);
  await expect.poll(() => liveAccounts("google")).toEqual([1, 2]);
  expect(complaints).toEqual([]);
  await context.close();
});

it("works without JavaScript, and Enter in the form allows", async () => {
  const { page, context } = await openPage(browser, { javaScriptEnabled: false });
  await openConsent(page, "slack");
  await page.getByRole("radio", { name: "Lin Xiaoyu" }).press("Space");
  await page.getByRole("radio", { name: "Lin Xiaoyu" }).press("Enter");
  await page.waitForURL(`${latchkey.origin}/**`);
  const profile = await context.request.get(`${latchkey.origin}/data/slack`);
  expect(Profile.parse(await profile.json()).account?.name).toBe("林小雨 (Lin Xiaoyu)");
  await context.close();
});
