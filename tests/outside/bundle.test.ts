/** What is deployed: the Worker alone, small, with nothing of the sandbox in it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { startWorker } from "../../bench/support/worker.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let outdir: string;
let bundle: string;

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), "latchkey-bundle-"));
  const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outdir];
  await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  bundle = await readFile(join(outdir, "worker.js"), "utf8");
});
afterAll(() => rm(outdir, { recursive: true, force: true }));

it("is under 105 KB gzipped", () => {
  expect(gzipSync(bundle).length).toBeLessThan(105_000);
});

it("has no line of the sandbox", async () => {
  const map: unknown = JSON.parse(await readFile(join(outdir, "worker.js.map"), "utf8"));
  const { sources } = z.object({ sources: z.array(z.string()) }).parse(map);
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((source) => /sandbox|tests\//.test(source))).toEqual([]);
  for (const word of ["_control", "_consent", "Sandbox", "SANDBOX_ORIGIN", "Emulator", "northwind.example"]) {
    expect(bundle).not.toContain(word);
  }
});

it("says which part of a request is wrong, and how", async () => {
  await using worker = await startWorker(bundle);
  const answer = await fetch(`${worker.origin}/connect/${"a".repeat(1025)}`);
  expect(await answer.json()).toMatchObject({
    error: "invalid_request",
    message: "ticket: Too big: expected string to have <=1024 characters.",
  });
});

it("serves no file but the page's own", async () => {
  expect((await readdir(join(root, "dist/frontend"))).toSorted()).toEqual([
    "_headers",
    "app.js",
    "connect-page.css",
    "connect.js",
    "docs.css",
    "docs.html",
    "docs.js",
    "favicon.svg",
    "index.html",
    "open-link.js",
    "openapi.json",
    "popup.js",
    "styles.css",
  ]);
});

it("is a page of under 60 KB of script gzipped, and 75 KB with its HTML and style", async () => {
  const sizes = await Promise.all(
    (await readdir(join(root, "dist/frontend"))).map(async (name) => ({
      name,
      size: gzipSync(await readFile(join(root, "dist/frontend", name))).length,
    })),
  );
  const sum = (wanted: (name: string) => boolean) =>
    sizes.filter(({ name }) => wanted(name)).reduce((total, { size }) => total + size, 0);
  expect(sum((name) => name.endsWith(".js"))).toBeLessThan(60_000);
  expect(sum((name) => ["index.html", "styles.css", "app.js"].includes(name))).toBeLessThan(75_000);
});
