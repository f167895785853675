/**
 * Two vaults of one person become one: what this browser has connected by itself goes to the vault that a passkey opens.
 *
 * One row here decides that it goes, and where. From then on this vault leads no refresh and gives nothing up, and a Worker
 * takes each connection over once no refresh of it is under way: it seals it for the other vault, has it put in there, which
 * is done once however often it is asked, and then taken out here, where it is still that version. A refresh that comes home
 * in between makes another version, which goes after the first. So a connection is in one of the two or in both, and never in none.
 */
import type { ActivityEvent } from "../../api.ts";
import { lostHolder, type StoredConnection, type Version } from "./connection-row.ts";
import { integrationOf } from "../place.ts";
import { MovingRecord } from "./moving.ts";
import type { Wanted } from "./placing.ts";
import { TakenTable, isTaken, type Move } from "./taken.ts";
import { VaultTaking } from "./vault-taking.ts";
import type { Placed, Refused, StoreOutcome } from "./vault-revoking.ts";

/** Connections that are handed over in one go: each takes a few calls, and a Worker has a bound on those. */
const PAGE = 20;

/** A connection that is to go, with all that is kept of it. */
export interface Departing extends StoredConnection {
  /** JSON of `Labels`. */
  readonly labels: string;
  /** Oldest first. */
  readonly activity: readonly ActivityEvent[];
}

/** It has come before, or what is here is better. */
interface NotWanted {
  readonly outcome: "spent";
}

/** Whose account it is decides, and one that nobody knows is another's than what is here. */
const BESIDE: Wanted = { as: "new" };

export abstract class VaultMoving extends VaultTaking {
  protected readonly moving: MovingRecord;
  readonly #taken: TakenTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.moving = new MovingRecord(this.sql);
    this.#taken = new TakenTable(this.sql);
  }

  /** Whether what is here goes elsewhere. */
  protected get isMoving(): boolean {
    return this.moving.user !== null;
  }

  /**
   * Says that all that is here goes to the vault of another user; nothing but that leads here any more.
   * @returns the user it goes to: the one that was said first; null where there is nothing to go
   */
  async move(user: string): Promise<string | null> {
    if (!this.isOpen || this.connections().length === 0) return this.moving.user;
    this.moving.begin(user);
    this.sessions.clear();
    this.passkeysTable.clear();
    await this.arm();
    return this.moving.user;
  }

  /** What can go now, and to whom; null where it stays. */
  departing(): { readonly user: string; readonly connections: readonly Departing[] } | null {
    const { user } = this.moving;
    if (user === null) return null;
    const now = Date.now();
    const ready = this.connections().flatMap((connection) => {
      const until = this.connectionsTable.leaseUntil(connection.place);
      if (until !== null && until > now) return [];
      // A refresh that ended without a word may have renewed the tokens: whoever refreshes next is to know.
      const failure = until === null ? connection.failure : lostHolder(now, connection.facts.client ?? "");
      const labels = this.labelsTable.text(connection.place);
      return [{ ...connection, failure, labels, activity: this.eventsTable.list(connection.place).toReversed() }];
    });
    return { user, connections: ready.slice(0, PAGE) };
  }

  /**
   * Takes out what has been taken over, where it is still that version.
   * @returns whether it is gone; otherwise it is to be taken over anew
   */
  async departed(place: string, version: Version): Promise<boolean> {
    const held = this.connectionsTable.find(place);
    if (held && (held.epoch !== version.epoch || held.generation !== version.generation)) return false;
    if (held) {
      this.connectionsTable.remove(place);
      this.labelsTable.remove(place);
      this.note(place, "taken_along");
      this.eventsTable.dropLeft();
      this.touch(place);
      this.wake(place);
    }
    await this.arm();
    return true;
  }

  /**
   * Where a connection of another vault goes: where it went before, if it has come already.
   * @param proposed a place for it that was told before
   */
  placeTaken(
    move: Move,
    departing: Pick<Departing, "facts" | "status">,
    proposed?: string,
  ): Placed | Refused | NotWanted {
    const taken = this.#taken.find(move);
    if (taken && isTaken(taken, move)) return { outcome: "spent" };
    const integration = integrationOf(move.from);
    const account = departing.facts.account?.id ?? null;
    const wanted: Wanted = taken ? { as: "renew", place: taken.place } : BESIDE;
    const placed = this.place(integration, account, wanted, proposed);
    const held = placed.outcome === "placed" ? this.connectionsTable.find(placed.place) : null;
    const isBetter = held?.status === "connected" && departing.status !== "connected";
    return isBetter ? { outcome: "spent" } : placed;
  }

  /** Takes over a connection of another vault, once; refused where others have come in since. */
  async take(
    move: Move,
    place: string,
    version: Version,
    sealed: string,
    departing: Omit<Departing, "sealed">,
  ): Promise<StoreOutcome | NotWanted> {
    const placed = this.placeTaken(move, departing, place);
    if (placed.outcome !== "placed") return placed;
    const { facts, labels, activity } = departing;
    const replaced = this.connectionsTable.find(place);
    const standing = this.slots.standing(place, facts.account, replaced ?? departing);
    if (placed.place !== place || this.connectionsTable.store(place, version, sealed, facts, standing) === "outdated") {
      return { ...placed, outcome: "outdated" };
    }
    this.connectionsTable.carryOver(place, departing);
    this.#taken.note(move, place);
    if (!replaced) {
      this.labelsTable.setText(place, labels);
      for (const event of activity) this.eventsTable.put(place, event);
    }
    this.note(place, "taken_along");
    this.touch(place);
    this.wake(place);
    await this.arm();
    return { outcome: "stored", replaced, is_default: standing.is_default };
  }
}
