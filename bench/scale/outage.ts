/** An integration whose provider is down for an hour: 1,000,000 connections of one app, with tokens of an hour. */
import { down } from "./endpoints.ts";
import { LIMITS } from "./platform.ts";
import { POLICY, rateOf, run, type Seen } from "./renewals.ts";
import { duration, figure, mean, peak, percent, sum, type Table } from "./report.ts";
import { MEAN_RATE, SIZE } from "./size.ts";

const HOUR = 3_600_000;
const CONNECTIONS = 1_000_000;
/** So many are played: each decides by itself, so that ten times as many do ten times as much. */
const PLAYED = 100_000;
const SCALE = CONNECTIONS / PLAYED;
const UNTIL = 4 * HOUR;

export function outage(): Table {
  const connections = Array.from({ length: PLAYED }, (_, index) => ({
    expires_at: POLICY.margin * 1000 + Math.random() * HOUR,
    rate: rateOf(index, MEAN_RATE),
  }));
  const seen = run({ policy: POLICY, lifetime: SIZE.lifetime, until: UNTIL, endpoint: down(HOUR), connections });
  const each = (what: Float64Array, from: number, minutes = 1): string =>
    figure(SCALE * mean(what, from * 60, (from + minutes) * 60));
  const calls = CONNECTIONS * MEAN_RATE;
  const back = seen.renewed_at.toSorted().map((time) => time - HOUR);
  const after = (share: number): string => duration(back[Math.ceil(PLAYED * share) - 1] ?? Number.NaN);
  const errorsOf = (from: number, to: number): string =>
    percent((SCALE * sum(seen.errors.subarray(from * 60, to * 60))) / (calls * (to - from) * 60));
  /** How many connections it takes for so many events a second in the first minute. */
  const most = (events: number): string => figure((events * PLAYED) / mean(seen.recovered, 3600, 3660));
  return {
    title: "A provider that is down for an hour: 1,000,000 connections of one app",
    columns: ["what", "figure"],
    rows: [
      ["token requests a second after 5, 30 and 55 min", [5, 30, 55].map((at) => each(seen.requests, at)).join(", ")],
      ["in the first minute of its return, and in its worst second", `${each(seen.requests, 60)}, ${first(seen)}`],
      ["half, 90 %, 99 % and all renewed after its return", [0.5, 0.9, 0.99, 1].map(after).join(", ")],
      [
        "calls that fail in its hour: first, second, third, last quarter",
        QUARTERS.map(([from, to]) => errorsOf(from, to)).join(", "),
      ],
      ["calls that fail in the ten minutes after", errorsOf(60, 70)],
      ["calls that fail in all", figure(SCALE * sum(seen.errors))],
      ["connections that somebody has met with an error", figure(SCALE * seen.met)],
      ["token requests in its hour", figure(SCALE * sum(seen.refused))],
      [
        "events connection.recovered: in all, and in the worst second",
        `${figure(SCALE * sum(seen.recovered))}, ${figure(SCALE * peak(seen.recovered))}`,
      ],
      [
        "the same a second, in the first and the fifth minute",
        `${each(seen.recovered, 60)}, ${each(seen.recovered, 64)}`,
      ],
      ["of one app, its vault has as many as it may at", `${most(LIMITS.calls_of_an_object)} connections`],
      ["of all apps, D1 at (a line and an event are two batches)", `${most(LIMITS.d1_queries / 2)} connections`],
      ["connections lost", figure(seen.renewed_at.filter((time) => Number.isNaN(time)).length)],
    ],
  };
}

const QUARTERS = [
  [0, 15],
  [15, 30],
  [30, 45],
  [45, 60],
] as const;

const first = ({ requests }: Seen): string => figure(SCALE * peak(requests.subarray(3600)));
