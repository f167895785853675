/**
 * Bluesky, which demands pushed requests and bound tokens, with an entry in plain data. A client there is the address of a
 * document that describes it; on one's own machine the address itself says it (https://atproto.com/specs/oauth, "Localhost Client
 * Development"), and redirect URIs are at an address, not at a name.
 */
import { beforeEach, expect, inject, it } from "vitest";
import * as z from "zod";
import { Profile, Refreshed } from "../../src/api.ts";
import { Browser } from "../support/sign-in.ts";
import { ADA } from "../support/independent.ts";
import { forgetOthers } from "../support/vault.ts";
import { Visitor, locationOf } from "../support/visitor.ts";

beforeEach(forgetOthers);

const origin = inject("bluesky");
const HERE = "http://[::1]:8787";
const scopes = ["atproto", "transition:generic"];
const redirect_uri = `${HERE}/callback/bluesky`;
const ENTRY = {
  id: "bluesky",
  name: "Bluesky",
  docs: "https://docs.bsky.app/docs/advanced-guides/oauth-client",
  issuer: origin,
  authorization_endpoint: `${origin}/oauth/authorize`,
  pushed_authorization_request_endpoint: `${origin}/oauth/par`,
  token_endpoint: `${origin}/oauth/token`,
  token_endpoint_auth_method: "none",
  dpop_bound_access_tokens: true,
  revocation_endpoint: `${origin}/oauth/revoke`,
  api_base_url: origin,
  verify: { path: "/xrpc/com.atproto.server.getSession", account: { id: "did", name: "handle" } },
  scopes,
  refresh: { rotates: true },
  client_id: `http://localhost?${new URLSearchParams({ redirect_uri, scope: scopes.join(" ") }).toString()}`,
};

const living = async () =>
  z.object({ living: z.number() }).parse(await (await fetch(`${origin}/-/living`)).json()).living;

const SignedIn = z.object({ account: z.object({ did: z.string() }), ephemeralToken: z.string() });

/** What its page does: Ada signs in and consents. @returns where her browser comes back to */
async function consent(asked: string): Promise<string> {
  const browser = new Browser();
  const navigation = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
  const page = await browser.open(new URL(asked), { headers: { ...navigation, "Sec-Fetch-Site": "cross-site" } });
  expect(page.status, await page.text()).toBe(200);
  const ask = async (name: string, body: object, more: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const headers = {
      ...more,
      Referer: asked,
      "X-CSRF-Token": browser.cookie("csrf-token") ?? "",
      "Sec-Fetch-Mode": "same-origin",
      "Sec-Fetch-Site": "same-origin",
    };
    const url = new URL(`/@atproto/oauth-provider/~api/${name}`, origin);
    const answer = await browser.send("POST", url, body, headers);
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return JSON.parse(text);
  };
  const credentials = { locale: "en", username: "ada.test", password: ADA.password };
  const { account, ephemeralToken } = SignedIn.parse(await ask("sign-in", credentials));
  const { did } = account;
  const said = await ask("consent", { did, scope: scopes.join(" ") }, { Authorization: `Bearer ${ephemeralToken}` });
  const { url } = z.object({ url: z.string() }).parse(said);
  const headers = { ...navigation, "Sec-Fetch-Site": "same-origin", Referer: asked };
  return locationOf(await browser.open(new URL(url), { headers }));
}

it("connects, tells whose account it is, is called, renewed, and taken back there", async () => {
  const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([ENTRY]), PUBLIC_URL: HERE });
  const asked = locationOf(await visitor.navigate(`${HERE}/auth/bluesky?return_to=/`));
  expect([...new URL(asked).searchParams.keys()]).toEqual(["client_id", "request_uri"]);
  const back = await visitor.navigate(await consent(asked));
  expect(locationOf(back)).toBe(`${HERE}/?connected=bluesky`);
  const { account } = await visitor.json(`${HERE}/data/bluesky`, Profile);
  expect(account).toMatchObject({ id: "did:plc:adaadaadaadaadaadaadaada", name: "ada.test" });
  const own = { "X-CSRF": "1", Origin: HERE, "Sec-Fetch-Site": "same-origin" };
  const session = () => visitor.fetch(`${HERE}/proxy/bluesky/xrpc/com.atproto.server.getSession?a=b`, { headers: own });
  expect([(await session()).status, (await session()).status]).toEqual([200, 200]);
  const renewed = await visitor.fetch(`${HERE}/integrations/bluesky/refresh`, { method: "POST", headers: own });
  expect(Refreshed.parse(await renewed.json()).refreshed).toBe(true);
  expect((await session()).status).toBe(200);
  expect(await living()).toBe(1);
  const gone = await visitor.fetch(`${HERE}/integrations/bluesky/credentials`, { method: "DELETE", headers: own });
  expect(await gone.json()).toEqual({ disconnected: true, revoked_at_provider: true });
  // It says so of whatever it is sent, and means it of what comes with a proof.
  expect(await living()).toBe(0);
});
