/** What the platform allows and costs, as its documentation had it in November 2026, each with its address. */

export const LIMITS = {
  /** https://developers.cloudflare.com/kv/platform/limits/ */
  kv_writes_of_a_key: 1,
  /** https://developers.cloudflare.com/durable-objects/platform/limits/: a soft limit, of requests a second. */
  calls_of_an_object: 1000,
  /** https://developers.cloudflare.com/d1/platform/limits/ */
  d1_bytes: 10_000_000_000,
  /** https://developers.cloudflare.com/d1/platform/limits/: one query at a time, a thousand of a millisecond in a second. */
  d1_queries: 1000,
  /** https://developers.cloudflare.com/kv/concepts/how-kv-works/: how long a location may answer with what it has read. */
  kv_cache_ms: 60_000,
} as const;

/** Dollars beyond what the plan includes: of a million, or of a gigabyte for a month. */
export const PRICES = {
  /** https://developers.cloudflare.com/workers/platform/pricing/ */
  requests: 0.3,
  cpu_ms: 0.02,
  /** https://developers.cloudflare.com/kv/platform/pricing/: lists and removals cost as much as writes. */
  kv_reads: 0.5,
  kv_writes: 5,
  /** https://developers.cloudflare.com/durable-objects/platform/pricing/: alarms count as requests, setting one as a row. */
  object_calls: 0.15,
  object_gb_s: 12.5,
  object_rows: 1,
  object_gb: 0.2,
  /** https://developers.cloudflare.com/d1/platform/pricing/ */
  d1_rows: 1,
  /** https://developers.cloudflare.com/workers/observability/logs/workers-logs/#pricing */
  log_lines: 0.6,
} as const;

export const MONTH_SECONDS = 30 * 86_400;

/** Dollars a month for so many a second. */
export const monthly = (perSecond: number, price: number): number => (perSecond * MONTH_SECONDS * price) / 1_000_000;
