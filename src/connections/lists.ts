/** What is written of a vault outside it: lines in the lists by which it is found. */
import type { ConnectionsContext } from "./connections-context.ts";
import { integrationOf } from "./place.ts";
import type { SharerLine } from "./sharers.ts";
import type { Owner } from "./vault/owner.ts";
import type { IndexLine } from "./vault/vault-ledger.ts";

export class Lists {
  readonly #context: ConnectionsContext;

  constructor(context: ConnectionsContext) {
    this.#context = context;
  }

  /**
   * Writes the lines that are behind.
   * @param all the others too
   * @returns how many connections these lines are of
   * @throws AppError `index_unavailable`
   */
  async write(owner: Pick<Owner, "app" | "user" | "by_session" | "handle">, all = false): Promise<number> {
    const { index, names, sharers, vaults } = this.#context;
    const vault = await names.vault(owner.app, owner.user);
    const lines = await vaults.call(vault, async (stub) => stub.indexLines(all));
    if (owner.by_session) await sharers.write(vault, await this.#sharerLines(owner.app, lines));
    else await index.write(owner, lines);
    await vaults.call(vault, async (stub) => stub.setIndexed(lines));
    return lines.filter(({ connection }) => connection !== null).length;
  }

  /** Of the page's users nothing is listed but which accounts their connections may share. */
  #sharerLines(app: string, lines: readonly IndexLine[]): Promise<SharerLine[]> {
    const { names } = this.#context;
    return Promise.all(
      lines.map(async ({ place, revision, connection }) => {
        const id = connection?.facts.account?.id;
        const account = id === undefined ? null : await names.accountDigest(app, integrationOf(place), id);
        return { place, revision, account };
      }),
    );
  }

  /** Takes out what leads to a vault that has emptied itself. @throws AppError `index_unavailable` */
  async forget({ app, user, handle }: Pick<Owner, "app" | "user" | "handle">, enrolment: string | null): Promise<void> {
    const { index, list, members, names, sharers, vaults } = this.#context;
    const vault = await names.vault(app, user);
    // Somebody may have come back meanwhile.
    if (await vaults.call(vault, async (stub) => stub.owner())) return;
    await list.remove(vault);
    await index.forget({ app, user, handle });
    await sharers.forget(vault);
    await members.leave({ app, user }, enrolment);
  }
}
