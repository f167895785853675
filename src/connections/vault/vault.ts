/**
 * The vault: one object per user of an app, and the only place where anything about that user's connections is decided.
 *
 * It holds sealed tokens but no key, and makes no network call: a Durable Object that is reset in the middle of a call
 * loses it, a Worker does not. Every method is one synchronous piece of SQL, so no two of them interleave; only a follower
 * waits, holding nothing. Outcomes are returned, not thrown, because errors lose their class on the way out of an object.
 */
import type { DeliveredEvent } from "../../api-events.ts";
import { APP_ITSELF, type ConnectionFacts } from "../connection.ts";
import type { TakenBack } from "./closing.ts";
import type { CommitOutcome, Failure, StoredConnection, Version } from "./connection-row.ts";
import type { Decision, Need } from "./need.ts";
import type { EventLine } from "./outbox.ts";
import { isEnrolled, type Owner } from "./owner.ts";
import type { RemovalTask } from "./removal.ts";
import type { Revocation } from "./revocations.ts";
import { VaultRevoking, type StoreOutcome } from "./vault-revoking.ts";

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
  readonly renew: readonly { readonly integration: string; readonly generation: number }[];
  readonly revoke: readonly Revocation[];
  /** Events for the app's webhook. */
  readonly deliver: readonly DeliveredEvent[];
  /** Events whose line in the list is to be written. */
  readonly list: readonly EventLine[];
  /** Whether lines of the index are to be written. */
  readonly index: boolean;
  /** What a closed vault has taken back: it can go. */
  readonly leave: TakenBack | null;
  /** What the removal of the app, whose own vault this is, goes on with. */
  readonly removal: RemovalTask | null;
  /** Whether the app's own vault is to note this one. */
  readonly enrol: boolean;
  /** Whether nothing is left here, so that nothing outside is to lead here either, and as which this was noted. */
  readonly forget: { readonly enrolment: string | null } | null;
}

export abstract class Vault extends VaultRevoking {
  /** When something last changed here, as far as this object remembers. */
  #armedAt = 0;
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Hands chores to a Worker, which does them after this has returned. */
  protected abstract dispatch(chores: Chores): Promise<void>;

  /** The version a new grant has to be sealed for. */
  nextVersion(integration: string): Version {
    return this.connectionsTable.nextVersion(integration);
  }

  /**
   * Puts a new grant in the place of what is there; refused where a newer one got in first, or no more is to come.
   * @param replace whether another account may make room; where either is not known, nothing is refused for it
   */
  async store(
    integration: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
    replace = false,
  ): Promise<StoreOutcome> {
    if (!this.isOpen) return { outcome: "closed" };
    if (this.isFull(integration)) return { outcome: "full" };
    const replaced = this.connectionsTable.find(integration);
    const held = replaced?.facts.account?.id;
    if (!replace && held && facts.account && held !== facts.account.id) return { outcome: "other_account" };
    if (this.connectionsTable.store(integration, version, sealed, facts) === "outdated") {
      return { outcome: "outdated", ...this.connectionsTable.nextVersion(integration) };
    }
    this.note(integration, replaced ? "reconnected" : "connected");
    this.wake(integration);
    await this.arm();
    return { outcome: "stored", replaced };
  }

  /** Decides who refreshes; a follower waits for the one who does. */
  async acquire(integration: string, need: Need): Promise<AcquireOutcome> {
    const until = Date.now() + WAIT_MS;
    for (let waited = false; ; waited = true) {
      const decision = this.connectionsTable.decide(integration, need);
      if (decision.outcome === "expired") {
        this.note(integration, "reauth_required", "expired");
        await this.arm();
      }
      if (decision.outcome === "held" && waited) return { outcome: "renewed", connection: decision.connection };
      if (decision.outcome !== "wait") return decision;
      const left = Math.min(until, decision.until) - Date.now();
      if (left <= 0) return { outcome: "waiting" };
      await this.#next(integration, left);
    }
  }

  /** Takes what a refresh brought; refused when the connection has been replaced or removed since. */
  async commit(
    integration: string,
    lease: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
  ): Promise<CommitOutcome> {
    const before = this.connectionsTable.find(integration);
    const outcome = this.connectionsTable.commit(integration, lease, version, sealed, facts);
    if (outcome.outcome === "committed" && before?.generation === version.generation) {
      this.eventsTable.add(integration, "refreshed");
      if (before.failure) this.announce(integration, "connection.recovered", before.failure.reason);
    }
    this.wake(integration);
    await this.arm();
    return outcome;
  }

  async fail(integration: string, lease: string, version: Version, failure: Failure): Promise<void> {
    const outcome = this.connectionsTable.fail(integration, lease, version, failure);
    if (outcome === "failed") this.note(integration, "refresh_failed", failure.reason);
    if (outcome === "ended") {
      const reason = this.connectionsTable.find(integration)?.failure?.reason ?? failure.reason;
      this.note(integration, "reauth_required", reason);
    }
    this.wake(integration);
    await this.arm();
  }

  /** Gives a lease back unused. */
  release(integration: string, lease: string): void {
    this.connectionsTable.release(integration, lease);
    this.wake(integration);
  }

  async reject(integration: string, version: Version, failure: Failure): Promise<void> {
    if (this.connectionsTable.reject(integration, version, failure) === "rejected") {
      this.note(integration, "reauth_required", failure.reason);
    }
    await this.arm();
  }

  reseal(integration: string, version: Version, sealed: string): void {
    this.connectionsTable.reseal(integration, version, sealed);
  }

  /** Renews what is ending and revokes what is left over. Never throws: an alarm that throws is given up after six tries. */
  override async alarm(): Promise<void> {
    try {
      const now = Date.now();
      const owner = this.owners.get();
      this.pending.purge(now);
      const left = owner?.by_session ? this.#leftBehind(now) : [];
      const renew = this.connectionsTable.due(now);
      const unfinished = this.takeUnfinished(now);
      const revoke = [...left, ...unfinished, ...this.revocations.due(now)];
      const deliver = this.outboxTable.due(now);
      const list = this.outboxTable.unlisted(now);
      const index = this.outboxTable.isIndexDue(now);
      const leave = this.revocations.nextAt() === null ? this.closing.due(now) : null;
      const removal = this.removal.due(now);
      // Vaults from before they were noted.
      const enrol = owner !== null && isEnrolled(owner) && !this.closing.isClosed && this.owners.enrolment() === null;
      const work = [...renew, ...revoke, ...deliver, ...list];
      const isBusy = work.length > 0 || index || leave !== null || removal !== null;
      const chores = { renew, revoke, deliver, list, index, leave, removal, enrol, forget: null };
      if (owner && (isBusy || enrol)) await this.dispatch({ ...owner, ...chores });
      const spent = isBusy ? null : this.#spentFrom();
      if (spent !== null && spent <= now) await this.#empty(owner);
    } catch (error) {
      console.error(JSON.stringify({ event: "alarm_failed", error: error instanceof Error ? error.name : "unknown" }));
    } finally {
      await this.arm();
    }
  }

  /** What no session leads to any more is given up: tokens that nobody can reach are of use to nobody but a thief. */
  #leftBehind(now: number): Revocation[] {
    const last = this.sessions.lastEndsAt();
    if ((last !== null && last > now) || this.pending.nextAt() !== null) return [];
    return this.connectionsTable
      .list()
      .flatMap(({ integration }) => this.remove(integration, crypto.randomUUID()) ?? []);
  }

  /**
   * From when on nothing is left here that anybody could come back for, in milliseconds since 1970; null while there is
   * something. What was under way when the last thing happened has long ended by then: epochs begin anew in an emptied vault.
   */
  #spentFrom(): number | null {
    if (this.closing.isClosed) return null;
    const forgotten = this.removal.forgottenFrom();
    if (forgotten !== null) return forgotten;
    const isApp = this.owners.get()?.user === APP_ITSELF;
    const isHolding = this.connectionsTable.list().length > 0 || !this.recordsTable.isEmpty();
    const coming = [this.revocations.nextAt(), this.grants.nextAt(), this.outboxTable.nextAt()];
    if (isApp || isHolding || coming.some((time) => time !== null)) return null;
    const happened = this.eventsTable.lastAt();
    const told = this.outboxTable.newestAt();
    return Math.max(
      this.#armedAt + SPENT_AFTER_MS,
      this.sessions.lastEndsAt() ?? 0,
      this.pending.nextAt() ?? 0,
      happened === null ? 0 : happened + QUIET_MS,
      told === null ? 0 : told + EVENTS_KEPT_MS,
    );
  }

  /** Takes everything out, tables and all, before anybody else comes in; what leads here from outside goes afterwards. */
  async #empty(owner: Owner | null): Promise<void> {
    const enrolment = this.owners.enrolment();
    await this.wipe();
    const nothing = { renew: [], revoke: [], deliver: [], list: [], index: false, leave: null, removal: null };
    if (owner) await this.dispatch({ ...owner, ...nothing, enrol: false, forget: { enrolment } });
  }

  /** Sets the alarm to the first thing to come. */
  protected override async arm(): Promise<void> {
    if (!this.sql.isMade) return;
    this.#armedAt = Date.now();
    const { by_session = false } = this.owners.get() ?? {};
    const times = [
      this.connectionsTable.nextAt(),
      this.revocations.nextAt(),
      this.grants.nextAt(),
      this.outboxTable.nextAt(),
      this.pending.nextAt(),
      this.revocations.nextAt() === null ? this.closing.nextAt() : null,
      this.removal.nextAt(),
      by_session && this.connectionsTable.list().length > 0
        ? Math.max(this.sessions.lastEndsAt() ?? 0, this.pending.nextAt() ?? 0)
        : null,
      this.#spentFrom(),
    ].filter((time) => time !== null);
    if (times.length > 0) await this.ctx.storage.setAlarm(Math.max(Math.min(...times), Date.now() + MIN_ALARM_MS));
    else await this.ctx.storage.deleteAlarm();
  }

  /** Until the integration is decided anew, or `milliseconds` are over. */
  #next(integration: string, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(integration) ?? new Set();
      this.#waiting.set(integration, waiting);
      const timer = setTimeout(done, milliseconds);
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
  }

  protected override wake(integration: string): void {
    for (const done of this.#waiting.get(integration) ?? []) done();
  }
}
