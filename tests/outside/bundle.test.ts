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

it("is under 170 KB gzipped, and with the catalogue no more than 40 KB over that", async () => {
  const catalogue = await readFile(join(root, "src/catalogue/entries.generated.ts"));
  const added = gzipSync(catalogue).length;
  expect(added).toBeLessThan(40_000);
  expect(gzipSync(bundle).length - added).toBeLessThan(170_000);
});

it("has no line of the sandbox", async () => {
  const map: unknown = JSON.parse(await readFile(join(outdir, "worker.js.map"), "utf8"));
  const { sources } = z.object({ sources: z.array(z.string()) }).parse(map);
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((source) => /sandbox|tests\//.test(source))).toEqual([]);
  for (const word of ["_control", "_consent", "SANDBOX_ORIGIN", "Emulator", "northwind.example"]) {
    expect(bundle).not.toContain(word);
  }
});

it("says which part of a request is wrong, and how", async () => {
  await using worker = await startWorker(bundle);
  const answer = await fetch(`${worker.origin}/connect/${"a".repeat(1025)}`);
  expect(await answer.json()).toMatchObject({
    error: "invalid_request",
    message: "ticket: has to have at most 1024 characters.",
  });
});

it("serves no file but the page's own", async () => {
  expect((await readdir(join(root, "dist/frontend"))).toSorted()).toEqual([
    "_headers",
    "app.js",
    "catalogue-fields.json",
    "catalogue.json",
    "connect-page.css",
    "connect.html",
    "connect.js",
    "docs",
    "docs.css",
    "docs.html",
    "docs.js",
    "favicon.svg",
    "fields.html",
    "form.js",
    "hosted.css",
    "hosted.js",
    "index.html",
    "link.svg",
    "llms.txt",
    "marks",
    "openapi.json",
    "popup.js",
    "problem.js",
    "service.schema.json",
    "styles.css",
  ]);
});

it.each([
  ["the page", ["index.html", "styles.css", "app.js"], 75_000],
  ["the page of a connect link", ["connect.html", "hosted.css", "hosted.js"], 30_000],
  ["the form of a service", ["fields.html", "hosted.css", "form.js"], 30_000],
  ["the documentation", ["docs.html", "docs.css", "docs.js"], 25_000],
  ["what a popup ends with", ["popup.js"], 1000],
  ["what pages elsewhere load", ["connect.js"], 1000],
  ["what an error's page loads", ["connect-page.css", "problem.js"], 10_000],
])("%s is small, gzipped", async (_, names, limit) => {
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await readFile(join(root, "dist/frontend", name))).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(limit);
});
