/** A request with an `Idempotency-Key` is carried out once, however often it comes, and answered the same. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { ApiKeys, ShownApiKey, UserSession, UserSessions } from "../../src/api-apps.ts";
import { BOUNDS } from "../../src/bounds.ts";
import { call, makeApp, type TestApp } from "../support/integrator.ts";
import { losingVaults, rowsOf, troubledVaults, vaultFor } from "../support/vault.ts";
import { Visitor, errorOf, request } from "../support/visitor.ts";

/** A quarter of what the fuzz of all routes makes: FUZZ_REQUESTS=40000 has ten thousand. */
const RACING = inject("requests") / 4;
const PATIENCE_MS = 60_000 + 30 * RACING;
const DAY = 86_400_000;
const MINUTE = 60_000;

let app: TestApp;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  app = await makeApp({ services: [] });
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

const post = (path: string, body: unknown, key: string, more: Readonly<Record<string, string>> = {}, overrides = {}) =>
  request(
    path,
    {
      method: "POST",
      headers: {
        Authorization: `Bearer ${app.key}`,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        ...more,
      },
      body: JSON.stringify(body),
    },
    overrides,
  );
const makeSession = (key: string, user = "ann", overrides = {}) => post("/sessions", { user }, key, {}, overrides);
const sessionsOf = async (user = "ann"): Promise<unknown[]> => {
  const answer = await call(app.key, "GET", `/users/${user}/sessions`);
  return UserSessions.parse(await answer.json()).sessions;
};

describe("the same request with the same key", () => {
  it("is answered as it was, to the letter, and nothing more is made", async () => {
    const first = await makeSession("a");
    const again = await makeSession("a");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect([first, again].map(({ headers }) => headers.get("Idempotency-Replayed"))).toEqual([null, "true"]);
    const text = await first.text();
    expect(await again.text()).toBe(text);
    expect(UserSession.parse(JSON.parse(text)).user).toBe("ann");
    expect(await sessionsOf()).toHaveLength(1);
  });

  it("is the same with the key between quotes, as the draft has it", async () => {
    await makeSession("a-b");
    expect((await makeSession('"a-b"')).headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("of a hundred at once carries out one; the others are told to ask again, and then answered the same", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => makeSession("a")));
    const made = await Promise.all(answers.filter(({ status }) => status === 201).map((answer) => answer.text()));
    expect(new Set(made).size).toBe(1);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused) {
      expect(answer.headers.get("Retry-After")).toBe("1");
      expect(await errorOf(answer)).toMatchObject({ status: 409, error: "request_under_way" });
    }
    expect(await (await makeSession("a")).text()).toBe(made[0]);
    expect(await sessionsOf()).toHaveLength(1);
  });

  it("of many keys in races carries out one of each, whoever wins", { timeout: PATIENCE_MS }, async () => {
    const [KEYS, AT_ONCE] = [Math.ceil(RACING / 200), 20];
    const seen = new Map<string, Set<string>>();
    for (let sent = 0; sent < RACING; sent += AT_ONCE) {
      const keys = Array.from({ length: AT_ONCE }, (_, at) => `key-${(sent * 7 + at * at) % KEYS}`);
      const answers = await Promise.all(keys.map((key) => makeSession(key, `user of ${key}`)));
      for (const [at, answer] of answers.entries()) {
        const key = keys[at] ?? "";
        expect([201, 409], key).toContain(answer.status);
        if (answer.status === 201) seen.set(key, (seen.get(key) ?? new Set()).add(await answer.text()));
      }
    }
    for (const [key, made] of seen) {
      expect(made.size, key).toBe(1);
      expect(await sessionsOf(encodeURIComponent(`user of ${key}`)), key).toHaveLength(1);
    }
  });

  it("is another one a day later", async () => {
    await makeSession("a");
    pass(DAY - MINUTE);
    expect((await makeSession("a")).headers.get("Idempotency-Replayed")).toBe("true");
    pass(2 * MINUTE);
    expect((await makeSession("a")).headers.get("Idempotency-Replayed")).toBeNull();
  });

  it("of another app is another one", async () => {
    await makeSession("a");
    app = await makeApp({ services: [] });
    expect((await makeSession("a")).headers.get("Idempotency-Replayed")).toBeNull();
  });
});

it("of another key of the same app is another request: none is given what it could not make", async () => {
  const limited = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "few", scopes: ["sessions", "read"] });
  const { key } = ShownApiKey.parse(await limited.json());
  const body = { user: "ann", scopes: ["proxy"] };
  expect((await post("/sessions", body, "a")).status).toBe(201);
  const refused = await errorOf(await post("/sessions", body, "a", { Authorization: `Bearer ${key}` }));
  expect(refused).toMatchObject({ status: 403, error: "insufficient_scope" });
});

describe("another request with the same key", () => {
  it.each([
    ["another body", () => post("/sessions", { user: "ben" }, "a")],
    ["another route", () => post("/connect-sessions", { user: "ann", return_to: "https://acme.example/done" }, "a")],
    ["another user", () => post("/sessions", { user: "ann" }, "a", { "X-Latchkey-User": "ann" })],
  ])("(%s) is refused, and nothing is made", async (_, ask) => {
    await makeSession("a");
    expect(await errorOf(await ask())).toMatchObject({ status: 422, error: "idempotency_key_reused" });
    expect(await sessionsOf("ben")).toEqual([]);
  });
});

describe("a request that came to nothing", () => {
  it("may be made again, mended or as it was", async () => {
    const wrong = { user: "ann", scopes: ["proxy"] };
    const limited = await call(app.key, "POST", `/apps/${app.id}/keys`, { name: "few", scopes: ["sessions", "read"] });
    const { key } = ShownApiKey.parse(await limited.json());
    const ask = (body: unknown) => post("/sessions", body, "a", { Authorization: `Bearer ${key}` });
    expect((await ask(wrong)).status).toBe(403);
    expect((await ask({ user: "ann", scopes: ["read"] })).status).toBe(201);
  });

  it("of a field that is wrong is not even begun", async () => {
    expect((await post("/sessions", { user: "" }, "a")).status).toBe(400);
    expect(await rowsOf(await vaultFor(app))).not.toHaveProperty("requests");
  });

  it.each(["claimRequest", "settleRequest", "releaseRequest"] as const)(
    "is carried out all the same, once, where the answer of %s is lost on its way",
    async (method) => {
      const VAULT = losingVaults(method);
      if (method === "releaseRequest") {
        expect((await post("/sessions", { user: "ann", connection: "con_none" }, "a", {}, { VAULT })).status).toBe(404);
      }
      const made = await makeSession("a", "ann", { VAULT });
      expect(made.status).toBe(201);
      expect(await (await makeSession("a")).text()).toBe(await made.text());
      expect(await sessionsOf()).toHaveLength(1);
    },
  );

  it("that was made and could not be noted is answered, and may be made again after a minute", async () => {
    const lost = { VAULT: troubledVaults("settleRequest", () => Promise.reject(new Error("lost"))) };
    expect((await makeSession("a", "ann", lost)).status).toBe(201);
    expect(await errorOf(await makeSession("a"))).toMatchObject({ error: "request_under_way" });
    pass(MINUTE);
    expect((await makeSession("a")).status).toBe(201);
  });
});

describe("the key", () => {
  it.each(["", " ", "a b", "é", "a".repeat(256), '"a', '"a" "b"', "a\"b'"])("is none: %j", async (key) => {
    const answer = await errorOf(await makeSession(key));
    expect(answer).toMatchObject({ status: 400, error: "invalid_request" });
    expect(answer.message).toContain("Idempotency-Key");
  });
});

describe("what was answered", () => {
  it("is kept sealed, and no key is in it in the clear", async () => {
    const made = UserSession.parse(await (await makeSession("a")).json());
    const vault = await vaultFor(app);
    const kept = await runInDurableObject(vault, (_, { storage: { sql } }) =>
      JSON.stringify(sql.exec("SELECT * FROM requests").toArray()),
    );
    expect(kept).not.toContain(made.key);
    expect(kept).not.toContain(made.key.slice(46, 78));
    expect(kept).toContain("v1.");
  });

  it("is gone after a day by itself", async () => {
    await makeSession("a");
    const vault = await vaultFor(app);
    expect(await rowsOf(vault)).toMatchObject({ requests: 1 });
    pass(DAY + MINUTE);
    await runDurableObjectAlarm(vault);
    expect(await rowsOf(vault)).not.toHaveProperty("requests");
  });

  it("counts for every route that makes something: an app's keys are made once", async () => {
    const make = () => post(`/apps/${app.id}/keys`, { name: "second", scopes: ["read"] }, "k");
    const [first, again] = [await make(), await make()];
    expect(await again.text()).toBe(await first.text());
    const { keys } = ApiKeys.parse(await (await call(app.key, "GET", `/apps/${app.id}/keys`)).json());
    expect(keys).toHaveLength(2);
    expect(BOUNDS.answers).toBeGreaterThan(1000);
  });

  it("is for the page's people too", async () => {
    const visitor = new Visitor();
    await visitor.connect("github");
    const make = () =>
      visitor.fetch("/sessions", {
        method: "POST",
        headers: { "X-CSRF": "1", "Content-Type": "application/json", "Idempotency-Key": "mine" },
        body: JSON.stringify({ name: "tests" }),
      });
    expect(await (await make()).text()).toBe(await (await make()).text());
  });
});
