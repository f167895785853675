/**
 * Clients that are held to more than a secret, at a certified server: a key for a secret (RFC 7523), a key for each token with
 * the server's nonces (RFC 9449), pushed requests (RFC 9126), and all three at once.
 */
import { beforeEach, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { Profile, Refreshed } from "../../src/api.ts";
import { CLIENT_KEY, boundEntries } from "../support/oidc-clients.ts";
import { signInAt } from "../support/sign-in.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, Visitor, errorOf, locationOf } from "../support/visitor.ts";

beforeEach(forgetOthers);

const server = z
  .custom<(typeof servers)[number]>(Boolean)
  .parse(inject("independentServers").find(({ kind }) => kind === "oidc-provider"));
const servers = inject("independentServers");
const entries = boundEntries(server.origin);
const CLIENT_KEYS = JSON.stringify([CLIENT_KEY]);
const OTHER_KEY = { ...CLIENT_KEY, kid: "another" };

const visitorOf = (entry: object, more: Readonly<Record<string, string>> = { CLIENT_KEYS }) =>
  new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([entry]), ...more });

async function connect(entry: (typeof entries)[number]): Promise<Visitor> {
  const visitor = visitorOf(entry);
  const callback = await signInAt(server, await visitor.startAt(entry.id));
  expect(locationOf(await visitor.navigate(callback))).toBe(`${APP}/?connected=${entry.id}`);
  return visitor;
}

describe.each(entries)("$id", (entry) => {
  it("connects, tells whose account it is, calls through the proxy, renews, and disconnects at the server", async () => {
    const visitor = await connect(entry);
    const { account } = await visitor.json(`/data/${entry.id}`, Profile);
    expect(account).toMatchObject(server.account);
    const called = async () => (await visitor.fetch(`/proxy/${entry.id}/me`, { headers: { "X-CSRF": "1" } })).status;
    expect([await called(), await called()]).toEqual([200, 200]);
    const renewed = await visitor.change("POST", `/integrations/${entry.id}/refresh`);
    expect(Refreshed.parse(await renewed.json()).refreshed).toBe(true);
    expect(await called()).toBe(200);
    const gone = await visitor.change("DELETE", `/integrations/${entry.id}/credentials`);
    expect(await gone.json()).toEqual({ disconnected: true, revoked_at_provider: true });
  });
});

const find = (id: string) =>
  z.custom<(typeof entries)[number]>(Boolean).parse(entries.find((entry) => entry.id === id));

it("what is pushed is in no address that the browser sees", async () => {
  const entry = find("oidc-all");
  const { searchParams } = new URL(await visitorOf(entry).startAt(entry.id));
  expect([...searchParams.keys()].toSorted()).toEqual(["client_id", "request_uri"]);
});

it("a request that is not taken is said so, and the next one may be", async () => {
  const entry = { ...find("oidc-par"), scopes: ["openid", "no-such-scope"] };
  const refused = await visitorOf({ ...entry, client_secret: "wrong" }).fetch(`/auth/${entry.id}?return_to=/`, {
    headers: { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none" },
    redirect: "manual",
  });
  expect(refused.status).toBe(502);
  expect(await refused.text()).toContain("client_credentials_invalid");
  await connect(find("oidc-par"));
});

it("without a key the integration is not configured, and says which variable", async () => {
  const entry = find("oidc-key");
  const answer = await visitorOf(entry, {}).fetch(`/auth/${entry.id}`);
  expect(await errorOf(answer)).toMatchObject({ status: 500, error: "config_error" });
  const again = await visitorOf(entry, {}).fetch(`/auth/${entry.id}`);
  expect((await errorOf(again)).message).toMatch(/CLIENT_KEYS/);
});

it("a key that the server does not know is refused as the client's", async () => {
  const entry = find("oidc-key");
  const visitor = visitorOf(entry, { CLIENT_KEYS: JSON.stringify([OTHER_KEY]) });
  const callback = await signInAt(server, await visitor.startAt(entry.id));
  expect(locationOf(await visitor.navigate(callback))).toContain("error=client_credentials_invalid");
});

it("a token that is bound is of no use without its key", async () => {
  const entry = find("oidc-dpop");
  const visitor = await connect(entry);
  expect((await visitor.fetch(`/proxy/${entry.id}/me`, { headers: { "X-CSRF": "1" } })).status).toBe(200);
  const key = await visitor.change("POST", "/sessions", { name: "a program" });
  const { key: program } = z.object({ key: z.string() }).parse(await key.json());
  // A caller's own proof does not get through, and cannot stand in for the one made here.
  const answer = await visitor.fetch(`/proxy/${entry.id}/me`, {
    headers: { Authorization: `Bearer ${program}`, DPoP: "made.up.proof" },
  });
  expect(answer.status).toBe(200);
});

it("the public halves of the keys are served, and nothing else of them", async () => {
  const answer = await visitorOf(find("oidc-key")).fetch("/.well-known/jwks.json");
  const { kid, kty, crv, x, y } = CLIENT_KEY;
  expect(await answer.json()).toEqual({ keys: [{ kty, crv, x, y, kid, alg: "ES256", use: "sig" }] });
});
