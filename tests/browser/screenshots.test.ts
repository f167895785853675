/**
 * The pictures in the documents. `npm run screenshots` takes them anew, and writes down beside each what a screen reader
 * finds on it; the test compares that, so a picture that no longer shows the page is found out. Pixels are not compared:
 * they differ from machine to machine.
 */
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const MAX_BYTES = 2_000_000;
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser(), mkdir(FOLDER, { recursive: true })]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

async function connect(page: Page, service: string): Promise<void> {
  await page.goto(`${latchkey.origin}/auth/${service}?return_to=/`);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/**`);
  // A page that has told how the visit ended is no beginning for the next one.
  await page.goto("about:blank");
}

const overview = async (page: Page): Promise<void> => {
  await page.goto(`${latchkey.origin}/`);
  await page.getByRole("heading", { name: "GitHub" }).waitFor();
};
const connection = async (page: Page): Promise<void> => {
  await page.goto(`${latchkey.origin}/#/github`);
  await page.getByRole("table").first().waitFor();
};
const explorer = async (page: Page): Promise<void> => {
  await page.goto(`${latchkey.origin}/#/explorer/github`);
  await page.getByRole("button", { name: "Send" }).waitFor();
};

/** What is on the page, without what changes with the clock and with the run. */
async function contentOf(page: Page): Promise<string> {
  await page.evaluate(() => {
    for (const time of document.querySelectorAll("time")) time.textContent = "some time";
  });
  return (await page.locator("body").ariaSnapshot()).replaceAll(/localhost:\d+/g, "localhost");
}

it.each([
  ["overview-light", overview, "light", WIDE],
  ["overview-dark", overview, "dark", WIDE],
  ["overview-phone", overview, "light", PHONE],
  ["connection-light", connection, "light", WIDE],
  ["connection-dark", connection, "dark", WIDE],
  ["connection-phone", connection, "light", PHONE],
  ["explorer-light", explorer, "light", WIDE],
] as const)("%s.png shows the page as it is", async (name, open, colorScheme, viewport) => {
  const { page, context } = await openPage(browser, { colorScheme, viewport, reducedMotion: "reduce" });
  for (const service of ["github", "hubspot", "google"]) await connect(page, service);
  await open(page);
  await page.waitForLoadState("networkidle");
  const picture = await page.screenshot({ animations: "disabled" });
  if (process.env["SCREENSHOTS"] === "1") await writeFile(`${FOLDER}${name}.png`, picture);
  await expect(await contentOf(page)).toMatchFileSnapshot(`${FOLDER}${name}.txt`);
  expect((await stat(`${FOLDER}${name}.png`)).size).toBeGreaterThan(10_000);
  await context.close();
});

it("are under 2 MB together", async () => {
  const sizes = (await readdir(FOLDER)).map(async (file) => (await stat(FOLDER + file)).size);
  expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
});
