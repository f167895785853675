/** What the operator has done to every vault there is, a page at a time: a Worker has a bound on calls. */
import { APP_ITSELF, OPERATOR } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import type { Lists } from "../connections/lists.ts";
import type { VaultList } from "../connections/vault-list.ts";
import type { Owner } from "../connections/vault/owner.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { AppRecords } from "./records.ts";
import type { SharedRecords } from "./shared-records.ts";

/** What was done to a page. */
export interface VisitedPage {
  /** How many were looked at. */
  readonly vaults: number;
  /** How many records were sealed anew. */
  readonly resealed: number;
  /** Records that no key here opens. */
  readonly left: number;
  /** Connections whose line in the list was written. */
  readonly listed: number;
  /** Where the next page begins; null after the last. */
  readonly cursor: string | null;
}

export class AllVaults {
  readonly #list: VaultList;
  readonly #vaults: Vaults;
  readonly #connections: Connections;
  readonly #lists: Lists;
  readonly #records: AppRecords;
  readonly #shared: SharedRecords;

  constructor(
    list: VaultList,
    vaults: Vaults,
    connections: Connections,
    lists: Lists,
    records: AppRecords,
    shared: SharedRecords,
  ) {
    this.#list = list;
    this.#vaults = vaults;
    this.#connections = connections;
    this.#lists = lists;
    this.#records = records;
    this.#shared = shared;
  }

  /**
   * Seals everything in a page of vaults anew with the active key.
   * @param from where a page before has ended
   * @throws AppError `config_error`
   */
  async reseal(from: string | null): Promise<VisitedPage> {
    const { vaults, cursor, owners } = await this.#page(from);
    const done = await Promise.all(
      owners.map(async ({ app, user }) => {
        const { resealed, left } = await (user === APP_ITSELF
          ? this.#records.reseal(app)
          : this.#connections.reseal(app, user));
        // What moves is sealed with the active key.
        return { resealed: resealed + (app === OPERATOR ? await this.#shared.move() : 0), left };
      }),
    );
    return { vaults, resealed: total(done, "resealed"), left: total(done, "left"), listed: 0, cursor };
  }

  /** Writes the lists of a page of vaults anew. @param from where a page before has ended. @throws AppError `index_unavailable` */
  async reindex(from: string | null): Promise<VisitedPage> {
    const { vaults, cursor, owners } = await this.#page(from);
    const done = await Promise.all(
      owners
        .filter(({ user }) => user !== APP_ITSELF)
        .map(async (owner) => {
          const written = await this.#lists.write(owner, true);
          // Those of the page's users are in no list.
          return { connections: owner.by_session ? 0 : written };
        }),
    );
    return { vaults, resealed: 0, left: 0, listed: total(done, "connections"), cursor };
  }

  /** How many vaults the page has, and those of them that are somebody's. */
  async #page(from: string | null): Promise<{ vaults: number; cursor: string | null; owners: Owner[] }> {
    const { names, cursor } = await this.#list.page(from);
    const owners = await Promise.all(names.map((name) => this.#vaults.call(name, async (vault) => vault.owner())));
    return { vaults: names.length, cursor, owners: owners.filter((owner) => owner !== null) };
  }
}

const total = <Name extends string>(all: readonly Readonly<Record<Name, number>>[], name: Name): number =>
  all.reduce((sum, one) => sum + one[name], 0);
