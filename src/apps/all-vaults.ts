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
    const answer = { vaults, resealed: 0, left: 0, cursor };
    for (const { app, user } of owners) {
      const done = user === APP_ITSELF ? await records.reseal(app) : await connections.reseal(app, user);
      // What moves is sealed with the active key.
      answer.resealed += done.resealed + (app === OPERATOR ? await shared.move() : 0);
      answer.left += done.left;
    }
    return answer;
  }

  /** Writes the lists of a page of vaults anew. @param from where a page before has ended. @throws AppError `index_unavailable` */
  async reindex(from: string | null, lists: Lists): Promise<Reindexed> {
    const { vaults, cursor, owners } = await this.#page(from);
    const answer = { vaults, connections: 0, cursor };
    for (const owner of owners) {
      if (owner.user === APP_ITSELF) continue;
      const written = await lists.write(owner, true);
      // Those of the page's users are in no list.
      if (!owner.by_session) answer.connections += written;
    }
    return answer;
  }

  /** How many vaults the page has, and those of them that are somebody's. */
  async #page(from: string | null): Promise<{ vaults: number; cursor: string | null; owners: Owner[] }> {
    const { names, cursor } = await this.#list.page(from);
    const owners: Owner[] = [];
    for (const name of names) {
      const owner = await this.#vaults.call(name, async (vault) => vault.owner());
      if (owner) owners.push(owner);
    }
    return { vaults: names.length, cursor, owners };
  }
}
