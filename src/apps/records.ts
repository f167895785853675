/**
 * What an app has registered: sealed records in the app's own vault, where the truth is, and copies that make answers fast.
 * A change is seen at once where it is made, and elsewhere when the copies there have run out: within about two minutes.
 */
import * as z from "zod/mini";
import { APP_ITSELF, recordContext } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import type { Vault } from "../connections/vault/vault.ts";
import { appRemoved, type Vaults } from "../connections/vaults.ts";
import { isSealedWithActiveKey, open, seal, type KeyRing } from "../crypto.ts";
import type { KvStore, RecordKind } from "../kv-store.ts";

const COPY_SECONDS = 60;
/** What this isolate has read lately; a change made here is forgotten here at once. */
const recentlyRead = new Map<string, { readonly value: unknown; readonly until: number }>();
const RECENTLY_READ_MS = 30_000;
const MAX_RECENTLY_READ = 10_000;

export class AppRecords {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #store: KvStore;
  readonly #ring: KeyRing;

  constructor(vaults: Vaults, names: Names, store: KvStore, ring: KeyRing) {
    this.#vaults = vaults;
    this.#names = names;
    this.#store = store;
    this.#ring = ring;
  }

  /**
   * The record as it was at most two minutes ago; undefined where there was none.
   * @param limit is called before the vault is asked, where anybody may ask for anything
   */
  async get<T>(
    kind: RecordKind<T>,
    app: string,
    id: string,
    limit: () => Promise<void> = async () => {},
  ): Promise<T | undefined> {
    const name = memoName(kind, app, id);
    const recent = recentlyRead.get(name);
    if (recent && recent.until > Date.now()) return z.optional(kind.schema).parse(recent.value);
    const copy = await this.#store.get(kind, { app, parts: [id] });
    if (!copy) await limit();
    const value = copy ?? (await this.read(kind, app, id));
    if (!copy && value !== undefined) await this.#store.put(kind, { app, parts: [id] }, value, COPY_SECONDS);
    if (recentlyRead.size >= MAX_RECENTLY_READ) recentlyRead.clear();
    recentlyRead.set(name, { value, until: Date.now() + RECENTLY_READ_MS });
    return value;
  }

  /** The record as it is. */
  async read<T>(kind: RecordKind<T>, app: string, id: string): Promise<T | undefined> {
    const sealed = await this.#vault(app, async (vault) => vault.record(kind.kind, id));
    return sealed === null ? undefined : this.open(kind, app, id, sealed);
  }

  /** All of a kind, as they are. */
  async list<T>(kind: RecordKind<T>, app: string): Promise<readonly T[]> {
    const stored = await this.#vault(app, async (vault) => vault.records(kind.kind));
    return Promise.all(stored.map(({ id, sealed }) => this.open(kind, app, id, sealed)));
  }

  /**
   * Changes a record: `change` is given what is there and says what is to be, undefined for nothing. It may run more than
   * once, since somebody else may change the same record meanwhile.
   */
  async change<T, R extends T | undefined>(
    kind: RecordKind<T>,
    app: string,
    id: string,
    change: (before: T | undefined) => R,
  ): Promise<R> {
    for (;;) {
      const from = await this.#vault(app, async (vault) => vault.record(kind.kind, id));
      const after = change(from === null ? undefined : await this.open(kind, app, id, from));
      const to = after === undefined ? null : await seal(this.#ring, context(kind, app, id), JSON.stringify(after));
      const swapped = await this.#vault(app, async (vault) => vault.swapRecord(kind.kind, id, from, to));
      if (swapped === "closed") throw appRemoved();
      if (swapped === "changed") continue;
      await this.forget(kind, app, id);
      return after;
    }
  }

  /** Forgets what is remembered here of a record that has changed. */
  async forget<T>(kind: RecordKind<T>, app: string, id: string): Promise<void> {
    recentlyRead.delete(memoName(kind, app, id));
    await this.#store.delete(kind, { app, parts: [id] });
  }

  /** Seals an app's records anew with the active key. @returns how many, and how many no key here opens */
  async reseal(app: string): Promise<{ resealed: number; left: number }> {
    const stored = await this.#vault(app, async (vault) => vault.records(null));
    const done = { resealed: 0, left: 0 };
    for (const { kind, id, sealed } of stored) {
      if (isSealedWithActiveKey(this.#ring, sealed)) continue;
      try {
        const where = recordContext(app, kind, id);
        const anew = await seal(this.#ring, where, await open(this.#ring, where, sealed));
        await this.#vault(app, async (vault) => vault.resealRecord(kind, id, sealed, anew));
        // Its copy may be one that no other key opens by tomorrow.
        await this.#store.delete({ kind }, { app, parts: [id] });
        done.resealed += 1;
      } catch {
        done.left += 1;
      }
    }
    return done;
  }

  async #vault<T>(app: string, call: (vault: DurableObjectStub<Vault>) => Promise<T>): Promise<T> {
    return this.#vaults.call(await this.#names.vault(app, APP_ITSELF), call);
  }

  /** What a sealed record says. @throws AppError `key_unavailable`, `vault_integrity` */
  async open<T>(kind: RecordKind<T>, app: string, id: string, sealed: string): Promise<T> {
    return kind.schema.parse(JSON.parse(await open(this.#ring, context(kind, app, id), sealed)));
  }
}

const memoName = <T>(kind: RecordKind<T>, app: string, id: string): string => JSON.stringify([kind.kind, app, id]);
const context = <T>(kind: RecordKind<T>, app: string, id: string) => recordContext(app, kind.kind, id);
