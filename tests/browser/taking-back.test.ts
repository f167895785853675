/** A person who has lost a device takes everything back, and sees what each service said. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
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

it("asks first, ends every key and connection, and says what each service said and where to do it by hand", async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(latchkey.origin);
  await connectInWindow(page, "GitHub");
  await connectInWindow(page, "Spotify");
  await page.goto(`${latchkey.origin}/#/keys`);
  await page.getByLabel("Name").fill("laptop");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("row", { name: /laptop/ }).waitFor();

  await page.getByRole("button", { name: "Take everything back" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("row", { name: /laptop/ }).waitFor();
  await page.getByRole("button", { name: "Take everything back" }).click();
  await dialog.getByRole("button", { name: "Take everything back" }).click();

  await page.getByText("No keys yet").waitFor();
  await page.getByText("Done: 1 of 2 connections confirmed.").waitFor();
  const said = page.getByRole("table", { name: "What each service said" });
  expect(await said.getByRole("row", { name: /GitHub/ }).innerText()).toContain("Has ended it");
  const spotify = said.getByRole("row", { name: /Spotify/ });
  expect(await spotify.innerText()).toContain("Has no way to be asked");
  const link = spotify.getByRole("link", { name: "End it at Spotify" });
  expect(await link.getAttribute("href")).toBe("https://www.spotify.com/account/apps/");
  expect(await axeViolations(page)).toEqual([]);

  // What came of it is there when the person comes back, and nothing is connected any more.
  await page.reload();
  await page.getByText("Done: 1 of 2 connections confirmed.").waitFor();
  await page.goto(`${latchkey.origin}/#/`);
  await page.getByRole("link", { name: "Connect GitHub" }).waitFor();
  expect(complaints).toEqual([]);
});
