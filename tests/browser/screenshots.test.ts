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
import { answered, createLatchkey } from "latchkey-client";
import { Integrations } from "../../src/api.ts";
import { ADMIN_KEY, changed, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const MAX_BYTES = 2_000_000;
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
/** As much as the page of a link has. */
const LINK = { width: 420, height: 560 };
/** The moment of every picture; a few days after the sandbox's data was last touched. */
const NOW = new Date("2026-11-26T12:00:00Z");
const HOUR_MS = 3_600_000;
const before = (hours: number): string => new Date(NOW.getTime() - hours * HOUR_MS).toISOString();
/** How far a pixel of the same thing may be from another run's: edges and scaled images are not drawn to the last bit. */
const NOISE = 32;
/** Another one in each run. */
const CONNECTION_ID = /con_[\w-]+/g;

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

/** The page as somebody sees it who has connected three services. */
const connected =
  (open: (page: Page) => Promise<void>) =>
  async (page: Page): Promise<void> => {
    for (const service of ["github", "hubspot", "google"]) await connect(page, service);
    await stopClock(page);
    await open(page);
  };
const overview = connected(async (page) => {
  await page.goto(`${latchkey.origin}/`);
  // Not the list from before it is known how each stands.
  await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
});
const connection = connected(async (page) => {
  await page.goto(`${latchkey.origin}/#/github`);
  await page.getByRole("table").first().waitFor();
});
const explorer = connected(async (page) => {
  await page.goto(`${latchkey.origin}/#/explorer/github`);
  await page.getByRole("button", { name: "Send" }).waitFor();
});
/** The page of a connect link, as a user of an app's sees it. */
const hosted = async (page: Page): Promise<void> => {
  const { origin } = latchkey;
  const return_to = "https://acme.example/connected";
  const about = { name: "Acme", accent: "#0f766e", return_urls: [return_to] };
  const { id, api_key } = await answered(createLatchkey({ origin, key: ADMIN_KEY }).POST("/apps", { body: about }));
  const acme = createLatchkey({ origin, key: api_key.key });
  const client = { provider: "github", client_id: "sandbox-github-client", client_secret: "opens-nothing" };
  const params = { path: { app: id } };
  const { integration } = await answered(acme.PUT("/apps/{app}/integrations", { params, body: client }));
  const person = { name: "Ann Example", email: "ann@acme.example" };
  const wish = { user: "u-1", integration, return_to, person };
  const { connect_url } = await answered(acme.POST("/connect-sessions", { body: wish }));
  await page.goto(connect_url);
  await page.getByRole("button", { name: "Continue to GitHub" }).waitFor();
};
const docs = async (page: Page): Promise<void> => {
  await page.goto(`${latchkey.origin}/docs`);
  await page.getByRole("heading", { name: "What do you want to do?" }).waitFor();
};

/** Stops the clock, the page's own and that of what the server tells. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.setFixedTime(NOW);
  await page.route("**/integrations", async (route) => {
    const response = await route.fetch();
    const list = Integrations.parse(await response.json());
    const integrations = list.integrations.map((each) =>
      changed(each, {
        connected_at: each.connected_at && before(3),
        expires_at: each.expires_at && before(-8),
      }),
    );
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
  ["hosted-light", hosted, "light", LINK],
  ["docs-light", docs, "light", WIDE],
] as const)("%s.png shows the page as it is", async (name, open, colorScheme, viewport) => {
  const look = { colorScheme, viewport, reducedMotion: "reduce", timezoneId: "UTC" } as const;
  const { page, context } = await openPage(browser, look);
  await open(page);
  await page.waitForLoadState("networkidle");
  await showUsualAddress(page);
  if (process.env["SCREENSHOTS"] === "1") {
    await keep(`${FOLDER}${name}.png`, await page.screenshot({ animations: "disabled" }));
  }
  const shown = (await page.locator("body").ariaSnapshot()).replaceAll(CONNECTION_ID, "con_1");
  await expect(shown).toMatchFileSnapshot(`${FOLDER}${name}.txt`);
  expect((await stat(`${FOLDER}${name}.png`)).size).toBeGreaterThan(10_000);
  await context.close();
});

it("are under 2 MB together", async () => {
  const sizes = (await readdir(FOLDER)).map(async (file) => (await stat(FOLDER + file)).size);
  expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
});
