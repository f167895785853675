/**
 * A token that works, at any time: the refresh protocol.
 *
 * A token that is far from its end comes from the KV copy, and no vault is asked. Near its end the vault decides who
 * renews it; that Worker does the network call and commits, and everybody else waits for it there.
 */
import { AppError } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { revoke } from "../oauth/revocation.ts";
import {
  DEFAULT_APP,
  exactly,
  type AccessToken,
  type ConnectionAddress,
  type ConnectionFacts,
  type ConnectionName,
} from "./connection.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { reauthMessage, unknownConnection, toError, tokenRejected } from "./failures.ts";
import { integrationOf, isDefault } from "./place.ts";
import { clientDigest, renewTokens, toFacts, toFailure } from "./refresh.ts";
import { SealedTokens, toAccessToken, versionOf } from "./sealed-tokens.ts";
import { Lists } from "./lists.ts";
import { SharedGrants } from "./shared-grants.ts";
import { isTimeToRenew } from "./timing.ts";
import type { StoredConnection, Version } from "./vault/connection-row.ts";
import type { Need } from "./vault/need.ts";
import type { Vault } from "./vault/vault.ts";

/** A follower waits as long as a lost leader's lease lasts, and a little. */
const MAX_WAIT_MS = 45_000;

/** A connection, and what it is called outside. */
export interface Found extends ConnectionName {
  readonly connection: string;
}

export abstract class FreshTokens {
  protected readonly context: ConnectionsContext;
  protected readonly tokens: SealedTokens;
  protected readonly shared: SharedGrants;
  protected readonly lists: Lists;

  constructor(context: ConnectionsContext) {
    this.context = context;
    this.tokens = new SealedTokens(context.ring, context.store, context.recent);
    this.shared = new SharedGrants(context);
    this.lists = new Lists(context);
  }

  /**
   * A token to call the provider with, renewed where it has to be.
   * @throws AppError `not_connected`; `reauth_required` when only connecting again helps; 502 to 504 when the token is
   * over and the provider cannot renew it right now
   */
  async accessToken(name: ConnectionAddress): Promise<AccessToken> {
    const copy = await this.tokens.copy(name);
    const now = Date.now();
    if (copy) this.context.note(copy.connection);
    if (copy && (copy.times.copy_until === null || now < copy.times.copy_until)) {
      if (isTimeToRenew(copy.times, now, `${copy.connection} ${copy.generation}`))
        this.context.waitUntil(this.#acquire({ ...name, place: copy.place }, "ahead", copy.generation).catch(ignore));
      return copy;
    }
    return this.#acquire(name, "use", 0);
  }

  /**
   * A younger token of the same connection than one the provider's API has refused; null where there is none to be had:
   * nothing can renew it, or that was tried a moment ago. One refusal alone changes nothing about the connection.
   * @throws AppError like `accessToken`
   */
  async youngerToken(name: ConnectionAddress, refused: AccessToken): Promise<AccessToken | null> {
    const at = { ...name, place: refused.place };
    const token = await this.#acquire(at, "force", refused.generation, true);
    return token.generation > refused.generation ? token : null;
  }

  /** Whether the provider is to be asked now if a token still counts that its API has refused. */
  mayCheck(name: ConnectionAddress, refused: AccessToken): Promise<boolean> {
    return this.vault(name, async (vault) => vault.claimCheck(refused.place, versionOf(refused)));
  }

  /**
   * Gives up a token that the provider's own profile and lists refuse, where nothing can renew it.
   * @throws AppError `reauth_required` where it was given up
   */
  async giveUp(name: ConnectionAddress, refused: AccessToken): Promise<void> {
    const { place } = refused;
    const stored = await this.vault(name, async (vault) => vault.connection(place));
    if (stored?.generation !== refused.generation || stored.facts.refreshable) return;
    // Where the profile never told whose it is, its refusal says nothing of the token.
    if (stored.facts.account === null && !stored.facts.verified) return;
    const failure = tokenRejected((await this.endpoint(name)).provider.name);
    await this.vault(name, async (vault) => vault.reject(place, versionOf(stored), failure));
    await this.tokens.forgetAll(exactly(name, place));
    throw new AppError("reauth_required", reauthMessage(failure));
  }

  /** Notes that a call succeeded with a younger token after the API had refused the one before. */
  noteReplay(name: ConnectionAddress, { place }: AccessToken): void {
    this.context.waitUntil(this.vault(name, async (vault) => vault.noteReplay(place)).catch(ignore));
  }

  /** Renews now, unless that was forced a moment ago. @returns whether there is a new token */
  async refresh(name: ConnectionAddress): Promise<boolean> {
    const stored = await this.find(name);
    if (!stored.facts.refreshable) {
      throw new AppError(
        "not_refreshable",
        "This token has no end or nothing to renew it with. Connect again for a new one.",
      );
    }
    const at = { ...name, place: stored.place };
    return (await this.#acquire(at, "force", stored.generation)).generation > stored.generation;
  }

  /** Renews for an alarm; what goes wrong is noted in the vault. */
  async renew(name: ConnectionAddress, generation: number): Promise<void> {
    await this.#acquire(name, "renew", generation).catch(ignore);
  }

  /** Asks the vault for a token until it has an answer. */
  async #acquire(
    asked: ConnectionAddress & { readonly place?: string },
    need: Need["need"],
    seen_generation: number,
    api_refused = false,
  ): Promise<AccessToken> {
    const lease = crypto.randomUUID();
    const client = clientDigest(await this.endpoint(asked));
    const where = asked.place ?? asked.address;
    const deadline = Date.now() + MAX_WAIT_MS;
    while (Date.now() < deadline) {
      const outcome = await this.vault(asked, async (vault) =>
        vault.acquire(where, { need, seen_generation, lease, client, api_refused }),
      );
      if (outcome.outcome === "none") throw notConnected(asked);
      if (outcome.outcome === "waiting") continue;
      const name = await this.found(asked, outcome.connection);
      switch (outcome.outcome) {
        case "held":
          return this.#use(name, outcome.connection);
        case "leader": {
          const work = this.#lead(name, lease, need, outcome.connection);
          // It outlives the caller: a refresh that was begun has to be brought to its end.
          this.context.waitUntil(work.catch(ignore));
          const token = await work;
          if (token) return token;
          break;
        }
        case "renewed":
          // Whoever renewed it has made the copy: one write for all who waited.
          return toAccessToken(
            await this.tokens.open(name, outcome.connection),
            outcome.connection.facts,
            outcome.connection,
            name,
          );
        case "expired":
        case "reauth_required":
          throw new AppError("reauth_required", reauthMessage(outcome.connection.failure));
        case "failing":
          throw toError(outcome.failure, outcome.retry_at);
      }
    }
    throw new AppError(
      "provider_timeout",
      "The token is being renewed and that takes too long. Try again in a moment.",
    );
  }

  /**
   * Does the refresh this Worker holds the lease for, and tells the vault how it went.
   * @returns the new token; null where the vault has to be asked again
   */
  async #lead(
    name: Found,
    lease: string,
    need: Need["need"],
    connection: StoredConnection,
  ): Promise<AccessToken | null> {
    const { place } = name;
    const version = versionOf(connection);
    const endpoint = await this.endpoint(name);
    let tokens: TokenSet;
    try {
      tokens = await this.tokens.open(name, connection);
    } catch (error) {
      await this.vault(name, async (vault) => vault.release(place, lease));
      throw error;
    }
    let renewed: TokenSet;
    try {
      renewed = await renewTokens(endpoint, tokens);
    } catch (error) {
      if (!(error instanceof AppError)) {
        await this.vault(name, async (vault) => vault.release(place, lease));
        throw error;
      }
      const failure = toFailure(endpoint, error, connection.failure);
      await this.vault(name, async (vault) => vault.fail(place, lease, version, failure));
      return null;
    }
    const next = { epoch: version.epoch, generation: version.generation + 1 };
    const facts = toFacts(endpoint, renewed, connection.facts);
    const sealed = await this.tokens.seal(name, next, renewed);
    const committed = await this.vault(name, async (vault) => vault.commit(place, lease, version, sealed, facts));
    if (committed.outcome === "committed") {
      // The token before is of no use any more, or nobody wants it, and may be in a copy that is not made anew.
      if (need === "force") await this.tokens.forgetElsewhere(name, connection);
      return this.publish(name, renewed, facts, next);
    }
    // Disconnected or connected anew meanwhile. What came back must not live on, unless ending it would end the new grant.
    const isSpare = endpoint.provider.revocation?.ends === "token" && !committed.same_grant;
    const account = connection.facts.account?.id ?? null;
    if (
      isSpare ||
      (!committed.live && (await this.shared.mayEnd(endpoint, name, [name.user], account).catch(() => false)))
    ) {
      await revoke(endpoint, renewed);
    }
    return null;
  }

  /** The integration's endpoints. @throws AppError where it is not there or not configured */
  protected endpoint({ app, address }: Pick<ConnectionAddress, "app" | "address">): Promise<TokenEndpoint> {
    return this.context.endpoint(app, integrationOf(address));
  }

  /** What is held of a connection. @throws AppError `not_connected` */
  protected async find(name: ConnectionAddress): Promise<StoredConnection> {
    const stored = await this.vault(name, async (vault) => vault.connection(name.address));
    if (!stored) throw notConnected(name);
    await this.found(name, stored);
    return stored;
  }

  /** The connection that an address has led to. */
  protected async found(name: ConnectionAddress, { place }: Pick<StoredConnection, "place">): Promise<Found> {
    const connection = await this.context.names.connectionId({ ...name, place });
    this.context.note(connection);
    return { ...name, place, connection };
  }

  /** The token of a connection, with its copy made anew. */
  async #use(name: Found, connection: StoredConnection): Promise<AccessToken> {
    const tokens = await this.tokens.open(name, connection);
    if (!this.tokens.isCurrent(connection)) {
      this.context.waitUntil(this.resealOne(name, connection).catch(ignore));
    }
    return this.publish(name, tokens, connection.facts, connection);
  }

  /**
   * Makes the copy of an access token, and takes it back where the connection has changed while it was made: KV keeps
   * what was written last, not what is newest.
   */
  protected publish(name: Found, tokens: TokenSet, facts: ConnectionFacts, version: Version): AccessToken {
    const token = toAccessToken(tokens, facts, version, name);
    this.context.waitUntil(
      (async () => {
        await this.tokens.publish(name, token, facts);
        const { version: now, isListed } = await this.vault(name, async (vault) => vault.standing(name.address));
        const isStill = now?.place === token.place && now.epoch === token.epoch && now.generation === token.generation;
        if (!isStill) await this.tokens.forget(name);
        if (isListed) return;
        await this.context.list.add(await this.context.names.vault(name.app, name.user));
        await this.vault(name, async (vault) => vault.setListed());
      })().catch(ignore),
    );
    return token;
  }

  protected async resealOne(name: ConnectionName, connection: StoredConnection): Promise<void> {
    const sealed = await this.tokens.seal(name, connection, await this.tokens.open(name, connection));
    await this.vault(name, async (vault) => vault.reseal(name.place, versionOf(connection), sealed));
  }

  /** Has others find at once whose accounts a user of the page has; an app's lines go with its events. */
  protected tell({ app, user }: Pick<ConnectionName, "app" | "user">): void {
    if (app !== DEFAULT_APP) return;
    this.context.waitUntil(this.lists.write({ app, user, by_session: true, handle: null }).catch(ignore));
  }

  protected async vault<T>(
    { app, user }: Pick<ConnectionName, "app" | "user">,
    call: (vault: DurableObjectStub<Vault>) => Promise<T>,
  ): Promise<T> {
    return this.context.vaults.call(await this.context.names.vault(app, user), call);
  }
}

/** For work whose outcome is kept where it belongs, and whose caller has gone. */
export function ignore(): void {}

/** For an address that leads to no connection. */
export function notConnected({ address }: Pick<ConnectionAddress, "address">): AppError {
  return isDefault(address)
    ? new AppError("not_connected", "No account is connected here. Connect one and try again.")
    : unknownConnection();
}
