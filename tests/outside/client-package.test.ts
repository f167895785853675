/** The client as integrators install it: built, packed, and put into projects that know nothing of this one. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startWorker } from "../../bench/support/worker.ts";
import { launchBrowser, openPage } from "../browser/support.ts";
import { findNodes } from "./nodes.ts";
import { connected, seenBy, type Connected } from "./connected-app.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const programs = fileURLToPath(new URL("client-package/", import.meta.url));
const run = promisify(execFile);

let folder: string;
/** A fresh project with the package in it, and nothing of this one. */
let project: string;
let contents: string[];
let app: Connected;

/** Both compilers that there are here: that of this project, and the one before it, which most have. */
const COMPILERS = [
  ["TypeScript 7", "node_modules/typescript/bin/tsc"],
  ["TypeScript 5", "client/node_modules/typescript/bin/tsc"],
] as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-client-"));
  [project, app] = await Promise.all([install(), connected()]);
});
afterAll(async () => {
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Builds and packs it, and installs that with what it depends on from this project's packages: no registry is asked. */
async function install(): Promise<string> {
  const built = join(folder, "built");
  const fresh = join(folder, "project");
  await mkdir(fresh);
  await run(process.execPath, [join(root, "client/build.ts"), built]);
  const Packed = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));
  const depends = ["openapi-fetch", "openapi-typescript-helpers"].map((name) => join(root, "node_modules", name));
  const { stdout } = await run("npm", [
    "pack",
    "--json",
    "--ignore-scripts",
    "--pack-destination",
    folder,
    built,
    ...depends,
  ]);
  const packed = Packed.parse(JSON.parse(stdout));
  contents = packed[0]?.files.map(({ path }) => path) ?? [];
  await writeFile(join(fresh, "package.json"), JSON.stringify({ name: "acme", private: true, type: "module" }));
  await run(
    "npm",
    ["install", "--offline", "--no-audit", "--no-fund", ...packed.map(({ filename }) => join(folder, filename))],
    { cwd: fresh },
  );
  await cp(programs, fresh, { recursive: true });
  return fresh;
}

/** Compiles programs of the fresh project as its own compiler would, with nothing but what its tsconfig.json says. */
async function compile(
  tsc: string,
  name: string,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const config = join(project, `tsconfig.${name}.json`);
  // TypeScript's own libraries are not in question, and take the longest; those of others are checked as they come.
  const common = { strict: true, target: "es2022", skipDefaultLibCheck: true };
  const compilerOptions = { ...common, outDir: `out-${name}`, ...options };
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  return run(process.execPath, [join(root, tsc), "--project", config], { cwd: project }).then(
    () => "",
    (error: unknown) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
}

/** One script of a program and all that it imports. */
async function bundle(file: string, conditions: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: [...conditions],
  });
  return outputFiles[0]?.text ?? "";
}

const NODE = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
const WORKER = { types: [join(root, "node_modules/@cloudflare/workers-types/index.d.ts")], lib: ["es2022"] };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };
/** What `strict` leaves out. */
const STRICTER = {
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
};
const DOM = { types: [], lib: ["es2022", "dom", "dom.iterable"] };

describe("the package", () => {
  it("holds what was built, its licence and its page, and nothing else", () => {
    const built = ["connect", "errors", "index", "pages", "retry", "sdks", "user-header", "webhooks"].flatMap(
      (name) => [`${name}.d.ts`, `${name}.js`],
    );
    const program = contents.filter((path) => path === "init.js" || path.startsWith("templates/"));
    expect(program.length).toBeGreaterThan(1);
    expect(contents.toSorted()).toEqual(
      [...built, ...program, "LICENSE", "README.md", "openapi.d.ts", "package.json"].toSorted(),
    );
  });

  it("is what publint asks of one", async () => {
    const { messages } = await publint({ pkgDir: join(folder, "built"), strict: true });
    expect(messages).toEqual([]);
  });

  it("names no file of this project, and none that is not in it", async () => {
    const texts = await Promise.all(
      contents
        .filter((path) => /^[\w-]+\.(?:js|d\.ts)$/.test(path) && path !== "init.js")
        .map((path) => readFile(join(project, "node_modules/latchkey-client", path), "utf8")),
    );
    const named = texts.flatMap((text) => [...text.matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => name));
    expect(named.length).toBeGreaterThan(5);
    for (const name of new Set(named)) {
      if (name.startsWith("."))
        expect(contents).toContain(name.replace("./", "").replace("openapi.js", "openapi.d.ts"));
      else expect(name).toBe("openapi-fetch");
    }
  });

  describe.each(COMPILERS)("is typed for %s, under plain `strict`", (_, tsc) => {
    it.each([
      ["Node, as Node resolves", "node.ts", { ...NODE, module: "nodenext" }],
      ["a Worker, without the DOM, as bundlers resolve", "worker.ts", { ...WORKER, ...BUNDLER }],
      ["a page, without Node, as bundlers resolve", "page.ts", { ...DOM, ...BUNDLER }],
    ])("in %s", async (_where, program, options) => {
      expect(await compile(tsc, "check", ["scenario.ts", program], { ...options, noEmit: true })).toBe("");
    });
  });

  it("is typed under every strict option too", async () => {
    const options = { ...DOM, ...STRICTER, module: "nodenext", noEmit: true };
    expect(await compile(COMPILERS[0][1], "strict", ["scenario.ts", "page.ts"], options)).toBe("");
  });

  it("has a page whose every program compiles", async () => {
    const page = await readFile(join(project, "node_modules/latchkey-client/README.md"), "utf8");
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block);
    const names = ["ORIGIN", "KEY", "INTEGRATION", "CONNECTION", "WEBHOOK_SECRET"];
    await writeFile(
      join(project, "page.md.ts"),
      [...names.map((name) => `declare const ${name}: string;`), ...blocks].join("\n"),
    );
    expect(blocks.length).toBeGreaterThan(5);
    expect(await compile(COMPILERS[0][1], "page", ["page.md.ts"], { ...DOM, module: "nodenext", noEmit: true })).toBe(
      "",
    );
  });

  it("says at compile time which codes, lists and events there are not", async () => {
    await writeFile(
      join(project, "wrong.ts"),
      `
      import { each, createLatchkey, LatchkeyError } from "latchkey-client";
      import type { WebhookEvent } from "latchkey-client/webhooks";
      export const code = (error: LatchkeyError) => error.code === "reauth_requierd";
      export const list = each(createLatchkey(), "/health");
      export const app = each(createLatchkey(), "/apps/{app}/events");
      export const event = ({ type }: WebhookEvent) => type === "connection.exploded";
    `,
    );
    const said = await compile(COMPILERS[0][1], "wrong", ["wrong.ts"], { ...DOM, module: "nodenext", noEmit: true });
    expect([...said.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => line)).toEqual(["4", "5", "6", "7"]);
  });
});

describe("installed into a project of its own it connects, reads, verifies and says what went wrong", () => {
  it("in every Node from 20 on", async () => {
    expect(await compile(COMPILERS[0][1], "node", ["scenario.ts", "node.ts"], { ...NODE, module: "nodenext" })).toBe(
      "",
    );
    const { found, missing } = await findNodes();
    for (const sentence of missing) console.warn(sentence);
    for (const [line, node] of found) {
      const env = { ...process.env, GIVEN: JSON.stringify(app.given), NODE_OPTIONS: "" };
      const { stdout, stderr } = await run(node, ["out-node/node.js"], { cwd: project, env });
      expect(JSON.parse(stdout)).toEqual(seenBy(app.given));
      expect(stderr).toBe("");
      expect((await run(node, ["--version"])).stdout).toMatch(`v${line}.`);
    }
    // Elsewhere than in CI nobody is kept from working by what their machine has not got.
    if (process.env["CI"]) expect(missing).toEqual([]);
  });

  it("in a Worker", async () => {
    await using worker = await startWorker(await bundle("worker.ts", ["workerd", "worker"]));
    const answer = await fetch(worker.origin, { method: "POST", body: JSON.stringify(app.given) });
    expect(await answer.json()).toEqual(seenBy(app.given));
  });

  it("in a browser, where it also connects in a popup", async () => {
    const script = await bundle("page.ts", ["browser"]);
    const browser = await launchBrowser();
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(app.place);
      await page.addScriptTag({ content: script, type: "module" });
      await page.waitForFunction("window.page");
      expect(await page.evaluate(`page.run(${JSON.stringify(app.given)})`)).toEqual(seenBy(app.given));
      expect(await inPopup(page, "Deny")).toBe("not connected: access_denied");
      expect(await inPopup(page, "Allow")).toMatch(/^[\w.~-]{20,}$/);
      // A browser notes each call that fails, those that were meant to among them.
      expect(complaints.filter((complaint) => !/Failed to load resource/.test(complaint))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

/** Connects as a person does. @returns what `connect` came to */
async function inPopup(page: Page, decision: "Allow" | "Deny"): Promise<unknown> {
  const opened = page.waitForEvent("popup");
  const finished = page.evaluate(`page.finish(${JSON.stringify(await app.connectUrl())})`);
  const popup = await opened;
  await popup.getByRole("button", { name: "Continue to GitHub" }).click();
  await popup.getByRole("button", { name: decision }).click();
  return finished;
}
