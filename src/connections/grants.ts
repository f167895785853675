/** New grants on their way into a vault: sealed for where they go, put in, and given back where they are refused. */
import type { Account } from "../api.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import { revoke } from "../oauth/revocation.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { exactly, type ConnectionFacts, type ConnectionName } from "./connection.ts";
import { FreshTokens, ignore } from "./fresh-tokens.ts";
import { defaultOf, integrationOf } from "./place.ts";
import { refusal, type Known, type SavedConnection, type Target } from "./grant.ts";
import { isWorthKeeping, toFacts } from "./refresh.ts";
import { versionOf } from "./sealed-tokens.ts";
import { UNADOPTED, type Version } from "./vault/connection-row.ts";
import type { PendingGrant } from "./vault/grants.ts";
import type { Placed, Refused, StoreOutcome } from "./vault/vault-revoking.ts";
import type { Departing } from "./vault/vault-moving.ts";
import type { Vault } from "./vault/vault.ts";

interface Spent {
  readonly outcome: "spent";
}

/** How a vault is asked where a grant goes, and to put it in there. */
interface Putting {
  readonly place: (vault: DurableObjectStub<Vault>) => Promise<Placed | Refused | Spent>;
  readonly put: (
    vault: DurableObjectStub<Vault>,
    place: string,
    version: Version,
    sealed: string,
  ) => Promise<StoreOutcome | Spent>;
}

export abstract class Grants extends FreshTokens {
  /**
   * Puts a new grant in; the one it replaces stays until this has succeeded.
   * @param isOurs whether nobody else has these tokens, so that they are given back where they are refused
   * @throws AppError `account_mismatch`, `unknown_connection`, `too_many`, `app_removed`
   */
  async save(target: Target, tokens: TokenSet, known: Known, isOurs: boolean): Promise<SavedConnection> {
    const facts = await this.#newFacts(target, tokens, known);
    try {
      const saved = await this.#put(target, tokens, facts, {
        place: async (vault) => vault.place(target.integration, known.account?.id ?? null, target.wanted),
        put: async (vault, place, version, sealed) => vault.store(place, version, sealed, facts, target.wanted),
      });
      if (!saved) throw refusal("closed");
      return saved;
    } catch (error) {
      if (isOurs && isNotPutIn(error)) this.#giveBack(exactly(target, target.integration), tokens, known.account);
      throw error;
    }
  }

  /** Has the provider take back what was granted, where that ends nothing that is in use. */
  #giveBack(name: ConnectionName, tokens: TokenSet, account: Account | null): void {
    const work = async (): Promise<void> => {
      const endpoint = await this.endpoint(name);
      if (await this.shared.mayEnd(endpoint, name, [name.user], account?.id ?? null)) await revoke(endpoint, tokens);
    };
    this.context.waitUntil(work().catch(ignore));
  }

  /**
   * Seals a new grant for where it goes and puts it in, anew where others got in first, and settles with what it replaces;
   * null where it was spent before.
   */
  async #put(
    { app, user, integration }: Omit<Target, "wanted">,
    tokens: TokenSet,
    facts: ConnectionFacts,
    { place: ask, put }: Putting,
  ): Promise<SavedConnection | null> {
    let placed = await this.vault({ app, user }, ask);
    for (;;) {
      if (placed.outcome === "spent") return null;
      if (placed.outcome !== "placed") throw refusal(placed.outcome);
      const { place } = placed;
      const version = versionOf(placed);
      const name = await this.found(exactly({ app, user }, place), placed);
      const sealed = await this.tokens.seal(name, version, tokens);
      const stored = await this.vault(name, (vault) => put(vault, place, version, sealed));
      if (stored.outcome === "spent") return null;
      if (stored.outcome === "stored") {
        // The copy is to be where most callers look for it.
        const address = stored.is_default ? defaultOf(integration) : place;
        // Under the other one that it is called by there may be a copy of the grant before.
        if (stored.is_default) await this.tokens.forget({ ...name, address: place });
        this.publish({ ...name, address }, tokens, facts, version);
        this.tell({ app, user });
        const saved = { name, version, replaced: stored.replaced, asked: facts.asked };
        await this.#settle(saved, tokens, facts.account);
        return saved;
      }
      placed = stored.outcome === "outdated" ? { ...stored, outcome: "placed" } : stored;
    }
  }

  /**
   * Takes a connection over for another user: puts it in there, and takes it out here where it is still the same. Bears
   * repeating. One that cannot be used is only taken out where that user has the account.
   * @throws AppError `too_many`; `unknown_connection` where it was taken over before and is disconnected there since
   */
  async take(from: ConnectionName, departing: Departing, user: string): Promise<void> {
    const { app, place: origin } = from;
    const { sealed: _, ...kept } = departing;
    const move = { vault: await this.context.names.vault(app, from.user), from: origin, ...versionOf(departing) };
    const target = { app, user, integration: integrationOf(origin) };
    await this.#put(target, await this.tokens.open(from, departing), departing.facts, {
      place: async (vault) => vault.placeTaken(move, kept),
      put: async (vault, place, version, sealed) => vault.take(move, place, version, sealed, kept),
    });
    const isGone = await this.vault(from, async (vault) => vault.departed(origin, versionOf(departing)));
    if (!isGone) return;
    await this.tokens.forgetAll(from);
    this.tell(from);
  }

  async #newFacts(
    { app, integration }: Pick<Target, "app" | "integration">,
    tokens: TokenSet,
    { account, asked }: Known,
  ): Promise<ConnectionFacts> {
    const known = { account, asked: asked && [...asked], connected_at: Date.now() };
    return toFacts(await this.context.endpoint(app, integration), tokens, known);
  }

  /**
   * Keeps a grant aside, of no use to anybody, until `adopt` or `refuse`; taken back by alarm where neither comes in time.
   * @param origin where the request came to
   */
  async keep(
    target: Omit<Target, "wanted">,
    tokens: TokenSet,
    known: Known,
    code: Pick<PendingGrant, "code_digest" | "expires_at" | "connect_session">,
    origin: string,
  ): Promise<void> {
    const { app, user, integration } = target;
    const facts = await this.#newFacts(target, tokens, known);
    const sealed = await this.tokens.seal(exactly(target, integration), UNADOPTED, tokens);
    const owner = await this.context.names.owner(app, user, origin);
    const grant = { ...code, integration, sealed, facts };
    await this.context.members.enter(owner, async (vault, enrolment) => vault.keepGrant(owner, grant, enrolment));
  }

  /**
   * Makes a kept grant a connection; where that is refused, it is given back.
   * @returns null where it was done before or is over
   * @throws AppError like `save`
   */
  async adopt(target: Target, grant: PendingGrant): Promise<SavedConnection | null> {
    const kept = exactly(target, grant.integration);
    const tokens = await this.tokens.open(kept, { ...UNADOPTED, sealed: grant.sealed });
    try {
      return await this.#put(target, tokens, grant.facts, {
        place: async (vault) => vault.place(target.integration, grant.facts.account?.id ?? null, target.wanted),
        put: async (vault, place, version, sealed) =>
          vault.adoptGrant(grant.code_digest, place, version, sealed, target.wanted),
      });
    } catch (error) {
      if (isNotPutIn(error)) await this.refuse(target, grant, target.user, error.code);
      throw error;
    }
  }

  /**
   * Gives a kept grant up and has the provider take it back.
   * @param presenter the user whose grant it may be
   * @param reason what its connect session has failed for
   */
  abstract refuse(
    target: Omit<Target, "wanted">,
    grant: PendingGrant,
    presenter: string,
    reason: ErrorCode,
  ): Promise<void>;

  /** Puts better known tokens in the place of those of the same version. */
  async #amend({ name, version, asked }: SavedConnection, tokens: TokenSet, account: Account | null): Promise<void> {
    const { app, place } = name;
    const facts = await this.#newFacts({ app, integration: integrationOf(place) }, tokens, { account, asked });
    const sealed = await this.tokens.seal(name, version, tokens);
    await this.vault(name, async (vault) => vault.amend(place, version, sealed, facts));
    this.publish(name, tokens, facts, version);
  }

  /**
   * Settles with a grant that was replaced. Of the same account, its refresh token is kept where the new answer has none:
   * many services give one at the first consent alone. Where it is of no use any more it is taken back: it would live on at
   * the provider with nobody to use it. A grant that is renewed, of the same account or of one that may be the same, is not
   * touched where its tokens end by themselves, or where the provider may end both, because at many the tokens of both share
   * one.
   */
  async #settle(
    { name, replaced, ...saved }: SavedConnection,
    tokens: TokenSet,
    account: Account | null,
  ): Promise<void> {
    if (!replaced) return;
    const previous = replaced.facts.account;
    // Where one of the two has not been told, they may be the same.
    const isKnown = previous !== null && account !== null;
    const isRenewed = !isKnown || tokens.refresh_token !== null || !replaced.facts.refreshable;
    if (isRenewed && replaced.facts.expires_at !== null) return;
    const endpoint = await this.endpoint(name);
    if (isRenewed && endpoint.provider.revocation?.ends !== "token") return;
    const held = await this.tokens.open(name, replaced).catch(ignore);
    if (!held) return;
    if (!isRenewed && isWorthKeeping(endpoint, replaced, held)) {
      return this.#amend({ name, replaced, ...saved }, { ...tokens, refresh_token: held.refresh_token }, account);
    }
    // Some services give the very same token again.
    if (held.access_token !== tokens.access_token) this.#giveBack(name, held, previous);
  }
}

/** Whether an error leaves a grant with nobody to use it. */
const isNotPutIn = (error: unknown): error is AppError =>
  error instanceof AppError &&
  ["account_mismatch", "unknown_connection", "too_many", "app_removed"].includes(error.code);
