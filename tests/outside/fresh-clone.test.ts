/** What somebody finds who has cloned the project and installed its packages: each script does what it needs by itself. */
import { appendFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../scripts/local-worker.ts";
import { copyProject, type ProjectCopy } from "./project-copy.ts";

/** Made by a script, and in no commit. */
const GENERATED = ["worker-configuration.d.ts", "client/openapi.d.ts"];

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project?.remove());

const made = (): Promise<number[]> =>
  Promise.all(GENERATED.map(async (file) => (await stat(join(project.path, file))).mtimeMs));

it("types are checked in it with nothing run before, and what is generated stays while it is up to date", async () => {
  await expect(made()).rejects.toThrow("ENOENT");
  // It needs both; all of them take long, and are checked before the tests.
  const checked = await project.run("npm", ["run", "--silent", "typecheck", "client"]);
  expect(checked.said).toBe("");
  expect(checked.code).toBe(0);
  const first = await made();
  const again = await project.run("npm", ["run", "--silent", "types"]);
  expect(again.code, again.said).toBe(0);
  expect(await made()).toEqual(first);
});

it("a file that does not build ends the start with its name, instead of waiting for it to be mended", async () => {
  await appendFile(join(project.path, "sandbox/world.ts"), "\nexport const = 1;\n");
  const { code, stderr } = await project.run("npm", ["--silent", "start", "--", "--port", String(await freePort())]);
  expect(code).toBe(1);
  expect(stderr).toContain("world.ts");
});

it("without its packages it says what to run", async () => {
  await rm(join(project.path, "node_modules"));
  const { code, stderr } = await project.run("npm", ["--silent", "start"]);
  expect(code).toBe(1);
  expect(stderr).toBe("The packages are not installed. Run: npm install\n");
});
