/** A connect link in a real browser: its ticket is in no request's address, and it opens with scripts turned off too. */
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

async function send(method: string, path: string, key: string, body: unknown): Promise<unknown> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  return (await fetch(latchkey.origin + path, { method, headers, body: JSON.stringify(body) })).json();
}

/** A link for a user of a new app. */
async function makeLink(integration: string | null): Promise<string> {
  const return_to = `${latchkey.origin}/docs`;
  const app = z
    .object({ id: z.string(), api_key: z.object({ key: z.string() }) })
    .parse(await send("POST", "/apps", ADMIN_KEY, { name: "Acme", return_urls: [return_to] }));
  const client = { client_id: "sandbox-github-client", client_secret: "sandbox-github-secret-opens-nothing" };
  const saved = z.object({ integration: z.string(), redirect_uri: z.string() }).parse(
    await send("PUT", `/apps/${app.id}/integrations`, app.api_key.key, {
      provider: integration ?? "github",
      ...client,
    }),
  );
  const settings = { method: "POST", body: JSON.stringify({ redirect_uris: [saved.redirect_uri] }) };
  await fetch(`${latchkey.providers}/github/_control/settings`, settings);
  const wish = { user: "u-1", return_to, ...(integration === null ? {} : { integration: saved.integration }) };
  return z.object({ connect_url: z.string() }).parse(await send("POST", "/connect-sessions", app.api_key.key, wish))
    .connect_url;
}

it.each([null, "github"])(
  "leads to the service, and its ticket stands in no address that is asked for (%s)",
  async (integration) => {
    const link = await makeLink(integration);
    const { page, context, complaints } = await openPage(browser);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url().split("#")[0] ?? "", request.headers()["referer"] ?? ""));
    await page.goto(link);
    if (integration === null) await page.getByRole("button", { name: "Connect GitHub" }).click();
    await page.getByRole("button", { name: "Allow" }).waitFor();
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((url) => url.includes(new URL(link).hash.slice(1)))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

it("opens with scripts turned off: the person pastes the link", async () => {
  const link = await makeLink("github");
  const { page, context } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(link);
  await page.getByLabel("The link").fill(link);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Allow" }).waitFor();
  await context.close();
});

it("that is damaged says so, and a good one opens in the same window", async () => {
  const link = await makeLink("github");
  const { page, context } = await openPage(browser);
  await page.goto(`${latchkey.origin}/connect#no-such-link`);
  await page.getByRole("heading", { name: "This did not work" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.goto(link);
  await page.getByRole("button", { name: "Allow" }).waitFor();
  await context.close();
});
