/** What the overview shows in every state it can be in, for every eye and on every screen; and how fast and still it gets there. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Integrations } from "../../src/api.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import {
  axeViolations,
  changed,
  connectInWindow,
  launchBrowser,
  openPage,
  startLatchkey,
  type Running,
} from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const loaded = (page: Page) => page.locator(".loading").waitFor({ state: "detached" });

/** Answers the page's question for the list with the real one, changed. */
async function changeList(page: Page, change: (list: Integrations) => Integrations): Promise<void> {
  await page.route("**/integrations", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(Integrations.parse(await response.json())) });
  });
}

const changeOne =
  (id: string, changes: Parameters<typeof changed>[1]) =>
  ({ integrations, ...list }: Integrations): Integrations => ({
    ...list,
    integrations: integrations.map((each) => (each.integration === id ? changed(each, changes) : each)),
  });

describe.each([
  ["light", 320],
  ["light", 1280],
  ["light", 2560],
  ["dark", 320],
  ["dark", 1280],
  ["dark", 2560],
] as const)("in %s at %i pixels", (colorScheme, width) => {
  it("is accessible, and fits, in all states at once", async () => {
    const { page, context, complaints } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
    await page.goto(latchkey.origin);
    for (const name of ["GitHub", "Slack", "HubSpot"]) await connectInWindow(page, name);
    await page.getByRole("link", { name: "View data of HubSpot" }).waitFor();
    await changeList(page, (list) =>
      [
        changeOne("slack", { status: "expired" }),
        changeOne("hubspot", { status: "reauth_required" }),
        changeOne("airtable", { status: "not_configured", missing: ["AIRTABLE_CLIENT_ID", "AIRTABLE_CLIENT_SECRET"] }),
      ].reduce((before, change) => change(before), list),
    );
    await page.reload();
    await loaded(page);
    await page.locator(".avatar img").first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await smallTargets(page)).toEqual([]);
    expect(await page.locator("img:not([width][height])").count()).toBe(0);
    expect(await paleMarks(page)).toEqual([]);
    expect(await unevenRows(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** What is pressed and is smaller than 24 by 24, except for links inside of sentences. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("a, button, input, select, summary")]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return (width < 24 || height < 24) && !element.closest(".skip");
      })
      .map(({ outerHTML }) => outerHTML),
  );
}

/** Marks that stand out from their tile by less than 3 to 1. */
function paleMarks(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("no canvas here");
    const luminance = (color: string): number => {
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
        const share = byte / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const tiles = [...document.querySelectorAll("main .mark")];
    if (tiles.length !== 9) throw new Error(`${tiles.length} marks`);
    return tiles.flatMap((tile) => {
      const path = tile.querySelector("path");
      if (path === null) return ["no mark"];
      const [lower = 0, higher = 0] = [
        luminance(getComputedStyle(path).fill),
        luminance(getComputedStyle(tile).backgroundColor),
      ].toSorted((a, b) => a - b);
      const contrast = (higher + 0.05) / (lower + 0.05);
      return contrast < 3
        ? [`${tile.closest("article")?.getAttribute("aria-labelledby")}: ${contrast.toFixed(2)}`]
        : [];
    });
  });
}

/** Groups whose cards are not all of one height. */
function unevenRows(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".grid")]
      .map((grid) => [...grid.querySelectorAll(".card")].map((card) => Math.round(card.getBoundingClientRect().height)))
      .filter((heights) => new Set(heights).size > 1)
      .map((heights) => heights.join(" ")),
  );
}

describe("a card says", () => {
  it("why its account has to be connected again, and connects it again", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(latchkey.origin);
    await connectInWindow(page, "GitHub");
    await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
    await fetch(`${latchkey.providers}/github/_control/revoke`, { method: "POST" });
    await page.getByRole("link", { name: "View data of GitHub" }).click();
    await page.getByRole("alert").filter({ hasText: "GitHub needs to be reconnected" }).waitFor();
    await page.getByRole("link", { name: "All connections" }).click();
    const card = page.getByRole("article", { name: "GitHub" });
    await card.getByText("GitHub no longer accepts Latchkey's access. Reconnect").waitFor();
    await page.getByText("1 needs to be reconnected", { exact: false }).waitFor();
    await page.goto(`${latchkey.origin}/#/?status=attention`);
    expect(await page.getByRole("article").count()).toBe(1);

    const opened = page.waitForEvent("popup");
    await card.getByRole("link", { name: "Reconnect GitHub" }).click();
    await (await opened).getByRole("button", { name: "Allow" }).click();
    await page.getByRole("status").filter({ hasText: "GitHub is connected" }).waitFor();
    await context.close();
  });

  it("which variables are missing, and the page where to begin when they all are", async () => {
    const { page, context } = await openPage(browser);
    await changeList(page, ({ integrations, ...list }) => ({
      ...list,
      integrations: integrations.map((each) => ({
        ...each,
        status: "not_configured" as const,
        missing: [`${each.integration.toUpperCase()}_CLIENT_ID`],
      })),
    }));
    await page.goto(latchkey.origin);
    await page.getByText("No service is set up yet").waitFor();
    await page.getByRole("article", { name: "GitHub" }).getByText("GITHUB_CLIENT_ID").waitFor();
    expect(await page.getByRole("link", { name: /^Connect / }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await context.close();
  });
});

it("says what failed and tries again; what is shown already stays", async () => {
  const { page, context } = await openPage(browser);
  await page.route("**/integrations", (route) => route.abort());
  await page.goto(latchkey.origin);
  await page.getByRole("alert").filter({ hasText: "Latchkey cannot be reached." }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.unroute("**/integrations");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "Connect GitHub" }).waitFor();

  await page.route("**/integrations", (route) => route.abort());
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByRole("status").filter({ hasText: "What you see may be out of date." }).waitFor();
  expect(await page.getByRole("link", { name: "Connect GitHub" }).count()).toBe(1);
  await context.close();
});

it.each(["no-preference", "reduce"] as const)(
  "names every service before it knows how they stand, and claims nothing about them, with motion: %s",
  async (reducedMotion) => {
    const { page, context } = await openPage(browser, { reducedMotion });
    let answer = () => {};
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/integrations", async (route) => {
      await asked;
      await route.continue();
    });
    await page.goto(latchkey.origin);
    await page.locator(".loading").waitFor();
    for (const { name } of builtInProviders) expect(await page.getByRole("heading", { name }).isVisible()).toBe(true);
    expect(await page.getByRole("link", { name: /^Connect / }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    answer();
    await page.getByRole("link", { name: "Connect GitHub" }).waitFor();
    await context.close();
  },
);

it("shows which of several is chosen where the colours are the person's own", async () => {
  const { page, context } = await openPage(browser, { forcedColors: "active" });
  await page.goto(latchkey.origin);
  await connectInWindow(page, "Google");
  await page.getByRole("link", { name: "View data of Google" }).waitFor();
  const ground = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  for (const within of [".top nav a", ".finder a"]) {
    expect(await ground(`${within}[aria-current]`), within).not.toBe(await ground(`${within}:not([aria-current])`));
  }
  await page.getByRole("link", { name: "View data of Google" }).click();
  await page.getByRole("table").waitFor();
  expect(await ground(".sections a[aria-current]")).not.toBe(await ground(".sections a:not([aria-current])"));
  const type = ".items .filter button";
  expect(await ground(`${type}[aria-pressed=true]`)).not.toBe(await ground(`${type}[aria-pressed=false]`));
  expect(await axeViolations(page)).toEqual([]);
  await context.close();
});

it("lists every service and connects one without JavaScript", async () => {
  const { page, context, complaints } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(latchkey.origin);
  for (const { name } of builtInProviders) {
    expect(await page.getByRole("link", { name: `Connect ${name}` }).isVisible()).toBe(true);
  }
  expect(await page.getByRole("searchbox").count()).toBe(0);
  expect(await page.locator("noscript").innerText()).toContain("You can connect a service without JavaScript.");
  await page.getByRole("link", { name: "Connect GitHub" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/?connected=github`);
  await page.locator("noscript a").click();
  expect(await page.locator("body").innerText()).toContain('"status":"connected"');
  expect(complaints).toEqual([]);
  await context.close();
});

const Entries = z.object({ shift: z.number(), blocking: z.array(z.string()) });

it.each([390, 1280, 2560])(
  "moves nothing while it loads, at %i pixels, for a newcomer and for somebody connected",
  async (width) => {
    const { page, context } = await openPage(browser, { viewport: { width, height: 900 } });
    // Slow enough that every step is drawn.
    await page.route(/\/(app\.js|integrations)$/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    for (const visit of ["newcomer", "connected"]) {
      await page.goto("about:blank");
      await page.goto(latchkey.origin, { waitUntil: "commit" });
      await page.locator(".loading h3").last().waitFor();
      // It may be read before it can be drawn.
      await page.waitForFunction(() => document.styleSheets.length > 0);
      const before = await placesOf(page);
      await loaded(page);
      if (visit === "newcomer") expect(await placesOf(page)).toEqual(before);
      await page.waitForTimeout(500);
      const { shift, blocking } = Entries.parse(await page.evaluate(measure));
      expect(shift, visit).toBeLessThan(0.01);
      expect(blocking).toEqual([`${latchkey.origin}/styles.css`]);
      if (visit === "newcomer") await connectInWindow(page, "GitHub");
    }
    await context.close();
  },
);

/** Where everything that a newcomer sees stands. */
function placesOf(page: Page): Promise<unknown> {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1, main :is(p.lede, input, select, h2, h3, .mark, .connect), .bottom")].map(
      (element) => {
        const { x, y } = element.getBoundingClientRect();
        return [element.id || element.className || element.tagName, x, y];
      },
    ),
  );
}

/** Runs in the page: all layout shift so far, and what held up the first paint. */
async function measure(): Promise<unknown> {
  const shift = await new Promise<number>((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if ("value" in entry) sum += Number(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 200);
  });
  const blocking = performance
    .getEntriesByType("resource")
    .filter((entry) => "renderBlockingStatus" in entry && entry.renderBlockingStatus === "blocking")
    .map(({ name }) => name);
  return { shift, blocking };
}

it("draws the services within a second on a slow phone with a slow network", async () => {
  const { page, context } = await openPage(browser, { viewport: { width: 390, height: 844 } });
  const session = await context.newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const paints: number[] = [];
  // A busy machine slows one load down, not all of them.
  for (let load = 0; load < 3; load++) {
    await session.send("Network.clearBrowserCache");
    await page.goto(latchkey.origin);
    await loaded(page);
    paints.push(
      await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity),
    );
  }
  expect(Math.min(...paints)).toBeLessThan(1000);
  await context.close();
});

it("tells a search engine and a screen reader what it is", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(latchkey.origin);
  await loaded(page);
  expect(await page.title()).toBe("Connections · Latchkey");
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(await page.locator("meta[name=viewport]").getAttribute("content")).toBe("width=device-width, initial-scale=1");
  expect((await page.locator("meta[name=description]").getAttribute("content"))?.length).toBeGreaterThan(40);
  const urls = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin),
  );
  expect(new Set(urls)).toEqual(new Set([latchkey.origin]));
  await context.close();
});
