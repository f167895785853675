/** Ids of sessions from before they had a check: they go on working where there may be some, and cost nothing where there are none. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digest, randomId } from "../../src/crypto.ts";
import { nameKeyOfBefore, vaultOfBefore } from "../support/before.ts";
import { control } from "../support/emulator.ts";
import { meter } from "../support/meter.ts";
import { names, vaultOf } from "../support/vault.ts";
import { Visitor, request } from "../support/visitor.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  return control("github").reset();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a version before has made: somebody's session, whose vault has held a connection and so is in the list. */
async function sessionOfBefore(): Promise<string> {
  const visitor = new Visitor();
  await visitor.connect("github");
  const id = visitor.cookies.get("__Host-session") ?? "";
  const known = await vaultOf(visitor).session(digest(id));
  if (!known) throw new Error("no session");
  const before = `lk_${id.slice(3, 46)}${randomId()}`;
  await vaultOf(visitor).addSession(digest(before), { ...known, kind: "key", name: "from before" });
  return before;
}

/** Calls as in an isolate that remembers nothing. */
async function callWith(id: string, overrides: Parameters<typeof request>[2] = {}) {
  const headers = { Authorization: `Bearer ${id}`, "CF-Connecting-IP": "192.0.2.1" };
  return (await request("/proxy/github/user", { headers }, overrides)).status;
}

const operator = () => vaultOfBefore("operator");
const copies = async () => (await env.KV.list({ prefix: "name_key:" })).keys.map(({ name }) => name);
const dropCopies = async () => Promise.all((await copies()).map((name) => env.KV.delete(name)));

async function setNameKey(sealed: string | null): Promise<void> {
  await operator().swapRecord("name_key", "itself", await operator().record("name_key", "itself"), sealed);
  await dropCopies();
}

let own: string | null;
beforeEach(async () => {
  await names().newSession(randomId());
  own = await operator().record("name_key", "itself");
});
afterEach(() => setNameKey(own));

describe("an id from before, which has no check", () => {
  it("goes on working where the name key is from before", async () => {
    const id = await sessionOfBefore();
    await nameKeyOfBefore();
    expect(await callWith(id)).toBe(200);
  });

  it("goes on working where only the vault still has the name key of before", async () => {
    const id = await sessionOfBefore();
    await nameKeyOfBefore();
    await dropCopies();
    expect(await callWith(id)).toBe(200);
  });

  it("goes on working where there is no name key yet, and is counted where KV has no copy of it alone", async () => {
    const id = await sessionOfBefore();
    await setNameKey(null);
    const { bindings, take } = meter();
    expect(await callWith(id, { ...bindings })).toBe(200);
    expect(take()).toMatchObject({ counted: 1 });
    // Longer than an isolate remembers it by itself.
    vi.setSystemTime(Date.now() + 31_000);
    expect(await callWith(id, { ...meter({ isOver: true }).bindings })).toBe(200);
  });
});

describe("in a deployment that has begun with checks", () => {
  it("an id without one is none, and nothing is asked for it", async () => {
    const id = await sessionOfBefore();
    const { bindings, take } = meter();
    const overrides = { ...bindings };
    await callWith(`lk_${randomId()}${randomId()}`, overrides);
    take();
    expect(await callWith(id, overrides)).toBe(401);
    expect(take()).toEqual({ counted: 1 });
  });
});
