/**
 * Connections as the rest of the code sees them: put in, described, given up. Sealing, the vault and the copies are behind a
 * few plain methods.
 */
import type { Account, ActivityEvent, HeldCredentials } from "../api.ts";
import { AppError } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { revoke, type Revoked } from "../oauth/revocation.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import type { Provider } from "../providers/provider.ts";
import { DEFAULT_APP, type ConnectionFacts, type ConnectionName } from "./connection.ts";
import { toCredentials } from "./credentials.ts";
import { otherAccount, type Grantee, type Known, type SavedConnection } from "./grant.ts";
import { FreshTokens, ignore, notConnected } from "./fresh-tokens.ts";
import { isWorthKeeping, toFacts } from "./refresh.ts";
import { versionOf } from "./sealed-tokens.ts";
import { UNADOPTED, type Version } from "./vault/connection-row.ts";
import type { PendingGrant } from "./vault/grants.ts";
import type { Owner } from "./vault/owner.ts";
import type { Revocation } from "./vault/revocations.ts";
import type { Vault } from "./vault/vault.ts";
import type { StoreOutcome } from "./vault/vault-revoking.ts";
import { appRemoved, tooManyConnections } from "./vaults.ts";

type PutOutcome = StoreOutcome | { readonly outcome: "gone" };

export class Connections extends FreshTokens {
  /**
   * Puts a new grant in; the one it replaces stays until this has succeeded.
   * @param replace whether another account than the one that is connected may take its place
   * @throws AppError `account_mismatch`
   */
  async save(name: ConnectionName, tokens: TokenSet, known: Known, replace: boolean): Promise<SavedConnection> {
    const facts = await this.#newFacts(name, tokens, known);
    const saved = await this.#put(name, tokens, facts, async (vault, version, sealed) =>
      vault.store(name.integration, version, sealed, facts, replace),
    );
    if (!saved) throw appRemoved();
    if (known.account) await this.#settle(name, saved, tokens, known.account);
    return saved;
  }

  /** Has the provider take back what was granted for another account, where that ends nothing that is in use. */
  giveBack(name: ConnectionName, tokens: TokenSet, account: Account | null): void {
    const work = async (): Promise<void> => {
      const endpoint = await this.context.endpoint(name);
      if (await this.mayEnd(endpoint, name, [name.user], account?.id ?? null)) await revoke(endpoint, tokens);
    };
    this.context.waitUntil(work().catch(ignore));
  }

  /** Seals a new grant for the next version and puts it in, anew where another one got in first; null where it is gone. */
  async #put(
    name: ConnectionName,
    tokens: TokenSet,
    facts: ConnectionFacts,
    put: (vault: DurableObjectStub<Vault>, version: Version, sealed: string) => Promise<PutOutcome>,
  ): Promise<SavedConnection | null> {
    let version: Version = await this.vault(name, async (vault) => vault.nextVersion(name.integration));
    for (;;) {
      const sealing = version;
      const sealed = await this.tokens.seal(name, sealing, tokens);
      const stored = await this.vault(name, (vault) => put(vault, sealing, sealed));
      if (stored.outcome === "other_account") throw otherAccount();
      if (stored.outcome === "full") throw tooManyConnections();
      if (stored.outcome === "stored") {
        this.publish(name, tokens, facts, sealing);
        return { version: sealing, replaced: stored.replaced, asked: facts.asked };
      }
      if (stored.outcome !== "outdated") return null;
      version = versionOf(stored);
    }
  }

  async #newFacts(name: ConnectionName, tokens: TokenSet, { account, asked }: Known): Promise<ConnectionFacts> {
    const known = { account, asked: asked && [...asked], connected_at: Date.now() };
    return toFacts(await this.context.endpoint(name), tokens, known);
  }

  /**
   * Keeps a grant aside, of no use to anybody, until `adopt` or `refuse`; taken back by alarm where neither comes in time.
   * @param origin where the request came to
   */
  async keep(
    name: ConnectionName,
    tokens: TokenSet,
    known: Known,
    code: Pick<PendingGrant, "code_digest" | "expires_at">,
    origin: string,
  ): Promise<void> {
    const { app, user, integration } = name;
    const facts = await this.#newFacts(name, tokens, known);
    const sealed = await this.tokens.seal(name, UNADOPTED, tokens);
    const owner = await this.context.names.owner(app, user, origin);
    const grant = { ...code, integration, sealed, facts };
    await this.context.members.enter(owner, async (vault, enrolment) => vault.keepGrant(owner, grant, enrolment));
  }

  /** Whether there is still an integration to connect to. */
  async isPossible(name: ConnectionName): Promise<boolean> {
    return (await this.#provider(name)) !== undefined;
  }

  /**
   * Makes a kept grant the connection; it goes on being kept where that is refused.
   * @param replace whether another account than the one that is connected may take its place
   * @returns null where it was done before or is over
   * @throws AppError `account_mismatch`
   */
  async adopt(name: ConnectionName, grant: PendingGrant, replace: boolean): Promise<SavedConnection | null> {
    const tokens = await this.tokens.open(name, { ...UNADOPTED, sealed: grant.sealed });
    const saved = await this.#put(name, tokens, grant.facts, async (vault, version, sealed) =>
      vault.adoptGrant(grant.code_digest, version, sealed, replace),
    );
    if (saved && grant.facts.account) await this.#settle(name, saved, tokens, grant.facts.account);
    return saved;
  }

  /** Gives a kept grant up and has the provider take it back. */
  async refuse(name: ConnectionName, grant: PendingGrant, presenter: string): Promise<void> {
    const revocation = await this.vault(name, async (vault) => vault.refuseGrant(grant.code_digest));
    if (revocation)
      this.context.waitUntil(this.finishRevocation(name, revocation, [name.user, presenter]).catch(ignore));
  }

  /** Notes whose account a new grant is for and what it may do, and settles with the grant it has replaced. */
  async identify(name: ConnectionName, saved: SavedConnection, tokens: TokenSet, grantee: Grantee): Promise<void> {
    const { account } = grantee;
    const known = { ...tokens, scopes: [...(grantee.scopes ?? tokens.scopes)] };
    if (grantee.scopes !== null) await this.#amend(name, saved, known, account);
    else if (account)
      await this.vault(name, async (vault) => vault.setAccount(name.integration, saved.version, account));
    if (account) await this.#settle(name, saved, known, account);
  }

  /** Puts better known tokens in the place of those of the same version. */
  async #amend(
    name: ConnectionName,
    { version, asked }: SavedConnection,
    tokens: TokenSet,
    account: Account | null,
  ): Promise<void> {
    const facts = await this.#newFacts(name, tokens, { account, asked });
    const sealed = await this.tokens.seal(name, version, tokens);
    await this.vault(name, async (vault) => vault.amend(name.integration, version, sealed, facts));
    this.publish(name, tokens, facts, version);
  }

  /**
   * Settles with a grant that was replaced. Of the same account, its refresh token is kept where the new answer has none:
   * many services give one at the first consent alone. Any other is taken back: it would live on at the provider with nobody
   * to use it. A grant of the same account that is renewed with a refresh token of its own is not touched, because at many
   * providers the tokens of both share one.
   */
  async #settle(name: ConnectionName, saved: SavedConnection, tokens: TokenSet, account: Account): Promise<void> {
    const { replaced } = saved;
    const previous = replaced?.facts.account;
    if (!replaced || !previous) return;
    const isSame = previous.id === account.id;
    if (!isSame) {
      const accounts = { before: previous.name, after: account.name };
      await this.vault(name, async (vault) => vault.noteReplaced(name.integration, accounts));
    }
    if (isSame && (tokens.refresh_token !== null || !replaced.facts.refreshable)) return;
    const endpoint = await this.context.endpoint(name);
    const held = await this.tokens.open(name, replaced).catch(ignore);
    if (!held) return;
    if (isSame && isWorthKeeping(endpoint, replaced, held)) {
      return this.#amend(name, saved, { ...tokens, refresh_token: held.refresh_token }, account);
    }
    const giveBack = async (): Promise<void> => {
      if (await this.mayEnd(endpoint, name, isSame ? [name.user] : [], previous.id)) await revoke(endpoint, held);
    };
    this.context.waitUntil(giveBack().catch(ignore));
  }

  /**
   * The status of every connection of the user, by integration.
   * @param providers of the app's integrations, by id
   */
  async list(
    app: string,
    user: string,
    providers: ReadonlyMap<string, Provider>,
  ): Promise<ReadonlyMap<string, HeldCredentials>> {
    const stored = await this.vault({ app, user }, async (vault) => vault.connections());
    return new Map(
      stored.map((connection) => [
        connection.integration,
        toCredentials(connection, providers.get(connection.integration)),
      ]),
    );
  }

  /** The integrations that the user is connected to. */
  async integrations(app: string, user: string): Promise<string[]> {
    const stored = await this.vault({ app, user }, async (vault) => vault.connections());
    return stored.map(({ integration }) => integration);
  }

  /** What is held of one connection. @throws AppError `not_connected` */
  async describe(name: ConnectionName): Promise<HeldCredentials> {
    const stored = await this.vault(name, async (vault) => vault.connection(name.integration));
    if (!stored) throw notConnected();
    return toCredentials(stored, await this.#provider(name));
  }

  /** What was asked for in the place of the integration's scopes when it was connected; null: those. */
  async asked(name: ConnectionName): Promise<string[] | null> {
    return (await this.vault(name, async (vault) => vault.connection(name.integration)))?.facts.asked ?? null;
  }

  /** The provider of a connection; undefined where its integration is gone or not configured. */
  async #provider(name: ConnectionName): Promise<Provider | undefined> {
    try {
      return (await this.context.endpoint(name)).provider;
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  /** What happened to it, newest first. */
  activity(name: ConnectionName): Promise<ActivityEvent[]> {
    return this.vault(name, async (vault) => vault.activity(name.integration));
  }

  /**
   * Forgets a connection and asks the provider to take its token back; what it cannot be told now, an alarm tells it.
   * @returns whether the provider confirmed
   * @throws AppError `not_connected`
   */
  async disconnect(name: ConnectionName): Promise<boolean> {
    const request = crypto.randomUUID();
    const revocation = await this.vault(name, async (vault) => vault.disconnect(name.integration, request));
    if (!revocation) throw notConnected();
    return this.finishRevocation(name, revocation);
  }

  /**
   * Whether a connection of one of these users, or of another one who has the same account, lives on the same grant: ending
   * that would end the connection too. @throws AppError `index_unavailable`
   */
  async #isInUse({ app, integration }: ConnectionName, users: readonly string[], account: string | null) {
    // The page's own users are in no index; who is at one browser does not know of the others.
    const isIndexed = app !== DEFAULT_APP && account !== null;
    const others = isIndexed ? await this.context.index.usersOf(app, integration, account) : [];
    const held = await Promise.all(
      [...new Set([...users, ...others])].map((user) =>
        this.vault({ app, user }, async (vault) => vault.connection(integration)),
      ),
    );
    return held.some((one) => {
      const known = one?.facts.account?.id;
      return one !== null && (!known || account === null || known === account);
    });
  }

  protected override async mayEnd(
    { provider: { revocation } }: TokenEndpoint,
    name: ConnectionName,
    users: readonly string[],
    account: string | null,
  ): Promise<boolean> {
    return revocation !== null && !(revocation.ends === "grant" && (await this.#isInUse(name, users, account)));
  }

  /**
   * Asks the provider to take back what a connection has left behind. What cannot be asked now, because the provider is
   * down or the integration not configured, stays with the vault.
   * @returns whether it confirmed
   */
  async finishRevocation(
    name: ConnectionName,
    revocation: Revocation,
    users: readonly string[] = [name.user],
  ): Promise<boolean> {
    await this.tokens.forget(name);
    let revoked: Revoked = { confirmed: false, retry_after: null };
    let isPossible = true;
    try {
      const endpoint = await this.context.endpoint(name);
      isPossible = await this.mayEnd(endpoint, name, users, revocation.account);
      if (isPossible) revoked = await revoke(endpoint, await this.tokens.open(name, revocation));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // An app's integration that was taken out does not come back: its id is never given again.
      if (error.code === "unknown_integration" && name.app !== DEFAULT_APP) isPossible = false;
    }
    const { confirmed, retry_after } = revoked;
    if (confirmed || !isPossible) {
      await this.vault(name, async (vault) => vault.revoked(revocation.id, confirmed));
    } else if (retry_after !== null) {
      await this.vault(name, async (vault) => vault.postponeRevocation(revocation.id, Date.now() + retry_after * 1000));
    }
    return confirmed;
  }

  /** Writes the lines of the index that are behind. @param all the others too. @throws AppError `index_unavailable` */
  async index(owner: Owner, all = false): Promise<number> {
    const lines = await this.vault(owner, async (vault) => vault.indexLines(all));
    await this.context.index.write(owner, lines);
    await this.vault(owner, async (vault) => vault.setIndexed(lines));
    return lines.filter(({ connection }) => connection !== null).length;
  }

  /** Takes out what leads to a vault that has emptied itself. @throws AppError `index_unavailable` */
  async forget({ app, user }: Owner, enrolment: string | null): Promise<void> {
    const vault = await this.context.names.vault(app, user);
    // Somebody may have come back meanwhile.
    if (await this.context.vaults.call(vault, async (stub) => stub.owner())) return;
    await this.context.list.remove(vault);
    await this.context.index.forget({ app, user });
    await this.context.members.leave({ app, user }, enrolment);
  }

  /** Seals everything of a vault anew that another key than the active one has sealed. */
  async reseal(app: string, user: string): Promise<{ resealed: number; left: number }> {
    const stored = await this.vault({ app, user }, async (vault) => vault.connections());
    const outdated = stored.filter((connection) => !this.tokens.isCurrent(connection));
    let resealed = 0;
    for (const connection of outdated) {
      try {
        await this.resealOne({ app, user, integration: connection.integration }, connection);
        resealed += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return { resealed, left: outdated.length - resealed };
  }
}
