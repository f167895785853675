/** The workflows and what the "Deploy to Cloudflare" button reads: held to what the project really has. */
import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { QUOTAS, WINDOW_SECONDS } from "../../src/middleware/limits.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): Promise<string> => readFile(root + path, "utf8");
const Package = z.object({
  scripts: z.record(z.string(), z.string()),
  cloudflare: z.object({ bindings: z.record(z.string(), z.strictObject({ description: z.string() })) }),
});
const project = Package.parse(JSON.parse(await read("package.json")));

const Step = z.union([
  z.strictObject({ uses: z.string(), with: z.record(z.string(), z.unknown()).optional() }),
  z.strictObject({ if: z.string().optional(), run: z.string(), env: z.record(z.string(), z.string()).optional() }),
]);
const Job = z.union([
  z.strictObject({ uses: z.string() }),
  z.strictObject({
    needs: z.string().optional(),
    if: z.string().optional(),
    "runs-on": z.literal("ubuntu-latest"),
    "timeout-minutes": z.number(),
    environment: z.string().optional(),
    steps: z.array(Step),
  }),
]);
const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({ contents: z.literal("read") }),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
  jobs: z.record(z.string(), Job),
});

const files = (await readdir(`${root}.github/workflows`)).toSorted();
const workflows = new Map(
  await Promise.all(
    files.map(async (file) => [file, Workflow.parse(parse(await read(`.github/workflows/${file}`)))] as const),
  ),
);

describe.each([...workflows])("%s", (_, { on, jobs }) => {
  const steps = Object.values(jobs).flatMap<z.output<typeof Step>>((job) => ("steps" in job ? job.steps : [job]));

  it("runs nothing that can change under it, and nothing that the project does not have", () => {
    expect(Object.keys(on)).not.toContain("pull_request_target");
    for (const step of steps) {
      if ("uses" in step)
        expect(step.uses).toMatch(/^(?:actions\/[\w-]+@[0-9a-f]{40}|\.\/\.github\/workflows\/check\.yml)$/);
      else if (step.run !== "npm ci")
        expect(project.scripts).toHaveProperty([/^npm run ([\w:-]+)/.exec(step.run)?.[1] ?? ""]);
    }
  });

  it("puts nothing from outside into a command", () => {
    for (const step of steps) if ("run" in step) expect(step.run).not.toContain("${{");
  });
});

it("deploys main alone, after every check, one at a time", () => {
  const deploy = workflows.get("deploy.yml");
  expect(deploy?.on).toMatchObject({ push: { branches: ["main"] } });
  expect(deploy?.jobs["check"]).toEqual({ uses: "./.github/workflows/check.yml" });
  expect(deploy?.jobs["deploy"]).toMatchObject({ needs: "check", if: expect.stringContaining("refs/heads/main") });
  expect(deploy?.concurrency).toEqual({ group: "deploy", "cancel-in-progress": false });
  expect(workflows.get("check.yml")?.on).toHaveProperty("pull_request");
});

it("the button asks for what the Worker needs to start, and explains each", async () => {
  const example = await read(".dev.vars.example");
  const asked = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  // Every uncommented entry is asked for and cannot be left out.
  expect(asked).toEqual(["SEALING_KEYS"]);
  const wrangler = await read("wrangler.toml");
  // The static files come with the Worker: nothing is made for them.
  const bound = [...wrangler.matchAll(/^binding = "(\w+)"/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "ASSETS");
  expect(Object.keys(project.cloudflare.bindings).toSorted()).toEqual([...asked, ...bound].toSorted());
});

it("what is recorded of a request has no query string and no trace: codes, states and session ids stand there", async () => {
  const settings = await read("wrangler.toml");
  const [, observability = ""] = settings.split("\n[observability]\n");
  expect(observability).toContain("redact_query_string = true");
  expect(observability).toMatch(/\[observability\.logs\]\nenabled = true\ninvocation_logs = false/);
  expect(observability).toMatch(/\[observability\.traces\]\nenabled = false/);
});

it("callers are told the limits that the platform holds them to", async () => {
  const settings = await read("wrangler.toml");
  for (const [whose, limit] of Object.entries(QUOTAS)) {
    const [, section = ""] = settings.split(`name = "${whose.toUpperCase()}_LIMIT"`);
    expect(section).toMatch(
      new RegExp(`^\\nnamespace_id = "\\d+"\\nsimple = \\{ limit = ${limit}, period = ${WINDOW_SECONDS} \\}`),
    );
  }
});

it("the platform is told to refuse names that resolve to private addresses", async () => {
  expect(await read("wrangler.toml")).toMatch(/^compatibility_flags = \[.*"global_fetch_strictly_public"/m);
});
