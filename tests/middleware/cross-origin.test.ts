/** Pages elsewhere that call with a session, and callers who call too often. */
import { beforeEach, describe, expect, it } from "vitest";
import { UserSession } from "../../src/api-apps.ts";
import { control } from "../support/emulator.ts";
import { ADMIN_KEY, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { errorOf, request, type Overrides } from "../support/visitor.ts";

const ORIGIN = "https://shop.example";
const OTHER_ORIGIN = "https://other.example";
const STRANGERS = [
  "https://stranger.example",
  `${ORIGIN}.evil.example`,
  "https://evil-shop.example",
  "https://evil.shop.example",
  `${ORIGIN}:8443`,
  `${ORIGIN}/`,
  "http://shop.example",
  "https://shop.exampl",
  "null",
];

beforeEach(() => control("github").reset());

const userSession = async (app: TestApp, user: string) =>
  UserSession.parse(await (await call(app.key, "POST", "/sessions", { user })).json()).key;

const preflight = (origin: string, path = "/connections") =>
  request(path, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "authorization",
    },
  });
const from = (origin: string, key: string, path = "/connections") =>
  call(key, "GET", path, undefined, { Origin: origin });

/** What a browser is allowed; never along with cookies, and never to everybody. */
function allowed({ headers }: Response): string | null {
  expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
  expect(headers.get("Access-Control-Allow-Origin")).not.toBe("*");
  return headers.get("Access-Control-Allow-Origin");
}
const varies = ({ headers }: Response) => (headers.get("Vary") ?? "").split(",").map((name) => name.trim());

describe("a page at its developer's own machine, as any app's developer may have one", () => {
  const LOCAL = "http://localhost:3000";

  it("may ask beforehand", async () => {
    for (const origin of [LOCAL, "http://127.0.0.1:5173", "http://[::1]:8080", "https://localhost"]) {
      expect(allowed(await preflight(origin))).toBe(origin);
    }
    for (const origin of ["http://localhost.evil.example", "https://127.0.0.1.evil.example", "http://0.0.0.0:3000"]) {
      expect(allowed(await preflight(origin)), origin).toBeNull();
    }
  });

  it("reads what it is answered where its app has registered it, and nothing of another's", async () => {
    const [app, other] = [await makeApp({ origins: [LOCAL] }), await makeApp({ origins: [ORIGIN] })];
    expect(allowed(await from(LOCAL, await userSession(app, "user-1")))).toBe(LOCAL);
    const refused = await from(LOCAL, await userSession(other, "user-1"));
    expect([refused.status, allowed(refused)]).toEqual([403, null]);
  });
});

describe("a page at an origin that its app has registered", () => {
  it("may ask beforehand and read what it is answered, an error too", async () => {
    const app = await makeApp({ origins: [ORIGIN] });
    await connectUser(app, "user-1");
    const asked = await preflight(ORIGIN);
    expect(asked.status).toBe(204);
    expect(allowed(asked)).toBe(ORIGIN);
    expect(varies(asked)).toContain("Origin");
    // The star covers what providers' SDKs send, such as Notion-Version, and not the bearer.
    expect(asked.headers.get("Access-Control-Allow-Headers")?.split(", ")).toEqual(["*", "Authorization"]);
    const key = await userSession(app, "user-1");
    for (const [path, status] of [
      ["/connections", 200],
      [`/data/${app.integrations["github"]}`, 200],
      ["/connections/con_none", 404],
      ["/connections?user=user-2", 403],
    ] as const) {
      const answer = await from(ORIGIN, key, path);
      expect(answer.status).toBe(status);
      expect(allowed(answer), path).toBe(ORIGIN);
      expect(varies(answer), path).toContain("Origin");
    }
  });

  it("loses that when the app takes the origin back", async () => {
    const app = await makeApp({ origins: [ORIGIN], services: [] });
    const key = await userSession(app, "user-1");
    expect((await from(ORIGIN, key)).status).toBe(200);
    expect((await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [] })).status).toBe(200);
    const answer = await from(ORIGIN, key);
    expect(allowed(answer)).toBeNull();
    expect(await errorOf(answer)).toMatchObject({ status: 403, error: "origin_denied" });
  });
});

describe("a page elsewhere", () => {
  it.each(STRANGERS)("at %s may neither ask nor call with a session of the app", async (origin) => {
    const app = await makeApp({ origins: [ORIGIN], services: [] });
    const asked = await preflight(origin);
    expect(allowed(asked)).toBeNull();
    expect(varies(asked)).toContain("Origin");
    for (const key of [await userSession(app, "user-1"), app.key]) {
      const answer = await from(origin, key);
      expect(allowed(answer)).toBeNull();
      expect(await errorOf(answer)).toMatchObject({ status: 403, error: "origin_denied" });
    }
  });

  it("is not looked for where it is none", async () => {
    const VAULT = {
      getByName: () => {
        throw new Error("nobody was to be asked");
      },
    };
    const headers = { Origin: `https://${"a".repeat(5000)}.example`, "Access-Control-Request-Method": "GET" };
    const asked = await request("/connections", { method: "OPTIONS", headers }, { VAULT });
    expect(asked.status).toBe(204);
    expect(allowed(asked)).toBeNull();
  });

  it("of another app may not call with a session of this one", async () => {
    const app = await makeApp({ origins: [ORIGIN], services: [] });
    await makeApp({ origins: [OTHER_ORIGIN], services: [] });
    const answer = await from(OTHER_ORIGIN, await userSession(app, "user-1"));
    expect(allowed(answer)).toBeNull();
    expect(await errorOf(answer)).toMatchObject({ status: 403, error: "origin_denied" });
  });

  it("changes nothing with a session of the app either", async () => {
    const app = await makeApp({ origins: [ORIGIN] });
    const { id } = await connectUser(app, "user-1");
    const key = await userSession(app, "user-1");
    const answer = await call(key, "DELETE", `/connections/${id}`, undefined, { Origin: OTHER_ORIGIN });
    expect(await errorOf(answer)).toMatchObject({ status: 403, error: "origin_denied" });
    expect((await call(key, "GET", `/connections/${id}`)).status).toBe(200);
  });
});

it.each(["*", "null", "https://shop.example/", "https://shop.example/path", "http://shop.example"])(
  "an app registers no origin %s",
  async (origin) => {
    const app = await makeApp({ services: [] });
    const answer = await call(app.key, "PATCH", `/apps/${app.id}`, { origins: [origin] });
    expect(await errorOf(answer)).toMatchObject({ status: 400, error: "invalid_request" });
  },
);

describe("a limit", () => {
  /** A limiter of the platform that lets so many calls of a key pass. */
  function limiter(calls: number) {
    const counted = new Map<string, number>();
    return {
      async limit({ key }: { key: string }) {
        const count = (counted.get(key) ?? 0) + 1;
        counted.set(key, count);
        return { success: count <= calls };
      },
    };
  }
  const limited =
    (overrides: Overrides) =>
    (key: string, headers: Record<string, string> = {}) =>
      request("/connections", { headers: { Authorization: `Bearer ${key}`, ...headers } }, { ADMIN_KEY, ...overrides });
  async function expectRefused(answer: Response): Promise<void> {
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await errorOf(answer)).toMatchObject({ status: 429, error: "rate_limited" });
  }

  it("of a user stops that user and nobody else", async () => {
    const [app, other] = [await makeApp({ services: [] }), await makeApp({ services: [] })];
    const [noisy, quiet, namesake] = [
      await userSession(app, "user-1"),
      await userSession(app, "user-2"),
      await userSession(other, "user-1"),
    ];
    const list = limited({ USER_LIMIT: limiter(2) });
    expect((await list(noisy)).status).toBe(200);
    expect((await list(noisy)).status).toBe(200);
    await expectRefused(await list(noisy));
    // Another session of the same user counts as the same user.
    await expectRefused(await list(await userSession(app, "user-1")));
    for (const key of [quiet, namesake, app.key, other.key]) expect((await list(key)).status).toBe(200);
  });

  it("of an app stops that app, whoever of it calls, and no other", async () => {
    const [app, other] = [await makeApp({ services: [] }), await makeApp({ services: [] })];
    const [user, elsewhere] = [await userSession(app, "user-1"), await userSession(other, "user-1")];
    const list = limited({ APP_LIMIT: limiter(2) });
    expect((await list(app.key)).status).toBe(200);
    expect((await list(user)).status).toBe(200);
    await expectRefused(await list(app.key));
    await expectRefused(await list(user));
    for (const key of [other.key, elsewhere]) expect((await list(key)).status).toBe(200);
  });

  it("can be read as one by a page of the app", async () => {
    const app = await makeApp({ origins: [ORIGIN], services: [] });
    const answer = await limited({ USER_LIMIT: limiter(0) })(await userSession(app, "user-1"), { Origin: ORIGIN });
    expect(allowed(answer)).toBe(ORIGIN);
    await expectRefused(answer);
  });

  it("that does not answer, or is not there, stops nobody", async () => {
    const app = await makeApp({ services: [] });
    const broken = { limit: () => Promise.reject(new Error("the limiter is down")) };
    expect((await limited({ USER_LIMIT: broken, APP_LIMIT: broken })(app.key)).status).toBe(200);
    expect((await limited({ USER_LIMIT: undefined, APP_LIMIT: undefined })(app.key)).status).toBe(200);
  });
});
