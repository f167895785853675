/** How large the deployment is that is looked at, and what is assumed of it. */
export const SIZE = {
  connections: 10_000_000,
  apps: 100_000,
  /** Proxied calls a second. */
  calls: 50_000,
  /** Assumed: vaults of users, each with two connections. */
  users: 5_000_000,
  /** Assumed: how long tokens live, in milliseconds. */
  lifetime: 3_600_000,
  /** Assumed: of all connections, those that something happens to in a day which their app is told of. */
  changed_a_day: 0.01,
  /** Assumed: a call of a vault, there and back, and how long it keeps one busy. */
  vault_call_ms: 30,
  vault_busy_ms: 5,
  /** docs/benchmark.md: processor time of a proxied answer. */
  cpu_ms: 0.52,
  /** docs/cost.md: a vault, and rows written there by a renewal. */
  vault_bytes: 72_000,
  rows_of_a_renewal: 10,
} as const;

/** Calls of a connection, a second. */
export const MEAN_RATE = SIZE.calls / SIZE.connections;
