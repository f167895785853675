/** Bundles: the bench's own entries as wrangler would make them, and the deployed one by wrangler itself. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { unstable_readConfig } from "wrangler";

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = unstable_readConfig({ config: join(root, "wrangler.toml") });

/** What production runs under. */
export const platform = {
  date: config.compatibility_date ?? "",
  flags: config.compatibility_flags,
};

/** A directory for the time of `work`. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** One of `bench/workers`, as one minified module. */
export async function bundleWorker(
  name: "bare" | "empty" | "hostile" | "latchkey" | "pass-through" | "proxy" | "soak" | "tenants" | "wire",
  { minify = config.minify ?? false }: { readonly minify?: boolean } = {},
): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`bench/workers/${name}.ts`],
    bundle: true,
    minify,
    keepNames: config.keep_names ?? true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["cloudflare:*"],
  });
  return outputFiles[0]?.text ?? "";
}

/** What `wrangler deploy` would upload. */
export function bundleProduction(): Promise<string> {
  return withDirectory(async (directory) => {
    const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
    await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", directory], {
      cwd: root,
      timeout: 60_000,
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    });
    return readFile(join(directory, "worker.js"), "utf8");
  });
}
