/** Connecting a service that asks for something, from both doors: an app's link and Latchkey's own page. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { formHeaders, securityHeaders } from "../../src/security-headers.ts";
import { PAIR } from "../servers/asking-services.ts";
import { focused, keptBy, press, startWorld, type World } from "./fields-support.ts";
import { axeViolations, launchBrowser, openPage } from "./support.ts";

const GOOD = "vd_goodgoodgoodgood";
const WRONG = "vd_ffffffffffffffff";

let world: World;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});
beforeEach(() => {
  world.services.mood = "well";
  world.services.keys.clear();
  world.services.keys.set(GOOD, "Vera");
});

const keyIn = (page: Page) => page.getByLabel("API key", { exact: true });
const formOf = (page: Page, service: string) => page.getByRole("heading", { name: `Connect ${service}` }).waitFor();

/** A click on the page opens the form in a window. */
async function openForm(page: Page, link: string, service: string): Promise<Page> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: link }).click();
  const popup = await opened;
  await formOf(popup, service);
  return popup;
}

async function enterKey(page: Page, key: string): Promise<void> {
  await keyIn(page).fill(key);
  await press(page, "Connect");
}

it("an app's user is told what comes next, is told at the field of a key that is refused, and connects with the right one", async () => {
  const link = await world.makeLink("vaultdesk");
  const { page, context, complaints } = await openPage(browser);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url(), JSON.stringify(request.headers())));
  await page.goto(link.connect_url);
  await page.getByRole("heading", { name: "Acme asks for access to your Vaultdesk account" }).waitFor();
  await page.getByText("Next you enter what Vaultdesk has given you, such as an API key.").waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await press(page, "Continue");
  await formOf(page, "Vaultdesk to Acme");
  expect(await page.title()).toBe("Connect Vaultdesk to Acme");
  expect(await page.getByText("Latchkey").count()).toBe(0);
  expect(await axeViolations(page)).toEqual([]);

  await enterKey(page, WRONG);
  await page.getByText("Vaultdesk does not accept this. Nothing was stored.").waitFor();
  expect(await focused(page)).toBe("field-api_key");
  expect(await keyIn(page).inputValue()).toBe(WRONG);
  expect(await keyIn(page).getAttribute("aria-invalid")).toBe("true");
  expect(await axeViolations(page)).toEqual([]);
  expect(await world.sessionOf(link)).toMatchObject({ status: "authorizing", connection: null });
  expect(await keptBy(page)).not.toContain(WRONG);

  await keyIn(page).fill(GOOD);
  expect(await keyIn(page).getAttribute("aria-invalid")).toBe("false");
  expect(await keptBy(page)).not.toContain(GOOD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.has("connection_code"));
  expect(page.url().startsWith(`${world.site}/done?`)).toBe(true);
  expect(await world.finalize(page.url())).toMatchObject({ account: { name: "Vera" } });
  expect(asked.filter((text) => text.includes(GOOD) || text.includes(WRONG))).toEqual([]);
  // What a refusal logs is the browser's own.
  expect(complaints.filter((line) => !/favicon|status of 422/.test(line))).toEqual([]);

  await page.goBack();
  await page.getByRole("heading", { name: "This link was used already" }).waitFor();
  await context.close();
});

it.each(["Connect", "Cancel"])("tells the app's page that opened it in a popup, and closes: %s", async (button) => {
  const link = await world.makeLink("vaultdesk", { display: "popup" });
  const { page, context } = await openPage(browser);
  await page.goto(world.site);
  const opened = page.waitForEvent("popup");
  const told = page.evaluate(
    (url) =>
      new Promise((resolve) => {
        addEventListener("message", ({ data, origin }) => resolve({ ...data, origin }));
        window.open(url, "connect", "popup,width=520,height=720");
      }),
    link.connect_url,
  );
  const popup = await opened;
  await press(popup, "Continue");
  await formOf(popup, "Vaultdesk to Acme");
  await keyIn(popup).fill(GOOD);
  const closed = popup.waitForEvent("close");
  await press(popup, button);
  const { origin } = world.latchkey;
  expect(await told).toEqual(
    button === "Cancel"
      ? { type: "latchkey", connection_code: null, error: "connect_cancelled", origin }
      : { type: "latchkey", connection_code: expect.any(String), error: null, origin },
  );
  await closed;
  await context.close();
});

it("an app's user who cancels is back at the app, which is told", async () => {
  const link = await world.makeLink("vaultdesk");
  const { page, context } = await openPage(browser);
  await page.goto(link.connect_url);
  await press(page, "Continue");
  await press(page, "Cancel");
  await page.waitForURL(`${world.site}/done?error=connect_cancelled`);
  expect(await world.sessionOf(link)).toMatchObject({ reason: "connect_cancelled" });
  await context.close();
});

it("Latchkey's own page connects in a window, and again where the service takes the key no longer", async () => {
  const { origin } = world.latchkey;
  const { page, context, complaints } = await openPage(browser);
  await page.goto(origin);
  await page.getByText("or enter the key that it has given you").waitFor();
  const popup = await openForm(page, "Connect Vaultdesk", "Vaultdesk");
  expect(await axeViolations(popup)).toEqual([]);
  await popup.getByText("Latchkey", { exact: true }).waitFor();
  await enterKey(popup, WRONG);
  await popup.getByText("Vaultdesk does not accept this.").waitFor();
  const closed = popup.waitForEvent("close");
  await enterKey(popup, GOOD);
  await closed;
  await page.getByRole("status").filter({ hasText: "Vaultdesk is connected as Vera." }).waitFor();
  expect(page.url()).toBe(`${origin}/`);

  const next = "vd_nextnextnextnext";
  world.services.keys.clear();
  world.services.keys.set(next, "Vera");
  await page.getByRole("link", { name: "View data of Vaultdesk" }).click();
  await page
    .getByRole("heading", { name: "Vaultdesk needs to be reconnected" })
    .or(page.getByRole("alert"))
    .first()
    .waitFor();
  const again = await openForm(page, "Reconnect Vaultdesk", "Vaultdesk");
  const done = again.waitForEvent("close");
  await enterKey(again, next);
  await done;
  await page.getByRole("status").filter({ hasText: "Vaultdesk is connected as Vera." }).waitFor();
  const { connections } = await page.evaluate(async () =>
    (await fetch("/integrations/vaultdesk/credentials")).json().then((one) => ({ connections: [one] })),
  );
  expect(connections).toMatchObject([{ status: "connected", account: { name: "Vera" } }]);
  expect(complaints.filter((line) => !/status of 4(?:01|09|22)/.test(line))).toEqual([]);
  await context.close();
});

it("cancelled in its window, the page says so and can begin anew; another account's key connects nothing again", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(world.latchkey.origin);
  const popup = await openForm(page, "Connect Vaultdesk", "Vaultdesk");
  const closed = popup.waitForEvent("close");
  await press(popup, "Cancel");
  await closed;
  await page.getByRole("status").filter({ hasText: "You cancelled, so nothing was connected." }).waitFor();

  const connecting = await openForm(page, "Connect Vaultdesk", "Vaultdesk");
  const connected = connecting.waitForEvent("close");
  await enterKey(connecting, GOOD);
  await connected;
  world.services.keys.set("vd_otherotherothero", "Olga");
  await page.getByRole("link", { name: "View data of Vaultdesk" }).click();
  const other = await openForm(page, "Reconnect Vaultdesk", "Vaultdesk");
  await enterKey(other, "vd_otherotherothero");
  await other.getByRole("heading", { name: "This is another account" }).waitFor();
  expect(await axeViolations(other)).toEqual([]);
  await context.close();
});

it("a window that waits at its form keeps no other from its service", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(world.latchkey.origin);
  await openForm(page, "Connect Vaultdesk", "Vaultdesk");
  await openForm(page, "Connect Pairdesk", "Pairdesk");
  await context.close();
});

it("takes a user name and a password, in the whole page", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${world.latchkey.origin}/auth/pairdesk?return_to=/`);
  await formOf(page, "Pairdesk");
  expect(await page.getByLabel("User name", { exact: true }).getAttribute("autocomplete")).toBe("username");
  expect(await page.getByLabel("Password", { exact: true }).getAttribute("autocomplete")).toBe("current-password");
  await page.getByLabel("User name", { exact: true }).fill(PAIR.username);
  await page.getByLabel("Password", { exact: true }).fill("battery staple");
  await press(page, "Connect");
  await page.getByText("Pairdesk does not accept this.").waitFor();
  expect(await focused(page)).toBe("field-password");
  expect(await page.getByLabel("User name", { exact: true }).inputValue()).toBe(PAIR.username);
  await page.getByLabel("Password", { exact: true }).fill(PAIR.password);
  await press(page, "Connect");
  await page.getByRole("status").filter({ hasText: "Pairdesk is connected as Ann." }).waitFor();
  expect(page.url()).toBe(`${world.latchkey.origin}/`);
  await context.close();
});

it("goes on to the service's consent with what was typed, which stays as it is where the account is connected again", async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${world.latchkey.origin}/auth/northdesk?return_to=/`);
  await formOf(page, "Northdesk");
  await page.getByText("Northdesk asks you next.").waitFor();
  await page.getByText(".northdesk.example", { exact: true }).waitFor();
  const workspace = page.getByLabel("Workspace", { exact: true });
  await workspace.fill("https://acme.northdesk.example/home");
  await press(page, "Continue to Northdesk");
  await page.getByRole("heading", { name: "Northdesk asks" }).waitFor();
  // Who comes back by the browser's own way finds an empty form, and may go on once more.
  await page.goBack();
  await formOf(page, "Northdesk");
  await expect.poll(() => workspace.inputValue()).toBe("");
  await workspace.fill("acme");
  await press(page, "Continue to Northdesk");
  await page.getByRole("link", { name: "Allow" }).click();
  await page.getByRole("status").filter({ hasText: "Northdesk is connected as Nora." }).waitFor();

  await page.getByRole("link", { name: "View data of Northdesk" }).click();
  const popup = await openForm(page, "Reconnect Northdesk", "Northdesk");
  const fixed = popup.getByLabel("Workspace", { exact: true });
  expect(await fixed.inputValue()).toBe("acme");
  expect(await fixed.isEditable()).toBe(false);
  await popup.getByText("It stays as it is for the account that you connect again.").waitFor();
  expect(await axeViolations(popup)).toEqual([]);
  await press(popup, "Continue to Northdesk");
  await popup.getByRole("link", { name: "Allow" }).click();
  await page.getByRole("status").filter({ hasText: "Northdesk is connected as Nora." }).waitFor();
  await context.close();
});

it("says so where the form is of no use: in another browser, used, or made up", async () => {
  const link = await world.makeLink("vaultdesk");
  const { page, context } = await openPage(browser);
  await page.goto(link.connect_url);
  await press(page, "Continue");
  await formOf(page, "Vaultdesk to Acme");
  const address = page.url();
  const other = await openPage(browser);
  await other.page.goto(address);
  await other.page.getByRole("heading", { name: "This was begun in another browser" }).waitFor();
  expect(await axeViolations(other.page)).toEqual([]);
  await other.context.close();

  // The same form twice: what is cancelled in one is over in the other, whatever is typed there.
  const twin = await context.newPage();
  await twin.goto(address);
  await keyIn(twin).fill(GOOD);
  await press(page, "Cancel");
  await page.waitForURL(`${world.site}/**`);
  await press(twin, "Connect");
  await twin.getByRole("heading", { name: "This link was used already" }).waitFor();
  expect(await keyIn(twin).count()).toBe(0);

  await twin.goto(`${world.latchkey.origin}/fields#made-up`);
  await twin.getByRole("heading", { name: "This link does not work" }).waitFor();
  await context.close();
});

it("nobody else's page frames it, and no form leaves it", async () => {
  const answer = await fetch(`${world.latchkey.origin}/fields`);
  for (const [header, value] of Object.entries({ ...securityHeaders, ...formHeaders })) {
    expect(answer.headers.get(header), header).toBe(value);
  }
  expect(formHeaders["Content-Security-Policy"]).toContain("form-action 'none'");
});
