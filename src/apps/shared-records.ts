/**
 * Records that are found without knowing whose they are, spread over vaults by a digest of their ids: what is asked or written
 * for one app, or made up by anybody, weighs on one of many vaults and never on the operator's.
 *
 * The version before kept them all in the operator's vault. They are moved from there by whoever finds one missing, a few at
 * a time, and looked for in both places until all are.
 */
import * as z from "zod/mini";
import { OPERATOR } from "../connections/connection.ts";
import { digest, type KeyRing } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { RecordKind } from "../kv-store.ts";
import type { AppRecords } from "./records.ts";

/** A kind of them. `merge` says what becomes of one that was registered here and at the operator's from before. */
export interface SharedKind<T> extends RecordKind<T> {
  readonly merge: (now: T, before: T) => T;
}

/** Which apps have registered an origin: a browser asks before it sends anything that would tell which app it is for. */
export const OriginKind: SharedKind<{ apps: string[] }> = {
  kind: "origin",
  schema: z.object({ apps: z.array(z.string()) }),
  merge: (now, before) => ({ apps: [...new Set([...before.apps, ...now.apps])] }),
};

/** Whose an integration from before is, for a request that says so only later. The ids of those since say it themselves. */
export const OwnedKind: SharedKind<{ app: string }> = {
  kind: "owned",
  schema: z.object({ app: z.string() }),
  merge: (now) => now,
};

/** That the operator's vault has none of them any more. */
const Moved: RecordKind<boolean> = { kind: "moved", schema: z.boolean(), lasting: true };
const ITSELF = "itself";

/** Each takes a few calls, and a request has a bound on calls. */
const MOVED_AT_ONCE = 50;
const MOVE_EVERY_MS = 5000;

/** Deployments where all are moved, by their keys: an object for the life of an isolate. */
const allMoved = new WeakSet<KeyRing>();
let moveAgainAt = 0;

export class SharedRecords {
  readonly #records: AppRecords;
  readonly #ring: KeyRing;
  readonly #behind: (work: Promise<unknown>) => void;

  /** @param behind lets work go on behind the answer */
  constructor(records: AppRecords, ring: KeyRing, behind: (work: Promise<unknown>) => void) {
    this.#records = records;
    this.#ring = ring;
    this.#behind = behind;
  }

  /**
   * The record as it was at most two minutes ago.
   * @param limit is called before a vault is asked
   */
  get<T>(kind: SharedKind<T>, id: string, limit: () => Promise<void>): Promise<T | undefined> {
    return this.#records.get(kind, shardOf(id), id, limit, async () => {
      const found = await this.#records.read(kind, shardOf(id), id);
      if (found !== undefined || (await this.#isAllMoved())) return found;
      this.#behind(this.#moveLater());
      return this.#records.read(kind, OPERATOR, id);
    });
  }

  /** Changes a record: like `AppRecords.change`. */
  async change<T, R extends T | undefined>(
    kind: SharedKind<T>,
    id: string,
    change: (before: T | undefined) => R,
  ): Promise<R> {
    if (!(await this.#isAllMoved())) await this.#moveOne(kind, id);
    await this.#records.prepare(shardOf(id));
    return this.#records.change(kind, shardOf(id), id, change);
  }

  /** Moves some of what the operator's vault has from before. @returns how many */
  async move(): Promise<number> {
    const origins = await this.#moveSome(OriginKind);
    const owned = await this.#moveSome(OwnedKind);
    if (origins.left + owned.left === 0) await this.#noteAllMoved().catch(isUnreadable);
    return origins.moved + owned.moved;
  }

  async #moveSome<T>(kind: SharedKind<T>): Promise<{ readonly moved: number; readonly left: number }> {
    const ids = await this.#records.ids(kind, OPERATOR, MOVED_AT_ONCE);
    let moved = 0;
    for (const id of ids) {
      // One that no key here opens is left where it is, and does not hold the others up.
      if (await this.#moveOne(kind, id).then(() => true, isUnreadable)) moved += 1;
    }
    return { moved, left: ids.length };
  }

  async #moveOne<T>(kind: SharedKind<T>, id: string): Promise<void> {
    const before = await this.#records.read(kind, OPERATOR, id);
    if (before === undefined) return;
    await this.#records.prepare(shardOf(id));
    await this.#records.change(kind, shardOf(id), id, (now) => (now === undefined ? before : kind.merge(now, before)));
    await this.#records.change(kind, OPERATOR, id, (): undefined => {});
  }

  /** One of those that find something missing moves some, now and then. */
  async #moveLater(): Promise<void> {
    if (Date.now() < moveAgainAt) return;
    moveAgainAt = Date.now() + MOVE_EVERY_MS;
    await this.move();
  }

  async #noteAllMoved(): Promise<void> {
    await this.#records.prepare(OPERATOR);
    await this.#records.change(Moved, OPERATOR, ITSELF, () => true);
    allMoved.add(this.#ring);
  }

  async #isAllMoved(): Promise<boolean> {
    if (allMoved.has(this.#ring)) return true;
    if (!(await this.#records.get(Moved, OPERATOR, ITSELF).catch(isUnreadable))) return false;
    allMoved.add(this.#ring);
    return true;
  }
}

function isUnreadable(error: unknown): false {
  if (error instanceof AppError && ["key_unavailable", "vault_integrity"].includes(error.code)) return false;
  throw error;
}

/** The vault that has the records of an id: the first of 64 letters is as good as any of 64 numbers. */
export const shardOf = (id: string): string => `${OPERATOR}-${digest("shard", id).slice(0, 1)}`;
