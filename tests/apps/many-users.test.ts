/** A thousand people of three apps at once: everybody has their own account, and nobody anybody else's. */
import { beforeAll, expect, it } from "vitest";
import { Profile } from "../../src/api.ts";
import { UserSession } from "../../src/api-apps.ts";
import { Connections, FreshToken, type Connection } from "../../src/api-connections.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { errorOf } from "../support/visitor.ts";

const USERS = 334;
const ACCOUNTS = 3;
const AT_ONCE = 50;
const TIMEOUT_MS = 300_000;

interface Person {
  readonly app: TestApp;
  readonly user: string;
  readonly account: number;
}

const apps: TestApp[] = [];
const people: Person[] = [];
const connections = new Map<Person, Connection>();

/** Does it for all of them, so many at a time. */
async function forAll<T, R>(all: readonly T[], what: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    done.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(what))));
  }
  return done;
}

const integrationOf = ({ app }: Person) => app.integrations["github"] ?? "";
const connectionOf = (person: Person): Connection => {
  const connection = connections.get(person);
  if (!connection) throw new Error(`${person.user} has not connected`);
  return connection;
};
async function accountRead(answer: Response): Promise<string> {
  expect(answer.status).toBe(200);
  return String(Profile.parse(await answer.json()).account?.id);
}

beforeAll(async () => {
  await control("github").reset();
  for (const name of ["One", "Two", "Three"]) apps.push(await makeApp({ name }));
  // The same names in every app, each with another account there, and the apps in turn, so that they meet.
  for (let number = 0; number < USERS; number += 1) {
    for (const [at, app] of apps.entries())
      people.push({ app, user: `user-${number}`, account: (number + at) % ACCOUNTS });
  }
  await forAll(people, async (person) => {
    connections.set(person, await connectUser(person.app, person.user, "github", person.account));
  });
}, TIMEOUT_MS);

it("all of them are connected, each to the account they chose", () => {
  expect(connections.size).toBe(3 * USERS);
  expect(new Set([...connections.values()].map(({ id }) => id)).size).toBe(3 * USERS);
  const accounts = people.slice(0, ACCOUNTS).map((person) => connectionOf(person).account?.id);
  expect(new Set(accounts).size).toBe(ACCOUNTS);
  for (const person of people) {
    const expected = people.find(({ account }) => account === person.account);
    expect(expected && connectionOf(expected).account?.id).toBe(connectionOf(person).account?.id);
    expect(connectionOf(person)).toMatchObject({ user: person.user, integration: integrationOf(person) });
  }
});

it(
  "each reads their own account, by the app's key and by a session of their own",
  { timeout: TIMEOUT_MS },
  async () => {
    await forAll(people, async (person) => {
      const { app, user } = person;
      const path = `/data/${integrationOf(person)}`;
      const own = connectionOf(person).account?.id;
      expect(await accountRead(await call(app.key, "GET", path, undefined, { "X-Latchkey-User": user }))).toBe(own);
      const { key } = UserSession.parse(await (await call(app.key, "POST", "/sessions", { user })).json());
      expect(await accountRead(await call(key, "GET", path))).toBe(own);
      const listed = Connections.parse(await (await call(key, "GET", "/connections")).json());
      expect(listed.connections.map(({ id }) => id)).toEqual([connectionOf(person).id]);
    });
  },
);

it("everybody has a token of their own", { timeout: TIMEOUT_MS }, async () => {
  const tokens = await forAll(people, async (person) => {
    const answer = await call(person.app.key, "GET", `/connections/${connectionOf(person).id}/token`);
    return FreshToken.parse(await answer.json()).access_token;
  });
  expect(new Set(tokens).size).toBe(3 * USERS);
});

it("a session of one app sees nothing of another", { timeout: TIMEOUT_MS }, async () => {
  await forAll(people.slice(0, 30), async (person) => {
    const { app, user } = person;
    const { key } = UserSession.parse(await (await call(app.key, "POST", "/sessions", { user })).json());
    const namesakes = people.filter((other) => other.user === user && other.app !== app);
    expect(namesakes).toHaveLength(2);
    for (const other of namesakes) {
      for (const bearer of [key, app.key]) {
        const named = bearer === key ? {} : { "X-Latchkey-User": user };
        const data = await call(bearer, "GET", `/data/${integrationOf(other)}`, undefined, named);
        expect(await errorOf(data)).toMatchObject({ status: 404, error: "unknown_integration" });
        const connection = await call(bearer, "GET", `/connections/${connectionOf(other).id}`);
        expect(await errorOf(connection)).toMatchObject({ status: 404, error: "not_found" });
      }
    }
    const as = await call(key, "GET", `/data/${integrationOf(person)}`, undefined, { "X-Latchkey-User": "user-333" });
    expect(await errorOf(as)).toMatchObject({ status: 403, error: "user_mismatch" });
  });
});

it("the index has each app's own, all of them and each once", { timeout: TIMEOUT_MS }, async () => {
  for (const app of apps) {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = Connections.parse(await (await call(app.key, "GET", `/connections?limit=100${from}`)).json());
      found.push(...page.connections.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    const own = people.filter((person) => person.app === app).map((person) => connectionOf(person).id);
    expect(found).toHaveLength(USERS);
    expect(new Set(found)).toEqual(new Set(own));
  }
});
