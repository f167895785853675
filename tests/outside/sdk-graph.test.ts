/**
 * Microsoft's SDK through the proxy. It sends a token over https only, and only to hosts it was told of, so this server
 * has https, with a certificate that it made itself.
 */
import { GraphError, PageIterator, type PageCollection } from "@microsoft/microsoft-graph-client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { microsoftItems } from "../../sandbox/data/microsoft-drive.ts";
import { graph as sdk, toGraph } from "../sdks/graph.ts";
import { proxied } from "../sdks/sdk.ts";
import { whoseOf } from "../sdks/whose.ts";
import { expectOwn, makeAccounts } from "./sdk-accounts-support.ts";
import {
  BAD_KEY,
  benchOf,
  everythingSent,
  failureOf,
  makeKeys,
  outcomeOf,
  startWithWrites,
  watchSockets,
  writesOf,
  type Bench,
  type Keys,
  type Sockets,
} from "./sdk-support.ts";
import type { Running } from "../browser/support.ts";

const CHILDREN = "/me/drive/root/children";
const Item = z.object({ id: z.string(), name: z.string() });

let latchkey: Running;
let sockets: Sockets;
let keys: Keys;
let bench: Bench;

beforeAll(async () => {
  // For this file alone: its tests run in a process of their own.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  latchkey = await startWithWrites("https");
  sockets = watchSockets();
  keys = await makeKeys(latchkey, ["microsoft"]);
  bench = benchOf(latchkey, "microsoft");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await latchkey?.stop();
});

describe("@microsoft/microsoft-graph-client", () => {
  // Before anything is written, so that each account has what it began with.
  it("reads two accounts of one person at once, by the label in the address, which links keep, and by a key", async () => {
    const accounts = (await makeAccounts(latchkey, ["microsoft"])).get("microsoft") ?? [];
    for (const way of ["byLabel", "byKey"] as const) {
      const clients = accounts.map((account) => account[way]);
      await expectOwn(whoseOf(sdk.name), clients);
    }
  });

  it("makes every call of its list, and none fails for want of a route", async () => {
    const calls = sdk.calls(proxied(latchkey.origin, writesOf("microsoft"), keys.key));
    for (const [name, call] of Object.entries(calls)) expect(await outcomeOf(call), name).toBe("made");
  });

  it("reads", async () => {
    const me: unknown = await toGraph({ api: bench.api, key: keys.key }).api("/me").get();
    expect(me).toMatchObject({ displayName: "Ada Lindqvist", mail: "ada@northwind.example" });
  });

  it("lists every item once with its own iterator over the pages", async () => {
    const graph = toGraph({ api: bench.api, key: keys.key });
    const seen: string[] = [];
    const asked = await bench.control.during(async () => {
      const first: PageCollection = await graph.api(CHILDREN).top(100).get();
      await new PageIterator(graph, first, (item) => seen.push(Item.parse(item).id) > 0).iterate();
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(seen.toSorted()).toEqual(
      microsoftItems(0)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it("writes", async () => {
    const graph = toGraph({ api: bench.writes, key: keys.key });
    const made = Item.parse(await graph.api(CHILDREN).post({ name: "Made by an SDK", folder: {} }));
    expect(made.name).toBe("Made by an SDK");
    expect(await graph.api(`/me/drive/items/${made.id}`).get()).toMatchObject(made);
  });

  it("waits and asks again by itself where the service limits the rate", async () => {
    await bench.control.limitOnce();
    const asked = await bench.control.during(async () => {
      expect(await toGraph({ api: bench.api, key: keys.key }).api("/me").get()).toMatchObject({
        displayName: "Ada Lindqvist",
      });
    });
    expect(asked.map(({ status }) => status)).toEqual([429, 200]);
  });

  it("fails at once, in words that help, where the account is not connected", async () => {
    const error = await failureOf(() => toGraph({ api: bench.api, key: keys.stranger }).api("/me").get());
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({
      statusCode: 401,
      code: "InvalidAuthenticationToken",
      message: "No account is connected here. Connect one and try again.",
    });
  });

  it("fails at once, in words that help, with a bad key", async () => {
    const error = await failureOf(() => toGraph({ api: bench.api, key: BAD_KEY }).api("/me").get());
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 401, code: "InvalidAuthenticationToken" });
    expect(error).toHaveProperty("message", expect.stringContaining("This key is not known here"));
  });
});

it("opens no socket to any host but Latchkey's, and for bytes that which has signed an address for them", () => {
  expect([...sockets.opened].toSorted()).toEqual(
    [latchkey.origin, latchkey.providers].map((origin) => new URL(origin).host).toSorted(),
  );
  expect([...sockets.names]).toEqual(["localhost"]);
});

it("lets no key of Latchkey's reach a service", async () => {
  const sent = await everythingSent(latchkey);
  expect(sent).toContain("/me/drive/root/children");
  for (const key of [keys.key, keys.stranger, BAD_KEY]) expect(sent).not.toContain(key);
});
