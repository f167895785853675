/** How long a failed refresh waits, and when a refusal that nobody can read is believed. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure, Row } from "../../../src/connections/vault/connection-row.ts";
import { alarmBackoff, countRefusals, nextTry } from "../../../src/connections/vault/failing.ts";
import { HOUR, MINUTE, SECOND, START, evenChance, factsOf, failureOf } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const rowOf = (attempts: number, expires_at: number | null = START + HOUR): Row => ({
  place: "one",
  label: "ann",
  is_default: 1,
  made_at: START,
  left_by: null,
  epoch: 1,
  generation: 1,
  status: "connected",
  sealed: "sealed",
  facts: JSON.stringify(factsOf({ expires_at })),
  failure: null,
  lease: null,
  lease_until: 0,
  last_lease: null,
  forced_at: 0,
  retry_at: 0,
  attempts,
  used_at: 0,
  refreshed_at: null,
  refused_scopes: null,
  wake_at: null,
});

describe("after a failure", () => {
  const waits = (more: Partial<Failure>, kind: Failure["kind"] = "transient") =>
    Array.from(
      { length: 12 },
      (_, attempts) => (nextTry(rowOf(attempts), failureOf(kind, more)).retry_at - START) / SECOND,
    );

  it("callers try again after a second, two, four, and so on to five minutes", () => {
    expect(waits({})).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it("of our client, or with a success that had no token in it, after half a minute each time", () => {
    expect(new Set(waits({}, "config"))).toEqual(new Set([30]));
    expect(new Set(waits({ reason: "invalid_token_response" }))).toEqual(new Set([30]));
  });

  it("after as long as the provider asks for, at most an hour and never less than otherwise", () => {
    vi.mocked(Math.random).mockReturnValue(0);
    const least = [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8].map((wait) => Math.max(100, wait));
    expect(waits({ retry_after: 100 * SECOND }).slice(0, 9)).toEqual(least);
    expect(new Set(waits({ retry_after: 11 * 24 * HOUR }))).toEqual(new Set([3600]));
  });

  it("those to whom the provider names one moment do not come at it together: the more often they were refused, the less", () => {
    const after = (attempts: number) =>
      Array.from({ length: 200 }, (_, index) => {
        vi.mocked(Math.random).mockReturnValue(index / 200);
        return nextTry(rowOf(attempts), failureOf("transient", { retry_after: MINUTE })).retry_at - START - MINUTE;
      });
    expect(Math.min(...after(0), ...after(5))).toBe(0);
    expect(Math.max(...after(0))).toBeGreaterThan(SECOND);
    expect(Math.max(...after(5))).toBeGreaterThan(30 * SECOND);
  });

  it("an alarm takes its time: a quarter of a minute, doubled with every second attempt, to six hours, and never before callers", () => {
    const alarms = [0, 1, 2, 4, 8, 40].map(
      (attempts) => (nextTry(rowOf(attempts), failureOf("transient")).wake_at - START) / SECOND,
    );
    expect(alarms.map(Math.round)).toEqual([15, 21, 30, 60, 256, 21_600]);
    expect([0, 1, 2, 4, 8, 40].map((attempts) => Math.round(alarmBackoff(attempts) / SECOND))).toEqual([
      15, 21, 30, 60, 240, 21_600,
    ]);
    const { retry_at, wake_at } = nextTry(rowOf(0), failureOf("transient", { retry_after: HOUR }));
    expect(wake_at).toBe(retry_at);
  });
});

describe("refusals in words that nobody knows", () => {
  const since = START - 2 * HOUR;
  const refusal = (more: Partial<Failure> = {}) =>
    failureOf("transient", { refusals: { count: 1, since: START }, ...more });
  const before = (count: number, more: Partial<Failure> = {}) =>
    failureOf("transient", { refusals: { count, since }, ...more });
  const OVER = START;

  it("are counted from the first on", () => {
    expect(countRefusals(rowOf(0), refusal(), null)).toEqual({
      refusals: { count: 1, since: START },
      api_refused: false,
    });
    expect(countRefusals(rowOf(0), refusal(), before(1))).toEqual({
      refusals: { count: 2, since },
      api_refused: false,
    });
    expect(countRefusals(rowOf(0), refusal(), failureOf("transient"))).toMatchObject({ refusals: { count: 1 } });
  });

  it("are kept, whatever else fails in between", () => {
    const kept = countRefusals(rowOf(0, OVER), failureOf("transient"), before(7, { api_refused: true }));
    expect(kept).toEqual({ refusals: { count: 7, since }, api_refused: true });
  });

  it("are believed at the third, after two hours, where the token is over", () => {
    expect(countRefusals(rowOf(0, OVER), refusal(), before(2))).toBe("believed");
    expect(countRefusals(rowOf(0, OVER), refusal(), before(9))).toBe("believed");
  });

  it("or where the API has refused the token", () => {
    expect(countRefusals(rowOf(0), refusal(), before(2, { api_refused: true }))).toBe("believed");
  });

  it.each<[string, number | null, Failure]>([
    ["at the second", OVER, before(1)],
    ["a moment before two hours", OVER, before(2, { refusals: { count: 2, since: since + 1 } })],
    ["while the token lives", OVER + 1, before(2)],
    ["while the token has no end", null, before(2)],
  ])("are not %s", (_, expires_at, known) => {
    expect(countRefusals(rowOf(0, expires_at), refusal(), known)).not.toBe("believed");
  });

  it("minutes do not make hours", () => {
    expect(
      countRefusals(rowOf(0, OVER), refusal(), before(2, { refusals: { count: 2, since: START - 2 * MINUTE } })),
    ).toEqual({
      refusals: { count: 3, since: START - 2 * MINUTE },
      api_refused: false,
    });
  });
});
