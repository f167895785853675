/**
 * Every field of the schema, through connect, call, refresh and refusal: each service of the table is played by an emulator
 * that knows its entry alone and refuses whatever is not said there.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Credentials, Profile } from "../../src/api.ts";
import { Service } from "../../src/contract/service.ts";
import { CLIENT_KEY } from "../support/oidc-clients.ts";
import { forgetOthers } from "../support/vault.ts";
import {
  answered,
  callThrough,
  connectPlayed,
  errorOf,
  listed,
  play,
  played,
  thingsOf,
  visitorWith,
} from "../support/played.ts";
import { APP, type Visitor } from "../support/visitor.ts";
import type { Case } from "./played/case.ts";
import { OAUTH } from "./played/oauth.ts";
import { TYPED } from "./played/typed.ts";
import { pathsOf, usedBy } from "./schema-paths.ts";

const CASES = [...OAUTH, ...TYPED];
/** For the clients that show who they are by a key. */
const CLIENT_KEYS = JSON.stringify([CLIENT_KEY]);
const SECOND = 1000;
/** What tokens live in seconds, where a case does not say. */
const HOUR = 3600;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await forgetOthers();
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const held = (visitor: Visitor, id: string) => visitor.json(`/integrations/${id}/credentials`, Credentials);

/** Tokens that were given out, and not to the first to come. */
async function renewals(id: string): Promise<number> {
  const { grants } = await played(id).grants();
  return grants.reduce((count, grant) => count + Number(grant["refresh_count"]), 0);
}

async function connected({ entry, typed, settings = {}, ...service }: Case): Promise<Visitor> {
  await play({ entry, ...service });
  await played(entry.id).settings(settings);
  const visitor = visitorWith([entry], { CLIENT_KEYS });
  expect(await connectPlayed(visitor, entry, typed)).toBe(`${APP}/?connected=${entry.id}`);
  return visitor;
}

it("the table uses every property of a service, and each word that one may be", () => {
  const used = new Set(CASES.flatMap(({ entry }) => usedBy(Service, entry)));
  expect(pathsOf(Service).filter((path) => !used.has(path))).toEqual([]);
});

describe.each(CASES)("$what", (service) => {
  const { entry, lifetime = HOUR, revokes } = service;
  const { id } = entry;

  it("connects, and tells whose account it is", async () => {
    const visitor = await connected(service);
    expect(await held(visitor, id)).toMatchObject({ status: "connected", missing_scopes: [] });
    const { account } = await visitor.json(`/data/${id}`, Profile);
    expect(account?.id).toMatch(/^account-0(?:@|$)/);
    expect(account).toMatchObject({
      name: "Ada Lindqvist",
      email: "ada@northwind.example",
      url: "https://people.any.example.com/ada-lindqvist",
      avatar_url: "https://people.any.example.com/ada-lindqvist.png",
    });
  });

  it("is called, read and written", async () => {
    const visitor = await connected(service);
    const read = await answered(await callThrough(visitor, id, "/things/1?x=a%20b"));
    expect(read).toMatchObject({ account: "account-0", query: { x: "a b" } });
    const written = await answered(
      await callThrough(visitor, id, "/things", {
        method: "POST",
        body: "a=1",
        headers: { "Content-Type": "text/plain" },
      }),
    );
    expect(written).toMatchObject({ method: "POST", body: "a=1" });
  });

  it("says that only connecting again helps, where the service has ended it", async () => {
    const visitor = await connected(service);
    await played(id).revoke();
    await (await callThrough(visitor, id, "/things")).text();
    pass((lifetime ?? 0) * SECOND);
    expect(await errorOf(await callThrough(visitor, id, "/things"))).toMatchObject({
      status: 401,
      error: "reauth_required",
    });
    expect((await held(visitor, id)).status).toBe("reauth_required");
    await play(service);
    expect(await connectPlayed(visitor, entry, service.typed)).toContain(`connected=${id}`);
    expect((await callThrough(visitor, id, "/things")).status).toBe(200);
  });

  it(revokes ? "is taken back there on disconnecting" : "is forgotten on disconnecting", async () => {
    const visitor = await connected(service);
    expect((await visitor.change("DELETE", `/integrations/${id}/credentials`)).status).toBe(200);
    const { grants } = await played(id).grants();
    const living = grants.filter(({ revoked, live_access_tokens }) => !revoked && live_access_tokens !== 0);
    if (revokes) expect(living).toEqual([]);
    expect(await errorOf(await callThrough(visitor, id, "/things"))).toMatchObject({ error: "not_connected" });
  });
});

it.each(CASES.filter(({ entry: { items } }) => items !== undefined))(
  "$what: its lists are read to their ends, as one",
  async (service) => {
    const { id, items = [] } = service.entry;
    expect(await listed(await connected(service), id)).toEqual(thingsOf(items));
  },
);

it.each(CASES.filter(({ lifetime }) => lifetime !== null))(
  "$what: the token is renewed at its end, once, and works on",
  async (service) => {
    const { lifetime } = service;
    const { id } = service.entry;
    const visitor = await connected(service);
    const before = await renewals(id);
    for (let round = 1; round <= 3; round += 1) {
      pass((lifetime ?? HOUR) * SECOND - SECOND);
      const answers = await Promise.all([1, 2, 3].map(() => callThrough(visitor, id, "/things")));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await renewals(id)) - before).toBe(round);
    }
    const log = await played(id).log();
    expect(log.filter(({ status }) => status === null || status >= 400)).toEqual([]);
  },
);
