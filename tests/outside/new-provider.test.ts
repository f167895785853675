/** `npm run new-provider`: what it writes passes everything that the providers there are have to pass. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { copyProject, type ProjectCopy, type Ran } from "./project-copy.ts";

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project?.remove());

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);

const GITLAB = {
  id: "gitlab",
  name: "GitLab",
  scope: "read_api",
  "authorization-endpoint": "https://gitlab.com/oauth/authorize",
  "token-endpoint": "https://gitlab.com/oauth/token",
  "revocation-endpoint": "https://gitlab.com/oauth/revoke",
  api: "https://gitlab.com/api/v4/",
  items: "/projects",
  "item-type": "project",
};
/** With the defaults: no scopes, no revocation; and another authentication. */
const ACME = {
  id: "acme9",
  name: 'Acme "9"',
  "authorization-endpoint": "https://acme.example/authorize",
  "token-endpoint": "https://acme.example/token",
  "auth-method": "client_secret_basic",
  api: "https://api.acme.example",
};
const generate = (args: readonly string[]): Promise<Ran> =>
  project.run(process.execPath, ["scripts/new-provider.ts", ...args]);

it.each([
  ["an incomplete one", { id: "gitlab" }, "--name: "],
  ["a name the code cannot have", { ...GITLAB, id: "git-lab" }, "--id: "],
  ["one that is there", { ...GITLAB, id: "github" }, 'There is a provider "github" already.'],
  [
    "http",
    { ...GITLAB, "token-endpoint": "http://gitlab.com/oauth/token" },
    "--token-endpoint: write a whole https URL",
  ],
])("writes nothing for %s", async (_, values, sentence) => {
  const index = await readFile(join(project.path, "src/providers/index.ts"), "utf8");
  const { code, stderr } = await generate(flags(values));
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(await readFile(join(project.path, "src/providers/index.ts"), "utf8")).toBe(index);
});

it("declares, emulates and tests a provider that passes without another edit", async () => {
  for (const values of [ACME, GITLAB]) {
    const { code, said } = await generate(flags(values));
    expect(code, said).toBe(0);
    expect(said).toContain(`src/providers/${values.id}.ts`);
  }
  const types = await project.run("wrangler", ["types", "--strict-vars=false"]);
  expect(types.code, types.said).toBe(0);

  const tests = [
    "tests/providers/every-provider.test.ts",
    "tests/proxy/every-provider.test.ts",
    "tests/storage.test.ts",
  ];
  const pattern = String.raw`\b(?:gitlab|acme9)\b`;
  const results = await Promise.all([
    project.run("tsc", ["-p", "sandbox"]),
    project.run("oxlint", ["src/providers", "sandbox", "tests/providers", "tests/proxy"]),
    project.run("prettier", ["--check", "src/providers", "sandbox", "tests/providers", "tests/proxy"]),
    project.run("vitest", [
      "run",
      "--project",
      "workerd",
      "--reporter=json",
      "--outputFile=report.json",
      "-t",
      pattern,
      ...tests,
    ]),
  ]);
  for (const { code, said } of results) expect(code, said).toBe(0);
  const Report = z.object({ numPassedTests: z.number(), numFailedTests: z.literal(0) });
  const report = Report.parse(JSON.parse(await readFile(join(project.path, "report.json"), "utf8")));
  // Eight for each of the two at the least: what every provider has to do, and the secret scan.
  expect(report.numPassedTests).toBeGreaterThanOrEqual(16);
});
