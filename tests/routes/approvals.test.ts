/** Calls that somebody is asked about: what they allow is what is sent, once, and nobody else decides. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Approval, ApprovalWhole, Approvals, type ApprovalDecision } from "../../src/api-approvals.ts";
import { SessionKeys } from "../../src/api.ts";
import { UserSession } from "../../src/api-apps.ts";
import { RecordedCalls } from "../../src/api-calls.ts";
import { control } from "../support/emulator.ts";
import { WITH_ADMIN, call, connectUser, makeApp } from "../support/integrator.ts";
import { vaultFor, vaultOf } from "../support/vault.ts";
import { APP, Visitor, errorOf, keyFor, keyOf, request } from "../support/visitor.ts";

const MINUTE = 60_000;
const ASKING = { rules: [{ writes: "ask" }] };
const ISSUES = "/proxy/github/repos/acme/site/issues";

/** What an isolate remembers is by its environment. */
const OTHER_ISOLATE = { ...WITH_ADMIN };

let person: Visitor;
let key: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now());
  await control("github").reset();
  await control("notion").reset();
  person = new Visitor();
  await person.connect("github");
  key = await keyOf(person, ASKING);
});
afterEach(() => vi.useRealTimers());
const pass = (ms: number): unknown => vi.setSystemTime(Date.now() + ms);

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: BodyInit | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly by?: string;
}
const JSON_BODY = '{"title":"A bug"}';
function send({
  method = "POST",
  path = ISSUES,
  body = JSON_BODY,
  headers = {},
  by = key,
}: Sent = {}): Promise<Response> {
  const typed = { "Content-Type": "application/json", ...headers };
  return request(path, { method, body, headers: { Authorization: `Bearer ${by}`, ...typed } });
}
const Refusal = z.looseObject({ approval_id: z.string(), approval_url: z.string(), message: z.string() });
const codeOf = (answer: Response): string | null => answer.headers.get("X-Latchkey-Error");

/** Has a call asked about. @returns the approval's id */
async function ask(sent: Sent = {}): Promise<string> {
  const answer = await send(sent);
  expect([answer.status, codeOf(answer)]).toEqual([403, "approval_required"]);
  return answer.headers.get("X-Latchkey-Approval") ?? "";
}
const decide = (id: string, decision: ApprovalDecision, by = person): Promise<Response> =>
  by.change("POST", `/approvals/${id}`, decision);
async function allow(id: string): Promise<void> {
  expect((await decide(id, { decision: "once" })).status).toBe(200);
}
const listed = async (by = person): Promise<Approval[]> => (await by.json("/approvals", Approvals)).approvals;
const whole = (id: string): Promise<ApprovalWhole> => person.json(`/approvals/${id}`, ApprovalWhole);
/** As they are kept. */
const rows = (): Promise<unknown> =>
  runInDurableObject(vaultOf(person), (_, { storage }) => storage.sql.exec("SELECT * FROM approvals").toArray());
/** What has reached the service but for the profile. */
const reached = async (): Promise<string[]> =>
  (await control("github").log())
    .filter(({ method }) => method !== "GET")
    .filter(({ path }) => !/^\/(?:login|applications)\//.test(path))
    .map(({ method, path }) => `${method} ${path}`);

describe("a call that is asked about", () => {
  it("is refused with where somebody decides, in the service's shape, and does not reach it", async () => {
    const answer = await send();
    expect(answer.status).toBe(403);
    const { approval_id, approval_url, message } = Refusal.parse(await answer.json());
    expect(approval_url).toBe(`${APP}/#/approvals/${approval_id}`);
    expect(message).toContain(approval_url);
    expect(answer.headers.get("X-Latchkey-Approval")).toBe(approval_id);
    expect(await reached()).toEqual([]);
  });

  it("is one, however often it is made while it waits", async () => {
    expect(await ask()).toBe(await ask());
    expect(await listed()).toHaveLength(1);
  });

  it("goes through once when it was allowed, by being made again", async () => {
    const id = await ask();
    await allow(id);
    expect(codeOf(await send())).toBeNull();
    expect(await reached()).toEqual(["POST /repos/acme/site/issues"]);
    expect(await ask()).not.toBe(id);
    expect(await reached()).toHaveLength(1);
  });

  it("goes through once where it is made many times at once", async () => {
    await allow(await ask());
    const answers = await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(answers.filter((answer) => codeOf(answer) === null)).toHaveLength(1);
    expect(await reached()).toHaveLength(1);
    expect((await listed()).filter(({ state }) => state === "waiting")).toHaveLength(1);
  });

  it("goes through with the name of its approval, and never again by that", async () => {
    const id = await ask();
    const named = { headers: { "X-Latchkey-Approval": id } };
    expect(codeOf(await send(named))).toBe("approval_required");
    await allow(id);
    expect(codeOf(await send(named))).toBeNull();
    expect(codeOf(await send(named))).toBe("approval_spent");
    expect(await reached()).toHaveLength(1);
    expect((await listed()).map(({ state }) => state)).toEqual(["used"]);
  });

  it("is a read or not: what reads is not asked about", async () => {
    expect((await send({ method: "GET", path: "/proxy/github/user", body: null })).status).toBe(200);
  });

  it("is in the record of calls with its approval", async () => {
    const id = await ask();
    await allow(id);
    pass(1000);
    await send();
    const { calls } = await person.json("/calls", RecordedCalls);
    expect(calls.map(({ outcome, approval, rule }) => [outcome, approval, rule])).toEqual([
      ["ok", id, 1],
      ["approval_required", null, null],
    ]);
  });

  it("counts in its key's hour when it is made, and not when it is asked about", async () => {
    const counted = await keyOf(person, { ...ASKING, calls_per_hour: 1 });
    await allow(await ask({ by: counted }));
    expect(codeOf(await send({ by: counted }))).toBeNull();
    await allow(await ask({ by: counted }));
    expect(codeOf(await send({ by: counted }))).toBe("grant_spent");
    expect(await reached()).toHaveLength(1);
  });
});

describe("what is allowed is what was shown, and not a call that differs in", () => {
  const OTHERS: readonly [string, Sent][] = [
    ["its method", { method: "PUT" }],
    ["its path", { path: `${ISSUES}/1` }],
    ["how its path is spelled", { path: "/proxy/github/repos/acme/site/iss%75es" }],
    ["its query", { path: `${ISSUES}?dry_run=false` }],
    ["its host", { path: "/proxy/github/~uploads.github.com/repos/acme/site/issues" }],
    ["one letter of its body", { body: '{"title":"A bog"}' }],
    ["a space at the end of its body", { body: `${JSON_BODY} ` }],
    ["having no body", { body: null }],
    ["the type of its body", { headers: { "Content-Type": "application/vnd.api+json" } }],
    ["the version that it asks for", { headers: { Accept: "application/vnd.github.preview+json" } }],
    ["a header that a service can act on", { headers: { "If-Match": '"1"' } }],
  ];
  it.for(OTHERS)("%s", async ([, other]) => {
    const id = await ask();
    await allow(id);
    expect(codeOf(await send(other))).toBe("approval_required");
    const named = { ...other, headers: { ...other.headers, "X-Latchkey-Approval": id } };
    expect(codeOf(await send(named))).toBe("approval_spent");
    expect(await reached()).toEqual([]);
  });

  it("its key", async () => {
    const id = await ask();
    await allow(id);
    const other = await keyOf(person, ASKING);
    expect(codeOf(await send({ by: other }))).toBe("approval_required");
    expect(codeOf(await send({ by: other, headers: { "X-Latchkey-Approval": id } }))).toBe("approval_spent");
    expect(await reached()).toEqual([]);
  });

  it("the connection, where that was connected anew", async () => {
    await allow(await ask());
    await person.connect("github");
    expect(await listed()).toEqual([]);
    expect(codeOf(await send())).toBe("approval_required");
    expect(await reached()).toEqual([]);
  });

  it("and the same where it differs in what is never sent", async () => {
    await allow(await ask());
    expect(codeOf(await send({ headers: { "X-HTTP-Method-Override": "DELETE" } }))).toBeNull();
    expect(await reached()).toEqual(["POST /repos/acme/site/issues"]);
  });

  it("and the same where it differs in what says who calls, and how the answer is wanted", async () => {
    await allow(
      await ask({ headers: { "User-Agent": "one", "X-Stainless-Retry-Count": "0", "Idempotency-Key": "a" } }),
    );
    const again = await send({
      headers: { "User-Agent": "two", "X-Stainless-Retry-Count": "1", "Idempotency-Key": "b" },
    });
    expect(codeOf(again)).toBeNull();
  });
});

describe("what is shown", () => {
  it("is the call as it will be sent, and who asks", async () => {
    const id = await ask({ path: `${ISSUES}?a=%20b`, headers: { "X-Custom": "1" } });
    const [mine] = (await person.json("/sessions", SessionKeys)).sessions;
    expect(await whole(id)).toMatchObject({
      id,
      state: "waiting",
      asked_by: { key: mine?.id, kind: "key", name: "tests" },
      integration: "github",
      account: "Ada Lindqvist",
      method: "POST",
      // Where the emulator is, which stands in for the service.
      host: "http://127.0.0.1:8787",
      path: "/github/api.github.com/repos/acme/site/issues",
      query: "?a=%20b",
      rule: 1,
      kinds: ["/repos/acme/site/issues"],
      headers: [
        { name: "content-type", value: "application/json" },
        { name: "x-custom", value: "1" },
      ],
      body: { type: "application/json", bytes: 17, text: JSON_BODY, is_text: true, is_whole: true },
    });
  });

  it("is the beginning of a long body, with how long it is and its digest", async () => {
    const body = `{"text":"${"ä".repeat(40_000)}"}`;
    const { body: shown } = await whole(await ask({ body }));
    const bytes = new TextEncoder().encode(body);
    const sha256 = encodeHexLowerCase(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    expect(shown).toMatchObject({ bytes: bytes.byteLength, sha256, is_whole: false, is_text: true });
    expect(new TextEncoder().encode(shown?.text).byteLength).toBeLessThanOrEqual(64 * 1024);
    expect(body.startsWith(shown?.text ?? "-")).toBe(true);
  });

  it("says of what is no text, or is read as another one, that it is none", async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x00]);
    expect((await whole(await ask({ body: bytes }))).body).toMatchObject({ bytes: 3, is_text: false });
    const utf16 = { headers: { "Content-Type": "application/json; charset=utf-16" } };
    expect((await whole(await ask(utf16))).body).toMatchObject({ is_text: false });
    const zipped = { headers: { "Content-Encoding": "gzip" } };
    expect((await whole(await ask(zipped))).body).toMatchObject({ is_text: false });
  });

  it("is no key, and no token", async () => {
    const shown = JSON.stringify(await whole(await ask()));
    expect(shown).not.toContain(key);
    expect(shown).not.toContain(key.slice(-40));
    expect(shown).not.toMatch(/gho_|Bearer/);
  });

  it("is kept sealed while it waits, and what was sent is gone when it was", async () => {
    const id = await ask({ path: `${ISSUES}/secret-2026?token=secret-query`, body: '"secret-body"' });
    expect(JSON.stringify(await rows())).not.toContain("secret");
    await allow(id);
    await send({ path: `${ISSUES}/secret-2026?token=secret-query`, body: '"secret-body"' });
    expect(await whole(id)).toMatchObject({ state: "used", headers: [], body: null });
    expect(await rows()).toMatchObject([{ content: null }]);
  });

  it("has no key of ours in it: such a call is refused, and nobody is asked", async () => {
    expect(codeOf(await send({ path: `${ISSUES}?a=${key}` }))).toBe("credential_denied");
    expect(codeOf(await send({ body: `"${key}"` }))).toBe("credential_denied");
    expect(await listed()).toEqual([]);
  });

  it("and what is longer than can be shown and held is refused", async () => {
    const answer = await send({ body: `"${"a".repeat(1024 * 1024)}"` });
    expect([answer.status, codeOf(answer)]).toEqual([413, "body_too_large"]);
    expect(await listed()).toEqual([]);
  });
});

describe("who decides", () => {
  it("denies for ten minutes, whatever is made of it", async () => {
    const id = await ask();
    expect(Approval.parse(await (await decide(id, { decision: "no" })).json()).state).toBe("denied");
    expect(codeOf(await send())).toBe("approval_denied");
    expect((await decide(id, { decision: "once" })).status).toBe(404);
    pass(9 * MINUTE);
    expect(codeOf(await send({ headers: { "X-Latchkey-Approval": id } }))).toBe("approval_denied");
    pass(2 * MINUTE);
    await ask();
    expect(await reached()).toEqual([]);
  });

  it("is not got around by another approval that its holder has", async () => {
    const denied = { body: '{"title":"denied"}' };
    const id = await ask(denied);
    const other = await ask();
    await decide(id, { decision: "no" });
    await decide(other, { decision: "kind", kind: "/repos/acme/site/issues" });
    expect(codeOf(await send())).toBeNull();
    for (const named of [id, other]) {
      expect(codeOf(await send({ ...denied, headers: { "X-Latchkey-Approval": named } }))).toBe("approval_denied");
    }
    expect(await reached()).toHaveLength(1);
  });

  it("is not worn down: a key that ten calls were denied of has nobody asked any more, for as long as that holds", async () => {
    for (let count = 0; count < 10; count += 1) await decide(await ask({ body: String(count) }), { decision: "no" });
    expect(codeOf(await send({ body: "eleven" }))).toBe("too_many_approvals");
    expect(codeOf(await send({ body: "0" }))).toBe("approval_denied");
    pass(11 * MINUTE);
    await ask({ body: "eleven" });
  });

  it("has ten minutes, and so has the call from then on", async () => {
    const late = await ask();
    pass(11 * MINUTE);
    expect((await decide(late, { decision: "once" })).status).toBe(404);
    const id = await ask();
    expect(id).not.toBe(late);
    pass(9 * MINUTE);
    await allow(id);
    pass(11 * MINUTE);
    expect(codeOf(await send({ headers: { "X-Latchkey-Approval": id } }))).toBe("approval_spent");
    expect(await reached()).toEqual([]);
  });

  it("says the same twice, where the answer was lost", async () => {
    const id = await ask();
    await allow(id);
    await allow(id);
    expect((await decide(id, { decision: "no" })).status).toBe(404);
  });

  it("takes back what was allowed, before it is used", async () => {
    const id = await ask();
    await allow(id);
    expect((await person.change("DELETE", `/approvals/${id}`)).status).toBe(204);
    expect((await person.change("DELETE", `/approvals/${id}`)).status).toBe(404);
    expect(codeOf(await send())).toBe("approval_required");
  });

  it("is the person at the page, and no key of theirs, and nobody else", async () => {
    const id = await ask();
    const wide = await keyOf(person);
    for (const by of [key, wide]) {
      const answer = await call(by, "POST", `/approvals/${id}`, { decision: "once" });
      expect(await errorOf(answer)).toMatchObject({ status: 403, error: "insufficient_scope" });
    }
    const { visitor: other } = await keyFor("notion");
    expect((await decide(id, { decision: "once" }, other)).status).toBe(404);
    expect((await other.fetch(`/approvals/${id}`)).status).toBe(404);
    const forged = await person.fetch(`/approvals/${id}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"decision":"once"}',
    });
    expect(await errorOf(forged)).toMatchObject({ error: "csrf" });
    expect(codeOf(await send())).toBe("approval_required");
  });

  it("sees all, and a key that is narrowed its own", async () => {
    const other = await keyOf(person, ASKING);
    await ask();
    const theirs = await ask({ by: other });
    expect(await listed()).toHaveLength(2);
    const seen = Approvals.parse(await (await call(other, "GET", "/approvals")).json());
    expect(seen.approvals.map(({ id }) => id)).toEqual([theirs]);
  });

  it("has twenty wait at most, and ten of one key", async () => {
    const [other, third] = [await keyOf(person, ASKING), await keyOf(person, ASKING)];
    for (let count = 0; count < 10; count += 1) await ask({ body: String(count) });
    const answer = await send();
    expect([answer.status, codeOf(answer)]).toEqual([403, "too_many_approvals"]);
    for (let count = 0; count < 10; count += 1) await ask({ body: String(count), by: other });
    expect(codeOf(await send({ by: third }))).toBe("too_many_approvals");
    pass(11 * MINUTE);
    await ask({ by: third });
  });
});

describe("a kind of call", () => {
  const COMMENT = (issue: number) => `${ISSUES}/${issue}/comments`;
  const allowKind = async (id: string, more: Partial<ApprovalDecision> = {}): Promise<Approval> => {
    const { kinds } = await whole(id);
    const answer = await decide(id, { decision: "kind", kind: kinds.at(-1), ...more });
    expect(answer.status).toBe(200);
    return Approval.parse(await answer.json());
  };

  it("is its own path, and that with whatever is named there", async () => {
    const id = await ask({ path: COMMENT(7) });
    expect((await whole(id)).kinds).toEqual([
      "/repos/acme/site/issues/7/comments",
      "/repos/acme/site/issues/*/comments",
    ]);
    const { state, until, kinds } = await allowKind(id);
    expect([state, kinds]).toEqual(["standing", ["/repos/acme/site/issues/*/comments"]]);
    const [mine] = (await person.json("/sessions", SessionKeys)).sessions;
    expect(until).toBe(mine?.expires_at);
    for (const issue of [7, 7, 8]) expect(codeOf(await send({ path: COMMENT(issue), body: `"${issue}"` }))).toBeNull();
    expect(await reached()).toHaveLength(3);
  });

  it("is no other method, path, query, host or key, and nothing that hides what it is", async () => {
    await allowKind(await ask({ path: COMMENT(7) }));
    for (const other of [
      { method: "DELETE", path: COMMENT(7) },
      { path: `${ISSUES}/7` },
      { path: `${COMMENT(7)}/1` },
      { path: `${COMMENT(7)}?a=1` },
      { path: `/proxy/github/~uploads.github.com/repos/acme/site/issues/7/comments` },
      { path: `${ISSUES}/a%2Fb/comments` },
      { path: `${ISSUES}/7%2e/comments` },
      { path: COMMENT(7), headers: { "X-HTTP-Method-Override": "DELETE" } },
      { path: COMMENT(7), body: '{"_method":"delete"}' },
      { path: COMMENT(7), headers: { "Content-Type": "multipart/form-data; boundary=x" } },
      { path: COMMENT(7), by: await keyOf(person, ASKING) },
    ]) {
      expect([other, codeOf(await send(other))]).toEqual([other, "approval_required"]);
    }
    expect(await reached()).toEqual([]);
  });

  it("of its own path alone is that path alone", async () => {
    const id = await ask({ path: COMMENT(7) });
    await allowKind(id, { kind: "/repos/acme/site/issues/7/comments" });
    expect(codeOf(await send({ path: COMMENT(7), body: '"another"' }))).toBeNull();
    expect(codeOf(await send({ path: COMMENT(8) }))).toBe("approval_required");
  });

  it("lasts until then, and no longer than its key", async () => {
    const id = await ask({ path: COMMENT(7) });
    await allowKind(id, { until: new Date(Date.now() + 30 * MINUTE).toISOString() });
    pass(29 * MINUTE);
    expect(codeOf(await send({ path: COMMENT(8) }))).toBeNull();
    pass(2 * MINUTE);
    expect(codeOf(await send({ path: COMMENT(8) }))).toBe("approval_required");
  });

  it("ends when it is ended", async () => {
    const id = await ask({ path: COMMENT(7) });
    await allowKind(id);
    expect((await person.change("DELETE", `/approvals/${id}`)).status).toBe(204);
    expect(codeOf(await send({ path: COMMENT(7) }))).toBe("approval_required");
  });

  it.for([
    ["/repos/acme/site/releases/v2.0.1", "a name with a dot"],
    ["/v4/values/A1:append", "a verb behind a colon"],
  ])("has no star for %s: %s may be a verb", async ([path = ""]) => {
    expect((await whole(await ask({ path: `/proxy/github${path}` }))).kinds).toEqual([path]);
  });

  it("has stars for names alone, and none for words, which may be verbs, or for other header fields", async () => {
    await allowKind(await ask({ path: COMMENT(7) }));
    for (const other of [
      { path: `${ISSUES}/latest/comments` },
      { path: `${ISSUES}/7:clear/comments` },
      { path: `${ISSUES}/7.delete/comments` },
      { path: COMMENT(7), headers: { "X-Amz-Target": "DynamoDB_20120810.DeleteTable" } },
      { path: COMMENT(7), body: '{"jsonrpc":"2.0","method":"user.delete"}' },
    ]) {
      expect([other, codeOf(await send(other))]).toEqual([other, "approval_required"]);
    }
    expect(await reached()).toEqual([]);
  });

  it("is none where the body has a verb of its own", async () => {
    const id = await ask({ path: "/proxy/github/rpc", body: '{"jsonrpc":"2.0","method":"user.get"}' });
    expect((await whole(id)).kinds).toEqual([]);
  });

  it("is none where method and path do not tell what is done", async () => {
    const graphql = await ask({ path: "/proxy/github/graphql", body: '{"query":"mutation { a }"}' });
    expect((await whole(graphql)).kinds).toEqual([]);
    expect((await decide(graphql, { decision: "kind", kind: "/graphql" })).status).toBe(400);
    const upload = await ask({ headers: { "Content-Type": "multipart/form-data; boundary=x" } });
    expect((await whole(upload)).kinds).toEqual([]);
  });

  it.for<[string, object]>([
    ["none of its kinds", { decision: "kind", kind: "/**" }],
    ["no kind", { decision: "kind" }],
    ["a kind beside another decision", { decision: "once", kind: "/repos/acme/site/issues" }],
    ["an end beside another decision", { decision: "no", until: "2100-01-01T00:00:00Z" }],
    ["an end that is over", { decision: "kind", kind: "/repos/acme/site/issues", until: "2020-01-01T00:00:00Z" }],
    ["another word", { decision: "yes" }],
  ])("is not decided by %s", async ([, decision]) => {
    const id = await ask();
    expect((await person.change("POST", `/approvals/${id}`, decision)).status).toBe(400);
    expect((await whole(id)).state).toBe("waiting");
  });
});

it("ends with its key: what was allowed, and what waits", async () => {
  const id = await ask();
  await allow(id);
  const [mine] = (await person.json("/sessions", SessionKeys)).sessions;
  await person.change("DELETE", `/sessions/${mine?.id}`);
  expect(await listed()).toEqual([]);
  expect((await decide(id, { decision: "once" })).status).toBe(404);
});

it("ends with a key of the app's, also where that is remembered yet", async () => {
  const app = await makeApp();
  await connectUser(app, "user-1");
  const path = `/proxy/${app.integrations["github"]}/user/repos`;
  const asUser = { "X-Latchkey-User": "user-1" };
  const made = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "k", scopes: ["proxy"], grant: ASKING });
  const { id: key_id, key: by } = z.object({ id: z.string(), key: z.string() }).parse(await made.json());
  const elsewhere = (): Promise<Response> =>
    request(path, { method: "POST", headers: { Authorization: `Bearer ${by}`, ...asUser } }, OTHER_ISOLATE);
  const asked = await elsewhere();
  const id = asked.headers.get("X-Latchkey-Approval") ?? "";
  await call(app.key, "POST", `/approvals/${id}`, { decision: "kind", kind: "/user/repos" }, asUser);
  expect(codeOf(await elsewhere())).toBeNull();
  expect((await call(app.key, "DELETE", `/apps/${app.id}/keys/${key_id}`)).status).toBe(204);
  expect(codeOf(await elsewhere())).toBe("invalid_session");
  expect(await reached()).toHaveLength(1);
});

it("says where a call is made with a token that its caller brings, and allows that once alone", async () => {
  await control("facebook").reset();
  const visitor = new Visitor();
  await visitor.connect("facebook");
  const by = await keyOf(visitor, ASKING);
  const path = "/proxy/facebook/v25.0/me/feed";
  const own = await ask({ by, path });
  const brought = await ask({ by, path: `${path}?access_token=PAGE-TOKEN` });
  const shown = async (id: string): Promise<ApprovalWhole> => visitor.json(`/approvals/${id}`, ApprovalWhole);
  expect(await shown(own)).toMatchObject({ brings_token: false, kinds: ["/v25.0/me/feed"] });
  expect(await shown(brought)).toMatchObject({ brings_token: true, kinds: [] });
  expect(JSON.stringify(await shown(brought))).not.toContain("PAGE-TOKEN");
  await decide(own, { decision: "kind", kind: "/v25.0/me/feed" }, visitor);
  expect(codeOf(await send({ by, path: `${path}?access_token=PAGE-TOKEN`, body: '"other"' }))).toBe(
    "approval_required",
  );
});

it("is handed on only where a key may ask itself", async () => {
  const app = await makeApp();
  await connectUser(app, "user-1");
  const made = async (by: string, grant: object): Promise<Response> =>
    call(by, "POST", `/apps/${app.id}/keys`, { name: "k", scopes: ["proxy", "read", "sessions"], grant });
  const asking = z.object({ key: z.string() }).parse(await (await made(app.key, ASKING)).json()).key;
  const session = (grant: object): Promise<Response> =>
    call(asking, "POST", "/sessions", { user: "user-1", scopes: ["proxy"], grant });
  expect((await session({ rules: [{ writes: "allow" }] })).status).toBe(403);
  expect((await session({ rules: [{ writes: "ask" }] })).status).toBe(201);
  expect((await session({ rules: [{}] })).status).toBe(201);
});

describe("an app", () => {
  it("is told, and decides for its user by a key that may", async () => {
    const app = await makeApp();
    const github = await connectUser(app, "user-1");
    const session = UserSession.parse(
      await (await call(app.key, "POST", "/sessions", { user: "user-1", grant: ASKING })).json(),
    );
    const path = `/proxy/${app.integrations["github"]}/repos/acme/site/issues/7/comments`;
    const id = await ask({ by: session.key, path });
    pass(1000);
    const asUser = { "X-Latchkey-User": "user-1" };
    const decideBy = (by: string, headers: Readonly<Record<string, string>> = asUser): Promise<Response> =>
      call(by, "POST", `/approvals/${id}`, { decision: "once" }, headers);
    expect((await decideBy(app.key, { "X-Latchkey-User": "user-2" })).status).toBe(404);
    expect((await decideBy(session.key, {})).status).toBe(403);
    expect((await decideBy(app.key)).status).toBe(200);
    expect(codeOf(await send({ by: session.key, path }))).toBeNull();
    await runDurableObjectAlarm(await vaultFor(app, "user-1"));
    const { events } = z
      .object({ events: z.array(z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) })) })
      .parse(await (await call(app.key, "GET", `/apps/${app.id}/events`)).json());
    const told = events.filter(({ type }) => type.startsWith("approval."));
    expect(told.map(({ type, data }) => [type, data["state"]])).toEqual([
      ["approval.decided", "allowed"],
      ["approval.requested", "waiting"],
    ]);
    expect(told[0]?.data).toMatchObject({
      approval: id,
      user: "user-1",
      connection: github.id,
      method: "POST",
      path: "/repos/acme/site/issues/*/comments",
    });
  });

  it("has its users sent to its own page, where it says which", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const made = await call(app.key, "POST", "/sessions", { user: "user-1", grant: ASKING });
    const { key: by } = UserSession.parse(await made.json());
    const asked = async (): Promise<unknown> =>
      (await send({ by, path: `/proxy/${app.integrations["github"]}/user/repos` })).json();
    expect(await asked()).not.toHaveProperty("approval_url");
    const approval_url = "https://app.example/approvals?tab=agents";
    expect((await call(app.key, "PATCH", `/apps/${app.id}`, { approval_url })).status).toBe(200);
    // What an isolate remembers of an app is two minutes old at most.
    pass(2 * MINUTE + 1);
    const { approval_id, ...told } = z.looseObject({ approval_id: z.string() }).parse(await asked());
    expect(told).toMatchObject({ approval_url: `${approval_url}&approval=${approval_id}` });
  });

  it("hands out a session that decides, and none that asks and decides", async () => {
    const app = await makeApp();
    await connectUser(app, "user-1");
    const session = async (more: object): Promise<string> =>
      UserSession.parse(await (await call(app.key, "POST", "/sessions", { user: "user-1", ...more })).json()).key;
    const agent = await session({ grant: ASKING, scopes: ["proxy", "read", "approve"] });
    const decider = await session({ scopes: ["read", "approve"] });
    const { connections } = z
      .object({ connections: z.array(z.object({ id: z.string() })) })
      .parse(await (await call(app.key, "GET", "/connections")).json());
    const bound = await session({ scopes: ["read", "approve"], connection: connections[0]?.id });
    const id = await ask({ by: agent, path: `/proxy/${app.integrations["github"]}/user/repos` });
    expect((await call(agent, "POST", `/approvals/${id}`, { decision: "once" })).status).toBe(403);
    expect((await call(bound, "POST", `/approvals/${id}`, { decision: "once" })).status).toBe(403);
    expect((await call(decider, "POST", `/approvals/${id}`, { decision: "once" })).status).toBe(200);
  });
});

describe("an open page", () => {
  const live = (visitor: Visitor, headers: Readonly<Record<string, string>> = { Origin: APP }): Promise<Response> =>
    visitor.fetch("/approvals/live", { headers: { Upgrade: "websocket", ...headers } });
  async function messagesOf(answer: Response): Promise<string[]> {
    const messages: string[] = [];
    answer.webSocket?.accept();
    answer.webSocket?.addEventListener("message", ({ data }) => messages.push(String(data)));
    answer.webSocket?.addEventListener("close", () => messages.push("closed"));
    return messages;
  }

  it("is told at once when something waits, and what became of it", async () => {
    const answer = await live(person);
    expect(answer.status).toBe(101);
    const messages = await messagesOf(answer);
    const id = await ask();
    await vi.waitFor(() => expect(messages).toEqual(["changed"]));
    await allow(id);
    await vi.waitFor(() => expect(messages).toHaveLength(2));
    await send();
    await vi.waitFor(() => expect(messages).toHaveLength(3));
  });

  it("is told nothing of others, and nothing more when its person has signed out", async () => {
    const { visitor: other } = await keyFor("notion");
    const theirs = await messagesOf(await live(other));
    const messages = await messagesOf(await live(person));
    await ask();
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    await person.change("DELETE", "/sessions/current");
    await vi.waitFor(() => expect(messages).toEqual(["changed", "closed"]));
    expect(theirs).toEqual([]);
  });

  it("is not told of each call of a kind that was allowed", async () => {
    const id = await ask();
    await decide(id, { decision: "kind", kind: "/repos/acme/site/issues" });
    const messages = await messagesOf(await live(person));
    for (const body of ["1", "2", "3"]) expect(codeOf(await send({ body }))).toBeNull();
    await person.change("DELETE", `/approvals/${id}`);
    await vi.waitFor(() => expect(messages).toEqual(["changed"]));
  });

  it("that has gone without a word holds nothing up", async () => {
    for (let count = 0; count < 22; count += 1) await live(person);
    await allow(await ask());
    expect(codeOf(await send())).toBeNull();
    expect((await person.change("DELETE", "/sessions/current")).status).toBe(204);
  });

  it("is ours: no other site's, and none without a session", async () => {
    expect(await errorOf(await live(person, { Origin: "https://elsewhere.example" }))).toMatchObject({ error: "csrf" });
    expect(await errorOf(await live(person, {}))).toMatchObject({ error: "csrf" });
    expect(await errorOf(await live(new Visitor()))).toMatchObject({ error: "invalid_session" });
    const plain = await person.fetch("/approvals/live", { headers: { Origin: APP } });
    expect(await errorOf(plain)).toMatchObject({ status: 400 });
  });
});
