/**
 * Lighthouse finds nothing at the pages that people come to. What it says of speed is left out: it hangs on the machine, and
 * docs/benchmark.md has figures.
 */
import lighthouse from "lighthouse";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { freePort } from "../../scripts/local-worker.ts";
import { ADMIN_KEY, launchBrowser, startLatchkey, type Running } from "./support.ts";

let latchkey: Running;
let browser: Browser;
let port: number;

beforeAll(async () => {
  port = await freePort();
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser([`--remote-debugging-port=${port}`])]);
});
afterAll(async () => {
  await browser?.close();
  await latchkey?.stop();
});

async function ask<T>(path: string, key: string, body: unknown, schema: z.core.$ZodType<T>): Promise<T> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const answer = await fetch(latchkey.origin + path, { method: "POST", headers, body: JSON.stringify(body) });
  return z.parse(schema, await answer.json());
}

/** The page of a link that is open. */
async function linkPage(): Promise<string> {
  const return_to = "https://acme.example/connected";
  const made = z.object({ api_key: z.object({ key: z.string() }) });
  const { api_key } = await ask("/apps", ADMIN_KEY, { name: "Acme", return_urls: [return_to] }, made);
  const link = z.object({ connect_url: z.string() });
  return (await ask("/connect-sessions", api_key.key, { user: "ann", return_to }, link)).connect_url;
}

it.each([
  ["the page", () => "/", []],
  ["the documentation", () => "/docs", []],
  ["a guide", () => "/docs/webhooks", []],
  ["an operation", () => "/docs#postConnectSessions", []],
  // It is for the one who was sent the link, and asks not to be listed.
  ["the page of a connect link", linkPage, ["is-crawlable"]],
])("%s", { timeout: 60_000 }, async (_, find, skipAudits) => {
  const url = new URL(await find(), latchkey.origin).href;
  const result = await lighthouse(url, {
    port,
    logLevel: "silent",
    onlyCategories: ["accessibility", "best-practices", "seo"],
    skipAudits: [...skipAudits],
  });
  if (!result) throw new Error("Lighthouse has looked at nothing.");
  const { categories, audits, runtimeError } = result.lhr;
  expect(runtimeError).toBeUndefined();
  const found = Object.values(audits).filter(({ score }) => score !== null && score < 1);
  const told = found.map(({ id, displayValue = "", details }) => `${id} ${displayValue} ${JSON.stringify(details)}`);
  expect(
    Object.values(categories).map(({ score }) => score),
    told.join("\n"),
  ).toEqual([1, 1, 1]);
});
