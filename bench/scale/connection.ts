/**
 * One connection as its vault has it: the row of src/connections/vault/connections.ts without the database. When it is renewed,
 * tried again and looked at by an alarm is decided by the product's own functions; what this adds is the order in which
 * `ConnectionTable.decide`, `commit`, `fail` and `Upkeep.due` call them.
 */
import type { RefreshPolicy } from "../../src/contract/provider.ts";
import { keepAliveAfter, timesOf } from "../../src/connections/timing.ts";
import { isRenewalDue, laterWakeAt, wakeAt } from "../../src/connections/vault/connection-row.ts";
import type { Failure, Row, StoredConnection } from "../../src/connections/vault/connection-row.ts";
import { alarmBackoff, nextTry } from "../../src/connections/vault/failing.ts";
import { isDue, type Need } from "../../src/connections/vault/need.ts";
import { RENEWAL_UNDER_WAY_MS } from "../../src/connections/vault/upkeep.ts";

/** What a caller or an alarm is told: what is held does, it renews, or the token is over and is not to be renewed yet. */
export type Told = "held" | "lead" | "failing";

export class Connection {
  /** How often somebody calls it, a second. */
  readonly rate: number;
  readonly #policy: RefreshPolicy;
  readonly #row: Row;
  #stored: StoredConnection;

  /** @param issued_at of its token, and when it was last used: milliseconds, as all times here */
  constructor(policy: RefreshPolicy, rate: number, issued_at: number, expires_at: number) {
    this.rate = rate;
    this.#policy = policy;
    this.#row = { ...NEW_ROW, used_at: issued_at };
    this.#stored = { ...NEW, made_at: issued_at, facts: this.#facts(issued_at, expires_at) };
    this.#row.wake_at = wakeAt(this.#stored.facts, issued_at);
  }

  get times(): StoredConnection["facts"]["times"] {
    return this.#stored.facts.times;
  }

  get wake_at(): number {
    return this.#row.wake_at ?? Infinity;
  }

  get isFailing(): boolean {
    return this.#stored.failure !== null;
  }

  get generation(): number {
    return this.#row.generation;
  }

  isOver(now: number): boolean {
    return now >= (this.#stored.facts.expires_at ?? Infinity);
  }

  /** Decides what somebody gets who asks for a token. */
  ask(need: Need["need"], now: number): Told {
    const row = this.#row;
    if (need !== "renew") row.used_at = now;
    if (!isDue(row, this.#stored, need, row.generation, now, false)) return "held";
    if (this.#stored.failure && row.retry_at > now) return this.isOver(now) ? "failing" : "held";
    return "lead";
  }

  /** What an alarm finds to do. @returns whether the token is to be renewed */
  wake(now: number): boolean {
    const row = this.#row;
    const isRenewed = isRenewalDue(this.#stored, row.used_at, now);
    const again = now + Math.max(RENEWAL_UNDER_WAY_MS, alarmBackoff(row.attempts));
    row.wake_at = isRenewed ? again : laterWakeAt(this.#stored, now);
    if (isRenewed) row.attempts += 1;
    return isRenewed;
  }

  /** Takes a new token. @returns whether a renewal had failed before it: then its app is told that it works again */
  commit(now: number, expires_at: number): boolean {
    const hadFailed = this.isFailing;
    const row = this.#row;
    this.#stored.facts = this.#facts(now, expires_at);
    this.#stored.failure = null;
    this.#stored.refreshed_at = now;
    row.generation += 1;
    row.attempts = 0;
    row.retry_at = 0;
    row.wake_at = wakeAt(this.#stored.facts, now);
    return hadFailed;
  }

  fail(failure: Failure): void {
    const row = this.#row;
    const { retry_at, wake_at } = nextTry(row, failure);
    this.#stored.failure = failure;
    row.retry_at = retry_at;
    row.wake_at = wake_at;
    row.attempts += 1;
  }

  #facts(issued_at: number, expires_at: number): StoredConnection["facts"] {
    return {
      ...NEW.facts,
      issued_at,
      expires_at,
      times: timesOf(this.#policy, true, issued_at, expires_at),
      keep_alive: keepAliveAfter(this.#policy, true),
    };
  }
}

const NEW: StoredConnection = {
  epoch: 1,
  generation: 1,
  place: "",
  label: "",
  is_default: true,
  made_at: 0,
  status: "connected",
  sealed: "",
  facts: {
    account: null,
    scopes: [],
    issued_at: 0,
    expires_at: null,
    connected_at: 0,
    refreshable: true,
    times: { copy_until: null, refresh_from: null, refresh_by: null },
    keep_alive: null,
    reconnect_by: null,
    asked: null,
    client: null,
  },
  failure: null,
  refreshed_at: null,
  refused_scopes: null,
};

const NEW_ROW: Row = {
  place: "",
  epoch: 1,
  generation: 1,
  status: "connected",
  sealed: "",
  facts: "",
  failure: null,
  lease: null,
  lease_until: 0,
  last_lease: null,
  forced_at: 0,
  retry_at: 0,
  attempts: 0,
  used_at: 0,
  refreshed_at: null,
  wake_at: null,
  label: "",
  is_default: 1,
  made_at: 0,
  left_by: null,
  refused_scopes: null,
};
