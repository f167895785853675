#!/usr/bin/env node
/**
 * `npx latchkey init DIR --framework hono|express|next`: writes a backend whose users connect their GitHub accounts, and makes
 * what it needs at Latchkey: an app, its client at GitHub, a key and a webhook. Without settings, at the sandbox on this machine.
 */
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LatchkeyError, answered } from "./errors.ts";
import { createLatchkey } from "./index.ts";

const FRAMEWORKS = ["hono", "express", "next"];
/** What may be there already: whoever has installed this package into the folder has these. */
const HARMLESS = /^(?:package\.json|package-lock\.json|node_modules|.*\.tgz|\.git)$/;
/** The sandbox's own, which open nothing else. */
const SANDBOX = {
  operator: "sandbox-operator-key-that-opens-nothing-else",
  client_id: "sandbox-github-client",
  client_secret: "sandbox-github-secret-opens-nothing",
};
const TEXT = { type: "string" } as const;
const OPTIONS = { framework: TEXT, latchkey: TEXT, port: TEXT, client: TEXT };
const USAGE = `latchkey init DIR --framework ${FRAMEWORKS.join("|")}

  --latchkey ORIGIN   where Latchkey is: http://localhost:8787 unless you say otherwise
  --port PORT         where the backend is to be on this machine: 3000
  --client SPEC       what package.json is to have for latchkey-client, where the folder has none

Elsewhere than at the sandbox it reads LATCHKEY_ADMIN_KEY, GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET.`;

/** Something that the person who runs this can mend. */
class Refusal extends Error {}

try {
  await init();
} catch (error) {
  if (error instanceof Refusal) console.error(error.message);
  else if (error instanceof LatchkeyError) console.error(`${error.message}\n${error.docs ?? ""}`.trim());
  else throw error;
  process.exitCode = 1;
}

async function init(): Promise<void> {
  const { dir, framework, latchkey, port, spec } = readArguments();
  await checkFolder(dir);
  const dependency = (await dependencyIn(dir)) ?? spec;
  if (dependency === undefined)
    throw new Refusal(`Install the client first: npm install --prefix ${dir} latchkey-client-….tgz`);
  if (await isTaken(port)) throw new Refusal(`Port ${port} is in use. Take another one: --port ${port + 1}`);
  const here = `http://127.0.0.1:${port}`;
  const settings = await register(latchkey, here);
  await write(dir, framework, dependency, { ...settings, APP_URL: here });
  const at = relative(process.cwd(), dir);
  console.log(`${basename(dir)} is a backend with ${framework}. Start it, open ${here}, sign in and press Connect GitHub:

  ${at === "" ? "" : `cd ${at} && `}npm install && npm start`);
}

function readArguments() {
  const { values, positionals } = parse();
  const [command, dir, ...others] = positionals;
  const { framework = "", latchkey = "http://localhost:8787", client: spec } = values;
  if (command !== "init" || dir === undefined || others.length > 0) throw new Refusal(USAGE);
  if (!FRAMEWORKS.includes(framework)) throw new Refusal(`--framework: one of ${FRAMEWORKS.join(", ")}\n\n${USAGE}`);
  const port = Number(values.port ?? 3000);
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) throw new Refusal("--port: a number, such as 3001");
  if (!URL.canParse(latchkey)) throw new Refusal("--latchkey: an origin, such as http://localhost:8787");
  return { dir: resolve(dir), framework, latchkey: new URL(latchkey).origin, port, spec };
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch {
    const given = process.argv.slice(2).map((arg) => arg.split("=", 1)[0] ?? "");
    const unknown = given.find((arg) => arg.startsWith("-") && !Object.hasOwn(OPTIONS, arg.slice(2)));
    throw new Refusal(`${unknown ? `${unknown}: no option of this` : "An option lacks its value."}\n\n${USAGE}`);
  }
}

async function checkFolder(dir: string): Promise<void> {
  const there = (await readdir(dir).catch(() => [])).filter((name) => !HARMLESS.test(name));
  if (there.length > 0) throw new Refusal(`${dir} is not empty (${there[0]}). Choose another folder.`);
}

/** What the folder's package.json has for this package. */
async function dependencyIn(dir: string): Promise<string | undefined> {
  const found: unknown = (await packageIn(dir))["dependencies"];
  const spec = isObject(found) ? found["latchkey-client"] : undefined;
  return typeof spec === "string" ? spec : undefined;
}

/** The folder's package.json, as far as there is one. */
async function packageIn(dir: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(dir, "package.json"), "utf8").catch(() => "{}");
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) ? parsed : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Resolves to whether something listens there already. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket
      .once("error", () => done(false))
      .once("connect", () => {
        socket.destroy();
        done(true);
      });
  });
}

/** Makes what the backend needs. @returns the settings that it reads */
async function register(origin: string, here: string): Promise<Record<string, string>> {
  const isLocal = ["localhost", "127.0.0.1"].includes(new URL(origin).hostname);
  const { LATCHKEY_ADMIN_KEY, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = process.env;
  const isSandbox = isLocal && GITHUB_CLIENT_ID === undefined;
  const operator = LATCHKEY_ADMIN_KEY ?? (isLocal ? SANDBOX.operator : undefined);
  const client_id = GITHUB_CLIENT_ID ?? (isSandbox ? SANDBOX.client_id : undefined);
  const client_secret = GITHUB_CLIENT_SECRET ?? (isSandbox ? SANDBOX.client_secret : undefined);
  if (!operator || !client_id || !client_secret)
    throw new Refusal(`Set LATCHKEY_ADMIN_KEY, GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET for ${origin}.`);
  await fetch(`${origin}/health`).catch(() => {
    throw new Refusal(
      `Nothing answers at ${origin}. Start Latchkey (npm start in its folder), or say where it is: --latchkey`,
    );
  });
  const made = await answered(
    createLatchkey({ origin, key: operator }).POST("/apps", {
      body: { name: "Acme", return_urls: [`${here}/connected`], origins: [] },
    }),
  );
  const params = { path: { app: made.id } };
  const owner = createLatchkey({ origin, key: made.api_key.key });
  const client = { provider: "github", client_id, client_secret };
  const { integration, redirect_uri } = await answered(owner.PUT("/apps/{app}/integrations", { params, body: client }));
  const { secret } = await answered(owner.PUT("/apps/{app}/webhook", { params, body: { url: `${here}/webhook` } }));
  const { key } = await answered(
    owner.POST("/apps/{app}/keys", { params, body: { name: "backend", scopes: ["connect", "read", "proxy"] } }),
  );
  if (isSandbox) await registerAtSandbox(origin, redirect_uri);
  else console.log(`Register this redirect URI at https://github.com/settings/developers:\n\n  ${redirect_uri}\n`);
  return {
    LATCHKEY_URL: origin,
    LATCHKEY_KEY: key,
    LATCHKEY_INTEGRATION: integration,
    LATCHKEY_WEBHOOK_SECRET: secret,
  };
}

/** The emulated GitHub has to know the redirect URI, as the real one would. */
async function registerAtSandbox(origin: string, redirect_uri: string): Promise<void> {
  const settings = `${origin.replace("//localhost", "//127.0.0.1")}/github/_control/settings`;
  const say = async (body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(settings, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok)
      throw new Refusal(`There is no sandbox at ${origin}. Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET.`);
    const parsed: unknown = await answer.json();
    return isObject(parsed) ? parsed : {};
  };
  const { redirect_uris } = await say({});
  await say({ redirect_uris: [...(Array.isArray(redirect_uris) ? redirect_uris : []), redirect_uri] });
}

async function write(
  dir: string,
  framework: string,
  dependency: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const templates = fileURLToPath(new URL("templates/", import.meta.url));
  await mkdir(dir, { recursive: true });
  const before = await packageIn(dir);
  const isForPages = framework === "next";
  await cp(join(templates, "shared"), dir, {
    recursive: true,
    filter: (from) => !(isForPages && from.endsWith("page.js")),
  });
  await cp(join(templates, framework), dir, { recursive: true });
  const { dependencies, ...rest } = await packageIn(dir);
  const all = {
    name: "acme",
    ...before,
    ...rest,
    dependencies: { ...(isObject(dependencies) ? dependencies : {}), "latchkey-client": dependency },
  };
  await writeFile(join(dir, "package.json"), `${JSON.stringify(all, null, 2)}\n`);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(dir, ".env"), lines.join(""), { mode: 0o600 });
  await writeFile(join(dir, ".gitignore"), "node_modules\n.env\n.next\n");
}
