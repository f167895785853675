/** Connecting an app's users: what a link, its callback and its code are good for, and what they are not. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { AppIntegrations, UserSession } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { Connection, Connections } from "../../src/api-connections.ts";
import { control, revocationCalls, tokenCalls } from "../support/emulator.ts";
import { ADMIN_KEY, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { troubledVaults, vaultFor } from "../support/vault.ts";
import { APP, Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

const RETURN_URL = "https://app.example/done";
const MINUTE = 60_000;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  for (const service of ["github", "google", "facebook"]) await control(service).reset();
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const newBrowser = () => new Visitor({ ADMIN_KEY });
const asUser = (user: string) => ({ "X-Latchkey-User": user });
const integrationOf = ({ integrations }: TestApp, service = "github"): string => integrations[service] ?? "";

async function parse<T>(response: Response, status: number, schema: z.core.$ZodType<T>): Promise<T> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return z.parse(schema, JSON.parse(text));
}

/** What the app asks a link with. */
interface Wish {
  readonly service?: string | null;
  readonly [field: string]: unknown;
}

async function makeLink(app: TestApp, user: string, { service = "github", ...rest }: Wish = {}): Promise<string> {
  const body = {
    user,
    return_to: RETURN_URL,
    ...(service === null ? {} : { integration: integrationOf(app, service) }),
    ...rest,
  };
  const made = await parse(await call(app.key, "POST", "/connect-sessions", body), 201, CreatedConnectSession);
  return made.connect_url;
}

/** A person who has opened the link and allowed access, and stands before the callback. */
async function atCallback(app: TestApp, user: string, consent: { account?: number } = {}, wish: Wish = {}) {
  const browser = newBrowser();
  const link = await makeLink(app, user, wish);
  const callback = await decide(wish.service ?? "github", locationOf(await browser.openLink(link)), consent);
  return { browser, link, callback: new URL(callback) };
}

/** A person who is back at the app. @returns the code they bring */
async function atReturn(app: TestApp, user: string, consent: { account?: number } = {}, service = "github") {
  const { browser, link, callback } = await atCallback(app, user, consent, { service });
  const back = new URL(locationOf(await browser.navigate(callback.href)));
  return { link, callback, back, code: z.string().parse(back.searchParams.get("connection_code")) };
}

const finalize = (
  app: Pick<TestApp, "key">,
  user: string,
  connection_code: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Response> => call(app.key, "POST", "/connections/finalize", { connection_code, user, ...more });
const readData = (app: TestApp, user: string, service = "github"): Promise<Response> =>
  call(app.key, "GET", `/data/${integrationOf(app, service)}`, undefined, asUser(user));

async function connectionsOf(app: TestApp, user: string) {
  const listed = await call(app.key, "GET", `/connections?user=${user}`);
  return (await parse(listed, 200, Connections)).connections;
}

async function userSession(app: TestApp, user: string): Promise<string> {
  const made = await call(app.key, "POST", "/sessions", { user });
  return (await parse(made, 201, UserSession)).key;
}

/** The consents at a service by account, and whether each has been taken back. */
async function consents(service = "github") {
  const { grants } = await control(service).grants();
  const Consent = z.object({ account: z.number(), live_access_tokens: z.number() });
  return z
    .array(Consent)
    .parse(grants)
    .map(({ account, live_access_tokens }) => ({ account, is_live: live_access_tokens > 0 }))
    .toSorted((one, other) => one.account - other.account);
}

/** For an error that is read, rather than shown. */
const JSON_ANSWER = { headers: { Accept: "application/json", "Sec-Fetch-Mode": "cors" } };
const INVALID_CODE = { status: 400, error: "invalid_connection_code" };

describe("before it is finalized", () => {
  it("a grant is of no use to anybody", async () => {
    const app = await makeApp();
    await atReturn(app, "alice");
    expect(await consents()).toEqual([{ account: 0, is_live: true }]);
    expect(await connectionsOf(app, "alice")).toEqual([]);
    const all = await parse(await call(app.key, "GET", "/connections"), 200, Connections);
    expect(all.connections).toEqual([]);
    expect(await errorOf(await readData(app, "alice"))).toMatchObject({ status: 409, error: "not_connected" });
    const proxied = await call(app.key, "GET", `/proxy/${integrationOf(app)}/user`, undefined, asUser("alice"));
    expect(proxied.headers.get("X-Latchkey-Error")).toBe("not_connected");
    const session = await userSession(app, "alice");
    expect(await errorOf(await call(session, "GET", `/data/${integrationOf(app)}`))).toMatchObject({
      error: "not_connected",
    });
  });

  it("a grant that nobody finishes is taken back after ten minutes", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    pass(9 * MINUTE);
    await runDurableObjectAlarm(await vaultFor(app, "alice"));
    expect(await revocationCalls("github")).toBe(0);
    pass(MINUTE + 1);
    await runDurableObjectAlarm(await vaultFor(app, "alice"));
    await expect.poll(() => consents()).toEqual([{ account: 0, is_live: false }]);
    expect(await revocationCalls("github")).toBe(1);
    expect(await errorOf(await finalize(app, "alice", code))).toMatchObject(INVALID_CODE);
    expect(await connectionsOf(app, "alice")).toEqual([]);
  });

  it("a code is of no use after ten minutes, before any alarm has gone off", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    pass(10 * MINUTE + 1);
    expect(await errorOf(await finalize(app, "alice", code))).toMatchObject(INVALID_CODE);
    expect(await connectionsOf(app, "alice")).toEqual([]);
  });

  it("what was connected before stays in use", async () => {
    const app = await makeApp();
    await connectUser(app, "alice");
    await atReturn(app, "alice", { account: 1 });
    expect(await consents()).toEqual([
      { account: 0, is_live: true },
      { account: 1, is_live: true },
    ]);
    expect((await readData(app, "alice")).status).toBe(200);
  });
});

/** Some providers take back a single token, others everything an account has granted the client. */
describe.each(["github", "google", "facebook"])("what was connected before at %s works on", (service) => {
  it("when connecting the same account again is never finished", async () => {
    const app = await makeApp({ services: [service] });
    await connectUser(app, "alice", service);
    await atReturn(app, "alice", {}, service);
    pass(10 * MINUTE + 1);
    await runDurableObjectAlarm(await vaultFor(app, "alice"));
    await wait(200);
    expect((await readData(app, "alice", service)).status).toBe(200);
  });

  it("when somebody else comes back with the same account", async () => {
    const app = await makeApp({ services: [service] });
    await connectUser(app, "alice", service);
    const { code } = await atReturn(app, "alice", {}, service);
    expect((await finalize(app, "mallory", code)).status).toBe(403);
    expect((await readData(app, "alice", service)).status).toBe(200);
  });

  it("when its user follows a link that was made for somebody else", async () => {
    const app = await makeApp({ services: [service] });
    await connectUser(app, "alice", service);
    const { code } = await atReturn(app, "mallory", {}, service);
    expect((await finalize(app, "alice", code)).status).toBe(403);
    expect((await readData(app, "alice", service)).status).toBe(200);
    expect(await connectionsOf(app, "mallory")).toEqual([]);
  });

  it("when its user follows a link that was made for somebody else, and nobody finishes it", async () => {
    const app = await makeApp({ services: [service] });
    await connectUser(app, "alice", service);
    await atReturn(app, "mallory", {}, service);
    pass(10 * MINUTE + 1);
    await runDurableObjectAlarm(await vaultFor(app, "mallory"));
    await wait(200);
    expect((await readData(app, "alice", service)).status).toBe(200);
  });

  it("when the provider hears late of the disconnection that went before", async () => {
    const app = await makeApp({ services: [service] });
    const { id } = await connectUser(app, "alice", service);
    await control(service).fault({ endpoint: "revoke", fault: "server_error", times: 1 });
    const disconnected = await call(app.key, "DELETE", `/connections/${id}`);
    expect(await disconnected.json()).toMatchObject({ revoked_at_provider: false });
    await connectUser(app, "alice", service);
    pass(2 * MINUTE);
    await runDurableObjectAlarm(await vaultFor(app, "alice"));
    await wait(200);
    expect((await readData(app, "alice", service)).status).toBe(200);
  });
});

describe("finalizing", () => {
  it("connects the account for the user whom the link was made for", async () => {
    const app = await makeApp();
    const { back, code } = await atReturn(app, "alice");
    expect(back.origin + back.pathname).toBe(RETURN_URL);
    expect([...back.searchParams.keys()]).toEqual(["connection_code"]);
    const connection = await parse(await finalize(app, "alice", code), 200, Connection);
    expect(connection).toMatchObject({ user: "alice", integration: integrationOf(app), status: "connected" });
    expect((await connectionsOf(app, "alice")).map(({ id }) => id)).toEqual([connection.id]);
    expect((await readData(app, "alice")).status).toBe(200);
    const proxied = await call(app.key, "GET", `/proxy/${integrationOf(app)}/user`, undefined, asUser("alice"));
    expect(proxied.status).toBe(200);
    expect(await connectionsOf(app, "bob")).toEqual([]);
    expect(await errorOf(await readData(app, "bob"))).toMatchObject({ error: "not_connected" });
  });

  it("by another user connects nobody, and the tokens are taken back", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    expect(await errorOf(await finalize(app, "mallory", code))).toMatchObject({ status: 403, error: "user_mismatch" });
    expect(await revocationCalls("github")).toBe(1);
    expect(await consents()).toEqual([{ account: 0, is_live: false }]);
    expect(await errorOf(await finalize(app, "alice", code))).toMatchObject(INVALID_CODE);
    expect(await errorOf(await finalize(app, "mallory", code))).toMatchObject(INVALID_CODE);
    expect(await connectionsOf(app, "alice")).toEqual([]);
    expect(await connectionsOf(app, "mallory")).toEqual([]);
  });

  it("works once, and its second use leaves the connection alone", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    expect((await finalize(app, "alice", code)).status).toBe(200);
    expect(await errorOf(await finalize(app, "alice", code))).toMatchObject(INVALID_CODE);
    expect(await errorOf(await finalize(app, "mallory", code))).toMatchObject(INVALID_CODE);
    expect(await revocationCalls("github")).toBe(0);
    expect((await readData(app, "alice")).status).toBe(200);
  });

  it("has exactly one winner when it comes twenty times at once", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    const answers = await Promise.all(Array.from({ length: 20 }, () => finalize(app, "alice", code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
    expect(await revocationCalls("github")).toBe(0);
    expect((await readData(app, "alice")).status).toBe(200);
  });

  it("connects or takes back, never both, when the right and the wrong user come at once", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    const users = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? "alice" : "mallory"));
    const answers = await Promise.all(users.map((user) => finalize(app, user, code)));
    const winners = answers.filter(({ status }) => status === 200).length;
    expect(winners).toBeLessThanOrEqual(1);
    expect(await revocationCalls("github")).toBe(1 - winners);
    expect(await connectionsOf(app, "alice")).toHaveLength(winners);
    expect(await connectionsOf(app, "mallory")).toEqual([]);
  });

  it.each<[string, (at: { code: string; link: string; callback: URL }) => string]>([
    ["nothing", () => ""],
    ["something random", () => "x".repeat(200)],
    ["the ticket of the link", ({ link }) => ticketOf(link)],
    ["the state", ({ callback }) => callback.searchParams.get("state") ?? ""],
    ["the provider's code", ({ callback }) => callback.searchParams.get("code") ?? ""],
    ["an altered code", ({ code }) => alter(code)],
    ["a code that is cut off", ({ code }) => code.slice(0, -1)],
    ["a code with something behind it", ({ code }) => `${code}A`],
  ])("does not take %s for a code", async (_, forge) => {
    const app = await makeApp();
    const at = await atReturn(app, "alice");
    expect(await errorOf(await finalize(app, "alice", forge(at)))).toMatchObject(INVALID_CODE);
    expect(await connectionsOf(app, "alice")).toEqual([]);
    expect((await finalize(app, "alice", at.code)).status).toBe(200);
  });

  it("takes no other app's code, and leaves it to that app", async () => {
    const [app, other] = [await makeApp(), await makeApp({ name: "Other" })];
    const { code } = await atReturn(app, "alice");
    expect(await errorOf(await finalize(other, "alice", code))).toMatchObject(INVALID_CODE);
    expect(await errorOf(await finalize(other, "mallory", code))).toMatchObject(INVALID_CODE);
    expect(await revocationCalls("github")).toBe(0);
    expect((await finalize(app, "alice", code)).status).toBe(200);
    expect(await connectionsOf(other, "alice")).toEqual([]);
  });

  it("refuses another account for a connection that was to be connected again, and gives it back", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    const asked = await call(app.key, "POST", `/connections/${id}/reconnect`, { return_to: RETURN_URL });
    const { connect_url } = await parse(asked, 201, CreatedConnectSession);
    const browser = newBrowser();
    const callback = await decide("github", locationOf(await browser.openLink(connect_url)), { account: 1 });
    const back = new URL(locationOf(await browser.navigate(callback)));
    const code = back.searchParams.get("connection_code") ?? "";
    const refused = await errorOf(await finalize(app, "alice", code));
    expect(refused).toMatchObject({ status: 409, error: "account_mismatch" });
    expect(refused.message).not.toMatch(/octocat|ada|lin|@/i);
    await expect
      .poll(() => consents())
      .toEqual([
        { account: 0, is_live: true },
        { account: 1, is_live: false },
      ]);
    expect(await errorOf(await finalize(app, "alice", code))).toMatchObject(INVALID_CODE);
    expect((await connectionsOf(app, "alice")).map((connection) => connection.id)).toEqual([id]);
    expect((await readData(app, "alice")).status).toBe(200);
  });

  it("makes another account another connection, unless finalizing names the one it is to be", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    const { code } = await atReturn(app, "alice", { account: 1 });
    const added = await parse(await finalize(app, "alice", code), 200, Connection);
    expect(added).toMatchObject({ is_default: false, user: "alice" });
    expect(added.id).toMatch(/_github-[a-z0-9]+~[a-z0-9]{8}$/);
    const third = await atReturn(app, "alice", { account: 2 });
    expect(await errorOf(await finalize(app, "alice", third.code, { connection: added.id }))).toMatchObject({
      status: 409,
      error: "account_mismatch",
    });
    expect(new Set((await connectionsOf(app, "alice")).map((connection) => connection.id))).toEqual(
      new Set([id, added.id]),
    );
  });

  it("of another app's or another user's connection is as unknown as one that never was", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    for (const connection of [id, "con_made-up", `${id}~aaaaaaaa`]) {
      const body = { user: "bob", integration: app.integrations["github"], return_to: RETURN_URL, connection };
      expect(await errorOf(await call(app.key, "POST", "/connect-sessions", body))).toMatchObject({
        status: 404,
        error: "unknown_connection",
      });
    }
  });

  it("gives back the token before where one takes its place that does not tell whose it is", async () => {
    const app = await makeApp();
    await connectUser(app, "alice");
    const body = { user: "alice", integration: app.integrations["github"], access_token: "of-nobody" };
    expect((await call(app.key, "POST", "/connections/import", body)).status).toBe(201);
    await expect.poll(() => revocationCalls("github")).toBe(1);
  });

  it("gives back the token before, and nothing else, when the same account is connected again", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    expect(await connectUser(app, "alice")).toMatchObject({ id });
    await expect.poll(() => revocationCalls("github")).toBe(1);
    expect((await readData(app, "alice")).status).toBe(200);
  });
});

describe("a link", () => {
  it("is for the browser that opens it first", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice", { service: null });
    const first = newBrowser();
    expect((await first.openLink(link)).status).toBe(200);
    expect(await errorOf(await newBrowser().openLink(link, JSON_ANSWER))).toMatchObject({
      status: 403,
      error: "link_browser_mismatch",
    });
    expect((await first.openLink(link)).status).toBe(200);
  });

  it("leads no second browser to the provider once it is on its way", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice");
    expect((await newBrowser().openLink(link)).status).toBe(303);
    expect(await errorOf(await newBrowser().openLink(link, JSON_ANSWER))).toMatchObject({
      status: 403,
      error: "link_browser_mismatch",
    });
  });

  it("works once", async () => {
    const app = await makeApp();
    const browser = newBrowser();
    const link = await makeLink(app, "alice");
    expect((await browser.openLink(link)).status).toBe(303);
    expect(await errorOf(await browser.openLink(link, JSON_ANSWER))).toMatchObject({ status: 410, error: "link_used" });
  });

  it("that a person is on their way with works on, however many more are made meanwhile", async () => {
    const app = await makeApp();
    const { browser, callback } = await atCallback(app, "alice");
    for (let made = 0; made < 60; made += 1) await makeLink(app, "alice", { expires_in: 86_400 });
    const back = new URL(locationOf(await browser.navigate(callback.href)));
    expect(back.searchParams.get("connection_code")).not.toBeNull();
  });

  it("leads one of twenty browsers to the provider that open it at once", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice");
    const answers = await Promise.all(Array.from({ length: 20 }, () => newBrowser().openLink(link)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(19);
  });

  it.each<[string, RequestInit]>([
    ["HEAD", { method: "HEAD" }],
    ["a prefetch", { headers: { "Sec-Purpose": "prefetch" } }],
    ["a prerender", { headers: { "Sec-Purpose": "prefetch;prerender" } }],
    ["an older browser's prefetch", { headers: { Purpose: "prefetch" } }],
  ])("is not used up by %s", async (_, init) => {
    const app = await makeApp();
    const link = await makeLink(app, "alice");
    const scanner = newBrowser();
    expect((await scanner.fetch(`${APP}/connect/${ticketOf(link)}`, init)).status).toBe(204);
    expect(scanner.cookies.size).toBe(0);
    expect((await newBrowser().openLink(link)).status).toBe(303);
  });

  it("holds its ticket where no server and no log sees it, and is spent by its own page alone", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice");
    expect(link.startsWith(`${APP}/connect#`)).toBe(true);
    for (const Origin of ["https://evil.example", "null", ""]) {
      const headers = { ...JSON_ANSWER.headers, Origin };
      const forged = await newBrowser().submit("/connect/open", { ticket: ticketOf(link) }, { headers });
      expect(await errorOf(forged)).toMatchObject({ status: 403, error: "csrf" });
    }
    expect((await newBrowser().openLink(link)).status).toBe(303);
  });

  it("may be pasted whole, where scripts are turned off", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice");
    expect((await newBrowser().submit("/connect/open", { ticket: ` ${link}\n` })).status).toBe(303);
  });

  it("from before its ticket stood behind a # leads to the page, and nothing is spent by that", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice");
    const before = `${APP}/connect/${ticketOf(link)}`;
    expect((await newBrowser().fetch(before, { method: "HEAD" })).status).toBe(204);
    const browser = newBrowser();
    const answer = await browser.navigate(before);
    expect(answer.status).toBe(303);
    expect(new URL(locationOf(answer), APP).href).toBe(link);
    expect((await browser.openLink(new URL(locationOf(answer), APP).href)).status).toBe(303);
  });

  it("ends when the app said", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice", { expires_in: 60 });
    pass(MINUTE + 1);
    expect(await errorOf(await newBrowser().openLink(link, JSON_ANSWER))).toMatchObject({
      status: 410,
      error: "link_expired",
    });
  });

  it("is spent in time, also when it was opened in time", async () => {
    const app = await makeApp();
    const link = await makeLink(app, "alice", { service: null, expires_in: 60 });
    const browser = newBrowser();
    expect((await browser.openLink(link)).status).toBe(200);
    pass(MINUTE + 1);
    expect(await errorOf(await choose(browser, link, integrationOf(app)))).toMatchObject({
      status: 410,
      error: "link_expired",
    });
  });

  it.each<[string, (ticket: string, code: string) => string]>([
    ["altered", alter],
    ["cut off", (ticket) => ticket.slice(0, -1)],
    ["made up", () => "x".repeat(200)],
    ["a code", (_, code) => code],
  ])("is refused when it is %s", async (_, damage) => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    const link = `${APP}/connect#${damage(ticketOf(await makeLink(app, "bob")), code)}`;
    expect(await errorOf(await newBrowser().openLink(link, JSON_ANSWER))).toMatchObject({
      status: 400,
      error: "invalid_link",
    });
  });

  it("without an integration has the person choose, on a page of ours", async () => {
    const app = await makeApp({ services: ["github", "google"] });
    const link = await makeLink(app, "alice", { service: null });
    const browser = newBrowser();
    const page = await (await browser.openLink(link)).text();
    for (const integration of Object.values(app.integrations)) expect(page).toContain(integration);
    expect(await errorOf(await choose(browser, link, integrationOf(app), "https://evil.example"))).toMatchObject({
      status: 403,
      error: "csrf",
    });
    expect(await errorOf(await choose(newBrowser(), link, integrationOf(app)))).toMatchObject({
      status: 403,
      error: "link_browser_mismatch",
    });
    const consent = new URL(locationOf(await choose(browser, link, integrationOf(app))));
    expect(consent.searchParams.get("redirect_uri")).toBe(`${APP}/callback/${integrationOf(app)}`);
    expect(await errorOf(await choose(browser, link, integrationOf(app)))).toMatchObject({
      status: 410,
      error: "link_used",
    });
  });

  it("is made for none of another app's integrations", async () => {
    const [app, other] = [await makeApp(), await makeApp({ name: "Other" })];
    const body = { user: "alice", return_to: RETURN_URL };
    for (const integration of [integrationOf(other), "slack", "nowhere"]) {
      expect(await errorOf(await call(app.key, "POST", "/connect-sessions", { ...body, integration }))).toMatchObject({
        status: 404,
        error: "unknown_integration",
      });
    }
    const link = await makeLink(app, "alice", { service: null });
    const browser = newBrowser();
    await browser.openLink(link);
    expect(await errorOf(await choose(browser, link, integrationOf(other)))).toMatchObject({
      status: 404,
      error: "unknown_integration",
    });
  });

  it.each([
    `${RETURN_URL}/`,
    `${RETURN_URL}?`,
    `${RETURN_URL}?next=1`,
    `${RETURN_URL}#`,
    `${RETURN_URL}#fragment`,
    ` ${RETURN_URL}`,
    `${RETURN_URL}\n`,
    "https://app.example/Done",
    "https://APP.example/done",
    "HTTPS://app.example/done",
    "http://app.example/done",
    "https://app.example:443/done",
    "https://app.example./done",
    "https://app.example/%64one",
    "https://app.example/x/../done",
    "https://app.example//done",
    "https://app.example\\done",
    "https://app.example",
    "https://user@app.example/done",
    "https://app.example@evil.example/done",
    "https://app.example.evil.example/done",
    "https://evil.example/done",
    "//app.example/done",
    "/done",
    "javascript:alert(1)",
    "",
  ])("ends at no other place than a registered one: %j", async (return_to) => {
    const app = await makeApp({ return_urls: [RETURN_URL, "https://app.example/other"] });
    const body = { user: "alice", integration: integrationOf(app), return_to };
    expect(await errorOf(await call(app.key, "POST", "/connect-sessions", body))).toMatchObject({
      status: 400,
      error: "invalid_return_to",
    });
  });

  it("ends at no place that another app has registered", async () => {
    const app = await makeApp();
    await makeApp({ return_urls: ["https://other.example/done"] });
    const { id } = await connectUser(app, "alice");
    const return_to = "https://other.example/done";
    expect(await errorOf(await call(app.key, "POST", "/connect-sessions", { user: "alice", return_to }))).toMatchObject(
      { error: "invalid_return_to" },
    );
    expect(await errorOf(await call(app.key, "POST", `/connections/${id}/reconnect`, { return_to }))).toMatchObject({
      error: "invalid_return_to",
    });
  });
});

describe("the callback", () => {
  it("is for the browser that opened the link", async () => {
    const app = await makeApp();
    const { browser, callback } = await atCallback(app, "alice");
    await control("github").clearLog();
    const other = newBrowser();
    await other.openLink(await makeLink(app, "mallory"));
    for (const stranger of [other, newBrowser()]) {
      expect(await errorOf(await stranger.fetch(callback.href))).toMatchObject({
        status: 403,
        error: "state_browser_mismatch",
      });
    }
    expect(await tokenCalls("github")).toBe(0);
    expect(locationOf(await browser.navigate(callback.href))).toContain("connection_code=");
  });

  it.each<[string, (app: TestApp, other: TestApp) => string]>([
    ["another app's", (_, other) => `/callback/${integrationOf(other)}`],
    ["another provider's", (app) => `/callback/${integrationOf(app, "google")}`],
    ["the page's own", () => "/callback/github"],
  ])("takes no answer at %s redirect URI, and exchanges nothing", async (_, pathname) => {
    const app = await makeApp({ services: ["github", "google"] });
    const other = await makeApp({ name: "Other" });
    const { browser, callback } = await atCallback(app, "alice");
    for (const service of ["github", "google"]) await control(service).clearLog();
    const misled = new URL(callback);
    misled.pathname = pathname(app, other);
    expect(await errorOf(await browser.fetch(misled.href))).toMatchObject({ status: 400, error: "callback_mismatch" });
    expect(await tokenCalls("github")).toBe(0);
    expect(await tokenCalls("google")).toBe(0);
    expect(locationOf(await browser.navigate(callback.href))).toContain("connection_code=");
  });

  it("of the integration's other address is a mismatch as well", async () => {
    const app = await makeApp();
    const { browser, callback } = await atCallback(app, "alice");
    await control("github").clearLog();
    callback.pathname = `/integrations/${integrationOf(app)}/oauth2callback`;
    expect(await errorOf(await browser.fetch(callback.href))).toMatchObject({ error: "callback_mismatch" });
    expect(await tokenCalls("github")).toBe(0);
  });

  it("has an address of its own for every integration of every app", async () => {
    const services = ["github", "google"];
    const apps = [await makeApp({ services }), await makeApp({ name: "Other", services })];
    const addresses: string[] = [];
    for (const { id, key } of apps) {
      const listed = await parse(await call(key, "GET", `/apps/${id}/integrations`), 200, AppIntegrations);
      for (const { integration, redirect_uri } of listed.integrations) {
        expect(redirect_uri).toBe(`${APP}/callback/${integration}`);
        addresses.push(redirect_uri);
      }
    }
    expect(new Set(addresses).size).toBe(4);
  });

  it("tells the app that access was declined, without a code", async () => {
    const app = await makeApp();
    const browser = newBrowser();
    const consent = locationOf(await browser.openLink(await makeLink(app, "alice")));
    const answer = await browser.navigate(await decide("github", consent, { decision: "deny" }));
    expect(locationOf(answer)).toBe(`${RETURN_URL}?error=access_denied`);
    expect(await connectionsOf(app, "alice")).toEqual([]);
  });

  it("gives one code when it comes twenty times at once", async () => {
    const app = await makeApp();
    const { browser, callback } = await atCallback(app, "alice");
    await control("github").clearLog();
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.fetch(callback.href)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await tokenCalls("github")).toBe(1);
  });

  it("in a popup is a page that may speak to its opener, at the registered URL", async () => {
    const app = await makeApp();
    const { browser, callback } = await atCallback(app, "alice", {}, { display: "popup" });
    const answer = await browser.navigate(callback.href);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toContain("text/html");
    expect(answer.headers.get("Cross-Origin-Opener-Policy")).toBe("unsafe-none");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const place = new URL(/data-return-to="([^"]+)"/.exec(await answer.text())?.[1] ?? "");
    expect(place.origin + place.pathname).toBe(RETURN_URL);
    const code = place.searchParams.get("connection_code") ?? "";
    expect((await finalize(app, "alice", code)).status).toBe(200);
  });

  it("in a popup tells of access that was declined as well", async () => {
    const app = await makeApp();
    const browser = newBrowser();
    const consent = locationOf(await browser.openLink(await makeLink(app, "alice", { display: "popup" })));
    const answer = await browser.navigate(await decide("github", consent, { decision: "deny" }));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`data-return-to="${RETURN_URL}?error=access_denied"`);
  });

  it("keeps to the return URL's own query", async () => {
    const return_to = "https://app.example/done?tab=integrations";
    const app = await makeApp({ return_urls: [return_to] });
    const { browser, callback } = await atCallback(app, "alice", {}, { return_to });
    const place = new URL(locationOf(await browser.navigate(callback.href)));
    expect([...place.searchParams.keys()]).toEqual(["tab", "connection_code"]);
  });
});

describe("a user's session", () => {
  it("connects nothing that the app has not said whose it is", async () => {
    const app = await makeApp();
    const session = await userSession(app, "alice");
    for (const integration of [integrationOf(app), "github"]) {
      expect(await errorOf(await call(session, "GET", `/auth/${integration}`))).toMatchObject({
        status: 403,
        error: "connect_session_required",
      });
      expect(await errorOf(await call(session, "POST", `/integrations/${integration}/authorize`))).toMatchObject({
        status: 403,
        error: "connect_session_required",
      });
    }
  });

  it("sees its own user and nobody else", async () => {
    const app = await makeApp();
    const hers = await connectUser(app, "alice");
    const his = await connectUser(app, "bob", "github", 1);
    const session = await userSession(app, "alice");
    const listed = await parse(await call(session, "GET", "/connections"), 200, Connections);
    expect(listed.connections.map(({ id }) => id)).toEqual([hers.id]);
    expect(await errorOf(await call(session, "GET", "/connections?user=bob"))).toMatchObject({
      status: 403,
      error: "user_mismatch",
    });
    expect((await call(session, "GET", `/connections/${hers.id}`)).status).toBe(200);
    for (const method of ["GET", "DELETE"]) {
      expect(await errorOf(await call(session, method, `/connections/${his.id}`))).toMatchObject({
        status: 404,
        error: "not_found",
      });
    }
    const data = `/data/${integrationOf(app)}`;
    expect((await call(session, "GET", data)).status).toBe(200);
    expect((await call(session, "GET", data, undefined, asUser("alice"))).status).toBe(200);
    expect(await errorOf(await call(session, "GET", data, undefined, asUser("bob")))).toMatchObject({
      status: 403,
      error: "user_mismatch",
    });
    const proxy = `/proxy/${integrationOf(app)}/user`;
    const proxied = await call(session, "GET", proxy, undefined, asUser("bob"));
    expect(proxied.headers.get("X-Latchkey-Error")).toBe("user_mismatch");
  });

  it("does not do what only the app may", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "alice");
    const { code } = await atReturn(app, "alice");
    const session = await userSession(app, "alice");
    const attempts: readonly [string, string, unknown?][] = [
      ["GET", `/apps/${app.id}`],
      ["PATCH", `/apps/${app.id}`, { name: "Mine" }],
      ["GET", `/apps/${app.id}/keys`],
      ["POST", `/apps/${app.id}/keys`, { name: "mine", scopes: ["manage"] }],
      ["GET", `/apps/${app.id}/integrations`],
      ["PUT", `/apps/${app.id}/integrations`, { provider: "google", client_id: "x", client_secret: "y" }],
      ["DELETE", `/apps/${app.id}/integrations/${integrationOf(app)}`],
      ["POST", "/connect-sessions", { user: "alice", return_to: RETURN_URL }],
      ["POST", `/connections/${id}/reconnect`, { return_to: RETURN_URL }],
      ["POST", "/connections/finalize", { connection_code: code, user: "alice" }],
      ["GET", `/connections/${id}/token`],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await call(session, method, path, body);
      expect(await errorOf(answer), `${method} ${path}`).toMatchObject({ status: 403, error: "insufficient_scope" });
    }
  });

  it("without the scope to read is told nothing of what is connected", async () => {
    const app = await makeApp();
    const { account } = await connectUser(app, "alice");
    const made = await call(app.key, "POST", "/sessions", { user: "alice", scopes: ["proxy", "connect"] });
    const { key } = await parse(made, 201, UserSession);
    const answer = await call(key, "GET", "/integrations");
    expect(answer.status).toBe(403);
    const text = await answer.text();
    expect(text).toContain("the scope read");
    expect(text).not.toContain(account?.name);
  });

  it("is refused by the name of the field that is wrong", async () => {
    const app = await makeApp();
    for (const [body, message] of [
      [{ user: "alice", expires_in: 5 }, "expires_in: "],
      [{ user: "alice", scopes: ["read", "manage"] }, "scopes.1: "],
      [{ user: "alice\nbob" }, "user: "],
      [{ name: "" }, "name: "],
    ] as const) {
      const problem = await errorOf(await call(app.key, "POST", "/sessions", body));
      expect(problem).toMatchObject({ status: 400, error: "invalid_request" });
      expect(problem.message.slice(0, message.length)).toBe(message);
    }
  });

  it("makes no further sessions", async () => {
    const app = await makeApp();
    const session = await userSession(app, "alice");
    for (const body of [{ user: "alice" }, { user: "bob" }, { name: "mine" }]) {
      expect([401, 403]).toContain((await call(session, "POST", "/sessions", body)).status);
    }
  });
});

describe("a vault that does what it is asked, and whose answer is lost", () => {
  it("finishes a connection all the same, once", async () => {
    const app = await makeApp();
    const { code } = await atReturn(app, "alice");
    let calls = 0;
    const VAULT = troubledVaults("adoptGrant", async (adopt) => {
      const answer = await adopt();
      if (++calls === 1) throw new Error("reset");
      return answer;
    });
    const asked = {
      method: "POST",
      headers: { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ connection_code: code, user: "alice" }),
    };
    await parse(await request("/connections/finalize", asked, { ADMIN_KEY, VAULT }), 200, Connection);
    expect(calls).toBe(2);
    expect(await connectionsOf(app, "alice")).toHaveLength(1);
    expect((await readData(app, "alice")).status).toBe(200);
    expect((await finalize(app, "alice", code)).status).toBe(400);
    expect(await revocationCalls("github")).toBe(0);
  });
});

describe("an app's key", () => {
  it.each([
    ["without a user", {}],
    ["with an empty one", asUser("")],
    ["with a line break in it", asUser("UTF-8''alice%0Abob")],
    ["with what is no UTF-8", asUser("UTF-8''%ff")],
    ["with 256 bytes", asUser("x".repeat(256))],
    ["with 256 bytes of 128 letters", asUser(`UTF-8''${encodeURIComponent("ä".repeat(128))}`)],
  ])("reads nobody's data %s", async (_, headers) => {
    const app = await makeApp();
    await connectUser(app, "alice");
    expect(await errorOf(await call(app.key, "GET", `/data/${integrationOf(app)}`, undefined, headers))).toMatchObject({
      status: 400,
      error: "user_required",
    });
    const proxied = await call(app.key, "GET", `/proxy/${integrationOf(app)}/user`, undefined, headers);
    expect(proxied.headers.get("X-Latchkey-Error")).toBe("user_required");
  });

  it("tells users apart that differ in case, dots or colons alone", async () => {
    const app = await makeApp();
    const names = ["ann", "Ann", "ann.", "ann:github", "github:ann", "%61nn", "con_ann"];
    const { id } = await connectUser(app, "ann");
    for (const user of names) {
      const answer = await call(app.key, "GET", `/connections/${id}`, undefined, { "X-Latchkey-User": user });
      expect([user, answer.status]).toEqual([user, user === "ann" ? 200 : 404]);
    }
  });

  it.each([
    ["Jürgen Weiß", "Ju\u0308rgen Weiß"],
    ["山田 太郎", "山田 太郎"],
    ["👩‍💻", "👩‍💻"],
    ["UTF-8''ann", "UTF-8''ann"],
    ["ann@example.com", "ann@example.com"],
  ])("calls for a user of any letters, however they are made up: %s", async (user, spelled) => {
    const app = await makeApp();
    const connection = await connectUser(app, spelled);
    expect(connection.user).toBe(user);
    const header = { "X-Latchkey-User": `UTF-8''${encodeURIComponent(spelled)}` };
    expect((await call(app.key, "GET", `/data/${integrationOf(app)}`, undefined, header)).status).toBe(200);
    const listed = await call(app.key, "GET", `/connections?user=${encodeURIComponent(spelled)}`);
    expect((await parse(listed, 200, Connections)).connections.map(({ id }) => id)).toEqual([connection.id]);
    const session = await userSession(app, spelled);
    expect((await call(session, "GET", `/data/${integrationOf(app)}`, undefined, header)).status).toBe(200);
    const path = `/users/${encodeURIComponent(spelled)}/sessions`;
    expect(await (await call(app.key, "GET", path)).json()).toMatchObject({ sessions: [{}] });
    expect(await errorOf(await call(app.key, "GET", path, undefined, asUser("ann")))).toMatchObject({
      error: "user_mismatch",
    });
  });

  it("is of no use for another app's users and integrations", async () => {
    const [app, other] = [await makeApp(), await makeApp({ name: "Other" })];
    const { id } = await connectUser(app, "alice");
    expect(await connectionsOf(other, "alice")).toEqual([]);
    expect((await call(other.key, "GET", `/connections/${id}`)).status).toBe(404);
    expect((await call(other.key, "GET", `/apps/${app.id}`)).status).toBe(404);
    for (const path of [`/data/${integrationOf(app)}`, `/proxy/${integrationOf(app)}/user`]) {
      const answer = await call(other.key, "GET", path, undefined, asUser("alice"));
      expect(await errorOf(answer), path).toMatchObject({ status: 404, error: "unknown_integration" });
    }
  });
});

/** Presses one of the buttons on the page of a link. */
function choose(browser: Visitor, link: string, integration: string, origin = APP): Promise<Response> {
  const headers = { ...JSON_ANSWER.headers, Origin: origin };
  return browser.submit("/connect/open", { ticket: ticketOf(link), integration }, { headers });
}

/** What stands behind the `#` of a link. */
const ticketOf = (link: string): string => new URL(link).hash.slice(1);

function alter(text: string): string {
  return text.slice(0, 60) + (text[60] === "A" ? "B" : "A") + text.slice(61);
}
