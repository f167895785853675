/** What somebody finds who has cloned the project and installed its packages: each script does what it needs by itself. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
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
