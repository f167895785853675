/** A token endpoint that gives ten tokens a second, while 100,000 tokens end in the same minute. */
import { limited } from "./endpoints.ts";
import { POLICY, rateOf, run, type Answer } from "./renewals.ts";
import { duration, figure, peak, percent, sum, type Table } from "./report.ts";
import { MEAN_RATE } from "./size.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const CONNECTIONS = 100_000;
const TOKENS = 10;
/** When the first of them ends: none is in its last stretch before. */
const ENDS = 6 * HOUR;
const LATEST = ENDS + MINUTE;
/** Before any of them is renewed a second time. */
const UNTIL = ENDS + 12 * HOUR;

interface Case {
  readonly name: string;
  /** How long a token lives, in milliseconds. */
  readonly lifetime: number;
  readonly endpoint: () => (now: number) => Answer;
}

const perSecond = () => limited(TOKENS, 1000, () => null);
const perMinute = () => limited(60 * TOKENS, MINUTE, (now) => MINUTE - (now % MINUTE));

const CASES: readonly Case[] = [
  { name: "tokens of a day, 429 without a time", lifetime: DAY, endpoint: perSecond },
  { name: "of a day, 600 a minute, `Retry-After` the next minute", lifetime: DAY, endpoint: perMinute },
  { name: "of eight hours, 429 without a time", lifetime: 8 * HOUR, endpoint: perSecond },
  { name: "of an hour, 429 without a time", lifetime: HOUR, endpoint: perSecond },
];

export function limitedEndpoint(): Table {
  return {
    title: "Ten tokens a second, 100,000 tokens that end in one minute: times after that minute",
    columns: [
      "the endpoint",
      "half renewed",
      "90 %",
      "99 %",
      "all",
      "calls that fail",
      "of them",
      "connections met",
      "refused token requests",
      "worst second",
      "events",
    ],
    rows: CASES.map(play),
  };
}

function play({ name, lifetime, endpoint }: Case): string[] {
  const connections = Array.from({ length: CONNECTIONS }, (_, index) => ({
    expires_at: ENDS + Math.random() * MINUTE,
    rate: rateOf(index, MEAN_RATE),
  }));
  const seen = run({ policy: POLICY, lifetime, until: UNTIL, endpoint: endpoint(), connections });
  const renewed = seen.renewed_at.toSorted();
  const after = (share: number): string => {
    const time = renewed[Math.ceil(CONNECTIONS * share) - 1] ?? Number.NaN;
    if (Number.isNaN(time)) return "not in 12 h";
    return time <= LATEST ? `${duration(LATEST - time)} before` : duration(time - LATEST);
  };
  const last = renewed.findLast((time) => !Number.isNaN(time)) ?? UNTIL;
  const calls = (CONNECTIONS * MEAN_RATE * Math.max(last - ENDS, MINUTE)) / 1000;
  const errors = sum(seen.errors);
  return [
    name,
    ...[0.5, 0.9, 0.99, 1].map(after),
    figure(errors),
    percent(errors / calls),
    figure(seen.met),
    figure(sum(seen.refused)),
    figure(peak(seen.requests)),
    figure(sum(seen.recovered)),
  ];
}
