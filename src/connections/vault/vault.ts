/**
 * The vault: one object per user of an app, and the only place where anything about that user's connections is decided.
 *
 * It holds sealed tokens but no key, and makes no network call: a Durable Object that is reset in the middle of a call
 * loses it, a Worker does not. Every method is one synchronous piece of SQL, so no two of them interleave; only a follower
 * waits, holding nothing. Outcomes are returned, not thrown, because errors lose their class on the way out of an object.
 */
import { APP_ITSELF, type ConnectionFacts } from "../connection.ts";
import type { TakenBack } from "./closing.ts";
import type { CommitOutcome, Failure, StoredConnection, Version } from "./connection-row.ts";
import type { Decision, Need } from "./need.ts";
import type { DueEvent, EventLine } from "./outbox.ts";
import { integrationOf } from "../place.ts";
import { isEnrolled, type Owner } from "./owner.ts";
import { ANY, type Wanted } from "./placing.ts";
import type { RemovalTask } from "./removal.ts";
import type { Revocation } from "./revocations.ts";
import { VaultMoving } from "./vault-moving.ts";
import type { StoreOutcome } from "./vault-revoking.ts";

/** Whatever is overdue, an alarm never chases the one before. */
const MIN_ALARM_MS = 1000;
/** A follower asks again after this long; no call to an object stays open for ever. */
const WAIT_MS = 15_000;

/** A vault that was just opened is about to be used. */
const SPENT_AFTER_MS = 3_600_000;
/** After the last thing that happened: longer than any refresh, commit or copy of a token lives. */
const QUIET_MS = 86_400_000;
/** As long as an app may have an event delivered again. */
const EVENTS_KEPT_MS = 30 * 86_400_000;

/** What `acquire` answers; `waiting` asks the caller to come again. */
export type AcquireOutcome =
  | Exclude<Decision, { outcome: "wait" }>
  /** Somebody else has renewed it while the caller waited. */
  | { readonly outcome: "renewed"; readonly connection: StoredConnection }
  | { readonly outcome: "waiting" };

/** What an alarm has found to do; a Worker does it, because a vault makes no network call. */
export interface Chores extends Owner {
  /** Whether something here is to go to another vault. */
  readonly move: boolean;
  readonly renew: readonly { readonly address: string; readonly generation: number }[];
  readonly revoke: readonly Revocation[];
  /** Events for the app's webhooks. */
  readonly deliver: readonly DueEvent[];
  /** Events whose line in the list is to be written. */
  readonly list: readonly EventLine[];
  /** Whether lines of the index are to be written. */
  readonly index: boolean;
  /** What a closed vault has taken back: it can go. */
  readonly leave: TakenBack | null;
  /** What the removal of the app, whose own vault this is, goes on with. */
  readonly removal: RemovalTask | null;
  /** Jobs in this vault that nobody seems to drive. */
  readonly watch: readonly string[];
  /** Whether the app's own vault is to note this one. */
  readonly enrol: boolean;
  /** Whether nothing is left here, so that nothing outside is to lead here either, and as which this was noted. */
  readonly forget: { readonly enrolment: string | null } | null;
}

export abstract class Vault extends VaultMoving {
  /** When something last changed here, as far as this object remembers. */
  #armedAt = 0;
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Hands chores to a Worker, which does them after this has returned. */
  protected abstract dispatch(chores: Chores): Promise<void>;

  /**
   * Puts a new grant in where it was told to go; refused where others have come in since, or no more is to come. Where it goes
   * is decided in the same step, so that of two that come at once neither takes the other's place.
   */
  async store(
    place: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
    wanted: Wanted = ANY,
  ): Promise<StoreOutcome> {
    const replaced = this.connectionsTable.find(place);
    // Asked again, because the answer was lost on its way: it is done.
    if (replaced?.sealed === sealed) return { outcome: "stored", replaced: null, is_default: replaced.is_default };
    const placed = this.place(integrationOf(place), facts.account?.id ?? null, wanted, place);
    if (placed.outcome !== "placed") return placed;
    const standing = this.slots.standing(place, facts.account, replaced);
    if (placed.place !== place || this.connectionsTable.store(place, version, sealed, facts, standing) === "outdated") {
      return { ...placed, outcome: "outdated" };
    }
    this.note(place, replaced ? "reconnected" : "connected");
    this.moving.hasten();
    this.wake(place);
    await this.arm();
    return { outcome: "stored", replaced, is_default: standing.is_default };
  }

  /** Decides who refreshes; a follower waits for the one who does. */
  async acquire(address: string, need: Need): Promise<AcquireOutcome> {
    const until = Date.now() + WAIT_MS;
    for (let waited = false; ; waited = true) {
      const place = this.slots.resolve(address);
      const decision = this.connectionsTable.decide(place, need, this.isMoving);
      if (decision.outcome === "expired") {
        this.note(place, "reauth_required", "expired");
        await this.arm();
      }
      if (decision.outcome === "held" && waited) return { outcome: "renewed", connection: decision.connection };
      if (decision.outcome !== "wait") return decision;
      const left = Math.min(until, decision.until) - Date.now();
      if (left <= 0) return { outcome: "waiting" };
      await this.#next(place, left);
    }
  }

  /** Takes what a refresh brought; refused when the connection has been replaced or removed since. */
  async commit(
    place: string,
    lease: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
  ): Promise<CommitOutcome> {
    const before = this.connectionsTable.find(place);
    const outcome = this.connectionsTable.commit(place, lease, version, sealed, facts);
    if (outcome.outcome === "committed" && before?.generation === version.generation) {
      this.eventsTable.add(place, "refreshed");
      if (before.failure) this.announce(place, "connection.recovered", before.failure.reason);
    }
    this.wake(place);
    await this.arm();
    return outcome;
  }

  async fail(place: string, lease: string, version: Version, failure: Failure): Promise<void> {
    const outcome = this.connectionsTable.fail(place, lease, version, failure);
    if (outcome === "failed") this.note(place, "refresh_failed", failure.reason);
    if (outcome === "ended") {
      const reason = this.connectionsTable.find(place)?.failure?.reason ?? failure.reason;
      this.note(place, "reauth_required", reason);
    }
    this.wake(place);
    await this.arm();
  }

  /** Gives a lease back unused. */
  release(place: string, lease: string): void {
    this.connectionsTable.release(place, lease);
    this.wake(place);
  }

  async reject(place: string, version: Version, failure: Failure): Promise<void> {
    if (this.connectionsTable.reject(place, version, failure) === "rejected") {
      this.note(place, "reauth_required", failure.reason);
    }
    await this.arm();
  }

  reseal(place: string, version: Version, sealed: string): void {
    this.connectionsTable.reseal(place, version, sealed);
  }

  /** Renews what is ending and revokes what is left over. Never throws: an alarm that throws is given up after six tries. */
  override async alarm(): Promise<void> {
    try {
      const now = Date.now();
      const owner = this.owners.get();
      this.pending.purge(now);
      this.connectSessions.purge(now);
      this.requests.purge(now);
      this.approvals.purge(now);
      const move = this.moving.due(now, this.slots.list().length === 0);
      const left = owner?.by_session && !this.isMoving ? this.#leftBehind(now) : [];
      const renew = this.isMoving ? [] : this.upkeep.due(now);
      const unfinished = this.takeUnfinished(now);
      const revoke = [...left, ...unfinished, ...this.revocations.due(now)];
      const deliver = this.outboxTable.due(now);
      const list = this.outboxTable.unlisted(now);
      const index = this.outboxTable.isIndexDue(now);
      const leave = this.revocations.nextAt() === null ? this.closing.due(now) : null;
      const removal = this.removal.due(now);
      const watch = this.jobs.takeStale(now);
      // Vaults from before they were noted.
      const enrol = owner !== null && isEnrolled(owner) && !this.closing.isClosed && this.owners.enrolment() === null;
      const work = [...renew, ...revoke, ...deliver, ...list, ...watch];
      const isBusy = work.length > 0 || move || index || leave !== null || removal !== null;
      const chores = { move, renew, revoke, deliver, list, index, leave, removal, watch, enrol, forget: null };
      if (owner && (isBusy || enrol)) await this.dispatch({ ...owner, ...chores });
      const spent = isBusy ? null : this.#spentFrom();
      if (spent !== null && spent <= now) await this.#empty(owner);
    } catch (error) {
      console.error(JSON.stringify({ event: "alarm_failed", error: error instanceof Error ? error.name : "unknown" }));
    } finally {
      await this.arm();
    }
  }

  /**
   * What nothing leads to any more, no session and no passkey, is given up: tokens that nobody can reach are of use to nobody
   * but a thief.
   */
  #leftBehind(now: number): Revocation[] {
    const last = this.reachableUntil();
    if ((last !== null && last > now) || this.pending.nextAt() !== null) return [];
    return this.slots.list().flatMap(({ place }) => this.remove(place, crypto.randomUUID()) ?? []);
  }

  /**
   * From when on nothing is left here that anybody could come back for, in milliseconds since 1970; null while there is
   * something. What was under way when the last thing happened has long ended by then: epochs begin anew in an emptied vault.
   */
  #spentFrom(): number | null {
    if (this.closing.isClosed) return null;
    const forgotten = this.removal.forgottenFrom();
    if (forgotten !== null) return forgotten;
    const isKept = this.owners.get()?.user === APP_ITSELF || this.isMoving;
    const isHolding = this.slots.list().length > 0 || !this.recordsTable.isEmpty();
    const coming = [this.revocations.nextAt(), this.grants.nextAt(), this.outboxTable.nextAt(), this.jobs.nextAt()];
    if (isKept || isHolding || coming.some((time) => time !== null)) return null;
    const happened = this.eventsTable.lastAt();
    const told = this.outboxTable.newestAt();
    return Math.max(
      this.#armedAt + SPENT_AFTER_MS,
      this.reachableUntil() ?? 0,
      this.pending.nextAt() ?? 0,
      this.connectSessions.nextAt() ?? 0,
      this.requests.nextAt() ?? 0,
      this.approvals.nextAt() ?? 0,
      happened === null ? 0 : happened + QUIET_MS,
      told === null ? 0 : told + EVENTS_KEPT_MS,
    );
  }

  /** Takes everything out, tables and all, before anybody else comes in; what leads here from outside goes afterwards. */
  async #empty(owner: Owner | null): Promise<void> {
    const enrolment = this.owners.enrolment();
    await this.wipe();
    const nothing = {
      move: false,
      renew: [],
      revoke: [],
      deliver: [],
      list: [],
      index: false,
      leave: null,
      removal: null,
      watch: [],
    };
    if (owner) await this.dispatch({ ...owner, ...nothing, enrol: false, forget: { enrolment } });
  }

  /** Sets the alarm to the first thing to come. */
  protected override async arm(): Promise<void> {
    if (!this.sql.isMade) return;
    this.#armedAt = Date.now();
    const { by_session = false } = this.owners.get() ?? {};
    const times = [
      this.isMoving ? this.moving.nextAt() : this.upkeep.nextAt(),
      this.revocations.nextAt(),
      this.grants.nextAt(),
      this.connectSessions.nextAt(),
      this.outboxTable.nextAt(),
      this.pending.nextAt(),
      this.requests.nextAt(),
      this.approvals.nextAt(),
      this.revocations.nextAt() === null ? this.closing.nextAt() : null,
      this.removal.nextAt(),
      this.jobs.nextAt(),
      by_session && !this.isMoving && this.slots.list().length > 0
        ? Math.max(this.reachableUntil() ?? 0, this.pending.nextAt() ?? 0)
        : null,
      this.#spentFrom(),
    ].filter((time) => time !== null);
    if (times.length > 0) await this.ctx.storage.setAlarm(Math.max(Math.min(...times), Date.now() + MIN_ALARM_MS));
    else await this.ctx.storage.deleteAlarm();
  }

  /** Until the place is decided anew, or `milliseconds` are over. */
  #next(place: string, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(place) ?? new Set();
      this.#waiting.set(place, waiting);
      const timer = setTimeout(done, milliseconds);
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
  }

  protected override wake(place: string): void {
    for (const done of this.#waiting.get(place) ?? []) done();
  }
}
