/** What somebody whom nobody knows can cost: by each way in, so and so many calls, rows and writes, and nothing more. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import documented from "../../docs/cost.md?raw";
import deployed from "../../wrangler.toml?raw";
import { Authorization } from "../../src/api.ts";
import type { UsedPasskey } from "../../src/api-passkeys.ts";
import { randomId, shortId } from "../../src/crypto.ts";
import { Authenticator } from "../support/authenticator.ts";
import { control } from "../support/emulator.ts";
import { ADMIN_KEY } from "../support/integrator.ts";
import { meter, priceOf, type Counts } from "../support/meter.ts";
import { FROM_PAGE, addPasskey, signInOptions } from "../support/passkeys.ts";
import { APP, Visitor, request } from "../support/visitor.ts";

beforeEach(() => control("github").reset());
afterEach(() => vi.useRealTimers());

const TIMES = 10;
/** What the limits in wrangler.toml let an address have in an hour. */
const AN_HOUR = { calls: 300 * 360, changes: 30 * 360 };

/** On Cloudflare there always is one; the limits go by it. */
const FROM = { "CF-Connecting-IP": "192.0.2.1" };
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const madeUpKey = () => `lk_${randomId()}${randomId()}`;
const madeUpId = (prefix: string) => `${prefix}_${randomId()}_github`;
/** Sealed as ours are, to look at. */
const madeUpTicket = () => `v1.sandbox.${randomId().slice(0, 16)}.${randomId()}${randomId()}${randomId()}`;
const navigation = (site: string, destination = "document") => ({
  Accept: "text/html",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": destination,
  "Sec-Fetch-Site": site,
});
const preflight = (origin: string) => ({ Origin: origin, "Access-Control-Request-Method": "GET" });

type Asked = readonly [path: string, headers?: Readonly<Record<string, string>>, method?: string, body?: string];
type Way = readonly [name: string, ask: () => Asked | Promise<Asked>];

/** What a passkey answers to signing in. */
async function answerOf(device: Authenticator, change: (answer: UsedPasskey) => UsedPasskey = (answer) => answer) {
  const credential = change(await device.get(await signInOptions(new Visitor())));
  return ["/passkeys/sign-in", FROM_PAGE, "POST", JSON.stringify({ credential })] as const;
}

/** One that a person has. */
async function passkeyOfSomebody(): Promise<Authenticator> {
  const [person, device] = [new Visitor(), new Authenticator()];
  await person.connect("github");
  await addPasskey(person, device);
  return device;
}

const NOTHING_ASKED: readonly Way[] = [
  ["an address where nothing is", () => [`/${shortId()}`]],
  ["whether it answers", () => ["/health"]],
  ["the list of integrations", () => ["/integrations"]],
  ["a key that is none to look at", () => ["/integrations", bearer(randomId())]],
  ["a cookie that is none to look at", () => ["/data/github", { Cookie: `__Host-session=${randomId()}` }]],
  ["a session_id that is none to look at", () => [`/data/github?session_id=${randomId()}`]],
  ["a guess at ADMIN_KEY", () => ["/apps", bearer(randomId())]],
  ["a guess at ADMIN_KEY where an app's key would do", () => [`/apps/app-${shortId()}`, bearer(randomId())]],
  ["a change with a guess at ADMIN_KEY", () => ["/keys/reseal", bearer(randomId()), "POST"]],
  ["a connection's id, and no key", () => [`/connections/${madeUpId("con")}`]],
  ["a connection's token, and no key", () => [`/connections/${madeUpId("con")}/token`]],
  ["an event's id, and no key", () => [`/apps/app-${shortId()}/events/${madeUpId("msg")}/redeliver`, {}, "POST"]],
  ["a key's id, and no key", () => [`/sessions/${randomId().slice(0, 16)}`, {}, "DELETE"]],
  ["a state at the callback", () => [`/callback/github?code=x&state=${madeUpTicket()}`]],
  ["a state at the other callback", () => [`/integrations/github/oauth2callback?code=x&state=${madeUpTicket()}`]],
  ["a link's state", () => [`/auth/github?state=${madeUpTicket()}`, navigation("none")]],
  ["a connect link", () => [`/connect/${madeUpTicket()}`, navigation("none")]],
  ["a choice at a connect link", () => [`/connect/${madeUpTicket()}`, { Origin: APP }, "POST"]],
  ["an integration that cannot be an app's", () => [`/proxy/${shortId().slice(0, 8)}/user`]],
  ["an integration at its start", () => [`/auth/github-${shortId()}`, navigation("none")]],
  ["a challenge to sign in with", () => ["/passkeys/sign-in/options", FROM_PAGE, "POST"]],
  ["a passkey that was made up", () => answerOf(new Authenticator())],
  ["a preflight from what is no origin", () => ["/connections", preflight(`ftp://${shortId()}.example`), "OPTIONS"]],
  [
    "a start by an image",
    () => ["/auth/github", { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site" }],
  ],
  ["a start by a frame", () => ["/auth/github", navigation("cross-site", "iframe")]],
  ["a start by a prefetch", () => ["/auth/github", { ...navigation("none"), "Sec-Purpose": "prefetch" }]],
  ["a start that only asks for the headers", () => ["/auth/github", navigation("none"), "HEAD"]],
  ["a start by a link on another site", () => ["/auth/github", navigation("cross-site")]],
  ["a callback by a prefetch", () => ["/callback/github?code=x&state=x", { "Sec-Purpose": "prefetch" }]],
];

/** Keys that look like ours: each is counted, as a guess. */
const MADE_UP_KEYS: readonly Way[] = [
  ["a made-up key", () => ["/integrations", bearer(madeUpKey())]],
  ["a made-up cookie", () => ["/data/github", { Cookie: `__Host-session=${madeUpKey()}` }]],
  ["a made-up session_id", () => [`/data/github?session_id=${madeUpKey()}`]],
  ["a made-up key at the proxy", () => ["/proxy/github/user", bearer(madeUpKey())]],
  [
    "a made-up key as a password at the proxy",
    () => ["/proxy/github/user", { Authorization: `Basic ${btoa(`x:${madeUpKey()}`)}` }],
  ],
  ["a made-up key in a query at the proxy", () => [`/proxy/facebook/me?access_token=${madeUpKey()}`]],
  ["a made-up key for a change", () => ["/sessions", bearer(madeUpKey()), "POST"]],
  ["a made-up key for an app", () => [`/apps/app-${shortId()}`, bearer(madeUpKey()), "PATCH"]],
];

const LOOKED_UP: readonly (readonly [...Way, bound: Partial<Counts>])[] = [
  ["a made-up integration of an app", () => [`/proxy/github-${shortId()}/user`], { kv_reads: 1, vault_calls: 1 }],
  [
    "a preflight from a made-up origin",
    () => ["/connections", preflight(`https://${shortId()}.example`), "OPTIONS"],
    { kv_reads: 1, vault_calls: 1 },
  ],
];

/** What a way has cost: each of what it asked for, and the rest, which has to be nothing. */
async function costOf(ask: Way[1], { isOver = false } = {}) {
  const { bindings, take } = meter({ isOver });
  const overrides = { ...bindings, ADMIN_KEY };
  // Once in an isolate the name key is read, and whether records of a version before are still to be moved.
  await request("/integrations", { headers: bearer(madeUpKey()) }, overrides);
  const madeUp = preflight(`https://${shortId()}.example`);
  await request("/connections", { method: "OPTIONS", headers: madeUp }, overrides);
  take();
  const statuses: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const [path, headers = {}, method = "GET", body] = await ask();
    const init = { method, headers: { ...FROM, ...headers }, ...(body === undefined ? {} : { body }) };
    const { status } = await request(path, init, overrides);
    statuses.push(status);
  }
  const { counted = 0, counted_changes = 0, vaults = 0, ...charged } = take();
  return { statuses, counted, counted_changes, vaults, charged };
}

const times = (bound: Partial<Counts>) =>
  Object.fromEntries(Object.entries(bound).map(([name, n]) => [name, n * TIMES]));

describe("a stranger who guesses", () => {
  it.each([...NOTHING_ASKED, ...MADE_UP_KEYS])("has nothing looked up: %s", async (_, ask) => {
    const { charged, vaults } = await costOf(ask);
    expect({ charged, vaults }).toEqual({ charged: {}, vaults: 0 });
  });

  it.each(MADE_UP_KEYS)("is counted, and stopped once there was too much of it: %s", async (_, ask) => {
    expect((await costOf(ask)).counted).toBeGreaterThanOrEqual(TIMES);
    const { statuses, charged, counted } = await costOf(ask, { isOver: true });
    expect(statuses).toEqual(Array.from({ length: TIMES }, () => 429));
    // Who is told to wait is not even counted until then.
    expect({ charged, counted }).toEqual({ charged: {}, counted: 1 });
  });

  it.each(LOOKED_UP)("has little looked up and nothing made: %s", async (_, ask, bound) => {
    const { statuses, charged, vaults, counted } = await costOf(ask);
    for (const status of statuses) expect([200, 204, 401, 404]).toContain(status);
    for (const [name, count] of Object.entries(charged)) {
      expect(count, name).toBeLessThanOrEqual(new Map(Object.entries(times(bound))).get(name) ?? 0);
    }
    // None but the 64 that know what all apps have registered: they are there already, or hold nothing.
    expect(vaults).toBeLessThanOrEqual(times(bound).vault_calls ?? 0);
    expect(counted).toBeGreaterThanOrEqual(TIMES);
  });

  it.each(LOOKED_UP)("has one copy looked up at most once there was too much of it: %s", async (_, ask) => {
    const { statuses, charged } = await costOf(ask, { isOver: true });
    expect(statuses).toEqual(Array.from({ length: TIMES }, () => 429));
    expect({ kv_reads: 0, ...charged }).toEqual({ kv_reads: expect.any(Number) });
    expect(charged.kv_reads ?? 0).toBeLessThanOrEqual(TIMES);
  });
});

/** The cookies that a person at the page has after a start. */
async function cookiesOfStart(): Promise<{ readonly Cookie: string }> {
  const visitor = new Visitor();
  await visitor.startAt("github");
  return { Cookie: [...visitor.cookies].map((pair) => pair.join("=")).join("; ") };
}

async function linkOf(): Promise<string> {
  return Authorization.parse(await (await request("/auth/github")).json()).authorization_url;
}

async function openedLink(): Promise<Asked> {
  const [link, headers] = [await linkOf(), { ...navigation("none"), Cookie: `__Host-browser=${randomId()}` }];
  await request(link, { headers });
  return [link, headers];
}

const FROM_THE_PAGE = { "X-CSRF": "1", Origin: APP, "Content-Type": "application/json" };
const NEW_KEY = JSON.stringify({ name: "one of mine" });

/** What anybody may do, and what each time of it is made of. `changes`: whether it is counted as one. */
const ACTS: readonly (readonly [...Way, each: Partial<Counts>, changes: boolean])[] = [
  [
    "a start by a person",
    () => ["/auth/github", navigation("none")],
    { vaults: 1, vault_calls: 2, vault_rows: 28, kv_writes: 2 },
    true,
  ],
  ["a start by a program", () => ["/auth/github"], { vaults: 1, vault_calls: 1, vault_rows: 26, kv_writes: 1 }, true],
  [
    "a start by a person who has started before",
    async () => ["/auth/github", { ...navigation("none"), ...(await cookiesOfStart()) }],
    { vaults: 1, vault_calls: 1, vault_rows: 3, kv_reads: 1, kv_writes: 1 },
    true,
  ],
  [
    "a key that such a person makes",
    async () => ["/sessions", { ...(await cookiesOfStart()), ...FROM_THE_PAGE }, "POST", NEW_KEY],
    { vaults: 1, vault_calls: 1, vault_rows: 2, kv_reads: 1 },
    true,
  ],
  [
    "a link that is opened",
    async () => [await linkOf(), navigation("none")],
    { vaults: 1, vault_calls: 1, vault_rows: 1 },
    false,
  ],
  ["a link that is opened again", openedLink, { vaults: 1, vault_calls: 1 }, false],
  [
    "a sign-in with a passkey that has not signed it",
    async () =>
      answerOf(await passkeyOfSomebody(), (answer) => ({
        ...answer,
        response: { ...answer.response, signature: "MAYCAQECAQE" },
      })),
    { vaults: 1, vault_calls: 1 },
    true,
  ],
  [
    "a sign-in with a passkey",
    async () => answerOf(await passkeyOfSomebody()),
    { vaults: 1, vault_calls: 3, vault_rows: 5, kv_writes: 1 },
    true,
  ],
  [
    "a state that another browser brings back",
    async () => [`/callback/github?code=x&${new URL(await linkOf()).searchParams.toString()}`],
    { vaults: 1, vault_calls: 1, kv_reads: 1 },
    false,
  ],
];

describe("what anybody may do", () => {
  it.each(ACTS)("costs what it is made of, and no more: %s", async (_, ask, each, changes) => {
    const { charged, vaults, counted, counted_changes } = await costOf(ask);
    expect({ ...charged, vaults }).toEqual(times(each));
    expect(changes ? counted_changes : counted).toBeGreaterThanOrEqual(TIMES);
  });

  it.each(ACTS.filter(([, , , changes]) => changes))(
    "makes nothing once there was too much of it: %s",
    async (_, ask) => {
      const { statuses, charged } = await costOf(ask, { isOver: true });
      expect(statuses).toEqual(Array.from({ length: TIMES }, () => 429));
      expect({ kv_reads: 0, ...charged }).toEqual({ kv_reads: expect.any(Number) });
    },
  );

  it("leaves nothing behind for good: what a start has made is taken out again", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { bindings, take, names } = meter();
    const visitor = new Visitor({ ...bindings });
    await visitor.startAt("github");
    take();
    const [name = ""] = names;
    const vault = env.VAULT.getByName(name);
    const size = await runInDurableObject(vault, (_, { storage }) => storage.sql.databaseSize);
    expect(size).toBeLessThanOrEqual(74_000);
    for (let day = 0; day < 32; day += 1) {
      vi.setSystemTime(Date.now() + 86_400_000);
      await runDurableObjectAlarm(vault);
    }
    expect(take().vault_rows).toBeLessThanOrEqual(30);
    expect(await vault.owner()).toBeNull();
  });
});

it("stands in the document, at the prices of a million and of an hour", () => {
  const dollars = (amount: number) => `$${amount.toFixed(2)}`;
  const rows = [
    ...NOTHING_ASKED.slice(0, 1).map(() => ["whatever has nothing looked up", {}, false] as const),
    ...LOOKED_UP.map(([name, , each]) => [name, each, false] as const),
    ...ACTS.map(([name, , each, changes]) => [name, each, changes] as const),
  ];
  const [, section = ""] = documented.split("## What a stranger can cost");
  const said = section
    .split("\n")
    .filter((line) => /^\| .*\$/.test(line))
    .map((line) => line.replaceAll(/ +/g, " "));
  expect(said).toEqual(
    rows.map(([name, each, changes]) => {
      const price = priceOf(each);
      return `| ${name} | ${dollars(price)} | ${dollars((price * (changes ? AN_HOUR.changes : AN_HOUR.calls)) / 1e6)} |`;
    }),
  );
});

it("goes by the limits that are deployed", () => {
  for (const [name, calls] of [
    ["ADDRESS_LIMIT", AN_HOUR.calls],
    ["CHANGE_LIMIT", AN_HOUR.changes],
  ] as const) {
    const [, limit = ""] =
      new RegExp(`name = "${name}"\\n.*\\nsimple = \\{ limit = (\\d+), period = 10 \\}`).exec(deployed) ?? [];
    expect(Number(limit) * 360, name).toBe(calls);
  }
});
