/** `npm run doctor`: it finds what is wrong, says how to mend it, and repeats no value. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/local-worker.ts";
import { startLatchkey } from "../browser/support.ts";
import { startOidcProvider, type OidcServer } from "../servers/oidc-provider.ts";
import { portOf } from "../servers/port.ts";
import { copyProject, type ProjectCopy, type Ran } from "./project-copy.ts";

const KEY = "c2FuZGJveC1vbmx5LW5ldmVyLXVzZS1lbHNld2hlcmU";
const SECRET = "a-secret-that-never-shows";
const GOOD = `SEALING_KEYS="2026-11-21:${KEY}"\n`;
const AN_HOUR_MS = 3_600_000;

let project: ProjectCopy;
let oidc: OidcServer;
/** Knows no path, and what time it was an hour ago. */
let confused: Server;
beforeAll(async () => {
  confused = createServer((_request, response) => {
    response.sendDate = false;
    response.writeHead(404, { Date: new Date(Date.now() - AN_HOUR_MS).toUTCString() }).end();
  });
  await new Promise<void>((resolve) => confused.listen(0, "127.0.0.1", resolve));
  [project, oidc] = await Promise.all([copyProject(), startOidcProvider()]);
});
afterAll(async () => {
  await Promise.all([project?.remove(), oidc?.stop(), new Promise((resolve) => confused.close(resolve))]);
});
beforeEach(() => rm(join(project.path, ".dev.vars"), { force: true }));

const doctor = (...args: readonly string[]): Promise<Ran> =>
  project.run(process.execPath, ["scripts/doctor.ts", ...args]);
const write = (text: string): Promise<void> => writeFile(join(project.path, ".dev.vars"), text, { mode: 0o600 });

/** An entry of CUSTOM_PROVIDERS. */
const at = (id: string, authorization_endpoint: string, token_endpoint: string): object => ({
  id,
  name: id,
  authorization_endpoint,
  token_endpoint,
  api_base_url: new URL(token_endpoint).origin,
  scopes: [],
  client_id: "the-client",
  client_secret: SECRET,
});

describe("without starting the Worker", () => {
  it.each([
    ["no file", null, "✗ There is no .dev.vars, so nothing can be stored. Run `npm run setup`."],
    ["no sealing key", "ADMIN_KEY=\n", "✗ The configuration variable SEALING_KEYS is wrong: it is not set"],
    [
      "a short sealing key",
      `SEALING_KEYS="a:${SECRET}"`,
      '✗ The configuration variable SEALING_KEYS is wrong: key "a" is not 32 bytes',
    ],
    [
      "a client without its secret",
      `${GOOD}GITHUB_CLIENT_ID=${SECRET}`,
      "✗ GITHUB_CLIENT_SECRET is not set. Run `npm run setup -- --provider github`.",
    ],
    [
      "a client id that no header could hold",
      `${GOOD}GITHUB_CLIENT_ID="${SECRET}é"`,
      "✗ The configuration variable GITHUB_CLIENT_ID is wrong: visible ASCII",
    ],
    [
      "a short admin key",
      `${GOOD}ADMIN_KEY=${SECRET}`,
      "✗ The configuration variable ADMIN_KEY is wrong: at least 32 characters",
    ],
    [
      "an address that is none",
      `${GOOD}PUBLIC_URL=latchkey.example.com`,
      "✗ The configuration variable PUBLIC_URL is wrong: write a whole",
    ],
    [
      "custom providers that are no JSON",
      `${GOOD}CUSTOM_PROVIDERS='[{"client_secret":"${SECRET}"'`,
      "✗ The configuration variable CUSTOM_PROVIDERS is wrong: not JSON.",
    ],
    [
      "a custom provider that extends nobody",
      `${GOOD}CUSTOM_PROVIDERS='[{"id":"x","extends":"gitlub","client_id":"a","client_secret":"${SECRET}"}]'`,
      "✗ CUSTOM_PROVIDERS: x: extends names no service that is known here. Mend it in .dev.vars.",
    ],
    ["a slip of the pen beside it", "GIHUB_CLIENT_ID=a", "! GIHUB_CLIENT_ID is read by nothing."],
  ])("names %s", async (_, text, line) => {
    if (text !== null) await write(text);
    const { code, stdout, stderr } = await doctor();
    expect(code).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).toContain(line);
    expect(stdout).toContain("! The Worker was not started.");
    expect(stdout).toMatch(/^✓ Node \d+\.\d+\.\d+$/m);
    expect(stdout).toMatch(/^✓ wrangler \d+\.\d+\.\d+$/m);
    for (const value of [SECRET, KEY]) expect(stdout).not.toContain(value);
  });
});

it("runs the Worker and finds nothing wrong; a provider that is not reached is no reason to fail", async () => {
  const closed = `http://127.0.0.1:${await freePort()}`;
  const providers = [
    at("open", `${oidc.issuer}/auth`, `${oidc.issuer}/token`),
    at("closed", `${closed}/auth`, `${closed}/token`),
  ];
  await write(`${GOOD}CUSTOM_PROVIDERS='${JSON.stringify(providers)}'\n`);
  const { code, stdout, said } = await doctor();
  expect(code, said).toBe(0);
  const { host } = new URL(oidc.issuer);
  for (const line of [
    "✓ .dev.vars can be read.",
    '✓ SEALING_KEYS has one key of 32 bytes; "2026-11-21" seals.',
    "✓ KV and the vault keep a state, and give it back once.",
    `✓ open's authorization endpoint at ${host} answers.`,
    `✓ open's token endpoint at ${host} answers.`,
    `! closed's token endpoint at ${new URL(closed).host} was not reached (ECONNREFUSED).`,
    "✓ This machine's clock is right.",
  ]) {
    expect(stdout).toContain(line);
  }
  for (const value of [SECRET, KEY]) expect(said).not.toContain(value);
});

it("tries the storage without any client, and finds a wrong endpoint and a wrong clock with one", async () => {
  await write(GOOD);
  const without = await doctor();
  expect(without.code, without.said).toBe(0);
  expect(without.stdout).toContain("! No provider is configured.");
  expect(without.stdout).toContain("✓ KV and the vault keep a state, and give it back once.");

  const origin = `http://127.0.0.1:${portOf(confused)}`;
  await write(`${GOOD}CUSTOM_PROVIDERS='${JSON.stringify([at("lost", `${origin}/auth`, `${origin}/token`)])}'\n`);
  const { code, stdout } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toContain(`✗ lost's authorization endpoint at ${new URL(origin).host} answers 404.`);
  expect(stdout).toMatch(/^✗ This machine's clock is 3(?:599|60[0-5]) s off\./m);
});

it("says why the Worker does not start", async () => {
  const file = join(project.path, "wrangler.toml");
  const text = await readFile(file, "utf8");
  await write(GOOD);
  try {
    await writeFile(file, text.replace('main = "src/worker.ts"', 'main = "src/nowhere.ts"'));
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✗ The Worker did not run here: .*src\/nowhere\.ts.* Run `npm ci`, then `npx wrangler dev`/m,
    );
  } finally {
    await writeFile(file, text);
  }
});

describe("--url", () => {
  it("looks at a deployment: its storage, its integrations and where they lead", async () => {
    const latchkey = await startLatchkey();
    try {
      const { code, stdout, said } = await doctor("--url", latchkey.origin);
      expect(code, said).toBe(0);
      expect(stdout).toContain(`✓ Latchkey answers at ${latchkey.origin}.`);
      expect(stdout).toContain("✓ KV and the vault keep a state, and give it back once.");
      expect(stdout).toContain(`✓ GitHub's authorization endpoint at ${new URL(latchkey.providers).host} answers.`);
      // workerd on this machine sends no Date.
      expect(stdout).toContain("! The clock was not checked:");
    } finally {
      await latchkey.stop();
    }
  });

  it.each([["--url", "localhost:8787"], ["--url", "latchkey.example.com"], ["--uri"]])(
    "is not misread: %s %s",
    async (...args) => {
      const { code, stdout, stderr } = await doctor(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("npm run doctor -- [--url https://latchkey.example.com]");
    },
  );

  it("says where nothing answers, and where it is not Latchkey", async () => {
    const nobody = await doctor("--url", `http://127.0.0.1:${await freePort()}`);
    expect(nobody.code).toBe(1);
    expect(nobody.stdout).toMatch(
      /^✗ http:\/\/127\.0\.0\.1:\d+ was not reached: .*ECONNREFUSED.*\. Check the address/m,
    );
    const other = await doctor("--url", `http://127.0.0.1:${portOf(confused)}`);
    expect(other.code).toBe(1);
    expect(other.stdout).toContain("/health answers 404.");
  });
});
