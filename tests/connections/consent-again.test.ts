/** Consenting again: what is held and still good is kept, what nobody uses any more is given back, and granted is what was granted. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Credentials } from "../../src/api.ts";
import { ConnectSessionRecord } from "../../src/apps/connect-sessions.ts";
import { Authorization } from "../../src/connections/authorizations.ts";
import { sandboxClient } from "../../sandbox/clients.ts";
import { control, revocationCalls } from "../support/emulator.ts";
import { APP, Visitor, decide, locationOf } from "../support/visitor.ts";

const HOUR = 3_600_000;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await control("google").reset();
  await control("facebook").reset();
  await control("github").reset();
});
afterEach(() => vi.useRealTimers());

const held = (visitor: Visitor, service: string) => visitor.json(`/integrations/${service}/credentials`, Credentials);
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

  it("of another account never gets the one of the account before, whose grant is given back", async () => {
    const visitor = new Visitor();
    await visitor.connect("google", { account: 0 });
    await control("google").fault(withoutRefreshToken);
    await visitor.replace("google", { account: 1 });
    expect(await held(visitor, "google")).toMatchObject({ refreshable: false, status: "connected" });
    const { grants } = await control("google").grants();
    const left = Object.fromEntries(grants.map(({ account, revoked }) => [String(account), revoked]));
    expect(left).toEqual({ 0: true, 1: false });
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
  const accountOf = async (visitor: Visitor) => (await held(visitor, service)).account?.id;
  const consents = async () => {
    const { grants } = await control(service).grants();
    return grants
      .map(({ account, live_access_tokens }) => [account, live_access_tokens !== 0])
      .toSorted(([one], [other]) => Number(one) - Number(other));
  };

  it("takes no place by itself: what is held stays, and what is new is given back", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    const before = await accountOf(visitor);
    expect(before).toBeDefined();
    const back = new URL(locationOf(await visitor.connect(service, { account: 1 })), APP);
    expect(Object.fromEntries(back.searchParams)).toEqual({ integration: service, error: "account_mismatch" });
    expect(await accountOf(visitor)).toBe(before);
    await expect.poll(consents).toEqual([
      [0, true],
      [1, false],
    ]);
    expect((await visitor.fetch(`/data/${service}`)).status).toBe(200);
  });

  it("takes it where the person has said so on the page, and the grant before is given back", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    const before = await accountOf(visitor);
    expect(locationOf(await visitor.replace(service, { account: 1 }))).toContain(`connected=${service}`);
    expect(await accountOf(visitor)).not.toBe(before);
    await expect.poll(consents).toEqual([
      [0, false],
      [1, true],
    ]);
    expect((await visitor.fetch(`/data/${service}`)).status).toBe(200);
  });

  it("takes none where an address alone says so", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    const before = await accountOf(visitor);
    const typed = { headers: { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none" } };
    const start = locationOf(await visitor.fetch(`/auth/${service}?return_to=/&replace=true`, typed));
    const back = locationOf(await visitor.navigate(await decide(service, start, { account: 1 })));
    expect(back).toContain("error=account_mismatch");
    expect(await accountOf(visitor)).toBe(before);
  });

  it("loses to the one that comes back first, where both were begun with nothing connected", async () => {
    const visitor = new Visitor();
    const starts = [await visitor.startAt(service), await visitor.startAt(service)];
    const callbacks = await Promise.all(starts.map((url, account) => decide(service, url, { account })));
    const answers = await Promise.all(callbacks.map((callback) => visitor.navigate(callback)));
    const ends = answers.map((answer) => (locationOf(answer).includes("connected=") ? "connected" : "refused"));
    expect(ends.toSorted()).toEqual(["connected", "refused"]);
    await expect.poll(async () => (await consents()).filter(([, isLive]) => isLive).length).toBe(1);
    expect((await visitor.fetch(`/data/${service}`)).status).toBe(200);
  });

  it("and the same account again renews, as ever", async () => {
    const visitor = new Visitor();
    await visitor.connect(service, { account: 0 });
    expect(locationOf(await visitor.connect(service, { account: 0 }))).toContain(`connected=${service}`);
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

describe("what was under way before anybody could say that another account may take the place", () => {
  it("reads as not having said so", () => {
    const flow = { app: "a", user: "u", integration: "i", redirect_uri: "r", code_verifier: null, return_to: null };
    expect(Authorization.parse(flow).replace).toBe(false);
    const link = { app: "a", user: "u", integration: null, return_to: "r", scopes: null, display: "page" };
    expect(ConnectSessionRecord.parse(link).replace).toBe(false);
  });
});
