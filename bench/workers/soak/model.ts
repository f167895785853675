/** A user's vault as it should be: one account that everything is tried on, others beside it, and sessions. */
import type { ConnectionFacts } from "../../../src/connections/connection.ts";
import { LEASE_MS } from "../../../src/connections/vault/connections.ts";
import type { Failure, Version } from "../../../src/connections/vault/connection-row.ts";
import type { Need } from "../../../src/connections/vault/need.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const FORCED_EVERY_MS = 30_000;
/** As long as a call may take that meets with a fault at each try. */
const CALL_TAKES_MS = 10_000;

/** A refresh that was begun with what was there then, and ends whenever it ends. */
export interface Begun {
  readonly version: Version;
  readonly lease: string;
}

/** Where the clock stood: between when something was asked and when it was answered. */
export interface Between {
  readonly from: number;
  readonly to: number;
}

const NEVER: Between = { from: 0, to: 0 };

export class Model {
  epoch = 0;
  generation = 0;
  /** What stands for the sealed tokens; null: there is no connection. */
  token: string | null = null;
  status: "connected" | "reauth_required" = "connected";
  isRejected = false;
  lease: { readonly id: string; readonly at: Between } | null = null;
  lastLease: string | null = null;
  forced: Between = NEVER;
  hasFailed = false;
  retryAt = 0;
  put: Between = NEVER;
  /** What has to have been handed over to be taken back, by the id that it waits under. */
  readonly waiting = new Map<number, string>();
  refreshes: Begun[] = [];
  stores: Version[] = [];
  /** Accounts at another integration, by their ids. */
  readonly others = new Map<string, { readonly place: string; readonly token: string }>();
  readonly sessions = new Set<string>();
  #made = 0;

  name(kind: string): string {
    this.#made += 1;
    return `${kind}-${this.#made}`;
  }

  get version(): Version {
    return { epoch: this.epoch, generation: this.generation };
  }

  is({ epoch, generation }: Version): boolean {
    return this.token !== null && this.epoch === epoch && this.generation === generation;
  }

  connect(token: string, at: Between): void {
    Object.assign(this, { token, status: "connected", isRejected: false, lease: null, hasFailed: false, retryAt: 0 });
    this.put = at;
  }

  end(): void {
    if (this.token === null) return;
    Object.assign(this, { token: null, lease: null, hasFailed: false, epoch: this.epoch + 1 });
  }

  /** Where the vault was emptied, what was begun before comes no more: a day has gone by. */
  forget(): void {
    Object.assign(this, { epoch: 0, generation: 0, refreshes: [], stores: [], lastLease: null, lease: null });
  }

  /** Whether somebody may hold the lease at that moment. */
  mayBeLed(now: number): boolean {
    return this.lease !== null && this.lease.at.to + LEASE_MS > now;
  }

  /** What a caller may be told between two moments; one outcome, but where something runs out just then. */
  outcomes(need: Need["need"], { from, to }: Between): ReadonlySet<string> {
    const [forced, lease, put] = [this.forced, this.lease?.at ?? NEVER, this.put];
    return new Set([
      this.#decide(need, from, forced.to, lease.to, put.to),
      this.#decide(need, to, forced.from, lease.from, put.from),
    ]);
  }

  #decide(need: Need["need"], now: number, forced_at: number, led_at: number, put_at: number): string {
    const expires_at = put_at + HOUR;
    const isOver = now >= expires_at;
    const isLed = this.lease !== null && led_at + LEASE_MS > now;
    if (this.token === null) return "none";
    if (this.status === "reauth_required") {
      return isOver || need === "force" || this.isRejected ? "reauth_required" : "held";
    }
    const isDue = {
      use: now >= expires_at - MINUTE,
      ahead: now >= expires_at - 5 * MINUTE,
      renew: true,
      force: isLed || now - forced_at >= FORCED_EVERY_MS,
    }[need];
    if (!isDue) return "held";
    if (isLed) return need === "ahead" ? "held" : "wait";
    if (this.hasFailed && this.retryAt > now) return isOver ? "failing" : "held";
    return "leader";
  }

  lead(need: Need["need"], id: string, at: Between): void {
    if (this.lease !== null && this.lease.id !== id) this.hasFailed = true;
    this.lease = { id, at };
    if (need === "force") this.forced = at;
    this.refreshes.push({ version: this.version, lease: id });
    // Those of long ago are tried no more.
    if (this.refreshes.length > 20) this.refreshes.shift();
  }
}

/** From now until the longest that a call takes. */
export const soon = (now: number): Between => ({ from: now, to: now + CALL_TAKES_MS });

/** A token of an hour that is renewed in its last five minutes, of a grant that is kept alive. */
export function factsOf(account: string): ConnectionFacts {
  const now = Date.now();
  const expires_at = now + HOUR;
  return {
    account: { id: account, name: account, email: null, avatar_url: null, url: null },
    scopes: ["read"],
    issued_at: now,
    expires_at,
    connected_at: now,
    refreshable: true,
    times: {
      copy_until: expires_at - MINUTE,
      refresh_from: expires_at - 5 * MINUTE,
      refresh_by: expires_at - MINUTE,
    },
    keep_alive: 30 * DAY,
    reconnect_by: null,
    asked: null,
    client: null,
  };
}

export const failureOf = (kind: "transient" | "definitive", reason: string): Failure => ({
  kind,
  reason,
  message: "It did not work.",
  at: Date.now(),
  client: "client",
  answer_lost: false,
  retry_after: null,
  refusals: null,
  api_refused: false,
});
