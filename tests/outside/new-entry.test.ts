/** `npm run new-provider` with a service's own description: an entry that the product takes, or a sentence about what is missing. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { flawOf } from "../../src/contract/checks.ts";
import { Service } from "../../src/contract/service.ts";
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
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) =>
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
      withScheme({
        type: "oauth2",
        flows: {
          authorizationCode: {
            authorizationUrl: "https://acme.com/authorize",
            tokenUrl: "https://acme.com/token",
            scopes: { read: "Read" },
          },
        },
      }),
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

it("writes it to a file, with the schema for an editor", async () => {
  const to = join(folder, "acme.json");
  const from = await file("api.json", withScheme({ type: "http", scheme: "bearer" }));
  expect((await run("--openapi", from, "--entry", to, ...FLAGS)).code).toBe(0);
  expect(JSON.parse(await readFile(to, "utf8"))).toMatchObject({
    $schema: expect.stringContaining("/service.schema.json"),
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
