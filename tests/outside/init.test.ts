/**
 * An integrator from an empty folder: installs the client, has a backend written, starts it, and two of its users connect
 * their accounts in a browser, see their data, and are told of by a webhook that was verified. With each framework.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { freePort } from "../../scripts/local-worker.ts";
import { ADMIN_KEY, launchBrowser, startLatchkey, type Running } from "../browser/support.ts";
import { portOf } from "../servers/port.ts";
import { connectAt, served } from "./acme.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const NPM = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel", "error"];

let latchkey: Running;
let browser: Browser;
let folder: string;
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-init-"));
  [latchkey, browser] = await Promise.all([startLatchkey(), launchBrowser()]);
  await run(process.execPath, [join(root, "client/build.ts"), join(folder, "built")]);
  const packed = await run("npm", [
    "pack",
    "--json",
    "--ignore-scripts",
    "--pack-destination",
    folder,
    join(folder, "built"),
  ]);
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed.stdout));
  tarball = join(folder, filename);
});
afterAll(async () => {
  await Promise.all([latchkey?.stop(), browser?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** An empty folder with the client in it. */
async function emptyProject(name: string): Promise<string> {
  const dir = join(folder, name);
  await mkdir(dir);
  await run("npm", ["install", ...NPM, tarball], { cwd: dir });
  return dir;
}

/** `npx latchkey init`, and how it ended. */
function init(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync("npx", ["latchkey", "init", ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, LATCHKEY_ADMIN_KEY: ADMIN_KEY, ...env },
  });
  return { status, stdout, stderr };
}

/** What a compiler that checks JavaScript finds wrong in what was written; nothing is in the way of those who use none. */
async function typeErrors(dir: string): Promise<string> {
  const types = join(root, "node_modules/@types");
  const compilerOptions = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    module: "preserve",
    jsx: "preserve",
    types: ["node"],
    typeRoots: [types],
    paths: { express: [join(types, "express")] },
  };
  const config = join(dir, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, include: ["*.js", "app/**/*"] }));
  const { stdout } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], {
    encoding: "utf8",
  });
  await rm(config);
  return stdout;
}

describe.each(["hono", "express", "next"])("a backend with %s", (framework) => {
  it("is written, installed and started, and two users connect, see their own data, and its webhook is told", async () => {
    const dir = await emptyProject(framework);
    const port = await freePort();
    const said = init(dir, [".", "--framework", framework, "--latchkey", latchkey.origin, "--port", String(port)]);
    expect(said).toMatchObject({ status: 0, stderr: "" });
    const origin = `http://127.0.0.1:${port}`;
    expect(said.stdout).toContain(origin);
    expect(said.stdout).toContain("npm install && npm start");
    const forTypes = framework === "next" ? ["--no-save", "@types/react"] : [];
    await run("npm", ["install", ...NPM, ...forTypes], { cwd: dir });
    expect(await typeErrors(dir)).toBe("");
    const printed = await served("npm start", dir, origin, async () => {
      const [one, two] = await Promise.all([browser.newContext(), browser.newContext()]);
      const seen = [
        await connectAt(await one.newPage(), origin, "Ann", 0),
        await connectAt(await two.newPage(), origin, "Ben Ö", 1),
      ];
      for (const repositories of seen) expect(repositories.length).toBeGreaterThan(0);
      expect(seen[0]).not.toEqual(seen[1]);
      const forged = await fetch(`${origin}/webhook`, { method: "POST", body: "{}" });
      expect([forged.status, await forged.text()]).toEqual([400, "missing_header"]);
      await Promise.all([one.close(), two.close()]);
    });
    const kept = await readFile(join(dir, ".env"), "utf8");
    const [, key = "none"] = /LATCHKEY_KEY=(\S+)/.exec(kept) ?? [];
    expect(printed).not.toContain(key);
    expect(await readFile(join(dir, ".gitignore"), "utf8")).toContain(".env");
  });
});

describe("it says what is wrong and how to mend it, and writes nothing", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await emptyProject("refused");
  });

  it.each([
    ["no framework", ["."], {}, "--framework: one of hono, express, next"],
    ["an option that is none", [".", "--framwork", "hono"], {}, "--framwork"],
    ["a port that is none", [".", "--framework", "hono", "--port", "x"], {}, "--port: a number"],
    [
      "Latchkey is not running",
      [".", "--framework", "hono", "--latchkey", "http://127.0.0.1:9"],
      {},
      "Nothing answers at http://127.0.0.1:9. Start Latchkey (npm start in its folder)",
    ],
    ["a wrong key", [".", "--framework", "hono", "--latchkey", "{}"], { LATCHKEY_ADMIN_KEY: "wrong" }, "/docs/errors/"],
    [
      "a deployment, and no keys for it",
      [".", "--framework", "hono", "--latchkey", "https://a.example"],
      { LATCHKEY_ADMIN_KEY: "" },
      "GITHUB_CLIENT_ID",
    ],
  ] as const)("%s", async (_, args, env, sentence) => {
    const port = await freePort();
    const asked = args.map((arg) => (arg === "{}" ? latchkey.origin : arg));
    const said = init(dir, asked.includes("--port") ? asked : [...asked, "--port", String(port)], env);
    expect(said.stderr).toContain(sentence);
    expect(said.status).not.toBe(0);
    expect(existsSync(join(dir, ".env"))).toBe(false);
    expect(said.stderr).not.toContain("    at ");
  });

  it("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const port = portOf(server);
    const said = init(dir, [".", "--framework", "hono", "--latchkey", latchkey.origin, "--port", String(port)]);
    server.close();
    expect(said).toMatchObject({ status: 1 });
    expect(said.stderr).toContain(`Port ${port} is in use. Take another one: --port ${port + 1}`);
  });

  it("a folder with something in it", async () => {
    await mkdir(join(dir, "mine"));
    await writeFile(join(dir, "mine/server.js"), "");
    const said = init(dir, ["mine", "--framework", "hono", "--latchkey", latchkey.origin]);
    expect(said).toMatchObject({ status: 1 });
    expect(said.stderr).toContain("is not empty (server.js). Choose another folder.");
    expect(await readFile(join(dir, "mine/server.js"), "utf8")).toBe("");
  });
});
