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

/** Does it, and says how long it took and what came of it. */
async function timed<T>(what: string, act: () => Promise<T> | T, note: (result: T) => string = () => ""): Promise<T> {
  const begun = performance.now();
  const result = await act();
  tell(what, begun, note(result));
  return result;
}

function tell(what: string, begun: number, note: string): void {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${what.padEnd(34)} ${seconds.padStart(6)} s   ${note}`.trimEnd());
}

/** @throws Error with what it printed */
function run(command: string, args: readonly string[], cwd: string): void {
  // npm is a .cmd on Windows; the arguments are all our own.
  const ran = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${ran.stdout}${ran.stderr}`);
}

/** Runs `npm start` until it says where it is. */
function start(folder: string, port: number): Promise<string> {
  // A process group of its own, so that npm and all it starts can be ended together.
  const child = spawn("npm", ["start", "--", "--port", String(port), "--inspector-port", "0"], {
    cwd: folder,
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
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
  return promise.finally(() => clearTimeout(timer));
}

const running = new Set<ChildProcess>();

/** Ends a process and all that it started. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(child.pid), "/t", "/f"]);
  else process.kill(-child.pid, "SIGTERM");
  await ended;
}

/** Connects a service as a person does, in the window that opens for it, and counts the items that are shown. */
async function connect(page: Page, name: string): Promise<number> {
  const opened = page.waitForEvent("popup");
  await PLACES.connect(page, name).click();
  const popup = await opened;
  const closed = popup.waitForEvent("close");
  await PLACES.allow(popup).click();
  await closed;
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
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run"],
    // Left to `leave`, which has more to end.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
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

const begun = performance.now();
const folder = await mkdtemp(join(tmpdir(), "latchkey-newcomer-"));
async function cleanUp(code: number): Promise<never> {
  await Promise.all([...running].map(stop));
  // What it started may still be writing its last lines.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.exit(code);
}
let leaving: Promise<never> | undefined;
const leave = (code: number): Promise<never> => (leaving ??= cleanUp(code));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void leave(130));

try {
  const { values } = parseArgs({ options: { port: { type: "string" } } });
  await timed("git clone", () => run("git", ["clone", "--quiet", "--no-hardlinks", root, folder], tmpdir()));
  await timed("npm install", () => run("npm", ["install", "--no-audit", "--no-fund"], folder));
  const port = values.port === undefined ? await freePort() : Number(values.port);
  const address = await timed(
    "npm start",
    () => start(folder, port),
    (found) => found,
  );
  await visit(address);
  tell("all of it", begun, `${builtInProviders.length} services connected`);
  await leave(0);
} catch (error) {
  if (!leaving) console.error(error instanceof Error ? error.message : error);
  await leave(1);
}
