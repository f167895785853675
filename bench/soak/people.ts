/** The plain model: what each user of the soaked app has, and so what may be observed of it. */
import type { Grant } from "./grants.ts";
import { MANNERS, type Manner } from "./wire.ts";

/**
 * - `none`: never connected, or disconnected
 * - `live`: connected, and the provider's grant is as it was
 * - `ended`: connected, and the account has taken the grant back at the provider
 * - `doubt`: a change was begun whose answer nobody has heard
 */
export type State = "none" | "live" | "ended" | "doubt";

/** A user's account at one of the services, and the connection to it. */
export class Slot {
  readonly user: string;
  readonly manner: Manner;
  readonly account: string;
  state: State = "none";
  /** The last connection's id, also where it is gone. */
  connection: string | null = null;
  grant: Grant | null = null;
  /** When what is there now was acknowledged, in milliseconds of `performance.now()`. */
  changed_at = -Infinity;
  /** When the grant was brought in that stands there. */
  connected_at = -Infinity;
  /** When a refresh was forced last. */
  forced_at = -Infinity;
  isBusy = false;
  /** Moves on with each beginning and end of a change: what was observed across one is not judged. */
  mark = 0;

  constructor(user: string, manner: Manner, account: string) {
    this.user = user;
    this.manner = manner;
    this.account = account;
  }

  /** Lets one change happen at a time. */
  async change(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.mark += 1;
    try {
      await act();
    } finally {
      this.mark += 1;
      this.isBusy = false;
    }
  }

  become(state: State): void {
    this.state = state;
    this.changed_at = performance.now();
  }
}

/** A session that the app has made for a user. */
export interface UserSession {
  readonly key: string;
  readonly user: string;
  /** When its end was acknowledged; null while it lives, and NaN where nobody has heard. */
  ended_at: number | null;
  /** Calls with it that are on their way, and whether there were any when it ended. */
  inUse: number;
  wasInUse: boolean;
}

export class People {
  readonly slots: readonly Slot[];
  readonly sessions: UserSession[] = [];
  /** Users whose sessions are being ended, and how often any were. */
  readonly leaving = new Set<string>();
  left = 0;
  readonly #byUser: ReadonlyMap<string, readonly Slot[]>;
  /** Grants that were disconnected, and are to be taken back. */
  readonly retired: { readonly grant: Grant; readonly at: number }[] = [];

  constructor(count: number) {
    const users = Array.from({ length: count }, (_, number) => `user-${number + 1}`);
    this.slots = users.flatMap((user, number) =>
      MANNERS.map((manner) => new Slot(user, manner, `account-${number + 1}-${manner}`)),
    );
    this.#byUser = Map.groupBy(this.slots, ({ user }) => user);
  }

  of(user: string): readonly Slot[] {
    return this.#byUser.get(user) ?? [];
  }
}
