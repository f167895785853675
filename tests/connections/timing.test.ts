/** When a token is used, renewed and given up: each moment by its number. */
import { describe, expect, it } from "vitest";
import { isTimeToRenew, jitter, keepAliveAfter, reconnectBy, timesOf } from "../../src/connections/timing.ts";
import type { RefreshPolicy } from "../../src/contract/provider.ts";
import { plain } from "../oauth/answers.ts";

const DAY = 86_400_000;
const ISSUED = 1_000_000_000_000;
const policy = (own: Partial<RefreshPolicy> = {}): RefreshPolicy => ({
  ...plain.refresh,
  grant: "refresh_token",
  margin: 300,
  ends_old_access_token: false,
  idle_lifetime: null,
  absolute_lifetime: null,
  ...own,
});
const seconds = (from: number, moment: number | null) => (moment === null ? null : (moment - from) / 1000);

describe("the moments of a token", () => {
  it.each([
    // An hour: the provider's margin and a minute count.
    ["of an hour", 3600, policy(), { copy: 3540, from: 3300, by: 3540 }],
    // Two minutes: a fifth and a twentieth of them.
    ["of two minutes", 120, policy(), { copy: 114, from: 96, by: 114 }],
    // A day: a fifth of the 23 hours beyond the first, and the margin.
    ["of a day", 86_400, policy(), { copy: 86_340, from: 86_400 - 300 - 16_560, by: 86_340 }],
    [
      "of a day, and a margin of ten hours: a fifth of the day",
      86_400,
      policy({ margin: 36_000 }),
      { copy: 86_340, from: 69_120, by: 86_340 },
    ],
    [
      "of a day that ends the one before: the margin alone, because no copy is used in it",
      86_400,
      policy({ ends_old_access_token: true }),
      { copy: 86_100, from: 86_160, by: 86_160 },
    ],
    ["of twenty minutes, where the minute is a twentieth", 1200, policy(), { copy: 1140, from: 960, by: 1140 }],
    ["that is over already", -60, policy(), { copy: -60, from: -60, by: -60 }],
    [
      "that ends the one before: copies end before the vault renews",
      3600,
      policy({ ends_old_access_token: true }),
      { copy: 3300, from: 3360, by: 3360 },
    ],
    [
      "that ends the one before, of two minutes",
      120,
      policy({ ends_old_access_token: true }),
      { copy: 96, from: 100.8, by: 100.8 },
    ],
  ])("%s", (_, life, how, { copy, from, by }) => {
    const times = timesOf(how, true, ISSUED, ISSUED + life * 1000);
    expect([times.copy_until, times.refresh_from, times.refresh_by].map((moment) => seconds(ISSUED, moment))).toEqual([
      copy,
      from,
      by,
    ]);
  });

  it("that cannot be renewed is used to its end", () => {
    expect(timesOf(policy(), false, ISSUED, ISSUED + DAY)).toEqual({
      copy_until: ISSUED + DAY,
      refresh_from: null,
      refresh_by: null,
    });
  });

  it("without an end has none", () => {
    expect(timesOf(policy(), true, ISSUED, null)).toEqual({ copy_until: null, refresh_from: null, refresh_by: null });
  });
});

it.each([
  ["after thirty days", policy(), true, 30],
  ["after four fifths of what its provider allows", policy({ idle_lifetime: 20 * 86_400 }), true, 16],
  ["after thirty days, where its provider allows more", policy({ idle_lifetime: 365 * 86_400 }), true, 30],
  ["never, where it cannot be renewed", policy({ idle_lifetime: 20 * 86_400 }), false, null],
])("a grant that lies unused is renewed %s", (_, how, refreshable, days) => {
  expect(keepAliveAfter(how, refreshable)).toBe(days === null ? null : days * DAY);
});

it.each([
  ["nobody has set a time", policy(), true, null],
  ["its provider ends each consent", policy({ absolute_lifetime: 86_400 }), true, ISSUED + DAY],
  ["it cannot be renewed: its end", policy({ absolute_lifetime: 86_400 }), false, ISSUED + 5],
  ["it is exchanged while it lives: its end", policy({ grant: "exchange" }), true, ISSUED + 5],
])("a new consent is needed: %s", (_, how, refreshable, moment) => {
  expect(reconnectBy(how, refreshable, ISSUED, ISSUED + 5)).toBe(moment);
});

describe("whether a caller begins to renew", () => {
  const times = { copy_until: null, refresh_from: 1000, refresh_by: 2000 };

  const tokens = Array.from({ length: 1000 }, (_, index) => `con_x ${index}`);
  const begunAt = (now: number) => tokens.filter((token) => isTimeToRenew(times, now, token)).length;

  it("is no before the first moment, and yes within two fifths of the time to the last", () => {
    expect(begunAt(999)).toBe(0);
    expect(begunAt(1400)).toBe(1000);
    expect(isTimeToRenew({ ...times, refresh_from: 2000 }, 2000, "")).toBe(true);
  });

  it("differs from token to token in between, evenly, and never for one of them", () => {
    for (const [now, share] of [
      [1100, 0.25],
      [1200, 0.5],
      [1300, 0.75],
    ] as const) {
      expect(begunAt(now) / 1000).toBeCloseTo(share, 1);
      for (const token of tokens) expect(isTimeToRenew(times, now, token)).toBe(isTimeToRenew(times, now, token));
    }
    for (const token of tokens)
      if (isTimeToRenew(times, 1100, token)) expect(isTimeToRenew(times, 1300, token)).toBe(true);
  });

  it.each([[{ ...times, refresh_from: null }], [{ ...times, refresh_by: null }]])(
    "is no where there is no such moment: %j",
    (none) => expect(isTimeToRenew(none, 1e15, "")).toBe(false),
  );
});

it("what began together is spread over a fifth to both sides", () => {
  const spread = Array.from({ length: 2000 }, () => jitter(1000));
  expect(Math.min(...spread)).toBeGreaterThanOrEqual(800);
  expect(Math.max(...spread)).toBeLessThanOrEqual(1200);
  expect(Math.min(...spread)).toBeLessThan(850);
  expect(Math.max(...spread)).toBeGreaterThan(1150);
});
