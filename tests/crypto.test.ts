import { describe, expect, it } from "vitest";
import { digest, open, randomId, seal, type KeyRing } from "../src/crypto.ts";
import { AppError } from "../src/errors.ts";

const key = (fill: number) => new Uint8Array(32).fill(fill);
const ring: KeyRing = { active: "k1", keys: new Map([["k1", key(1)]]) };
const context = { app: "default", purpose: "tokens", record: ["user", "github", "1", "1"] };

describe("seal and open", () => {
  it("gives back what was sealed, unicode and all", async () => {
    expect(await open(ring, context, await seal(ring, context, "tökén 🔑"))).toBe("tökén 🔑");
  });

  it("never uses an IV twice", async () => {
    const sealed = await Promise.all(Array.from({ length: 10_000 }, () => seal(ring, context, "x")));
    expect(new Set(sealed.map((value) => value.split(".")[2])).size).toBe(10_000);
  });

  it.each([
    ["another app", { ...context, app: "other" }],
    ["another purpose", { ...context, purpose: "session" }],
    ["another user", { ...context, record: ["someone", "github", "1", "1"] }],
    ["another generation", { ...context, record: ["user", "github", "1", "2"] }],
    ["the same letters cut elsewhere", { ...context, record: ["userg", "ithub", "1", "1"] }],
  ])("does not open as the record of %s", async (_, other) => {
    await expect(open(ring, other, await seal(ring, context, "secret"))).rejects.toMatchObject({
      code: "vault_integrity",
    });
  });

  it("does not open what was altered in any part", async () => {
    const sealed = await seal(ring, context, "secret");
    for (let index = 0; index < sealed.length - 1; index += 1) {
      const letter = sealed[index] === "A" ? "B" : "A";
      const altered = sealed.slice(0, index) + letter + sealed.slice(index + 1);
      await expect(open(ring, context, altered)).rejects.toBeInstanceOf(AppError);
    }
  });

  it("opens with every key of the ring and seals with the active one", async () => {
    const both: KeyRing = {
      active: "k2",
      keys: new Map([
        ["k1", key(1)],
        ["k2", key(2)],
      ]),
    };
    const old = await seal(ring, context, "old");
    expect(await open(both, context, old)).toBe("old");
    const fresh = await seal(both, context, "fresh");
    expect(fresh.split(".")[1]).toBe("k2");
    await expect(open(ring, context, fresh)).rejects.toMatchObject({ code: "key_unavailable", status: 503 });
  });
});

describe("digest", () => {
  it("tells tuples apart that join to the same text", () => {
    expect(digest("a", "b:c")).not.toBe(digest("a:b", "c"));
    expect(digest("ab", "")).not.toBe(digest("a", "b"));
    expect(digest("\u00e9")).not.toBe(digest("e\u0301"));
  });
});

describe("randomId", () => {
  it("is 43 characters that need no escaping", () => {
    expect(randomId()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
