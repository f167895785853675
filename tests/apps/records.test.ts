/** What an app has registered: how long a copy answers, what is asked where there is none, and changes that meet. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { AppRecords } from "../../src/apps/records.ts";
import { VaultList } from "../../src/connections/vault-list.ts";
import { shortId } from "../../src/crypto.ts";
import { KvStore, type RecordKind } from "../../src/kv-store.ts";
import { Memory } from "../../src/memory.ts";
import { meter } from "../support/meter.ts";
import { servicesWith, vaultFor } from "../support/vault.ts";
import { APP } from "../support/visitor.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const Note: RecordKind<string> = { kind: "note", schema: z.string() };
const Lasting: RecordKind<string> = { kind: "lasting_note", schema: z.string(), lasting: true };

/** A new app's records, as an isolate finds them whose calls are counted. */
async function recordsOfApp() {
  const { bindings, take, written } = meter();
  const { names, vaults, config } = servicesWith(bindings);
  const [ring, list] = [config.keyRing(), new VaultList(bindings.KV)];
  const records = new AppRecords(vaults, names, list, new KvStore(bindings.KV, ring), ring, APP, new Memory().records);
  const app = await names.newApp();
  take();
  return { records, app, take, written };
}

const pass = (milliseconds: number): unknown => vi.setSystemTime(Date.now() + milliseconds);

describe("a record", () => {
  it("is remembered for half a minute, and then asked of KV alone", async () => {
    const { records, app, take } = await recordsOfApp();
    await records.change(Note, app, "a", () => "first");
    take();
    expect(await records.get(Note, app, "a")).toBe("first");
    expect(take()).toMatchObject({ kv_reads: 1, vault_calls: 1, kv_writes: 1 });
    pass(29_999);
    expect(await records.get(Note, app, "a")).toBe("first");
    expect(take()).toEqual({});
    pass(1);
    expect(await records.get(Note, app, "a")).toBe("first");
    expect(take()).toEqual({ kv_reads: 1 });
  });

  it("that there is none is remembered as well, and copied to nowhere", async () => {
    const { records, app, take } = await recordsOfApp();
    expect(await records.get(Note, app, "a")).toBeUndefined();
    expect(take()).toMatchObject({ kv_reads: 1, vault_calls: 1 });
    expect(await records.get(Note, app, "a")).toBeUndefined();
    expect(take()).toEqual({});
    pass(30_000);
    await records.get(Note, app, "a");
    expect(take()).toEqual({ kv_reads: 1, vault_calls: 1 });
  });

  it("is another one in another app, under another id and of another kind", async () => {
    const { records, app } = await recordsOfApp();
    const other = (await recordsOfApp()).app;
    await records.change(Note, app, "a", () => "first");
    expect(await records.get(Note, app, "a")).toBe("first");
    expect(await records.get(Note, other, "a")).toBeUndefined();
    expect(await records.get(Note, app, "b")).toBeUndefined();
    expect(await records.get(Lasting, app, "a")).toBeUndefined();
  });

  it("that has changed here is the new one here at once", async () => {
    const { records, app } = await recordsOfApp();
    await records.change(Note, app, "a", () => "first");
    await records.get(Note, app, "a");
    await records.change(Note, app, "a", (before) => `${before}, changed`);
    expect(await records.get(Note, app, "a")).toBe("first, changed");
    await records.change(Note, app, "a", () => undefined);
    expect(await records.get(Note, app, "a")).toBeUndefined();
    expect(await records.read(Note, app, "a")).toBeUndefined();
  });

  it("is looked for elsewhere, and within a limit, only where neither this isolate nor KV has it", async () => {
    const { records, app, take } = await recordsOfApp();
    const limit = vi.fn(async () => {});
    const read = vi.fn(async () => "found");
    expect(await records.get(Note, app, "a", limit, read)).toBe("found");
    expect(await records.get(Note, app, "a", limit, read)).toBe("found");
    pass(30_000);
    take();
    expect(await records.get(Note, app, "a", limit, read)).toBe("found");
    expect(take()).toEqual({ kv_reads: 1 });
    expect([limit.mock.calls.length, read.mock.calls.length]).toEqual([1, 1]);
  });

  it("is not looked for over the limit", async () => {
    const { records, app } = await recordsOfApp();
    const read = vi.fn(async () => "found");
    const over = () => Promise.reject(new Error("over"));
    await expect(records.get(Note, app, "a", over, read)).rejects.toThrow("over");
    expect(read).not.toHaveBeenCalled();
  });

  it("is copied for a minute; one that stays as it is for good", async () => {
    const { records, app, written } = await recordsOfApp();
    for (const kind of [Note, Lasting]) {
      await records.change(kind, app, "a", () => "first");
      await records.get(kind, app, "a");
    }
    const { keys } = await env.KV.list();
    const expiries = written.map((name) => keys.find((key) => key.name === name)?.expiration);
    expect(expiries).toHaveLength(2);
    const [minute = 0, good] = expiries;
    expect(Math.abs(minute - Date.now() / 1000 - 60)).toBeLessThan(30);
    expect(good).toBeUndefined();
  });
});

describe("two changes at once", () => {
  it("both count, whichever comes first", async () => {
    const { records, app } = await recordsOfApp();
    await Promise.all(Array.from({ length: 8 }, () => records.change(Note, app, "a", (before) => `${before ?? ""}x`)));
    expect(await records.read(Note, app, "a")).toBe("xxxxxxxx");
  });

  it("of different records do not meet", async () => {
    const { records, app } = await recordsOfApp();
    await Promise.all(["a", "b"].map((id) => records.change(Note, app, id, () => id)));
    expect(await records.list(Note, app)).toEqual(["a", "b"]);
  });
});

describe("an app's own vault", () => {
  it("is told once whose it is, and put in the list", async () => {
    const { records, app, take } = await recordsOfApp();
    await records.prepare(app);
    expect(take()).toMatchObject({ vault_calls: 3, kv_writes: 1 });
    expect(await (await vaultFor({ id: app })).owner()).toMatchObject({ app, user: "", origin: APP });
    await records.prepare(app);
    expect(take()).toEqual({ vault_calls: 1 });
  });
});

describe("records of a kind", () => {
  it("are read page by page, in order, each once", async () => {
    const { records, app } = await recordsOfApp();
    const ids = Array.from({ length: 120 }, (_, number) => String(number).padStart(3, "0"));
    for (const id of ids) await records.change(Note, app, id, () => id);
    await records.change(Lasting, app, "other", () => "other");
    expect(await records.list(Note, app)).toEqual(ids);
    expect(await records.ids(Note, app, 3)).toEqual(ids.slice(0, 3));
    const first = await records.page(Note, app, 119, null);
    expect(first).toEqual({ records: ids.slice(0, 119), next: "118" });
    expect(await records.page(Note, app, 119, first.next)).toEqual({ records: ["119"], next: null });
    expect(await records.page(Note, app, 120, null)).toEqual({ records: ids, next: null });
    expect(await records.list(Note, `${app}-${shortId()}`)).toEqual([]);
  });
});
