/** What a programmer does on the page: try a service's API, take the call away as code, make and revoke keys. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { axeViolations, connectInWindow, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

const KEY = /lk_[A-Za-z0-9_-]{86}/;

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

async function openConnected(options: Parameters<Browser["newContext"]>[0] = {}) {
  const opened = await openPage(browser, { permissions: ["clipboard-read", "clipboard-write"], ...options });
  const { page } = opened;
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
  return opened;
}

const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
const answer = (page: Page) => page.getByRole("region", { name: "Answer", exact: true });

const asBearer = (key: string): Promise<Response> =>
  fetch(`${latchkey.origin}/data/github`, { headers: { Authorization: `Bearer ${key}` } });

it.each([
  ["a wide, light page", {}],
  ["a phone in the dark", { colorScheme: "dark", viewport: { width: 375, height: 800 } }],
] as const)("sends calls, tells whose errors they are and copies them as code, on %s", async (_, options) => {
  const { page, context, complaints } = await openConnected(options);
  await page.getByRole("link", { name: "View data of GitHub" }).click();
  await page.getByRole("link", { name: "Try the API of GitHub" }).click();
  expect(page.url()).toBe(`${latchkey.origin}/#/explorer/github`);
  await expect.poll(() => page.getByLabel("Service").inputValue()).toBe("github");
  expect(await page.getByLabel("Path").inputValue()).toBe("/user/repos?per_page=5");
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole("button", { name: "Send" }).click();
  await answer(page).getByText("200 OK").waitFor();
  const body: unknown = JSON.parse(await page.getByRole("region", { name: "Answered JSON" }).innerText());
  expect(body).toHaveLength(5);
  await page.getByText(/^\d+ headers$/).click();
  await page.getByText("x-ratelimit-limit").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);

  await page.getByLabel("Path").fill("/applications/x");
  await page.getByLabel("Path").press("Enter");
  await answer(page).getByText("This error is Latchkey’s, not GitHub’s: path_denied").waitFor();
  await answer(page).getByText("403").first().waitFor();
  expect(await axeViolations(page)).toEqual([]);
  // The browser itself notes every answer of that status.
  expect(complaints.filter((complaint) => !complaint.includes("/proxy/github/applications/x"))).toEqual([]);

  await page.getByLabel("Method").selectOption("POST");
  await page.getByLabel("Path").fill("/user/repos");
  await page.getByLabel("Body").fill(`{ "name": "it's" }`);
  const code = page.getByRole("region", { name: "Copy as" });
  await code.getByRole("button", { name: "Copy as curl" }).click();
  await code.getByText("Copied", { exact: true }).waitFor();
  expect(await clipboard(page)).toBe(
    String.raw`curl '${latchkey.origin}/proxy/github/user/repos' \
  -H "Authorization: Bearer $LATCHKEY_KEY" \
  -H 'Content-Type: application/json' \
  --data-raw '{ "name": "it'\''s" }'`,
  );
  for (const label of ["fetch", "SDK"]) {
    await code.getByRole("button", { name: label, exact: true }).click();
    await code.getByRole("button", { name: `Copy as ${label}` }).click();
    await code.getByText("Copied", { exact: true }).waitFor();
    const copied = await clipboard(page);
    expect(copied).toContain(`${latchkey.origin}/proxy/github`);
    expect(copied).toContain("$LATCHKEY_KEY");
    expect(copied).not.toMatch(KEY);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  await context.close();
});

it("shows text and bytes for what they are", async () => {
  const { page, context } = await openConnected();
  await page.goto(`${latchkey.origin}/#/explorer/github`);
  const bodies = [
    { contentType: "text/plain", body: "x".repeat(300_000), says: "This is the beginning of 300 KB." },
    { contentType: "image/png", body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]), says: "Binary, 6 bytes." },
    { contentType: "application/json", body: '{"id":12345678901234567890}', says: '{"id":12345678901234567890}' },
    { contentType: "application/json", body: "", says: "No body." },
  ];
  for (const { says, ...answered } of bodies) {
    await page.route("**/proxy/github/**", (route) => route.fulfill(answered), { times: 1 });
    await page.getByRole("button", { name: "Send" }).click();
    await answer(page).getByText(says, { exact: true }).waitFor();
  }
  await context.close();
});

it("stops a call, and sends nothing that would leave the service's API", async () => {
  const { page, context, complaints } = await openConnected();
  await page.getByRole("link", { name: "API explorer" }).click();
  const sent: string[] = [];
  // Never answered.
  await page.route("**/proxy/**", (route) => void sent.push(route.request().url()));
  await page.route("**/sessions**", (route) => void sent.push(route.request().url()));
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped.", { exact: false }).waitFor();
  expect(await page.getByRole("button", { name: "Send" }).evaluate((button) => button === document.activeElement)).toBe(
    true,
  );
  expect(sent).toEqual([`${latchkey.origin}/proxy/github/user/repos?per_page=5`]);

  for (const path of ["user", "/../../sessions", "/%2e%2e/%2E./sessions", String.raw`/..\..\sessions`, ""]) {
    await page.getByLabel("Path").fill(path);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").filter({ hasText: "Enter the path alone" }).waitFor();
    await page.getByText("Enter a path first.").waitFor();
  }
  expect(await axeViolations(page)).toEqual([]);
  expect(sent).toHaveLength(1);
  expect(complaints).toEqual([]);
  await context.close();
});

it("offers neither calls nor keys to somebody who has connected nothing", async () => {
  const { page, context, complaints } = await openPage(browser);
  await page.goto(`${latchkey.origin}/#/explorer`);
  await page.getByText("Nothing is connected yet").waitFor();
  expect(await page.getByRole("link", { name: "Keys", exact: true }).count()).toBe(0);
  await page.goto(`${latchkey.origin}/#/explorer/github`);
  await page.getByText("GitHub is not connected").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.goto(`${latchkey.origin}/#/keys`);
  await page.getByText("You are not signed in").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

it("blames the name of a key for nothing but being missing", async () => {
  const { page, context } = await openConnected();
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  const name = page.getByLabel("Name");
  await page.getByRole("button", { name: "Create key" }).click();
  expect(await name.getAttribute("aria-invalid")).toBe("true");
  await name.fill("Nightly report");
  await page.route("**/sessions", (route) => route.abort());
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alert").filter({ hasText: "Latchkey cannot be reached." }).waitFor();
  expect(await name.getAttribute("aria-invalid")).toBe("false");
  await context.close();
});

it("makes a key that may do less, and says in words what that is", async () => {
  const { page, context, complaints } = await openConnected({ viewport: { width: 390, height: 844 } });
  await page.goto(`${latchkey.origin}/#/keys`);
  await page.getByText("No keys yet").waitFor();
  const make = async (name: string): Promise<string> => {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Create key" }).click();
    const dialog = page.getByRole("dialog", { name: "Your new key" });
    const key = await dialog.getByLabel("Key").inputValue();
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    return key;
  };
  const may = page.getByRole("combobox", { name: "May", exact: true });

  await may.selectOption("Only read");
  const reader = await make("Reader");
  const table = page.getByRole("table", { name: "Your keys" });
  await table.getByText("Reads everything.").waitFor();
  expect((await asBearer(reader)).status).toBe(200);
  const written = await fetch(`${latchkey.origin}/proxy/github/user/repos`, {
    method: "POST",
    headers: { Authorization: `Bearer ${reader}` },
  });
  expect([written.status, written.headers.get("X-Latchkey-Error")]).toEqual([403, "outside_grant"]);
  const read = await fetch(`${latchkey.origin}/proxy/github/user`, { headers: { Authorization: `Bearer ${reader}` } });
  expect(read.status).toBe(200);
  await page.goto(`${latchkey.origin}/#/github?show=activity`);
  const calls = page.getByRole("table", { name: "The last calls to the service" });
  const line = calls.getByRole("row", { name: "GET /user" });
  await line.getByText("Reader, rule 1").filter({ visible: true }).waitFor();
  await line.getByText("200").waitFor();
  await calls.getByRole("row", { name: "POST /user/repos" }).getByText("refused by the key's grant").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.goto(`${latchkey.origin}/#/keys`);

  await may.selectOption("By rules");
  await page.getByLabel("Rules, as the guide has them").fill("GET /user");
  await page.getByLabel("Name").fill("Agent");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alert").filter({ hasText: "The rules are not JSON." }).waitFor();
  await page.getByLabel("Rules, as the guide has them").fill('[{ "paths": ["user"] }]');
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alert").filter({ hasText: "a path that begins with a slash" }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page
    .getByLabel("Rules, as the guide has them")
    .fill('[{ "integrations": ["github"], "paths": ["/user", "/repos/**"], "methods": ["GET"], "writes": "allow" }]');
  await make("Agent");
  await table.getByText("Reads and changes /user and /repos/** at GitHub, by GET alone.").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  // The browser says so of the rules that were refused.
  expect(complaints.filter((complaint) => !complaint.includes("status of 400"))).toEqual([]);
  await context.close();
});

it("makes a key that is shown once, works as a bearer and ends when it is revoked", async () => {
  const { page, context, complaints } = await openConnected({ colorScheme: "dark" });
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByText("No keys yet").waitFor();
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alert").filter({ hasText: "Name the program" }).waitFor();
  await page.getByLabel("Name").fill("Nightly report");
  await page.getByLabel("Lifetime").selectOption("30 days");
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog", { name: "Your new key" });
  await dialog.getByText("it is not shown again", { exact: false }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const key = await dialog.getByLabel("Key").inputValue();
  expect(key).toMatch(KEY);
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByText("Copied", { exact: true }).waitFor();
  expect(await clipboard(page)).toBe(key);
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });

  const answered = await asBearer(key);
  expect(answered.status).toBe(200);
  expect(await answered.json()).toMatchObject({ provider: "github" });

  await page.reload();
  const row = page.getByRole("table", { name: "Your keys" }).getByRole("row", { name: "Nightly report" });
  await row.waitFor();
  const seen = await page.evaluate(() => [
    document.documentElement.outerHTML,
    JSON.stringify([localStorage, sessionStorage]),
  ]);
  expect(seen.join("\n")).not.toContain(key);
  expect(await axeViolations(page)).toEqual([]);

  await row.getByRole("button", { name: "Revoke Nightly report" }).click();
  const question = page.getByRole("dialog", { name: "Revoke this key?" });
  expect(await axeViolations(page)).toEqual([]);
  await question.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("status").filter({ hasText: "The key “Nightly report” is revoked." }).waitFor();
  await page.getByText("No keys yet").waitFor();
  expect((await asBearer(key)).status).toBe(401);
  expect(complaints).toEqual([]);
  await context.close();
});
