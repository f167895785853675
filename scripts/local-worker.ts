/** The Worker of this project with its real configuration, on this machine, with storage of its own. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { Variables } from "./dev-vars.ts";

const READY_WITHIN_MS = 90_000;
const root = fileURLToPath(new URL("..", import.meta.url));

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

/**
 * Starts it, calls `use`, and stops it whatever comes. `overrides` stand among wrangler's arguments, so no secret may be one.
 * @throws Error with what wrangler says is wrong, where it does not start
 */
export async function withLocalWorker<T>(overrides: Variables, use: (origin: string) => Promise<T>): Promise<T> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const storage = await mkdtemp(join(tmpdir(), "latchkey-doctor-"));
  const variables = Object.entries({ ...overrides, PUBLIC_URL: origin });
  const args = ["dev", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0", "--persist-to", storage];
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/wrangler/bin/wrangler.js"),
      ...args,
      ...variables.flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    ],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", FORCE_COLOR: "0" },
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await isAnswering(`${origin}/health`))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(reasonIn(output));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return await use(origin);
  } finally {
    child.kill();
    await ended;
    await rm(storage, { recursive: true, force: true });
  }
}

/** wrangler's own error, without what stands around it. */
function reasonIn(output: string): string {
  const text = stripVTControlCharacters(output).trim();
  const [, reason] = /\[ERROR\]\s+([^\n]+)/.exec(text) ?? [];
  return reason ?? text.split("\n").at(-1) ?? "";
}

/** Whether a GET of it succeeds now. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
