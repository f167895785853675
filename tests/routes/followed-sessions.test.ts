/** Connect sessions that are followed: each step is there to be read, each end is told once, and none is missed. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import {
  ConnectPage,
  ConnectSession,
  CreatedConnectSession,
  type ConnectSessionStatus,
} from "../../src/api-connect.ts";
import { Connection, Connections } from "../../src/api-connections.ts";
import { EventBody } from "../../src/api-events.ts";
import { control } from "../support/emulator.ts";
import { ADMIN_KEY, call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { vaultFor } from "../support/vault.ts";
import { Visitor, decide, errorOf, locationOf } from "../support/visitor.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const PERSON = { name: "Ann Example", email: "ann@acme.example" };

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await control("github").reset();
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const ring = async (app: TestApp) => runDurableObjectAlarm(await vaultFor(app, "ann"));

async function parse<T>(response: Response, status: number, schema: z.core.$ZodType<T>): Promise<T> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return z.parse(schema, JSON.parse(text));
}

async function begin(app: TestApp, more: Readonly<Record<string, unknown>> = {}): Promise<CreatedConnectSession> {
  const body = { user: "ann", integration: app.integrations["github"], return_to: app.return_url, ...more };
  return parse(await call(app.key, "POST", "/connect-sessions", body), 201, CreatedConnectSession);
}

it("a link shows what can be chosen: the one integration that it names, or all of its app's", async () => {
  const app = await makeApp({ services: ["github", "google"] });
  const chosen = async (more: Readonly<Record<string, unknown>>) =>
    (await person(await begin(app, more)).look()).choices.map(({ integration }) => integration);
  expect(await chosen({})).toEqual([app.integrations["github"]]);
  const all = await chosen({ integration: undefined });
  expect(all.toSorted()).toEqual(Object.values(app.integrations).toSorted());
});

const read = async (app: TestApp, { id }: { id: string }): Promise<ConnectSession> =>
  parse(await call(app.key, "GET", `/connect-sessions/${id}`), 200, ConnectSession);
const cancel = async (app: TestApp, { id }: { id: string }): Promise<ConnectSession> =>
  parse(await call(app.key, "DELETE", `/connect-sessions/${id}`), 200, ConnectSession);
const finalize = (app: TestApp, connection_code: string, user = "ann"): Promise<Response> =>
  call(app.key, "POST", "/connections/finalize", { connection_code, user });

/** What the app is told of its sessions, in order. */
async function told(app: TestApp) {
  const bodies = await runInDurableObject(await vaultFor(app, "ann"), (_, { storage }) =>
    storage.sql.exec("SELECT body FROM outbox ORDER BY number").toArray(),
  );
  return bodies
    .map(({ body }) => EventBody.parse(JSON.parse(z.string().parse(body))))
    .filter(({ type }) => type.startsWith("connect_session."))
    .map(({ type, data }) => [type.slice("connect_session.".length), data] as const);
}

/** A person in a browser of their own, as far along with a link as they are to be. */
function person(session: CreatedConnectSession) {
  const browser = new Visitor({ ADMIN_KEY });
  const ticket = new URL(session.connect_url).hash.slice(1);
  const post = (path: string, more: Readonly<Record<string, unknown>> = {}) =>
    browser.change("POST", path, { ticket, ...more });
  const look = async () => parse(await post("/connect/page"), 200, ConnectPage);
  const goOn = async (integration = "") => {
    const answer = await parse(
      await post("/connect/continue", { integration }),
      200,
      z.object({ authorization_url: z.string() }),
    );
    return answer.authorization_url;
  };
  const returnFrom = async (consent: string, decided: Parameters<typeof decide>[2] = {}) =>
    new URL(locationOf(await browser.navigate(await decide("github", consent, decided)))).searchParams;
  const comeBack = async (decided: Parameters<typeof decide>[2] = {}) => {
    await look();
    return returnFrom(await goOn(), decided);
  };
  const grant = async () => z.string().parse((await comeBack()).get("connection_code"));
  return { post, look, goOn, returnFrom, comeBack, grant };
}

it("is there to be read at each step, and says what came of it", async () => {
  const app = await makeApp();
  const session = await begin(app, { person: PERSON });
  const statuses: ConnectSessionStatus[] = [];
  const note = async () => statuses.push((await read(app, session)).status);
  const ann = person(session);
  await note();
  await ann.look();
  await note();
  const consent = await ann.goOn();
  await note();
  const code = z.string().parse((await ann.returnFrom(consent)).get("connection_code"));
  await note();
  expect(statuses).toEqual(["created", "opened", "authorizing", "granted"]);
  expect(await told(app)).toEqual([]);
  const { id } = await parse(await finalize(app, code), 200, Connection);
  const { status, connection, reason, ended_at } = await read(app, session);
  expect({ status, connection, reason }).toEqual({ status: "connected", connection: id, reason: null });
  expect(ended_at).not.toBeNull();
  expect(await told(app)).toEqual([
    [
      "connected",
      {
        connect_session: session.id,
        user: "ann",
        integration: app.integrations["github"],
        connection: id,
        reason: null,
      },
    ],
  ]);
});

describe("its end is told once, with the reason", () => {
  it.each<[string, string, string | null, (app: TestApp, session: CreatedConnectSession) => Promise<unknown>]>([
    ["cancelled", "by the app", "app", (app, session) => cancel(app, session)],
    [
      "cancelled",
      "by the person, on the page",
      "user",
      async (_, session) => {
        const { look, post } = person(session);
        await look();
        const answer = await parse(await post("/connect/cancel"), 200, z.object({ return_to: z.string() }));
        expect(answer.return_to).toContain("?error=connect_cancelled");
        expect(await errorOf(await post("/connect/cancel"))).toMatchObject({ status: 410, error: "link_cancelled" });
      },
    ],
    [
      "failed",
      "where the person declines at the provider",
      "access_denied",
      async (_, session) => {
        const back = await person(session).comeBack({ decision: "deny" });
        expect(back.get("error")).toBe("access_denied");
      },
    ],
    [
      "failed",
      "where somebody else comes back",
      "user_mismatch",
      async (app, session) => {
        const code = await person(session).grant();
        expect(await errorOf(await finalize(app, code, "bob"))).toMatchObject({ error: "user_mismatch" });
      },
    ],
    [
      "failed",
      "where the provider refuses the code",
      "token_request_rejected",
      async (_, session) => {
        await control("github").fault({ endpoint: "token", fault: "invalid_grant" });
        await person(session).comeBack();
      },
    ],
    ["expired", "where nobody opens the link", null, async () => pass(15 * MINUTE + 1)],
    [
      "expired",
      "where nobody comes back from the provider",
      null,
      async (_, session) => {
        const ann = person(session);
        await ann.look();
        await ann.goOn();
        pass(11 * MINUTE + 1);
      },
    ],
    [
      "expired",
      "where the app does not finalize it",
      null,
      async (_, session) => {
        await person(session).grant();
        pass(10 * MINUTE + 1);
      },
    ],
  ])("%s %s", async (status, _, reason, act) => {
    const app = await makeApp();
    const session = await begin(app);
    await act(app, session);
    expect(await read(app, session)).toMatchObject({ status, reason, connection: null });
    await ring(app);
    await ring(app);
    expect((await told(app)).map(([type, data]) => [type, "reason" in data && data.reason])).toEqual([
      [status, reason],
    ]);
    expect(await read(app, session)).toMatchObject({ status, reason });
  });

  it("with another account than that of the connection that was to be renewed", async () => {
    const app = await makeApp();
    const { id } = await connectUser(app, "ann");
    const session = await begin(app, { connection: id });
    const back = await person(session).comeBack({ account: 1 });
    const refused = await finalize(app, z.string().parse(back.get("connection_code")));
    expect(await errorOf(refused)).toMatchObject({ error: "account_mismatch" });
    expect(await read(app, session)).toMatchObject({ status: "failed", reason: "account_mismatch" });
  });
});

describe("one that the app has cancelled", () => {
  it("has a link that is of no use, and says so in the app's name", async () => {
    const app = await makeApp();
    const session = await begin(app);
    await cancel(app, session);
    const ann = person(session);
    expect(await ann.look()).toMatchObject({ link: "cancelled", choices: [], app: { name: expect.any(String) } });
    expect(await errorOf(await ann.post("/connect/continue", { integration: "" }))).toMatchObject({
      status: 410,
      error: "link_cancelled",
    });
  });

  it.each(["before", "after"])("is given back what it is granted, %s that has come", async (when) => {
    const app = await makeApp();
    const session = await begin(app);
    const ann = person(session);
    await ann.look();
    const consent = await ann.goOn();
    if (when === "before") await cancel(app, session);
    const back = await ann.returnFrom(consent);
    if (when === "after") await cancel(app, session);
    expect(await errorOf(await finalize(app, back.get("connection_code") ?? ""))).toMatchObject({
      error: "invalid_connection_code",
    });
    pass(MINUTE);
    await ring(app);
    await expect.poll(async () => (await control("github").grants()).grants[0]?.["live_access_tokens"]).toBe(0);
    const list = await parse(await call(app.key, "GET", "/connections?user=ann"), 200, Connections);
    expect(list.connections).toEqual([]);
    expect(await read(app, session)).toMatchObject({ status: "cancelled", reason: "app" });
  });

  it("is the same when it is asked again, and when it had ended before", async () => {
    const app = await makeApp();
    const session = await begin(app);
    expect(await cancel(app, session)).toEqual(await cancel(app, session));
    const done = await begin(app);
    await parse(await finalize(app, await person(done).grant()), 200, Connection);
    expect(await cancel(app, done)).toMatchObject({ status: "connected" });
    expect((await told(app)).map(([type]) => type)).toEqual(["cancelled", "connected"]);
  });
});

it("is its own app's, and only that user's where a key is for one", async () => {
  const [app, other] = [await makeApp(), await makeApp()];
  const session = await begin(app);
  for (const method of ["GET", "DELETE"]) {
    expect((await call(other.key, method, `/connect-sessions/${session.id}`)).status).toBe(404);
    const asBob = await call(app.key, method, `/connect-sessions/${session.id}`, undefined, {
      "X-Latchkey-User": "bob",
    });
    expect(await errorOf(asBob)).toMatchObject({ error: "user_mismatch" });
    const madeUp = `${session.id.slice(0, -1)}${session.id.endsWith("x") ? "y" : "x"}`;
    expect((await call(app.key, method, `/connect-sessions/${madeUp}`)).status).toBe(404);
  }
  expect(await read(app, session)).toMatchObject({ status: "created" });
});

it("is forgotten thirty days after its end, and says until then that its link was used", async () => {
  const app = await makeApp();
  const session = await begin(app);
  await parse(await finalize(app, await person(session).grant()), 200, Connection);
  pass(29 * DAY);
  await ring(app);
  expect(await person(session).look()).toMatchObject({ link: "used" });
  pass(DAY + 1);
  await ring(app);
  expect((await call(app.key, "GET", `/connect-sessions/${session.id}`)).status).toBe(404);
  expect(await errorOf(await person(session).post("/connect/page"))).toMatchObject({ error: "invalid_link" });
});

it("ends where its link has given way to fifty newer ones", async () => {
  const app = await makeApp();
  const first = await begin(app, { expires_in: 3600 });
  for (let made = 0; made < 50; made += 1) await begin(app, { expires_in: 86_400 });
  expect(await read(app, first)).toMatchObject({ status: "expired" });
  expect(await person(first).look()).toMatchObject({ link: "expired" });
});

it("waits for the browser that has it open for as long as a link may live", async () => {
  const app = await makeApp();
  const ann = person(await begin(app, { expires_in: 86_400 }));
  const opened = await ann.post("/connect/page");
  expect(opened.headers.get("Set-Cookie")).toContain("Max-Age=86400");
  pass(DAY - MINUTE);
  expect(await ann.goOn()).toContain("client_id");
});

it("says on the page and in every list who the user is, as the app has it", async () => {
  const app = await makeApp();
  const session = await begin(app, { person: PERSON });
  const ann = person(session);
  expect(await ann.look()).toMatchObject({ link: "open", person: PERSON });
  const connection = await parse(await finalize(app, await ann.grant()), 200, Connection);
  expect(connection.person).toEqual(PERSON);
  for (const query of ["?user=ann", ""]) {
    const list = await parse(await call(app.key, "GET", `/connections${query}`), 200, Connections);
    expect(list.connections.map((each) => each.person)).toEqual([PERSON]);
  }
  // Connecting again without saying who it is forgets nobody.
  await connectUser(app, "ann");
  const list = await parse(await call(app.key, "GET", "/connections?user=ann"), 200, Connections);
  expect(list.connections.map((each) => each.person)).toEqual([PERSON]);
});

it.each([
  ["name", { name: "a\u202eb" }],
  ["name", { name: "a\nb" }],
  ["name", { name: "x".repeat(81) }],
  ["email", { email: "no address" }],
  ["email", { email: "a@b@c" }],
  ["email", { email: `${"x".repeat(250)}@b.example` }],
  ["phone", { phone: "1" }],
])("is refused a person whose %s is none: %j", async (field, wrong) => {
  const app = await makeApp();
  const body = { user: "ann", return_to: app.return_url, person: wrong };
  const refused = await call(app.key, "POST", "/connect-sessions", body);
  expect(await refused.json()).toMatchObject({ error: "invalid_request", param: `person.${field}` });
});

it("has a link of fewer than 120 characters, at an origin of up to forty", async () => {
  const app = await makeApp();
  const { connect_url } = await begin(app);
  const { origin } = new URL(connect_url);
  expect(connect_url.length - origin.length + 40).toBeLessThan(120);
});
