/**
 * `npm start`: the app with the sandbox, on this machine alone. Prints where it is once it answers, and then each request, each
 * change and each report: for people, or with `--log json` as the Worker writes them, one JSON a line and nothing else.
 * `SANDBOX_MOOD=bad npm start` has the services meet calls with errors that pass, in their own words.
 * What follows `--` goes on to wrangler: `npm start -- --port 9000 --persist-to DIR --var NAME:VALUE`.
 */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isAnswering } from "./local-worker.ts";
import { readLine, showLine } from "./start-log.ts";

const DEFAULT_PORT = 8787;
const TOKEN_LIFETIME_SECONDS = 180;
const READY_WITHIN_MS = 120_000;
const root = fileURLToPath(new URL("..", import.meta.url));

/** Resolves to whether something listens there already. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket
      .once("error", () => resolve(false))
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      });
  });
}

const { values, tokens } = parseArgs({
  args: process.argv.slice(2),
  strict: false,
  tokens: true,
  options: { port: { type: "string" }, "local-protocol": { type: "string" }, log: { type: "string" } },
});
const log = values.log ?? "text";
if (log !== "text" && log !== "json") {
  console.error("--log: write text or json, such as npm start -- --log json");
  process.exit(2);
}
// It is not wrangler's.
const [own] = tokens.filter((token) => token.kind === "option" && token.name === "log");
const isOwn = (index: number): boolean =>
  own?.kind === "option" && (index === own.index || (index === own.index + 1 && own.inlineValue === false));
const args = process.argv.slice(2).filter((_, index) => !isOwn(index));
const port = typeof values.port === "boolean" ? Number.NaN : Number(values.port ?? DEFAULT_PORT);
if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
  console.error("--port: write a number, such as npm start -- --port 9000");
  process.exit(2);
}
const protocol = values["local-protocol"] === "https" ? "https" : "http";
const address = `${protocol}://localhost:${port}`;
if (await isTaken(port)) {
  console.error(`Port ${port} is in use. Take another one: npm start -- --port ${port + 1}`);
  process.exit(1);
}

/** Known to all, and good for nothing but this sandbox, which answers this machine alone. */
const OPERATOR_KEY = "sandbox-operator-key-that-opens-nothing-else";
const mood = process.env["SANDBOX_MOOD"];
const wrangler = spawn(
  process.execPath,
  [
    `${root}node_modules/wrangler/bin/wrangler.js`,
    "dev",
    "--config",
    "sandbox/wrangler.toml",
    "--var",
    `SANDBOX_ORIGIN:${protocol}://127.0.0.1:${port}`,
    // For tokens that come with a refresh token, so that the activity of a connection shows within minutes how they are renewed.
    "--var",
    `SANDBOX_TOKEN_LIFETIME:${TOKEN_LIFETIME_SECONDS}`,
    ...(args.some((arg) => arg.startsWith("ADMIN_KEY:")) ? [] : ["--var", `ADMIN_KEY:${OPERATOR_KEY}`]),
    // A service of each kind that is no plain OAuth, beside the nine.
    ...(args.some((arg) => /^(?:SANDBOX_EXAMPLES|CUSTOM_PROVIDERS):/.test(arg))
      ? []
      : ["--var", "SANDBOX_EXAMPLES:yes"]),
    ...(mood === undefined ? [] : ["--var", `SANDBOX_MOOD:${mood}`]),
    ...args,
  ],
  {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing of wrangler's own goes over the network: no metrics, no look-up of where this machine is.
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_HIDE_BANNER: "true",
    },
  },
);

/** What the Worker writes down; wrangler's own lines have addresses with whatever is in their queries. */
function print(text: string): void {
  const line = readLine(text);
  if (line === null) return;
  const { isTTY, columns } = process.stdout;
  const look = { address, color: isTTY && process.stdout.hasColors(), columns: isTTY ? columns : Infinity };
  console.log(log === "json" ? text : showLine(line, new Date(), look));
}

// Kept back unless the start fails; afterwards only what the Worker itself writes down.
let ready = false;
const output: string[] = [];
for (const stream of [wrangler.stdout, wrangler.stderr]) {
  createInterface(stream).on("line", (line) => {
    if (ready) return print(line);
    output.push(`${line}\n`);
    // wrangler waits for the file to be mended, and nobody would see why.
    if (line.includes("Build failed with")) setTimeout(() => wrangler.kill(), 500);
  });
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => wrangler.kill(signal));
wrangler.once("exit", () => {
  if (!ready) process.stderr.write(output.join(""));
  process.exit(ready ? 0 : 1);
});

// Self-signed on this machine's own https.
if (protocol === "https") process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
const deadline = Date.now() + READY_WITHIN_MS;
while (!(await isAnswering(`${address}/health`))) {
  if (Date.now() > deadline) {
    console.error(`Nothing answers at ${address} after ${READY_WITHIN_MS / 1000} s.`);
    wrangler.kill();
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}
if (Date.now() <= deadline) {
  ready = true;
  const said = `Latchkey with its sandbox: ${address}`;
  // Nothing but JSON goes to whoever reads that.
  if (log === "json") console.error(said);
  else console.log(said);
}
