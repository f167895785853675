/** What a person does on the page, in a real browser: connect, look, load more, disconnect, decline. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { pageHeaders, securityHeaders } from "../../src/security-headers.ts";
import {
  axeViolations,
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

const Grants = z.object({ grants: z.array(z.looseObject({})), issued: z.array(z.string()) });

/** What the service holds of us. */
async function grantsOf(id: string): Promise<z.output<typeof Grants>> {
  return Grants.parse(await (await fetch(`${latchkey.providers}/${id}/_control/grants`)).json());
}

describe.each([
  ["GitHub", "github"],
  ["Slack", "slack"],
  ["HubSpot", "hubspot"],
  ["Notion", "notion"],
])("%s", (name, id) => {
  it("is connected, read, paged and disconnected from the page, with nothing to complain about", async () => {
    const { page, context, complaints } = await openPage(browser);
    const headers = (await page.goto(latchkey.origin))?.headers() ?? {};
    for (const [header, value] of Object.entries({ ...securityHeaders, ...pageHeaders })) {
      expect(headers[header.toLowerCase()]).toBe(value);
    }
    await page.getByRole("link", { name: `Connect ${name}` }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    const popup = await openConnectWindow(page, name);
    await popup.getByText("Sandbox: no real account.").waitFor();
    expect(await axeViolations(popup)).toEqual([]);
    await popup.getByRole("button", { name: "Allow" }).click();

    await page
      .getByRole("status")
      .filter({ hasText: `${name} is connected` })
      .waitFor();
    expect(page.url()).toBe(`${latchkey.origin}/`);
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole("link", { name: `View data of ${name}` }).click();
    const table = page.getByRole("table", { name: `Items in ${name}` });
    await table.waitFor();
    const rows = table.getByRole("row");
    const before = await rows.count();
    expect(before).toBeGreaterThan(10);
    await page.getByRole("button", { name: "Load more" }).click();
    await expect.poll(() => rows.count()).toBeGreaterThan(before);
    await page.getByRole("link", { name: "Profile", exact: true }).click();
    await page.getByRole("region", { name: `${name} profile JSON` }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole("link", { name: "All connections" }).click();
    await page.getByRole("button", { name: `Disconnect ${name}` }).click();
    const dialog = page.getByRole("dialog", { name: `Disconnect ${name}?` });
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("link", { name: `Connect ${name}` }).waitFor();

    expect(complaints).toEqual([]);
    const [grant] = (await grantsOf(id)).grants;
    // HubSpot takes back the refresh token; the access token it leaves to run out.
    expect(grant).toMatchObject({ live_refresh_tokens: 0, ...(id === "hubspot" ? {} : { live_access_tokens: 0 }) });
    await context.close();
  });

  it("says plainly that access was declined", async () => {
    const { page, context, complaints } = await openPage(browser, {
      colorScheme: "dark",
      viewport: { width: 375, height: 800 },
    });
    await page.goto(latchkey.origin);
    const popup = await openConnectWindow(page, name);
    expect(await axeViolations(popup)).toEqual([]);
    await popup.getByRole("button", { name: "Deny" }).click();
    await page.locator("#notice").waitFor();
    expect(await page.locator("#notice").innerText()).toMatch(/declined|denied|not connected|did not allow/i);
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

it("shows no secret to the page: not in its storage, its address or its text", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "View data of GitHub" }).click();
  await page.getByRole("table").waitFor();
  const { issued } = await grantsOf("github");
  const seen = await page.evaluate(() => [
    document.documentElement.outerHTML,
    JSON.stringify(localStorage),
    JSON.stringify(sessionStorage),
    document.cookie,
    location.href,
  ]);
  for (const secret of issued) expect(seen.join("\n")).not.toContain(secret);
  expect(seen[3]).toBe("");
  await context.close();
});
