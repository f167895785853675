/** One connection in full, in a real browser: every state it can be in, and thousands of items. */
import { readFile } from "node:fs/promises";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Integrations, Profile, type Item, type Items } from "../../src/api.ts";
import {
  axeViolations,
  changed,
  connectInWindow,
  launchBrowser,
  openConnectWindow,
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

const LOAD = "**/integrations/*/load?*";

async function control(service: string, name: string, body: unknown = {}): Promise<void> {
  const answer = await fetch(`${latchkey.providers}/${service}/_control/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}
beforeEach(() =>
  Promise.all(["github", "google", "airtable", "hubspot", "facebook"].map((service) => control(service, "reset"))),
);

/** A page with one service connected, at the connection's address. */
async function openConnection(name: string, query = "", options: Parameters<Browser["newContext"]>[0] = {}) {
  const opened = await openPage(browser, options);
  const { page } = opened;
  await page.goto(latchkey.origin);
  await page.goto(`${latchkey.origin}/auth/${name.toLowerCase()}?return_to=/`);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${latchkey.origin}/**`);
  return { ...opened, open: () => openHash(page, `/${name.toLowerCase()}${query}`) };
}

/** As a link from elsewhere would, on a page of its own. */
async function openHash(page: Page, hash: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${latchkey.origin}/#${hash}`);
}

const table = (page: Page) => page.getByRole("table");
const firstName = (page: Page) => table(page).getByRole("rowheader").first().innerText();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
const heading = (page: Page, name: string) => table(page).getByRole("columnheader", { name });

/** As many repositories as a test needs, page by page; a page is held back or fails where the test says so. */
async function serveItems(page: Page, total: number, onPage: (start: number, route: Route) => Promise<boolean>) {
  const limits: number[] = [];
  await page.route(LOAD, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const start = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit"));
    limits.push(limit);
    if (await onPage(start, route)) return;
    const end = Math.min(start + limit, total);
    const items = Array.from({ length: end - start }, (_, index) => repository(start + index));
    const body: Items = { items, next_cursor: end < total ? String(end) : null };
    await route.fulfill({ json: body });
  });
  return limits;
}

function repository(index: number): Item {
  return {
    id: String(index),
    type: index % 4 === 0 ? "folder" : "file",
    name: index === 7 ? "=HYPERLINK(1)" : `Thing ${(index * 7919) % 10_007}`,
    url: `https://things.example/${index}`,
    parent_id: null,
    parent_name: index % 3 === 0 ? "Attic" : "Cellar",
    created_at: null,
    updated_at: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    mime_type: index % 4 === 0 ? null : "image/png",
    details: { size: index % 4 === 0 ? null : index * 1000 },
  };
}
const never = () => Promise.resolve(false);

describe.each([
  ["a wide, light page", {}],
  ["a wide, dark page", { colorScheme: "dark" }],
  ["the narrowest phone", { viewport: { width: 320, height: 700 } }],
  ["a very wide screen", { viewport: { width: 2560, height: 1300 } }],
] as const)("%s", (_, options) => {
  it("shows the account, its health, its scopes, its items and what has happened, without a jump", async () => {
    const { page, context, complaints, open } = await openConnection("Google", "", options);
    await page.addInitScript(() => {
      Object.assign(window, { shifts: [] });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          Reflect.get(window, "shifts").push(Reflect.get(entry, "value"));
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await open();
    const account = page.getByRole("region", { name: "Account" });
    await account.getByText("Ada Lindqvist").waitFor();
    await table(page).waitFor();
    await account.getByText("See the names and details of files in your Drive").waitFor();
    await account.getByText("drive.metadata.readonly").waitFor();
    for (const fact of ["Access expires", "Last renewed", "Reconnect by"]) await account.getByText(fact).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    const shifts = await page.evaluate(() => Reflect.get(window, "shifts"));
    expect(shifts.reduce((sum: number, shift: number) => sum + shift, 0)).toBeLessThan(0.1);

    for (const [section, role, name] of [
      ["Activity", "list", "Activity"],
      ["Code", "region", "Call Google from your code"],
      ["Profile", "region", "Google profile JSON"],
    ] as const) {
      await page.getByRole("link", { name: section, exact: true }).click();
      await page.getByRole(role, { name }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
    await page.goBack();
    await page.getByRole("heading", { name: "Call Google from your code" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

it("shows what a service sends as text, however long and strange, and links web addresses alone", async () => {
  const { page, context, complaints, open } = await openConnection("Google", "", {
    viewport: { width: 320, height: 800 },
  });
  const names = ["<img src=x onerror=alert(1)>", "x".repeat(200), "word ".repeat(40), "", "\u202Eeman", "__proto__"];
  const urls = [null, "javascript:alert(1)", "data:text/html,x", "no address", "", "https://files.example/5"];
  const strange = names.map((name, index) => ({
    ...repository(index),
    name,
    url: urls[index] ?? null,
    type: index % 2 === 0 ? "__proto__" : "file",
    parent_name: name,
    updated_at: "no date",
  }));
  await page.route(LOAD, (route) => route.fulfill({ json: { items: strange, next_cursor: null } satisfies Items }));
  await page.route("**/data/google", async (route) => {
    const profile = Profile.parse(await (await route.fetch()).json());
    const account = { id: "1", name: names.join(" "), email: "e".repeat(200), avatar_url: null, url: urls[1] ?? null };
    await route.fulfill({ json: { ...profile, account } satisfies Profile });
  });
  await open();
  await page.getByRole("region", { name: "Account" }).getByText("onerror", { exact: false }).waitFor();
  await table(page).waitFor();
  expect(await table(page).getByRole("rowheader").count()).toBe(names.length);
  await table(page).getByText("Untitled").waitFor();
  expect(await table(page).getByRole("link").count()).toBe(1);
  expect(await page.locator(":is(a[href^=javascript], a[href^=data], img[onerror])").count()).toBe(0);
  expect(await overflow(page)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(await overflow(page)).toBe(0);
  expect(await axeViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

it("tells nothing that has happened as something to come, on a computer whose clock is slow", async () => {
  const { page, context } = await openPage(browser);
  await page.clock.install({ time: Date.now() - 600_000 });
  await page.goto(`${latchkey.origin}/auth/google?return_to=/`);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("article", { name: "Google" }).getByText("Connected just now").waitFor();
  await openHash(page, "/google?show=activity");
  await page.getByRole("listitem").filter({ hasText: "Connected" }).getByText("just now").waitFor();
  const facts = await page.locator(".health-facts").innerText();
  expect(facts).toMatch(/Connected\s+Just now/);
  await context.close();
});

it("fits the narrowest phone with the spacing that some readers set (WCAG 1.4.12)", async () => {
  const { page, context, open } = await openConnection("Google", "", { viewport: { width: 320, height: 700 } });
  await open();
  await table(page).waitFor();
  await page.evaluate(() => {
    for (const sheet of document.styleSheets) {
      sheet.insertRule("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; }");
      sheet.insertRule("* { word-spacing: 0.16em !important; }");
      sheet.insertRule("p { margin-bottom: 2em !important; }");
    }
  });
  for (const hash of ["#/google", "#/google?show=code", "#/", "#/explorer", "#/keys"]) {
    await page.goto(`${latchkey.origin}/${hash}`);
    await page.locator("#title").waitFor();
    expect(await overflow(page), hash).toBe(0);
  }
  await context.close();
});

it("leaves a low screen, such as one enlarged to 400 %, to the rows", async () => {
  const { page, context, open } = await openConnection("GitHub", "", { viewport: { width: 320, height: 256 } });
  await open();
  await table(page).waitFor();
  await table(page).getByRole("row").nth(12).scrollIntoViewIfNeeded();
  const covered = await page.evaluate(() =>
    [2, innerHeight - 2].filter((y) => document.elementFromPoint(innerWidth / 2, y)?.closest("tbody") === null),
  );
  expect(covered).toEqual([]);
  await context.close();
});

it("fits its columns to what the items are", async () => {
  const { page, context, open } = await openConnection("HubSpot", "?type=contact");
  await open();
  const headings = () => table(page).getByRole("columnheader").allInnerTexts();
  await table(page).waitFor();
  expect(await headings()).toEqual(["Name", "Email", "Updated"]);
  await page.getByRole("button", { name: /^Company \d+$/ }).click();
  await expect.poll(headings).toEqual(["Name", "Domain", "Updated"]);
  await page.getByRole("button", { name: /^All \d+$/ }).click();
  await expect.poll(headings).toEqual(["Name", "Type", "Email", "Domain", "Updated"]);
  await context.close();
});

it("draws little of thousands of items at once: all loaded by the hundred, searched, sorted and exported", async () => {
  const { page, context, complaints, open } = await openConnection("GitHub");
  const limits = await serveItems(page, 2000, never);
  await open();
  await page.getByRole("button", { name: "Load all" }).click();
  await page.getByText("2000 items", { exact: true }).waitFor();
  expect(limits).toEqual([25, ...Array.from({ length: 20 }, () => 100)]);
  expect(await table(page).getAttribute("aria-rowcount")).toBe("2001");
  expect(await focused(page)).toBe("2000 items");
  expect(await axeViolations(page)).toEqual([]);

  // What is drawn at once stays little, however much there is.
  const rows = () => table(page).locator("tbody tr").count();
  for (const column of ["name", "size", "updated", "kind", "name"]) {
    await page.locator(`th[data-column="${column}"] button`).click();
    expect(await rows()).toBeLessThan(400);
  }
  await page.getByRole("searchbox").fill("thing 99");
  await page.getByText(/^\d+ of 2000 items$/).waitFor();
  expect(await firstName(page)).toMatch(/^Thing \d*99/);

  await page.getByRole("searchbox").fill("");
  await page.getByText("2000 items", { exact: true }).waitFor();
  expect(await rows()).toBeLessThan(400);
  for (let read = 0; read < 80 && (await rows()) < 2000; read++) {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(60);
  }
  expect(await rows()).toBe(2000);
  // The headings are still there to sort by.
  expect((await heading(page, "Name").boundingBox())?.y).toBe(0);

  await page.getByRole("button", { name: /^Folder 500$/ }).click();
  await page.getByText("500 of 2000 items").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export 500 rows as JSON" }).click();
  const json: unknown = JSON.parse(await readFile(await (await saved).path(), "utf8"));
  expect(json).toHaveLength(500);
  await page.getByText("Saved 500 rows as JSON.").waitFor();

  await page.getByRole("button", { name: /^All 2000$/ }).click();
  await page.getByRole("searchbox").fill("hyperlink");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export 1 row as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("github-items.csv");
  expect(await readFile(await (await download).path(), "utf8")).toBe(
    "\uFEFFid,type,name,url,parent_id,parent_name,created_at,updated_at,mime_type,size\r\n" +
      "7,file,'=HYPERLINK(1),https://things.example/7,,Cellar,,2026-01-01T00:07:00.000Z,image/png,7000\r\n",
  );
  expect(complaints).toEqual([]);
  await context.close();
});

it("stops in the middle, goes on after a failure, and keeps what is there", async () => {
  const { page, context, open } = await openConnection("GitHub");
  let hold = true;
  let failures = 1;
  await serveItems(page, 700, async (start, route) => {
    if (start === 325 && hold) return true;
    if (start === 425 && failures-- > 0) {
      await route.fulfill({
        status: 503,
        json: { error: "provider_unavailable", message: "GitHub is not available right now.", request_id: "r" },
      });
      return true;
    }
    return false;
  });
  await open();
  const gone = page.waitForEvent("requestfailed");
  await page.getByRole("button", { name: "Load all" }).press("Enter");
  await page.getByRole("progressbar", { name: "Loading all items" }).waitFor();
  await page.getByRole("status").filter({ hasText: "325 items so far" }).waitFor();
  expect(await focused(page)).toBe("Stop");
  await page.keyboard.press("Enter");
  expect((await gone).url()).toContain("cursor=325");
  expect(await page.getByRole("progressbar").count()).toBe(0);
  await page.getByRole("status").filter({ hasText: "325 items so far" }).waitFor();
  expect(await focused(page)).toBe("Load more");

  hold = false;
  await page.getByRole("button", { name: "Load all" }).click();
  await page.getByRole("alert").filter({ hasText: "GitHub was not available." }).waitFor();
  await page.getByText("425 items so far").first().waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Go on loading" }).click();
  await page.getByText("700 items", { exact: true }).waitFor();
  await context.close();
});

it("sorts, searches and filters by keyboard alone, and the address brings it back", async () => {
  const { page, context, open } = await openConnection("GitHub");
  await serveItems(page, 25, never);
  await open();
  await table(page).waitFor();
  const tabTo = async (name: RegExp) => {
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const { activeElement } = document;
        return activeElement instanceof HTMLInputElement ? activeElement.type : (activeElement?.textContent ?? "");
      });
      if (name.test(label)) return;
    }
    throw new Error(`Tab never came to ${name}`);
  };
  await page.locator("#title").focus();
  await tabTo(/^search$/);
  await page.keyboard.type("cellar");
  await page.getByText("16 of 25 items").waitFor();
  await tabTo(/^File \d+$/);
  await page.keyboard.press("Space");
  await tabTo(/^Size$/);
  await page.keyboard.press("Enter");
  // The order stands in the address, and the browser tells of a new one behind the key.
  const order = () => heading(page, "Size").getAttribute("aria-sort");
  await expect.poll(order).toBe("descending");
  expect(await focused(page)).toBe("Size");
  await page.keyboard.press("Enter");
  await expect.poll(order).toBe("ascending");
  expect(page.url()).toBe(`${latchkey.origin}/#/github?q=cellar&type=file&sort=size`);
  expect(await axeViolations(page)).toEqual([]);
  const shown = await table(page).getByRole("rowheader").allInnerTexts();

  await page.getByRole("link", { name: "Activity", exact: true }).click();
  await page.getByRole("heading", { name: "Activity" }).waitFor();
  await page.goBack();
  await table(page).waitFor();
  expect(await table(page).getByRole("rowheader").allInnerTexts()).toEqual(shown);
  await page.goBack();
  await expect.poll(() => heading(page, "Size").getAttribute("aria-sort")).toBe("descending");

  await page.reload();
  await table(page).waitFor();
  expect(await page.getByRole("searchbox").inputValue()).toBe("cellar");
  expect(await page.getByRole("button", { name: /^File/ }).getAttribute("aria-pressed")).toBe("true");
  expect(await heading(page, "Size").getAttribute("aria-sort")).toBe("descending");
  await context.close();
});

describe("a state", () => {
  it("loading: keeps the place of what comes", async () => {
    const { page, context, open } = await openConnection("GitHub");
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(LOAD, async (route) => {
      await held;
      await route.continue();
    });
    await open();
    await page.getByText("Loading items").waitFor({ state: "attached" });
    expect(await axeViolations(page)).toEqual([]);
    release();
    await table(page).waitFor();
    await context.close();
  });

  it("empty: says what would appear, and what a search misses", async () => {
    const { page, context, open } = await openConnection("GitHub");
    await serveItems(page, 0, never);
    await open();
    await page.getByText("Nothing here yet").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.unroute(LOAD);
    await serveItems(page, 30, never);
    await page.reload();
    await page.getByRole("searchbox").fill("nowhere");
    await page.getByText("No item with “nowhere”").waitFor();
    await page.getByText("Only 25 items have been loaded yet", { exact: false }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Show all" }).click();
    await table(page).waitFor();
    expect(await focused(page)).toBe("25 items so far");
    await context.close();
  });

  it("error: says what the service did, and asks again", async () => {
    const { page, context, open } = await openConnection("GitHub");
    await control("github", "faults", { endpoint: "api", fault: "server_error", times: 8 });
    await open();
    await page.getByRole("alert").first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await fetch(`${latchkey.providers}/github/_control/faults`, { method: "DELETE" });
    for (const again = page.getByRole("button", { name: "Try again" }); (await again.count()) > 0;) {
      await again.first().click();
      await page.waitForTimeout(300);
    }
    await table(page).waitFor();
    await context.close();
  });

  it("refused by the service: says why, keeps what is known and offers to reconnect", async () => {
    const { page, context, open } = await openConnection("Google");
    await control("google", "revoke");
    await control("google", "expire");
    await open();
    await page.getByText("Google needs to be reconnected").waitFor();
    await page.getByText("Reconnect needed").waitFor();
    await page.getByRole("region", { name: "Account" }).getByText("Ada Lindqvist").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await connectInWindow(page, "Google");
    await page.getByRole("status").filter({ hasText: "Google is connected" }).waitFor();
    await table(page).waitFor();
    expect(await page.getByText("Google needs to be reconnected").count()).toBe(0);
    await context.close();
  });

  it("expired: says so, keeps what is known, and its history stays to be read", async () => {
    const { page, context, open } = await openConnection("Facebook");
    await control("facebook", "expire");
    // The clock of the real answer is turned on; nothing else of it changes.
    await page.route("**/integrations", async (route) => {
      const answer = Integrations.parse(await (await route.fetch()).json());
      const integrations = answer.integrations.map((each) =>
        each.integration === "facebook"
          ? changed(each, { status: "expired", expires_at: "2026-01-01T00:00:00Z" })
          : each,
      );
      await route.fulfill({ json: { ...answer, integrations } });
    });
    await open();
    await page.getByText("Access to Facebook has run out.", { exact: false }).waitFor();
    await page.getByText("Expired", { exact: true }).waitFor();
    await page.getByRole("region", { name: "Account" }).getByText("Receive your name and picture").waitFor();
    await page.getByRole("list", { name: "Activity" }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const popup = await openConnectWindow(page, "Facebook");
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await context.close();
  });

  it("disconnected elsewhere: says so at the next call and offers to connect again", async () => {
    const { page, context, open } = await openConnection("GitHub");
    await open();
    await table(page).waitFor();
    // By a program of the same person, of which no page hears.
    const headers = { "X-CSRF": "1", Origin: latchkey.origin };
    const url = `${latchkey.origin}/integrations/github/credentials`;
    expect((await page.request.delete(url, { headers })).ok()).toBe(true);

    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByRole("alert").filter({ hasText: "GitHub was disconnected elsewhere" }).waitFor();
    await page.getByText("Not connected", { exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "Connect GitHub", exact: true }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await context.close();
  });

  it("disconnected in another tab: this one knows at once", async () => {
    const { page, context, open } = await openConnection("GitHub");
    await open();
    await table(page).waitFor();
    const other = await context.newPage();
    await other.goto(`${latchkey.origin}/#/github`);
    await other.getByRole("button", { name: "Disconnect GitHub" }).click();
    await other.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await other.getByText("GitHub is disconnected.").first().waitFor();
    expect(await other.getByText("disconnected elsewhere").count()).toBe(0);
    await page.getByText("Not connected", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Connect GitHub" }).waitFor();
    await context.close();
  });

  it("refreshed: tells how it went and writes it down", async () => {
    const { page, context, open } = await openConnection("Airtable");
    await open();
    await table(page).waitFor();
    await page.getByRole("button", { name: "Renew now" }).click();
    await page.getByRole("status").filter({ hasText: "Airtable has renewed the access." }).waitFor();
    await page.getByRole("link", { name: "Activity", exact: true }).click();
    await page.getByRole("listitem").filter({ hasText: "Access renewed" }).waitFor();
    const time = page.getByRole("listitem").filter({ hasText: "Access renewed" }).locator("time");
    expect(await time.getAttribute("title")).toMatch(/\d{4} at \d/);
    await context.close();
  });
});
