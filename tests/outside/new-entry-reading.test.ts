/** What is read out of a service's description: as it is said there, and a sentence where it cannot be used. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toEntry } from "../../scripts/new-entry/entry.ts";
import { foundIn, type Values } from "../../scripts/new-entry/flags.ts";
import type { JsonObject } from "../../scripts/openapi/schemas.ts";
import { startOidcProvider, type OidcServer } from "../servers/oidc-provider.ts";
import { portOf } from "../servers/port.ts";

let oidc: OidcServer;
let folder: string;
let server: Server;
let origin: string;
beforeAll(async () => {
  [oidc, folder] = await Promise.all([startOidcProvider(), mkdtemp(join(tmpdir(), "latchkey-reading-"))]);
  const own = await readFile(new URL("../../dist/frontend/openapi.json", import.meta.url));
  const discovery = await (await fetch(`${oidc.issuer}/.well-known/openid-configuration`)).text();
  server = createServer((request, response) => {
    const leads: Record<string, string> = {
      "/moved/openapi.json": "/docs/openapi.json",
      "/away": "http://acme.com/openapi.json",
      "/other-scheme": "https://localhost/openapi.json",
      "/round": "/round",
    };
    const to = leads[request.url ?? ""];
    if (to !== undefined) return response.writeHead(302, { location: to }).end();
    if (request.url === "/docs/openapi.json") return response.end(own);
    if (request.url === "/.well-known/openid-configuration") return response.end(discovery);
    if (request.url === "/large")
      return response.end(JSON.stringify({ openapi: "3.1.0", text: "x".repeat(1_000_000) }));
    if (request.url === "/silent") return response;
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${portOf(server)}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await Promise.all([oidc.stop(), rm(folder, { recursive: true }), new Promise((resolve) => server.close(resolve))]);
});

async function entryOf(values: Values): Promise<JsonObject> {
  const { $schema: _, ...entry } = toEntry({ id: "acme", ...values }, (await foundIn(values)).service);
  return entry;
}

const notesOf = async (values: Values): Promise<string> => (await foundIn(values)).notes.join("\n");

let files = 0;
async function file(text: string | object): Promise<string> {
  const path = join(folder, `${files++}.json`);
  await writeFile(path, typeof text === "string" ? text : JSON.stringify(text));
  return path;
}

const API = { openapi: "3.1.0", info: { title: "Acme", version: "1" }, servers: [{ url: "https://api.acme.com" }] };
const KEY = { type: "apiKey", in: "header", name: "X-Api-Key" };
const CODE = {
  authorizationUrl: "https://acme.com/authorize",
  tokenUrl: "https://acme.com/token",
  scopes: { a: "", b: "" },
};
const ME = { "/me": { get: {} } };
const api = (securitySchemes: object, more: object = {}) => ({
  ...API,
  paths: ME,
  components: { securitySchemes },
  ...more,
});
const at = (url: string, variables: object) => api({ key: KEY }, { servers: [{ url, variables }] });

it("reads Spotify's as Spotify writes it", async () => {
  // https://developer.spotify.com/reference/web-api/open-api-schema.yaml: of its 98 requests three, of its 20 scopes three.
  const openapi = await file(`openapi: 3.0.3
info: { title: Spotify Web API, version: "1.0.0" }
servers:
  - url: https://api.spotify.com/v1
paths:
  /albums/{id}: { get: { security: [{ oauth_2_0: [] }] } }
  /albums: { get: { parameters: [{ name: ids, in: query, required: true }], security: [{ oauth_2_0: [] }] } }
  /me: { get: { security: [{ oauth_2_0: [user-read-private, user-read-email] }] } }
components:
  securitySchemes:
    oauth_2_0:
      type: oauth2
      description: Spotify supports OAuth 2.0 for authenticating all API requests.
      flows:
        authorizationCode:
          authorizationUrl: https://accounts.spotify.com/authorize
          tokenUrl: https://accounts.spotify.com/api/token
          scopes: { app-remote-control: "", user-read-email: "", user-read-private: "" }
`);
  expect(await entryOf({ openapi })).toEqual({
    id: "acme",
    name: "Spotify Web API",
    authorization_endpoint: "https://accounts.spotify.com/authorize",
    token_endpoint: "https://accounts.spotify.com/api/token",
    verify: { path: "/me" },
    api_base_url: "https://api.spotify.com/v1",
    scopes: ["app-remote-control", "user-read-email", "user-read-private"],
  });
  expect(await entryOf({ openapi, scope: ["user-read-email"], slug: "music", verify: "/me/x" })).toMatchObject({
    slug: "music",
    scopes: ["user-read-email"],
    verify: { path: "/me/x" },
  });
  expect(await notesOf({ openapi })).toContain("all 3 scopes");
});

it("reads Latchkey's own, whose address is where it was answered, and which has two ways in", async () => {
  for (const path of ["/docs/openapi.json", "/moved/openapi.json"]) {
    expect(await entryOf({ openapi: origin + path, verify: "/session" })).toMatchObject({
      name: "Latchkey",
      api_base_url: origin,
      api: { stamp: { headers: { Authorization: "Bearer {api_key}" } } },
      fields: { api_key: { title: "API key", secret: true } },
    });
  }
  expect(await notesOf({ openapi: `${origin}/docs/openapi.json` })).toContain("--scheme takes another: admin");
});

it("reads a certified server's metadata, and asks for no more than who it is", async () => {
  const metadata = `${oidc.issuer}/.well-known/openid-configuration`;
  const entry = await entryOf({ metadata, name: "Acme", api: "https://api.acme.com" });
  expect(entry).toMatchObject({ issuer: oidc.issuer, userinfo_endpoint: `${oidc.issuer}/me` });
  expect(["openid", "profile", "email", "offline_access"]).toEqual(expect.arrayContaining([entry["scopes"]].flat()));
});

it("takes the endpoints from the metadata where an API has a description of its own", async () => {
  const metadata = `${oidc.issuer}/.well-known/openid-configuration`;
  const openapi = await file(api({ one: { type: "openIdConnect", openIdConnectUrl: metadata } }));
  expect(await notesOf({ openapi })).toContain(`one has its endpoints at ${metadata}: --metadata reads them.`);
  const entry = await entryOf({ openapi, metadata });
  expect(entry).toMatchObject({ token_endpoint: `${oidc.issuer}/token`, api_base_url: "https://api.acme.com" });
  // What OpenID Connect has for it is no guess.
  expect(entry).not.toHaveProperty("verify");
});

describe("metadata", () => {
  const METADATA = { authorization_endpoint: "https://acme.com/a", token_endpoint: "https://acme.com/t" };
  const said = async (more: object) =>
    entryOf({ metadata: await file({ ...METADATA, ...more }), name: "Acme", api: "https://api.acme.com" });

  it.each<[string, object, object]>([
    ["has Basic where it says nothing", {}, { token_endpoint_auth_method: "client_secret_basic", scopes: [] }],
    [
      "may have a key for a secret alone",
      { token_endpoint_auth_methods_supported: ["tls_client_auth", "private_key_jwt"] },
      { token_endpoint_auth_method: "private_key_jwt" },
    ],
    ["may have no S256", { code_challenge_methods_supported: ["plain"] }, { pkce: false }],
    [
      "may demand pushed requests",
      {
        pushed_authorization_request_endpoint: "https://acme.com/par",
        require_pushed_authorization_requests: true,
      },
      { pushed_authorization_request_endpoint: "https://acme.com/par" },
    ],
    ["may have a page about it", { service_documentation: "https://acme.com/docs" }, { docs: "https://acme.com/docs" }],
  ])("%s", async (_, more, expected) => {
    expect(await said(more)).toMatchObject(expected);
  });

  it("has an issuer of many tenants, which is left out", async () => {
    expect(await said({ issuer: "https://login.acme.com/{tenantid}/v2.0" })).not.toHaveProperty("issuer");
  });
});

describe("an address with names in it", () => {
  it("has a field for each: of a host with a pattern and without a default, since that would be somebody's", async () => {
    const url = "https://{subdomain}.{Region}.acme.com/{basePath}";
    const openapi = await file(
      at(url, {
        subdomain: { default: "your-domain", description: "The **first** part\nof your address. More of it." },
        Region: { default: "eu", enum: ["eu", "us"] },
        basePath: { default: "v2" },
      }),
    );
    expect(await entryOf({ openapi })).toMatchObject({
      api_base_url: "https://{subdomain}.{region}.acme.com/{base_path}",
      fields: {
        subdomain: {
          title: "Subdomain",
          description: "The first part of your address.",
          example: "your-domain",
          pattern: "[a-z0-9-]{1,63}",
        },
        region: { title: "Region", choices: ["eu", "us"], default: "eu" },
        base_path: { title: "Base path", default: "v2" },
        api_key: { title: "API key", secret: true },
      },
    });
  });

  it.each<[string, string, object, string]>([
    ["a whole host", "https://{host}/api", { host: { default: "acme.com" } }, "https://{host}/api"],
    ["a port", "https://{host}:{port}", { host: { default: "a.b" }, port: { default: "8443" } }, "https://{host}:8443"],
    [
      "a scheme",
      "{scheme}://a.acme.com",
      { scheme: { default: "http", enum: ["http", "https"] } },
      "https://a.acme.com",
    ],
    ["one value", "https://{env}.acme.com", { env: { default: "api", enum: ["api"] } }, "https://api.acme.com"],
  ])("may have %s", async (_, url, variables, expected) => {
    expect(await entryOf({ openapi: await file(at(url, variables)) })).toHaveProperty("api_base_url", expected);
  });
});

describe("security schemes", () => {
  const entry = async (schemes: object, more: object = {}, values: Values = {}) =>
    entryOf({ openapi: await file(api(schemes, more)), ...values });
  const OAUTH = { type: "oauth2", flows: { authorizationCode: { ...CODE, refreshUrl: "/renew" } } };

  it("a consent goes before a key, unless somebody has chosen", async () => {
    const both = { key: KEY, oauth: OAUTH };
    expect(await entry(both)).toMatchObject({
      token_endpoint: CODE.tokenUrl,
      refresh: { endpoint: "https://api.acme.com/renew" },
      scopes: ["a", "b"],
    });
    expect(await entry(both, {}, { scheme: ["key"] })).not.toHaveProperty("token_endpoint");
    expect(await entry(both, {}, { stamp: ["Authorization: Token {token}"] })).toMatchObject({
      api: { stamp: { headers: { Authorization: "Token {token}" } } },
      fields: { token: { title: "Token", secret: true } },
    });
  });

  it("asks for the scopes that all of it demands", async () => {
    expect(await entry({ oauth: OAUTH }, { security: [{ oauth: ["b"] }] })).toHaveProperty("scopes", ["b"]);
  });

  it("may demand two at once, each by its name", async () => {
    const two = { key: KEY, app: { type: "apiKey", in: "query", name: "appId" } };
    expect(await entry(two, { security: [{}, { key: [], app: [] }] })).toMatchObject({
      fields: { api_key: { title: "API key" }, app_id: { title: "App ID" } },
      api: { stamp: { headers: { "X-Api-Key": "{api_key}" }, query: { appId: "{app_id}" } } },
    });
  });

  it("a key beside a consent stands beside the token", async () => {
    expect(await entry({ key: KEY, oauth: OAUTH }, { security: [{ oauth: [], key: [] }] })).toMatchObject({
      token_endpoint: CODE.tokenUrl,
      api: { stamp: { headers: { Authorization: "Bearer {access_token}", "X-Api-Key": "{api_key}" } } },
    });
  });

  it("the client's id in a header is the integration's, which nobody types", async () => {
    const schemes = { id: { type: "apiKey", in: "header", name: "Client-Id" }, oauth: OAUTH };
    const consent = await entry(schemes, { security: [{ oauth: ["a"], id: [] }] });
    expect(consent).toMatchObject({ api: { stamp: { headers: { "Client-Id": "{client_id}" } } } });
    expect(consent).not.toHaveProperty("fields");
  });

  it("what is typed of the address keeps its pattern where a key stands beside it", async () => {
    const servers = [{ url: "https://{tenant}.acme.com", variables: { tenant: { default: "yours" } } }];
    expect(await entry({}, { servers }, { stamp: ["X-Key: {tenant}:{key}"] })).toMatchObject({
      fields: { tenant: { pattern: "[a-z0-9-]{1,63}" }, key: { secret: true } },
    });
  });

  it("client credentials are an exchange", async () => {
    const { tokenUrl, scopes } = CODE;
    expect(await entry({ cc: { type: "oauth2", flows: { clientCredentials: { tokenUrl, scopes } } } })).toMatchObject({
      exchange: { endpoint: tokenUrl, parameters: { grant_type: "client_credentials", scope: "a b" } },
      fields: { client_id: {}, client_secret: { secret: true } },
    });
  });

  it("an implicit flow lacks its token endpoint, and a flag says it", async () => {
    const implicit = { one: { type: "oauth2", flows: { implicit: { ...CODE, tokenUrl: undefined } } } };
    await expect(entry(implicit)).rejects.toThrow("token_endpoint: is required. --token-endpoint says it.");
    expect(await entry(implicit, {}, { "token-endpoint": CODE.tokenUrl })).toHaveProperty(
      "token_endpoint",
      CODE.tokenUrl,
    );
  });

  it("whose account it is, no request tells that anybody may make or that needs more", async () => {
    const paths = {
      "/user": { get: { security: [] } },
      "/account": { get: { parameters: [{ in: "query", name: "of", required: true }] } },
      "/users/{id}": { get: {} },
      "/teams": { get: {} },
    };
    const openapi = await file(api({ key: KEY }, { paths }));
    await expect(entryOf({ openapi })).rejects.toThrow(/^verify: is required/);
    expect(await notesOf({ openapi })).toContain("perhaps one of /teams.");
  });
});

describe("says in a sentence why it cannot be used", () => {
  it.each<[string, string | object, string]>([
    ["Swagger 2", { swagger: "2.0", info: { title: "Acme" } }, "Swagger 2.0: This is no OpenAPI 3 description"],
    ["neither JSON nor YAML", "{ openapi", "is neither JSON nor YAML."],
    ["a list", "[]", "there is no object in it."],
    ["a host on a network of one's own", at("https://api.internal", {}), "api_base_url: only public host names"],
    ["http", at("http://api.acme.com", {}), "api_base_url: only https endpoints"],
    ["a key in the address", at("https://api.acme.com/bot{token}", {}), "a secret may stand in no address"],
    ["nothing of where it is", api({ key: KEY }, { servers: [] }), "api_base_url: is required. --api says it."],
  ])("%s", async (_, document, sentence) => {
    await expect(entryOf({ openapi: await file(document) })).rejects.toThrow(sentence);
  });

  it("a cookie, a scheme of its own, and one that is not there", async () => {
    const schemes = { session: { ...KEY, in: "cookie" }, signed: { type: "http", scheme: "Hawk" } };
    const openapi = await file(api(schemes));
    const notes = await notesOf({ openapi });
    expect(notes).toContain("session is of a cookie");
    expect(notes).toContain("signed is HTTP hawk");
    await expect(entryOf({ openapi })).rejects.toThrow("authorization_endpoint: is required.");
    await expect(entryOf({ openapi, scheme: ["oauth"] })).rejects.toThrow("the description has session, signed.");
  });

  it.each<[string, Values, string]>([
    ["an id of a built-in service", { id: "github" }, "id: github is there already. --id says it."],
    ["a stamp without a place", { stamp: ["{api_key}"] }, '--stamp {api_key}: write it as "X-Api-Key: {api_key}"'],
    ["a header that is Latchkey's", { stamp: ["Host: {api_key}"] }, "is a header that Latchkey sets itself"],
  ])("%s", async (_, values, sentence) => {
    await expect(entryOf({ openapi: await file(api({ key: KEY })), ...values })).rejects.toThrow(sentence);
  });

  it("metadata of another server's, and one that takes no credential that Latchkey has", async () => {
    const name = "Acme";
    const copied = `${origin}/.well-known/openid-configuration`;
    await expect(entryOf({ metadata: copied, name })).rejects.toThrow(`is of ${oidc.issuer}, which is another server.`);
    const methods = { token_endpoint_auth_methods_supported: ["tls_client_auth"] };
    const metadata = await file({
      authorization_endpoint: "https://a.b/a",
      token_endpoint: "https://a.b/t",
      ...methods,
    });
    await expect(entryOf({ metadata, name })).rejects.toThrow("the server takes tls_client_auth");
    await expect(entryOf({ metadata: await file({ issuer: "https://a.b" }), name })).rejects.toThrow(
      "The metadata has no authorization_endpoint",
    );
  });

  it.each([
    ["/nowhere", "answers 404."],
    ["/away", "leads to no https address."],
    ["/other-scheme", "leads from http: to https:."],
    ["/round", "leads on more than 5 times."],
    ["/large", "is longer than 1 MB."],
    ["/silent", "has not answered within 10 seconds."],
  ])("what is answered at %s", async (path, sentence) => {
    await expect(foundIn({ openapi: origin + path })).rejects.toThrow(sentence);
  });

  it.each([
    ["http elsewhere", "http://acme.com/openapi.json", "is no https address."],
    ["another scheme", "file:///etc/passwd", "is no https address."],
    ["nobody there", "http://127.0.0.1:9/openapi.json", "cannot be reached."],
    ["no file", "/nowhere/openapi.json", "cannot be read."],
  ])("%s", async (_, openapi, sentence) => {
    await expect(foundIn({ openapi })).rejects.toThrow(sentence);
  });
});
