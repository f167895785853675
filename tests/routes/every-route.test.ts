/** What holds for every route, by its declaration: who may not, what it does not take, and that nothing breaks it. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { ErrorBody } from "../../src/api.ts";
import { NewSessionKey } from "../../src/api.ts";
import { ApiKeys, SavedIntegration, Scope, ShownApiKey, UserSession, UserSessions } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { Events } from "../../src/api-events.ts";
import type { NewPasskey, SignIn } from "../../src/api-passkeys.ts";
import { ERROR_HEADER } from "../../src/errors.ts";
import { allRoutes } from "../../src/routes/all.ts";
import type { Operation } from "../../src/routes/operation.ts";
import { Authenticator } from "../support/authenticator.ts";
import { control } from "../support/emulator.ts";
import { ADMIN_KEY, call, codeFor, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { meter } from "../support/meter.ts";
import { addPasskey, optionsFor, signInOptions } from "../support/passkeys.ts";
import { APP, Visitor, request } from "../support/visitor.ts";

const operations = allRoutes.flatMap((routes) => routes.operations);
type Ids = Readonly<Record<string, string>>;
const RETURN_URL = "https://app.example/done";
/** The limits are tested elsewhere, and would be all that is met here. */
const ENVIRONMENT = { ADMIN_KEY, APP_LIMIT: undefined, USER_LIMIT: undefined };

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;
const namesOf = ({ path }: Operation): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
/** What has `path` in it answers in the provider's shape. */
const isProxied = ({ tag }: Operation): boolean => tag === "Proxy";
const table = (chosen: readonly Operation[]) => chosen.map((operation) => ({ name: nameOf(operation), operation }));

const fill = (path: string, ids: Ids): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? "none"));

/** An answer of a passkey to nothing. */
const ANSWER = { id: "none", type: "public-key", response: { clientDataJSON: "none" } };

/** A body that each route takes, as far as it looks at nothing else. */
const BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "post /connect-sessions": { user: "ann", return_to: RETURN_URL },
  "post /connect/page": { ticket: "none" },
  "post /connect/continue": { ticket: "none", integration: "github" },
  "post /connect/cancel": { ticket: "none" },
  "post /connect/fields/page": { state: "none" },
  "post /connect/fields": { state: "none", fields: { tenant: "acme" } },
  "post /connect/fields/cancel": { state: "none" },
  "post /connections/finalize": { user: "ann", connection_code: "none" },
  "post /connections/import": { user: "ann", integration: "github", access_token: "token" },
  "patch /connections/{connection}": { tags: { plan: "none" } },
  "post /connections/{connection}/reconnect": { return_to: RETURN_URL },
  "post /approvals/{approval}": { decision: "once" },
  "post /sessions": { user: "ann" },
  "post /passkeys": {
    name: "none",
    credential: {
      ...ANSWER,
      response: { ...ANSWER.response, authenticatorData: "none", publicKey: "none", publicKeyAlgorithm: -7 },
    },
  },
  "post /passkeys/sign-in": {
    credential: { ...ANSWER, response: { ...ANSWER.response, authenticatorData: "none", signature: "none" } },
  },
  "post /apps": { name: "Another" },
  "patch /apps/{app}": { name: "Renamed" },
  "post /apps/{app}/keys": { name: "another", scopes: ["read"] },
  "put /apps/{app}/integrations": { provider: "slack", client_id: "id", client_secret: "secret" },
  "put /apps/{app}/webhook": { url: "https://hooks.example/latchkey" },
  "put /apps/{app}/webhooks/{webhook}": { url: "https://hooks.example/latchkey", events: ["connection.created"] },
  "patch /apps/{app}/webhooks/{webhook}": { events: null },
  "post /revocations": { target: { kind: "user", id: "nobody" }, reason: "none" },
};

async function ask(
  operation: Operation,
  ids: Ids,
  headers: Readonly<Record<string, string>>,
  body: BodyInit | undefined = operation.body && JSON.stringify(BODIES[nameOf(operation)]),
): Promise<Response> {
  const type: Record<string, string> = operation.body ? { "Content-Type": "application/json" } : {};
  return request(
    fill(operation.path, ids),
    {
      method: operation.method.toUpperCase(),
      headers: { ...type, ...headers },
      ...(body === undefined ? {} : { body }),
    },
    ENVIRONMENT,
  );
}

/** A value as it stands in a URL. */
const toText = (value: unknown): string =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).toWellFormed();
const bearer = (key: string): Readonly<Record<string, string>> => ({ Authorization: `Bearer ${key}` });

/** An error in our shape. */
async function problemOf(response: Response): Promise<{ status: number; error: string; message: string }> {
  const text = await response.text();
  const { error, message, request_id } = z.strictObject(ErrorBody.shape).parse(JSON.parse(text));
  expect(response.headers.get(ERROR_HEADER)).toBe(error);
  expect(response.headers.get("X-Request-Id")).toBe(request_id);
  return { status: response.status, error, message };
}

/** All of an answer that may tell something, without what is new in each and what the caller has said. */
async function traceOf(
  response: Response,
  { integration = "" }: Ids,
): Promise<{ status: number; code: string | null; text: string }> {
  const text = (await response.text())
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "REQUEST")
    .replaceAll(integration, "INTEGRATION");
  return { status: response.status, code: response.headers.get(ERROR_HEADER), text };
}

async function jsonOf<T>(response: Response, schema: z.core.$ZodType<T>): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return z.parse(schema, JSON.parse(text));
}

async function makeKey(app: TestApp, scopes: readonly Scope[]): Promise<ShownApiKey> {
  return jsonOf(await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "made here", scopes }), ShownApiKey);
}

const mine: { app: TestApp; ids: Ids } = { app: { id: "", key: "", return_url: "", integrations: {} }, ids: {} };
const theirs: typeof mine = { app: mine.app, ids: {} };

/** Everything of an app that has an id, with a user connected. */
async function idsOf(app: TestApp, user: string): Promise<Ids> {
  // The sandbox's own origin: it is answered in process. What nobody is told of is no event.
  const url = "http://127.0.0.1:8787/github/none";
  const webhook = `hook-of-${user}`;
  await jsonOf(await call(app.key, "PUT", `/apps/${app.id}/webhooks/${webhook}`, { url }), z.unknown());
  const { id } = await connectUser(app, user);
  // What there is to tell is told, and listed, by the alarm.
  await runDurableObjectAlarm(env.VAULT.getByName(id.slice(4, 47)));
  const { keys } = await jsonOf(await call(app.key, "GET", `/apps/${app.id}/keys`), ApiKeys);
  const { events } = await jsonOf(await call(app.key, "GET", `/apps/${app.id}/events`), Events);
  return {
    app: app.id,
    connection: id,
    integration: app.integrations["github"] ?? "",
    key: keys[0]?.id ?? "",
    event: events[0]?.id ?? "",
    webhook,
    path: "user",
  };
}

/** Ids that look the same and name nothing: each with other letters behind its prefix. */
const missing = (ids: Ids): Ids =>
  Object.fromEntries(
    Object.entries(ids).map(([name, id]) => {
      const [, prefix = "", rest = "", end = ""] = /^(app-|github-|con_|msg_|)([^_]*.*?)(_github-.*|)$/.exec(id) ?? [];
      return [name, name === "path" ? id : prefix + rest.split("").toReversed().join("") + end];
    }),
  );

beforeAll(async () => {
  await control("github").reset();
  mine.app = await makeApp();
  theirs.app = await makeApp();
  mine.ids = await idsOf(mine.app, "ann");
  theirs.ids = await idsOf(theirs.app, "ben");
});

it("has a body to send to each route that takes one", () => {
  expect(Object.keys(BODIES).toSorted()).toEqual(
    operations
      .filter(({ body }) => body)
      .map(nameOf)
      .toSorted(),
  );
});

describe("what is another's", () => {
  const guarded = operations.filter(({ access }) => typeof access === "object");
  const named = (names: readonly string[]) =>
    guarded.filter((operation) => namesOf(operation).some((name) => names.includes(name)));
  let before: unknown;

  /** All that the other app can see of itself. */
  async function stateOf({ app, ids }: typeof mine): Promise<unknown> {
    const paths = [
      `/apps/${app.id}`,
      `/apps/${app.id}/keys`,
      `/apps/${app.id}/integrations`,
      `/apps/${app.id}/events`,
      "/connections",
      `/connections/${ids["connection"]}`,
      `/connections/${ids["connection"]}/activity`,
      `/connections/${ids["connection"]}/token`,
    ];
    const answers = await Promise.all(paths.map(async (path) => jsonOf(await call(app.key, "GET", path), z.unknown())));
    // Looking uses the key, which is noted.
    const seen = JSON.stringify(answers, (name, value: unknown) => (name === "last_used_at" ? null : value));
    const { grants } = await control("github").grants();
    return { seen, revoked: grants.filter(({ revoked }) => revoked).length };
  }

  beforeAll(async () => {
    before = await stateOf(theirs);
  });
  afterAll(async () => {
    expect(await stateOf(theirs)).toEqual(before);
  });

  it("has ids to try", () => {
    for (const id of Object.values(theirs.ids)) expect(id).not.toBe("");
    for (const [name, id] of Object.entries(missing(theirs.ids))) {
      if (name === "path") continue;
      expect(id).not.toBe(theirs.ids[name]);
      expect(id).toHaveLength(theirs.ids[name]?.length ?? 0);
      expect(id.slice(0, 4)).toBe(
        theirs.ids[name]?.slice(0, ["key", "webhook"].includes(name) ? 0 : 4) || id.slice(0, 4),
      );
    }
  });

  it.each(table(named(["app", "connection", "integration", "event", "key"])))(
    "is not there for another app: $name",
    async ({ operation }) => {
      const headers = { ...bearer(mine.app.key), "X-Latchkey-User": "ben" };
      const foreign = await traceOf(await ask(operation, theirs.ids, headers), theirs.ids);
      expect(foreign.status, foreign.text).toBeGreaterThanOrEqual(400);
      expect(await traceOf(await ask(operation, missing(theirs.ids), headers), missing(theirs.ids))).toEqual(foreign);
    },
  );

  it.each(table(named(["app"]).filter((operation) => namesOf(operation).length > 1)))(
    "is not there in the caller's own app: $name",
    async ({ operation }) => {
      const headers = bearer(mine.app.key);
      const own = { app: mine.app.id };
      const foreign = await traceOf(await ask(operation, { ...theirs.ids, ...own }, headers), {
        ...theirs.ids,
        ...own,
      });
      expect(foreign.status, foreign.text).toBeGreaterThanOrEqual(400);
      expect(
        await traceOf(await ask(operation, { ...missing(theirs.ids), ...own }, headers), {
          ...missing(theirs.ids),
          ...own,
        }),
      ).toEqual(foreign);
    },
  );

  it.each(table(named(["connection", "app"])))(
    "is not there for the app's other users: $name",
    async ({ operation }) => {
      const made = await call(theirs.app.key, "POST", "/sessions", {
        user: "eve",
        scopes: ["connect", "read", "tokens"],
      });
      const { key } = await jsonOf(made, UserSession);
      const foreign = await traceOf(await ask(operation, theirs.ids, bearer(key)), theirs.ids);
      expect(foreign.status, foreign.text).toBeGreaterThanOrEqual(400);
      expect(await traceOf(await ask(operation, missing(theirs.ids), bearer(key)), missing(theirs.ids))).toEqual(
        foreign,
      );
    },
  );
});

describe("credentials", () => {
  let revoked: ShownApiKey;
  const withoutScope = new Map<Scope, string>();

  beforeAll(async () => {
    revoked = await makeKey(mine.app, Scope.options);
    expect((await call(mine.app.key, "DELETE", `/apps/${mine.app.id}/keys/${revoked.id}`)).status).toBe(204);
    for (const scope of Scope.options) {
      const { key } = await makeKey(
        mine.app,
        Scope.options.filter((other) => other !== scope),
      );
      withoutScope.set(scope, key);
    }
  });

  it.each(table(operations.filter(({ access }) => access !== "anyone")))("are needed: $name", async ({ operation }) => {
    const presented: Readonly<Record<string, string>>[] = [
      {},
      { Authorization: "" },
      { Authorization: "Bearer" },
      { Authorization: `Basic ${btoa(`${mine.app.key}:`)}` },
      { Authorization: `Bearer ${mine.app.key} ${mine.app.key}` },
      bearer("none"),
      bearer(`lk_${"A".repeat(86)}`),
      bearer(`${mine.app.key}A`),
      bearer(mine.app.key.slice(0, -1)),
      bearer(revoked.key),
      { Cookie: `__Host-session=${mine.app.key.slice(0, -4)}AAAA` },
    ];
    // GitHub takes a token as the password of Basic, and so does the proxy.
    const refused = isProxied(operation)
      ? presented.filter(({ Authorization }) => !Authorization?.startsWith("Basic"))
      : presented;
    for (const headers of refused) {
      const response = await ask(operation, mine.ids, { ...headers, "X-Latchkey-User": "ann", "X-CSRF": "1" });
      expect(response.status, JSON.stringify(headers)).toBe(401);
      const code = operation.access === "admin" ? "invalid_admin_key" : "invalid_session";
      expect(response.headers.get(ERROR_HEADER), JSON.stringify(headers)).toBe(code);
      if (!isProxied(operation)) expect((await problemOf(response)).error).toBe(code);
    }
  });

  it.each(table(operations.filter(({ access }) => typeof access === "object")))(
    "need the scope: $name",
    async ({ operation }) => {
      if (typeof operation.access !== "object") return;
      const { scope } = operation.access;
      const headers = { ...bearer(withoutScope.get(scope) ?? ""), "X-Latchkey-User": "ann" };
      const response = await ask(operation, mine.ids, headers);
      expect(response.headers.get(ERROR_HEADER)).toBe("insufficient_scope");
      // An SDK of the provider gives up at once where it is told 401.
      expect(response.status).toBe(isProxied(operation) ? 401 : 403);
      const { message } = z.looseObject({ message: z.string() }).parse(await response.json());
      expect(message).toContain(`the scope ${scope}`);
    },
  );

  it.each(table(operations.filter(({ access }) => access === "admin" || access === "person")))(
    "of an app are not the operator's or a person's: $name",
    async ({ operation }) => {
      expect((await problemOf(await ask(operation, mine.ids, bearer(mine.app.key)))).status).toBe(401);
    },
  );
});

describe("bodies", () => {
  const nested = (depth: number): unknown => (depth === 0 ? "deep" : { a: nested(depth - 1) });
  const streamed = (text: string) => new Blob([text]).stream();

  const person = new Visitor(ENVIRONMENT);
  beforeAll(async () => {
    await person.connect("github");
  });

  /** Somebody who may call the route. */
  const callerOf = ({ access }: Operation): Readonly<Record<string, string>> =>
    access === "person"
      ? { Cookie: cookiesOf(person), "X-CSRF": "1" }
      : {
          ...bearer(access === "admin" ? ADMIN_KEY : mine.app.key),
          ...(typeof access === "object" && access.as === "user" ? { "X-Latchkey-User": "ann" } : {}),
        };

  it.each(table(operations.filter(({ body }) => body)))(
    "are held to what is declared: $name",
    async ({ operation }) => {
      const valid = BODIES[nameOf(operation)] ?? {};
      const caller = callerOf(operation);
      const refuse = async (
        body: BodyInit | undefined,
        status: number,
        headers: Readonly<Record<string, string>> = {},
      ) => {
        const problem = await problemOf(await ask(operation, mine.ids, { ...caller, ...headers }, body ?? ""));
        expect(problem.status, `${problem.error}: ${problem.message}`).toBe(status);
        expect(problem.message).not.toContain("CANARY");
      };
      for (const text of ["", "{", "CANARY", "{'a':1}", '{"a":1}{"b":2}', "NaN", "\0", '{"a":"\u0001"}'])
        await refuse(text, 400);
      await refuse(Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d), 400);
      for (const value of [[], [valid], 1, true, null, "CANARY"]) await refuse(JSON.stringify(value), 400);
      await refuse(JSON.stringify({ ...valid, "CANARY-1": 1 }), 400);
      await refuse(`{"__proto__":{"polluted":"CANARY"},${JSON.stringify(valid).slice(1)}`, 400);
      await refuse(JSON.stringify({ ...valid, metadata: nested(30), name: nested(30) }), 400);
      await refuse("[".repeat(20_000) + "]".repeat(20_000), 400);
      const large = JSON.stringify({ ...valid, name: "x".repeat(70 * 1024) });
      await refuse(large, 413);
      await refuse(streamed(large), 413);
      await refuse("{}", 413, { "Content-Length": String(70 * 1024) });
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "",
        "application/jsonp",
      ]) {
        await refuse(JSON.stringify(valid), 415, { "Content-Type": type });
      }
      expect(Reflect.get({}, "polluted")).toBeUndefined();
    },
  );
});

/** Part of JSON Schema: what the declarations are written in. */
const Node = z.looseObject({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  additionalProperties: z.unknown().optional(),
});

/** Nothing of this is an address on any network: the sandbox's own origin is answered in process, the others are refused. */
const URLS = [
  "https://nowhere.invalid/",
  "https://user:password@nowhere.invalid/",
  "http://127.0.0.1:8787/github/github.com/login/oauth/access_token",
  "http://127.0.0.1:8787/github/api.github.com",
  "https://169.254.169.254/",
  "https://nowhere.invalid:99999/",
  "javascript:alert(1)",
  "data:text/html,x",
  "ftp://nowhere.invalid/",
  "//nowhere.invalid",
  "https://",
];
const NASTY: readonly unknown[] = [
  "",
  " ",
  "\0",
  "a\0b",
  "\r\nX-Injected: 1",
  "../../admin",
  "%00",
  "%2e%2e%2f",
  "__proto__",
  "constructor",
  "toString",
  "\u202Eabc",
  "👩‍👩‍👧‍👦",
  "\uD800",
  "ß",
  "İ",
  "e\u0301",
  "x".repeat(300),
  "x".repeat(5000),
  "' OR 1=1 --",
  "%_",
  "#{7*7}",
  "<script>",
  -1,
  0,
  1.5,
  1e308,
  -0,
  2 ** 53,
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { toString: 1 },
  { length: -1 },
];
/** A service of the sandbox. */
const EMULATED = "http://127.0.0.1:8787/github/github.com";
const CANARY = "CANARY";
const SECRETS = ["client_secret", "access_token", "refresh_token", "connection_code"];

/** Values that a schema takes, mostly; `known` are values worth trying under a name. */
function valuesOf(
  schema: unknown,
  known: Readonly<Record<string, readonly string[]>>,
  name = "",
): fc.Arbitrary<unknown> {
  const node = Node.parse(schema);
  const tried = known[name];
  if (SECRETS.includes(name)) {
    return fc.constantFrom(`${CANARY}-${name}`, `${CANARY}.${name}.${"x".repeat(40)}`, ...(tried ?? []));
  }
  if (tried)
    return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...tried) }, { weight: 1, arbitrary: plain(node, known) });
  return plain(node, known);
}

function plain(node: z.output<typeof Node>, known: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<unknown> {
  if (node.anyOf) return fc.oneof(...node.anyOf.map((one) => valuesOf(one, known)));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  const { type = "any" } = node;
  switch (type) {
    case "object": {
      const { properties = {}, required = [] } = node;
      const fields = Object.entries(properties).map(([name, one]) => [name, valuesOf(one, known, name)] as const);
      const given = fc.record(Object.fromEntries(fields), { requiredKeys: required });
      const { additionalProperties } = node;
      if (typeof additionalProperties !== "object" || additionalProperties === null) return given;
      const more = fc.dictionary(fc.stringMatching(/^[\x21-\x7e]{1,64}$/), valuesOf(additionalProperties, known), {
        maxKeys: 12,
      });
      return fc.tuple(given, more).map(([one, other]) => ({ ...other, ...one }));
    }
    case "array":
      return fc.array(valuesOf(node.items ?? {}, known), { maxLength: 6 });
    case "string":
      if (node.format === "uri") return fc.constantFrom(...URLS);
      if (node.pattern !== undefined) return fc.stringMatching(new RegExp(node.pattern), { size: "small" });
      return fc.string({ unit: "binary", maxLength: Math.min(node.maxLength ?? 100, 100) });
    case "integer":
    case "number":
      return fc.integer({ min: Math.max(node.minimum ?? -10, -1000), max: Math.min(node.maximum ?? 1000, 100_000) });
    case "boolean":
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

/** The same with something wrong in it. */
function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 6 }));
  return fc.tuple(values, nasty, fc.nat(), fc.nat(6)).map(([value, wrong, at, way]) => {
    const object = typeof value === "object" && value !== null ? value : {};
    const fields = Object.entries(object);
    const place = fields[at % Math.max(fields.length, 1)]?.[0] ?? "name";
    // A secret stays one in its place, or it could not be looked for.
    const replaced = SECRETS.includes(place) ? `${CANARY}${JSON.stringify(wrong)}` : wrong;
    const whole = JSON.stringify({ ...object, [place]: replaced });
    if (way === 0) return JSON.stringify(Object.fromEntries(fields.filter(([name]) => name !== place)));
    if (way === 1) return JSON.stringify({ ...object, [`${CANARY}-f1eld`]: `${CANARY}-value` });
    if (way === 2)
      return `{"__proto__":{"polluted":1}${fields.length > 0 ? "," : ""}${JSON.stringify(object).slice(1)}`;
    if (way === 3) return JSON.stringify(wrong) ?? "";
    return way === 4 ? whole.slice(0, at % (whole.length + 1)) : whole;
  });
}

const toJsonSchema = (schema: z.core.$ZodType) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

interface Tried {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What can be changed in one round: an app with all there is of one, and a person at the page. */
interface Scene {
  readonly app: TestApp;
  readonly ids: Ids;
  /** An integration of the app's whose API takes whatever it is sent. */
  readonly sink: string;
  /** One that can be renewed. */
  readonly google: string;
  /** What a user has come back with. */
  readonly code: string;
  /** A link that the opener's browser is at. */
  readonly tickets: readonly string[];
  /** Their ids, for the app. */
  readonly connectSessions: readonly string[];
  readonly opener: Readonly<Record<string, string>>;
  /** States of forms that wait in the opener's browser. */
  readonly forms: readonly [string, string];
  readonly person: Readonly<Record<string, string>>;
  /** One of the person's keys. */
  readonly personKey: string;
  /** One of the person's passkeys, another one to be added, and an answer that signs in. */
  readonly passkey: string;
  readonly newPasskey: NewPasskey;
  readonly signIn: SignIn;
  /** Calls of the user's that wait, and one that is allowed. */
  readonly approvals: readonly string[];
  /** Sessions that the app has made for its user. */
  readonly userSessions: readonly string[];
  /** An app to be removed: of the other one nothing more could be tried in this round. */
  readonly spare: TestApp;
}

const cookiesOf = ({ cookies }: Visitor): string => [...cookies].map((pair) => pair.join("=")).join("; ");

/** As many as are given up, gone on with and opened in a round. */
const LINKS = 8;

/** A form that waits to be filled in: of a service that has to be told where it is. */
async function formFor(app: TestApp, opener: Visitor): Promise<string> {
  await call(app.key, "PUT", `/apps/${app.id}/integrations`, {
    slug: "typed",
    name: "Typed",
    fields: { tenant: { title: "Tenant", pattern: "[a-z]{1,20}" } },
    authorization_endpoint: `${EMULATED}/login/{tenant}/authorize`,
    token_endpoint: `${EMULATED}/login/{tenant}/token`,
    api_base_url: EMULATED,
    client_id: "id",
    client_secret: "secret",
    scopes: ["read"],
  });
  const asked = { user: "ann", integration: "typed", return_to: RETURN_URL };
  const { connect_url } = await jsonOf(await call(app.key, "POST", "/connect-sessions", asked), CreatedConnectSession);
  return new URL((await opener.openLink(connect_url)).headers.get("Location") ?? "").hash.slice(1);
}

/** Calls that somebody is asked about. @returns their ids, of which the last is allowed */
async function approvalsFor(app: TestApp, user: string): Promise<string[]> {
  const asking = { user, scopes: ["proxy"], grant: { rules: [{ writes: "ask" }] } };
  const { key } = await jsonOf(await call(app.key, "POST", "/sessions", asking), UserSession);
  const asked: string[] = [];
  for (const repository of ["one", "two", "three"]) {
    const answer = await call(key, "DELETE", `/proxy/${app.integrations["github"]}/repos/ann/${repository}`);
    asked.push(answer.headers.get("X-Latchkey-Approval") ?? "none");
  }
  const forUser = { "X-Latchkey-User": user };
  const allowed = await call(app.key, "POST", `/approvals/${asked.at(-1)}`, { decision: "once" }, forUser);
  await jsonOf(allowed, z.unknown());
  return asked;
}

async function setScene(): Promise<Scene> {
  const app = await makeApp({ services: ["github", "google"] });
  const ids = await idsOf(app, "ann");
  const google = (await connectUser(app, "ann", "google")).id;
  const spare = await makeKey(app, ["read"]);
  const saved = await call(app.key, "PUT", `/apps/${app.id}/integrations`, {
    slug: "sink",
    name: "Sink",
    authorization_endpoint: `${EMULATED}/login/oauth/authorize`,
    token_endpoint: `${EMULATED}/login/oauth/access_token`,
    api_base_url: inject("webhooks"),
    client_id: "id",
    client_secret: "secret",
    scopes: ["read"],
  });
  const sink = (await jsonOf(saved, SavedIntegration)).integration;
  const held = { user: "ann", integration: sink, access_token: "a-token-for-the-sink" };
  await jsonOf(await call(app.key, "POST", "/connections/import", held), z.unknown());
  const links: CreatedConnectSession[] = [];
  for (let count = 0; count < LINKS; count += 1) {
    const link = await call(app.key, "POST", "/connect-sessions", { user: "ann", return_to: RETURN_URL });
    links.push(await jsonOf(link, CreatedConnectSession));
  }
  for (let count = 0; count < 10; count += 1) await call(app.key, "POST", "/sessions", { user: "ann" });
  const { sessions } = await jsonOf(await call(app.key, "GET", "/users/ann/sessions"), UserSessions);
  const [opener, person] = [new Visitor(ENVIRONMENT), new Visitor(ENVIRONMENT)];
  for (const { connect_url } of links) await opener.openLink(connect_url);
  const forms = [await formFor(app, opener), await formFor(app, opener)] as const;
  await person.connect("github");
  const device = new Authenticator();
  const passkey = (await addPasskey(person, device)).id;
  const { create, confirm } = await optionsFor(person);
  if (!confirm) throw new Error("nothing to confirm");
  const newPasskey = {
    name: "another",
    credential: await new Authenticator().create(create),
    confirmation: await device.get(confirm),
  };
  const asPerson = { Cookie: cookiesOf(person), "X-CSRF": "1" };
  const made = await request(
    "/sessions",
    {
      method: "POST",
      headers: { ...asPerson, "Content-Type": "application/json" },
      body: JSON.stringify({ name: "one of mine" }),
    },
    ENVIRONMENT,
  );
  return {
    app,
    ids: { ...ids, key: spare.id },
    sink,
    google,
    code: await codeFor(app, "ann"),
    tickets: links.map(({ connect_url }) => new URL(connect_url).hash.slice(1)),
    connectSessions: links.map(({ id }) => id),
    opener: { Cookie: cookiesOf(opener), Origin: APP },
    forms,
    person: asPerson,
    personKey: (await jsonOf(made, NewSessionKey)).id,
    passkey,
    newPasskey,
    signIn: { credential: await device.get(await signInOptions(person)) },
    approvals: await approvalsFor(app, "ann"),
    userSessions: sessions.map(({ id }) => id),
    spare: await makeApp({ services: [] }),
  };
}

/** A body that the route takes in this scene. */
function takenBy(operation: Operation, { ids, code, ...scene }: Scene): Readonly<Record<string, unknown>> {
  const [ticket] = scene.tickets.slice(operation.path === "/connect/cancel" ? 1 : 0);
  if (operation.path === "/passkeys") return scene.newPasskey;
  if (operation.path === "/passkeys/sign-in") return scene.signIn;
  const body = BODIES[nameOf(operation)] ?? {};
  return {
    ...body,
    ...("integration" in body ? { integration: ids["integration"] } : {}),
    ...("ticket" in body ? { ticket } : {}),
    ...("state" in body ? { state: scene.forms[operation.path.endsWith("/cancel") ? 1 : 0] } : {}),
    ...("connection_code" in body ? { connection_code: code } : {}),
    // Nobody is to be told on a network.
    ...("url" in body ? { url: `${EMULATED}/none` } : {}),
  };
}

/** The same with a few more of the fields that it may have. */
const nearly = (taken: Readonly<Record<string, unknown>>, values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.tuple(values, fc.nat(), fc.nat(2)).map(([value, from, count]) => {
    const more = Object.entries(typeof value === "object" && value !== null ? value : {});
    return JSON.stringify({ ...Object.fromEntries(more.slice(from % (more.length + 1)).slice(0, count)), ...taken });
  });

/** Who a request to a route may come from. */
function callersOf({ access, path }: Operation, { app, person, opener }: Scene) {
  if (path.startsWith("/passkeys/sign-in")) return fc.constant({ "X-CSRF": "1" });
  if (path.startsWith("/connect/") && access === "anyone") return fc.constantFrom(opener, opener, {}, bearer(app.key));
  if (access === "admin") return fc.constantFrom(bearer(ADMIN_KEY), bearer(ADMIN_KEY), bearer(app.key));
  if (access === "person") return fc.constantFrom(person, person, person, bearer(app.key));
  if (access === "anyone") return fc.constantFrom(bearer(app.key), person, person, {});
  return fc.constantFrom(...Array.from({ length: 6 }, () => bearer(app.key)), person);
}

/** What leads a person to a service. */
const isStart = ({ path }: Operation): boolean => path === "/auth/{integration}" || path.endsWith("/authorize");

/** Requests to one route, as its declaration has them and as it does not. */
function requestsTo(operation: Operation, set: Scene): fc.Arbitrary<Tried> {
  const scene = nameOf(operation) === "delete /apps/{app}" ? { ...set, app: set.spare } : set;
  const { ids, app } = scene;
  const known = {
    user: ["ann", "ann", "bob", "ann@example.com"],
    // Where nobody has said who they are, it is the page's own that counts.
    integration:
      operation.access === "anyone"
        ? ["github", "github", scene.sink]
        : [ids["integration"] ?? "", app.integrations["google"] ?? "", scene.sink, "github", "none"],
    connection: isStart(operation) ? ["new", "new", scene.google] : [ids["connection"] ?? "", scene.google],
    connection_code: [scene.code],
    ticket: scene.tickets,
    session: scene.connectSessions,
    approval: operation.method === "delete" ? scene.approvals.slice(-1) : scene.approvals.slice(0, -1),
    id:
      operation.tag === "Passkeys"
        ? [scene.passkey]
        : namesOf(operation).includes("user")
          ? scene.userSessions
          : [scene.personKey],
    app: [app.id, app.id, app.id, "default", theirs.app.id],
    key: [ids["key"] ?? "", theirs.ids["key"] ?? ""],
    event: [ids["event"] ?? "", theirs.ids["event"] ?? ""],
    webhook: [ids["webhook"] ?? "", "another", "main"],
    path: ["user", "user/repos", "repos/a/b", "to/nowhere", "../user", "graphql"],
    return_to: [RETURN_URL, "/"],
    return_urls: [],
    provider: ["github", "slack", "google", "notion", "none"],
    slug: ["github", "my-slug", "slack"],
    cursor: ["2026-01-01T00:00:00.000Z~msg", "~", "a~b~c", ids["connection"] ?? ""],
    tag: ["plan:none", ":", "a:"],
    session_id: [`${CANARY}-session`, `lk_${"A".repeat(86)}`],
  };
  const tries = Object.fromEntries(Object.entries(known).filter(([, values]) => values.length > 0));
  const nasty = fc.oneof(
    fc.constantFrom(...NASTY).map((value) => encodeURIComponent(toText(value))),
    fc.string({ unit: "binary", maxLength: 60 }).map((value) => encodeURIComponent(toText(value))),
    fc.constantFrom("%", "%zz", "%c0%af", "%ff", "%2F", "..%2f..", ";a=b", "*", ":integration", "{integration}"),
  );
  const segment = (name: string) =>
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .constantFrom(...(tries[name] ?? ["none"]))
          .map((value) => (name === "path" ? value : encodeURIComponent(value))),
      },
      { weight: 1, arbitrary: nasty },
    );
  const path = fc
    .tuple(...namesOf(operation).map((name) => segment(name).map((value) => [name, value] as const)))
    .map((pairs) => operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => new Map(pairs).get(name) ?? ""));
  const asked = operation.query ? valuesOf(toJsonSchema(operation.query), tries) : fc.constant({});
  const query = fc
    .tuple(asked, fc.option(fc.tuple(fc.constantFrom("limit", "cursor", "user", "x", "__proto__", "tag"), nasty)))
    .map(([values, more]) => {
      const pairs = Object.entries(z.record(z.string(), z.unknown()).parse(values));
      const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(toText(value))}`);
      return [...text, ...(more ? [more.join("=")] : [])].join("&");
    });
  const user = fc.option(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant("ann") },
      { weight: 1, arbitrary: fc.stringMatching(/^[\x21-\x7e]{0,300}$/) },
    ),
    { freq: 8 },
  );
  const caller: fc.Arbitrary<Readonly<Record<string, string>>> = callersOf(operation, scene);
  const values = operation.body && valuesOf(toJsonSchema(operation.body), tries);
  const body: fc.Arbitrary<string | undefined> = values
    ? fc.oneof(
        values.map((value) => JSON.stringify(value)),
        mutated(values),
        nearly(takenBy(operation, scene), values),
      )
    : operation.method === "get" || operation.method === "delete"
      ? fc.constant(undefined)
      : fc.oneof(
          fc.option(fc.string({ maxLength: 50 }), { nil: undefined }),
          fc
            .constantFrom("", `&integration=${ids["integration"]}`)
            .map((more) => `ticket=${scene.tickets.at(-1)}${more}`),
        );
  return fc.record({ path, query, user, caller, body }).map((made) => ({
    operation,
    url: made.query === "" ? made.path : `${made.path}?${made.query}`,
    headers: {
      ...made.caller,
      ...(made.user === null ? {} : { "X-Latchkey-User": made.user }),
      ...(made.body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    body: made.body,
  }));
}

describe("nonsense", () => {
  const SEED = 20_261_121;
  const AT_ONCE = 25;
  const CHUNKS = 20;
  /** As many as fit into a minute of a shared machine, or as many as the run asks for. */
  const REQUESTS = inject("requests");
  const ROUNDS = Math.ceil(REQUESTS / (AT_ONCE * CHUNKS));
  const PATIENCE_MS = 60_000 + 30 * REQUESTS;
  /** What deletes leaves less to ask for; of what starts a flow, or renews by name, most is refused, whoever asks. */
  const weightOf = (operation: Operation): number =>
    operation.method === "delete" && !isProxied(operation) ? 4 : isStart(operation) ? 30 : isRare(operation) ? 15 : 6;
  /** What succeeds for few of all the ids that there are. */
  const isRare = ({ path }: Operation): boolean =>
    path === "/integrations/{integration}/refresh" || path === "/apps/{app}/events/{event}/replay";
  /** What is told of a provider that does not do its part, and of a deployment without a client. */
  const OF_PROVIDERS = [
    "bad_upstream_status",
    "token_request_rejected",
    "client_credentials_invalid",
    "invalid_token_response",
    "invalid_provider_response",
    "provider_unavailable",
    "token_rejected",
    "provider_rate_limited",
    "provider_timeout",
    "not_configured",
  ];
  const failures: string[] = [];
  const outcomes = new Map<string, number>();

  async function check({ operation, url, headers, body }: Tried): Promise<void> {
    const method = operation.method.toUpperCase();
    const response = await request(url, { method, headers, ...(body === undefined ? {} : { body }) }, ENVIRONMENT);
    // Some of it is pictures.
    const text = new TextDecoder().decode(await response.arrayBuffer());
    const { status } = response;
    const code = response.headers.get(ERROR_HEADER);
    const about = `${method} ${url} ${body ?? ""}\n${status} ${text}`;
    outcomes.set(
      `${nameOf(operation)} ${code ?? status}`,
      (outcomes.get(`${nameOf(operation)} ${code ?? status}`) ?? 0) + 1,
    );
    const shown = text + JSON.stringify([...response.headers]);
    // An access token that was brought in is taken out where that is what was asked for, and nowhere else.
    const isToken = status === 200 && operation.path.endsWith("/token");
    expect(isToken ? shown.replace(/"access_token":"(?:[^"\\]|\\.)*"/, "") : shown, about).not.toContain(CANARY);
    if (status >= 500 && (code !== null || !isProxied(operation))) expect(OF_PROVIDERS, about).toContain(code);
    if (status < 400 || isProxied(operation)) return;
    const problem = z.strictObject(ErrorBody.shape).safeParse(JSON.parse(text));
    expect(problem.data?.error, about).toBe(code);
    expect(problem.data?.request_id, about).toBe(response.headers.get("X-Request-Id"));
  }

  it(
    "breaks nothing, tells no secret, and is answered in one shape",
    async () => {
      console.info(`seed ${SEED}`);
      // What is written for the operator is held against the same.
      const written: string[] = [];
      const note = (line: unknown) => void written.push(String(line));
      const log = vi.spyOn(console, "log").mockImplementation(note);
      const error = vi.spyOn(console, "error").mockImplementation(note);
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          // What is deleted in one round is there in the next.
          const scene = await setScene();
          const one = fc.oneof(
            ...operations.map((operation) => ({
              weight: weightOf(operation),
              arbitrary: requestsTo(operation, scene),
            })),
          );
          const chunk = fc.array(one, { minLength: AT_ONCE, maxLength: AT_ONCE });
          const property = fc.asyncProperty(chunk, async (requests) => {
            await Promise.all(
              requests.map((tried) =>
                check(tried).catch((problem: unknown) => failures.push(String(problem).slice(0, 1500))),
              ),
            );
            if (failures.length > 0) throw new Error("not as it should be");
          });
          // A smaller one would meet another state, and could tell something else.
          await fc.assert(property, { seed: SEED + round, numRuns: CHUNKS, endOnFailure: true });
        }
      } catch (failure) {
        const stacks = written.filter((line) => line.includes("internal_error")).slice(-3);
        // With the requests as values behind it, nobody could read it.
        // oxlint-disable-next-line preserve-caught-error
        throw new Error([...failures, ...stacks, String(failure).slice(0, 200)].join("\n\n"));
      } finally {
        log.mockRestore();
        error.mockRestore();
      }
      expect(written.filter((line) => line.includes(CANARY))).toEqual([]);
      expect(Reflect.get({}, "polluted")).toBeUndefined();
      // It is no nonsense where nothing of it is taken.
      const reached = operations.filter((operation) =>
        [200, 201, 204, operation.answer.status].some((status) => outcomes.has(`${nameOf(operation)} ${status}`)),
      );
      expect(reached.length).toBeGreaterThan(operations.length / 2);
      const changing = operations.filter(({ method }) => method !== "get");
      expect(changing.filter((operation) => !reached.includes(operation)).map(nameOf)).toEqual([]);
    },
    PATIENCE_MS,
  );

  /** Whatever they have made up in the place of a key. */
  const STRANGERS: readonly Readonly<Record<string, string>>[] = [
    {},
    {},
    bearer(`lk_${"A".repeat(86)}`),
    bearer("none"),
    { Cookie: `__Host-session=lk_${"B".repeat(86)}`, "X-CSRF": "1", Origin: APP },
    { Authorization: `Basic ${btoa(`x:lk_${"C".repeat(86)}`)}` },
  ];
  it(
    "makes nothing for whoever has no credential: no object, row, record or line",
    async () => {
      const set = await setScene();
      const credential = await new Authenticator().get(await signInOptions(new Visitor(ENVIRONMENT)));
      const scene = { ...set, tickets: ["A".repeat(70)], code: "v1.sandbox.made.up", signIn: { credential } };
      const arbitrary = fc.oneof(
        // What a start makes is counted elsewhere, to the row.
        ...operations.filter((operation) => !isStart(operation)).map((operation) => requestsTo(operation, scene)),
      );
      const tried = fc.sample(fc.tuple(arbitrary, fc.constantFrom(...STRANGERS)), {
        seed: SEED,
        numRuns: Math.ceil(REQUESTS / 2),
      });
      const integrations = [...Object.values(scene.app.integrations), scene.sink];
      const { bindings, take, written } = meter();
      const statuses = new Set<number>();
      while (tried.length > 0) {
        await Promise.all(
          tried.splice(0, AT_ONCE).map(async ([{ operation, url, headers, body }, stranger]) => {
            const kept = Object.entries(headers).filter(
              ([name]) => !["Authorization", "Cookie", "X-CSRF"].includes(name),
            );
            const init = {
              method: operation.method.toUpperCase(),
              headers: { ...Object.fromEntries(kept), ...stranger },
              ...(body === undefined ? {} : { body }),
            };
            const answer = await request(url, init, { ...ENVIRONMENT, ...bindings });
            await answer.arrayBuffer();
            statuses.add(answer.status);
          }),
        );
      }
      const {
        kv_reads = 0,
        vault_calls = 0,
        vaults = 0,
        counted = 0,
        counted_changes = 0,
        kv_writes = 0,
        ...made
      } = take();
      expect(made).toEqual({});
      // Copies of what there is already, for a minute: whose an integration of the app's is, and what it is like.
      expect(new Set(written).size, written.join(" ")).toBeLessThanOrEqual(2 * integrations.length);
      expect(kv_writes).toBe(written.length);
      // The one that knows what all apps have registered, and that of an app whose logo anybody may see.
      expect(vaults).toBeLessThanOrEqual(2);
      console.info(JSON.stringify({ kv_reads, vault_calls, counted, counted_changes, statuses: [...statuses] }));
      expect(statuses).toContain(401);
    },
    PATIENCE_MS,
  );
});
