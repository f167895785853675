/**
 * Typed, sealed, expiring records over Workers KV.
 *
 * KV is eventually consistent, caches misses as well as hits for up to a minute, and has no compare-and-set. So a record
 * here is a copy that makes an answer fast: `undefined` means "ask the vault", never "there is none", and nothing is
 * decided by what is or is not in KV.
 */
import type * as z from "zod/mini";
import { digest, open, seal, type KeyRing } from "./crypto.ts";

/** KV refuses a shorter expiry. */
const MINIMUM_TTL_SECONDS = 60;

/** A refused write costs a copy; a refused removal leaves one, so it is worth asking again. */
const DELETE_TRIES = 3;

/** One kind of stored record: the prefix of its keys and the schema of its values. */
export interface RecordKind<T> {
  readonly kind: string;
  readonly schema: z.ZodMiniType<T>;
  /** Whether one that is there stays as it is for ever, and its copy with it. */
  readonly lasting?: boolean;
}

/** Where a record is: the app whose key seals it and the parts its key is the digest of. */
export interface RecordKey {
  readonly app: string;
  readonly parts: readonly string[];
}

export class KvStore {
  readonly #kv: KVNamespace;
  readonly #ring: KeyRing;

  constructor(kv: KVNamespace, ring: KeyRing) {
    this.#kv = kv;
    this.#ring = ring;
  }

  /**
   * The record, or `undefined` where KV has none, has not got it yet, cannot be asked, or has one that is not to be read.
   */
  async get<T>(kind: RecordKind<T>, key: RecordKey): Promise<T | undefined> {
    const name = keyName(kind, key);
    const sealed = await this.#kv.get(name).catch((error: unknown) => {
      logFailure("get", kind, error);
      return null;
    });
    if (sealed === null) return undefined;
    try {
      const plaintext = await open(this.#ring, { app: key.app, purpose: `kv:${kind.kind}`, record: [name] }, sealed);
      return kind.schema.parse(JSON.parse(plaintext));
    } catch (error) {
      // Altered, moved, of another version, or under a key that this deployment does not have: it is no copy, and the
      // vault has the truth.
      logFailure("open", kind, error);
      return undefined;
    }
  }

  /**
   * Stores the record for `ttl` seconds, at least a minute; null: for good. A refused write is logged and costs the copy,
   * nothing else.
   */
  async put<T>(kind: RecordKind<T>, key: RecordKey, value: T, ttl: number | null): Promise<void> {
    const name = keyName(kind, key);
    const sealed = await seal(
      this.#ring,
      { app: key.app, purpose: `kv:${kind.kind}`, record: [name] },
      JSON.stringify(value),
    );
    const options = ttl === null ? {} : { expirationTtl: Math.max(MINIMUM_TTL_SECONDS, Math.floor(ttl)) };
    await this.#kv.put(name, sealed, options).catch((error: unknown) => logFailure("put", kind, error));
  }

  /** Removes the record here; other locations may still answer with it for up to a minute. */
  async delete(kind: Pick<RecordKind<unknown>, "kind">, key: RecordKey): Promise<void> {
    for (let tries = DELETE_TRIES; tries > 0; tries -= 1) {
      try {
        await this.#kv.delete(keyName(kind, key));
        return;
      } catch (error) {
        logFailure("delete", kind, error);
      }
    }
  }
}

function keyName(kind: Pick<RecordKind<unknown>, "kind">, key: RecordKey): string {
  return `${kind.kind}:${digest(key.app, ...key.parts)}`;
}

function logFailure(operation: string, kind: Pick<RecordKind<unknown>, "kind">, error: unknown): void {
  console.warn(
    JSON.stringify({ event: "kv_failed", operation, kind: kind.kind, error: error instanceof Error ? error.name : "" }),
  );
}
