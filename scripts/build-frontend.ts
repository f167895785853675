/** Builds the page into dist/frontend. `npm run build:frontend`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import * as z from "zod";
import { listEntries } from "./catalogue/entries.ts";
import { fieldWordsOf, listingsOf } from "./catalogue/listings.ts";
import { markOf } from "./catalogue/marks.ts";
import { guidePages } from "./guides.ts";
import { openApiDocument } from "./openapi.ts";
import { SERVICE_SCHEMA, serviceSchema } from "./service-schema.ts";
import { FIELDS_FILE, SERVICES_FILE } from "../src/catalogue/listings.ts";
import { builtInProviders } from "../src/providers/index.ts";
import { formHeaders, hostedHeaders, pageHeaders, securityHeaders } from "../src/security-headers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(root, "dist/frontend");

/** The services that the page knows before it has asked; see frontend/services.ts. */
const services = builtInProviders.map(({ id, name, category }) => ({
  integration: id,
  name,
  category,
  aliases: [],
  mark: null,
}));
const jsx = { jsx: "automatic", jsxImportSource: "preact" } as const;
const define = { BUILT_IN_SERVICES: JSON.stringify(services) };

await bundle({
  entryPoints: {
    app: "frontend/main.tsx",
    styles: "frontend/styles.css",
    favicon: "frontend/favicon.svg",
    popup: "frontend/popup.ts",
    "connect-page": "frontend/connect.css",
    connect: "frontend/hosted/page.html",
    hosted: "frontend/hosted/main.tsx",
    link: "frontend/hosted/link.svg",
    problem: "frontend/hosted/problem.ts",
    fields: "frontend/hosted/form/page.html",
    form: "frontend/hosted/form/main.tsx",
  },
  charset: "utf8",
  format: "esm",
  ...jsx,
  define,
  loader: { ".html": "copy", ".svg": "copy" },
});
await bundle({ entryPoints: { docs: "frontend/docs/main.tsx" }, charset: "utf8", format: "esm", ...jsx });
await bundle({ entryPoints: { docs: "frontend/docs/docs.css" } });
const entries = await listEntries();
await putText(join(outdir, SERVICES_FILE), JSON.stringify({ services: listingsOf(entries) }));
await putText(join(outdir, FIELDS_FILE), JSON.stringify(fieldWordsOf(entries)));
for (const entry of entries) {
  const mark = await markOf(entry);
  if (mark !== undefined) await putText(join(outdir, `marks/${entry.id}.svg`), mark);
}
await bundle({ entryPoints: { hosted: "frontend/hosted/hosted.css" } });
// For pages elsewhere, which load it as a plain script.
await bundle({ entryPoints: { connect: "frontend/connect.ts" }, format: "iife" });
await writePage(outdir);
await writeHeaders(outdir);
await writeOpenApi(outdir);
await putText(join(outdir, SERVICE_SCHEMA), `${JSON.stringify(serviceSchema())}\n`);
for (const { path, text } of await guidePages()) await putText(join(outdir, path), text);

async function bundle(options: BuildOptions): Promise<void> {
  const common = { absWorkingDir: root, outdir, bundle: true, minify: true, target: "es2022", write: false } as const;
  const { outputFiles } = await build({ ...common, ...options });
  for (const { path, contents } of outputFiles ?? []) await put(path, contents);
}

/** Writes what is new: servers that run meanwhile, and their watchers, see no change where there is none. */
async function put(path: string, contents: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => null);
  if (there?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

function putText(path: string, text: string): Promise<void> {
  return put(path, Buffer.from(text));
}

/** The page's own components, drawn once without a browser, so that its HTML already says what there is to connect. */
async function writePage(directory: string): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["frontend/static.tsx"],
    write: false,
    bundle: true,
    charset: "utf8",
    format: "esm",
    ...jsx,
    define: { ...define, "location.hash": '""' },
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  const drawn: unknown = await import(`data:text/javascript;base64,${source}`);
  const { page } = z.object({ page: z.string().min(1) }).parse(drawn);
  const html = await readFile(join(root, "frontend/index.html"), "utf8");
  await putText(
    join(directory, "index.html"),
    html.replace("<!-- page -->", () => page),
  );
}

/** Static files do not pass through the Worker: Workers assets read their headers from this file. */
async function writeHeaders(directory: string): Promise<void> {
  const lines = Object.entries({ ...securityHeaders, ...pageHeaders }).map(([name, value]) => `  ${name}: ${value}`);
  const instead = (path: string, headers: Readonly<Record<string, string>>) => [
    path,
    ...Object.entries(headers).flatMap(([name, value]) => [`  ! ${name}`, `  ${name}: ${value}`]),
  ];
  // A page elsewhere may load this one script.
  const shared = ["/connect.js", "  ! Cross-Origin-Resource-Policy", "  Cross-Origin-Resource-Policy: cross-origin"];
  const others = [...instead("/connect", hostedHeaders), ...instead("/fields", formHeaders)];
  await putText(join(directory, "_headers"), `${["/*", ...lines, ...others, ...shared].join("\n")}\n`);
}

/** The document is a static file like the page: it is the same for every deployment and costs the Worker nothing. */
async function writeOpenApi(directory: string): Promise<void> {
  await putText(join(directory, "openapi.json"), `${JSON.stringify(openApiDocument())}\n`);
}
