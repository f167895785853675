/**
 * The vault: one object per user of an app, and the only place where anything about that user's connections is decided.
 *
 * It holds sealed tokens but no key, and makes no network call: a Durable Object that is reset in the middle of a call
 * loses it, a Worker does not. Every method is one synchronous piece of SQL, so no two of them interleave; only a follower
 * waits, holding nothing. Outcomes are returned, not thrown, because errors lose their class on the way out of an object.
 */
import { DurableObject } from "cloudflare:workers";
import type { Account, ActivityEvent } from "../../api.ts";
import type { ConnectionFacts } from "../connection.ts";
import type { Failure, StoredConnection, Version } from "./connection-row.ts";
import { ConnectionTable, type CommitOutcome } from "./connections.ts";
import { EventTable } from "./events.ts";
import type { Decision, Need } from "./need.ts";
import { OwnerRecord, type Owner } from "./owner.ts";
import { PendingTable, type ClaimOutcome, type OpenOutcome, type PendingAuthorization } from "./pending.ts";
import { RevocationTable, type Revocation } from "./revocations.ts";
import { SessionTable, type ListedKey, type SessionFacts } from "./sessions.ts";

/** Whatever is overdue, an alarm never chases the one before. */
const MIN_ALARM_MS = 1000;
/** A follower asks again after this long; no call to an object stays open for ever. */
const WAIT_MS = 15_000;

export type StoreOutcome =
  | { readonly outcome: "stored"; readonly replaced: StoredConnection | null }
  | ({ readonly outcome: "outdated" } & Version);

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
}

export abstract class Vault extends DurableObject<Env> {
  readonly #pending: PendingTable;
  readonly #connections: ConnectionTable;
  readonly #sessions: SessionTable;
  readonly #events: EventTable;
  readonly #revocations: RevocationTable;
  readonly #owner: OwnerRecord;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    const { sql } = context.storage;
    this.#pending = new PendingTable(sql);
    this.#connections = new ConnectionTable(sql);
    this.#sessions = new SessionTable(sql);
    this.#events = new EventTable(sql);
    this.#revocations = new RevocationTable(sql);
    this.#owner = new OwnerRecord(sql);
  }

  /** Hands chores to a Worker, which does them after this has returned. */
  protected abstract dispatch(chores: Chores): Promise<void>;

  async begin(owner: Owner, pending: PendingAuthorization): Promise<void> {
    this.#owner.set(owner);
    this.#pending.begin(pending);
    await this.#arm();
  }

  openLink(state_digest: string, browser_digest: string): OpenOutcome {
    return this.#pending.open(state_digest, browser_digest);
  }

  claim(state_digest: string, browser_digest: string): ClaimOutcome {
    return this.#pending.claim(state_digest, browser_digest);
  }

  /** The version a new grant has to be sealed for. */
  nextVersion(integration: string): Version {
    return this.#connections.nextVersion(integration);
  }

  /** Puts a new grant in the place of what is there; refused where a newer one got in first. */
  async store(integration: string, version: Version, sealed: string, facts: ConnectionFacts): Promise<StoreOutcome> {
    const replaced = this.#connections.find(integration);
    if (this.#connections.store(integration, version, sealed, facts) === "outdated") {
      return { outcome: "outdated", ...this.#connections.nextVersion(integration) };
    }
    this.#events.add(integration, replaced ? "reconnected" : "connected");
    this.#wake(integration);
    await this.#arm();
    return { outcome: "stored", replaced };
  }

  /** The version of what is there, null where nothing is, and whether this vault is in the list of vaults. */
  standing(integration: string): { readonly version: Version | null; readonly isListed: boolean } {
    const connection = this.#connections.find(integration);
    const version = connection && { epoch: connection.epoch, generation: connection.generation };
    return { version, isListed: this.#owner.isListed() };
  }

  setListed(): void {
    this.#owner.setListed();
  }

  /** Notes whose account a grant is for, unless another grant has replaced it since. */
  setAccount(integration: string, { epoch }: Version, account: Account): void {
    this.#connections.setAccount(integration, epoch, account);
  }

  connection(integration: string): StoredConnection | null {
    return this.#connections.find(integration);
  }

  connections(): StoredConnection[] {
    return this.#connections.list();
  }

  activity(integration: string): ActivityEvent[] {
    return this.#events.list(integration);
  }

  /** Decides who refreshes; a follower waits for the one who does. */
  async acquire(integration: string, need: Need): Promise<AcquireOutcome> {
    const until = Date.now() + WAIT_MS;
    for (let waited = false; ; waited = true) {
      const decision = this.#connections.decide(integration, need);
      if (decision.outcome === "expired") this.#events.add(integration, "reauth_required", "expired");
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
    const before = this.#connections.find(integration);
    const outcome = this.#connections.commit(integration, lease, version, sealed, facts);
    if (outcome.outcome === "committed" && before?.generation === version.generation) {
      this.#events.add(integration, "refreshed");
    }
    this.#wake(integration);
    await this.#arm();
    return outcome;
  }

  async fail(integration: string, lease: string, version: Version, failure: Failure): Promise<void> {
    if (this.#connections.fail(integration, lease, version, failure) === "failed") {
      this.#events.add(
        integration,
        failure.kind === "definitive" ? "reauth_required" : "refresh_failed",
        failure.reason,
      );
    }
    this.#wake(integration);
    await this.#arm();
  }

  /** Gives a lease back unused. */
  release(integration: string, lease: string): void {
    this.#connections.release(integration, lease);
    this.#wake(integration);
  }

  reject(integration: string, version: Version, failure: Failure): void {
    if (this.#connections.reject(integration, version, failure) === "rejected") {
      this.#events.add(integration, "reauth_required", failure.reason);
    }
  }

  owner(): Owner | null {
    return this.#owner.get();
  }

  reseal(integration: string, version: Version, sealed: string): void {
    this.#connections.reseal(integration, version, sealed);
  }

  noteReplay(integration: string): void {
    this.#events.add(integration, "replayed");
  }

  /**
   * Takes the tokens out, for good, and keeps them aside until the provider has taken them back.
   * @param request the caller's own name for this, so that it bears repeating
   */
  async disconnect(integration: string, request: string): Promise<Revocation | null> {
    // Asked again, because the answer was lost on its way: it is done.
    const done = this.#revocations.find(request);
    if (done) return done;
    const revocation = this.#remove(integration, request);
    await this.#arm();
    return revocation;
  }

  #remove(integration: string, request: string): Revocation | null {
    const removed = this.#connections.remove(integration);
    if (!removed) return null;
    this.#events.add(integration, "disconnected");
    this.#wake(integration);
    return this.#revocations.add(removed, request);
  }

  /** Notes that a provider has taken a token back, or has no way to. */
  revoked(id: number, confirmed: boolean): void {
    const integration = this.#revocations.remove(id);
    if (integration !== null && confirmed) this.#events.add(integration, "revoked");
  }

  /** @returns false where there are as many of this kind as one user may have */
  async addSession(digest: string, facts: SessionFacts): Promise<boolean> {
    const isAdded = this.#sessions.add(digest, facts);
    await this.#arm();
    return isAdded;
  }

  renewSession(digest: string, expires_at: number): boolean {
    return this.#sessions.renew(digest, expires_at);
  }

  session(digest: string): SessionFacts | null {
    return this.#sessions.use(digest);
  }

  keys(): ListedKey[] {
    return this.#sessions.keys();
  }

  endSession(digest: string): { readonly others: boolean } {
    return this.#sessions.end(digest);
  }

  /** Renews what is ending and revokes what is left over. Never throws: an alarm that throws is given up after six tries. */
  override async alarm(): Promise<void> {
    try {
      const now = Date.now();
      const owner = this.#owner.get();
      this.#pending.purge(now);
      const left = owner?.by_session ? this.#leftBehind(now) : [];
      const renew = this.#connections.due(now);
      const revoke = [...left, ...this.#revocations.due(now)];
      if (owner && renew.length + revoke.length > 0) await this.dispatch({ ...owner, renew, revoke });
    } catch (error) {
      console.error(JSON.stringify({ event: "alarm_failed", error: error instanceof Error ? error.name : "unknown" }));
    } finally {
      await this.#arm();
    }
  }

  /** What no session leads to any more is given up: tokens that nobody can reach are of use to nobody but a thief. */
  #leftBehind(now: number): Revocation[] {
    const last = this.#sessions.lastEndsAt();
    if ((last !== null && last > now) || this.#pending.nextAt() !== null) return [];
    return this.#connections.list().flatMap(({ integration }) => this.#remove(integration, crypto.randomUUID()) ?? []);
  }

  /** Sets the alarm to the first thing to come. */
  async #arm(): Promise<void> {
    const { by_session = false } = this.#owner.get() ?? {};
    const times = [
      this.#connections.nextAt(),
      this.#revocations.nextAt(),
      this.#pending.nextAt(),
      by_session && this.#connections.list().length > 0
        ? Math.max(this.#sessions.lastEndsAt() ?? 0, this.#pending.nextAt() ?? 0)
        : null,
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

  #wake(integration: string): void {
    for (const done of this.#waiting.get(integration) ?? []) done();
  }
}
