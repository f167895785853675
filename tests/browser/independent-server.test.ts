/** The same in a browser against a certified server that is not ours, with its own sign-in and consent pages. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startOidcProvider, type OidcServer } from "../servers/oidc-provider.ts";
import { oidcEntries } from "../support/oidc-clients.ts";
import { freePort } from "../../scripts/local-worker.ts";
import { launchBrowser, openConnectWindow, openPage, startLatchkey, type Running } from "./support.ts";

let oidc: OidcServer;
let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  const port = await freePort();
  oidc = await startOidcProvider([`http://localhost:${port}`]);
  const vars = { CUSTOM_PROVIDERS: JSON.stringify(oidcEntries(oidc.issuer)) };
  [latchkey, browser] = await Promise.all([startLatchkey({ port, vars }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
  await oidc?.stop();
});

it.each(["client_secret_basic", "client_secret_post", "none"])("connects and disconnects with %s", async (method) => {
  const name = `OpenID (${method})`;
  const { page, context, complaints } = await openPage(browser);
  await page.goto(latchkey.origin);
  const popup = await openConnectWindow(page, name);
  await popup.locator("input[name=login]").fill("ada");
  await popup.locator("input[name=password]").fill("any");
  await popup.locator("button[type=submit]").click();
  await popup.locator("button[type=submit]").click();
  await page
    .getByRole("status")
    .filter({ hasText: `${name} is connected as ada Independent` })
    .waitFor();
  await page.getByRole("link", { name: `View data of ${name}` }).click();
  await page.getByText("ada@example.org").first().waitFor();
  await page.getByRole("link", { name: "All connections" }).click();
  await page.getByRole("button", { name: `Disconnect ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("link", { name: `Connect ${name}` }).waitFor();
  // The server's own pages ask for fonts from elsewhere.
  expect(complaints.filter((complaint) => complaint.startsWith(latchkey.origin))).toEqual([]);
  await context.close();
});
