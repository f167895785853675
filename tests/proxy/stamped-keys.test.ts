/** Our key where the SDK of a service puts its own, and every attempt to have another one taken or ours passed on. */
import { describe, expect, it } from "vitest";
import { describe as toProvider } from "../../src/contract/describe.ts";
import type { Stamp } from "../../src/contract/provider.ts";
import { stampOf } from "../../src/contract/stamp.ts";
import { findKey, headerHoldsKey, holdsKey, takeKey } from "../../src/proxy/credentials.ts";
import { toCallerHeaders, toUpstreamHeaders } from "../../src/proxy/headers.ts";

const KEY = `lk_${"k".repeat(86)}`;
const OTHER = `lk_${"o".repeat(86)}`;

const serviceOf = (stamp: Stamp) => toProvider({ id: "x", api_base_url: "https://api.x.com", api: { stamp } });
const basicOf = (user: string, password: string): string => `Basic ${btoa(`${user}:${password}`)}`;

const HEADER = serviceOf({ headers: { "X-Api-Key": "{api_key}" } });
const QUERY = serviceOf({ query: { key: "{api_key}" } });
const PAIR = serviceOf({ basic: { user: "{sid}", password: "{token}" } });

/** What is taken out of a request, and what goes on of it. */
function taken(provider: ReturnType<typeof serviceOf>, headers: Record<string, string>, query = "") {
  const incoming = new Headers(headers);
  const presented = takeKey(provider, incoming, query, undefined);
  return { key: presented.key, query: presented.query, sent: [...toUpstreamHeaders(incoming, {}, {})] };
}

describe("is read as the service writes its own", () => {
  it.each<[string, Stamp, Record<string, string>]>([
    ["a header", { headers: { "X-Api-Key": "{api_key}" } }, { "x-api-key": KEY }],
    ["a scheme", { headers: { Authorization: "SSWS {api_key}" } }, { authorization: `SSWS ${KEY}` }],
    ["a scheme in other letters", { headers: { Authorization: "Bot {api_key}" } }, { authorization: `bot ${KEY}` }],
    [
      "something before and behind",
      { headers: { Authorization: 'Token token="{api_key}", v=2' } },
      { authorization: `Token token="${KEY}", v=2` },
    ],
    ["the header without its scheme", { headers: { Authorization: "SSWS {api_key}" } }, { authorization: KEY }],
    ["Basic, as the user", { basic: { user: "{api_key}", password: "" } }, { authorization: basicOf(KEY, "") }],
    ["Basic, as the password", { basic: { user: "{sid}", password: "{t}" } }, { authorization: basicOf("AC1", KEY) }],
  ])("in %s, whoever is asked: also before it is known which service it is", (_, stamp, headers) => {
    const provider = serviceOf(stamp);
    const { key, sent } = taken(provider, headers);
    expect(key).toBe(KEY);
    expect(JSON.stringify(sent)).not.toContain(KEY);
    expect(findKey(new Headers(headers), "")).toBe(KEY);
  });

  it("in the query, with the rest of it byte for byte", () => {
    expect(taken(QUERY, {}, `?a=%2F+b&key=${KEY}&c`)).toMatchObject({ key: KEY, query: "?a=%2F+b&c" });
    expect(taken(QUERY, {}, `?key=${KEY}`)).toMatchObject({ key: KEY, query: "" });
    expect(findKey(new Headers(), `?key=${KEY}`)).toBe(KEY);
  });
});

describe("is not read", () => {
  it.each([
    ["of two keys with a blank between them", `Bearer ${KEY} ${KEY}`],
    ["of two headers", `Bearer ${KEY}, Bearer ${OTHER}`],
    ["behind something", `Bearer x${KEY}`],
    ["before something", `Bearer ${KEY}x`],
    ["cut short", `Bearer ${KEY.slice(0, -1)}`],
    ["with a comma", `Bearer ${KEY},`],
    ["in Basic that is no base64", `Basic ${KEY}`],
    ["in Basic with a letter that base64 has not", `Basic ${btoa(`${KEY}:`).slice(0, -2)}*=`],
    ["in Basic without a colon before more", `Basic ${btoa(`x${KEY}`)}`],
    ["in Basic twice encoded", `Basic ${btoa(btoa(`${KEY}:`))}`],
    ["in Basic and something behind it", `Basic ${btoa(`${KEY}:`)} x`],
  ])("%s", (_, Authorization) => {
    for (const provider of [HEADER, QUERY, PAIR]) {
      const { key, sent } = taken(provider, { Authorization });
      expect(key === KEY || key === OTHER).toBe(false);
      expect(sent.map(([name]) => name)).not.toContain("authorization");
    }
  });

  it("in the service's header with another key or anything else beside it, and does not go on", () => {
    for (const value of [`${KEY}, ${OTHER}`, `${KEY} ${KEY}`, `x${KEY}`, `{"key":"${KEY}"}`]) {
      const { key, sent } = taken(HEADER, { "X-Api-Key": value });
      expect([key, JSON.stringify(sent).includes("lk_")]).toEqual([undefined, false]);
    }
  });

  it("in a parameter of another name or spelling, and is refused there", () => {
    for (const query of [`?KEY=${KEY}`, `?key[]=${KEY}`, `?x=${KEY}`, `?redirect=https%3A%2F%2Fx%2F%3Fkey%3D${KEY}`]) {
      const presented = taken(QUERY, {}, query);
      expect([presented.key, holdsKey(`https://api.x.com/a${presented.query}`)]).toEqual([undefined, true]);
    }
  });
});

describe("of several keys", () => {
  it("the one of the headers counts, and none goes on", () => {
    const both = taken(QUERY, { Authorization: `Bearer ${KEY}` }, `?key=${OTHER}&a=1`);
    expect(both).toMatchObject({ key: KEY, query: "?a=1" });
    const three = taken(HEADER, { "X-Latchkey-Key": KEY, "X-Api-Key": OTHER, Authorization: basicOf(OTHER, KEY) });
    expect(three.key).toBe(KEY);
    expect(JSON.stringify(three.sent)).not.toContain("lk_");
  });

  it("the first of a query counts, and all of its name are taken out", () => {
    const query = `?key=${KEY}&key=${OTHER}&%6bey=${OTHER}&a=1&key=AIza-somebody-elses`;
    expect(taken(QUERY, {}, query)).toMatchObject({ key: KEY, query: "?a=1" });
  });

  it("the first half of Basic counts", () => expect(taken(PAIR, { Authorization: basicOf(KEY, OTHER) }).key).toBe(KEY));

  it("one in the service's header and somebody else's token in Authorization are not taken for either", () =>
    expect(taken(HEADER, { "X-Api-Key": KEY, Authorization: "Bearer sk-somebody-elses" }).key).not.toBe(KEY));
});

describe("another service's key beside ours", () => {
  it("in the place of the service's own gives way to the user's", () => {
    const held = { access_token: "", details: {}, fields: { api_key: "the-users-key" } };
    const stamped = stampOf(HEADER, "", held);
    const incoming = new Headers({ Authorization: `Bearer ${KEY}`, "X-Api-Key": "somebody-elses" });
    expect(toUpstreamHeaders(incoming, {}, stamped.headers).get("X-Api-Key")).toBe("the-users-key");
  });

  it("in Authorization never reaches a service whose credential stands elsewhere", () =>
    expect(taken(HEADER, { "X-Latchkey-Key": KEY, Authorization: "Bearer sk-other" }).sent).not.toContainEqual(
      expect.arrayContaining(["authorization"]),
    ));
});

describe("is seen, and kept from the service,", () => {
  it.each([
    ["in a header as it is", KEY],
    ["in words", `key=${KEY}; v=1`],
    ["escaped", encodeURIComponent(KEY).replaceAll("_", "%5F")],
    ["escaped twice", KEY.replaceAll("_", "%255F")],
    ["as the user of Basic", basicOf(KEY, "x")],
    ["as the password of Basic", basicOf("x", KEY).replace("Basic", "basic")],
  ])("%s", (_, value) => {
    expect(headerHoldsKey(value)).toBe(true);
    expect(taken(HEADER, { "X-Anything": value }).sent).toEqual([["accept-encoding", "identity"]]);
  });

  it.each(["", "lk_", KEY.slice(0, -1), `Basic ${"*".repeat(200)}`, `Basic ${btoa("x".repeat(200))}`])(
    "and what is none passes: %j",
    (value) => expect(headerHoldsKey(value)).toBe(false),
  );
});

it("takes no longer for a header that is huge", () => {
  const huge = [
    `Bearer ${" ".repeat(100_000)}x y`,
    `Basic ${btoa(":".repeat(90_000))}`,
    "lk_".repeat(40_000),
    "%25".repeat(40_000),
    `${KEY.slice(0, -1)} `.repeat(1000),
  ];
  const started = performance.now();
  for (const value of huge) {
    expect(findKey(new Headers({ Authorization: value, "X-Api-Key": value }), `?key=${value}`)).not.toBe(KEY);
    expect(taken(HEADER, { Authorization: value, "X-Api-Key": value }).key).not.toBe(KEY);
  }
  expect(performance.now() - started).toBeLessThan(2000);
});

describe("what the service is called with does not come back", () => {
  it.each<[string, Stamp, string]>([
    ["a token", { headers: { Authorization: "Bearer {access_token}" } }, "Bearer the-access-token"],
    ["a key", { headers: { "X-Api-Key": "{api_key}" } }, "the-users-key"],
    ["a pair", { basic: { user: "{sid}", password: "{api_key}" } }, basicOf("AC1", "the-users-key")],
    ["a part of a pair", { basic: { user: "{sid}", password: "{api_key}" } }, "key=the-users-key"],
  ])("%s that a header of the answer repeats", (_, stamp, echo) => {
    const held = { access_token: "the-access-token", details: { sid: "AC1" }, fields: { api_key: "the-users-key" } };
    const { secrets } = stampOf(serviceOf(stamp), "", held);
    const answered = new Headers({ "X-Echo": echo, "X-Sid": "AC1", "X-Request-Id": "1" });
    const seen = toCallerHeaders(answered, new Headers(), new Headers(answered), secrets);
    expect([seen.has("X-Echo"), seen.get("X-Sid"), seen.get("X-Request-Id")]).toEqual([false, "AC1", "1"]);
  });

  it("and one that is too short to be a secret takes no header with it", () => {
    const held = { access_token: "", details: {}, fields: { pin: "1" } };
    expect(stampOf(serviceOf({ headers: { "X-Pin": "{pin}" } }), "", held).secrets).toEqual([]);
  });
});
