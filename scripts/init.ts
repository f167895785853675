/**
 * `npm run init -- DIR --framework hono|express|next`: what `npx latchkey init` of the client package does, for whoever has this
 * checkout and not the package: it is built, packed into the folder, and asked.
 */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const [dir = "", ...options] = process.argv.slice(2);
if (dir === "" || dir.startsWith("-")) {
  console.error("Name the folder first: npm run init -- ../acme --framework hono");
  process.exit(2);
}
/** Where the person is, whom npm has taken from there to the project. */
const target = resolve(process.env["INIT_CWD"] ?? ".", dir);
const built = await mkdtemp(join(tmpdir(), "latchkey-init-"));
try {
  run(process.execPath, join(root, "client/build.ts"), built);
  await mkdir(target, { recursive: true });
  const [packed] = z
    .tuple([z.object({ filename: z.string() })])
    .parse(JSON.parse(run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", target, built)));
  const asked = [join(root, "client/init.ts"), "init", target, "--client", `file:${packed.filename}`, ...options];
  process.exitCode = spawnSync(process.execPath, asked, { stdio: "inherit" }).status ?? 1;
} finally {
  await rm(built, { recursive: true, force: true });
}

/** Runs a program. @returns what it prints; where it fails there is no going on */
function run(command: string, ...args: readonly string[]): string {
  const { status, stdout } = spawnSync(command, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  if (status !== 0) process.exit(1);
  return stdout;
}
