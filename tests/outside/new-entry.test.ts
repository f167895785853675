/** `npm run new-provider` with a service's own description: an entry that the product takes, or a sentence about what is missing. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { IntegrationSettings } from "../../src/apps/client-vault.ts";
import { Config } from "../../src/config.ts";
import { flawOf } from "../../src/contract/checks.ts";
import { Service } from "../../src/contract/service.ts";
import { startHttpsFront } from "../servers/https.ts";
import { portOf } from "../servers/port.ts";
import { copyProject, type ProjectCopy } from "./project-copy.ts";
import { startOidcProvider, type OidcServer } from "../servers/oidc-provider.ts";

let oidc: OidcServer;
let folder: string;
beforeAll(async () => {
  [oidc, folder] = await Promise.all([startOidcProvider(), mkdtemp(join(tmpdir(), "latchkey-entry-"))]);
});
afterAll(async () => {
  await oidc.stop();
  await rm(folder, { recursive: true });
});

const script = new URL("../../scripts/new-provider.ts", import.meta.url).pathname;
const Failure = z.object({ code: z.number() });
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => runWith({}, ...args);
const runWith = (
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Failure.parse(error).code : 0, stdout, stderr }),
    );
  });

async function entryOf(...args: string[]): Promise<Service> {
  const { code, stdout, stderr } = await run(...args);
  expect(code, stderr).toBe(0);
  const entry = Service.parse(JSON.parse(stdout));
  expect(flawOf(entry)).toBeNull();
  return entry;
}

async function file(name: string, document: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

it("takes a server's own metadata from its address", async () => {
  const entry = await entryOf(
    "--metadata",
    `${oidc.issuer}/.well-known/openid-configuration`,
    "--id",
    "acme",
    "--name",
    "Acme",
    "--api",
    "https://api.acme.com",
  );
  expect(entry).toMatchObject({
    id: "acme",
    issuer: oidc.issuer,
    authorization_endpoint: `${oidc.issuer}/auth`,
    token_endpoint: `${oidc.issuer}/token`,
    revocation_endpoint: `${oidc.issuer}/token/revocation`,
    userinfo_endpoint: `${oidc.issuer}/me`,
    token_endpoint_auth_method: "client_secret_basic",
    api_base_url: "https://api.acme.com",
  });
  expect(entry.scopes).toContain("openid");
});

const API = {
  openapi: "3.1.0",
  info: { title: "Acme", version: "1" },
  servers: [{ url: "https://api.acme.com/v1" }],
  paths: {},
};
const withScheme = (scheme: object, more: object = {}) => ({
  ...API,
  ...more,
  components: { securitySchemes: { one: scheme } },
});
const BASIC = { type: "http", scheme: "basic" };
const CODE = {
  type: "oauth2",
  flows: {
    authorizationCode: {
      authorizationUrl: "https://acme.com/authorize",
      tokenUrl: "https://acme.com/token",
      scopes: { read: "Read" },
    },
  },
};
const FLAGS = ["--id", "acme", "--verify", "/me"];

describe("takes an OpenAPI description", () => {
  it.each<[string, unknown, Partial<Service>]>([
    [
      "a key in a header",
      withScheme({ type: "apiKey", in: "header", name: "X-Api-Key" }),
      {
        api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
        name: "Acme",
        api_base_url: "https://api.acme.com/v1",
      },
    ],
    [
      "a key in the query",
      withScheme({ type: "apiKey", in: "query", name: "key" }),
      { api: { stamp: { query: { key: "{api_key}" } } } },
    ],
    [
      "a bearer",
      withScheme({ type: "http", scheme: "bearer" }),
      { api: { stamp: { headers: { Authorization: "Bearer {api_key}" } } } },
    ],
    [
      "a user and a password",
      withScheme({ type: "http", scheme: "basic" }),
      { api: { stamp: { basic: { user: "{username}", password: "{password}" } } } },
    ],
    [
      "OAuth by code",
      withScheme(CODE),
      {
        authorization_endpoint: "https://acme.com/authorize",
        token_endpoint: "https://acme.com/token",
        scopes: ["read"],
      },
    ],
    [
      "a host that people choose",
      withScheme(
        { type: "http", scheme: "bearer" },
        {
          servers: [{ url: "https://{Region}.acme.com", variables: { Region: { default: "eu", enum: ["eu", "us"] } } }],
        },
      ),
      { api_base_url: "https://{region}.acme.com" },
    ],
    [
      "YAML",
      'openapi: 3.0.3\ninfo: {title: Acme, version: "1"}\nservers: [{url: "https://api.acme.com"}]\ncomponents:\n  securitySchemes:\n    k: {type: apiKey, in: header, name: X-Key}\n',
      { api: { stamp: { headers: { "X-Key": "{api_key}" } } } },
    ],
  ])("%s", async (name, document, expected) => {
    expect(await entryOf("--openapi", await file(`${name}.yaml`, document), ...FLAGS)).toMatchObject(expected);
  });
});

it("writes it to a file that is not there yet, with the schema for an editor", async () => {
  const to = join(folder, "acme.json");
  const from = await file("api.json", withScheme({ type: "http", scheme: "bearer" }));
  expect(
    (await run("--openapi", from, "--entry", to, "--deployment", "https://latchkey.acme.com", ...FLAGS)).code,
  ).toBe(0);
  const written: unknown = JSON.parse(await readFile(to, "utf8"));
  expect(written).toMatchObject({ $schema: "https://latchkey.acme.com/service.schema.json" });
  // As the Worker reads it.
  const [entry] = new Config({ CUSTOM_PROVIDERS: JSON.stringify([written]) }).customProviders();
  expect(entry).toMatchObject({ id: "acme", entry: { api_base_url: "https://api.acme.com/v1" } });
  const again = await run("--openapi", from, "--entry", to, ...FLAGS, "--name", "Another");
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("is there already") });
  expect(JSON.parse(await readFile(to, "utf8"))).toEqual(written);
});

it("takes it all by flags, for an app", async () => {
  const key = ["--stamp", "X-Api-Key: {api_key}", "--stamp", "?tenant={tenant}"];
  for (const how of [key, ["--basic"]]) {
    const flags = ["--slug", "acme", "--name", "Acme", "--api", "https://api.acme.com", "--verify", "/me", ...how];
    const { code, stdout, stderr } = await run(...flags);
    expect(code, stderr).toBe(0);
    expect(IntegrationSettings.safeParse(JSON.parse(stdout)).error).toBeUndefined();
  }
});

it("takes a description over https, of a server that is known by its certificate", async () => {
  const answers = createServer((_, response) =>
    response.end(JSON.stringify(withScheme(BASIC, { servers: [{ url: "/v1" }] }))),
  );
  await new Promise<void>((resolve) => answers.listen(0, "127.0.0.1", resolve));
  const front = await startHttpsFront(`http://127.0.0.1:${portOf(answers)}`);
  try {
    const address = ["--openapi", `${front.origin}/openapi.json`];
    expect((await run(...address, ...FLAGS)).stderr).toMatch(/cannot be reached/);
    const known = await runWith({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, ...address, ...FLAGS);
    expect(JSON.parse(known.stdout)).toMatchObject({ api_base_url: `${front.origin}/v1` });
  } finally {
    await front.stop();
    await new Promise((resolve) => answers.close(resolve));
  }
});

// A terminal of util-linux; elsewhere its arguments are others.
describe.runIf(process.platform === "linux")("asks at a terminal", () => {
  let project: ProjectCopy;
  beforeAll(async () => {
    project = await copyProject();
  });
  afterAll(() => project?.remove());
  const asked = (flags: string, answers: readonly (readonly [string, string])[]) =>
    project.run("script", ["-qec", `${process.execPath} scripts/new-provider.ts${flags}`, "/dev/null"], {
      answers,
      env: { TERM: "xterm", INIT_CWD: folder },
    });

  it("where nothing is said", async () => {
    const { code, said } = await asked("", [
      ["Its id", "desk"],
      ["OpenAPI 3 description", ""],
      ["metadata", ""],
      ["What people call it", "Desk"],
      ["How do people connect", "key"],
      ["Where does it stand", "X-Key: {api_key}"],
      ["address that its API", "https://api.desk.com"],
      ["whose account", "/me"],
      ["The file", ""],
    ]);
    expect(code, said).toBe(0);
    expect(JSON.parse(await readFile(join(folder, "desk.json"), "utf8"))).toMatchObject({
      id: "desk",
      name: "Desk",
      api: { stamp: { headers: { "X-Key": "{api_key}" } } },
      verify: { path: "/me" },
    });
  });

  it("for what a description leaves open, and for nothing else", async () => {
    const from = await file("consent.json", { ...withScheme(CODE), servers: [] });
    const { code, said } = await asked(` --openapi ${from} --entry consent-entry.json`, [
      ["Its id", "acme"],
      ["address that its API", "https://api.acme.com"],
    ]);
    expect(code, said).toBe(0);
    expect(said).not.toMatch(/What people call it|How do people connect|whose account|The file/);
    expect(JSON.parse(await readFile(join(folder, "consent-entry.json"), "utf8"))).toMatchObject({
      api_base_url: "https://api.acme.com",
      token_endpoint: "https://acme.com/token",
    });
  });
});

describe("says in a sentence what is missing or wrong, and writes nothing", () => {
  it.each<[string, unknown, string[], RegExp]>([
    ["no id", withScheme({ type: "http", scheme: "bearer" }), ["--verify", "/me"], /^id: /],
    [
      "an id that is none",
      withScheme({ type: "http", scheme: "bearer" }),
      ["--id", "A b", "--verify", "/me"],
      /^id: 1 to 40 of/,
    ],
    ["nothing that verifies", withScheme({ type: "http", scheme: "bearer" }), ["--id", "acme"], /^verify: is required/],
    ["no way in", API, FLAGS, /securitySchemes/],
    ["another document", { hello: 1 }, FLAGS, /no OpenAPI 3 description/],
  ])("%s", async (name, document, args, says) => {
    const { code, stdout, stderr } = await run("--openapi", await file(`${name}.json`, document), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(says);
  });

  it("an address that is not https", async () => {
    const { code, stderr } = await run("--metadata", "http://acme.com/metadata", ...FLAGS);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no https address/);
  });
});
