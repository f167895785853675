/** A backend that `init` has written, running, and what its users do there in a browser. */
import { spawn } from "node:child_process";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Runs a command of a shell until the backend at `origin` answers, lets it be used, and ends it. @returns what it has printed */
export async function served(command: string, cwd: string, origin: string, use: () => Promise<void>): Promise<string> {
  // A shell starts npm, that another one, and that the server: they are one group.
  const child = spawn("bash", ["-euc", command], { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const exit = new Promise((resolve) => child.once("exit", resolve));
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(printed);
    return (await fetch(origin).catch(() => null))?.status;
  };
  try {
    await expect.poll(answers, { timeout: 90_000, interval: 200 }).toBe(200);
    await use();
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await exit;
  }
  return printed;
}

/**
 * Signs in, connects one of the sandbox's accounts, and waits until its data is on the page and the webhook was told.
 * @returns the repositories that are seen
 */
export async function connectAt(page: Page, origin: string, name: string, account: number): Promise<string[]> {
  await page.goto(origin);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Nothing is connected yet.").waitFor();
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByRole("button", { name: "Continue to GitHub" }).click();
  await page.getByRole("radio").nth(account).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Repositories" }).waitFor();
  expect(page.url()).toBe(`${origin}/`);
  const told = async () => {
    await page.reload();
    return page.getByText("connection.created", { exact: true }).count();
  };
  await expect.poll(told, { timeout: 60_000 }).toBe(1);
  const items = await page.getByRole("listitem").allTextContents();
  return items.filter((item) => item.includes("/"));
}
