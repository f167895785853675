/** A pushed authorization request that fails (RFC 9126): what is said, and that nothing is stored, spent or taken back. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { Authorization } from "../../src/api.ts";
import { AppIntegration } from "../../src/api-apps.ts";
import { ConnectSession, CreatedConnectSession } from "../../src/api-connect.ts";
import type { CustomProviderEntry } from "../../src/contract/entry.ts";
import { ADMIN_KEY, RETURN_URL, call, makeApp, registerRedirectUri } from "../support/integrator.ts";
import { play, played, visitorWith } from "../support/played.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, Visitor, decide, errorOf, locationOf } from "../support/visitor.ts";

const ENTRY = {
  id: "pushed",
  name: "Pushed",
  authorization_endpoint: "https://login.pushed.any.example.com/authorize",
  pushed_authorization_request_endpoint: "https://login.pushed.any.example.com/par",
  token_endpoint: "https://login.pushed.any.example.com/token",
  userinfo_endpoint: "https://api.pushed.any.example.com/me",
  api_base_url: "https://api.pushed.any.example.com",
  scopes: ["read"],
  client_id: "app",
  client_secret: "a secret",
} satisfies CustomProviderEntry;

beforeEach(async () => {
  await forgetOthers();
  await play({ entry: ENTRY });
});

const fail = (fault: object) => played(ENTRY.id).fault({ endpoint: "token", ...fault });
const states = async (): Promise<number> => (await env.KV.list({ prefix: "state" })).keys.length;

/** Presses Connect of a service that does not take the request. */
async function start(visitor: Visitor): Promise<{ status: number; page: string }> {
  const answer = await visitor.navigate(`/auth/${ENTRY.id}?return_to=/`);
  return { status: answer.status, page: await answer.text() };
}

const comesBack = async (visitor: Visitor, asked: string): Promise<string> =>
  locationOf(await visitor.navigate(await decide(`any/${ENTRY.id}`, asked)));

describe("what comes of a request that is not taken", () => {
  it.each<[string, object, number, string]>([
    ["an outage", { fault: "server_error" }, 502, "provider_unavailable"],
    ["a redirect", { fault: "redirect" }, 502, "provider_unavailable"],
    ["too much", { fault: "big" }, 502, "invalid_provider_response"],
    ["a limit", { fault: "rate_limited", retry_after: 7 }, 503, "provider_rate_limited"],
    ["another client", { fault: "invalid_client" }, 502, "client_credentials_invalid"],
    ["a refusal", { status: 400, body: '{"error":"invalid_scope"}' }, 400, "authorization_failed"],
    ["a page", { status: 200, body: "<html></html>" }, 400, "authorization_failed"],
    ["no reference", { status: 201, body: '{"expires_in":60}' }, 400, "authorization_failed"],
    ["an empty one", { status: 201, body: '{"request_uri":"","expires_in":60}' }, 400, "authorization_failed"],
    ["an endless one", { status: 201, body: `{"request_uri":"${"u".repeat(2049)}"}` }, 400, "authorization_failed"],
  ])("%s: it is said, nothing is kept, and the next one may be taken", async (_, fault, status, code) => {
    const visitor = visitorWith([ENTRY]);
    const before = await states();
    await fail(fault);
    const refused = await start(visitor);
    expect([refused.status, refused.page]).toEqual([status, expect.stringContaining(`data-code="${code}"`)]);
    expect(refused.page).not.toContain("provider-said-this");
    expect(await states()).toBe(before);
    // Who has begun nothing has no session.
    expect([...visitor.cookies.keys()].filter((name) => /session/.test(name))).toEqual([]);
    const asked = await visitor.startAt(ENTRY.id);
    expect(await states()).toBe(before + 1);
    expect(await comesBack(visitor, asked)).toBe(`${APP}/?connected=${ENTRY.id}`);
  });
});

it("a reference is good for one page, and what is in the address beside it for none", async () => {
  const visitor = visitorWith([ENTRY]);
  const asked = new URL(await visitor.startAt(ENTRY.id));
  expect([...asked.searchParams.keys()]).toEqual(["client_id", "request_uri"]);
  await decide(`any/${ENTRY.id}`, asked.href);
  await expect(decide(`any/${ENTRY.id}`, asked.href)).rejects.toThrow(/used before/);
});

describe("a link for a person to open", () => {
  async function linkFor(visitor: Visitor): Promise<string> {
    return Authorization.parse(await (await visitor.fetch(`/auth/${ENTRY.id}`)).json()).authorization_url;
  }

  it("is pushed when it is opened, and may be opened again in the same browser where that fails", async () => {
    const link = await linkFor(visitorWith([ENTRY]));
    expect(await played(ENTRY.id).log()).toEqual([]);
    const person = visitorWith([ENTRY]);
    await fail({ fault: "server_error" });
    expect((await person.navigate(link)).status).toBe(502);
    const other = await visitorWith([ENTRY]).fetch(link);
    expect(await errorOf(other)).toMatchObject({ error: "link_used" });
    const asked = locationOf(await person.navigate(link));
    expect((await person.navigate(await decide(`any/${ENTRY.id}`, asked))).status).toBe(200);
  });
});

describe("a connect link", () => {
  it("is not spent on a request that is not taken, and its app is told nothing of it", async () => {
    const app = await makeApp({ services: [] });
    const { id: slug, ...fields } = ENTRY;
    const saved = await call(app.key, "PUT", `/apps/${app.id}/integrations`, { slug, ...fields });
    const { integration, redirect_uri } = AppIntegration.parse(await saved.json());
    await registerRedirectUri(`any/${slug}`, redirect_uri);
    const body = { user: "ada", integration, return_to: RETURN_URL };
    const made = await call(app.key, "POST", "/connect-sessions", body);
    const { id, connect_url } = CreatedConnectSession.parse(await made.json());
    const status = async () =>
      ConnectSession.parse(await (await call(app.key, "GET", `/connect-sessions/${id}`)).json()).status;
    const browser = new Visitor({ ADMIN_KEY });
    await fail({ fault: "server_error" });
    expect((await browser.openLink(connect_url)).status).toBe(502);
    expect(await status()).toBe("opened");
    const asked = locationOf(await browser.openLink(connect_url));
    expect(await status()).toBe("authorizing");
    const back = new URL(locationOf(await browser.navigate(await decide(`any/${slug}`, asked))));
    const connection_code = back.searchParams.get("connection_code");
    const finalized = await call(app.key, "POST", "/connections/finalize", { connection_code, user: "ada" });
    expect(finalized.status).toBe(200);
    expect((await browser.openLink(connect_url)).status).toBe(410);
  });
});
