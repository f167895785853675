/**
 * What the connections of a user are called: kept like other copies, so that a call which names one by its label costs the
 * vault nothing while that is known. A label that is changed is known here at once, elsewhere when the copies there have run
 * out: within about two minutes. A label that is not known is asked of the vault.
 */
import type { KvStore, RecordKind } from "../kv-store.ts";
import type { Remembered } from "../remembered.ts";
import type { Names } from "./names.ts";
import { AddressBook, integrationOf } from "./place.ts";
import type { Vaults } from "./vaults.ts";

const Book: RecordKind<AddressBook> = { kind: "addresses", schema: AddressBook };

const COPY_SECONDS = 60;

export class Addresses {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #store: KvStore;
  readonly #recent: Remembered<AddressBook>;

  /** @param recent what this isolate has read lately, by vault */
  constructor(vaults: Vaults, names: Names, store: KvStore, recent: Remembered<AddressBook>) {
    this.#recent = recent;
    this.#vaults = vaults;
    this.#names = names;
    this.#store = store;
  }

  /** The place of a user's connection by its label; undefined where there is none of it. */
  async find(app: string, user: string, integration: string, label: string): Promise<string | undefined> {
    const vault = await this.#names.vault(app, user);
    const placeIn = (book: AddressBook | undefined): string | undefined =>
      book?.find((one) => one.label === label && integrationOf(one.place) === integration)?.place;
    const known = placeIn(this.#recent.get(vault));
    const { mark } = this.#recent;
    if (known !== undefined) return known;
    const key = { app, parts: [user] };
    const copy = await this.#store.get(Book, key);
    if (copy && placeIn(copy) !== undefined) return placeIn(this.#note(vault, copy, mark));
    const book = await this.#vaults.call(vault, async (stub) => stub.addresses());
    if (placeIn(book) !== undefined) await this.#store.put(Book, key, this.#note(vault, book, mark), COPY_SECONDS);
    return placeIn(book);
  }

  /** Forgets what is remembered here of a user whose connections are called something else now. */
  async forget(app: string, user: string): Promise<void> {
    this.#recent.delete(await this.#names.vault(app, user));
    await this.#store.delete(Book, { app, parts: [user] });
  }

  #note(vault: string, book: AddressBook, mark: number): AddressBook {
    this.#recent.set(vault, book, mark);
    return book;
  }
}
