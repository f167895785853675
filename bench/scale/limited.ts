/** A token endpoint that gives ten tokens a second, while 100,000 tokens end in the same minute. */
import { limited } from "./endpoints.ts";
import { POLICY, rateOf, run, type Answer } from "./renewals.ts";
import { duration, figure, peak, percent, sum, type Table } from "./report.ts";
import { MEAN_RATE } from "./size.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const CONNECTIONS = 100_000;
const TOKENS = 10;
/** When the first of them ends. */
const ENDS = 6 * HOUR;
const LATEST = ENDS + MINUTE;
/** Before any of them is renewed a second time. */
const UNTIL = ENDS + 12 * HOUR;

interface Case {
  readonly name: string;
  /** Seconds before its end from which on a token is renewed. */
  readonly margin: number;
  readonly endpoint: () => (now: number) => Answer;
}

const perSecond = () => limited(TOKENS, 1000, () => null);
const perMinute = () => limited(60 * TOKENS, MINUTE, (now) => MINUTE - (now % MINUTE));
/** As the product decides it, and where the margin were a fifth of a day's life. */
const { margin } = POLICY;

const CASES: readonly Case[] = [
  { name: "429 without a time", margin, endpoint: perSecond },
  { name: "600 a minute, `Retry-After` the next minute", margin, endpoint: perMinute },
  { name: "429 without a time; margin a fifth of the life", margin: 17_280, endpoint: perSecond },
  { name: "600 a minute; margin a fifth of the life", margin: 17_280, endpoint: perMinute },
];

export function limitedEndpoint(): Table {
  return {
    title: "Ten tokens a second, 100,000 tokens of a day that end in one minute: times after that minute",
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

function play({ name, margin: seconds, endpoint }: Case): string[] {
  const connections = Array.from({ length: CONNECTIONS }, (_, index) => ({
    expires_at: ENDS + Math.random() * MINUTE,
    rate: rateOf(index, MEAN_RATE),
  }));
  const policy = { ...POLICY, margin: seconds };
  const seen = run({ policy, lifetime: DAY, until: UNTIL, endpoint: endpoint(), connections });
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
