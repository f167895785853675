/**
 * What an app has registered: sealed records in the app's own vault, where the truth is, and copies that make answers fast.
 * A change is seen at once where it is made, and elsewhere when the copies there have run out: within about two minutes.
 */
import { APP_ITSELF, recordContext } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import type { VaultList } from "../connections/vault-list.ts";
import type { StoredRecord } from "../connections/vault/records.ts";
import type { Vault } from "../connections/vault/vault.ts";
import { appRemoved, type Vaults } from "../connections/vaults.ts";
import { isSealedWithActiveKey, open, seal, type KeyRing } from "../crypto.ts";
import type { KvStore, RecordKind } from "../kv-store.ts";
import type { KnownRecord } from "../memory.ts";
import type { Remembered } from "../remembered.ts";

export const COPY_SECONDS = 60;
/** A record is some kilobytes at most, and an answer of a vault has a bound. */
const PAGE = 50;

export class AppRecords {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #list: VaultList;
  readonly #store: KvStore;
  readonly #ring: KeyRing;
  readonly #origin: string;
  readonly #recent: Remembered<KnownRecord>;

  /**
   * @param origin where the request came to
   * @param recent what this isolate has read lately; a change made here is forgotten here at once
   */
  constructor(
    vaults: Vaults,
    names: Names,
    list: VaultList,
    store: KvStore,
    ring: KeyRing,
    origin: string,
    recent: Remembered<KnownRecord>,
  ) {
    this.#recent = recent;
    this.#vaults = vaults;
    this.#names = names;
    this.#list = list;
    this.#store = store;
    this.#ring = ring;
    this.#origin = origin;
  }

  /** Has an app's own vault know whose it is, and be found when keys are changed. */
  async prepare(app: string): Promise<void> {
    if (await this.#vault(app, async (vault) => vault.isListed())) return;
    const owner = await this.#names.owner(app, APP_ITSELF, this.#origin);
    await this.#vault(app, async (vault) => vault.own(owner));
    await this.#list.add(await this.#names.vault(app, APP_ITSELF));
    await this.#vault(app, async (vault) => vault.setListed());
  }

  /**
   * The record as it was at most two minutes ago; undefined where there was none.
   * @param limit is called before the vault is asked, where anybody may ask for anything
   * @param read finds it where neither this isolate nor KV has it
   */
  async get<T>(
    kind: RecordKind<T>,
    app: string,
    id: string,
    limit: () => Promise<void> = async () => {},
    read: () => Promise<T | undefined> = () => this.read(kind, app, id),
  ): Promise<T | undefined> {
    const name = memoName(kind, app, id);
    const recent = this.#recent.get(name);
    if (recent && isOf(kind, recent)) return recent.value;
    const { mark } = this.#recent;
    const copy = await this.#store.get(kind, { app, parts: [id] });
    if (!copy) await limit();
    const value = copy ?? (await read());
    const seconds = kind.lasting ? null : COPY_SECONDS;
    if (!copy && value !== undefined) await this.#store.put(kind, { app, parts: [id] }, value, seconds);
    this.#recent.set(name, { kind, value }, mark);
    return value;
  }

  /** The record as it is. */
  async read<T>(kind: RecordKind<T>, app: string, id: string): Promise<T | undefined> {
    const sealed = await this.#vault(app, async (vault) => vault.record(kind.kind, id));
    return sealed === null ? undefined : this.open(kind, app, id, sealed);
  }

  /** All of a kind, as they are. */
  async list<T>(kind: RecordKind<T>, app: string): Promise<readonly T[]> {
    const all: T[] = [];
    let from: string | null = null;
    do {
      const { records, next }: { records: readonly T[]; next: string | null } = await this.page(kind, app, PAGE, from);
      all.push(...records);
      from = next;
    } while (from !== null);
    return all;
  }

  /** Some of a kind, as they are, by id. @param from the id that a page before has ended with */
  async page<T>(
    kind: RecordKind<T>,
    app: string,
    limit: number,
    from: string | null,
  ): Promise<{ readonly records: readonly T[]; readonly next: string | null }> {
    const after = from === null ? null : { kind: kind.kind, id: from };
    const stored = await this.#vault(app, async (vault) => vault.records(kind.kind, limit + 1, after));
    const page = stored.slice(0, limit);
    const records = await Promise.all(page.map(({ id, sealed }) => this.open(kind, app, id, sealed)));
    return { records, next: stored.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  /** The ids of the first of a kind. */
  async ids(kind: Pick<RecordKind<unknown>, "kind">, app: string, limit: number): Promise<string[]> {
    return (await this.#vault(app, async (vault) => vault.records(kind.kind, limit))).map(({ id }) => id);
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
    this.#recent.delete(memoName(kind, app, id));
    await this.#store.delete(kind, { app, parts: [id] });
  }

  /** Seals an app's records anew with the active key. @returns how many, and how many no key here opens */
  async reseal(app: string): Promise<{ resealed: number; left: number }> {
    const done = { resealed: 0, left: 0 };
    let page: StoredRecord[] = [];
    do {
      const after = page.at(-1) ?? null;
      page = await this.#vault(app, async (vault) => vault.records(null, PAGE, after));
      const outdated = page.filter(({ sealed }) => !isSealedWithActiveKey(this.#ring, sealed));
      const anew = (await Promise.all(outdated.map((record) => this.#reseal(app, record)))).filter(
        (one) => one !== null,
      );
      if (anew.length > 0) await this.#vault(app, async (vault) => vault.resealRecords(anew));
      // A copy may be one that no key opens by tomorrow.
      for (const { kind, id } of anew) await this.#store.delete({ kind }, { app, parts: [id] });
      done.resealed += anew.length;
      done.left += outdated.length - anew.length;
    } while (page.length === PAGE);
    return done;
  }

  async #reseal(app: string, record: StoredRecord): Promise<(StoredRecord & { readonly to: string }) | null> {
    const where = recordContext(app, record.kind, record.id);
    try {
      return { ...record, to: await seal(this.#ring, where, await open(this.#ring, where, record.sealed)) };
    } catch {
      return null;
    }
  }

  async #vault<T>(app: string, call: (vault: DurableObjectStub<Vault>) => Promise<T>): Promise<T> {
    return this.#vaults.call(await this.#names.vault(app, APP_ITSELF), call);
  }

  /** What a sealed record says. @throws AppError `key_unavailable`, `vault_integrity` */
  async open<T>(kind: RecordKind<T>, app: string, id: string, sealed: string): Promise<T> {
    return kind.schema.parse(JSON.parse(await open(this.#ring, context(kind, app, id), sealed)));
  }
}

/** What was read as of a kind is what its schema has made of it. */
const isOf = <T>(
  kind: RecordKind<T>,
  known: KnownRecord,
): known is { readonly kind: RecordKind<T>; readonly value: T | undefined } => known.kind === kind;

const memoName = <T>(kind: RecordKind<T>, app: string, id: string): string => JSON.stringify([kind.kind, app, id]);
const context = <T>(kind: RecordKind<T>, app: string, id: string) => recordContext(app, kind.kind, id);
