/**
 * Counts the calls that a grant lets pass in an hour. The vault counts; an isolate takes some of them ahead, so that most calls
 * ask nobody. Never more pass than were granted; some fewer do where an isolate ends with what it has taken.
 */
import { AppError } from "../errors.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { Remembered } from "../remembered.ts";
import type { Count } from "./held-grant.ts";

/** Calls that this isolate may let pass yet, until the hour ends. */
export interface Ahead {
  left: number;
  readonly until: number;
}

/** A part of the hour's calls that nobody misses where it is lost. */
const SHARE = 1 / 20;
const MOST_AHEAD = 100;

export class HourlyCalls {
  readonly #vaults: Vaults;
  readonly #ahead: Remembered<Ahead>;

  constructor(vaults: Vaults, ahead: Remembered<Ahead>) {
    this.#vaults = vaults;
    this.#ahead = ahead;
  }

  /** Counts one call with all of them, or with none. @throws AppError `grant_spent` where there is none left in this hour */
  async takeAll(counts: readonly Count[]): Promise<void> {
    const taken: Ahead[] = [];
    // The last one is the key's own: what that refuses is none of those that it was handed on from.
    for (const count of counts.toReversed()) {
      try {
        taken.push(await this.#take(count));
      } catch (error) {
        // To the hour that it is of: another one's gets none.
        for (const ahead of taken) ahead.left += 1;
        throw error;
      }
    }
  }

  /** @returns what it was taken from @throws AppError `grant_spent` */
  async #take({ key, vault, calls_per_hour }: Count): Promise<Ahead> {
    const known = this.#takeAhead(key);
    if (known) return known;
    const wanted = Math.min(MOST_AHEAD, Math.max(1, Math.floor(calls_per_hour * SHARE)));
    const taken = await this.#vaults.call(vault, async (stub) => stub.takeCalls(key, calls_per_hour, wanted));
    if (taken.calls === 0) {
      // Others that asked at the same time may have some left.
      const left = this.#takeAhead(key);
      if (left) return left;
      const seconds = Math.ceil((taken.until - Date.now()) / 1000);
      throw new AppError(
        "grant_spent",
        "This key has made as many calls as its grant has for an hour. Wait for the next.",
        {
          headers: { "Retry-After": String(Math.max(1, seconds)) },
        },
      );
    }
    const others = this.#ahead.get(key);
    const left = others && others.until === taken.until ? others.left : 0;
    const ahead = { left: left + taken.calls - 1, until: taken.until };
    this.#ahead.set(key, ahead);
    return ahead;
  }

  #takeAhead(key: string): Ahead | null {
    const ahead = this.#ahead.get(key);
    if (!ahead || ahead.left === 0 || ahead.until <= Date.now()) return null;
    ahead.left -= 1;
    return ahead;
  }
}
