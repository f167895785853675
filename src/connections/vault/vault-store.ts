/**
 * What a vault keeps beside connections: whose it is, what was started and not finished, and the sessions that lead to it.
 * Each method is one synchronous piece of SQL.
 */
import { DurableObject } from "cloudflare:workers";
import type { UsedFrom } from "../../api.ts";
import { DEFAULT_APP } from "../connection.ts";
import type { RecordedCall } from "../../api-calls.ts";
import { CallRecord, type KeptCalls } from "./call-record.ts";
import { ClosingRecord } from "./closing.ts";
import { HourlyCallTable, type TakenCalls } from "./hourly-calls.ts";
import { OwnerRecord, isEnrolled, type Enrolment, type Owner } from "./owner.ts";
import { PendingTable, type ClaimOutcome, type OpenOutcome, type PendingAuthorization } from "./pending.ts";
import { RequestTable, type ClaimedRequest } from "./requests.ts";
import { VaultSql } from "./vault-sql.ts";
import { SessionTable, type ListedKey, type ListedKind, type SessionFacts } from "./sessions.ts";

/**
 * Whether a vault takes anything in: `unknown` where the app's own vault has not noted it yet, `closed` where the app is
 * removed.
 */
export type Entry = "open" | "unknown" | "closed";

export abstract class VaultStore extends DurableObject<Env> {
  protected readonly sql: VaultSql;
  protected readonly owners: OwnerRecord;
  protected readonly closing: ClosingRecord;
  protected readonly pending: PendingTable;
  protected readonly sessions: SessionTable;
  protected readonly requests: RequestTable;
  protected readonly hourlyCalls: HourlyCallTable;
  protected readonly calls: CallRecord;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.sql = new VaultSql(context.storage.sql);
    this.owners = new OwnerRecord(this.sql);
    this.closing = new ClosingRecord(this.sql);
    this.pending = new PendingTable(this.sql);
    this.sessions = new SessionTable(this.sql);
    this.requests = new RequestTable(this.sql);
    this.hourlyCalls = new HourlyCallTable(this.sql);
    this.calls = new CallRecord(this.sql);
  }

  /** Sets the alarm to the first thing to come. */
  protected abstract arm(): Promise<void>;

  /** Notes whose vault this is. @param enrolment that the app's own vault has noted it, where that was to be asked */
  async own(owner: Owner, enrolment: Enrolment | null = null): Promise<Entry> {
    const entry = this.enter(owner, enrolment);
    await this.arm();
    return entry;
  }

  protected enter(owner: Owner, enrolment: Enrolment | null): Entry {
    if (this.closing.isClosed) return "closed";
    const isNoted = !isEnrolled(owner) || this.owners.enrolment() !== null;
    // One that counted long ago may be of an app that was removed since, and of a vault that was erased with it.
    if (!isNoted && (enrolment === null || enrolment.until <= Date.now())) return "unknown";
    this.owners.set(owner, enrolment);
    return "open";
  }

  /** Whether anything may be put in: not before it is known whose vault this is, nor after it was closed. */
  protected get isOpen(): boolean {
    const owner = this.owners.get();
    return owner !== null && !this.closing.isClosed && (!isEnrolled(owner) || this.owners.enrolment() !== null);
  }

  owner(): Owner | null {
    return this.owners.get();
  }

  /** Whether this vault is in the list of vaults, as far as it knows. */
  isListed(): boolean {
    return this.owners.isListed();
  }

  setListed(): void {
    this.owners.setListed();
  }

  async begin(owner: Owner, pending: PendingAuthorization, enrolment: Enrolment | null = null): Promise<Entry> {
    const entry = this.enter(owner, enrolment);
    if (entry === "open") this.pending.begin(pending);
    await this.arm();
    return entry;
  }

  openLink(state_digest: string, browser_digest: string): OpenOutcome {
    return this.pending.open(state_digest, browser_digest);
  }

  /** @param by names the attempt */
  claim(state_digest: string, browser_digest: string, by: string): ClaimOutcome {
    return this.pending.claim(state_digest, browser_digest, by);
  }

  /** @returns `too_many` where there are as many of this kind as one user may have; `closed` where the app is removed */
  async addSession(digest: string, facts: SessionFacts): Promise<"added" | "too_many" | "closed"> {
    // A browser has its session before its vault has an owner.
    if (facts.app !== DEFAULT_APP && !this.isOpen) return "closed";
    const isAdded = this.sessions.add(digest, facts);
    await this.arm();
    return isAdded ? "added" : "too_many";
  }

  /** Takes calls of a key's hour, as many as there are left of those that are wanted. */
  takeCalls(key: string, calls_per_hour: number, wanted: number): TakenCalls {
    return this.hourlyCalls.take(key, calls_per_hour, wanted);
  }

  /** Writes calls down, where there is anybody whose they are. @param dropped calls before these that are missing */
  recordCalls(calls: readonly RecordedCall[], dropped: number): void {
    if (this.isOpen) this.calls.add(calls, dropped);
  }

  recordedCalls(): KeptCalls {
    return this.calls.list();
  }

  /**
   * Begins a request of the caller's, once.
   * @param key digest of its `Idempotency-Key`
   * @param request digest of what is asked
   * @param by names the caller's attempt, so that this bears repeating
   */
  async claimRequest(key: string, request: string, by: string): Promise<ClaimedRequest> {
    const claimed = this.requests.claim(key, request, by);
    await this.arm();
    return claimed;
  }

  /** Keeps what it was answered. @param answer sealed */
  async settleRequest(key: string, request: string, answer: string): Promise<void> {
    this.requests.settle(key, request, answer);
    await this.arm();
  }

  /** It came to nothing, and may be made again. @param by the attempt */
  releaseRequest(key: string, by: string): void {
    this.requests.release(key, by);
  }

  renewSession(digest: string, expires_at: number): boolean {
    return this.sessions.renew(digest, expires_at);
  }

  /** @param from where it is used from; null: not by whoever holds it, or that is not known */
  session(digest: string, from: UsedFrom | null = null): SessionFacts | null {
    return this.sessions.use(digest, from);
  }

  keys(kind: ListedKind): ListedKey[] {
    return this.sessions.keys(kind);
  }

  endSession(digest: string): { readonly others: boolean } {
    return this.sessions.end(digest);
  }
}
