/**
 * Proofs (RFC 9449) before a certified server: what it refuses of one that was seen, is another key's, another request's or of
 * another time, and that a clock which is wrong does not matter where it gives nonces.
 */
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import type { PrivateKey } from "../../src/contract/private-key.ts";
import { toProvider } from "../../src/contract/custom.ts";
import { apiOf, callApi } from "../../src/data/provider-api.ts";
import { authorizationUrl, checkCallback, createCodeVerifier, readCallback } from "../../src/oauth/authorization.ts";
import { boundTo, dpopHeaders, dpopKeyFor, noteNonce, thumbprint } from "../../src/oauth/dpop.ts";
import { pushAuthorization } from "../../src/oauth/pushed-authorization.ts";
import { exchangeCode, refreshTokens } from "../../src/oauth/token-endpoint.ts";
import { redirectUri } from "../support/independent.ts";
import { CLIENT_KEY, boundEntries } from "../support/oidc-clients.ts";
import { signInAt } from "../support/sign-in.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, Visitor, locationOf } from "../support/visitor.ts";

beforeEach(forgetOthers);
afterEach(() => vi.useRealTimers());

const server = z
  .custom<{ kind: "oidc-provider"; origin: string }>(Boolean)
  .parse(inject("independentServers").find(({ kind }) => kind === "oidc-provider"));
type Entry = ReturnType<typeof boundEntries>[number];
const find = (id: string) =>
  z.custom<Entry>(Boolean).parse(boundEntries(server.origin).find((entry) => entry.id === id));

/** A client of its own, which keeps what it has sent. */
function clientOf(entry: Entry) {
  const { client_id, ...service } = entry;
  const client_secret = "client_secret" in entry ? entry.client_secret : null;
  const sent: Request[] = [];
  const provider = toProvider(service, () => undefined, true);
  const endpoint = {
    provider,
    client: { client_id, client_secret },
    client_key: CLIENT_KEY,
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init);
      sent.push(request.clone());
      return fetch(request);
    },
  };
  const key = async () => z.custom<PrivateKey>(Boolean).parse((await dpopKeyFor(provider)).dpop_key);
  return { endpoint, sent, key };
}
type Client = ReturnType<typeof clientOf>;

/** Gets tokens for Ada. @param shown the key with which the code is exchanged */
async function tokensOf({ endpoint }: Client, dpop_key: PrivateKey, shown = dpop_key) {
  const { provider, client } = endpoint;
  const redirect_uri = redirectUri(APP, client.client_id);
  const verifier = createCodeVerifier(provider);
  const url = authorizationUrl(provider, client.client_id, redirect_uri, "a-state", verifier);
  url.searchParams.set("dpop_jkt", await thumbprint(dpop_key));
  const asked = await pushAuthorization(endpoint, url, {}, boundTo({ dpop_key }));
  const callback = readCallback(new URL(await signInAt(server, asked.href)).searchParams);
  const checked = checkCallback(provider, client.client_id, callback);
  return exchangeCode(endpoint, checked, redirect_uri, verifier, { details: {}, dpop_key: shown });
}

const me = `${server.origin}/me`;
const ask = async (headers: Readonly<Record<string, string>>, url = me) => (await fetch(url, { headers })).status;

/** A proof with the nonce that the server wants now. */
async function proved(key: PrivateKey, access_token: string, more: { url?: string; method?: string } = {}) {
  const asked = { method: "GET", url: me, ...more };
  noteNonce(me, await fetch(me, { headers: await dpopHeaders({ key, access_token }, { method: "GET", url: me }) }));
  return dpopHeaders({ key, access_token }, asked);
}

describe.each(["oidc-dpop", "oidc-all"])("%s", (id) => {
  it("a proof is good for one request, and a key for its own tokens", async () => {
    const client = clientOf(find(id));
    const key = await client.key();
    const tokens = await tokensOf(client, key);
    expect(tokens.dpop_key).toEqual(key);
    const { access_token } = tokens;
    const right = await proved(key, access_token);
    expect(await ask(right)).toBe(200);
    expect(await ask(right)).toBe(401);
    expect(await ask(await proved(await client.key(), access_token))).toBe(401);
    expect(await ask(await proved(key, access_token, { method: "POST" }))).toBe(401);
    expect(await ask(await proved(key, access_token, { url: `${server.origin}/token` }))).toBe(401);
    expect(await ask({ Authorization: `Bearer ${access_token}` })).toBe(401);
    expect(await ask(await proved(key, access_token))).toBe(200);
  });

  it("what was sent cannot be sent again", async () => {
    const client = clientOf(find(id));
    const tokens = await tokensOf(client, await client.key());
    await callApi(apiOf(client.endpoint, tokens), { path: me });
    const { url, headers } = z.instanceof(Request).parse(client.sent.at(-1));
    expect(url).toBe(me);
    expect(await ask(Object.fromEntries(headers))).toBe(401);
  });

  it("a code that was asked for with one key is not exchanged with another", async () => {
    const client = clientOf(find(id));
    await expect(tokensOf(client, await client.key(), await client.key())).rejects.toMatchObject({
      code: "token_request_rejected",
    });
  });

  it("refreshed tokens rotate and stay with their key", async () => {
    const client = clientOf(find(id));
    const key = await client.key();
    let tokens = await tokensOf(client, key);
    for (let round = 0; round < 2; round += 1) {
      const next = await refreshTokens(client.endpoint, tokens);
      expect(next.dpop_key).toEqual(key);
      expect(next.refresh_token).not.toBe(tokens.refresh_token);
      tokens = next;
    }
    await callApi(apiOf(client.endpoint, tokens), { path: me });
    expect(await ask(await proved(await client.key(), tokens.access_token))).toBe(401);
  });
});

it.each([-10, 10])("a clock that is %s minutes off is no matter where the server gives nonces", async (minutes) => {
  const entry = find("oidc-dpop");
  const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([entry]) });
  vi.useFakeTimers({ now: Date.now() + minutes * 60_000, toFake: ["Date"] });
  const callback = await signInAt(server, await visitor.startAt(entry.id));
  expect(locationOf(await visitor.navigate(callback))).toBe(`${APP}/?connected=${entry.id}`);
  expect((await visitor.fetch(`/proxy/${entry.id}/me`, { headers: { "X-CSRF": "1" } })).status).toBe(200);
});
