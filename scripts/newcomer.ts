/**
 * `npm run newcomer`: what somebody new to the project goes through, timed: a clone, `npm install`, `npm start`, and then, in
 * a browser, each service of the sandbox connected and its items looked at.
 * `-- --port 9000` for another port. Leaves nothing behind, running or on the disk.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium, type Locator, type Page } from "playwright-core";
import { builtInProviders } from "../src/providers/index.ts";
import { findBrowser } from "./browser.ts";
import { freePort } from "./local-worker.ts";

/** Where on the page things are, by what a person reads there. */
const PLACES = {
  connect: (page: Page, name: string): Locator => page.getByRole("link", { name: `Connect ${name}` }),
  allow: (page: Page): Locator => page.getByRole("button", { name: "Allow" }),
  viewData: (page: Page, name: string): Locator => page.getByRole("link", { name: `View data of ${name}` }),
  items: (page: Page, name: string): Locator => page.getByRole("table", { name: `Items in ${name}` }).getByRole("row"),
  overview: (page: Page): Locator => page.getByRole("link", { name: "All connections" }),
} as const;

const START_WITHIN_MS = 120_000;
const STEP_WITHIN_MS = 20_000;
const root = fileURLToPath(new URL("..", import.meta.url));

interface Step {
  readonly what: string;
  readonly seconds: number;
  readonly note: string;
}
const steps: Step[] = [];

/** Does it, and keeps how long it took with what it has to say. */
async function timed<T>(what: string, act: () => Promise<T> | T, note: (result: T) => string = () => ""): Promise<T> {
  const begun = performance.now();
  const result = await act();
  const step = { what, seconds: (performance.now() - begun) / 1000, note: note(result) };
  steps.push(step);
  console.log(toLine(step));
  return result;
}

const toLine = ({ what, seconds, note }: Step): string =>
  `${what.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s   ${note}`.trimEnd();

/** @throws Error with what it printed */
function run(command: string, args: readonly string[], cwd: string): void {
  // npm is a .cmd on Windows; the arguments are all our own.
  const ran = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${ran.stdout}${ran.stderr}`);
}

/** Runs `npm start` until it says where it is. */
async function start(folder: string, port: number): Promise<{ child: ChildProcess; address: string }> {
  // A process group of its own, so that npm and all it starts can be ended together.
  const child = spawn("npm", ["start", "--", "--port", String(port), "--inspector-port", "0"], {
    cwd: folder,
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`npm start says nothing:\n${printed}`)), START_WITHIN_MS);
  child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const [, found] = /sandbox: (\S+)/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
  }
  try {
    return { child, address: await promise };
  } catch (error) {
    await stop(child);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(child.pid), "/t", "/f"]);
  else process.kill(-child.pid, "SIGTERM");
  await ended;
}

/** Connects a service as a person does, and counts the items that are shown. */
async function connect(page: Page, name: string): Promise<number> {
  await PLACES.connect(page, name).click();
  await PLACES.allow(page).click();
  await PLACES.viewData(page, name).click();
  const rows = PLACES.items(page, name);
  // The first row is the head of the table.
  await rows.nth(1).waitFor();
  const count = (await rows.count()) - 1;
  await PLACES.overview(page).click();
  return count;
}

async function visit(address: string): Promise<void> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("There is no browser here. Run: npm run browser:install");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(STEP_WITHIN_MS);
    await timed("open the page", () => page.goto(address));
    for (const { name } of builtInProviders) {
      await timed(
        `connect ${name}, see its items`,
        () => connect(page, name),
        (count) => `${count} items`,
      );
    }
  } finally {
    await browser.close();
  }
}

const { values } = parseArgs({ options: { port: { type: "string" } } });
const begun = performance.now();
const folder = await mkdtemp(join(tmpdir(), "latchkey-newcomer-"));
let server: ChildProcess | undefined;
try {
  await timed("git clone", () => run("git", ["clone", "--quiet", "--no-hardlinks", root, folder], tmpdir()));
  await timed("npm install", () => run("npm", ["install", "--no-audit", "--no-fund"], folder));
  const port = values.port === undefined ? await freePort() : Number(values.port);
  const started = await timed(
    "npm start",
    () => start(folder, port),
    ({ address }) => address,
  );
  server = started.child;
  await visit(started.address);
  const seconds = (performance.now() - begun) / 1000;
  console.log(toLine({ what: "all of it", seconds, note: `${builtInProviders.length} services connected` }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  if (server) await stop(server);
  await rm(folder, { recursive: true, force: true });
}
