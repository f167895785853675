/** The quickstart does what it says, in each language, against a running Latchkey. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { answered, createLatchkey } from "latchkey-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { githubUser } from "../../sandbox/data/github.ts";
import { freePort } from "../../scripts/local-worker.ts";
import { launchBrowser, startLatchkey, type Running } from "../browser/support.ts";
import { connectAt, served } from "./acme.ts";
import { Person } from "./person.ts";

const RETURN_TO = "http://127.0.0.1:3000/connected";
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

let latchkey: Running;
let key: string;
let integration: string;

/** Prepared by the very commands that examples/README.md has. */
beforeAll(async () => {
  latchkey = await startLatchkey();
  const [, commands = ""] = /```sh\n(.*?)```/s.exec(await readFile(`${examples}README.md`, "utf8")) ?? [];
  const script = commands
    .replaceAll("http://localhost:8787", latchkey.origin)
    .replaceAll("http://127.0.0.1:8787", latchkey.providers);
  const told = `${script}\nprintf '%s\\n' "$KEY" "$INTEGRATION" "$WEBHOOK_SECRET"`;
  const { stdout } = await promisify(execFile)("bash", ["-euc", told]);
  const [first = "", second = "", secret] = stdout.split("\n");
  expect(first).toMatch(/^lk_/);
  expect(second).toMatch(/^github-/);
  expect(secret).toMatch(/^whsec_/);
  [key, integration] = [first, second];
  await connectBefore();
});
afterAll(() => latchkey?.stop());

/** Opens the link as the user does, allows it, and comes back with the code. */
async function connect(connect_url: string, account: number): Promise<string> {
  const person = new Person(latchkey.origin);
  const asked = await person.openLink(connect_url);
  const consent = { url: asked.headers.get("Location"), decision: "allow", account };
  const control = `${latchkey.providers}/github/_control/consent`;
  const decided = await fetch(control, { method: "POST", body: JSON.stringify(consent) });
  const { location } = z.object({ location: z.string() }).parse(await decided.json());
  const back = await person.comeBack(location);
  const place = new URL(z.string().parse(back.headers.get("Location")));
  expect(place.origin + place.pathname).toBe(RETURN_TO);
  return z.string().parse(place.searchParams.get("connection_code"));
}

/** The user has an account already, which is the default and not the one that is called. */
async function connectBefore(): Promise<void> {
  const user = "u-1";
  const client = createLatchkey({ origin: latchkey.origin, key, user });
  const link = client.POST("/connect-sessions", { body: { user, integration, return_to: RETURN_TO } });
  const connection_code = await connect((await answered(link)).connect_url, 0);
  await answered(client.POST("/connections/finalize", { body: { user, connection_code } }));
}

it.each([
  ["curl", 1, "bash", "quickstart.sh"],
  ["TypeScript", 2, process.execPath, "quickstart.ts"],
  ["Python", 1, "python3", "quickstart.py"],
] as const)(
  "in %s connects a user and calls the provider as the account that was connected",
  async (_, account, command, file) => {
    const env = { ...process.env, ORIGIN: latchkey.origin, KEY: key, INTEGRATION: integration, RETURN_TO };
    const child = spawn(command, [`${examples}quickstart/${file}`], { env, stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async (): Promise<string> => z.string().parse((await lines.next()).value);
    const code = await connect(await next(), account);
    child.stdin.end(`${code}\n`);
    expect(await next()).toBe("connected");
    expect(await next()).toBe(githubUser(account).login);
  },
);

it("the README's own lines end with a user's data on the screen", async () => {
  const readme = await readFile(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const [, block = ""] = /## Put it into your product\n\n```sh\n(.*?)```/s.exec(readme) ?? [];
  const [start, init, serve, ...more] = block
    .trim()
    .split("\n")
    .map((line) => line.split(" #", 1)[0]?.trim() ?? "");
  expect([start, more]).toEqual(["npm start", []]);
  const folder = await mkdtemp(join(tmpdir(), "latchkey-readme-"));
  const [port, ownKey, browser] = [await freePort(), await startLatchkey({ vars: {} }), await launchBrowser()];
  try {
    // Other ports and another folder than those that are printed, since somebody may work here.
    const here = (line = "") => line.replaceAll("../acme", join(folder, "acme"));
    const elsewhere = `${here(init)} --latchkey ${ownKey.origin} --port ${port}`;
    const { stdout } = await promisify(execFile)("bash", ["-euc", elsewhere], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    const origin = `http://127.0.0.1:${port}`;
    expect(stdout).toContain(origin);
    await served(here(serve), folder, origin, async () => {
      const repositories = await connectAt(await browser.newPage(), origin, "Ann", 0);
      expect(repositories.length).toBeGreaterThan(0);
      expect(repositories[0]).toContain(githubUser(0).login);
    });
  } finally {
    await Promise.all([browser.close(), ownKey.stop(), rm(folder, { recursive: true, force: true })]);
  }
});
