/**
 * Connections as the rest of the code sees them: put in, described, given up. Sealing, the vault and the copies are behind a
 * few plain methods.
 */
import type { ActivityEvent, HeldCredentials } from "../api.ts";
import { Labels, type Connection, type ConnectionChange } from "../api-connections.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import type { Provider } from "../contract/provider.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { exactly, type ConnectionAddress, type ConnectionName } from "./connection.ts";
import { toCredentials } from "./credentials.ts";
import type { Target } from "./grant.ts";
import { ignore, notConnected } from "./fresh-tokens.ts";
import { integrationOf } from "./place.ts";
import { Revoking } from "./revoking.ts";
import { widenedScopes } from "./scopes.ts";
import { SharedGrant } from "./shared-grants.ts";
import type { StoredConnection } from "./vault/connection-row.ts";
import type { PendingGrant } from "./vault/grants.ts";

/** A connection as it is at a moment; `details`: what its addresses are filled with. */
export interface ShownConnection extends Pick<StoredConnection, "place" | "epoch"> {
  readonly account: string | null;
  readonly details: TokenSet["details"];
}

export class Connections extends Revoking {
  /** Whether there is still an integration to connect to. */
  async isPossible({ app, integration }: Pick<Target, "app" | "integration">): Promise<boolean> {
    return (await this.#provider(app, integration)) !== undefined;
  }

  override async refuse(
    { app, user, integration }: Omit<Target, "wanted">,
    grant: PendingGrant,
    presenter: string,
    reason: ErrorCode,
  ): Promise<void> {
    const name = exactly({ app, user }, integration);
    const revocation = await this.vault(name, async (vault) => vault.refuseGrant(grant.code_digest, reason));
    if (revocation) this.context.waitUntil(this.finishRevocation(name, revocation, [user, presenter]).catch(ignore));
  }

  /**
   * Every connection of the user, the oldest first.
   * @param providers of the app's integrations, by id
   */
  async list(app: string, user: string, providers: ReadonlyMap<string, Provider>): Promise<HeldCredentials[]> {
    const stored = await this.vault({ app, user }, async (vault) => vault.connections());
    return Promise.all(
      stored.map(async (connection) =>
        toCredentials(
          connection,
          await this.context.names.connectionId({ app, user, place: connection.place }),
          providers.get(integrationOf(connection.place)),
        ),
      ),
    );
  }

  /** Every connection of the user with what its app notes of it. */
  async described(app: string, user: string): Promise<Connection[]> {
    const stored = await this.vault({ app, user }, async (vault) => vault.described());
    const integrations = [...new Set(stored.map(({ place }) => integrationOf(place)))];
    const providers = new Map(
      await Promise.all(integrations.map(async (id) => [id, await this.#provider(app, id)] as const)),
    );
    return Promise.all(
      stored.map(async ({ labels, ...connection }) => {
        const { place } = connection;
        const id = await this.context.names.connectionId({ app, user, place });
        const provider = providers.get(integrationOf(place));
        return { user, ...toCredentials(connection, id, provider), ...Labels.parse(JSON.parse(labels)) };
      }),
    );
  }

  /** The connections of the user. */
  async names(app: string, user: string): Promise<ConnectionName[]> {
    const stored = await this.vault({ app, user }, async (vault) => vault.connections());
    return stored.map(({ place }) => exactly({ app, user }, place));
  }

  /** What is held of one connection. @throws AppError `not_connected` */
  async describe(name: ConnectionAddress): Promise<HeldCredentials> {
    const stored = await this.find(name);
    const { connection } = await this.found(name, stored);
    return toCredentials(stored, connection, await this.#provider(name.app, integrationOf(name.address)));
  }

  /** The same, with what its app notes of it. @throws AppError `not_connected` */
  async describeWhole(name: ConnectionAddress): Promise<Connection> {
    const held = await this.describe(name);
    const labels = await this.vault(name, async (vault) => vault.labels(name.address));
    return { user: name.user, ...held, ...Labels.parse(JSON.parse(labels)) };
  }

  /** Changes what it is called, whether it is the default, or what its app notes of it. @throws AppError `label_taken` */
  async change(name: ConnectionName, change: ConnectionChange): Promise<void> {
    const changed = await this.vault(name, async (vault) => vault.change(name.place, JSON.stringify(change)));
    if (changed === "none") throw notConnected(name);
    if (changed === "taken") {
      throw new AppError("label_taken", "Another connection of this user has this label there. Choose another one.");
    }
    // What is copied for the default may be of the one before.
    if (change.default) await this.tokens.forgetAll(name);
  }

  /** What its addresses are filled with. @throws AppError `not_connected` */
  async detailsOf(name: ConnectionName): Promise<TokenSet["details"]> {
    return (await this.tokens.open(name, await this.find(name))).details;
  }

  /**
   * What a person is shown of a connection before it is called, and what that holds for: its place, and which grant is there.
   * @throws AppError `not_connected`
   */
  async shown(name: ConnectionAddress): Promise<ShownConnection> {
    const stored = await this.find(name);
    const { place, epoch, facts } = stored;
    const { details } = await this.tokens.open({ ...name, place }, stored);
    return { place, epoch, account: facts.account?.name ?? null, details };
  }

  /**
   * What to ask for when it is connected again, so that more is granted and nothing is lost; null: the integration's own scopes.
   * @param more what is to be asked for besides; what it was asked for, and has, stays
   * @throws AppError `not_connected`
   */
  async askedAgain(name: ConnectionAddress, more: readonly string[]): Promise<string[] | null> {
    const { asked, scopes } = (await this.find(name)).facts;
    if (more.length === 0) return asked;
    const { provider } = await this.endpoint(name);
    return widenedScopes(provider, asked ?? provider.scopes, scopes, more);
  }

  /** The provider of an integration; undefined where it is gone or not configured. */
  async #provider(app: string, integration: string): Promise<Provider | undefined> {
    try {
      return (await this.context.endpoint(app, integration)).provider;
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  /** What happened to it, newest first. */
  activity(name: ConnectionAddress): Promise<ActivityEvent[]> {
    return this.vault(name, async (vault) => vault.activity(name.address));
  }

  /**
   * Forgets a connection and asks the provider to take its token back; what it cannot be told now, an alarm tells it.
   * @param shared what becomes of a grant that another connection lives on too: it is kept at the provider, or ended for both
   * @returns whether the provider confirmed
   * @throws AppError `not_connected`; `shared_grant` where it is shared and nothing was said of that
   */
  async disconnect(name: ConnectionAddress, shared?: "keep" | "end"): Promise<boolean> {
    const stored = await this.find(name);
    const at = { ...name, place: stored.place };
    if (shared === undefined && (await this.shared.isShared(at, stored))) throw new SharedGrant();
    const request = crypto.randomUUID();
    const revocation = await this.vault(name, async (vault) => vault.disconnect(stored.place, request));
    if (!revocation) throw notConnected(name);
    this.tell(name);
    return this.finishRevocation(at, revocation, [name.user], shared === "end");
  }

  /** Seals everything of a vault anew that another key than the active one has sealed. */
  async reseal(app: string, user: string): Promise<{ resealed: number; left: number }> {
    const stored = await this.vault({ app, user }, async (vault) => vault.connections());
    const outdated = stored.filter((connection) => !this.tokens.isCurrent(connection));
    let resealed = 0;
    for (const connection of outdated) {
      try {
        await this.resealOne(exactly({ app, user }, connection.place), connection);
        resealed += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return { resealed, left: outdated.length - resealed };
  }
}
