/**
 * What an app's own vault is asked for beside its keys: the app's records, the vaults of its users, and the end of it all.
 *
 * A removal begins with one row here, and is decided by it: no key, no session, no record and no user's vault gets past it.
 * What is left is found through this vault, and done by its alarm.
 */
import type { LoggedRequest, RequestFilter } from "../../api-requests.ts";
import type { TakenBack } from "./closing.ts";
import { MemberTable } from "./members.ts";
import type { Enrolment } from "./owner.ts";
import { RecordTable, type StoredRecord } from "./records.ts";
import { RemovalRecord, type Removal, type Search } from "./removal.ts";
import { RequestLog } from "./request-log.ts";
import { VaultPasskeys } from "./vault-passkeys.ts";

/** What the removal of an app looks like from outside. */
export interface RemovalState extends Removal {
  readonly users_left: number;
}

export abstract class VaultApp extends VaultPasskeys {
  protected readonly recordsTable: RecordTable;
  protected readonly removal: RemovalRecord;
  readonly #members: MemberTable;
  readonly #requestLog: RequestLog;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.recordsTable = new RecordTable(this.sql);
    this.#members = new MemberTable(this.sql);
    this.removal = new RemovalRecord(this.sql, this.#members);
    this.#requestLog = new RequestLog(this.sql);
  }

  protected override get isOpen(): boolean {
    return super.isOpen && !this.removal.isBegun;
  }

  record(kind: string, id: string): string | null {
    return this.recordsTable.find(kind, id);
  }

  /** Records of a kind, or of every kind, in order. @param after where a page before has ended */
  records(kind: string | null, limit: number, after: Pick<StoredRecord, "kind" | "id"> | null = null): StoredRecord[] {
    return this.recordsTable.page(kind, limit, after);
  }

  /** @returns `closed` where the app is removed: what there is may go, and nothing new comes */
  swapRecord(kind: string, id: string, from: string | null, to: string | null): "done" | "changed" | "closed" {
    if (to !== null && this.removal.isBegun) return "closed";
    return this.recordsTable.swap(kind, id, from, to) ? "done" : "changed";
  }

  /** Puts the same records in under another key; those where something else is by now stay. */
  resealRecords(resealed: readonly (StoredRecord & { readonly to: string })[]): void {
    for (const { kind, id, sealed, to } of resealed) this.recordsTable.swap(kind, id, sealed, to);
  }

  /** Notes requests of the app, unless it is none or is removed. @param requests at most `AT_ONCE` */
  logRequests(requests: readonly LoggedRequest[]): void {
    if (this.isOpen) this.#requestLog.add(requests);
  }

  /** The newest first. @param before when that was, and its id, after which a page goes on */
  loggedRequests(
    filter: RequestFilter,
    limit: number,
    before: readonly [at: string, id: string] | null,
  ): LoggedRequest[] {
    return this.#requestLog.list(filter, limit, before);
  }

  /** Notes the vault of a user before anything is put into it; null where the app is removed, or there is none. */
  enrol(vault: string): Enrolment | null {
    return this.isOpen ? this.#members.add(vault) : null;
  }

  /** Vaults of users. @param after where a page before has ended */
  members(after: string, limit: number): string[] {
    return this.#members.page(after, limit);
  }

  /** Whether there may be users whose vaults were not noted. */
  mayHaveOthers(): boolean {
    return this.owners.isFromBefore();
  }

  /** Notes that a user's vault has emptied itself. */
  leave(vault: string, enrolment: string): void {
    this.#members.remove(vault, enrolment);
  }

  /**
   * Removes the app whose record that is: at once for its keys, by and by for all that it has. Asked again, it is the same
   * removal. @returns null where there is no app
   */
  async removeApp(kind: string, id: string): Promise<RemovalState | null> {
    const app = this.recordsTable.find(kind, id);
    if (!this.removal.isBegun && app !== null) {
      this.removal.begin(app, this.owners.isFromBefore());
      this.recordsTable.swap(kind, id, app, null);
      this.sessions.clear();
      this.requests.clear();
      this.hourlyCalls.clear();
      this.#requestLog.clear();
      await this.arm();
    }
    return this.removalState();
  }

  /** null: the app is not removed, or that was long ago. */
  removalState(): RemovalState | null {
    const removal = this.removal.get();
    return removal && { ...removal, users_left: this.#members.count() };
  }

  /** The sealed record of an app that is being removed. */
  removedApp(): string | null {
    return this.removal.app();
  }

  /** Notes that a page was looked through for vaults of users. @param next null after the last */
  async setSearched(page: Search, found: readonly string[], next: Search | null): Promise<void> {
    if (!this.removal.isBegun) return;
    this.#members.addFound(found);
    this.removal.setSearched(page, found.length > 0, next);
    await this.arm();
  }

  /** Notes that a user's vault is at its end. @param taken null: it was empty */
  async setUserDone(vault: string, taken: TakenBack | null): Promise<void> {
    if (this.removal.isBegun && this.#members.removeClosed(vault)) this.removal.countUser(taken);
    await this.arm();
  }

  /** Takes out a few records of an app that is removed. @returns them; none where nothing is left */
  leftRecords(limit: number): StoredRecord[] {
    return this.removal.isBegun ? this.recordsTable.page(null, limit, null) : [];
  }

  /** Notes that nothing of the app is left. */
  async endRemoval(): Promise<void> {
    this.removal.end();
    await this.arm();
  }
}
