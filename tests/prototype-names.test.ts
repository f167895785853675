/** Names that every object has of its own accord (`constructor`, `__proto__`, …) name nothing here, wherever a name is looked up. */
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { toTarget } from "../src/proxy/target.ts";
import { builtInProviders } from "../src/providers/index.ts";
import { at } from "../src/contract/reading.ts";
import { control } from "./support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "./support/integrator.ts";
import { Visitor, keyFor, request } from "./support/visitor.ts";

const NAMES = ["constructor", "__proto__", "toString", "valueOf", "hasOwnProperty", "prototype"];
const Problem = z.object({ error: z.string() });
const inBody = (name: string, value: string): string => `{${JSON.stringify(name)}:${JSON.stringify(value)}}`;

let app: TestApp;
let connection: string;
beforeAll(async () => {
  await control("github").reset();
  app = await makeApp();
  connection = (await connectUser(app, "ann")).id;
});

describe.each(NAMES)("%s", (name) => {
  it("is no integration", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    for (const path of [
      `/auth/${name}`,
      `/data/${name}`,
      `/integrations/${name}/load`,
      `/integrations/${name}/activity`,
    ]) {
      expect((await visitor.fetch(path)).status, path).toBeGreaterThanOrEqual(400);
      expect((await visitor.fetch(path)).status, path).toBeLessThan(500);
    }
    const { key } = await keyFor("github");
    const headers = { Authorization: `Bearer ${key}` };
    expect((await request(`/proxy/${name}/user`, { headers })).status).toBe(404);
    expect((await request(`/callback/${name}?code=x&state=y`)).status).toBeLessThan(500);
  });

  it("is no host of a provider's", () => {
    const asked = name.toLowerCase();
    for (const provider of builtInProviders) {
      const target = () => new URL(toTarget(provider, `/~${asked}/x`, "")).origin;
      // What cannot be a host's name is a path like any other.
      if (/^[a-z]+$/.test(asked)) expect(target).toThrow(expect.objectContaining({ code: "host_denied" }));
      else expect(target()).toBe(new URL(provider.api.base_url).origin);
    }
  });

  it("is no member of what a provider answers", () => {
    expect(at({}, name)).toBeUndefined();
    expect(at({ [`x`]: {} }, `x.${name}`)).toBeUndefined();
  });

  it("is no provider, scope or tag of an app's", async () => {
    const integration = { provider: name, client_id: "id", client_secret: "secret" };
    const answers = [
      await call(app.key, "PUT", `/apps/${app.id}/integrations`, integration),
      await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "x", scopes: [name] }),
      await call(app.key, "POST", "/connect-sessions", { user: "ann", integration: name, return_to: app.return_url }),
      await call(app.key, "GET", `/connections/${name}`),
      await call(app.key, "GET", `/apps/${name}`),
      await call(app.key, "POST", `/apps/${app.id}/events/${name}/replay`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(Problem.parse(await answer.json()).error).not.toBe("internal_error");
    }
    const listed = await call(app.key, "GET", `/connections?tag=${name}:x`);
    expect(await listed.json()).toMatchObject({ connections: [] });
  });

  it("as a name that an app notes is a name like any other; `__proto__`, which no record can have, is left out", async () => {
    const headers = { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" };
    const body = `{"metadata":${inBody(name, "kept")}}`;
    expect((await request(`/connections/${connection}`, { method: "PATCH", headers, body })).status).toBe(200);
    const shown = await (await call(app.key, "GET", `/connections/${connection}`)).text();
    expect(shown).toContain(`"metadata":${name === "__proto__" ? "{}" : inBody(name, "kept")}`);
  });

  it("as a header or parameter goes through the proxy like any other", async () => {
    const { key } = await keyFor("github");
    await control("github").clearLog();
    const headers = { Authorization: `Bearer ${key}`, [name]: "kept" };
    expect((await request(`/proxy/github/user?${name}=kept`, { headers: Object.entries(headers) })).status).toBe(200);
    const [logged] = await control("github").log();
    expect(JSON.stringify(logged)).toContain(`${name}=kept`);
    // The emulator's own log is a record, which has no such name.
    if (name !== "__proto__") expect(logged).toMatchObject({ headers: { [name.toLowerCase()]: "kept" } });
  });
});
