/**
 * Builds what integrators install into `client/dist`, a package by itself: `npm run build:client`, then `npm pack ./client/dist`.
 * Its exports are those of client/package.json, where they lead to the sources: this project imports those, with no build before.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const client = fileURLToPath(new URL(".", import.meta.url));
/** Another folder for the package may be named. */
const out = resolve(process.argv[2] ?? join(client, "dist"));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
run(join(client, "generate.ts"));
// The project's own compiler; that of client/node_modules is for the generator of types.
const tsc = join(client, "../node_modules/typescript/bin/tsc");
for (const project of ["tsconfig.build.json", "tsconfig.bin.json"])
  run(tsc, "--project", join(client, project), "--outDir", out);
for (const name of await readdir(out)) if (name.endsWith(".d.ts")) await toBuilt(join(out, name));
await cp(join(client, "openapi.d.ts"), join(out, "openapi.d.ts"));
await cp(join(client, "README.md"), join(out, "README.md"));
await cp(join(client, "templates"), join(out, "templates"), { recursive: true });
await cp(join(client, "../LICENSE"), join(out, "LICENSE"));
await writePackage();

/** Runs a script, and goes no further where that fails. */
function run(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/** The compiler names the files of this package in its scripts as they are built, and in its declarations as they were written. */
async function toBuilt(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replaceAll(/(from ")(\.\/[\w-]+)(?:\.d)?\.ts"/g, '$1$2.js"'));
}

async function writePackage(): Promise<void> {
  const Sources = z.record(z.string(), z.string().endsWith(".ts"));
  const Package = z.looseObject({ bin: Sources, exports: Sources });
  const {
    bin: programs,
    exports: sources,
    private: _,
    devDependencies: __,
    ...rest
  } = Package.parse(JSON.parse(await readFile(join(client, "package.json"), "utf8")));
  const exports = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => {
      const built = source.slice(0, -".ts".length);
      return [name, { types: `${built}.d.ts`, default: `${built}.js` }];
    }),
  );
  const bin = Object.fromEntries(
    Object.entries(programs).map(([name, source]) => [name, `${source.slice(2, -".ts".length)}.js`]),
  );
  const all = { ...rest, bin, exports: { ...exports, "./package.json": "./package.json" } };
  await writeFile(join(out, "package.json"), `${JSON.stringify(all, null, 2)}\n`);
}
