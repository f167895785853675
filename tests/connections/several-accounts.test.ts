/** Several accounts of one service: each is called by name, and by nobody who has not named it. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  Authorization,
  Disconnected,
  type HeldCredentials,
  Integrations,
  NewSessionKey,
  Profile,
  type Integration,
} from "../../src/api.ts";
import { SERVICES } from "../../sandbox/emulator.ts";
import { control } from "../support/emulator.ts";
import { meter } from "../support/meter.ts";
import { forgetOthers, ringAlarm, rowsOf, vaultOf, watchedVaults } from "../support/vault.ts";
import { APP, Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

beforeEach(forgetOthers);

const HEADER = "X-Latchkey-Connection";

async function integrationOf(visitor: Visitor, service: string): Promise<Integration> {
  const { integrations } = await visitor.json("/integrations", Integrations);
  const found = integrations.find(({ integration }) => integration === service);
  if (!found) throw new Error(`no ${service}`);
  return found;
}

/** A visitor with two accounts of a service. */
async function two(service: string): Promise<{ visitor: Visitor; first: HeldCredentials; second: HeldCredentials }> {
  const visitor = new Visitor();
  await visitor.connect(service, { account: 0 });
  await visitor.connect(service, { account: 1 });
  const { connections } = await integrationOf(visitor, service);
  const [first, second, ...more] = connections;
  if (!first || !second || more.length > 0) throw new Error(`${connections.length} connections`);
  return { visitor, first, second };
}

async function keyOf(visitor: Visitor, connection?: string): Promise<string> {
  const made = await visitor.change("POST", "/sessions", { name: "tests", ...(connection ? { connection } : {}) });
  return NewSessionKey.parse(await made.json()).key;
}

const bearer = (key: string, more: Readonly<Record<string, string>> = {}) => ({
  headers: { Authorization: `Bearer ${key}`, ...more },
});

/** Whose data a call reads, and which connection its answer says it was. */
async function readBy(url: string, key: string, more: Readonly<Record<string, string>> = {}) {
  const answer = await request(url, bearer(key, more));
  const { account } = Profile.parse(await answer.json());
  return { account: account?.id, connection: answer.headers.get(HEADER) };
}

describe.each(SERVICES)("two accounts of %s", (service) => {
  beforeEach(() => control(service).reset());

  it("are each called by the key, the header, the path and the default, and each answer says which it was", async () => {
    const { visitor, first, second } = await two(service);
    expect(first.label).not.toBe(second.label);
    expect(first.account?.id).not.toBe(second.account?.id);
    const key = await keyOf(visitor);
    for (const one of [first, second]) {
      const asked = { account: one.account?.id, connection: one.id };
      expect(await readBy(`/data/${service}`, await keyOf(visitor, one.id)), "the key").toEqual(asked);
      expect(await readBy(`/data/${service}`, key, { [HEADER]: one.id }), "the id").toEqual(asked);
      expect(await readBy(`/data/${service}`, key, { [HEADER]: one.label }), "the label").toEqual(asked);
      for (const at of ["@", "%40"]) expect(await readBy(`/data/${service}${at}${one.label}`, key), at).toEqual(asked);
      const proxied = await request(`/proxy/${service}@${one.label}/`, bearer(key));
      expect(proxied.headers.get(HEADER), "the proxy").toBe(one.id);
    }
    const byDefault = await readBy(`/data/${service}`, key);
    expect(byDefault).toEqual({ account: first.account?.id, connection: first.id });
  });

  it("are disconnected one at a time: what is left works, and is the default", async () => {
    const { visitor, first, second } = await two(service);
    const gone = await visitor.change("DELETE", `/integrations/${service}@${first.label}/credentials`);
    expect(Disconnected.parse(await gone.json()).disconnected).toBe(true);
    const key = await keyOf(visitor);
    expect(await readBy(`/data/${service}`, key)).toEqual({ account: second.account?.id, connection: second.id });
    for (const named of [first.id, first.label]) {
      const refused = await errorOf(await request(`/data/${service}`, bearer(key, { [HEADER]: named })));
      expect(refused).toMatchObject({ status: 404, error: "unknown_connection" });
    }
  });

  it("refuse each other's place", async () => {
    const { visitor, first, second } = await two(service);
    const again = await visitor.connect(service, { account: 0 }, `&connection=${second.id}`);
    expect(new URL(locationOf(again), APP).searchParams.get("error")).toBe("account_mismatch");
    const { connections } = await integrationOf(visitor, service);
    expect(connections.map(({ id, account }) => [id, account?.id])).toEqual(
      [first, second].map(({ id, account }) => [id, account?.id]),
    );
  });
});

describe.each(["google", "hubspot", "airtable"])("two accounts of %s, whose tokens are renewed", (service) => {
  it("are renewed at the same moment, each once, and neither gets the other's token", async () => {
    await control(service).reset();
    const { visitor, first, second } = await two(service);
    const vault = vaultOf(visitor);
    const before = await vault.connections();
    const calls = [first, second].flatMap(({ label }) =>
      Array.from({ length: 3 }, () => visitor.change("POST", `/integrations/${service}@${label}/refresh`)),
    );
    for (const answer of await Promise.all(calls)) expect(answer.status).toBe(200);
    const after = await vault.connections();
    expect(after.map(({ generation }) => generation)).toEqual(before.map(({ generation }) => generation + 1));
    const key = await keyOf(visitor);
    for (const one of [first, second]) {
      expect(await readBy(`/data/${service}@${one.label}`, key)).toEqual({
        account: one.account?.id,
        connection: one.id,
      });
    }
  });
});

describe("which connection is meant", () => {
  beforeEach(() => control("github").reset());

  it.each([
    ["an id that was made up", { [HEADER]: `con_${"a".repeat(59)}_github` }, "github"],
    ["no id and no label", { [HEADER]: "Work!" }, "github"],
    ["two in one header", { [HEADER]: "ada-lindqvist, other" }, "github"],
    ["nothing", { [HEADER]: "" }, "github"],
    ["a place", { [HEADER]: "github~" }, "github"],
    ["no label behind the sign", {}, "github@"],
    ["two signs", {}, "github@ada-lindqvist@x"],
    ["a sign behind the sign", {}, "github@@ada-lindqvist"],
    ["an escaped sign behind the sign", {}, "github@%40ada-lindqvist"],
    ["capital letters", {}, "github@Ada-Lindqvist"],
    ["another label", {}, "github@nobody"],
    ["a label that is too long", {}, `github@${"a".repeat(41)}`],
    ["letters that are none", {}, "github@%F0%9F%92%A9"],
  ] as const)("is none for %s, at the proxy as elsewhere", async (_, headers, segment) => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const key = await keyOf(visitor);
    for (const path of [`/data/${segment}`, `/proxy/${segment}/user`, `/integrations/${segment}/load`]) {
      const answer = await request(path, bearer(key, headers));
      expect([path, answer.status, answer.headers.get("X-Latchkey-Error")]).toEqual([path, 404, "unknown_connection"]);
      expect(answer.headers.get(HEADER)).toBeNull();
    }
  });

  it.each(["@github", "%40github", "git@hub", "github%2540x"])(
    "is nothing at %s, which is no integration",
    async (segment) => {
      const visitor = new Visitor();
      await visitor.connect("github");
      const key = await keyOf(visitor);
      for (const path of [`/data/${segment}`, `/proxy/${segment}/user`]) {
        expect((await request(path, bearer(key))).headers.get("X-Latchkey-Error")).toBe("unknown_integration");
      }
    },
  );

  it("is never another user's, nor one of another service", async () => {
    const { visitor, second } = await two("github");
    await visitor.connect("slack");
    const other = new Visitor();
    await other.connect("github");
    const slack = (await integrationOf(visitor, "slack")).connections[0];
    const key = await keyOf(other);
    const own = await keyOf(visitor);
    for (const [by, named] of [
      [key, second.id],
      [key, second.label],
      [own, slack?.id ?? ""],
    ] as const) {
      expect(await errorOf(await request("/data/github", bearer(by, { [HEADER]: named })))).toMatchObject({
        status: 404,
        error: "unknown_connection",
      });
    }
  });

  it("is refused where a call names two, or one that its key is not for", async () => {
    const { visitor, first, second } = await two("github");
    await visitor.connect("slack");
    const [key, bound] = [await keyOf(visitor), await keyOf(visitor, second.id)];
    for (const [by, path, headers] of [
      [key, `/data/github@${first.label}`, { [HEADER]: second.id }],
      [bound, "/data/github", { [HEADER]: first.id }],
      [bound, `/data/github@${first.label}`, {}],
      [bound, "/data/slack", {}],
      [bound, `/connections/${first.id}`, {}],
    ] as const) {
      expect(await errorOf(await request(path, bearer(by, headers))), path).toMatchObject({
        status: 403,
        error: "connection_mismatch",
      });
    }
    const proxied = await request("/proxy/slack/api/auth.test", bearer(bound));
    expect(proxied.headers.get("X-Latchkey-Error")).toBe("connection_mismatch");
    expect((await readBy("/data/github", bound, { [HEADER]: second.label })).connection).toBe(second.id);
    const listed = Integrations.parse(await (await request("/integrations", bearer(bound))).json());
    expect(listed.integrations.flatMap(({ connections }) => connections.map(({ id }) => id))).toEqual([second.id]);
  });

  it("stands in links that lead back through the proxy", async () => {
    const { visitor, second } = await two("github");
    const key = await keyOf(visitor);
    for (const segment of ["github", `github@${second.label}`]) {
      const answer = await request(`/proxy/${segment}/user/repos?per_page=1`, bearer(key));
      const links = answer.headers.get("Link") ?? "";
      expect(links).toContain(`${APP}/proxy/${segment}/`);
    }
  });

  it("is said in errors too, once that is known", async () => {
    const { visitor, second } = await two("github");
    const key = await keyOf(visitor);
    const answer = await request(`/proxy/github@${second.label}/user/../x%2f..`, bearer(key));
    expect(answer.status).toBe(400);
    expect(answer.headers.get(HEADER)).toBe(second.id);
  });
});

describe("a label", () => {
  beforeEach(() => control("github").reset());
  const rename = (visitor: Visitor, id: string, body: unknown) => visitor.change("PATCH", `/connections/${id}`, body);

  it("that is changed stops the old address at once, here", async () => {
    const { visitor, second } = await two("github");
    const key = await keyOf(visitor);
    expect((await readBy(`/data/github@${second.label}`, key)).connection).toBe(second.id);
    expect((await rename(visitor, second.id, { label: "work" })).status).toBe(200);
    expect((await request(`/data/github@${second.label}`, bearer(key))).status).toBe(404);
    expect((await readBy("/data/github@work", key)).connection).toBe(second.id);
  });

  it("of another one is refused, of two browsers at once for one of them", async () => {
    const { visitor, first, second } = await two("github");
    expect(await errorOf(await rename(visitor, second.id, { label: first.label }))).toMatchObject({
      status: 409,
      error: "label_taken",
    });
    const answers = await Promise.all([first, second].map(({ id }) => rename(visitor, id, { label: "work" })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it.each(["", "-work", "Work", "wörk", "a b", "a@b", "a~b", "con_x", "a".repeat(41), "\u0000", 7, null])(
    "is not %j",
    async (label) => {
      const visitor = new Visitor();
      await visitor.connect("github");
      const { connections } = await integrationOf(visitor, "github");
      const [one] = connections;
      expect(await errorOf(await rename(visitor, one?.id ?? "", { label }))).toMatchObject({
        status: 400,
        error: "invalid_request",
      });
      expect((await integrationOf(visitor, "github")).connections).toEqual(connections);
    },
  );

  it("and the default are the user's to set, metadata and tags are not", async () => {
    const { visitor, first, second } = await two("github");
    expect((await rename(visitor, second.id, { default: true })).status).toBe(200);
    const key = await keyOf(visitor);
    expect((await readBy("/data/github", key)).connection).toBe(second.id);
    const { connections } = await integrationOf(visitor, "github");
    expect(connections.map(({ id, is_default }) => [id, is_default])).toEqual([
      [first.id, false],
      [second.id, true],
    ]);
    expect((await rename(visitor, second.id, { tags: { a: "b" } })).status).toBe(403);
  });
});

describe.each(["/auth/SEGMENT", "/integrations/SEGMENT/authorize"])("connecting again at %s", (route) => {
  beforeEach(() => control("github").reset());
  const at = (segment: string) => route.replace("SEGMENT", segment);
  const fromElsewhere = { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site" };
  const refusal = (answer: Response) => [answer.status, answer.headers.get("X-Latchkey-Error")];
  const held = async (visitor: Visitor) =>
    (await vaultOf(visitor).connections()).map(({ label, epoch, facts }) => [label, epoch, facts.account?.id]);

  it.each(["@", "%40"])("means the one whose label stands in the path, behind %s", async (sign) => {
    const { visitor, first, second } = await two("github");
    const before = await held(visitor);
    const asked = locationOf(await visitor.navigate(`${at(`github${sign}${second.label}`)}?return_to=/`));
    expect(new URL(asked).searchParams.get("redirect_uri")).not.toMatch(/@|%40/);
    await visitor.navigate(await decide("github", asked, { account: 1 }));
    const [kept, renewed, ...more] = await held(visitor);
    expect([kept, renewed?.[0], renewed?.[2], more]).toEqual([before[0], second.label, second.account?.id, []]);
    expect(renewed?.[1]).not.toEqual(before[1]?.[1]);
    expect((await integrationOf(visitor, "github")).connections.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it("refuses another account, and leaves both as they were", async () => {
    const { visitor, second } = await two("github");
    const before = await held(visitor);
    const asked = locationOf(await visitor.navigate(`${at(`github@${second.label}`)}?return_to=/`));
    const back = await visitor.navigate(await decide("github", asked, { account: 0 }));
    expect(new URL(locationOf(back), APP).searchParams.get("error")).toBe("account_mismatch");
    expect(await held(visitor)).toEqual(before);
  });

  it("keeps the label where another site's link is asked about first", async () => {
    const { visitor, second } = await two("github");
    const page = await visitor.fetch(`${at(`github@${second.label}`)}?return_to=/`, { headers: fromElsewhere });
    expect(await page.text()).toContain(`href="${at(`github@${second.label}`)}?return_to=%2F"`);
  });

  it.each(["nobody", "", "Work!", "x@y"])("is no connection for the label %j, and nothing is stored", async (label) => {
    const { visitor } = await two("github");
    const cookies = [...visitor.cookies];
    const { written, bindings } = meter();
    const asking = new Visitor(bindings);
    for (const [name, value] of cookies) asking.cookies.set(name, value);
    const before = await rowsOf(vaultOf(visitor));
    const answer = await asking.navigate(at(`github@${label}`));
    expect(refusal(answer)).toEqual([404, "unknown_connection"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(written).toEqual([]);
    expect(await rowsOf(vaultOf(visitor))).toEqual(before);
  });

  it("is no connection for somebody who has none, and asks no vault", async () => {
    const VAULT = watchedVaults();
    const visitor = new Visitor({ VAULT });
    const answer = await visitor.navigate(at("github@ada-lindqvist"));
    expect(refusal(answer)).toEqual([404, "unknown_connection"]);
    expect([VAULT.asked, visitor.cookies.size]).toEqual([[], 0]);
  });

  it("takes an id beside the label where both name the same one", async () => {
    const { visitor, first, second } = await two("github");
    const path = (id: string) => `${at(`github@${second.label}`)}?return_to=/&connection=${id}`;
    expect(locationOf(await visitor.navigate(path(second.id)))).toContain("/login/oauth/authorize");
    expect(refusal(await visitor.navigate(path(first.id)))).toEqual([403, "connection_mismatch"]);
  });

  it("gives a program a link for that very one, which takes no other label", async () => {
    const { visitor, first, second } = await two("github");
    const before = await held(visitor);
    const answer = await visitor.fetch(at(`github@${second.label}`));
    const { authorization_url } = Authorization.parse(await answer.json());
    const other = authorization_url.replace("/auth/github?", `/auth/github@${first.label}?`);
    expect(refusal(await visitor.navigate(other))).toEqual([400, "callback_mismatch"]);
    const asked = locationOf(await visitor.navigate(authorization_url));
    await visitor.navigate(await decide("github", asked, { account: 0 }));
    expect(await held(visitor)).toEqual(before);
  });
});

describe("what a call by name costs", () => {
  it("is nothing, once the isolate knows the name", async () => {
    await control("github").reset();
    const { visitor, second } = await two("github");
    const key = await keyOf(visitor);
    const { bindings, take } = meter();
    const asked = async (path: string, more: Readonly<Record<string, string>> = {}, by = key) => {
      await request(path, bearer(by, more), bindings);
      await request(path, bearer(by, more), bindings);
      take();
      await request(path, bearer(by, more), bindings);
      return take();
    };
    const byDefault = await asked("/proxy/github/user");
    expect(byDefault).toEqual({});
    expect(await asked(`/proxy/github@${second.label}/user`)).toEqual(byDefault);
    expect(await asked("/proxy/github/user", { [HEADER]: second.id })).toEqual(byDefault);
    expect(await asked("/proxy/github/user", {}, await keyOf(visitor, second.id))).toEqual(byDefault);
  });
});

describe("how many there may be", () => {
  it("is twenty of one service; the next is refused and given back", async () => {
    await control("github").reset();
    const visitor = new Visitor();
    await visitor.connect("github");
    const vault = vaultOf(visitor);
    const [one] = await vault.connections();
    if (!one) throw new Error("not connected");
    for (let number = 2; number <= 20; number += 1) {
      const account = { id: `${number}`, name: "Ann", email: null, avatar_url: null, url: null };
      const placed = await vault.place("github", account.id, { as: "any" });
      if (placed.outcome !== "placed") throw new Error(placed.outcome);
      await vault.store(placed.place, placed, "sealed", { ...one.facts, account });
    }
    const { connections } = await integrationOf(visitor, "github");
    expect(connections.map(({ label }) => label).slice(0, 3)).toEqual(["ada-lindqvist", "ann", "ann-2"]);
    const callback = await decide("github", await visitor.startAt("github"), { account: 1 });
    expect(new URL(locationOf(await visitor.navigate(callback)), APP).searchParams.get("error")).toBe("too_many");
    expect((await integrationOf(visitor, "github")).connections).toHaveLength(20);
    await expect
      .poll(async () =>
        (await control("github").grants()).grants.map((grant) => [grant.account, grant.live_access_tokens]),
      )
      .toContainEqual([1, 0]);
  });
});

describe("two people at the page with the same account, at a service that ends all of a grant at once", () => {
  it("do not end each other's by accident", async () => {
    await control("google").reset();
    const [one, other] = [new Visitor(), new Visitor()];
    await one.connect("google");
    await other.connect("google");
    // Whose accounts they are is written by alarm.
    for (const visitor of [one, other]) await ringAlarm(visitor);
    const ended = async (query: string) => one.change("DELETE", `/integrations/google/credentials${query}`);
    const names = await Promise.all([one, other].map(async (visitor) => vaultOf(visitor).name));
    const noted = async () => {
      const { results } = await env.INDEX.prepare("SELECT vault FROM sharers").all();
      return results.map(({ vault }) => vault);
    };
    await expect.poll(noted, { timeout: 20_000 }).toEqual(expect.arrayContaining(names));
    expect(await errorOf(await ended(""))).toMatchObject({ status: 409, error: "shared_grant" });
    expect(Disconnected.parse(await (await ended("?shared=keep")).json())).toMatchObject({
      revoked_at_provider: false,
    });
    expect((await other.change("POST", "/integrations/google/refresh")).status).toBe(200);
    const { account } = await integrationOf(other, "google");
    const lines = await env.INDEX.prepare("SELECT * FROM sharers").all();
    expect(JSON.stringify(lines.results)).not.toContain(account?.id ?? "");
  });
});
