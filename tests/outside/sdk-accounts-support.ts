/** One person with two accounts at each service, and clients of both at once. */
import { expect } from "vitest";
import type { ServiceName } from "../../sandbox/clients.ts";
import { proxied, type At } from "../sdks/sdk.ts";
import type { Told, Whose } from "../sdks/whose.ts";
import type { Running } from "../browser/support.ts";
import { Person, controlOf, writesOf } from "./sdk-support.ts";

/** Where a client is pointed to get one account. */
export interface Account {
  /** By its label in the address, with a key for all of the person's connections. */
  readonly byLabel: At;
  /** By a key that is for it alone, at the integration's own address. */
  readonly byKey: At;
}

export type Accounts = ReadonlyMap<ServiceName, readonly Account[]>;

/** Connects the emulators' first two accounts of each service to one person. */
export async function makeAccounts(latchkey: Running, services: readonly ServiceName[]): Promise<Accounts> {
  const person = new Person(latchkey);
  const key = await connectBoth(latchkey, person, services);
  const accounts = new Map<ServiceName, readonly Account[]>();
  for (const service of services) {
    const integration = writesOf(service);
    const connections = await person.connections(integration);
    expect(
      connections.map(({ label }) => label),
      service,
    ).toHaveLength(2);
    const made = connections.map(async ({ id, label }) => ({
      byLabel: proxied(latchkey.origin, integration, key, label),
      byKey: proxied(latchkey.origin, integration, await person.makeKey(id)),
    }));
    accounts.set(service, await Promise.all(made));
  }
  return accounts;
}

/** @returns a key for everything that is connected */
async function connectBoth(latchkey: Running, person: Person, services: readonly ServiceName[]): Promise<string> {
  const connect = async (service: ServiceName): Promise<void> => {
    const integration = writesOf(service);
    await controlOf(latchkey, service).register(`${latchkey.origin}/callback/${integration}`);
    for (const account of [0, 1]) await person.connect(service, integration, account);
  };
  const [first, ...others] = services;
  // The first one begins the session that the others go on in.
  if (first) await connect(first);
  await Promise.all(others.map(connect));
  return person.makeKey();
}

const inOrder = ({ who, ids }: Pick<Told, "who" | "ids">) => ({ who, ids: ids.map(String).toSorted() });

/** Has a client of each account read at once, and holds what each is told against what the service has of its account. */
export async function expectOwn({ read, held, has_links }: Whose, clients: readonly At[]): Promise<void> {
  const told = await Promise.all(clients.map(read));
  expect(told.map(inOrder)).toEqual(clients.map((_, account) => inOrder(held(account))));
  for (const [index, { links }] of told.entries()) {
    const api = `${clients[index]?.api}/`;
    expect(links.length > 0).toBe(has_links);
    expect(links.filter((link) => !link.startsWith(api))).toEqual([]);
  }
}
