/**
 * How many there may be of what an app or one of its users can make: nobody fills a store that others need too. What is over
 * a bound is refused with `too_many`, `too_many_keys` or `invalid_request`, or the oldest gives way; docs/limits.md says which.
 */
export const BOUNDS = {
  /** Of an app. */
  return_urls: 50,
  origins: 50,
  integrations: 200,
  webhooks: 10,
  app_keys: 50,
  /** Lines of an app in the list of events. */
  listed_events: 100_000,
  /** The last ones. */
  requests: 2000,

  /** Of a user. */
  keys: 50,
  /** Of each kind. */
  sessions: 50,
  passkeys: 20,
  /** Links and flows that wait for somebody. */
  flows: 50,
  /** Connect sessions that have ended: the oldest are forgotten. */
  connect_sessions: 200,
  /** To services, in the record of what was done: the last of a month. */
  calls: 1000,
  /** Grants that wait for their app. */
  grants: 50,
  /** Accounts at one integration. */
  accounts: 20,
  /** Accounts that are connected and integrations that were, since the user last had no connection for a day. */
  connections: 1000,
  /** Grants that wait to be taken back. */
  revocations: 1000,
  /** Calls that wait for somebody to allow them. */
  waiting_approvals: 20,
  /** Of one key, so that it leaves room for the others. */
  waiting_of_key: 10,
  /** Calls that were allowed, of each state: the oldest give way. */
  decided_approvals: 100,
  /** Events that wait to be delivered. */
  undelivered: 500,
  /** Events that were. */
  delivered: 200,
  /** Of an app or a user, under way at a time. */
  running_jobs: 50,
  /** That have ended: the oldest are forgotten with their receipts. */
  ended_jobs: 500,
  /** Answers to requests with an `Idempotency-Key`, of an app or a user: the oldest give way. */
  answers: 10_000,

  /** Of a connection. */
  activity: 100,
  refused_scopes: 20,
  tags: 10,
  metadata_bytes: 4096,

  /** Of a key's grant. */
  grant_rules: 50,
  grant_names: 50,
  grant_paths: 20,
  grant_networks: 20,
  grant_characters: 8192,
} as const;
