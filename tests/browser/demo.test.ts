/** A company's product that connects accounts through Latchkey, in a real browser: by popup, without one, and with a code of another user. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { startDemo } from "../../examples/demo/server.ts";
import { githubRepositories } from "../../sandbox/data/github.ts";
import { CreatedApp, SavedIntegration, UserSession } from "../../src/api-apps.ts";
import { WebhookWithSecret } from "../../src/api-webhooks.ts";
import { freePort } from "../../scripts/local-worker.ts";
import { ADMIN_KEY, goOn, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
let demo: Awaited<ReturnType<typeof startDemo>>;
let key: string;
let integration: string;

async function call(bearer: string, method: string, path: string, body: unknown): Promise<unknown> {
  const headers = { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" };
  const response = await fetch(latchkey.origin + path, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  const made = await call(ADMIN_KEY, "POST", "/apps", {
    name: "Acme",
    return_urls: [`${own}/connected`],
    origins: [own],
  });
  const { id, api_key } = CreatedApp.parse(made);
  key = api_key.key;
  const saved = await call(key, "PUT", `/apps/${id}/integrations`, {
    provider: "github",
    client_id: "sandbox-github-client",
    client_secret: "sandbox-github-secret-opens-nothing",
  });
  const registration = SavedIntegration.parse(saved);
  integration = registration.integration;
  const registered = await fetch(`${latchkey.providers}/github/_control/settings`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ redirect_uris: [registration.redirect_uri] }),
  });
  expect(registered.ok).toBe(true);
  const { secret } = WebhookWithSecret.parse(await call(key, "PUT", `/apps/${id}/webhook`, { url: `${own}/webhook` }));
  demo = await startDemo({ latchkey: latchkey.origin, key, integration, webhookSecret: secret, port });
});
afterAll(async () => {
  await demo?.stop();
  await browser?.close();
  await latchkey?.stop();
});

async function logIn(page: Page, name: string): Promise<void> {
  await page.goto(demo.origin);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText(`Hello, ${name}.`).waitFor();
}

/** What the page shows of a connection, from the account to what the backend read with it. */
async function expectConnected(page: Page): Promise<void> {
  await page.getByRole("status").filter({ hasText: "Connected as " }).waitFor();
  await expect.poll(() => page.getByRole("listitem").count()).toBeGreaterThan(1);
}

const Events = z.array(
  z.object({ type: z.string(), data: z.object({ user: z.string(), integration: z.string().optional() }) }),
);

/** The verified events of the connections of whoever is logged in on the page. */
async function eventsOf(page: Page): Promise<z.output<typeof Events>> {
  const events = Events.parse(await (await page.request.get(`${demo.origin}/events`)).json());
  return events.filter(({ type }) => type.startsWith("connection."));
}

it("connects in a popup, shows what the backend reads, and hears of it by a verified webhook", async () => {
  const { page, context, complaints } = await openPage(browser);
  await logIn(page, "alice");
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  const popup = await opened;
  await goOn(popup, "GitHub");
  await popup.getByRole("button", { name: "Allow" }).click();
  await expectConnected(page);
  await expect.poll(() => popup.isClosed()).toBe(true);
  expect(page.url()).toBe(`${demo.origin}/`);
  await expect.poll(() => eventsOf(page)).toMatchObject([{ type: "connection.created", data: { user: "alice" } }]);

  const forged = await page.request.post(`${demo.origin}/webhook`, {
    headers: { "webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA" },
    data: { type: "connection.created", data: { user: "alice", connection: "forged" } },
  });
  expect(forged.status()).toBe(400);
  expect(await eventsOf(page)).toHaveLength(1);
  expect(complaints.filter((line) => !line.includes("favicon"))).toEqual([]);
  await context.close();
});

it("says that access was declined in a popup, and that the popup was closed", async () => {
  const { page, context } = await openPage(browser);
  await logIn(page, "dora");
  for (const [decide, told] of [
    [(popup: Page) => popup.getByRole("button", { name: "Deny" }).click(), "Not connected: access_denied"],
    [(popup: Page) => popup.close(), "Not connected: closed"],
  ] as const) {
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Connect GitHub" }).click();
    const popup = await opened;
    await goOn(popup, "GitHub");
    await popup.waitForURL(`${latchkey.providers}/**`);
    await decide(popup);
    await page.getByRole("status").filter({ hasText: told }).waitFor();
  }
  await context.close();
});

it("lists all accounts of a user by their labels, and reads each by its label", async () => {
  const { page, context, complaints } = await openPage(browser);
  await logIn(page, "frank");
  for (const person of ["Ada Lindqvist", "Lin Xiaoyu"]) {
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Connect GitHub" }).click();
    const popup = await opened;
    await goOn(popup, "GitHub");
    await popup.getByRole("radio", { name: person }).check();
    await popup.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("status").filter({ hasText: person }).waitFor();
  }
  const shown = async () => (await page.getByRole("listitem").allInnerTexts()).toSorted();
  const firstPage = (account: number) =>
    githubRepositories(account)
      .filter((repository) => !repository.private)
      .map(({ owner, name }) => `${owner}/${name}`)
      .toSorted()
      .slice(0, 30);
  await expect.poll(shown).toEqual(firstPage(0));
  await page.getByRole("button", { name: "lin-xiaoyu" }).click();
  await expect.poll(shown).toEqual(firstPage(1));
  await page.getByRole("button", { name: "ada-lindqvist" }).click();
  await expect.poll(shown).toEqual(firstPage(0));
  // What the page names is a label, and no part of an address.
  const path = encodeURIComponent("ada-lindqvist/user/repos?");
  expect(await (await page.request.get(`${demo.origin}/repositories?account=${path}`)).json()).toEqual([]);
  expect(complaints.filter((line) => !line.includes("favicon"))).toEqual([]);
  await context.close();
});

it("goes there and back on the whole page where popups are blocked", async () => {
  const { page, context } = await openPage(browser);
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await logIn(page, "bob");
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await goOn(page, "GitHub");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${demo.origin}/`);
  await expectConnected(page);
  await context.close();
});

it("may call the provider from its own page, with a session of the user and the provider's own headers", async () => {
  const { page, context } = await openPage(browser);
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await logIn(page, "erin");
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await goOn(page, "GitHub");
  await page.getByRole("button", { name: "Allow" }).click();
  await expectConnected(page);
  const session = UserSession.parse(await call(key, "POST", "/sessions", { user: "erin" }));
  const answered = await page.evaluate(
    async ([url, authorization]) => {
      const headers = { Authorization: authorization, "X-GitHub-Api-Version": "2022-11-28" };
      const answer = await fetch(url, { headers });
      return { status: answer.status, limit: answer.headers.get("X-RateLimit-Limit"), body: await answer.text() };
    },
    [`${latchkey.origin}/proxy/${integration}/user`, `Bearer ${session.key}`] as const,
  );
  expect(answered).toMatchObject({
    status: 200,
    limit: expect.stringMatching(/^\d+$/),
    body: expect.stringContaining("login"),
  });
  await context.close();
});

it("refuses a code that was made for another user", async () => {
  const carol = await openPage(browser);
  await logIn(carol.page, "carol");
  const link = await carol.page.request.post(`${demo.origin}/connect`, { data: {} });
  const { connect_url } = z.object({ connect_url: z.string() }).parse(await link.json());
  // Held back before the backend sees it.
  const left = carol.page.waitForRequest((request) => request.url().startsWith(`${demo.origin}/connected`));
  await carol.page.route("**/connected?*", (route) => route.abort());
  await carol.page.goto(connect_url);
  await goOn(carol.page, "GitHub");
  await carol.page.getByRole("button", { name: "Allow" }).click();
  const connection_code = new URL((await left).url()).searchParams.get("connection_code");
  expect(connection_code).not.toBeNull();

  const mallory = await openPage(browser);
  await logIn(mallory.page, "mallory");
  const refused = await mallory.page.request.post(`${demo.origin}/finish`, { data: { connection_code } });
  expect(refused.status()).toBe(403);
  expect(await refused.json()).toMatchObject({ error: "user_mismatch" });
  for (const { page, context } of [carol, mallory]) {
    const accounts: unknown = await (await page.request.get(`${demo.origin}/accounts`)).json();
    expect(accounts).toEqual([]);
    await context.close();
  }
});
