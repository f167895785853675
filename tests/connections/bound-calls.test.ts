/**
 * Calls with a token that is bound to a key (RFC 9449), at a service that refuses whatever is wrong about a proof: nonces that
 * change, several calls at once, bodies that come once, and what must not be taken for the end of a token.
 */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { Profile } from "../../src/api.ts";
import { call, makeApp } from "../support/integrator.ts";
import { CLIENT_KEY, REGISTERED_KEY } from "../support/oidc-clients.ts";
import { callThrough, connectPlayed, errorOf, play, played, visitorWith } from "../support/played.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, type Visitor } from "../support/visitor.ts";

const ENTRY = {
  id: "bound",
  name: "Bound",
  issuer: "https://login.bound.any.example.com",
  authorization_endpoint: "https://login.bound.any.example.com/authorize",
  pushed_authorization_request_endpoint: "https://login.bound.any.example.com/par",
  token_endpoint: "https://login.bound.any.example.com/token",
  token_endpoint_auth_method: "private_key_jwt" as const,
  dpop_bound_access_tokens: true,
  userinfo_endpoint: "https://api.bound.any.example.com/me",
  api_base_url: "https://api.bound.any.example.com",
  api: { stamp: { headers: { Authorization: "Bearer {access_token}", "X-App": "{client_id}" } } },
  revocation: {
    endpoint: "https://api.bound.any.example.com/session",
    method: "DELETE" as const,
    authentication: "token" as const,
    body: null,
    ends: "grant" as const,
  },
  scopes: ["read"],
  refresh: { rotates: true },
  client_id: "app",
};
const { id } = ENTRY;

beforeEach(async () => {
  round += 1;
  await forgetOthers();
  await play({ entry: ENTRY, keys: [REGISTERED_KEY] });
});
afterEach(() => vi.restoreAllMocks());

const CLIENT_KEYS = JSON.stringify([CLIENT_KEY]);
/** What one test has taught this isolate is nothing to another. */
let round = 0;
const wants = (nonce: string | null) =>
  played(id).settings({ dpop_nonce: nonce === null ? null : `${nonce}-${round}` });

async function connected(): Promise<Visitor> {
  const visitor = visitorWith([ENTRY], { CLIENT_KEYS });
  expect(await connectPlayed(visitor, ENTRY)).toBe(`${APP}/?connected=${id}`);
  await played(id).clearLog();
  return visitor;
}

const Sent = z.looseObject({ headers: z.looseObject({ dpop: z.string(), authorization: z.string().optional() }) });
const sent = async () => (await played(id).log()).map((line) => ({ ...line, ...Sent.parse(line) }));
const renewals = async () =>
  (await played(id).grants()).grants.reduce((sum, grant) => sum + Number(grant["refresh_count"]), 0);
const claimsOf = (proof: string) =>
  z.looseObject({ jti: z.string() }).parse(JSON.parse(atob(proof.split(".")[1] ?? "")));

it("each call has a proof of its own, and the other headers of the service's stamp", async () => {
  const visitor = await connected();
  for (const path of ["/things?a=1", "/things?a=1"]) expect((await callThrough(visitor, id, path)).status).toBe(200);
  const calls = await sent();
  expect(new Set(calls.map(({ headers }) => claimsOf(headers.dpop).jti)).size).toBe(2);
  expect(calls.map(({ headers }) => headers["x-app"])).toEqual(["app", "app"]);
});

it("several calls at once each find out what nonce is wanted, whoever is told first", async () => {
  const visitor = await connected();
  await wants("first");
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => callThrough(visitor, id, "/things")));
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(await renewals()).toBe(0);
});

it("a nonce that changes costs one more request, once", async () => {
  const visitor = await connected();
  await wants("first");
  const statuses = async () => {
    await played(id).clearLog();
    expect((await callThrough(visitor, id, "/things")).status).toBe(200);
    return (await played(id).log()).map(({ status }) => status);
  };
  expect([await statuses(), await statuses()]).toEqual([[401, 200], [200]]);
  await wants("second");
  expect([await statuses(), await statuses()]).toEqual([[401, 200], [200]]);
  // The same at the token endpoint, and for what is read for the page.
  await wants("third");
  expect((await visitor.change("POST", `/integrations/${id}/refresh`)).status).toBe(200);
  expect(await renewals()).toBe(1);
  await wants("fourth");
  expect((await visitor.json(`/data/${id}`, Profile)).account?.name).toBe("Ada Lindqvist");
});

it("a body that comes once is not sent again, and the token is not taken to be over", async () => {
  const visitor = await connected();
  await wants("first");
  const post = () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("a".repeat(2000)));
        controller.close();
      },
    });
    return callThrough(visitor, id, "/things", { method: "POST", body, headers: { "Content-Type": "text/plain" } });
  };
  const refused = await post();
  expect([refused.status, refused.headers.get("X-Latchkey-Token")]).toEqual([401, null]);
  expect(refused.headers.get("WWW-Authenticate")).toContain("use_dpop_nonce");
  expect(await renewals()).toBe(0);
  expect((await post()).status).toBe(200);
});

it("a service that is content with no proof at all does not end the connection", async () => {
  const visitor = await connected();
  // Longer than any: it is not remembered.
  await wants("n".repeat(513));
  expect((await callThrough(visitor, id, "/things")).status).toBe(401);
  expect(await played(id).log()).toHaveLength(1);
  expect(await errorOf(await visitor.fetch(`/data/${id}`))).toMatchObject({ error: "provider_unavailable" });
  expect(await renewals()).toBe(0);
  await wants(null);
  expect((await callThrough(visitor, id, "/things")).status).toBe(200);
});

it("a token that is over is renewed with the same key, and the call made again", async () => {
  const visitor = await connected();
  await played(id).expire();
  expect((await callThrough(visitor, id, "/things")).status).toBe(200);
  expect(await renewals()).toBe(1);
});

it("is taken back with a proof where its holder does that", async () => {
  const visitor = await connected();
  await wants("first");
  const gone = await visitor.change("DELETE", `/integrations/${id}/credentials`);
  expect(await gone.json()).toEqual({ disconnected: true, revoked_at_provider: true });
});

it("no private part of a key is stored in the open, logged or sent", async () => {
  const said: unknown[] = [];
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words));
  }
  const visitor = await connected();
  await callThrough(visitor, id, "/things");
  await visitor.change("POST", `/integrations/${id}/refresh`);
  const { keys } = await env.KV.list();
  const inKv = await Promise.all(keys.map(({ name }) => env.KV.get(name)));
  const ids = await listDurableObjectIds(env.VAULT);
  const inVaults = await Promise.all(
    ids.map((vault) =>
      runInDurableObject(env.VAULT.get(vault), (_, { storage }) => {
        const tables = storage.sql.exec(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'",
        );
        return tables
          .toArray()
          .map(({ name }) => storage.sql.exec(`SELECT * FROM "${z.string().parse(name)}"`).toArray());
      }),
    ),
  );
  const everything = JSON.stringify([keys, inKv, inVaults, said, await sent()]);
  expect(everything).toContain(id);
  for (const part of [CLIENT_KEY.d, '"d":', String.raw`\"d\"`, "dpop_key"]) expect(everything).not.toContain(part);
});

it("an app may bind tokens, may not sign with the deployment's key, and brings no bound token along", async () => {
  const app = await makeApp({ services: [] });
  const { id: slug, token_endpoint_auth_method, ...fields } = ENTRY;
  const put = (more: object) => call(app.key, "PUT", `/apps/${app.id}/integrations`, { slug, ...fields, ...more });
  expect(await errorOf(await put({ token_endpoint_auth_method }))).toMatchObject({
    status: 400,
    error: "invalid_request",
  });
  const saved = await put({ client_secret: "s" });
  const { integration } = z.object({ integration: z.string() }).parse(await saved.json());
  const body = { user: "ada", integration, access_token: "at_of_elsewhere" };
  const answer = await errorOf(await call(app.key, "POST", "/connections/import", body));
  expect(answer).toMatchObject({ status: 400, error: "invalid_request" });
  expect(answer.message).toMatch(/bound|binds/);
});
