/** Copies in KV: never shorter-lived than KV takes, and never missed where one could not be written. */
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { KvStore, type RecordKind } from "../src/kv-store.ts";
import { takeReports } from "./support/reports.ts";

const ring = { active: "k", keys: new Map([["k", new Uint8Array(32)]]) };
const Note: RecordKind<string> = { kind: "note", schema: z.string() };
const key = { app: "app", parts: ["one"] };

it.each([
  [1, 60],
  [59.9, 60],
  [61.9, 61],
  [86_400, 86_400],
])("a copy for %d seconds is kept for %d: KV refuses less than a minute", async (asked, kept) => {
  const put = vi.spyOn(env.KV, "put");
  await new KvStore(env.KV, ring).put(Note, key, "text", asked);
  expect(put.mock.calls.map(([, , options]) => options)).toEqual([{ expirationTtl: kept }]);
  expect(await new KvStore(env.KV, ring).get(Note, key)).toBe("text");
  put.mockRestore();
});

it("a write that KV refuses costs the copy and nothing else, and is reported without what it was", async () => {
  const put = vi.spyOn(env.KV, "put").mockRejectedValue(new Error("429: a-secret"));
  await new KvStore(env.KV, ring).put(Note, { app: "app", parts: ["two"] }, "text", 60);
  expect(await new KvStore(env.KV, ring).get(Note, { app: "app", parts: ["two"] })).toBeUndefined();
  expect(takeReports()).toEqual([{ event: "kv_failed", operation: "put", kind: "note", error: "Error" }]);
  put.mockRestore();
});
