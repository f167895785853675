/**
 * What a vault knows of its connections and tells of them: their state, what happened, what the app noted of each, and what
 * is still to be told outside.
 */
import type { ActivityEvent } from "../../api.ts";
import { ConnectionChange } from "../../api-connections.ts";
import type { ConnectionEventType } from "../../api-events.ts";
import { connectionId, ownPicture, vaultNameOfBefore, type ConnectionFacts } from "../connection.ts";
import type { StoredConnection, Version } from "./connection-row.ts";
import { ConnectionTable } from "./connections.ts";
import { EventTable } from "./events.ts";
import { LabelTable } from "./labels.ts";
import { integrationOf, type AddressBook } from "../place.ts";
import { Slots } from "./slots.ts";
import { Outbox, type Attempt, type EventLine, type Unindexed } from "./outbox.ts";
import { Upkeep } from "./upkeep.ts";
import { VaultJobs } from "./vault-jobs.ts";

/** A connection with what its app notes of it, and the revision of both. */
export interface IndexLine extends Unindexed {
  readonly connection: StoredConnection | null;
  /** JSON of `Labels`. */
  readonly labels: string;
}

/** What of a connection's activity its app is told. */
const ANNOUNCED: Partial<Record<ActivityEvent["type"], ConnectionEventType>> = {
  connected: "connection.created",
  reconnected: "connection.reconnected",
  reauth_required: "connection.reauth_required",
  disconnected: "connection.disconnected",
  made_default: "connection.default_changed",
};

/** In this time a Worker that has changed a connection has written its line, if it is still there. */
const WRITTEN_BY_WORKER_MS = 60_000;

export abstract class VaultLedger extends VaultJobs {
  protected readonly connectionsTable: ConnectionTable;
  protected readonly slots: Slots;
  protected readonly upkeep: Upkeep;
  protected readonly eventsTable: EventTable;
  protected readonly labelsTable: LabelTable;
  protected readonly outboxTable: Outbox;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.connectionsTable = new ConnectionTable(this.sql);
    this.slots = new Slots(this.sql);
    this.upkeep = new Upkeep(this.sql);
    this.eventsTable = new EventTable(this.sql);
    this.labelsTable = new LabelTable(this.sql);
    this.outboxTable = new Outbox(this.sql);
  }

  /** The connection that an address leads to. */
  connection(address: string): StoredConnection | null {
    return this.connectionsTable.find(this.slots.resolve(address));
  }

  connections(): StoredConnection[] {
    return this.slots.list();
  }

  connectionsAt(integration: string): StoredConnection[] {
    return this.slots.at(integration);
  }

  /** Every connection with JSON of its `Labels`. */
  described(): (StoredConnection & { readonly labels: string })[] {
    return this.connections().map((one) => ({ ...one, labels: this.labelsTable.text(one.place) }));
  }

  /** What every connection is called, for those that are asked for by that. */
  addresses(): AddressBook {
    return this.slots.list().map(({ place, label }) => ({ place, label }));
  }

  activity(address: string): ActivityEvent[] {
    return this.eventsTable.list(this.slots.resolve(address));
  }

  /** Whether something was ever connected here, or there is a key or a passkey: what somebody would come back for. */
  isUsed(): boolean {
    return !this.eventsTable.isEmpty() || this.sessions.keys("key").length > 0 || this.passkeysTable.count() > 0;
  }

  /** The version of what is there, null where nothing is, and whether this vault is in the list of vaults. */
  standing(address: string): {
    readonly version: (Version & { readonly place: string }) | null;
    readonly isListed: boolean;
  } {
    const connection = this.connection(address);
    // What was given up keeps its version, and no copy of it may be left.
    const isGivenUp = connection?.failure?.reason === "token_rejected";
    const version =
      connection && !isGivenUp
        ? { place: connection.place, epoch: connection.epoch, generation: connection.generation }
        : null;
    return { version, isListed: this.owners.isListed() };
  }

  /** Puts better known tokens and facts in the place of those of this very version. */
  async amend(place: string, version: Version, sealed: string, facts: ConnectionFacts): Promise<void> {
    this.connectionsTable.amend(place, version, sealed, facts);
    this.touch(place);
    await this.arm();
  }

  /** Whether to ask the provider if a refused token still counts. */
  claimCheck(place: string, version: Version): boolean {
    return this.connectionsTable.claimCheck(place, version);
  }

  /** Notes what a call was refused for want of. */
  refuseScopes(place: string, epoch: number, scopes: readonly string[]): void {
    this.connectionsTable.refuseScopes(place, epoch, scopes);
  }

  /** JSON of `Labels`. */
  labels(address: string): string {
    return this.labelsTable.text(this.slots.resolve(address));
  }

  /**
   * @param change JSON of a `ConnectionChange`
   * @returns `none` where there is no such connection, `taken` for another one's label
   */
  async change(place: string, change: string): Promise<"changed" | "none" | "taken"> {
    if (!this.connectionsTable.find(place)) return "none";
    const { label, default: toDefault, metadata, tags } = ConnectionChange.parse(JSON.parse(change));
    if (label !== undefined && !this.slots.rename(place, label)) return "taken";
    if (metadata || tags) this.labelsTable.set(place, { metadata, tags });
    if (toDefault && this.slots.setDefault(place)) this.#noteDefault(place);
    this.touch(place);
    await this.arm();
    return "changed";
  }

  /** Has the oldest take the place of a default that has gone. */
  protected mendDefault(integration: string): void {
    const place = this.slots.mendDefault(integration);
    if (place !== null) this.#noteDefault(place);
  }

  #noteDefault(place: string): void {
    this.note(place, "made_default");
    // The lines of the others say that they are not.
    for (const one of this.slots.at(integrationOf(place))) this.touch(one.place);
  }

  noteReplay(place: string): void {
    if (this.isOpen) this.eventsTable.add(place, "replayed");
  }

  /** The lines of the index to write. @param all the written ones too */
  async indexLines(all: boolean): Promise<IndexLine[]> {
    const lines = this.outboxTable.unindexed(Date.now(), all);
    await this.arm();
    return lines.map((line) => ({
      ...line,
      connection: this.connectionsTable.find(line.place),
      labels: this.labelsTable.text(line.place),
    }));
  }

  async setIndexed(lines: readonly Unindexed[]): Promise<void> {
    for (const line of lines) {
      const isLeft = line.place !== integrationOf(line.place) && !this.connectionsTable.find(line.place);
      if (isLeft) this.outboxTable.dropLine(line);
      else this.outboxTable.setIndexed(line);
    }
    await this.arm();
  }

  /**
   * Notes how it went to tell webhooks of an event.
   * @param attempts all that were made at once; none: there is no webhook that asks for it
   */
  async settleEvent(id: string, attempts: readonly Attempt[]): Promise<EventLine | null> {
    const settled = this.outboxTable.settle(id, attempts);
    await this.arm();
    return settled;
  }

  async event(id: string): Promise<EventLine | null> {
    return this.outboxTable.find(id);
  }

  /** @param webhooks the names of those that are to be told again */
  async replayEvent(id: string, webhooks: readonly string[]): Promise<EventLine | null> {
    const line = this.outboxTable.replay(id, webhooks);
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
    place: string,
    type: ActivityEvent["type"],
    reason: string | null = null,
    connection = this.connectionsTable.find(place),
  ): void {
    if (!this.isOpen) return;
    this.eventsTable.add(place, type, reason);
    const announced = ANNOUNCED[type];
    if (announced) this.announce(place, announced, reason, connection);
  }

  protected announce(
    place: string,
    type: ConnectionEventType,
    reason: string | null,
    connection = this.connectionsTable.find(place),
  ): void {
    const owner = this.owners.get();
    if (!owner) return;
    this.touch(place);
    if (owner.by_session) return;
    const { app, user, handle } = owner;
    const id = connectionId({ app, user, place }, handle);
    this.outboxTable.add(handle ?? vaultNameOfBefore(app, user), {
      type,
      timestamp: new Date().toISOString(),
      data: {
        connection: id,
        user,
        integration: integrationOf(place),
        label: connection?.label ?? null,
        account: connection && ownPicture(connection.facts.account, id),
        reason,
      },
    });
  }

  /**
   * Has a connection's line written outside: with the app's next events, or for the page's users, who have none, by who
   * changed it, and by an alarm only where that was lost.
   */
  protected touch(place: string): void {
    if (this.isOpen) this.outboxTable.touch(place, this.owners.get()?.by_session ? WRITTEN_BY_WORKER_MS : 0);
  }
}
