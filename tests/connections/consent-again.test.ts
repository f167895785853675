/** Consenting again: what is held and still good is kept, what nobody uses any more is given back, and granted is what was granted. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Credentials, Integrations } from "../../src/api.ts";
import { ConnectSessionRecord } from "../../src/apps/connect-sessions.ts";
import { Authorization } from "../../src/connections/authorizations.ts";
import { sandboxClient } from "../../sandbox/clients.ts";
import { control, revocationCalls } from "../support/emulator.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, Visitor, decide, locationOf } from "../support/visitor.ts";

const HOUR = 3_600_000;

beforeEach(forgetOthers);
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await control("google").reset();
  await control("facebook").reset();
  await control("github").reset();
});
afterEach(() => vi.useRealTimers());

const held = (visitor: Visitor, service: string) => visitor.json(`/integrations/${service}/credentials`, Credentials);
/** An integration as the visitor sees it. */
async function integrationOf(visitor: Visitor, service: string) {
  const { integrations } = await visitor.json("/integrations", Integrations);
  const found = integrations.find(({ integration }) => integration === service);
  if (!found) throw new Error(`no ${service}`);
  return found;
}
/** Google leaves it out where the person has consented before and `prompt=consent` was not sent. */
const withoutRefreshToken = { endpoint: "token", override: { refresh_token: null } };

describe("an answer without a refresh token", () => {
  it("of the same account leaves the one that is held, which goes on renewing", async () => {
    const visitor = new Visitor();
    await visitor.connect("google");
    await control("google").fault(withoutRefreshToken);
    expect(locationOf(await visitor.connect("google"))).toContain("connected=google");
    expect(await held(visitor, "google")).toMatchObject({ refreshable: true, status: "connected" });
    expect(await revocationCalls("google")).toBe(0);
    vi.setSystemTime(Date.now() + HOUR);
    expect((await visitor.fetch("/data/google")).status).toBe(200);
  });

  it("of another account never gets the one of the account before, which stays as it is", async () => {
    const visitor = new Visitor();
    await visitor.connect("google", { account: 0 });
    await control("google").fault(withoutRefreshToken);
    await visitor.connect("google", { account: 1 });
    const { connections } = await integrationOf(visitor, "google");
    expect(connections.map(({ refreshable }) => refreshable)).toEqual([true, false]);
    const { grants } = await control("google").grants();
    expect(grants.map(({ revoked }) => revoked)).toEqual([false, false]);
  });

  it("to another client does not take over the one that was given to the client before", async () => {
    const entry = { id: "again", extends: "hubspot", ...sandboxClient("hubspot") };
    await control("hubspot").reset();
    await control("hubspot").settings({ redirect_uris: ["http://localhost:8787/callback/again"] });
    const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([entry]) });
    const connect = async () =>
      locationOf(await visitor.navigate(await decide("hubspot", await visitor.startAt("again"))));
    expect(await connect()).toContain("connected=again");
    expect((await held(visitor, "again")).refreshable).toBe(true);
    // Another client comes into force while the person is at the service; the emulator would refuse it, so its answer is made up.
    const callback = await decide("hubspot", await visitor.startAt("again"));
    const other = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([{ ...entry, client_id: "another-client" }]) });
    for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
    const { issued } = await control("hubspot").grants();
    const access_token = issued.find((secret) => secret.startsWith("CJ"));
    await control("hubspot").fault({
      endpoint: "token",
      status: 200,
      body: JSON.stringify({ access_token, expires_in: 1800, token_type: "bearer" }),
    });
    expect(locationOf(await other.navigate(callback))).toContain("connected=again");
    expect((await held(other, "again")).refreshable).toBe(false);
  });

  it("at the first consent is a connection of an hour, and says so", async () => {
    const visitor = new Visitor();
    const callback = await decide("google", await visitor.startAt("google"));
    await control("google").fault(withoutRefreshToken);
    await visitor.navigate(callback);
    expect(await held(visitor, "google")).toMatchObject({ refreshable: false, status: "connected" });
  });
});

describe.each(["google", "facebook", "github"])("another account of %s than the one that is connected", (service) => {
  const accounts = async (visitor: Visitor) =>
    (await integrationOf(visitor, service)).connections.map(({ account }) => account?.id);
  const consents = async () => {
    const { grants } = await control(service).grants();
    return grants
      .map(({ account, live_access_tokens }) => [account, live_access_tokens !== 0])
      .toSorted(([one], [other]) => Number(one) - Number(other));
  };

  it("is another connection, beside the one that stays", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    const [before] = (await integrationOf(visitor, service)).connections;
    expect(locationOf(await visitor.connect(service, { account: 1 }))).toContain(`connected=${service}`);
    const { connections, account } = await integrationOf(visitor, service);
    expect(connections).toMatchObject([{ id: before?.id, is_default: true }, { is_default: false }]);
    expect(account?.id).toBe(before?.account?.id);
    expect(new Set(connections.map((one) => one.account?.id)).size).toBe(2);
    expect(await consents()).toEqual([
      [0, true],
      [1, true],
    ]);
  });

  it("does not take the place of one that is to be connected again: what is held stays, what is new is given back", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    const [before] = (await integrationOf(visitor, service)).connections;
    const again = await visitor.connect(service, { account: 1 }, `&connection=${before?.id ?? ""}`);
    const back = new URL(locationOf(again), APP);
    expect(Object.fromEntries(back.searchParams)).toEqual({ integration: service, error: "account_mismatch" });
    expect(await accounts(visitor)).toEqual([before?.account?.id]);
    await expect.poll(consents).toEqual([
      [0, true],
      [1, false],
    ]);
    expect((await visitor.fetch(`/data/${service}`)).status).toBe(200);
  });

  it("loses nothing to the one that comes back first, where both were begun with nothing connected", async () => {
    const visitor = new Visitor();
    const starts = [await visitor.startAt(service), await visitor.startAt(service)];
    const callbacks = await Promise.all(starts.map((url, account) => decide(service, url, { account })));
    const answers = await Promise.all(callbacks.map((callback) => visitor.navigate(callback)));
    for (const answer of answers) expect(locationOf(answer)).toContain("connected=");
    const { connections } = await integrationOf(visitor, service);
    expect(connections.map(({ is_default }) => is_default)).toEqual([true, false]);
    expect(new Set(connections.map(({ label }) => label)).size).toBe(2);
  });

  it("and the same account again renews its connection, whichever that is", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    await visitor.connect(service, { account: 1 });
    const before = (await integrationOf(visitor, service)).connections;
    expect(locationOf(await visitor.connect(service, { account: 1 }))).toContain(`connected=${service}`);
    const after = (await integrationOf(visitor, service)).connections;
    const standing = (list: typeof after) =>
      list.map(({ id, label, is_default, account }) => [id, label, is_default, account]);
    expect(standing(after)).toEqual(standing(before));
  });
});

describe("the same account again, at a service whose tokens have no end", () => {
  const live = async () =>
    (await control("github").grants()).grants
      .map((grant) => Number(grant["live_access_tokens"]))
      .toSorted((one, other) => one - other);

  it("leaves one token: the one before would be good for ever, with nobody to use it", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    await visitor.connect("github");
    await expect.poll(live).toEqual([0, 1]);
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });

  it("keeps the token where the service has given the very same one", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const [access_token] = (await control("github").grants()).issued.filter((secret) => secret.startsWith("gho_"));
    const callback = await decide("github", await visitor.startAt("github"));
    await control("github").fault({ endpoint: "token", override: { access_token } });
    await visitor.navigate(callback);
    expect(await revocationCalls("github")).toBe(0);
    expect((await visitor.fetch("/data/github")).status).toBe(200);
  });
});

describe("Facebook, whose token answer does not say what was granted", () => {
  it("is asked, and what was declined is not shown as granted", async () => {
    const visitor = new Visitor();
    const url = await visitor.startAt("facebook");
    expect(new URL(url).searchParams.get("auth_type")).toBe("rerequest");
    const { location } = await control("facebook").consent({ url, decision: "allow", account: 0, ticked: [] });
    expect(locationOf(await visitor.navigate(location))).toContain("connected=facebook");
    expect(await held(visitor, "facebook")).toMatchObject({
      scopes: ["public_profile"],
      missing_scopes: ["email", "pages_show_list"],
    });
  });

  it("that does not answer is not said to have granted anything", async () => {
    const visitor = new Visitor();
    const callback = await decide("facebook", await visitor.startAt("facebook"));
    await control("facebook").fault({ endpoint: "api", fault: "server_error", times: 3 });
    await visitor.navigate(callback);
    expect(await held(visitor, "facebook")).toMatchObject({ status: "connected", scopes: [], missing_scopes: [] });
  });

  it("keeps the token of hours where the exchange for a lasting one does not work right now, and renews it later", async () => {
    const visitor = new Visitor();
    const callback = await decide("facebook", await visitor.startAt("facebook"));
    const limited = { error: { code: 4, message: "Application request limit reached" } };
    await control("facebook").fault({ endpoint: "token", override: {} });
    await control("facebook").fault({ endpoint: "token", status: 400, body: JSON.stringify(limited) });
    expect(locationOf(await visitor.navigate(callback))).toContain("connected=facebook");
    const { expires_at } = await held(visitor, "facebook");
    expect(Date.parse(expires_at ?? "") - Date.now()).toBeLessThan(3 * HOUR);
    vi.setSystemTime(Date.now() + 2 * HOUR - 60_000);
    expect((await visitor.fetch("/data/facebook")).status).toBe(200);
    const later = await held(visitor, "facebook");
    expect(Date.parse(later.expires_at ?? "") - Date.now()).toBeGreaterThan(24 * HOUR);
  });
});

describe("what was under way before there were several connections", () => {
  it("reads as not having said which it is to become", () => {
    const before = { app: "a", user: "u", replace: true };
    const flow = { ...before, integration: "i", redirect_uri: "r", code_verifier: null, return_to: null };
    expect(Authorization.parse(flow).wanted).toEqual({ as: "any" });
    const link = { ...before, integration: null, return_to: "r", scopes: null, display: "page" };
    expect(ConnectSessionRecord.parse(link).wanted).toEqual({ as: "any" });
  });
});
