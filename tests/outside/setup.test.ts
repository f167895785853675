/** `npm run setup`: what it writes and sends, and that no secret shows on the way. Cloudflare's side is a recording program. */
import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { portOf } from "../servers/port.ts";
import { copyProject, type ProjectCopy, type Ran, type RunOptions } from "./project-copy.ts";

const SECRET = "a-$ecret'that\\never#shows";
let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project?.remove());

const file = (): string => join(project.path, ".dev.vars");
const written = async (): Promise<Record<string, string | undefined>> => parseEnv(await readFile(file(), "utf8"));
beforeEach(() => rm(file(), { force: true }));

const setup = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  project.run(process.execPath, ["scripts/setup.ts", ...args], options);

describe("a service of the catalogue", () => {
  it("is found by a word, and nothing is written", async () => {
    const { code, said } = await setup(["--search", "google mail"]);
    expect(code, said).toBe(0);
    expect(said).toMatch(/^gmail: Gmail, by OAuth$/m);
    expect((await setup(["--search", "no such thing"])).said).toContain(
      "Nothing in the catalogue is called no such thing.",
    );
    await expect(stat(file())).rejects.toThrow("ENOENT");
  });

  it("is set up like the others: where to register, the redirect URI, what to mind, and the client", async () => {
    const args = ["--host", "https://latchkey.example.com", "--client-id", "gmail=id.abc"];
    const { code, said } = await setup(args, { env: { GMAIL_CLIENT_SECRET: SECRET } });
    expect(code, said).toBe(0);
    expect(said).toContain("Redirect URI: https://latchkey.example.com/callback/gmail\n");
    expect(said).toContain("While the consent screen is in testing, refresh tokens end after 7 days.");
    expect(await written()).toMatchObject({ GMAIL_CLIENT_ID: "id.abc", GMAIL_CLIENT_SECRET: SECRET });
    expect(said).not.toContain(SECRET);
  });

  it("that takes a key is switched on beside those that are", async () => {
    for (const id of ["resend", "sendgrid", "resend"]) {
      const { code, said } = await setup(["--provider", id, "--yes"]);
      expect(code, said).toBe(0);
      expect(said).toContain("People make their keys at: https://");
      expect(said).not.toContain("Redirect URI");
    }
    expect(await written()).toMatchObject({ KEY_SERVICES: "resend,sendgrid" });
  });
});

describe("the file", () => {
  it("is made from the example with a sealing key and the clients, readable by its owner alone", async () => {
    const args = ["--host", "https://latchkey.example.com", "--client-id", "github=Iv1.abc"];
    const { code, said } = await setup(args, { env: { GITHUB_CLIENT_SECRET: SECRET } });
    expect(code, said).toBe(0);
    expect(said).toContain("https://github.com/settings/developers");
    expect(said).toContain("Redirect URI: https://latchkey.example.com/callback/github\n");
    expect(said).toContain("Scopes:       read:user user:email read:org\n");
    const variables = await written();
    expect(variables).toMatchObject({ GITHUB_CLIENT_ID: "Iv1.abc", GITHUB_CLIENT_SECRET: SECRET });
    expect(variables["SEALING_KEYS"]).toMatch(/^\d{4}-\d\d-\d\d:[\w-]{43}$/);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain(variables["SEALING_KEYS"]?.split(":")[1]);
  });

  it("keeps its sealing key and every other line when it is there already", async () => {
    const before =
      '# mine\nSEALING_KEYS="old:c2FuZGJveC1vbmx5LW5ldmVyLXVzZS1lbHNld2hlcmU"\nGITHUB_CLIENT_ID=old\nEXTRA=1 # kept';
    await writeFile(file(), before, { mode: 0o644 });
    const piped = `GITHUB_CLIENT_SECRET=piped\nSPOTIFY_CLIENT_SECRET=piped-too\n`;
    const args = ["--client-id", "github=new", "--client-id", "spotify=s", "--stdin"];
    const { code, said } = await setup(args, { input: piped });
    expect(code, said).toBe(0);
    const after = (await readFile(file(), "utf8")).split("\n");
    expect(after.slice(0, 4)).toEqual([...before.split("\n").slice(0, 2), 'GITHUB_CLIENT_ID="new"', "EXTRA=1 # kept"]);
    expect(await written()).toMatchObject({
      GITHUB_CLIENT_SECRET: "piped",
      SPOTIFY_CLIENT_ID: "s",
      SPOTIFY_CLIENT_SECRET: "piped-too",
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(said).toContain("SEALING_KEYS: left as it was");
    expect(said).toContain("GITHUB_CLIENT_ID: replaced");
    expect(said).not.toContain("piped");
    const again = await readFile(file(), "utf8");
    await setup([]);
    expect(await readFile(file(), "utf8")).toBe(again);
  });

  it("is not touched by a value that cannot be one, which is named and not repeated", async () => {
    const { code, said } = await setup(["--client-id", "github=aéb"], { env: { GITHUB_CLIENT_SECRET: SECRET } });
    expect(code).toBe(1);
    expect(said).toContain("The configuration variable GITHUB_CLIENT_ID is wrong");
    expect(said).not.toContain(SECRET);
    await expect(stat(file())).rejects.toThrow("ENOENT");
  });

  it.each([
    [["--provider", "gitlub"], 'There is no provider "gitlub".'],
    [["--host", "latchkey.example.com"], "write a whole origin"],
    [["--host", "http://latchkey.example.com"], "write a whole origin"],
    [["--client-id", "github"], "--client-id github=VALUE"],
    [["--client-secret", "github=x"], "--client-secret"],
  ])("is not touched by %j", async (args, sentence) => {
    const { code, stderr } = await setup(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain("npm run setup --");
    expect(await readdir(project.path)).not.toContain(".dev.vars");
  });

  it("knows which providers refuse this host", async () => {
    const { said } = await setup(["--provider", "spotify", "--provider", "slack", "--provider", "github"]);
    expect(said).toContain("Redirect URI: http://127.0.0.1:8787/callback/spotify\n");
    expect(said).toContain("Spotify refuses localhost: open Latchkey at http://127.0.0.1:8787.");
    expect(said).toContain("Slack takes https only");
    expect(said).toContain("Redirect URI: http://localhost:8787/callback/github\n");
    expect(said).toMatch(/Still to be filled in.*GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET/);
  });
});

// A terminal of util-linux; elsewhere its arguments are others.
it.runIf(process.platform === "linux")("asks at a terminal, and a secret does not appear as it is typed", async () => {
  const { code, stdout } = await project.run("script", ["-qec", `${process.execPath} scripts/setup.ts`, "/dev/null"], {
    answers: [
      ["reach Latchkey?", "https://latchkey.example.com"],
      ["Which ones", "github"],
      ["GITHUB_CLIENT_ID", "Iv1.typed"],
      ["GITHUB_CLIENT_SECRET", "typed-secret"],
    ],
    env: { TERM: "xterm" },
  });
  expect(code, stdout).toBe(0);
  expect(await written()).toMatchObject({ GITHUB_CLIENT_ID: "Iv1.typed", GITHUB_CLIENT_SECRET: "typed-secret" });
  expect(stdout).toContain("Iv1.typed");
  expect(stdout).not.toContain("typed-secret");
});

describe("--deploy", () => {
  /** Stands where wrangler stands: notes what it is given, says back what it reads, and fails where it is told to. */
  const RECORDER = `#!/usr/bin/env node
import { appendFileSync, readFileSync } from "node:fs";
const args = process.argv.slice(2);
const input = readFileSync(0, "utf8");
appendFileSync(process.env.RECORD, JSON.stringify({ args, input }) + "\\n");
const step = args.filter((arg) => !arg.startsWith("-") && arg !== "json").join(" ");
if (process.env.FAIL === step) { console.error("X [ERROR] " + process.env.REASON + " " + input); process.exit(1); }
if (step === "secret list") console.log(process.env.SECRETS ?? "[]");
else console.log("did it " + input + " https://latchkey.someone.workers.dev");
`;
  const Call = z.object({ args: z.array(z.string()), input: z.string() });
  let bin: string;
  let record: string;
  beforeAll(async () => {
    bin = join(project.path, "recorder");
    record = join(bin, "calls");
    await mkdir(bin);
    await writeFile(join(bin, "wrangler"), RECORDER);
    await chmod(join(bin, "wrangler"), 0o755);
  });
  beforeEach(() => rm(record, { force: true }));

  const calls = async (): Promise<z.output<typeof Call>[]> =>
    (await readFile(record, "utf8"))
      .trim()
      .split("\n")
      .map((line) => Call.parse(JSON.parse(line)));
  const deploy = (env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    setup(["--host", "https://latchkey.example.com", "--client-id", "github=Iv1.abc", "--deploy"], {
      env: { GITHUB_CLIENT_SECRET: SECRET, RECORD: record, ...env },
      first: bin,
    });

  it("puts the secrets through standard input, then deploys; none is an argument or is shown", async () => {
    const { code, said } = await deploy({ FAIL: "secret list", REASON: 'Worker "latchkey" not found.' });
    expect(code, said).toBe(0);
    const made = await calls();
    expect(made.map(({ args }) => args)).toEqual([
      ["secret", "list", "--format", "json"],
      ["secret", "bulk"],
      ["deploy"],
    ]);
    const sealing = (await written())["SEALING_KEYS"] ?? "";
    expect(JSON.parse(made[1]?.input ?? "")).toEqual({
      SEALING_KEYS: sealing,
      GITHUB_CLIENT_ID: "Iv1.abc",
      GITHUB_CLIENT_SECRET: SECRET,
      PUBLIC_URL: "https://latchkey.example.com",
    });
    for (const secret of [SECRET, sealing]) {
      expect(JSON.stringify(made.map(({ args }) => args))).not.toContain(secret);
      expect(said).not.toContain(secret);
    }
    expect(said).toContain("Put 4 secrets: SEALING_KEYS, PUBLIC_URL, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET.");
    expect(said).toContain("https://latchkey.someone.workers.dev");
  });

  it("leaves a deployment the sealing key it has", async () => {
    const { code, said } = await deploy({ SECRETS: '[{"name":"SEALING_KEYS","type":"secret_text"}]' });
    expect(code, said).toBe(0);
    const [, bulk] = await calls();
    expect(Object.keys(z.record(z.string(), z.string()).parse(JSON.parse(bulk?.input ?? "")))).not.toContain(
      "SEALING_KEYS",
    );
    expect(said).toContain("The deployment keeps the SEALING_KEYS it has.");
  });

  it.each([
    ["secret list", 1, "Nothing was changed. Sign in with `npx wrangler login`"],
    ["secret bulk", 2, "Nothing was deployed."],
    ["deploy", 3, "The secrets are there."],
  ])("stops where `wrangler %s` fails, and says so without a secret", async (step, count, sentence) => {
    const { code, stderr, said } = await deploy({ FAIL: step, REASON: "You are not logged in." });
    expect(code).toBe(1);
    expect(stderr).toContain(`\`wrangler ${step}\` failed. ${sentence}`);
    expect(stderr).toContain("You are not logged in.");
    expect(await calls()).toHaveLength(count);
    const sealing = (await written())["SEALING_KEYS"] ?? "";
    for (const secret of [SECRET, JSON.stringify(SECRET).slice(1, -1), sealing]) expect(said).not.toContain(secret);
  });

  it("sends nothing while a chosen provider has no secret", async () => {
    const { code, stderr } = await deploy({ GITHUB_CLIENT_SECRET: "" });
    expect(code).toBe(1);
    expect(stderr).toContain("Nothing was deployed: the clients above are not complete.");
    await expect(stat(record)).rejects.toThrow("ENOENT");
  });
});

/** wrangler itself, with an address of this machine where Cloudflare's API would be. */
it.each([
  ["a new Worker", null, ["SEALING_KEYS", "PUBLIC_URL", "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"]],
  ["one that has its key", ["SEALING_KEYS"], ["PUBLIC_URL", "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"]],
])("wrangler understands what it is given for %s", async (_, there, sent) => {
  const patches: string[] = [];
  const api = createServer((request, response) => {
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const success = (result: unknown): object => ({ success: true, errors: [], messages: [], result });
    const failure = (code: number): object => ({ success: false, errors: [{ code, message: "no" }], messages: [] });
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.once("end", () => {
      if (request.url?.endsWith("/scripts/latchkey/secrets")) {
        if (there === null) answer(404, failure(10_007));
        else answer(200, success(there.map((name) => ({ name, type: "secret_text" }))));
      } else if (request.method === "PATCH" && request.url?.endsWith("/scripts/latchkey/secrets-bulk")) {
        patches.push(body);
        answer(200, success({}));
      } else answer(403, failure(10_000));
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  try {
    const env = {
      GITHUB_CLIENT_SECRET: SECRET,
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${portOf(api)}`,
      CLOUDFLARE_API_TOKEN: "a-token",
      CLOUDFLARE_ACCOUNT_ID: "0123456789abcdef0123456789abcdef",
    };
    const args = ["--host", "https://latchkey.example.com", "--client-id", "github=Iv1.abc", "--deploy"];
    const { code, said } = await setup(args, { env });
    expect(said).toContain(`Put ${sent.length} secrets: ${sent.join(", ")}.`);
    // This API takes no Worker.
    expect(said).toContain("`wrangler deploy` failed. The secrets are there.");
    expect(code).toBe(1);
    const Patch = z.object({ secrets: z.record(z.string(), z.object({ text: z.string() })) });
    const [patch] = patches.map((text) => Patch.parse(JSON.parse(text)).secrets);
    expect(Object.keys(patch ?? {}).toSorted()).toEqual(sent.toSorted());
    expect(patch?.["GITHUB_CLIENT_SECRET"]?.text).toBe(SECRET);
  } finally {
    await new Promise((resolve) => api.close(resolve));
  }
});
