import { describe, expect, it } from "vitest";
import {
  digest,
  isSame,
  isSealedWithActiveKey,
  keyedDigest,
  open,
  randomId,
  seal,
  shortId,
  type KeyRing,
} from "../src/crypto.ts";
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

  it("takes IVs of 96 bits, and names them", async () => {
    expect((await seal(ring, context, "x")).split(".")[2]).toHaveLength(16);
  });

  it("opens what earlier versions have sealed", async () => {
    expect(await open(ring, context, "v1.k1.n4JDxrYxmiMUn3ie.cDzTkY1QVL-O7eKt_frDGoWpOjg")).toBe("kept");
  });

  it("keeps the keys that it has derived apart by app and by purpose", async () => {
    const others = [context, { ...context, app: "other" }, { ...context, purpose: "session" }];
    for (const other of others) {
      // A ring that has derived nothing yet opens what one has sealed that has derived for others before.
      const fresh: KeyRing = { active: "k1", keys: new Map([["k1", key(1)]]) };
      expect(await open(fresh, other, await seal(ring, other, "secret"))).toBe("secret");
    }
  });

  it("goes on for more apps than it remembers keys of", async () => {
    const sealed = await seal(ring, context, "secret");
    for (let number = 0; number < 1100; number += 1) await seal(ring, { ...context, app: `app-${number}` }, "x");
    expect(await open(ring, context, sealed)).toBe("secret");
  });

  it.each([
    ["of another version", (sealed: string) => sealed.replace(/^v1/, "v2")],
    ["without a key", (sealed: string) => sealed.replace(".k1.", "..")],
    ["without an IV", (sealed: string) => sealed.replace(/^(v1\.k1)\.[^.]+/, "$1.")],
    ["without a ciphertext", (sealed: string) => sealed.replace(/[^.]+$/, "")],
    ["with more behind it", (sealed: string) => `${sealed}.x`],
    ["in no base64url", (sealed: string) => `${sealed}~`],
    ["of nothing", () => ""],
  ])("does not open a value %s", async (_, damage) => {
    await expect(open(ring, context, damage(await seal(ring, context, "secret")))).rejects.toMatchObject({
      code: "vault_integrity",
    });
  });

  it("knows what needs no other key than the active one", async () => {
    const sealed = await seal(ring, context, "secret");
    expect(isSealedWithActiveKey(ring, sealed)).toBe(true);
    expect(isSealedWithActiveKey({ ...ring, active: "k2" }, sealed)).toBe(false);
  });
});

describe("digest", () => {
  it("is what earlier versions have stored things by", () => {
    expect(digest("a", "b")).toBe("Fide8PXQ653Z4KUyd1Sf2lyIY1imhy3yPHl7E-EUVbw");
    expect(Array.from(keyedDigest(key(1), "a", "b"), (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(
      "bec18f6e7e0f5993384a715daeadf4963868621319dd79c8b34623b2a632334e",
    );
  });

  it("tells tuples apart that join to the same text", () => {
    expect(digest("a", "b:c")).not.toBe(digest("a:b", "c"));
    expect(digest("ab", "")).not.toBe(digest("a", "b"));
    expect(digest("\u00e9")).not.toBe(digest("e\u0301"));
  });
});

describe("half a character", () => {
  it("is no text: nothing is named, sealed or keyed by it", async () => {
    const refused = { code: "invalid_request", status: 400 };
    expect(() => digest("a", "\ud800")).toThrow(expect.objectContaining(refused));
    expect(() => keyedDigest(key(1), "\udfff")).toThrow(expect.objectContaining(refused));
    await expect(seal(ring, { ...context, record: ["\udc00x"] }, "secret")).rejects.toMatchObject(refused);
    expect(digest("\ud83d\ude00")).not.toBe(digest("\ufffd"));
  });
});

describe("keyedDigest", () => {
  it("is HMAC-SHA-256 over the tuple, each part behind its length", async () => {
    const bytes = new Uint8Array([0, 0, 0, 2, 97, 98, 0, 0, 0, 1, 99]);
    const imported = await crypto.subtle.importKey("raw", key(7), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const expected = new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
    expect(keyedDigest(key(7), "ab", "c")).toEqual(expected);
  });
});

describe("randomId", () => {
  it("is 43 characters that need no escaping", () => {
    expect(randomId()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe("shortId", () => {
  it("is 20 small letters and digits, another each time", () => {
    const ids = Array.from({ length: 100 }, shortId);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{20}$/);
    expect(new Set(ids).size).toBe(100);
  });
});

it("secrets are the same or are not", () => {
  expect(isSame("secret", "secret")).toBe(true);
  expect(isSame("secret", "secret ")).toBe(false);
});
