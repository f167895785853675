/**
 * The pictures in the documents. `npm run screenshots` takes them anew, and writes down beside each what a screen reader
 * finds on it; the test compares that, so a picture that no longer shows the page is found out. The test compares no
 * pixels: they differ from machine to machine, and a little from run to run. A picture is written only where it differs
 * from the one that is there by more than that, so one that shows the same stays the same file.
 */
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Integrations } from "../../src/api.ts";
import { launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const MAX_BYTES = 2_000_000;
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
/** The moment of every picture; a few days after the sandbox's data was last touched. */
const NOW = new Date("2026-11-26T12:00:00Z");
const HOUR_MS = 3_600_000;
const before = (hours: number): string => new Date(NOW.getTime() - hours * HOUR_MS).toISOString();
/** How far a pixel of the same thing may be from another run's: edges and scaled images are not drawn to the last bit. */
const NOISE = 32;

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

/** Stops the clock, the page's own and that of what the server tells. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.setFixedTime(NOW);
  await page.route("**/integrations", async (route) => {
    const response = await route.fetch();
    const list = Integrations.parse(await response.json());
    const integrations = list.integrations.map(({ connected_at, expires_at, ...each }) => ({
      ...each,
      connected_at: connected_at && before(3),
      expires_at: expires_at && before(-8),
    }));
    await route.fulfill({ response, json: { ...list, integrations } });
  });
}

/** Shows the address that `npm start` has, in the place of this run's. */
function showUsualAddress(page: Page): Promise<void> {
  return page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const { nodeValue } = text;
      if (nodeValue?.includes("localhost:")) text.nodeValue = nodeValue.replaceAll(/localhost:\d+/g, "localhost:8787");
    }
  });
}

/** Whether two pictures show the same, but for noise. */
function isSame(page: Page, one: Buffer, other: Buffer): Promise<boolean> {
  const urls = [one, other].map((png) => `data:image/png;base64,${png.toString("base64")}`);
  return page.evaluate(
    async ({ addresses, noise }) => {
      const [first, second] = await Promise.all(
        addresses.map(async (address) => {
          const bitmap = await createImageBitmap(await (await fetch(address)).blob());
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
          context?.drawImage(bitmap, 0, 0);
          return context?.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      if (!first || !second || first.width !== second.width || first.height !== second.height) return false;
      return first.data.every((value, at) => Math.abs(value - (second.data[at] ?? 0)) <= noise);
    },
    { addresses: urls, noise: NOISE },
  );
}

/** Writes a picture, unless the one that is there shows the same. */
async function keep(file: string, picture: Buffer): Promise<void> {
  const page = await browser.newPage();
  const known = await readFile(file).catch(() => null);
  if (known === null || !(await isSame(page, known, picture))) await writeFile(file, picture);
  await page.close();
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
  const look = { colorScheme, viewport, reducedMotion: "reduce", timezoneId: "UTC" } as const;
  const { page, context } = await openPage(browser, look);
  for (const service of ["github", "hubspot", "google"]) await connect(page, service);
  await stopClock(page);
  await open(page);
  await page.waitForLoadState("networkidle");
  await showUsualAddress(page);
  if (process.env["SCREENSHOTS"] === "1") {
    await keep(`${FOLDER}${name}.png`, await page.screenshot({ animations: "disabled" }));
  }
  await expect(await page.locator("body").ariaSnapshot()).toMatchFileSnapshot(`${FOLDER}${name}.txt`);
  expect((await stat(`${FOLDER}${name}.png`)).size).toBeGreaterThan(10_000);
  await context.close();
});

it("are under 2 MB together", async () => {
  const sizes = (await readdir(FOLDER)).map(async (file) => (await stat(FOLDER + file)).size);
  expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
});
