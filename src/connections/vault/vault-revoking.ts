/**
 * What is to be taken back: grants that wait for an app, connections that are given up, and all of a user's when their app is
 * removed. Tokens leave a vault by one way only, through the queue of revocations.
 */
import { BOUNDS } from "../../bounds.ts";
import type { ConnectionFacts } from "../connection.ts";
import { UNADOPTED, type StoredConnection, type Version } from "./connection-row.ts";
import { GrantTable, type PendingGrant } from "./grants.ts";
import { isEnrolled, type Enrolment, type Owner } from "./owner.ts";
import { RevocationTable, type Revocation } from "./revocations.ts";
import { VaultLedger } from "./vault-ledger.ts";
import type { Entry } from "./vault-store.ts";

export type StoreOutcome =
  | { readonly outcome: "stored"; readonly replaced: StoredConnection | null }
  | ({ readonly outcome: "outdated" } & Version)
  /** Another account than this grant's is connected, and nobody has said that it is to make room. */
  | { readonly outcome: "other_account" }
  /** `closed`: the app is removed. `full`: there is as much of this user's as there may be. */
  | { readonly outcome: "closed" | "full" };

export abstract class VaultRevoking extends VaultLedger {
  protected readonly revocations: RevocationTable;
  protected readonly grants: GrantTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.revocations = new RevocationTable(this.sql);
    this.grants = new GrantTable(this.sql);
  }

  abstract store(
    integration: string,
    version: Version,
    sealed: string,
    facts: ConnectionFacts,
    replace: boolean,
  ): Promise<StoreOutcome>;

  /** Lets those go on who wait for the integration to be decided anew. */
  protected abstract wake(integration: string): void;

  /** Keeps a grant until its app says whose it is. One that comes when the app is removed is taken back. */
  async keepGrant(owner: Owner, grant: PendingGrant, enrolment: Enrolment | null = null): Promise<Entry> {
    const entry = this.enter(owner, enrolment);
    if (entry === "open") {
      this.grants.add(grant);
      for (const oldest of this.grants.takeMoreThan(BOUNDS.grants)) this.#discard(oldest);
    }
    // Asked again, because the answer was lost on its way: it is done.
    if (entry === "closed" && !this.revocations.find(grant.code_digest)) {
      this.#discard(grant, grant.code_digest, 0);
      this.closing.addGrant();
    }
    await this.arm();
    return entry;
  }

  /** Whether another connection would be more than a user of an app may have, or leave more to be taken back. */
  protected isFull(integration: string): boolean {
    if (this.owners.get()?.by_session !== false || this.connectionsTable.find(integration)) return false;
    // One that is gone has left a row, which the integration goes on with.
    const others = this.sql.exec("SELECT 1 FROM connections WHERE integration <> ?", integration).toArray().length;
    return others >= BOUNDS.connections || this.revocations.count() >= BOUNDS.revocations;
  }

  grant(code_digest: string): PendingGrant | null {
    return this.grants.find(code_digest);
  }

  /** Makes a kept grant the connection, once; it stays kept where another account is connected. */
  async adoptGrant(
    code_digest: string,
    version: Version,
    sealed: string,
    replace = false,
  ): Promise<StoreOutcome | { outcome: "gone" }> {
    const grant = this.grants.find(code_digest);
    if (!grant) {
      // Asked again, because the answer was lost on its way: it is done.
      const isDone = this.connectionsTable.list().some((connection) => connection.sealed === sealed);
      return isDone ? { outcome: "stored", replaced: null } : { outcome: "gone" };
    }
    const stored = await this.store(grant.integration, version, sealed, grant.facts, replace);
    if (stored.outcome === "stored") this.grants.remove(code_digest);
    return stored;
  }

  /** Gives a kept grant up. @returns what is to be taken back */
  async refuseGrant(code_digest: string): Promise<Revocation | null> {
    const grant = this.grants.remove(code_digest);
    const revocation = grant && this.#discard(grant);
    await this.arm();
    return revocation;
  }

  /** Takes out what nobody has finished in time. */
  protected takeUnfinished(now: number): Revocation[] {
    return this.grants.takeExpired(now).map((grant) => this.#discard(grant));
  }

  #discard({ integration, sealed, facts }: PendingGrant, request: string = crypto.randomUUID(), wait?: number) {
    const account = facts.account?.id ?? null;
    return this.revocations.add({ integration, sealed, account, ...UNADOPTED }, request, wait);
  }

  /**
   * Takes the tokens out, for good, and keeps them aside until the provider has taken them back.
   * @param request the caller's own name for this, so that it bears repeating
   */
  async disconnect(integration: string, request: string): Promise<Revocation | null> {
    // Asked again, because the answer was lost on its way: it is done.
    const done = this.revocations.find(request);
    if (done) return done;
    const revocation = this.remove(integration, request);
    await this.arm();
    return revocation;
  }

  protected remove(integration: string, request: string): Revocation | null {
    const removed = this.connectionsTable.remove(integration);
    if (!removed) return null;
    this.note(integration, "disconnected", null, removed);
    this.labelsTable.remove(integration);
    this.wake(integration);
    return this.revocations.add({ ...removed, account: removed.facts.account?.id ?? null }, request);
  }

  /** Has a revocation tried again no sooner than that: milliseconds since 1970. */
  async postponeRevocation(id: number, until: number): Promise<void> {
    this.revocations.postpone(id, until);
    await this.arm();
  }

  /** Notes that a provider has taken a token back, or has no way to. */
  async revoked(id: number, confirmed: boolean): Promise<void> {
    const integration = this.revocations.remove(id);
    if (integration !== null && confirmed) this.closing.countRevoked();
    if (integration !== null && confirmed && this.isOpen) this.eventsTable.add(integration, "revoked");
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
      for (const { integration } of this.connectionsTable.list()) {
        const removed = this.connectionsTable.remove(integration);
        if (removed) {
          this.revocations.add({ ...removed, account: removed.facts.account?.id ?? null }, crypto.randomUUID(), 0);
        }
        this.wake(integration);
      }
      for (const grant of this.grants.takeMoreThan(0)) this.#discard(grant, grant.code_digest, 0);
      for (const kept of [this.pending, this.sessions, this.labelsTable, this.eventsTable, this.outboxTable]) {
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
