/** The project in a temporary folder: what is changed and run is never the working tree. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** In the copy, beside its vitest.config.ts; begins with a dot so that no test and no compiler takes it for one of theirs. */
const OWN = ".changes";

/** Made by builds, so not committed, and read by tests. */
const BUILT = ["dist", "worker-configuration.d.ts", "client/openapi.d.ts"];

export interface Copy {
  readonly path: string;
  /** Configures a run of the tests of a project of vitest.config.ts and its parts, with the test runner that knows of changes. */
  readonly config: string;
  write(file: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

function configOf(project: string, timeout: number): string {
  return `import config from "./vitest.config.ts";
const { test } = config;
const named = ${JSON.stringify(project)};
const [chosen, ...parts] = test.projects.filter(({ test: { name } }) => name === named || name.startsWith(named + " "));
const include = [chosen, ...parts].flatMap((project) => project.test.include);
const exclude = (chosen.test.exclude ?? []).filter((pattern) => !include.includes(pattern));
const limits = { testTimeout: ${timeout}, hookTimeout: ${timeout} };
const tests = { ...chosen.test, ...limits, include, exclude, runner: "./${OWN}/in-tests.ts" };
export default { test: { ...test, silent: true, projects: [{ ...chosen, test: tests }] } };
`;
}

/** Every file that is or would be committed, from the project's folder. @throws Error where git knows of no project */
export async function filesOf(root: string): Promise<readonly string[]> {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { stdout } = await promisify(execFile)("git", list, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(stdout.split("\0").filter(Boolean))].filter((file) => existsSync(join(root, file)));
}

/**
 * Copies the project's files, and links its packages.
 * @param timeout how long a test that sets no time of its own may take, in milliseconds
 */
export async function copyProject(
  root: string,
  files: readonly string[],
  project: string,
  timeout: number,
): Promise<Copy> {
  const path = await mkdtemp(join(tmpdir(), "latchkey-changes-"));
  for (const file of [...files, ...BUILT]) {
    if (existsSync(join(root, file))) await cp(join(root, file), join(path, file), { recursive: true });
  }
  for (const packages of ["node_modules", "client/node_modules"]) {
    if (existsSync(join(root, packages))) await symlink(join(root, packages), join(path, packages), "dir");
  }
  const own = dirname(fileURLToPath(import.meta.url));
  for (const file of ["in-tests.ts", "plan.ts"]) await cp(join(own, file), join(path, OWN, file));
  const config = join(path, "vitest.changes.config.js");
  await writeFile(config, configOf(project, timeout));
  return {
    path,
    config,
    write: (file, text) => writeFile(join(path, file), text),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
