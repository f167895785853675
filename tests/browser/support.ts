/** A running server and a real browser for the tests that look from outside. */
import { readFile } from "node:fs/promises";
import { chromium, type Browser, type BrowserContext, type ConsoleMessage, type Page } from "playwright-core";
import { inject } from "vitest";
import * as z from "zod";
import { findBrowser } from "../../scripts/browser.ts";
import { HeldCredentials, type Integration } from "../../src/api.ts";
import { runLatchkey, type LatchkeyOptions, type Running } from "../servers/latchkey.ts";

export type { Running };

/** The one that examples/README.md starts with. */
export const ADMIN_KEY = "an-operator-key-of-32-characters-or-more";

const Lent = z.object({ origin: z.string(), providers: z.string() });

/**
 * A running Latchkey for this file alone until it stops it. Connections, apps and keys of files before may be in it, unless
 * `alone` says that there must be none; its services are as new.
 */
export async function startLatchkey(options: LatchkeyOptions & { readonly alone?: boolean } = {}): Promise<Running> {
  const { port, protocol = "http", vars = { ADMIN_KEY }, alone = false } = options;
  if (alone || port !== undefined || protocol === "https") return runLatchkey({ ...options, vars });
  const lender = inject("latchkeys");
  const answer = await fetch(lender, { method: "POST", body: JSON.stringify({ vars }) });
  if (!answer.ok) throw new Error(await answer.text());
  const lent = Lent.parse(await answer.json());
  return {
    ...lent,
    stop: async () => {
      await fetch(`${lender}/${encodeURIComponent(lent.origin)}`, { method: "DELETE" });
    },
  };
}

/** The browser that `npm run browser:install` finds or installs. @param more of its command line */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error("There is no browser here. Run: npm run browser:install");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      ...more,
    ],
  });
}

/** A page that keeps everything a user would not want to see: console errors, broken policies, uncaught exceptions, each with where it comes from. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const context = await browser.newContext(options);
  const complaints: string[] = [];
  const note = (message: ConsoleMessage) => {
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`${message.location().url}: ${message.text()}`);
  };
  const page = await context.newPage();
  page.on("console", note);
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  return { page, context, complaints };
}

/** Goes on to a service from the page of a connect link. */
export async function goOn(page: Page, service: string): Promise<void> {
  await page.getByRole("button", { name: `Continue to ${service}` }).click();
  await page.getByRole("button", { name: "Allow" }).waitFor();
}

/** Clicks the link that connects, which opens a window, and waits until that shows the service's own page. */
export async function openConnectWindow(page: Page, name: string): Promise<Page> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: `Connect ${name}` }).click();
  const popup = await opened;
  // It begins blank, and that is of no origin.
  await popup.waitForURL(({ origin }) => origin !== "null" && origin !== new URL(page.url()).origin);
  return popup;
}

/** Connects, or declines to, as a person does: in the window of the emulated service, which closes afterwards. */
export async function connectInWindow(page: Page, name: string, decision: "Allow" | "Deny" = "Allow"): Promise<void> {
  const popup = await openConnectWindow(page, name);
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: decision }).click();
  await closed;
}

/** A service that stands otherwise, and each of its accounts with it. */
export function changed(each: Integration, changes: Partial<Omit<Integration, "connections">>): Integration {
  const connections = each.connections.map((one) => HeldCredentials.parse({ ...one, ...changes }));
  return { ...each, ...changes, connections };
}

const Check = z.object({ data: z.unknown() });
const Finding = z.object({
  id: z.string(),
  nodes: z.array(z.object({ html: z.string(), any: z.array(Check) })),
});
const AxeResults = z.object({ violations: z.array(Finding), incomplete: z.array(Finding) });
/** Contrast that axe leaves open where nothing is wrong: signs instead of words, empty fields, rows that scroll under a bar or out of their box. */
const LEFT_OPEN = new Set(["nonBmp", "shortTextContent", "emptyValue", "bgOverlap", "elmPartiallyObscured"]);
const Reason = z.object({ messageKey: z.string() });

/** Whether axe could not tell a contrast that it would have to know. */
function isUnknown({ data }: z.output<typeof Check>): boolean {
  const reason = Reason.safeParse(data);
  return !(reason.success && LEFT_OPEN.has(reason.data.messageKey));
}

const axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** Until colours have stopped changing: one on its way from one to another has a contrast that nobody reads. */
const SETTLED = `Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
    .map(({ finished }) => finished)).then(() => {})`;

/** Everything axe has to say about the page as it is, and each contrast that it cannot tell. It runs in an isolated world, so the page's policy stays in force. */
export async function axeViolations(page: Page): Promise<unknown> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const evaluate = (expression: string) =>
    session.send("Runtime.evaluate", {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
  await evaluate(axe);
  await evaluate(SETTLED);
  const { result } = await evaluate("axe.run()");
  await session.detach();
  const { violations, incomplete } = AxeResults.parse(result.value);
  const contrasts = incomplete
    .filter(({ id }) => id === "color-contrast")
    .map(({ id, nodes }) => ({ id: `${id}, unknown`, nodes: nodes.filter(({ any }) => any.some(isUnknown)) }))
    .filter(({ nodes }) => nodes.length > 0);
  return [...violations, ...contrasts];
}
