/** The documentation, and the pages that the Worker itself makes, as people see them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { ADMIN_KEY, axeViolations, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const LOOKS = [
  ["wide and light", {}],
  ["a phone in the dark", { colorScheme: "dark", viewport: { width: 320, height: 800 } }],
] as const;

async function send(method: string, path: string, key: string, body: unknown): Promise<unknown> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  return (await fetch(latchkey.origin + path, { method, headers, body: JSON.stringify(body) })).json();
}

async function makeApp(return_urls: readonly string[]): Promise<{ id: string; key: string }> {
  const { id, api_key } = z
    .object({ id: z.string(), api_key: z.object({ key: z.string() }) })
    .parse(await send("POST", "/apps", ADMIN_KEY, { name: "Acme", return_urls }));
  return { id, key: api_key.key };
}

/** How far what was shown has moved by itself (https://web.dev/articles/cls). */
const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const Shift = "layout-shift";
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if ("value" in entry) sum += Number(entry.value);
        }).observe({ type: Shift, buffered: true });
        // What is buffered is told before the next frame.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );

async function navigation(page: Page): Promise<Locator> {
  const contents = page.getByRole("button", { name: "Contents" });
  if (await contents.isVisible()) await contents.click();
  return page.getByRole("navigation", { name: "Documentation" });
}

it.each(LOOKS)("an operation is found by what one wants to do, read and tried, %s", async (_, look) => {
  const { page, context, complaints } = await openPage(browser, look);
  await page.goto(`${latchkey.origin}/docs`);
  await page.getByRole("heading", { name: "What do you want to do?" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const links = await navigation(page);
  await links.getByText("Operate", { exact: true }).click();
  await links.getByRole("link", { name: "Read the health" }).click();
  await page.getByRole("heading", { name: "Read the health", level: 1 }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("title");
  expect(page.url()).toBe(`${latchkey.origin}/docs#getHealth`);
  expect(await page.locator("#docs-nav [aria-current]").allTextContents()).toEqual([
    expect.stringContaining("Read the health"),
  ]);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("200 OK").waitFor();
  expect(await page.getByRole("region", { name: "Answer", exact: true }).textContent()).toBe('{\n  "status": "ok"\n}');
  expect(await axeViolations(page)).toEqual([]);
  await page.goBack();
  await page.getByRole("heading", { name: "Build on Latchkey" }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

it.each(LOOKS)("a body, an answer and each error are told in words, %s", async (_, look) => {
  const { page, context, complaints } = await openPage(browser, look);
  await page.goto(`${latchkey.origin}/docs#postConnectSessions`);
  const fields = page.locator(".words");
  await fields.getByText("One of the app's registered return URLs, letter for letter.").waitFor();
  await fields.getByText('"page" or "popup"').waitFor();
  expect(await page.getByRole("link", { name: "invalid_return_to" }).getAttribute("href")).toBe(
    "/docs/errors/invalid_return_to",
  );
  expect(await fields.textContent()).not.toContain("$ref");
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  expect(await layoutShift(page)).toBeLessThan(0.05);
  await page.goto(`${latchkey.origin}/docs#onConnectionReauthRequired`);
  await page.getByText('"reason": "grant_refused"').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

it("the code is filled with one's own key and user, and runs as it is copied; the key is kept nowhere", async () => {
  const app = await makeApp([`${latchkey.origin}/docs`]);
  const { page, context, complaints } = await openPage(browser);
  await page.goto(`${latchkey.origin}/docs#getConnections`);
  await page.getByLabel("Key", { exact: true }).fill(app.key);
  await page.getByLabel("User, for an app’s key").fill("u-1");
  await page.getByLabel("limit").fill("5");
  const code = page.getByRole("region", { name: /^The call as/ });
  const curl = (await code.textContent()) ?? "";
  const { stdout } = await promisify(execFile)("sh", ["-c", `${curl} -sS`]);
  expect(JSON.parse(stdout)).toEqual({ connections: [], next_cursor: null });
  for (const language of ["TypeScript", "Python"]) {
    await page.getByRole("button", { name: language }).click();
    const text = (await code.textContent()) ?? "";
    for (const given of [app.key, "u-1", latchkey.origin, "limit"]) expect(text).toContain(given);
  }
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("200 OK").waitFor();
  // The same key for the next operation, with the language that was chosen.
  await page.goto(`${latchkey.origin}/docs#getAppsAppKeys`);
  await page.getByLabel("app", { exact: true }).fill(app.id);
  expect(await code.textContent()).toContain(`key="${app.key}"`);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText('"scopes"').first().waitFor();
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]));
  expect(kept).not.toContain(app.key);
  await page.reload();
  expect(await page.getByLabel("Key", { exact: true }).inputValue()).toBe("");
  expect(complaints).toEqual([]);
  await context.close();
});

it.each(LOOKS)(
  "the search leads by keyboard to operations, guides and errors, from a guide too, %s",
  async (_, look) => {
    const { page, context, complaints } = await openPage(browser, look);
    await page.goto(`${latchkey.origin}/docs/proxy`);
    const field = page.getByRole("combobox", { name: "Search the documentation" });
    const choose = async (words: string, name: RegExp) => {
      // A page can be read before its script has run, and listens only then.
      await field.waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type(words);
      const option = page.getByRole("option", { name });
      await option.waitFor();
      for (let step = 0; step < 12 && (await option.getAttribute("aria-selected")) !== "true"; step += 1) {
        await page.keyboard.press("ArrowDown");
      }
      expect(await field.getAttribute("aria-activedescendant")).toBe(await option.getAttribute("id"));
    };
    await choose("connect link", /^Make a connect link/);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Make a connect link" }).waitFor();
    await choose("reauth_required", /^reauth_required/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "reauth_required", level: 1 }).waitFor();
    await choose("verifying", /^Verifying/);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${latchkey.origin}/docs/webhooks#verifying`);
    await field.waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("zebra");
    await page.getByText("Nothing is called that.").waitFor();
    await page.keyboard.press("Escape");
    expect(await field.inputValue()).toBe("");
    expect(complaints).toEqual([]);
    await context.close();
  },
);

it("the navigation folds on a phone, opens by keyboard, and goes when a place in the page is chosen", async () => {
  const { page, context } = await openPage(browser, { viewport: { width: 340, height: 800 } });
  await page.goto(`${latchkey.origin}/docs`);
  const links = page.getByRole("navigation", { name: "Documentation" });
  expect(await links.isVisible()).toBe(false);
  await page.getByRole("button", { name: "Contents" }).press("Enter");
  await links.getByText("Read data", { exact: true }).click();
  await links.getByRole("link", { name: "List items" }).click();
  await page.getByRole("heading", { name: "List items" }).waitFor();
  expect(await links.isVisible()).toBe(false);
  await page.getByRole("button", { name: "Contents" }).click();
  await page.keyboard.press("Escape");
  expect(await links.isVisible()).toBe(false);
  await context.close();
});

it("code in a guide can be copied", async () => {
  const { page, context } = await openPage(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${latchkey.origin}/docs/webhooks`);
  const block = page.locator(".code").filter({ hasText: "timingSafeEqual" });
  await block.getByRole("button", { name: "Copy" }).click();
  await block.getByText("Copied").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await block.locator("pre").textContent());
  await context.close();
});
