/** How soon a person who types sees a service of the catalogue: on a phone with a slow network, and on neither. */
import { chromium, type Browser, type Page } from "playwright-core";
import { findBrowser } from "../../scripts/browser.ts";
import { runLatchkey } from "../../tests/servers/latchkey.ts";
import type { Case } from "../support/case.ts";
import { inTurns } from "../support/rounds.ts";
import { median, paired, quotient, show } from "../support/statistics.ts";

/** Lighthouse's phone: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md */
const SLOW = { processor: 4, latency: 150, bytesPerSecond: (1.6 * 1024 * 1024) / 8 };

/** Milliseconds from the last letter to the card: of a page's first word, and of the next. */
interface Found {
  readonly first: number;
  readonly next: number;
}

async function slowDown(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: SLOW.processor });
  await client.send("Network.enable");
  await client.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: SLOW.latency,
    downloadThroughput: SLOW.bytesPerSecond,
    uploadThroughput: SLOW.bytesPerSecond,
  });
}

/** Types in the page itself, so that nothing but the page's own work is between the letter and the card. */
const typeAndWait = (page: Page, word: string, name: string): Promise<number> =>
  page.evaluate(
    async ([typed, wanted]) => {
      const search = document.querySelector("input[type=search]");
      if (!(search instanceof HTMLInputElement)) throw new Error("There is nothing to type into.");
      const isThere = () =>
        [...document.querySelectorAll('section[aria-label="In the catalogue"] h3')].some(
          ({ textContent }) => textContent === wanted,
        );
      const started = performance.now();
      search.value = typed;
      search.dispatchEvent(new Event("input", { bubbles: true }));
      while (!isThere()) await new Promise(requestAnimationFrame);
      return performance.now() - started;
    },
    [word, name] as const,
  );

async function find(browser: Browser, origin: string, slow: boolean): Promise<Found> {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (slow) await slowDown(page);
  await page.goto(origin);
  await page.getByRole("searchbox", { name: "Find a service" }).waitFor();
  await page.locator("main [aria-label='Available']").waitFor();
  const first = await typeAndWait(page, "google mail", "Gmail");
  const next = await typeAndWait(page, "strip", "Stripe");
  await context.close();
  return { first, next };
}

export const found: Case = {
  title: "From a word to a service of the catalogue",
  compared_with: "against a fast network and processor",
  run: async ({ quick }) => {
    const executablePath = findBrowser();
    if (!executablePath) throw new Error("There is no browser here. Run: npm run browser:install");
    const latchkey = await runLatchkey({});
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const variants = {
        fast: () => find(browser, latchkey.origin, false),
        slow: () => find(browser, latchkey.origin, true),
      };
      await inTurns(1, variants);
      const results = await inTurns(quick ? 5 : 15, variants);
      const of = (name: "fast" | "slow", which: keyof Found) => results(name).map((one) => one[which]);
      const row = (what: string, which: keyof Found) => ({
        what,
        measured: `${median(of("slow", which)).toFixed(0)} ms`,
        compared: `x ${show(paired(of("slow", which), of("fast", which), quotient), 1)}`,
      });
      return [row("the first word, with which the catalogue is loaded", "first"), row("every later word", "next")];
    } finally {
      await browser.close();
      await latchkey.stop();
    }
  },
};
