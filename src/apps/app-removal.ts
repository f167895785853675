/**
 * The removal of an app. It is decided in the app's own vault, by one row; from then on no copy that has run out is made
 * again, and nothing new is put in. The rest is done by that vault's alarm, a page at a time, as often as it takes:
 *
 * 1. each vault of a user is closed: its connections wait for their providers to take them back, all else in it is gone.
 * 2. a closed vault has that done by its own alarm, for a day at most, tells how it went, and is erased.
 * 3. when all are done, the app's integrations go with their secrets, which were needed until then, and whatever led to the
 *    app: in the operator's vault, in the index, in the list of vaults. One row stays to be seen.
 */
import type { AppRemoval as AppRemovalAnswer, RemovedApp } from "../api-apps.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { ConnectionIndex } from "../connections/connection-index.ts";
import type { Names } from "../connections/names.ts";
import type { VaultList } from "../connections/vault-list.ts";
import type { TakenBack } from "../connections/vault/closing.ts";
import { isEnrolled, type Owner } from "../connections/vault/owner.ts";
import type { RemovalTask, Search } from "../connections/vault/removal.ts";
import type { RemovalState } from "../connections/vault/vault-app.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { Apps } from "./apps.ts";
import type { EventIndex } from "./event-index.ts";
import type { ClientVault } from "./client-vault.ts";
import type { SeenSessions } from "./seen-sessions.ts";

/** Records and lines of the index that are looked at in one go: each is a call or a few. */
const PAGE = 20;

export class AppRemoval {
  readonly #apps: Apps;
  readonly #clientVault: ClientVault;
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #list: VaultList;
  readonly #index: ConnectionIndex;
  readonly #events: EventIndex;
  readonly #seen: SeenSessions;

  constructor(
    apps: Apps,
    clientVault: ClientVault,
    vaults: Vaults,
    names: Names,
    list: VaultList,
    index: ConnectionIndex,
    events: EventIndex,
    seen: SeenSessions,
  ) {
    this.#seen = seen;
    this.#apps = apps;
    this.#clientVault = clientVault;
    this.#vaults = vaults;
    this.#names = names;
    this.#list = list;
    this.#index = index;
    this.#events = events;
  }

  /** Begins, or says how far it is where it has begun. @throws AppError `not_found` */
  async start(app: string): Promise<RemovedApp> {
    const state = await this.#apps.remove(app);
    this.#seen.forgetApp(app);
    return toAnswer(app, state);
  }

  /** How far it is; null where the app is not removed, or that was long ago. */
  async find(app: string): Promise<RemovedApp | null> {
    const state = await this.#apps.removal(app);
    return state && toAnswer(app, state);
  }

  /** Does what the app's vault asks for. What fails, or is lost, it asks for again. */
  async goOn(app: string, { close, search, finish }: RemovalTask): Promise<void> {
    const done = await Promise.allSettled([
      ...close.map((vault) => this.#close(app, vault)),
      ...(search ? [this.#search(app, search)] : []),
      ...(finish ? [this.#finish(app)] : []),
    ]);
    for (const one of done) if (one.status === "rejected") throw one.reason;
  }

  async #close(app: string, vault: string): Promise<void> {
    const state = await this.#vaults.call(vault, async (stub) => stub.close());
    if (state === "empty") await this.#setDone(app, vault, null);
  }

  /** Takes the vault of a user away that has nothing left to take back. */
  async takeAway({ app, user }: Pick<Owner, "app" | "user">, taken: TakenBack): Promise<void> {
    const vault = await this.#names.vault(app, user);
    await this.#list.remove(vault);
    await this.#setDone(app, vault, taken);
    await this.#vaults.call(vault, async (stub) => stub.erase());
  }

  async #setDone(app: string, vault: string, taken: TakenBack | null): Promise<void> {
    await this.#vaults.call(await this.#names.vault(app, APP_ITSELF), async (stub) => stub.setUserDone(vault, taken));
  }

  /** Looks for vaults from before an app noted those of its users: in the list of all, then in the index. */
  async #search(app: string, page: Search): Promise<void> {
    const { found, next } = await (page.source === "list" ? this.#searchList(app, page) : this.#searchIndex(app, page));
    await this.#vaults.call(await this.#names.vault(app, APP_ITSELF), async (stub) =>
      stub.setSearched(page, found, next),
    );
  }

  async #searchList(app: string, { source, cursor }: Search): Promise<{ found: string[]; next: Search }> {
    const page = await this.#list.page(cursor);
    const owners = await Promise.all(page.names.map((name) => this.#vaults.call(name, async (stub) => stub.owner())));
    const found = page.names.filter((_, index) => {
      const owner = owners[index];
      return owner?.app === app && isEnrolled(owner);
    });
    const next: Search = page.cursor === null ? { source: "index", cursor: null } : { source, cursor: page.cursor };
    return { found, next };
  }

  async #searchIndex(app: string, { source, cursor }: Search): Promise<{ found: string[]; next: Search | null }> {
    const { users, next } = await this.#index.users(app, cursor, PAGE);
    return {
      found: await Promise.all(users.map((user) => this.#names.vault(app, user))),
      next: next === null ? null : { source, cursor: next },
    };
  }

  async #finish(app: string): Promise<void> {
    const itself = await this.#names.vault(app, APP_ITSELF);
    const records = await this.#vaults.call(itself, async (stub) => stub.leftRecords(PAGE));
    for (const record of records) {
      await this.#clientVault.withdraw(app, record);
      const { kind, id, sealed } = record;
      await this.#vaults.call(itself, async (stub) => stub.swapRecord(kind, id, sealed, null));
    }
    if (records.length > 0 || (await this.#index.clear(app)) || (await this.#events.clear(app))) return;
    await this.#apps.withdraw(app);
    await this.#list.remove(itself);
    await this.#vaults.call(itself, async (stub) => stub.endRemoval());
  }
}

const toAnswer = (id: string, { started_at, ended_at, ...counts }: RemovalState): RemovedApp => ({
  id,
  removal: {
    ...counts,
    state: ended_at === null ? "removing" : "removed",
    started_at: new Date(started_at).toISOString(),
    ended_at: ended_at === null ? null : new Date(ended_at).toISOString(),
  } satisfies AppRemovalAnswer,
});
