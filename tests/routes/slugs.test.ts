/** An app's integrations by their slugs: wherever an id may stand, of this app's alone, and nobody else's. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { UserSession } from "../../src/api-apps.ts";
import { Connections } from "../../src/api-connections.ts";
import { appOfBefore } from "../support/before.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { errorOf, keyFor, request } from "../support/visitor.ts";

beforeEach(async () => {
  await Promise.all(["github", "google"].map((service) => control(service).reset()));
});

const FOR_ANN = { "X-Latchkey-User": "ann" };
const Login = z.looseObject({ login: z.string() });

/** Every request that names an integration, by the name that is put in. */
const NAMED: readonly (readonly [what: string, path: (name: string) => string])[] = [
  ["a proxied call", (name) => `/proxy/${name}/user`],
  ["a profile", (name) => `/data/${name}`],
  ["items", (name) => `/integrations/${name}/load`],
  ["what is held", (name) => `/integrations/${name}/credentials`],
  ["activity", (name) => `/integrations/${name}/activity`],
  ["a picture", (name) => `/integrations/${name}/avatar`],
  ["a list", (name) => `/connections?integration=${name}`],
];

/** An answer, but for what is sealed anew each time. */
const seen = async (answer: Response): Promise<string> =>
  new TextDecoder("latin1").decode(await answer.arrayBuffer()).replace(/"next_cursor":"[^"]*"/, "");

describe("a slug", () => {
  it.each(NAMED)("stands for the id in %s, with a label or without", async (_, path) => {
    const app = await makeApp();
    const { label } = await connectUser(app, "ann");
    const id = app.integrations["github"] ?? "";
    const names = path("").includes("?")
      ? [["github", id]]
      : [
          ["github", id],
          [`github@${label}`, `${id}@${label}`],
        ];
    for (const [bySlug = "", byId = ""] of names) {
      const answers = await Promise.all(
        [bySlug, byId].map((name) => call(app.key, "GET", path(name), undefined, FOR_ANN)),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [one = "", other = ""] = await Promise.all(answers.map(seen));
      expect(one.replaceAll(/\/(proxy|avatar)\/github(@|%40|\/|")/g, `/$1/${id}$2`)).toBe(other);
    }
  });

  it("stands for the id in a connect session, an import, a filter and the list of integrations", async () => {
    const app = await makeApp();
    const by = { ...app, integrations: { github: "github" } };
    const { id, integration } = await connectUser(by, "ann");
    expect(integration).toBe(app.integrations["github"]);
    const imported = { user: "ben", integration: "github", access_token: "a-token" };
    expect((await call(app.key, "POST", "/connections/import", imported)).status).toBe(201);
    const listed = await call(app.key, "GET", "/connections?integration=github&user=ann");
    expect(Connections.parse(await listed.json()).connections.map((connection) => connection.id)).toEqual([id]);
    expect((await call(app.key, "DELETE", `/apps/${app.id}/integrations/github`)).status).toBe(204);
    expect(await errorOf(await call(app.key, "GET", "/data/github", undefined, FOR_ANN))).toMatchObject({
      status: 404,
      error: "unknown_integration",
    });
  });

  it("keeps the address that the call came to in what is rewritten", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    const page = await call(app.key, "GET", "/proxy/github/user/repos?per_page=1", undefined, FOR_ANN);
    expect(page.headers.get("Link")).toMatch(/^<http:\/\/[^>]*\/proxy\/github\/user\/repos\?/);
  });

  it("is the app's whose key comes with the call, in a header or where a service's SDK puts it", async () => {
    const [one, other] = [await makeApp(), await makeApp()];
    await connectUser(one, "ann", "github", 0);
    await connectUser(other, "ann", "github", 1);
    const login = async ({ key }: TestApp): Promise<string> =>
      Login.parse(await (await call(key, "GET", "/proxy/github/user", undefined, FOR_ANN)).json()).login;
    const logins = await Promise.all([login(one), login(other)]);
    expect(new Set(logins).size).toBe(2);
    const asSdk = { ...FOR_ANN, Authorization: `token ${one.key}` };
    expect(Login.parse(await (await request("/proxy/github/user", { headers: asSdk })).json()).login).toBe(logins[0]);
    const made = await call(one.key, "POST", "/sessions", { user: "ann", scopes: ["proxy"] });
    const { key } = UserSession.parse(await made.json());
    const bySession = await request("/proxy/github/user", { headers: { "X-Latchkey-Key": key } });
    expect(Login.parse(await bySession.json()).login).toBe(logins[0]);
  });

  it("of the page is the page's, for whoever has a cookie, a key of the page or nothing", async () => {
    await makeApp();
    const { visitor, key } = await keyFor("github");
    expect((await visitor.fetch("/proxy/github/user", { headers: { "X-CSRF": "1" } })).status).toBe(200);
    expect((await request("/proxy/github/user")).status).toBe(401);
    expect((await request("/proxy/github/user", { headers: { Authorization: `Bearer ${key}` } })).status).toBe(200);
  });

  it("with a key that has ended is refused for the key, as a service refuses its own", async () => {
    const app = await makeApp();
    await connectUser(app, "ann");
    const made = await call(app.key, "POST", "/sessions", { user: "ann", scopes: ["proxy"] });
    const { key } = UserSession.parse(await made.json());
    expect((await call(key, "GET", "/proxy/github/user")).status).toBe(200);
    await call(app.key, "PUT", `/apps/${app.id}/integrations`, {
      slug: "desk",
      name: "Desk",
      fields: { api_key: { title: "API key", secret: true } },
      api_base_url: "https://api.desk.com",
      api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
      verify: { path: "/me" },
    });
    expect((await call(app.key, "DELETE", "/users/ann/sessions")).status).toBe(204);
    for (const headers of [{ Authorization: `Bearer ${key}` }, { "X-Api-Key": key }]) {
      const refused = await request("/proxy/desk/me", { headers });
      expect(refused.headers.get("X-Latchkey-Error")).toBe("invalid_session");
      expect(await errorOf(refused)).toMatchObject({ status: 401, error: "invalid_session" });
    }
    expect(await errorOf(await request("/proxy/desk/me"))).toMatchObject({ status: 404, error: "unknown_integration" });
  });

  it("of another app, or of nobody, is no integration", async () => {
    const app = await makeApp({ services: ["google"] });
    await makeApp({ services: ["github"] });
    for (const name of ["github", "none", "x".repeat(41), "-", "constructor"]) {
      const answer = await call(app.key, "GET", `/data/${name}`, undefined, FOR_ANN);
      expect(await errorOf(answer), name).toMatchObject({ status: 404, error: "unknown_integration" });
      const proxied = await call(app.key, "GET", `/proxy/${name}/user`, undefined, FOR_ANN);
      expect(await errorOf(proxied), name).toMatchObject({ status: 404, error: "unknown_integration" });
    }
  });

  it("may not look like an id, and one that a version before has made is found", async () => {
    const app = await makeApp({ services: [] });
    for (const slug of [`crm-${"a".repeat(20)}`, `a-${"b".repeat(20)}`]) {
      const settings = { provider: "github", slug, client_id: "id", client_secret: "secret" };
      const refused = await errorOf(await call(app.key, "PUT", `/apps/${app.id}/integrations`, settings));
      expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(/^slug: looks like the id/) });
    }
    const before = await appOfBefore();
    await connectUser(before, "ann");
    expect((await call(before.key, "GET", "/proxy/github/user", undefined, FOR_ANN)).status).toBe(200);
  });
});
