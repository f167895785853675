/**
 * What an isolate remembers of a caller: it asks for nothing more for half a minute, and hears of whatever has changed elsewhere
 * within the times that docs/connections.md and SECURITY.md have. Two isolates here: each with what it has read, in a location of KV
 * of its own that is as far behind as KV may be.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FreshToken } from "../../src/api-connections.ts";
import { ShownApiKey, UserSession } from "../../src/api-apps.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { kvLocation } from "../support/location.ts";
import { meter } from "../support/meter.ts";
import { forgetOthers } from "../support/vault.ts";
import { request, type Overrides } from "../support/visitor.ts";

const SECOND = 1000;
/** In KV a read is a minute old at most, and in the isolate half a minute. */
const LATER = 90 * SECOND;

let app: TestApp;
/** Another isolate, elsewhere. */
let there: Overrides;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await control("google").reset();
  await forgetOthers();
  app = await makeApp({ services: ["google"] });
  there = { KV: kvLocation() };
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const asThere = (path: string, key = app.key) =>
  request(path, { headers: { Authorization: `Bearer ${key}`, "X-Latchkey-User": "ann" } }, there);
const proxied = (key = app.key) => asThere("/proxy/google/oauth2/v3/userinfo", key);
const tokenThere = async (id: string): Promise<string> =>
  FreshToken.parse(await (await asThere(`/connections/${id}/token`)).json()).access_token;

describe("a call of a caller that an isolate knows", () => {
  it("asks for nothing for half a minute, by slug and by id, and then for what KV has", async () => {
    await connectUser(app, "ann", "google");
    const { bindings, take } = meter();
    const ask = async (name: string): Promise<number> => {
      const headers = { Authorization: `Bearer ${app.key}`, "X-Latchkey-User": "ann" };
      return (await request(`/proxy/${name}/oauth2/v3/userinfo`, { headers }, bindings)).status;
    };
    for (const name of ["google", app.integrations["google"] ?? ""]) {
      expect(await ask(name)).toBe(200);
      take();
      pass(29 * SECOND);
      expect(await ask(name)).toBe(200);
      expect(take(), name).toEqual({});
      pass(2 * SECOND);
      expect(await ask(name)).toBe(200);
      const asked = take();
      expect(asked.kv_reads, name).toBeGreaterThan(0);
      expect(asked.vault_calls ?? 0, name).toBe(0);
    }
  });
});

it("a token that its service has ended is handed out no more, whichever address of its connection it was renewed by", async () => {
  const { id } = await connectUser(app, "ann", "google");
  const ended = await tokenThere(id);
  expect((await proxied()).status).toBe(200);
  await control("google").expire();
  // The call goes by the integration, and the token is asked for by the connection's id.
  expect((await proxied()).status).toBe(200);
  expect(await tokenThere(id)).not.toBe(ended);
});

describe("elsewhere, an isolate that knows a caller hears within a minute and a half", () => {
  it("of a key that was revoked, and of a session that was ended", async () => {
    await connectUser(app, "ann", "google");
    const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "other", scopes: ["proxy"] });
    const other = ShownApiKey.parse(await made.json());
    const session = UserSession.parse(await (await call(app.key, "POST", "/sessions", { user: "ann" })).json());
    for (const key of [other.key, session.key]) expect((await proxied(key)).status).toBe(200);
    expect((await call(app.key, "DELETE", `/apps/${app.id}/keys/${other.id}`)).status).toBe(204);
    expect((await call(app.key, "DELETE", "/users/ann/sessions")).status).toBe(204);
    pass(LATER);
    for (const key of [other.key, session.key]) expect((await proxied(key)).status).toBe(401);
  });

  it("of an account that was disconnected", async () => {
    const { id } = await connectUser(app, "ann", "google");
    expect((await proxied()).status).toBe(200);
    expect((await call(app.key, "DELETE", `/connections/${id}?shared=end`)).status).toBe(200);
    pass(LATER);
    expect((await asThere(`/connections/${id}/token`)).status).toBe(404);
    expect((await asThere("/data/google")).status).toBe(409);
  });

  it("of a token that was renewed", async () => {
    const { id } = await connectUser(app, "ann", "google");
    const before = await tokenThere(id);
    expect((await call(app.key, "POST", `/connections/${id}/refresh`)).status).toBe(200);
    pass(LATER);
    expect(await tokenThere(id)).not.toBe(before);
    expect((await proxied()).status).toBe(200);
  });

  it("of a consent that was given anew", async () => {
    const { id } = await connectUser(app, "ann", "google");
    const before = await tokenThere(id);
    expect((await connectUser(app, "ann", "google")).id).toBe(id);
    const hereNow = FreshToken.parse(await (await call(app.key, "GET", `/connections/${id}/token`)).json());
    expect(hereNow.access_token).not.toBe(before);
    pass(LATER);
    expect(await tokenThere(id)).not.toBe(before);
  });
});

describe("here, an isolate that knows a caller hears at once", () => {
  it("of a key, an account and a token that are no more", async () => {
    const { id } = await connectUser(app, "ann", "google");
    const here = (path: string, key = app.key) => call(key, "GET", path, undefined, { "X-Latchkey-User": "ann" });
    const token = async () => FreshToken.parse(await (await here(`/connections/${id}/token`)).json()).access_token;
    const before = await token();
    await call(app.key, "POST", `/connections/${id}/refresh`);
    expect(await token()).not.toBe(before);
    const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "other", scopes: ["proxy"] });
    const other = ShownApiKey.parse(await made.json());
    expect((await here("/proxy/google/oauth2/v3/userinfo", other.key)).status).toBe(200);
    await call(app.key, "DELETE", `/apps/${app.id}/keys/${other.id}`);
    expect((await here("/proxy/google/oauth2/v3/userinfo", other.key)).status).toBe(401);
    await call(app.key, "DELETE", `/connections/${id}?shared=end`);
    expect((await here("/data/google")).status).toBe(409);
  });
});
