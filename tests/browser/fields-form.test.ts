/** The form of a service itself: what helps while it is filled in, on any screen, by any means, and what becomes of what is typed. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FORM_LANGUAGES, type FormWords } from "../../frontend/hosted/form/words.ts";
import { wordsFor } from "../../frontend/hosted/words.ts";
import { PEM } from "../servers/asking-services.ts";
import { focused, keptBy, paste, press, startWorld, type World } from "./fields-support.ts";
import { axeViolations, launchBrowser, openPage } from "./support.ts";

const GOOD = "vd_goodgoodgoodgood";

let world: World;
let browser: Browser;
let page: Page;
let context: BrowserContext;
let complaints: string[];
beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});
beforeEach(() => {
  world.services.mood = "well";
  world.services.keys.set(GOOD, "Vera");
});
afterEach(() => context?.close());

type Look = Parameters<Browser["newContext"]>[0];

async function open(service: string, look: Look = {}): Promise<void> {
  ({ page, context, complaints } = await openPage(browser, look));
  await page.goto(`${world.latchkey.origin}/auth/${service}?return_to=/`);
  await page.locator("form").waitFor();
}

const field = (title: string) => page.getByLabel(title, { exact: true });
const problemOf = (name: string) => page.locator(`#field-${name}-problem`).innerText();
const isConnected = (service: string) =>
  page
    .getByRole("status")
    .filter({ hasText: `${service} is connected` })
    .waitFor();

describe("a key", () => {
  it("is pasted with whatever is around it, and is right at once", async () => {
    await open("vaultdesk");
    await field("API key").focus();
    await paste(page, `  \u200b${GOOD}\ufeff \n`);
    expect(await field("API key").inputValue()).toBe(GOOD);
    await page.keyboard.press("Enter");
    await isConnected("Vaultdesk");
  });

  it("is held against its pattern once it has been left, is said once, and then with each key", async () => {
    await open("vaultdesk");
    const said: string[] = [];
    await page.exposeFunction("note", (text: string) => said.push(text));
    await page.evaluate(() => {
      for (const alert of document.querySelectorAll("[role=alert]")) {
        new MutationObserver(() => Reflect.get(window, "note")(alert.textContent)).observe(alert, {
          childList: true,
          characterData: true,
          subtree: true,
        });
      }
    });
    await field("API key").pressSequentially("vd_short");
    expect(await problemOf("api_key")).toBe("");
    await page.keyboard.press("Tab");
    const sentence = "This does not look like one. It looks like vd_0123456789abcdef";
    expect(await problemOf("api_key")).toBe(sentence);
    expect(await field("API key").getAttribute("aria-invalid")).toBe("true");
    expect(await field("API key").getAttribute("aria-describedby")).toContain("field-api_key-problem");
    expect(await axeViolations(page)).toEqual([]);
    await field("API key").press("End");
    await field("API key").pressSequentially("er");
    expect(await problemOf("api_key")).toBe(sentence);
    await field("API key").fill(GOOD);
    expect(await problemOf("api_key")).toBe("");
    expect(await field("API key").getAttribute("aria-invalid")).toBe("false");
    // Wrong again while it is typed, it is to be seen and not called out.
    await field("API key").press("End");
    await field("API key").pressSequentially("xyz");
    expect(await problemOf("api_key")).toBe(sentence);
    expect(said.filter(Boolean)).toEqual([`API key: ${sentence}`]);
  });

  it("that is missing is asked for where it is, and only when it is handed in", async () => {
    await open("vaultdesk");
    await field("API key").focus();
    await page.keyboard.press("Tab");
    expect(await problemOf("api_key")).toBe("");
    await press(page, "Connect");
    expect(await problemOf("api_key")).toBe("This is needed.");
    expect(await focused(page)).toBe("field-api_key");
  });

  it("is masked until its button is pressed, which says what it shows", async () => {
    await open("vaultdesk");
    await field("API key").fill(GOOD);
    expect(await field("API key").getAttribute("type")).toBe("password");
    const show = page.getByRole("button", { name: "Show API key" });
    expect(await show.getAttribute("aria-pressed")).toBe("false");
    await show.click();
    expect(await show.getAttribute("aria-pressed")).toBe("true");
    expect(await field("API key").getAttribute("type")).toBe("text");
    expect(await field("API key").inputValue()).toBe(GOOD);
    expect(await axeViolations(page)).toEqual([]);
    expect(await keptBy(page)).not.toContain(GOOD);
    await show.click();
    expect(await field("API key").getAttribute("type")).toBe("password");
  });

  it("is left alone by spelling, capitals and the browser's memory, and its help opens beside the page", async () => {
    await open("vaultdesk");
    const attributes = await field("API key").evaluate((input) =>
      ["autocomplete", "autocapitalize", "spellcheck", "placeholder", "value"].map((name) => input.getAttribute(name)),
    );
    expect(attributes).toEqual(["off", "off", "false", "vd_0123456789abcdef", null]);
    const help = page.getByRole("link", { name: "Where to find it (API key, opens in a new tab)" });
    expect(await help.getAttribute("href")).toBe("https://example.com/keys");
    expect(await help.getAttribute("target")).toBe("_blank");
    expect(await help.getAttribute("rel")).toContain("noopener");
  });
});

it("is filled in with the keyboard alone", async () => {
  await open("vaultdesk");
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  await page.keyboard.press("Tab");
  await page.keyboard.type(GOOD);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  expect(await field("API key").getAttribute("type")).toBe("text");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Connect");
  await page.keyboard.press("Enter");
  await isConnected("Vaultdesk");
});

it("has a list for choices, says what may stay empty, fills in what is usual, and covers a long secret that is left", async () => {
  await open("longdesk");
  expect(await field("Region").locator("option").allInnerTexts()).toEqual(["Choose…", "us", "eu"]);
  expect(await field("Tier").inputValue()).toBe("paid");
  expect(await field("Tier").locator("option").allInnerTexts()).toEqual(["free", "paid"]);
  await page.getByText("(optional)").waitFor();
  expect(await field("Version").inputValue()).toBe("2026-01");
  await press(page, "Connect");
  expect(await focused(page)).toBe("field-region");
  expect(await problemOf("region")).toBe("This is needed.");
  await field("Region").selectOption("eu");
  expect(await problemOf("region")).toBe("");

  const key = field("Private key");
  await key.focus();
  await paste(page, `\n${PEM}\n`);
  expect(await key.inputValue()).toBe(PEM.trim());
  expect(await key.evaluate((area) => getComputedStyle(area).getPropertyValue("-webkit-text-security"))).toBe("disc");
  await field("Version").focus();
  const cover = page.getByRole("button", { name: /^Private key: Entered and hidden: \d+ lines$/ });
  await cover.waitFor();
  expect(await key.isVisible()).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await cover.click();
  await expect.poll(() => focused(page)).toBe("field-private_key");
  const show = page.getByRole("button", { name: "Show Private key" });
  await show.click();
  expect(await key.evaluate((area) => getComputedStyle(area).getPropertyValue("-webkit-text-security"))).toBe("none");
  await field("Version").focus();
  expect(await key.isVisible()).toBe(true);
  await show.click();
  await field("Version").focus();
  await cover.waitFor();

  // Emptied on purpose, it stays so; the server fills in what is usual.
  await field("Version").fill("");
  expect(await keptBy(page)).not.toContain(PEM.split("\n")[1]);
  await press(page, "Connect");
  await isConnected("Longdesk");
});

it("a long secret that is refused is uncovered from where the focus is", async () => {
  await open("longdesk");
  await field("Region").selectOption("eu");
  await field("Private key").fill("no key");
  await press(page, "Connect");
  await expect.poll(() => problemOf("private_key")).not.toBe("");
  const told = () => page.evaluate(() => document.activeElement?.closest(".field")?.textContent);
  expect(await told()).toContain("Private key");
});

describe("trouble that passes leaves what was typed there", () => {
  it("without a connection", async () => {
    await open("vaultdesk");
    await field("API key").fill(GOOD);
    await context.setOffline(true);
    await press(page, "Connect");
    await page.getByRole("alert").filter({ hasText: "There was no answer." }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await field("API key").inputValue()).toBe(GOOD);
    await context.setOffline(false);
    await press(page, "Connect");
    await isConnected("Vaultdesk");
  });

  it("at the service", async () => {
    await open("vaultdesk");
    world.services.mood = "down";
    await field("API key").fill(GOOD);
    await press(page, "Connect");
    await page.getByRole("alert").filter({ hasText: "Vaultdesk cannot be asked right now." }).waitFor();
    world.services.mood = "well";
    await press(page, "Connect");
    await isConnected("Vaultdesk");
  });
});

it.each(["no-preference", "reduce"] as const)(
  "while it is checked it says so, and takes it once: %s",
  async (motion) => {
    await open("vaultdesk", { reducedMotion: motion });
    world.services.mood = "slow";
    let sent = 0;
    page.on("request", (request) => (sent += Number(request.url().endsWith("/connect/fields"))));
    await field("API key").fill(GOOD);
    await press(page, "Connect");
    const busy = page.getByRole("button", { name: "Checking with Vaultdesk…" });
    await busy.waitFor();
    await page.getByRole("status").filter({ hasText: "Checking with Vaultdesk…" }).waitFor({ state: "attached" });
    expect(await busy.getAttribute("aria-disabled")).toBe("true");
    expect(await field("API key").isEditable()).toBe(false);
    const spins = await page.locator(".spinner").evaluate((sign) => getComputedStyle(sign).animationName);
    expect(spins).toBe(motion === "reduce" ? "none" : "turn");
    await field("API key").press("Enter");
    await isConnected("Vaultdesk");
    expect(sent).toBe(1);
  },
);

it("is empty as soon as the page is left, and keeps nothing", async () => {
  await open("longdesk");
  await field("Note (optional)").fill("a note of mine");
  await field("Private key").fill(PEM);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  expect(await field("Note (optional)").inputValue()).toBe("");
  expect(
    await page.locator("textarea").evaluate((area) => (area instanceof HTMLTextAreaElement ? area.value : "?")),
  ).toBe("");
  expect(await page.evaluate(() => ({ local: localStorage.length, state: JSON.stringify(history.state) }))).toEqual({
    local: 0,
    state: "null",
  });
  expect(complaints).toEqual([]);
});

it("ends by itself where nobody waits for the outcome", async () => {
  ({ page, context, complaints } = await openPage(browser));
  const begun = await fetch(`${world.latchkey.origin}/integrations/vaultdesk/authorize`);
  const { authorization_url } = Object(await begun.json());
  await page.goto(String(authorization_url));
  await field("API key").fill(GOOD);
  await press(page, "Connect");
  await page.getByRole("heading", { name: "Vaultdesk is connected" }).waitFor();
  await page.getByText("You can close this window.").waitFor();
  expect(await keptBy(page)).not.toContain(GOOD);
  expect(await axeViolations(page)).toEqual([]);
});

it.each(FORM_LANGUAGES)("speaks $language to whoever asks for it, in all that it says", async (words: FormWords) => {
  await open("vaultdesk", { locale: words.language === "pt" ? "pt-BR" : words.language });
  await page.getByRole("heading", { name: words.title("Vaultdesk", null) }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(words.language);
  await page.getByText(words.kept("Vaultdesk")).waitFor();
  await press(page, words.connect);
  expect(await problemOf("api_key")).toBe(words.required);
  await field("API key").fill("vd_");
  expect(await problemOf("api_key")).toBe(words.unlike("vd_0123456789abcdef"));
  await field("API key").fill("vd_ffffffffffffffff");
  await press(page, words.connect);
  await expect.poll(() => problemOf("api_key")).toBe(words.refused("Vaultdesk"));
  expect(await axeViolations(page)).toEqual([]);
  await press(page, wordsFor([words.language]).cancel);
  await page.waitForURL(`${world.latchkey.origin}/`);
});

it.each([
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["a phone", { viewport: { width: 320, height: 640 }, colorScheme: "light", hasTouch: true, isMobile: true }],
  ["a phone at night", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }],
  ["a popup", { viewport: { width: 520, height: 720 }, colorScheme: "light" }],
] as const)("can be read in %s, in the app's colour, and does not scroll sideways", async (_, look) => {
  for (const service of ["vaultdesk", "longdesk", "northdesk"]) {
    ({ page, context, complaints } = await openPage(browser, look));
    await page.goto((await world.makeLink(service)).connect_url);
    await page.getByRole("button", { name: /^Continue/ }).click();
    await page.locator("form").waitFor();
    if (service === "longdesk") {
      await field("Private key").fill(PEM);
      await field("Version").fill("never");
      await field("Region").focus();
    }
    await page.getByRole("button", { name: /^(Connect|Continue to)/ }).click();
    await page.locator(".problem:not(:empty)").first().waitFor();
    expect(await axeViolations(page), service).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width, service).toBeLessThanOrEqual(0);
    await context.close();
  }
});
