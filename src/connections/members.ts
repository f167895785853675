/**
 * The users of an app, as its own vault knows them: each user's vault is noted there before anything is put into it, so that
 * whatever there is of an app is found when it is removed.
 */
import { APP_ITSELF } from "./connection.ts";
import type { Names } from "./names.ts";
import type { Enrolment, Owner } from "./vault/owner.ts";
import type { Entry } from "./vault/vault-store.ts";
import type { Vault } from "./vault/vault.ts";
import { appRemoved, type Vaults } from "./vaults.ts";

type User = Pick<Owner, "app" | "user">;

export class Members {
  readonly #vaults: Vaults;
  readonly #names: Names;

  constructor(vaults: Vaults, names: Names) {
    this.#vaults = vaults;
    this.#names = names;
  }

  /**
   * Puts something into the vault of a user, which is noted first where it was not.
   * @throws AppError `app_removed`, `vault_unavailable`
   */
  async enter(
    owner: Owner,
    call: (vault: DurableObjectStub<Vault>, enrolment: Enrolment | null) => Promise<Entry>,
  ): Promise<void> {
    const name = await this.#names.vault(owner.app, owner.user);
    let entry = await this.#vaults.call(name, (vault) => call(vault, null));
    if (entry === "unknown") {
      const enrolment = await this.enrol(owner);
      entry = await this.#vaults.call(name, (vault) => call(vault, enrolment));
    }
    if (entry !== "open") throw appRemoved();
  }

  /** Has the app's own vault note a user's. @returns null where the app is removed; what is left of that user is closed then */
  async enrol({ app, user }: User): Promise<Enrolment | null> {
    const name = await this.#names.vault(app, user);
    const itself = await this.#names.vault(app, APP_ITSELF);
    const enrolment = await this.#vaults.call(itself, async (vault) => vault.enrol(name));
    if (enrolment === null) await this.#vaults.call(name, async (vault) => vault.close());
    return enrolment;
  }

  /** Tells the app's own vault that a user's has emptied itself. @param enrolment null: it was never noted */
  async leave({ app, user }: User, enrolment: string | null): Promise<void> {
    if (enrolment === null) return;
    const name = await this.#names.vault(app, user);
    const itself = await this.#names.vault(app, APP_ITSELF);
    await this.#vaults.call(itself, async (vault) => vault.leave(name, enrolment));
  }
}
