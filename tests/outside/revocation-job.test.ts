/** Taking everything back, while the process that does it is killed again and again. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { freePort, isAnswering } from "../../scripts/local-worker.ts";
import { runWrangler } from "../../scripts/wrangler.ts";
import { CreatedApp, SavedIntegration } from "../../src/api-apps.ts";
import { Job, Receipts, type Receipt } from "../../src/api-jobs.ts";
import { ADMIN_KEY } from "../browser/support.ts";
import { portOf } from "../servers/port.ts";

const USERS = 100;
const SERVICES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const KILLS = 10;
/** So many requests at a time bring connections in. */
const AT_ONCE = 8;
/** What is kept there outlives a process, and costs no disk its time. */
const IN_MEMORY = "/dev/shm";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How often the provider was asked to take each token back. */
const asked = new Map<string, number>();
/** One that takes its time, says of some tokens that it has none, and refuses some for good. */
const provider = createServer((request, response) => {
  void answer(request).then((status) => setTimeout(() => response.writeHead(status).end("{}"), 15));
});

async function answer(request: IncomingMessage): Promise<number> {
  const token = new URLSearchParams(await text(request)).get("token") ?? "";
  // What looks at a client has no token of anybody's.
  if (!token.startsWith("token-")) return 400;
  const times = (asked.get(token) ?? 0) + 1;
  asked.set(token, times);
  if (token.endsWith("7-one")) return 400;
  return token.endsWith("3-two") && times === 1 ? 503 : 200;
}

let storage = "";
let port = 0;
let running: ChildProcess | undefined;

beforeAll(async () => {
  storage = await mkdtemp(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "latchkey-killed-"));
  port = await freePort();
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  await writeSettings();
});
afterAll(async () => {
  await kill();
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
  await rm(storage, { recursive: true, force: true });
});

/** The sandbox's own settings, for its bundle, which is made once; nobody looks at the page. */
async function writeSettings(): Promise<void> {
  const settings = await readFile(join(ROOT, "sandbox/wrangler.toml"), "utf8");
  const main = `main = ${JSON.stringify(join(ROOT, "sandbox/worker.ts"))}`;
  const without = settings
    .replace(/^\[build\]\n(?:\w.*\n)*/m, "")
    .replace('directory = "../dist/frontend"', 'directory = "page"')
    .replace("[vars]", `[vars]\nADMIN_KEY = ${JSON.stringify(ADMIN_KEY)}`);
  await mkdir(join(storage, "page"));
  await writeFile(join(storage, "wrangler.toml"), without.replace('main = "worker.ts"', main));
  const made = await runWrangler([
    "deploy",
    "--dry-run",
    "--outdir",
    join(storage, "bundle"),
    "--config",
    join(storage, "wrangler.toml"),
  ]);
  if (made.code !== 0) throw new Error(made.output);
  await writeFile(
    join(storage, "wrangler.toml"),
    without.replace('main = "worker.ts"', 'main = "bundle/worker.js"\nno_bundle = true'),
  );
}

/** What `npm start` starts, without a page and with all that it starts in a group of its own. */
async function start(): Promise<void> {
  const args = ["dev", "--config", join(storage, "wrangler.toml"), "--port", String(port), "--inspector-port", "0"];
  running = spawn(process.execPath, [join(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args], {
    cwd: storage,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  });
  while (!(await isAnswering(`http://localhost:${port}/health`))) {
    if (running.exitCode !== null) throw new Error("It has ended.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Kills it as a failing machine does: nobody is asked, and nothing is put away. */
async function kill(): Promise<void> {
  const { pid } = running ?? {};
  if (running === undefined || pid === undefined) return;
  const ended = new Promise((resolve) => running?.once("close", resolve));
  process.kill(-pid, "SIGKILL");
  await ended;
  running = undefined;
}

async function call<T>(
  schema: z.core.$ZodType<T>,
  key: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answered = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answered}`);
  return z.parse(schema, JSON.parse(answered));
}

/** An app with a thousand connections. */
async function makeApp(): Promise<{ id: string; key: string }> {
  const { id, api_key } = await call(CreatedApp, ADMIN_KEY, "POST", "/apps", { name: "Acme" });
  const origin = `http://127.0.0.1:${portOf(provider)}`;
  const integrations = new Map<string, string>();
  for (const slug of SERVICES) {
    const service = {
      slug,
      name: slug,
      client_id: "client",
      client_secret: "secret",
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      revocation_endpoint: `${origin}/revoke`,
      api_base_url: origin,
      scopes: ["read"],
    };
    const { integration } = await call(SavedIntegration, api_key.key, "PUT", `/apps/${id}/integrations`, service);
    integrations.set(slug, integration);
  }
  const wanted = Array.from({ length: USERS }, (_, user) => SERVICES.map((slug) => ({ user, slug }))).flat();
  const lane = async (): Promise<void> => {
    for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
      const { user, slug } = next;
      const access_token = `token-${user}-${slug}`;
      const body = { user: `u-${user}`, integration: integrations.get(slug), access_token };
      await call(z.unknown(), api_key.key, "POST", "/connections/import", body);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { id, key: api_key.key };
}

async function receiptsOf(job: string): Promise<Receipt[]> {
  const all: Receipt[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = `limit=100${cursor && `&cursor=${cursor}`}`;
    const page = await call(Receipts, ADMIN_KEY, "GET", `/jobs/${job}/receipts?${query}`);
    all.push(...page.receipts);
    cursor = page.next_cursor;
  }
  return all;
}

it("a thousand connections are each asked for at least once and reported exactly once, though the process is killed ten times", async () => {
  await start();
  const app = await makeApp();
  const begin = () =>
    call(Job, ADMIN_KEY, "POST", "/revocations", { target: { kind: "app", id: app.id }, reason: "a drill" });
  const { id } = await begin();
  // Keys have stopped before anything else was done.
  await expect(call(z.unknown(), app.key, "GET", "/connections")).rejects.toThrow("invalid_session");
  for (let killed = 0; killed < KILLS; killed += 1) {
    const enough = (killed * USERS * SERVICES.length) / (KILLS + 1);
    while (asked.size < enough) {
      await call(Job, ADMIN_KEY, "GET", `/jobs/${id}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await kill();
    await start();
    // Started again, it is the same job.
    expect((await begin()).id).toBe(id);
  }
  let job = await begin();
  while (job.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 250));
    job = await call(Job, ADMIN_KEY, "GET", `/jobs/${id}`);
  }
  const connections = USERS * SERVICES.length;
  expect(asked.size).toBe(connections);
  const receipts = await receiptsOf(id);
  expect(receipts).toHaveLength(connections);
  expect(new Set(receipts.map(({ connection }) => connection)).size).toBe(connections);
  const refused = USERS / 10;
  expect(job.counts).toMatchObject({ total: connections, confirmed: connections - refused, refused });
  const outcomes = Map.groupBy(receipts, ({ outcome }) => outcome);
  expect([outcomes.get("confirmed")?.length, outcomes.get("refused")?.length]).toEqual([
    connections - refused,
    refused,
  ]);
}, 600_000);
