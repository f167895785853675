/** The Nodes that programs of integrators run on. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The last of each line of Node before the one that runs this process. */
const OTHERS = ["20.20.2", "22.23.3"];
const PLATFORM = process.platform === "win32" ? "win" : process.platform;
/** What the package `node` itself is made of: one for each platform, with nothing that has to be run to install it. */
const PACKAGE = `node-${PLATFORM}-${process.arch}`;
const KEPT = join(homedir(), ".cache", "latchkey-nodes");

/** Programs of each line of Node by what it is called, and what to do about those that are not to be had. */
export interface Nodes {
  readonly found: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
}

const lineOf = (version: string): string => /^v?(\d+)/.exec(version)?.[1] ?? "";

/** The Nodes that the package is for. What is not on this machine is fetched from the registry once, and kept. */
export async function findNodes(): Promise<Nodes> {
  const onPath = await run("node", ["--version"]).then(
    ({ stdout }) => lineOf(stdout),
    () => "",
  );
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const version of OTHERS) {
    const node = lineOf(version) === onPath ? "node" : await fetched(version);
    if (node === null)
      missing.push(
        `Node ${version} is not here. Install it with: npm install --prefix ${KEPT}/${version} ${PACKAGE}@${version}`,
      );
    else found.set(lineOf(version), node);
  }
  return { found: found.set(lineOf(process.version), process.execPath), missing };
}

/** @returns null where it is not to be had, as without a network */
async function fetched(version: string): Promise<string | null> {
  const folder = join(KEPT, version);
  const node = join(folder, "node_modules", PACKAGE, "bin", process.platform === "win32" ? "node.exe" : "node");
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, `${PACKAGE}@${version}`];
  if (!existsSync(node)) await run("npm", args, { shell: PLATFORM === "win" }).catch(() => {});
  return existsSync(node) ? node : null;
}
