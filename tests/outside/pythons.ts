/** The Pythons of this machine, and packages as they install them. */
import { execFile } from "node:child_process";
import { cp, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { installOnDebian } from "../../scripts/debian.ts";

const run = promisify(execFile);

/** Debian's own, which builds: it has the tools for that from Debian's packages. */
const BUILDER = "/usr/bin/python3";
const PACKAGES = ["python3", "python3-pip", "python3-setuptools", "python3-wheel"];

const works = (python: string, code: string): Promise<boolean> =>
  run(python, ["-c", code]).then(
    () => true,
    () => false,
  );

/** setuptools makes wheels by itself since 70.1. */
const CAN_BUILD = `import setuptools, pip, importlib.util as modules
assert modules.find_spec("wheel") or int(setuptools.__version__.split(".")[0]) > 70`;

/** The first that can build a package. @throws Error that says what to install */
async function findBuilder(): Promise<string> {
  if (!(await works(BUILDER, CAN_BUILD)) && !(await works("python3", CAN_BUILD))) {
    installOnDebian(PACKAGES, "Installing what builds the Python package.");
  }
  for (const python of [BUILDER, "python3"]) if (await works(python, CAN_BUILD)) return python;
  throw new Error("Nothing here builds a Python package. Install pip, setuptools and wheel for python3.");
}

/** Builds a package into a wheel, with no registry asked. @param folder where it may leave what it likes */
export async function buildWheel(source: string, folder: string): Promise<string> {
  // Building leaves files beside the sources.
  const copy = join(folder, "to-build");
  await cp(source, copy, { recursive: true });
  const args = ["wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", folder];
  await run(await findBuilder(), ["-m", "pip", ...args, copy]);
  const [wheel = ""] = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
  return join(folder, wheel);
}

/** Installs a wheel. @returns a folder for `PYTHONPATH` */
export async function installWheel(wheel: string, folder: string, python: string): Promise<string> {
  const target = join(folder, "installed");
  const args = ["install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--target", target, wheel];
  await run(python, ["-m", "pip", ...args], { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" } });
  return target;
}

/** Those from 3.9 on that this machine has, as pyenv keeps them, the oldest first; at least the one that is called python3. */
export async function findPythons(): Promise<readonly string[]> {
  const kept = join(homedir(), ".pyenv/versions");
  const versions = (await readdir(kept).catch(() => [])).filter((name) => /^3\.(?:9|[1-9]\d)\./.test(name));
  const found = versions
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name) => join(kept, name, "bin/python3"));
  return found.length > 0 ? found : ["python3"];
}
