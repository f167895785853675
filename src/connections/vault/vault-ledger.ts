/**
 * What a vault knows of its connections and tells of them: their state, what happened, what the app noted of each, and what
 * is still to be told outside.
 */
import type { Account, ActivityEvent } from "../../api.ts";
import { LabelsChange } from "../../api-connections.ts";
import { type EventType } from "../../api-events.ts";
import { connectionId, vaultNameOfBefore, type ConnectionFacts } from "../connection.ts";
import type { StoredConnection, Version } from "./connection-row.ts";
import { ConnectionTable } from "./connections.ts";
import { EventTable } from "./events.ts";
import { LabelTable } from "./labels.ts";
import { Outbox, type EventLine, type Unindexed } from "./outbox.ts";
import { VaultApp } from "./vault-app.ts";

/** A connection with what its app notes of it, and the revision of both. */
export interface IndexLine extends Unindexed {
  readonly connection: StoredConnection | null;
  /** JSON of `Labels`. */
  readonly labels: string;
}

/** What of a connection's activity its app is told. */
const ANNOUNCED: Partial<Record<ActivityEvent["type"], EventType>> = {
  connected: "connection.created",
  reconnected: "connection.reconnected",
  reauth_required: "connection.reauth_required",
  disconnected: "connection.disconnected",
};

export abstract class VaultLedger extends VaultApp {
  protected readonly connectionsTable: ConnectionTable;
  protected readonly eventsTable: EventTable;
  protected readonly labelsTable: LabelTable;
  protected readonly outboxTable: Outbox;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.connectionsTable = new ConnectionTable(this.sql);
    this.eventsTable = new EventTable(this.sql);
    this.labelsTable = new LabelTable(this.sql);
    this.outboxTable = new Outbox(this.sql);
  }

  connection(integration: string): StoredConnection | null {
    return this.connectionsTable.find(integration);
  }

  connections(): StoredConnection[] {
    return this.connectionsTable.list();
  }

  activity(integration: string): ActivityEvent[] {
    return this.eventsTable.list(integration);
  }

  /** Whether something was ever connected here, or there is a key: what somebody would come back for. */
  isUsed(): boolean {
    return !this.eventsTable.isEmpty() || this.sessions.keys("key").length > 0;
  }

  /** The version of what is there, null where nothing is, and whether this vault is in the list of vaults. */
  standing(integration: string): { readonly version: Version | null; readonly isListed: boolean } {
    const connection = this.connectionsTable.find(integration);
    const version = connection && { epoch: connection.epoch, generation: connection.generation };
    return { version, isListed: this.owners.isListed() };
  }

  /** Puts better known tokens and facts in the place of those of this very version. */
  async amend(integration: string, version: Version, sealed: string, facts: ConnectionFacts): Promise<void> {
    this.connectionsTable.amend(integration, version, sealed, facts);
    this.touch(integration);
    await this.arm();
  }

  /** Whether to ask the provider if a refused token still counts. */
  claimCheck(integration: string, version: Version): boolean {
    return this.connectionsTable.claimCheck(integration, version);
  }

  /** Notes whose account a grant is for, unless another grant has replaced it since. */
  async setAccount(integration: string, { epoch }: Version, account: Account): Promise<void> {
    this.connectionsTable.setAccount(integration, epoch, account);
    this.touch(integration);
    await this.arm();
  }

  /** JSON of `Labels`. */
  labels(integration: string): string {
    return this.labelsTable.text(integration);
  }

  /** @param change JSON of some of `Labels`. @returns false where there is no connection to note anything of */
  async setLabels(integration: string, change: string): Promise<boolean> {
    if (!this.connectionsTable.find(integration)) return false;
    this.labelsTable.set(integration, LabelsChange.parse(JSON.parse(change)));
    this.touch(integration);
    await this.arm();
    return true;
  }

  noteReplay(integration: string): void {
    if (this.isOpen) this.eventsTable.add(integration, "replayed");
  }

  /** Notes that another account has taken the place of the one before. */
  noteReplaced(integration: string, accounts: NonNullable<ActivityEvent["accounts"]>): void {
    if (this.isOpen) this.eventsTable.add(integration, "account_replaced", null, accounts);
  }

  /** The lines of the index to write. @param all the written ones too */
  async indexLines(all: boolean): Promise<IndexLine[]> {
    const lines = this.outboxTable.unindexed(Date.now(), all);
    await this.arm();
    return lines.map((line) => ({
      ...line,
      connection: this.connectionsTable.find(line.integration),
      labels: this.labelsTable.text(line.integration),
    }));
  }

  async setIndexed(lines: readonly Unindexed[]): Promise<void> {
    for (const line of lines) this.outboxTable.setIndexed(line);
    await this.arm();
  }

  /**
   * Notes how an attempt to deliver an event went.
   * @param status of the answer; null: there was none
   * @param retry_after seconds that the receiver has asked for
   */
  async settleEvent(
    id: string,
    outcome: "delivered" | "refused" | "none",
    status: number | null,
    retry_after: number | null = null,
  ): Promise<EventLine | null> {
    const settled = this.outboxTable.settle(id, outcome, status, retry_after);
    await this.arm();
    return settled;
  }

  async replayEvent(id: string): Promise<EventLine | null> {
    const line = this.outboxTable.replay(id);
    await this.arm();
    return line;
  }

  /** Notes that an event is in the list as of this revision. */
  async setEventListed(id: string, revision: number): Promise<void> {
    this.outboxTable.setListed(id, revision);
    await this.arm();
  }

  /** Notes what happened, and tells the app what it is to know. */
  protected note(
    integration: string,
    type: ActivityEvent["type"],
    reason: string | null = null,
    connection = this.connectionsTable.find(integration),
  ): void {
    if (!this.isOpen) return;
    this.eventsTable.add(integration, type, reason);
    const announced = ANNOUNCED[type];
    if (announced) this.announce(integration, announced, reason, connection);
  }

  protected announce(
    integration: string,
    type: EventType,
    reason: string | null,
    connection = this.connectionsTable.find(integration),
  ): void {
    const owner = this.owners.get();
    if (!owner || owner.by_session) return;
    const { app, user, handle } = owner;
    this.outboxTable.add(handle ?? vaultNameOfBefore(app, user), {
      type,
      timestamp: new Date().toISOString(),
      data: {
        connection: connectionId({ app, user, integration }, handle),
        user,
        integration,
        account: connection?.facts.account ?? null,
        reason,
      },
    });
    this.touch(integration);
  }

  /** The page's own users are in no list but their own. */
  protected touch(integration: string): void {
    if (this.isOpen && this.owners.get()?.by_session === false) this.outboxTable.touch(integration);
  }
}
