/** The API page, and the pages that the Worker itself makes, as people see them. */
import type { Browser } from "playwright-core";
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

it.each(LOOKS)("the API is there to read and to try, %s", async (_, look) => {
  const { page, context, complaints } = await openPage(browser, look);
  await page.goto(`${latchkey.origin}/docs`);
  const health = page.getByText("GET /health");
  await health.click();
  await page.locator("details[open]").getByRole("button", { name: "Send" }).click();
  await page.getByText('{"status":"ok"}').waitFor();
  // The shape of a body is longer than its box, and scrolls without a mouse too.
  await page.getByText("POST /connect-sessions").click();
  await page.getByRole("region", { name: "Body of POST /connect-sessions" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(complaints).toEqual([]);
  await context.close();
});

it.each(LOOKS)("a link that leads nowhere says so and leads back, %s", async (_, look) => {
  const { page, context } = await openPage(browser, look);
  await page.goto(`${latchkey.origin}/connect#no-such-link`);
  await page.getByRole("heading", { name: "This did not work" }).waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.querySelector("main") ?? document.body).maxWidth)).toBe(
    "416px",
  );
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("link", { name: "Back to Latchkey" }).click();
  await page.getByRole("heading", { name: "Connections" }).waitFor();
  await context.close();
});

it.each(LOOKS)("an app's user chooses what to connect on the hosted page, %s", async (_, look) => {
  const return_to = `${latchkey.origin}/docs`;
  const app = z
    .object({ id: z.string(), api_key: z.object({ key: z.string() }) })
    .parse(await send("POST", "/apps", ADMIN_KEY, { name: "Acme", return_urls: [return_to] }));
  const { key } = app.api_key;
  for (const provider of ["github", "notion"]) {
    const client = {
      client_id: `sandbox-${provider}-client`,
      client_secret: `sandbox-${provider}-secret-opens-nothing`,
    };
    const saved = await send("PUT", `/apps/${app.id}/integrations`, key, { provider, ...client });
    const { redirect_uri } = z.object({ redirect_uri: z.string() }).parse(saved);
    const settings = { method: "POST", body: JSON.stringify({ redirect_uris: [redirect_uri] }) };
    await fetch(`${latchkey.providers}/${provider}/_control/settings`, settings);
  }
  const session = await send("POST", "/connect-sessions", key, { user: "u-1", return_to });
  const { connect_url } = z.object({ connect_url: z.string() }).parse(session);

  const { page, context, complaints } = await openPage(browser, look);
  await page.goto(connect_url);
  await page.getByRole("heading", { name: "Connect an account to Acme" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Connect Notion" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL((url) => url.searchParams.has("connection_code"));
  const connection_code = new URL(page.url()).searchParams.get("connection_code");
  expect(await send("POST", "/connections/finalize", key, { connection_code, user: "u-1" })).toMatchObject({
    status: "connected",
    user: "u-1",
  });
  expect(complaints).toEqual([]);
  await context.close();
});
