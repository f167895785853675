/** What one field alone changes, at the services of the table. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Credentials, Integrations } from "../../src/api.ts";
import type { CustomProviderEntry } from "../../src/contract/entry.ts";
import {
  answered,
  callThrough,
  connectPlayed,
  enter,
  errorOf,
  openForm,
  play,
  played,
  readForm,
  sendForm,
  visitorWith,
} from "../support/played.ts";
import { APP, type Visitor, decide, keyOf, locationOf, request } from "../support/visitor.ts";
import type { Case } from "./played/case.ts";
import { OAUTH } from "./played/oauth.ts";
import { TYPED } from "./played/typed.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const DAY = 86_400_000;
const caseOf = (id: string): Case => [...OAUTH, ...TYPED].find(({ entry }) => entry.id === id) ?? expect.fail(id);

/** A visitor who has connected one; Latchkey's entry may differ from what the emulator plays. */
async function connected(id: string, change: Partial<CustomProviderEntry> = {}): Promise<Visitor> {
  const { entry, typed, settings = {}, ...service } = caseOf(id);
  await play({ entry, ...service });
  await played(id).settings(settings);
  const visitor = visitorWith([{ ...entry, ...change }]);
  expect(await connectPlayed(visitor, entry, typed)).toBe(`${APP}/?connected=${id}`);
  return visitor;
}

/** A call without a cookie, at the same Latchkey. */
const asProgram = ({ overrides }: Visitor, path: string, init: RequestInit = {}) => request(path, init, overrides);

describe("the API", () => {
  it("base_path may be left out by callers, hosts are called by their names", async () => {
    const visitor = await connected("plain");
    for (const path of ["/things", "/v2/things"]) {
      expect((await answered(await callThrough(visitor, "plain", path))).path).toBe("/v2/things");
    }
    const there = await answered(await callThrough(visitor, "plain", "/~files/x"));
    expect(there).toMatchObject({ host: "files.plain.any.example.com", path: "/up/x" });
    expect((await callThrough(visitor, "plain", "/~elsewhere/x")).status).toBe(403);
  });

  it.each(["/tokens", "/v2/tokens/1", "/introspect"])(
    "denied and introspection_endpoint: %s is refused",
    async (path) => {
      const visitor = await connected("plain");
      await played("plain").clearLog();
      expect(await errorOf(await callThrough(visitor, "plain", path))).toMatchObject({ error: "path_denied" });
      expect(await played("plain").log()).toEqual([]);
    },
  );

  describe("calls says which calls change something: with a key that may read", () => {
    const JSON_TYPE = "application/json";
    const FORM = "application/x-www-form-urlencoded";

    async function statusOf(call: string, body: string | null, type: string | null, change = {}): Promise<number> {
      const [method = "", path = ""] = call.split(" ");
      const visitor = await connected("plain", change);
      const key = await keyOf(visitor, { rules: [{}] });
      const headers = { Authorization: `Bearer ${key}`, ...(type === null ? {} : { "Content-Type": type }) };
      return (await asProgram(visitor, `/proxy/plain${path}`, { method, headers, body })).status;
    }

    it.for<[string, string | null, string | null]>([
      ["GET /things", null, null],
      ["OPTIONS /things", null, null],
      ["POST /search", '{"a":1}', JSON_TYPE],
      ["POST /graphql", '{"query":"{ a }"}', JSON_TYPE],
    ])("%s passes", async ([call, body, type]) => {
      expect(await statusOf(call, body, type)).toBe(200);
    });

    it.for<[string, string | null, string | null]>([
      ["POST /things", '{"a":1}', JSON_TYPE],
      ["DELETE /search", null, null],
      ["POST /graphql", '{"query":"mutation { a }"}', JSON_TYPE],
      ["POST /batch", "[]", JSON_TYPE],
      ["GET /things?do=delete", null, null],
      ["POST /search", "a=1&do=delete", FORM],
      ["POST /search", '{"do":"delete"}', JSON_TYPE],
    ])("%s %s is refused", async ([call, body, type]) => {
      expect(await statusOf(call, body, type)).toBe(403);
    });

    it("without a method that reads, only what is named passes", async () => {
      const calls = { read_methods: [], reads: ["/v2/things/*"] };
      const api = { ...caseOf("plain").entry.api, calls };
      expect(await statusOf("GET /things", null, null, { api })).toBe(403);
      expect(await statusOf("GET /things/1", null, null, { api })).toBe(200);
    });
  });

  it("link_fields lead through the proxy", async () => {
    const visitor = await connected("plain");
    const { next } = await answered(await callThrough(visitor, "plain", "/things"));
    expect(next).toBe(`${APP}/proxy/plain/v2/things?page=2`);
  });

  it("problem is how an error of ours is said", async () => {
    const visitor = await connected("plain");
    const refused = await callThrough(visitor, "plain", "/~elsewhere/x");
    expect(refused.headers.get("X-Latchkey-Error")).toBe("host_denied");
    expect(await refused.json()).toEqual({
      error: "host_denied",
      message: expect.stringMatching(/^Plain: Only the provider's own/),
      request_id: refused.headers.get("X-Request-Id"),
      at: [403, "HTTP 403", null],
    });
  });

  it("rate_limit_wait is what is waited where the answer names no time", async () => {
    const visitor = await connected("plain");
    await played("plain").fault({ endpoint: "api", fault: "rate_limited", retry_after: null });
    const answer = await visitor.fetch("/data/plain");
    expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "17"]);
  });

  it.each([
    ["slowly", 503, "provider_rate_limited"],
    ["tired", 502, "provider_unavailable"],
    ["anything", 502, "request_refused"],
  ])("errors in an answer of 200: %s", async (code, status, error) => {
    const visitor = await connected("instance");
    await played("instance").fault({ endpoint: "api", body: JSON.stringify({ problem: { code } }) });
    expect(await errorOf(await visitor.fetch("/data/instance"))).toMatchObject({ status, error });
  });

  it.each(["session_over", 401])("errors in an answer of 200: the token is renewed at %j", async (code) => {
    const visitor = await connected("instance");
    await played("instance").fault({
      endpoint: "api",
      body: JSON.stringify({ problem: { code } }),
      headers: { "content-type": "application/json" },
    });
    expect((await answered(await callThrough(visitor, "instance", "/things"))).account).toBe("account-0");
    const { grants } = await played("instance").grants();
    expect(grants[0]).toMatchObject({ refresh_count: 1 });
  });

  describe("scope_refusal is how an answer says that a scope is missing", () => {
    const JSON_TYPE = { "content-type": "application/json" };

    /** What is said of an answer, and of the connection afterwards. */
    async function saidOf(id: string, answer: { status: number; body?: unknown; headers?: Record<string, string> }) {
      const visitor = await connected(id);
      const { status, body = {}, headers = {} } = answer;
      const fault = { endpoint: "api", status, body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } };
      await played(id).fault(fault);
      const { headers: said } = await callThrough(visitor, id, "/things");
      const { refused_scopes } = await visitor.json(`/integrations/${id}/credentials`, Credentials);
      return { said: said.get("X-Latchkey-Scope-Missing"), refused_scopes };
    }

    it.for<[string, Record<string, string>, string | null]>([
      ["RFC 6750 3.1", { "www-authenticate": 'Bearer error="insufficient_scope", scope="read admin"' }, "admin"],
      ["one in quotation marks or not", { "www-authenticate": "DPoP realm=x, error=insufficient_scope" }, "unknown"],
      ["another challenge", { "www-authenticate": 'Bearer error="invalid_token", scope="admin"' }, null],
      ["none of those that are accepted", { "x-accepted": "admin, owner", "x-granted": "read" }, "admin owner"],
      ["one of those that are accepted", { "x-accepted": "admin, read", "x-granted": "write" }, null],
      ["one that another stands for", { "x-accepted": "read", "x-granted": "write" }, null],
      ["a token without any", { "x-accepted": "admin", "x-granted": "" }, "admin"],
      ["no word of the token", { "x-accepted": "admin" }, null],
    ])("in headers: %s", async ([, headers, scopes]) => {
      expect(await saidOf("plain", { status: 403, headers })).toEqual({
        said: scopes,
        refused_scopes: scopes === null ? null : scopes === "unknown" ? [] : scopes.split(" "),
      });
    });

    it("in headers of another status it says nothing", async () => {
      const headers = { "x-accepted": "admin", "x-granted": "read" };
      expect(await saidOf("plain", { status: 410, headers })).toEqual({ said: null, refused_scopes: null });
    });

    it.for<[unknown, string | null]>([
      [{ code: "too_little", needs: ["admin", "owner"] }, "admin"],
      [{ code: "too_little", needs: "admin,owner" }, "admin"],
      [{ code: "too_little", needs: ["no scope\n", 'quo"ted', 4] }, "unknown"],
      [{ code: "too_little" }, "unknown"],
      [{ code: "too_much", needs: ["admin"] }, null],
    ])("in a body: %j", async ([problem, scopes]) => {
      const { said } = await saidOf("instance", { status: 200, body: { problem } });
      expect(said).toBe(scopes);
    });

    it("in words that mean something else too, it counts where something was not granted", async () => {
      expect(await saidOf("renamed", { status: 403, body: { why: 7 } })).toEqual({ said: null, refused_scopes: null });
    });
  });

  it("credential is where an SDK puts our key, which goes no further", async () => {
    const visitor = await connected("instance");
    const key = await keyOf(visitor);
    const inQuery = await answered(await asProgram(visitor, `/proxy/instance/things?x=1&key=${key}`));
    expect(inQuery).toMatchObject({ query: { x: "1" } });
    const inForm = await answered(
      await asProgram(visitor, "/proxy/instance/things", {
        method: "POST",
        body: `a=1&key=${key}`,
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
      }),
    );
    expect(inForm).toMatchObject({ body: "a=1" });
    const foreign = await asProgram(visitor, "/proxy/instance/things?key=somebody-elses", {
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(await errorOf(foreign)).toMatchObject({ error: "credential_denied" });
  });

  it("a query that is stamped takes our key too, in its place", async () => {
    const visitor = await connected("key");
    const key = await keyOf(visitor);
    expect((await asProgram(visitor, `/proxy/key/things?x=1&k=${key}`)).status).toBe(200);
    expect(
      (await asProgram(visitor, `/proxy/key/things?x=1`, { headers: { Authorization: `Key ${key}` } })).status,
    ).toBe(200);
  });
});

describe("the consent", () => {
  it("issuer: an answer from another one is not used", async () => {
    const { entry } = caseOf("plain");
    await play(caseOf("plain"));
    const visitor = visitorWith([entry]);
    const callback = new URL(await decide("any/plain", await visitor.startAt("plain")));
    callback.searchParams.set("iss", "https://login.other.any.example.com");
    expect(locationOf(await visitor.navigate(callback.href))).toContain("error=issuer_mismatch");
  });

  it("absolute_lifetime: it is told by when to connect again", async () => {
    const visitor = await connected("plain");
    const held = await visitor.json("/integrations/plain/credentials", Credentials);
    expect(Date.parse(held.reconnect_by ?? "")).toBe(Date.parse(held.connected_at ?? "") + 90 * DAY);
  });

  it("callback_details that are not what their pattern says are not kept, and go nowhere", async () => {
    const { entry, tells } = caseOf("renamed");
    await play({ entry, tells: { ...tells, shop: ["evil.example.com/"] } });
    const visitor = visitorWith([entry]);
    expect(await connectPlayed(visitor, entry)).toContain("error=");
    const sent = JSON.stringify((await played("renamed").log()).filter(({ path }) => path.endsWith("/token")));
    expect(sent).not.toContain("evil");
  });

  it.each([
    [{ error: "consent_over", error_subcode: 77, message: "It was withdrawn." }, "reauth_required"],
    [{ code: 4711, error_subcode: 77, message: "withdrawn" }, "reauth_required"],
    [{ code: 4711, error_subcode: 78, message: "withdrawn" }, "token_request_rejected"],
    [{ code: "consent_over", error_subcode: 77, message: "or not" }, "token_request_rejected"],
    [{ code: "who_are_you" }, "client_credentials_invalid"],
    [{ code: "not_like_this" }, "token_request_rejected"],
    [{ code: "slowly" }, "provider_rate_limited"],
    [{ code: "tired" }, "provider_unavailable"],
  ])("token_refusals: %j means %s", async (error, means) => {
    const visitor = await connected("renamed");
    await played("renamed").fault({ endpoint: "token", status: 400, body: JSON.stringify({ error }), times: 3 });
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(await errorOf(await callThrough(visitor, "renamed", "/things"))).toMatchObject({ error: means });
  });
});

describe("the form", () => {
  it("has what the entry says of each field, and where it goes on", async () => {
    const { entry } = caseOf("desk");
    await play(caseOf("desk"));
    const visitor = visitorWith([{ ...entry, docs: "https://docs.desk.example.com/" }]);
    const form = await readForm(visitor, await openForm(visitor, "desk"));
    expect(form).toMatchObject({
      integration: "desk",
      name: "Desk",
      next: "consent",
      docs: "https://docs.desk.example.com/",
    });
    const none = { description: null, example: null, help: null, pattern: null, default: null, choices: null };
    const rest = { ...none, secret: false, optional: false, suffix: null, multiline: false, fixed: null };
    expect(form.fields).toEqual([
      { ...rest, name: "subdomain", ...entry.fields?.["subdomain"] },
      { ...rest, name: "region", ...entry.fields?.["region"] },
      { ...rest, name: "pin", ...entry.fields?.["pin"] },
    ]);
  });

  it("choices and default: one of them, and the first where nothing is said", async () => {
    await play(caseOf("desk"));
    const visitor = visitorWith([caseOf("desk").entry]);
    const typed = { subdomain: "tidepool", pin: "pin-48-tidepool" };
    const inAddress = async (more: object) => new URL(await enter(visitor, "desk", { ...typed, ...more })).pathname;
    expect(await inAddress({})).toBe("/eu/authorize");
    expect(await inAddress({ region: "us" })).toBe("/us/authorize");
    const refused = await sendForm(visitor, await openForm(visitor, "desk"), { ...typed, region: "mars" });
    expect((await errorOf(refused)).message).toBe("fields.region: is one of eu, us.");
  });

  it("where the connection is stays as it is when it is connected again", async () => {
    const visitor = await connected("desk");
    const { integrations } = await visitor.json("/integrations", Integrations);
    const id = integrations.find(({ integration }) => integration === "desk")?.connections[0]?.id ?? "";
    const state = await openForm(visitor, "desk", `&connection=${id}`);
    const form = await readForm(visitor, state);
    expect(form.fields.map(({ name, fixed }) => [name, fixed])).toEqual([
      ["subdomain", "tidepool"],
      ["region", "eu"],
      ["pin", null],
    ]);
    const answer = await sendForm(visitor, state, { subdomain: "northwind", region: "us", pin: "pin-48-tidepool" });
    expect(JSON.stringify(await answer.json())).toContain("https://tidepool.desk.any.example.com/eu/authorize");
  });
});
