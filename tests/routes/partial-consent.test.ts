/** A person who allows a part of what is asked: what is missing is told, and what still works does. */
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { Credentials, ErrorBody, Integrations, Items } from "../../src/api.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { Connection } from "../../src/api-connections.ts";
import { control } from "../support/emulator.ts";
import { call, makeApp } from "../support/integrator.ts";
import { vaultOf } from "../support/vault.ts";
import { Visitor, decide, errorOf, locationOf } from "../support/visitor.ts";

const DRIVE = "https://www.googleapis.com/auth/drive.metadata.readonly";

beforeEach(() => Promise.all(["google", "slack", "github"].map((service) => control(service).reset())));

async function connected(service: string, ticked: readonly string[]): Promise<Visitor> {
  const visitor = new Visitor();
  await visitor.connect(service, { ticked });
  return visitor;
}

describe("what was not granted", () => {
  it("is missing, wherever the connection is told of", async () => {
    const visitor = await connected("google", []);
    const held = await visitor.json("/integrations/google/credentials", Credentials);
    expect(held).toMatchObject({ status: "connected", missing_scopes: [DRIVE] });
    const { integrations } = await visitor.json("/integrations", Integrations);
    expect(integrations.flatMap((each) => each.missing_scopes)).toEqual([DRIVE]);
  });

  it("stays missing when the token is renewed, and is not once it was allowed", async () => {
    const visitor = await connected("google", []);
    await visitor.change("POST", "/integrations/google/refresh");
    const renewed = await visitor.json("/integrations/google/credentials", Credentials);
    expect(renewed).toMatchObject({ missing_scopes: [DRIVE] });
    expect(renewed.refreshed_at).not.toBe(null);
    await visitor.connect("google");
    const whole = await visitor.json("/integrations/google/credentials", Credentials);
    expect(whole).toMatchObject({ missing_scopes: [] });
  });

  it("is told of a connection from before this was kept", async () => {
    const visitor = await connected("google", []);
    const asked = await runInDurableObject(vaultOf(visitor), (_, { storage: { sql } }) => {
      sql.exec("UPDATE connections SET facts = json_remove(facts, '$.asked')");
      return sql
        .exec("SELECT json_type(facts, '$.asked') AS asked, json_type(facts, '$.scopes') AS s FROM connections")
        .one();
    });
    expect(asked).toEqual({ asked: null, s: "array" });
    const held = await visitor.json("/integrations/google/credentials", Credentials);
    expect(held).toMatchObject({ missing_scopes: [DRIVE] });
  });
});

describe("a list", () => {
  it("that was not allowed is explained, and not blamed on the service", async () => {
    const visitor = await connected("google", []);
    const refused = await visitor.fetch("/integrations/google/load");
    expect(refused.status).toBe(403);
    expect(ErrorBody.parse(await refused.json())).toMatchObject({ error: "scope_missing", scopes: [DRIVE] });
  });

  it("that was not allowed is left out where another one was", async () => {
    await control("slack").settings({ optional_scopes: ["groups:read"] });
    const visitor = await connected("slack", []);
    const { items } = await visitor.json("/integrations/slack/load?limit=100", Items);
    expect(new Set(items.map(({ type }) => type))).toEqual(new Set(["channel"]));
    await visitor.connect("slack", { ticked: ["groups:read"] });
    const { items: all } = await visitor.json("/integrations/slack/load?limit=100", Items);
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(["channel", "private_channel"]));
  });

  it("that was allowed and is refused all the same is the service's affair", async () => {
    const visitor = await connected("google", [DRIVE]);
    await control("google").fault({ endpoint: "api", status: 403, body: '{"error":{"code":403,"message":"No."}}' });
    const refused = await errorOf(await visitor.fetch("/integrations/google/load"));
    expect(refused).toMatchObject({ status: 502, error: "request_refused" });
  });
});

it("what an app's link asks for is what the connection is held to, and what connecting it again asks", async () => {
  const app = await makeApp();
  const integration = app.integrations["github"];
  const session = { user: "user-1", integration, return_to: app.return_url, scopes: ["read:user", "user:email"] };
  const link = async (path: string, body: unknown): Promise<string> =>
    CreatedConnectSession.parse(await (await call(app.key, "POST", path, body)).json()).connect_url;

  const browser = new Visitor();
  const first = locationOf(await browser.openLink(await link("/connect-sessions", session)));
  const back = new URL(locationOf(await browser.navigate(await decide("github", first))));
  const finalize = { connection_code: back.searchParams.get("connection_code"), user: "user-1" };
  const finalized = await call(app.key, "POST", "/connections/finalize", finalize);
  const { id, scopes, missing_scopes } = Connection.parse(await finalized.json());
  expect({ scopes, missing_scopes }).toEqual({ scopes: session.scopes, missing_scopes: [] });

  const again = await link(`/connections/${id}/reconnect`, { return_to: app.return_url });
  const asked = new URL(locationOf(await browser.openLink(again))).searchParams.get("scope");
  expect(asked).toBe("read:user user:email");
});
