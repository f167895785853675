/**
 * What a vault keeps beside connections: whose it is, what was started and not finished, the sessions that lead to it, and
 * the records of an app. Each method is one synchronous piece of SQL.
 */
import { DurableObject } from "cloudflare:workers";
import { OwnerRecord, type Owner } from "./owner.ts";
import { PendingTable, type ClaimOutcome, type OpenOutcome, type PendingAuthorization } from "./pending.ts";
import { RecordTable, type StoredRecord } from "./records.ts";
import { VaultSql } from "./vault-sql.ts";
import { SessionTable, type ListedKey, type ListedKind, type SessionFacts } from "./sessions.ts";

export abstract class VaultStore extends DurableObject<Env> {
  protected readonly sql: VaultSql;
  protected readonly owners: OwnerRecord;
  protected readonly pending: PendingTable;
  protected readonly sessions: SessionTable;
  protected readonly recordsTable: RecordTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.sql = new VaultSql(context.storage.sql);
    this.owners = new OwnerRecord(this.sql);
    this.pending = new PendingTable(this.sql);
    this.sessions = new SessionTable(this.sql);
    this.recordsTable = new RecordTable(this.sql);
  }

  /** Sets the alarm to the first thing to come. */
  protected abstract arm(): Promise<void>;

  /** Notes whose vault this is. */
  async own(owner: Owner): Promise<void> {
    this.owners.set(owner);
    await this.arm();
  }

  owner(): Owner | null {
    return this.owners.get();
  }

  setListed(): void {
    this.owners.setListed();
  }

  async begin(owner: Owner, pending: PendingAuthorization): Promise<void> {
    this.owners.set(owner);
    this.pending.begin(pending);
    await this.arm();
  }

  openLink(state_digest: string, browser_digest: string): OpenOutcome {
    return this.pending.open(state_digest, browser_digest);
  }

  claim(state_digest: string, browser_digest: string): ClaimOutcome {
    return this.pending.claim(state_digest, browser_digest);
  }

  /** @returns false where there are as many of this kind as one user may have */
  async addSession(digest: string, facts: SessionFacts): Promise<boolean> {
    const isAdded = this.sessions.add(digest, facts);
    await this.arm();
    return isAdded;
  }

  renewSession(digest: string, expires_at: number): boolean {
    return this.sessions.renew(digest, expires_at);
  }

  session(digest: string): SessionFacts | null {
    return this.sessions.use(digest);
  }

  keys(kind: ListedKind): ListedKey[] {
    return this.sessions.keys(kind);
  }

  endSession(digest: string): { readonly others: boolean } {
    return this.sessions.end(digest);
  }

  record(kind: string, id: string): string | null {
    return this.recordsTable.find(kind, id);
  }

  /** All of a kind; null: of every kind. */
  records(kind: string | null): StoredRecord[] {
    return this.recordsTable.list(kind);
  }

  swapRecord(kind: string, id: string, from: string | null, to: string | null): boolean {
    return this.recordsTable.swap(kind, id, from, to);
  }
}
