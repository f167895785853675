/** What a soak does, and for how long. */

export interface Plan {
  readonly seed: number;
  /** Operations in all, and of them through HTTP at least. */
  readonly operations: number;
  readonly http_operations: number;
  /** It goes on for so long at least, whatever was done by then. */
  readonly lasts_ms: number;
  /** Of objects, at least. */
  readonly resets: number;
  readonly users: number;
  /** Processes that the operations on vaults are shared by. */
  readonly processes: number;
  /** Callers at once. */
  readonly callers: number;
  /** How long faults of one kind go on, and the quiet after them. */
  readonly faulty_ms: number;
  readonly calm_ms: number;
  /** What a minute of KV and half a minute of an isolate are shortened to. */
  readonly behind_ms: number;
  readonly remembered_ms: number;
  /** How long this machine may hold somebody up between reading and remembering: what is late by that is not the product's doing. */
  readonly patience_ms: number;
  readonly slow_ms: number;
  /** Seconds that access tokens live. */
  readonly lives_s: readonly number[];
  /** How long it takes for whatever a caller who hung up has begun to come to its end; null: callers hang up on reads alone. */
  readonly doubt_ms: number | null;
  /** When all is quiet, each connection answers and each list is whole within so long. */
  readonly recovers_ms: number;
}

const COMMON = {
  users: 300,
  processes: 2,
  callers: 32,
  patience_ms: 1000,
  slow_ms: 3000,
  lives_s: [6, 20, 130, 600, 3600],
  doubt_ms: 25_000,
} as const;
const PERIODS = { faulty_ms: 4000, calm_ms: 2000 } as const;

/** In the time of a build: what is remembered is a tenth as long as in a deployment, so that its end is seen. */
export const usual = (seed: number, operations: number): Plan => ({
  ...COMMON,
  ...PERIODS,
  seed,
  operations,
  http_operations: Math.ceil(operations / 50),
  lasts_ms: 0,
  resets: Math.ceil(operations / 1000),
  behind_ms: 6000,
  remembered_ms: 3000,
  // A provider that has failed long enough is asked again after five minutes at the latest.
  recovers_ms: 330_000,
});

/** For hours: with the times of a deployment. */
export const long = (seed: number, operations: number, hours: number): Plan => ({
  ...usual(seed, operations),
  lasts_ms: hours * 3_600_000,
  faulty_ms: 120_000,
  calm_ms: 120_000,
  behind_ms: 60_000,
  remembered_ms: 30_000,
});

/** As a test: every kind of fault, and few of them. */
export const brief = (seed: number): Plan => ({
  ...usual(seed, 10_000),
  http_operations: 1500,
  resets: 20,
  users: 40,
  processes: 1,
  callers: 16,
  faulty_ms: 1500,
  calm_ms: 500,
  behind_ms: 1000,
  remembered_ms: 500,
  // Other tests run beside it.
  patience_ms: 4000,
  slow_ms: 800,
  lives_s: [2, 3, 6, 3600],
  doubt_ms: null,
  recovers_ms: 45_000,
});

/** How long something that was changed elsewhere may go unnoticed: what an isolate has read just before KV heard of it. */
export const staleFor = ({ behind_ms, remembered_ms, patience_ms }: Plan): number =>
  behind_ms + remembered_ms + patience_ms;

/** A session's copy that was made while it ended lives for five minutes, shortened as everything. */
export const sessionCopyFor = ({ behind_ms }: Plan): number => behind_ms * 5;
