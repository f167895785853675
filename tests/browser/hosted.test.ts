/** The page of a connect link, as an app's user meets it: in the app's name and colour, in their own language, on any screen. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { scopesIn } from "../../frontend/hosted/scope-languages.ts";
import { LANGUAGES } from "../../frontend/hosted/words.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { ADMIN_KEY, axeViolations, goOn, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
let app: App;
/** Of the app: its logo, and the page that links are opened from. */
let site: Server;
let siteOrigin: string;
/** A picture of one dot. */
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

beforeAll(async () => {
  site = createServer((request, response) => {
    if (request.url === "/logo.png") {
      response.writeHead(200, { "Content-Type": "image/png" }).end(Buffer.from(DOT, "base64"));
    } else response.writeHead(200, { "Content-Type": "text/html" }).end("<title>Acme</title><h1>Acme</h1>");
  }).listen(0, "127.0.0.1");
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
  const { port } = z.custom<AddressInfo>((address) => address !== null).parse(site.address());
  siteOrigin = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
  site?.close();
});
beforeEach(async () => {
  app = await makeApp(["github", "google", "slack"]);
});

interface App {
  readonly id: string;
  readonly key: string;
  readonly integrations: Readonly<Record<string, string>>;
}

async function send<T>(
  method: string,
  path: string,
  key: string,
  body: unknown,
  schema: z.core.$ZodType<T>,
): Promise<T> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(latchkey.origin + path, { method, headers, ...init });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return z.parse(schema, JSON.parse(text));
}

async function makeApp(services: readonly string[]): Promise<App> {
  const about = {
    name: "Acme",
    return_urls: [`${siteOrigin}/done`],
    logo_url: `${siteOrigin}/logo.png`,
    accent: "#ffd400",
  };
  const Made = z.object({ id: z.string(), api_key: z.object({ key: z.string() }) });
  const { id, api_key } = await send("POST", "/apps", ADMIN_KEY, about, Made);
  const integrations: Record<string, string> = {};
  for (const service of services) {
    const client = {
      provider: service,
      client_id: `sandbox-${service}-client`,
      client_secret: `sandbox-${service}-secret-opens-nothing`,
    };
    const Saved = z.object({ integration: z.string(), redirect_uri: z.string() });
    const saved = await send("PUT", `/apps/${id}/integrations`, api_key.key, client, Saved);
    integrations[service] = saved.integration;
    const settings = { method: "POST", body: JSON.stringify({ redirect_uris: [saved.redirect_uri] }) };
    await fetch(`${latchkey.providers}/${service}/_control/settings`, settings);
  }
  return { id, key: api_key.key, integrations };
}

const Link = z.object({ id: z.string(), connect_url: z.string() });

async function makeLink(more: Readonly<Record<string, unknown>> = {}): Promise<z.output<typeof Link>> {
  const wish = { user: "u-1", return_to: `${siteOrigin}/done`, ...more };
  return send("POST", "/connect-sessions", app.key, wish, Link);
}

const statusOf = async ({ id }: { id: string }): Promise<unknown> =>
  send("GET", `/connect-sessions/${id}`, app.key, undefined, z.object({ status: z.string(), reason: z.unknown() }));

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

it("shows the app by name and logo, whom it is for, what is asked for in words, and leads there and back", async () => {
  const link = await makeLink({ person: { name: "Ann Example", email: "ann@acme.example" } });
  const { page, context, complaints } = await openPage(browser);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url().split("#")[0] ?? "", request.headers()["referer"] ?? ""));
  await page.goto(link.connect_url);
  await page.getByRole("heading", { name: "Connect an account to Acme" }).waitFor();
  await page.getByText("For Ann Example (ann@acme.example)").waitFor();
  expect(await page.title()).toBe("Connect an account to Acme");
  const logo = page.locator("img.logo");
  await expect
    .poll(() => logo.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)))
    .toBe(1);
  await press(page, "GitHub");
  await page.getByRole("heading", { name: "Acme asks for access to your GitHub account" }).waitFor();
  await page.getByText("Read your email addresses").waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  expect(await page.getByText("Latchkey").count()).toBe(0);
  await press(page, "Choose another service");
  await press(page, "Google");
  await goOn(page, "Google");
  expect(await statusOf(link)).toMatchObject({ status: "authorizing" });
  await press(page, "Allow");
  await page.waitForURL((url) => url.searchParams.has("connection_code"));
  expect(page.url().startsWith(`${siteOrigin}/done?`)).toBe(true);
  // The ticket is in no address that is asked for.
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((url) => url.includes(new URL(link.connect_url).hash.slice(1)))).toEqual([]);
  expect(complaints.filter((line) => !line.includes("favicon"))).toEqual([]);
  await context.close();
});

it("finds a service among many by its name and by what else people call it, and shows its mark", async () => {
  const { id, key } = await makeApp([]);
  for (const provider of ["algolia", "anthropic", "brevo", "mistral", "openai", "resend", "sendgrid"]) {
    await send("PUT", `/apps/${id}/integrations`, key, { provider }, z.looseObject({}));
  }
  const { connect_url } = await send(
    "POST",
    "/connect-sessions",
    key,
    { user: "u-1", return_to: `${siteOrigin}/done` },
    Link,
  );
  const { page, context, complaints } = await openPage(browser);
  await page.goto(connect_url);
  const search = page.getByRole("searchbox", { name: "Search services" });
  const choices = page.locator(".choice");
  await expect.poll(() => choices.count()).toBe(7);
  await search.fill("Cláude");
  await expect.poll(() => choices.allInnerTexts()).toEqual(["Anthropic"]);
  await search.fill("nothing at all");
  await expect.poll(() => choices.count()).toBe(0);
  await search.fill("resen");
  const drawn = choices.locator("img");
  await expect
    .poll(() => drawn.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)))
    .toBeGreaterThan(0);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Acme asks for access to your Resend account" }).waitFor();
  expect(complaints.filter((line) => !line.includes("favicon"))).toEqual([]);
  await context.close();
});

it("goes back to the app where the person cancels, which is told why", async () => {
  const link = await makeLink({ integration: app.integrations["github"] });
  const { page, context } = await openPage(browser);
  await page.goto(link.connect_url);
  await page.getByRole("button", { name: "Continue to GitHub" }).waitFor();
  expect(await page.getByRole("button", { name: "Choose another service" }).count()).toBe(0);
  await press(page, "Cancel");
  await page.waitForURL(`${siteOrigin}/done?error=connect_cancelled`);
  expect(await statusOf(link)).toMatchObject({ status: "cancelled", reason: "user" });
  await context.close();
});

it("says that the link was used to whoever comes back from the service by the browser's own way", async () => {
  const link = await makeLink({ integration: app.integrations["github"] });
  const { page, context } = await openPage(browser);
  await page.goto(link.connect_url);
  await goOn(page, "GitHub");
  await page.goBack();
  await page.getByRole("heading", { name: "This link was used already" }).waitFor();
  await context.close();
});

it("tells the page that opened it in a popup, and closes", async () => {
  const link = await makeLink({ integration: app.integrations["github"], display: "popup" });
  const { page, context } = await openPage(browser);
  await page.goto(siteOrigin);
  const opened = page.waitForEvent("popup");
  const told = page.evaluate(
    (url) =>
      new Promise((resolve) => {
        addEventListener("message", ({ data }) => resolve(data));
        window.open(url, "connect", "popup");
      }),
    link.connect_url,
  );
  const popup = await opened;
  const closed = popup.waitForEvent("close");
  await press(popup, "Cancel");
  expect(await told).toEqual({ type: "latchkey", connection_code: null, error: "connect_cancelled" });
  await closed;
  await context.close();
});

describe("a link that leads nowhere says so in the app's name", () => {
  it.each<[string, string, (link: z.output<typeof Link>, page: Page) => Promise<unknown>]>([
    [
      "used",
      "This link was used already",
      async (link, page) => {
        await page.goto(link.connect_url);
        await goOn(page, "GitHub");
        await page.goto("about:blank");
      },
    ],
    [
      "cancelled",
      "This was cancelled",
      ({ id }) => send("DELETE", `/connect-sessions/${id}`, app.key, undefined, z.unknown()),
    ],
    [
      "open elsewhere",
      "This was begun in another browser",
      async (link) => {
        const other = await openPage(browser);
        await other.page.goto(link.connect_url);
        await other.page.getByRole("button", { name: "Continue to GitHub" }).waitFor();
        await other.context.close();
      },
    ],
  ])("%s", async (_, title, act) => {
    const link = await makeLink({ integration: app.integrations["github"] });
    const { page, context, complaints } = await openPage(browser);
    await act(link, page);
    await page.goto(link.connect_url);
    await page.getByRole("heading", { name: title }).waitFor();
    await page.getByText("Go back to Acme and start again.").waitFor();
    expect(await page.getByText("Latchkey").count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints.filter((line) => !line.includes("favicon"))).toEqual([]);
    await context.close();
  });

  it("damaged, where nobody knows whose it is; a good one opens in the same window", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${latchkey.origin}/connect#no-such-link`);
    await page.getByRole("heading", { name: "This link does not work" }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.goto((await makeLink({ integration: app.integrations["github"] })).connect_url);
    await page.getByRole("button", { name: "Continue to GitHub" }).waitFor();
    await context.close();
  });
});

it.each(LANGUAGES)("speaks $language to whoever asks for it, on every page", async (words) => {
  const link = await makeLink();
  const { page, context } = await openPage(browser, { locale: words.language === "pt" ? "pt-BR" : words.language });
  await page.goto(link.connect_url);
  await page.getByRole("heading", { name: words.title("Acme") }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(words.language);
  await press(page, "GitHub");
  await page.getByRole("heading", { name: words.asks("Acme", "GitHub") }).waitFor();
  await page.getByText(scopesIn(words.language)["github"]?.["read:org"] ?? "none").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await press(page, words.goOn("GitHub"));
  await page.waitForURL(`${latchkey.providers}/**`);
  await page.goto(`${latchkey.origin}/callback/github?error=access_denied&state=none`);
  // In English the sentence of the very error is there.
  const titleOf = (kind: "damaged" | "missing") =>
    words.language === "en" ? "This did not work" : words.problems[kind](null).title;
  await page.getByRole("heading", { name: titleOf("damaged") }).waitFor();
  await page.goto(`${latchkey.origin}/nothing/here`);
  await page.getByRole("heading", { name: titleOf("missing") }).waitFor();
  expect(await page.getByText("Latchkey").count()).toBe(0);
  await context.close();
});

it("an address that is none says so, and leads back whoever is at Latchkey's own page", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${latchkey.origin}/nothing/here`);
  await page.getByRole("heading", { name: "This did not work" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.getByRole("link").count()).toBe(0);
  await page.goto(`${latchkey.origin}/auth/github?return_to=/`);
  await press(page, "Allow");
  await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
  await page.goto(`${latchkey.origin}/nothing/here`);
  await page.getByRole("link", { name: "Back to Latchkey" }).click();
  await page.getByRole("heading", { name: "Connections" }).waitFor();
  await context.close();
});

it.each(LANGUAGES)("$language has words for whatever built-in services are asked for", ({ language }) => {
  const scopes = scopesIn(language);
  const silent = builtInProviders.flatMap(({ id, scopes: asked }) =>
    asked.filter((scope) => scopes[id]?.[scope] === undefined).map((scope) => `${id} ${scope}`),
  );
  expect(silent).toEqual([]);
});

it.each([
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["a phone", { viewport: { width: 360, height: 640 }, colorScheme: "dark" }],
  ["a popup", { viewport: { width: 520, height: 720 }, colorScheme: "light" }],
] as const)("can be read in %s, whatever colour the app has, and does not scroll sideways", async (_, look) => {
  for (const accent of ["#ffd400", "#0b0b14", "#ffffff", "#e11d48"]) {
    await send("PATCH", `/apps/${app.id}`, app.key, { accent }, z.unknown());
    const link = await makeLink();
    const { page, context } = await openPage(browser, look);
    await page.goto(link.connect_url);
    await page.getByRole("heading", { name: "Connect an account to Acme" }).waitFor();
    expect(await axeViolations(page), accent).toEqual([]);
    await press(page, "GitHub");
    await page.getByRole("button", { name: "Continue to GitHub" }).waitFor();
    expect(await axeViolations(page), accent).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width).toBeLessThanOrEqual(0);
    await context.close();
  }
});

it("finds a service among many, by a few letters and without a mouse", async () => {
  for (const slug of ["billing", "books", "café", "calendar", "crm"]) {
    const custom = {
      slug: slug.replace("é", "e"),
      name: slug,
      authorization_endpoint: `${latchkey.providers}/github/login/oauth/authorize`,
      token_endpoint: `${latchkey.providers}/github/login/oauth/access_token`,
      api_base_url: `${latchkey.providers}/github`,
      client_id: "id",
      client_secret: "secret",
      scopes: ["read"],
    };
    await send("PUT", `/apps/${app.id}/integrations`, app.key, custom, z.unknown());
  }
  const { page, context } = await openPage(browser);
  await page.goto((await makeLink()).connect_url);
  await page.getByText("8 services").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("CAFE");
  await page.getByText("1 service", { exact: true }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Acme asks for access to your café account" }).waitFor();
  await context.close();
});

it("says names as text, whatever is in them", async () => {
  const name = `<img src=x onerror=alert(1)> & "Acme"`;
  await send("PATCH", `/apps/${app.id}`, app.key, { name }, z.unknown());
  const { page, context, complaints } = await openPage(browser);
  await page.goto((await makeLink({ person: { name: "<b>Ann</b>", email: null } })).connect_url);
  await page.getByRole("heading", { name: `Connect an account to ${name}` }).waitFor();
  await page.getByText("For <b>Ann</b>").waitFor();
  expect(complaints.filter((line) => !line.includes("favicon"))).toEqual([]);
  await context.close();
});

it("shows the app's first letter where its logo is no picture", async () => {
  await send("PATCH", `/apps/${app.id}`, app.key, { logo_url: `${siteOrigin}/page.html` }, z.unknown());
  const { page, context } = await openPage(browser);
  await page.goto((await makeLink()).connect_url);
  await page.locator(".logo[data-letter]").filter({ hasText: "A" }).waitFor();
  await context.close();
});

it("opens with scripts turned off: the person pastes the link", async () => {
  const { connect_url } = await makeLink();
  const { page, context } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(connect_url);
  await page.getByLabel("The link").fill(connect_url);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByRole("button", { name: "Allow" }).waitFor();
  await context.close();
});
