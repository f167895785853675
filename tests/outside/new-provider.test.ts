/** `npm run new-provider`: what it writes passes everything that the providers there are have to pass. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { Config } from "../../src/config.ts";
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
/** What CONTRIBUTING.md tells to run, each command as its arguments. */
const contributing = await readFile(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");
const told = [...contributing.matchAll(/^npm run new-provider -- ((?:.*\\\n)*.*)$/gm)].map(([, args = ""]) =>
  args.split(/[\s\\]+/),
);
/** A service as its maker describes it, with a key. */
const DESK = `openapi: 3.0.3
info: { title: Desk, version: "1" }
servers: [{ url: "https://{subdomain}.desk.example.com/v1", variables: { subdomain: { default: yours } } }]
paths: {}
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Api-Key } } }
`;
const ENTRY_WITHIN_MS = 30_000;
const FIVE_MINUTES_MS = 300_000;

const generate = (args: readonly string[]): Promise<Ran> =>
  project.run(process.execPath, ["scripts/new-provider.ts", ...args], { env: { INIT_CWD: project.path } });

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

it("describes a service in seconds, by the command of CONTRIBUTING.md", async () => {
  const begun = performance.now();
  await writeFile(join(project.path, "desk.yaml"), DESK);
  const { code, said } = await generate(told[0] ?? []);
  const took = performance.now() - begun;
  expect(code, said).toBe(0);
  const written = await readFile(join(project.path, "desk.json"), "utf8");
  const [entry] = new Config({ CUSTOM_PROVIDERS: `[${written}]` }).customProviders();
  expect(entry).toMatchObject({ id: "desk", entry: { api_base_url: "https://{subdomain}.desk.example.com/v1" } });
  expect(took).toBeLessThan(ENTRY_WITHIN_MS);
});

it(
  "declares, emulates and tests a provider that passes without another edit, in five minutes",
  async () => {
    const begun = performance.now();
    for (const [id, args] of [
      ["acme9", flags(ACME)],
      ["gitlab", told[1] ?? []],
    ] as const) {
      const { code, said } = await generate(args);
      expect(code, said).toBe(0);
      expect(said).toContain(`src/providers/${id}.ts`);
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
    expect(performance.now() - begun).toBeLessThan(FIVE_MINUTES_MS);
  },
  2 * FIVE_MINUTES_MS,
);
