/** Passkeys in the vault alone: what counts once, what is kept for how long, and a vault from before there were any. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { StoredPasskey } from "../../../src/connections/vault/passkeys.ts";
import { randomId } from "../../../src/crypto.ts";
import { DAY, MINUTE, evenChance, withVault } from "../../support/lone-vault.ts";
import { pageBefore, putBack } from "../../support/vault-before.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: pageBefore.now });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const passkeyOf = (id: string): StoredPasskey => ({
  id,
  name: id,
  public_key: "{}",
  transports: "",
  counter: 0,
  created_at: Date.now(),
  used_at: null,
  cloned_at: null,
});
const answer = () => ({ digest: randomId(), expires_at: Date.now() + 5 * MINUTE, by: randomId() });

it("a vault of the version before takes one, and is kept for a year after its last session", () =>
  withVault(async (_, { state, reopen, rows }) => {
    putBack(state, pageBefore);
    const vault = reopen();
    const held = vault.connections().length;
    expect(held).toBeGreaterThan(0);
    expect(rows("SELECT name FROM sqlite_master WHERE name IN ('passkeys', 'answered')")).toEqual([]);
    expect(vault.passkeys()).toEqual([]);
    expect(await vault.addPasskey(passkeyOf("one"), answer(), null)).toBe("added");
    const [{ last } = { last: null }] = rows("SELECT MAX(expires_at) AS last FROM sessions");
    const end = Number(last) + 365 * DAY;
    vi.setSystemTime(end - 1);
    await vault.alarm();
    expect(vault.connections()).toHaveLength(held);
    vi.setSystemTime(end + 1);
    await vault.alarm();
    expect(vault.connections()).toEqual([]);
  }));

it("no more of an answered challenge is kept than counts: the next answer takes out what has ended", () =>
  withVault(async (_, { state, reopen, rows }) => {
    putBack(state, pageBefore);
    const vault = reopen();
    await vault.addPasskey(passkeyOf("one"), answer(), null);
    for (let count = 0; count < 3; count += 1) {
      expect(await vault.usePasskey({ id: "one", counter: 0, challenge: answer() })).toMatchObject({ outcome: "used" });
    }
    expect(rows("SELECT * FROM answered")).toHaveLength(4);
    vi.setSystemTime(Date.now() + 6 * MINUTE);
    await vault.usePasskey({ id: "one", counter: 0, challenge: answer() });
    expect(rows("SELECT * FROM answered")).toHaveLength(1);
  }));

it("a refused answer leaves its challenge open for the right one", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, pageBefore);
    const vault = reopen();
    await vault.addPasskey({ ...passkeyOf("one"), counter: 5 }, answer(), null);
    const challenge = answer();
    expect(await vault.usePasskey({ id: "one", counter: 5, challenge })).toEqual({ outcome: "cloned" });
    expect(await vault.usePasskey({ id: "other", counter: 6, challenge })).toEqual({ outcome: "unknown" });
    expect(await vault.addPasskey(passkeyOf("two"), challenge, null)).toBe("unconfirmed");
    expect(await vault.usePasskey({ id: "one", counter: 6, challenge })).toMatchObject({ outcome: "used" });
    expect(await vault.usePasskey({ id: "one", counter: 7, challenge: { ...challenge, by: "another" } })).toEqual({
      outcome: "spent",
    });
    // The same request once more, because its answer was lost.
    expect(await vault.usePasskey({ id: "one", counter: 6, challenge })).toMatchObject({ outcome: "used" });
  }));
