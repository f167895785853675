/** Passkeys as a person meets them: offered, made, used in another browser, removed; and what is said where that does not work. */
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/local-worker.ts";
import { axeViolations, connectInWindow, launchBrowser, openPage, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
beforeAll(async () => {
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

/** What a device may have to make passkeys with. */
const AUTHENTICATORS = {
  /** Its own, with a person beside it who agrees at once. */
  willing: {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
  /** The same, where nobody agrees: the browser's dialog stays. */
  unanswered: {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: false,
  },
  /** A security key from before there were passkeys: it keeps none and knows nobody. */
  old: { protocol: "u2f", transport: "usb", automaticPresenceSimulation: true },
  none: null,
} as const;
type Kind = keyof typeof AUTHENTICATORS;

/** Chromium's own authenticator, of which each browser here has its own. */
class Device {
  readonly #page: Page;
  readonly #session: CDPSession;
  #kind: Kind = "willing";
  #id: string | null = null;

  constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
  }

  static async of(page: Page): Promise<Device> {
    const device = new Device(page, await page.context().newCDPSession(page));
    await device.renew();
    return device;
  }

  /** Puts one in its place that has these passkeys and no others. */
  async renew(credentials: Credentials = []): Promise<void> {
    await this.#session.send("WebAuthn.disable");
    await this.#session.send("WebAuthn.enable");
    this.#id = null;
    const options = AUTHENTICATORS[this.#kind];
    if (options === null) return;
    const { authenticatorId } = await this.#session.send("WebAuthn.addVirtualAuthenticator", { options });
    this.#id = authenticatorId;
    for (const credential of credentials) {
      await this.#session.send("WebAuthn.addCredential", { authenticatorId, credential });
    }
  }

  /** Puts one of another kind in its place, without passkeys. */
  async become(kind: Kind): Promise<void> {
    this.#kind = kind;
    await this.renew();
  }

  async verify(isUserVerified: boolean): Promise<void> {
    if (this.#id === null) throw new Error("There is no authenticator.");
    await this.#session.send("WebAuthn.setUserVerified", { authenticatorId: this.#id, isUserVerified });
  }

  async credentials() {
    if (this.#id === null) return [];
    return (await this.#session.send("WebAuthn.getCredentials", { authenticatorId: this.#id })).credentials;
  }

  /** What axe has to say of the page. Its looking ends with a session of its own, and Chromium's authenticator with that. */
  async axeViolations(): Promise<unknown> {
    const credentials = await this.credentials();
    const violations = await axeViolations(this.#page);
    await this.renew(credentials);
    return violations;
  }
}
type Credentials = Awaited<ReturnType<Device["credentials"]>>;

const announced = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text });
const alert = (page: Page, text: string) => page.getByRole("alert").filter({ hasText: text });
const row = (page: Page, name: string) => page.getByRole("table", { name: "Your passkeys" }).getByRole("row", { name });
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");

const NOT_USED = "The passkey was not used: it was cancelled, took too long, or this device has none for here.";

const DIALOG_OPTIONS = /\/passkeys\/(?:sign-in\/)?options$/;
/** Has the browser give its dialogs up at once instead of in minutes. */
const endDialogs = (page: Page) =>
  page.route(DIALOG_OPTIONS, async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    expect(text).toContain('"timeout":300000');
    await route.fulfill({ response, body: text.replaceAll('"timeout":300000', '"timeout":500') });
  });

/** A page on the overview, with a device of its own. */
async function openWithDevice(options: Parameters<Browser["newContext"]>[0] = {}) {
  const opened = await openPage(browser, options);
  const device = await Device.of(opened.page);
  await opened.page.goto(latchkey.origin);
  await opened.page.locator(".loading").waitFor({ state: "detached" });
  return { ...opened, device };
}

/** The same, with something connected and a passkey for it. */
async function openWithPasskey(service = "GitHub") {
  const opened = await openWithDevice();
  const { page } = opened;
  await connectInWindow(page, service);
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.getByLabel("Name").fill("The laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await row(page, "The laptop").waitFor();
  return opened;
}

describe("a passkey", () => {
  it("is offered after the first connection, made with a name, and opens the same in another browser", async () => {
    const { page, context, device, complaints } = await openWithDevice();
    expect(await page.getByRole("link", { name: "Passkeys" }).count()).toBe(0);
    await connectInWindow(page, "GitHub");
    await page.getByRole("heading", { name: "Keep this on your other devices" }).waitFor();
    expect(await device.axeViolations()).toEqual([]);
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await page.getByText("No passkeys yet").waitFor();
    expect(await device.axeViolations()).toEqual([]);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await alert(page, "Name the device").waitFor();
    await page.getByLabel("Name").fill("The laptop");
    await page.keyboard.press("Enter");
    await announced(page, "The passkey “The laptop” is added.").waitFor();
    expect(await row(page, "The laptop").innerText()).toMatch(/Never/);
    expect(await device.axeViolations()).toEqual([]);
    const [credential] = await device.credentials();
    expect(credential).toMatchObject({ rpId: "localhost", isResidentCredential: true });

    const other = await openWithDevice();
    await other.device.renew(await device.credentials());
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await announced(other.page, "You are signed in with your passkey.").waitFor();
    await other.page.getByRole("link", { name: "View data of GitHub" }).waitFor();
    expect(await focused(other.page)).toBe("title");
    expect(await other.page.getByText("Keep this on your other devices").count()).toBe(0);
    await page.reload();
    await row(page, "The laptop").filter({ hasNotText: "Never" }).waitFor();
    expect([...complaints, ...other.complaints]).toEqual([]);
    await other.context.close();
    await context.close();
  });

  it("is confirmed by one that is there before another is made, and the last one goes with a warning", async () => {
    const { page, context, device, complaints } = await openWithPasskey();
    await page.getByLabel("Name").fill("Again");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await announced(page, "Confirmed. Now make the new passkey.").waitFor();
    await page.getByRole("button", { name: "Make the new passkey" }).click();
    await alert(page, "This device has a passkey for these connections already.").waitFor();
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await announced(page, "Confirmed. Now make the new passkey.").waitFor();
    const first = await openWithDevice();
    await first.device.renew(await device.credentials());
    await device.renew();
    await page.getByLabel("Name").fill("The phone");
    await page.getByRole("button", { name: "Make the new passkey" }).click();
    await row(page, "The phone").waitFor();
    expect(await device.axeViolations()).toEqual([]);

    await page.getByRole("button", { name: "Remove The laptop" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove this passkey?" });
    await dialog.getByRole("button", { name: "Remove" }).click();
    await announced(page, "The passkey “The laptop” is removed.").waitFor();
    await expect.poll(() => row(page, "The laptop").count()).toBe(0);
    await first.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await announced(first.page, "This passkey opens nothing here").waitFor();
    expect(await first.device.axeViolations()).toEqual([]);

    await page.getByRole("button", { name: "Remove The phone" }).click();
    const last = page.getByRole("dialog", { name: "Remove your last passkey?" });
    await last.getByText("they are disconnected").waitFor();
    expect(await device.axeViolations()).toEqual([]);
    await page.keyboard.press("Escape");
    await row(page, "The phone").waitFor();
    await page.getByRole("button", { name: "Remove The phone" }).click();
    await last.getByRole("button", { name: "Remove" }).click();
    await page.getByText("No passkeys yet").waitFor();
    expect(complaints).toEqual([]);
    await first.context.close();
    await context.close();
  });

  it("asks what is to become of what another browser has connected by itself, and gives it up only where that is said", async () => {
    const { context, device } = await openWithPasskey();
    const { page, ...other } = await openWithDevice();
    await other.device.renew(await device.credentials());
    await connectInWindow(page, "Slack");
    await page.getByRole("link", { name: "Passkeys" }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Take along what is connected here?" });
    await dialog.waitFor();
    expect(await other.device.axeViolations()).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await dialog.getByRole("button", { name: "Leave and disconnect" }).click();
    await announced(page, "You are signed in with your passkey.").waitFor();
    await page.getByRole("link", { name: "All connections" }).click();
    await page.getByRole("link", { name: "View data of GitHub" }).waitFor();
    await page.getByRole("link", { name: "Connect Slack" }).waitFor();
    await other.context.close();
    await context.close();
  });

  it("takes along what another browser has connected by itself, and shows both together at once", async () => {
    const { page: first, context, device } = await openWithPasskey();
    const { page, ...other } = await openWithDevice();
    await other.device.renew(await device.credentials());
    await connectInWindow(page, "Slack");
    await page.getByRole("link", { name: "Passkeys" }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Take along what is connected here?" });
    await dialog.getByRole("button", { name: "Take along" }).click();
    await announced(page, "what was connected here came along").waitFor();
    const hasFocus = () => page.evaluate(() => document.activeElement?.textContent);
    expect(await hasFocus()).toBe("Sign in with a passkey");
    await page.getByRole("link", { name: "All connections" }).click();
    for (const name of ["View data of GitHub", "View data of Slack"]) await page.getByRole("link", { name }).waitFor();
    await page.getByRole("link", { name: "View data of Slack" }).click();
    await page.getByRole("link", { name: "Activity", exact: true }).click();
    await page.getByText("Came along when you signed in with a passkey").waitFor();
    expect(await other.device.axeViolations()).toEqual([]);
    await first.goto(latchkey.origin);
    await first.getByRole("link", { name: "View data of Slack" }).waitFor();
    // The question itself is an answer that browsers complain of.
    expect(other.complaints).toEqual([expect.stringContaining("409 (Conflict)")]);
    await other.context.close();
    await context.close();
  });
});

describe("where it does not work, it is said:", () => {
  it("to whoever has none here, or does not say who they are", async () => {
    const { page, context, device } = await openWithDevice();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await announced(page, "The passkey was not used").waitFor();
    expect(await device.axeViolations()).toEqual([]);
    await connectInWindow(page, "GitHub");
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await device.verify(false);
    await page.getByLabel("Name").fill("The laptop");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await alert(page, "The passkey was not used").waitFor();
    expect(await device.credentials()).toEqual([]);
    await page.getByText("No passkeys yet").waitFor();
    await device.verify(true);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await row(page, "The laptop").waitFor();
    await context.close();
  });

  // To a page a dialog that is dismissed and one that nobody has answered in time are one and the same, so that no site can
  // tell who has what: https://www.w3.org/TR/webauthn-3/#sctn-privacy-considerations-client.
  it.each([
    ["dismisses the browser's dialog", "unanswered"],
    ["has no authenticator", "none"],
    ["has nothing but an old security key", "old"],
  ] as const)("to whoever %s, and they can try again", async (_, kind) => {
    const { page, context, device, complaints } = await openWithDevice();
    await device.become(kind);
    await endDialogs(page);
    const signIn = page.getByRole("button", { name: "Sign in with a passkey" });
    await signIn.click();
    await announced(page, NOT_USED).waitFor();
    expect(await focused(page)).toBe("notice");
    expect(await device.axeViolations()).toEqual([]);
    expect((await context.cookies()).map(({ name }) => name)).not.toContain("__Host-session");

    await connectInWindow(page, "GitHub");
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await page.getByLabel("Name").fill("The laptop");
    const add = page.getByRole("button", { name: "Add a passkey" });
    await add.click();
    await alert(page, NOT_USED).waitFor();
    expect(await add.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await page.getByLabel("Name").inputValue()).toBe("The laptop");
    expect(await device.axeViolations()).toEqual([]);
    expect(await device.credentials()).toEqual([]);
    expect(await (await page.request.get(`${latchkey.origin}/passkeys`)).json()).toEqual({ passkeys: [] });

    await device.become("willing");
    await page.unroute(DIALOG_OPTIONS);
    await add.click();
    await row(page, "The laptop").waitFor();
    await expect.poll(() => alert(page, NOT_USED).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("at another address than people are told, with the one to open", async () => {
    const port = await freePort();
    const told = `http://latchkey.localhost:${port}`;
    const misnamed = await startLatchkey({ port, vars: { PUBLIC_URL: told } });
    try {
      const { page, context } = await openPage(browser);
      const device = await Device.of(page);
      await page.goto(misnamed.origin);
      await page.getByRole("button", { name: "Sign in with a passkey" }).click();
      await announced(page, `This is not Latchkey's own address. Open ${told} and try again there.`).waitFor();
      expect(await focused(page)).toBe("notice");
      expect(await device.axeViolations()).toEqual([]);
      expect(await context.cookies()).toEqual([]);
      await page.goto(told);
      await page.getByRole("button", { name: "Sign in with a passkey" }).click();
      await announced(page, NOT_USED).waitFor();
      await context.close();
    } finally {
      await misnamed.stop();
    }
  });

  it("at an address that the passkeys are not for", async () => {
    const { page, context, device } = await openWithDevice();
    await connectInWindow(page, "GitHub");
    await page.route("**/passkeys/options", async (route) => {
      const response = await route.fetch();
      const text = (await response.text()).replace('"id":"localhost"', '"id":"latchkey.example"');
      await route.fulfill({ response, body: text });
    });
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await page.getByLabel("Name").fill("The laptop");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await alert(page, "Passkeys do not work at this address. Open Latchkey at its own address").waitFor();
    const add = page.getByRole("button", { name: "Add a passkey" });
    expect(await add.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await device.credentials()).toEqual([]);
    expect(await device.axeViolations()).toEqual([]);
    await page.getByText("No passkeys yet").waitFor();
    await context.close();
  });

  it.each(["PublicKeyCredential", "parseCreationOptionsFromJSON"])(
    "a browser without %s sees nothing of it",
    async (missing) => {
      const { page, context, complaints } = await openPage(browser);
      await page.addInitScript((name) => {
        Reflect.deleteProperty(name === "PublicKeyCredential" ? window : PublicKeyCredential, name);
      }, missing);
      await page.goto(latchkey.origin);
      await page.locator(".loading").waitFor({ state: "detached" });
      expect(await page.getByText(/passkey/i).count()).toBe(0);
      await connectInWindow(page, "GitHub");
      await page.getByRole("link", { name: "Keys", exact: true }).waitFor();
      expect(await page.getByText(/passkey/i).count()).toBe(0);
      await page.goto(`${latchkey.origin}/#/passkeys`);
      await page.getByText("This browser has no passkeys").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});

it.each(["light", "dark"] as const)("fits a narrow screen in %s, and is accessible", async (colorScheme) => {
  const { page, context, device } = await openWithDevice({ colorScheme, viewport: { width: 320, height: 800 } });
  expect(await device.axeViolations()).toEqual([]);
  await connectInWindow(page, "GitHub");
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.getByLabel("Name").fill("A name as long as it takes to fill the whole line of a telephone's screen");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await row(page, "A name as long").waitFor();
  expect(await device.axeViolations()).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  await context.close();
});
