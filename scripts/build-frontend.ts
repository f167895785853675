/** Builds the page into dist/frontend. Run with Node 24: `node scripts/build-frontend.ts`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pageHeaders, securityHeaders } from "../src/security-headers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(root, "dist/frontend");

await build({
  absWorkingDir: root,
  entryPoints: {
    app: "frontend/main.tsx",
    styles: "frontend/styles.css",
    index: "frontend/index.html",
    favicon: "frontend/favicon.svg",
  },
  outdir,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".html": "copy", ".svg": "copy" },
});
await writeHeaders(outdir);

/** Static files do not pass through the Worker: Workers assets read their headers from this file. */
async function writeHeaders(directory: string): Promise<void> {
  const lines = Object.entries({ ...securityHeaders, ...pageHeaders }).map(([name, value]) => `  ${name}: ${value}`);
  await writeFile(join(directory, "_headers"), `${["/*", ...lines].join("\n")}\n`);
}
