/**
 * What is to be taken back: grants that wait for an app, connections that are given up, and all of a user's when their app is
 * removed. Tokens leave a vault by one way only, through the queue of revocations.
 */
import { BOUNDS } from "../../bounds.ts";
import type { ConnectionFacts } from "../connection.ts";
import { UNADOPTED, type StoredConnection, type Version } from "./connection-row.ts";
import { integrationOf } from "../place.ts";
import type { StoredSession } from "./connect-sessions.ts";
import { GrantTable, type PendingGrant } from "./grants.ts";
import { isEnrolled, type Enrolment, type Owner } from "./owner.ts";
import { ANY, decide, type Wanted } from "./placing.ts";
import { RevocationTable, type JobShare, type Revocation } from "./revocations.ts";
import { VaultConnecting } from "./vault-connecting.ts";
import type { Entry } from "./vault-store.ts";

/** Where a grant would go, and what it is to be sealed for. */
export interface Placed extends Version {
  readonly outcome: "placed";
  readonly place: string;
}

export type StoreOutcome =
  | { readonly outcome: "stored"; readonly replaced: StoredConnection | null; readonly is_default: boolean }
  /** Others got in first: it is to be sealed for what stands here. */
  | (Omit<Placed, "outcome"> & { readonly outcome: "outdated" })
  | Refused;

/**
 * - `closed`: the app is removed
 * - `full`: there is as much of this user's as there may be; `too_many`: at this integration
 * - `other_account`: the connection that it was to renew is another account's; `gone`: it is no more
 */
export interface Refused {
  readonly outcome: "closed" | "full" | "too_many" | "other_account" | "gone";
}

export abstract class VaultRevoking extends VaultConnecting {
  protected readonly revocations: RevocationTable;
  protected readonly grants: GrantTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.revocations = new RevocationTable(this.sql);
    this.grants = new GrantTable(this.sql);
  }

  abstract store(
    place: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
    wanted: Wanted,
  ): Promise<StoreOutcome>;

  /** Where a grant goes, of an account or one that nobody knows. @param proposed a place for it that was told before */
  place(integration: string, account: string | null, wanted: Wanted, proposed = integration): Placed | Refused {
    if (!this.isOpen) return { outcome: "closed" };
    const decided = decide(this.slots.at(integration), account, wanted);
    if (decided.to === "refuse") return { outcome: decided.reason };
    const place = decided.to === "renew" ? decided.place : this.slots.newPlace(integration, account, proposed);
    if (this.isFull(place)) return { outcome: "full" };
    return { outcome: "placed", place, ...this.connectionsTable.nextVersion(place) };
  }

  /** Lets those go on who wait for the place to be decided anew. */
  protected abstract wake(place: string): void;

  /** Keeps a grant until its app says whose it is. One that comes when the app is removed is taken back. */
  async keepGrant(owner: Owner, grant: PendingGrant, enrolment: Enrolment | null = null): Promise<Entry> {
    const entry = this.enter(owner, enrolment);
    if (entry === "open") {
      this.grants.add(grant);
      this.#noteGranted(grant);
      for (const oldest of this.grants.takeMoreThan(BOUNDS.grants)) {
        this.#discard(oldest);
        this.endSessionOf(oldest.connect_session, "expired");
      }
    }
    if (entry === "closed" && this.giveUp(grant)) this.closing.addGrant();
    await this.arm();
    return entry;
  }

  /** Has a grant's session wait for the app; of one that has ended meanwhile, nothing is kept. */
  #noteGranted({ connect_session: id, integration, expires_at }: PendingGrant): void {
    if (id === null) return;
    this.connectSessions.advance(id, "granted", integration, expires_at);
    const session = this.connectSessions.find(id);
    if (session === null || session.ended_at === null) return;
    for (const grant of this.grants.takeOf(id)) this.giveUp(grant);
  }

  /**
   * Ends a session of the app's before anything has come of it: its link is of no use, and its grant is taken back by alarm.
   * @returns it as it stands; null where there is none
   */
  async cancelSession(id: string): Promise<StoredSession | null> {
    const session = this.connectSessions.find(id);
    if (!session) return null;
    this.endSessionOf(id, "cancelled", "app");
    this.pending.spend(session.state_digest);
    for (const grant of this.grants.takeOf(id)) this.giveUp(grant);
    await this.arm();
    return this.connectSessions.find(id);
  }

  /** Whether another connection would be more than a user of an app may have, or leave more to be taken back. */
  protected isFull(place: string): boolean {
    if (this.owners.get()?.by_session !== false || this.connectionsTable.find(place)) return false;
    // One that is gone has left a row, which the integration goes on with.
    const others = this.sql.exec("SELECT 1 FROM connections WHERE place <> ?", place).toArray().length;
    return others >= BOUNDS.connections || this.revocations.count() >= BOUNDS.revocations;
  }

  grant(code_digest: string): PendingGrant | null {
    return this.grants.find(code_digest);
  }

  /** Makes a kept grant a connection, once; it stays kept where that is refused. @returns `spent` where there is none */
  async adoptGrant(
    code_digest: string,
    place: string,
    version: Version,
    sealed: string,
    wanted: Wanted = ANY,
  ): Promise<StoreOutcome | { outcome: "spent" }> {
    const grant = this.grants.find(code_digest);
    if (!grant) {
      // Asked again, because the answer was lost on its way: it is done.
      const done = this.connectionsTable.find(place);
      if (done?.sealed !== sealed) return { outcome: "spent" };
      return { outcome: "stored", replaced: null, is_default: done.is_default };
    }
    const stored = await this.store(place, version, sealed, grant.facts, wanted);
    if (stored.outcome === "stored") {
      this.grants.remove(code_digest);
      this.#noteConnected(grant, place);
      await this.arm();
    }
    return stored;
  }

  #noteConnected({ connect_session: id }: PendingGrant, place: string): void {
    const person = id === null ? undefined : this.connectSessions.find(id)?.person;
    if (person) this.labelsTable.setPerson(place, person);
    this.endSessionOf(id, "connected", null, place);
  }

  /** Gives a kept grant up. @param reason a code of ours. @returns what is to be taken back */
  async refuseGrant(code_digest: string, reason: string): Promise<Revocation | null> {
    const grant = this.grants.remove(code_digest);
    if (grant) this.endSessionOf(grant.connect_session, "failed", reason);
    const revocation = grant && this.#discard(grant);
    await this.arm();
    return revocation;
  }

  /** Takes out what nobody has finished in time. */
  protected takeUnfinished(now: number): Revocation[] {
    const taken = this.grants.takeExpired(now).map((grant) => this.#discard(grant));
    this.endExpiredSessions(now);
    return taken;
  }

  /**
   * Has a grant taken back at once.
   * @returns false where that was done before: asked again, because the answer was lost on its way
   */
  protected giveUp(grant: PendingGrant): boolean {
    if (this.revocations.find(grant.code_digest)) return false;
    this.#discard(grant, grant.code_digest, 0);
    return true;
  }

  #discard({ integration, sealed, facts }: PendingGrant, request: string = crypto.randomUUID(), wait?: number) {
    const account = facts.account?.id ?? null;
    return this.revocations.add({ place: integration, sealed, account, ...UNADOPTED }, request, wait);
  }

  /**
   * Takes the tokens out, for good, and keeps them aside until the provider has taken them back.
   * @param request the caller's own name for this, so that it bears repeating
   */
  async disconnect(address: string, request: string): Promise<Revocation | null> {
    // Asked again, because the answer was lost on its way: it is done.
    const done = this.revocations.find(request);
    if (done) return done;
    const revocation = this.remove(this.slots.resolve(address), request);
    await this.arm();
    return revocation;
  }

  /** @param share which jobs it is for @param wait milliseconds until an alarm asks for it */
  protected remove(place: string, request: string, share: JobShare | null = null, wait?: number): Revocation | null {
    const removed = this.connectionsTable.remove(place);
    if (!removed) return null;
    this.eventsTable.dropLeft();
    this.note(place, "disconnected", null, removed);
    this.labelsTable.remove(place);
    this.wake(place);
    this.mendDefault(integrationOf(place));
    return this.revocations.add({ ...removed, account: removed.facts.account?.id ?? null, share }, request, wait);
  }

  /** Has a revocation tried again no sooner than that: milliseconds since 1970. */
  async postponeRevocation(id: number, until: number): Promise<void> {
    this.revocations.postpone(id, until);
    await this.arm();
  }

  /** Notes that a provider has taken a token back, or has no way to. */
  async revoked(id: number, confirmed: boolean): Promise<void> {
    const place = this.revocations.remove(id);
    if (place !== null && confirmed) this.closing.countRevoked();
    if (place !== null && confirmed && this.isOpen) this.eventsTable.add(place, "revoked");
    if (this.closing.isClosed) await this.arm();
  }

  /**
   * Closes the vault of a user whose app is removed: everything goes but what is to be taken back, and nothing comes in.
   * @returns `empty` where there is nothing to close
   */
  async close(): Promise<"closed" | "empty"> {
    const owner = this.owners.get();
    if (owner === null || !isEnrolled(owner)) return "empty";
    if (!this.closing.isClosed) {
      for (const { place } of this.slots.list()) {
        const removed = this.connectionsTable.remove(place);
        if (removed) {
          this.revocations.add({ ...removed, account: removed.facts.account?.id ?? null }, crypto.randomUUID(), 0);
        }
        this.wake(place);
      }
      for (const grant of this.grants.takeMoreThan(0)) this.giveUp(grant);
      for (const kept of [
        this.pending,
        this.connectSessions,
        this.sessions,
        this.requests,
        this.labelsTable,
        this.eventsTable,
        this.outboxTable,
        this.hourlyCalls,
        this.calls,
        this.approvals,
      ]) {
        kept.clear();
      }
      this.closing.close(this.revocations.count());
    }
    await this.arm();
    return "closed";
  }

  /** Takes a closed vault away, once nothing has to be taken back any more. */
  async erase(): Promise<void> {
    if (this.closing.isClosed && this.revocations.nextAt() === null) await this.wipe();
  }

  /** Takes everything out, tables and all, before anybody else comes in. */
  protected async wipe(): Promise<void> {
    const emptied = this.ctx.storage.deleteAll();
    this.sql.forget();
    await emptied;
    await this.ctx.storage.deleteAlarm();
  }
}
