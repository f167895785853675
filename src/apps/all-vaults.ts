/** What the operator has done to every vault there is, a page at a time: a Worker has a bound on calls. */
import type { Resealed } from "../api.ts";
import type { Reindexed } from "../api-connections.ts";
import { APP_ITSELF, OPERATOR } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import type { Lists } from "../connections/lists.ts";
import type { VaultList } from "../connections/vault-list.ts";
import type { Owner } from "../connections/vault/owner.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { AppRecords } from "./records.ts";
import type { SharedRecords } from "./shared-records.ts";

export class AllVaults {
  readonly #list: VaultList;
  readonly #vaults: Vaults;

  constructor(list: VaultList, vaults: Vaults) {
    this.#list = list;
    this.#vaults = vaults;
  }

  /**
   * Seals everything in a page of vaults anew with the active key.
   * @param from where a page before has ended
   * @throws AppError `config_error`
   */
  async reseal(
    from: string | null,
    connections: Connections,
    records: AppRecords,
    shared: SharedRecords,
  ): Promise<Resealed> {
    const { vaults, cursor, owners } = await this.#page(from);
    const done = await Promise.all(
      owners.map(async ({ app, user }) => {
        const { resealed, left } = await (user === APP_ITSELF ? records.reseal(app) : connections.reseal(app, user));
        // What moves is sealed with the active key.
        return { resealed: resealed + (app === OPERATOR ? await shared.move() : 0), left };
      }),
    );
    return { vaults, resealed: total(done, "resealed"), left: total(done, "left"), cursor };
  }

  /** Writes the lists of a page of vaults anew. @param from where a page before has ended. @throws AppError `index_unavailable` */
  async reindex(from: string | null, lists: Lists): Promise<Reindexed> {
    const { vaults, cursor, owners } = await this.#page(from);
    const done = await Promise.all(
      owners
        .filter(({ user }) => user !== APP_ITSELF)
        .map(async (owner) => {
          const written = await lists.write(owner, true);
          // Those of the page's users are in no list.
          return { connections: owner.by_session ? 0 : written };
        }),
    );
    return { vaults, connections: total(done, "connections"), cursor };
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
