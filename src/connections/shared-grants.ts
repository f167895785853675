/**
 * Connections of one account that live on the same grant at a provider. Many providers end all of it with any of its tokens, so
 * before one is taken back it is asked whether somebody else lives on it: the vaults that may, which lists beside them name.
 */
import { AppError } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { DEFAULT_APP, type ConnectionName } from "./connection.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { integrationOf } from "./place.ts";
import type { StoredConnection } from "./vault/connection-row.ts";

/** A connection that is to be ended would take others with it that live on the same grant at the provider. */
export class SharedGrant extends AppError {
  constructor() {
    super(
      "shared_grant",
      "Another connection lives on the same grant at the service. Say shared=keep to disconnect here alone, or shared=end to end both there.",
    );
  }
}

export class SharedGrants {
  readonly #context: ConnectionsContext;

  constructor(context: ConnectionsContext) {
    this.#context = context;
  }

  /**
   * Whether the provider can be asked to end a token of an account without ending what is in use.
   * @param users whose connections are looked at besides those that the lists know of
   * @throws AppError `index_unavailable`
   */
  async mayEnd(
    { provider: { revocation } }: TokenEndpoint,
    name: ConnectionName,
    users: readonly string[],
    account: string | null,
  ): Promise<boolean> {
    return revocation !== null && !(revocation.ends === "grant" && (await this.#isInUse(name, users, account)));
  }

  /** Whether ending a connection at its provider would end another one; where that cannot be learned, it is not claimed. */
  async isShared(name: ConnectionName, { facts }: StoredConnection): Promise<boolean> {
    try {
      const { provider } = await this.#context.endpoint(name.app, integrationOf(name.place));
      const account = facts.account?.id ?? null;
      return provider.revocation?.ends === "grant" && (await this.#isInUse(name, [name.user], account, true));
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  /**
   * Whether a connection of one of these users, or of another one who has the same account, lives on the same grant: ending
   * that would end the connection too.
   * @param isHeld whether the connection itself is still there, and does not count
   * @throws AppError `index_unavailable`
   */
  async #isInUse(
    { app, place }: ConnectionName,
    users: readonly string[],
    account: string | null,
    isHeld = false,
  ): Promise<boolean> {
    const { names, vaults } = this.#context;
    const integration = integrationOf(place);
    const [own, ...others] = await Promise.all(users.map((user) => names.vault(app, user)));
    const sharers = account === null ? [] : await this.#sharers(app, integration, account);
    const held = await Promise.all(
      [...new Set([own, ...others, ...sharers])].map(async (vault) =>
        vault === undefined
          ? []
          : (await vaults.call(vault, async (stub) => stub.connectionsAt(integration))).filter(
              (one) => !(isHeld && vault === own && one.place === place),
            ),
      ),
    );
    return held.flat().some(({ facts }) => !facts.account || account === null || facts.account.id === account);
  }

  /** Vaults that may have a connection of this account: those of an app's users, and of the page's. */
  async #sharers(app: string, integration: string, account: string): Promise<string[]> {
    const { index, sharers, names } = this.#context;
    if (app === DEFAULT_APP) return sharers.vaultsOf(await names.accountDigest(app, integration, account));
    const users = await index.usersOf(app, integration, account);
    return Promise.all(users.map((user) => names.vault(app, user)));
  }
}
