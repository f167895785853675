/**
 * Tokens on their way back to their providers: asked for at once, by a vault's alarm, or by a job, which is told what came of it.
 */
import { AppError } from "../errors.ts";
import { revoke } from "../oauth/revocation.ts";
import { DEFAULT_APP, exactly, type ConnectionName } from "./connection.ts";
import { Grants } from "./grants.ts";
import type { Answered, ReceiptFacts, StoredReceipt } from "./vault/job-receipts.ts";
import type { Revocation } from "./vault/revocations.ts";
import type { TakingOrder } from "./vault/vault-taking.ts";

export abstract class Revoking extends Grants {
  /**
   * Asks the provider to take back what a connection has left behind. What cannot be asked now, because the provider is
   * down or the integration not configured, stays with the vault. Jobs that it was taken for are told before it goes there.
   * @param ends_others whether that was asked for although other connections live on the same grant
   * @returns whether it confirmed
   */
  async finishRevocation(
    name: ConnectionName,
    revocation: Revocation,
    users: readonly string[] = [name.user],
    ends_others = revocation.share !== null,
  ): Promise<boolean> {
    return (await this.#finish(name, revocation, users, ends_others)).outcome === "confirmed";
  }

  async #finish(
    name: ConnectionName,
    revocation: Revocation,
    users: readonly string[],
    ends_others: boolean,
  ): Promise<Answered> {
    // A job has done so when it took it.
    if (revocation.share === null) await this.tokens.forgetAll(name);
    const answered = await this.#askToRevoke(name, revocation, users, ends_others);
    await this.#tellJobs(name, revocation, answered);
    const { pause, is_over } = answered;
    if (is_over) {
      const confirmed = answered.outcome === "confirmed";
      await this.vault(name, async (vault) => vault.revoked(revocation.id, confirmed));
    } else if (pause !== null) {
      await this.vault(name, async (vault) => vault.postponeRevocation(revocation.id, Date.now() + pause * 1000));
    }
    return answered;
  }

  /** Asks. Whatever comes of it is an outcome; `is_over`: nobody has to ask again, or can. */
  async #askToRevoke(
    name: ConnectionName,
    revocation: Revocation,
    users: readonly string[],
    ends_others: boolean,
  ): Promise<Answered> {
    const unasked = { outcome: "not_reached", by_hand: null, pause: null, is_over: false } as const;
    let by_hand: string | null = null;
    try {
      const endpoint = await this.endpoint(name);
      by_hand = endpoint.provider.grants_page;
      if (endpoint.provider.revocation === null) return { ...unasked, outcome: "not_offered", by_hand, is_over: true };
      const isPossible = ends_others || (await this.shared.mayEnd(endpoint, name, users, revocation.account));
      if (!isPossible) return { ...unasked, by_hand, is_over: true };
      const { outcome, retry_after: pause } = await revoke(endpoint, await this.tokens.open(name, revocation));
      return { outcome, by_hand, pause, is_over: outcome === "confirmed" };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // An app's integration that was taken out does not come back: its id is never given again.
      const is_over = error.code === "unknown_integration" && name.app !== DEFAULT_APP;
      return { ...unasked, by_hand, is_over };
    }
  }

  async #tellJobs(name: ConnectionName, { share, place }: Revocation, answered: Answered): Promise<void> {
    if (share === null) return;
    const facts = await this.#receiptFacts(name, { place, share });
    for (const { vault, id } of share.jobs) {
      await this.context.vaults.call(vault, async (stub) => stub.settleReceipt(id, facts, answered));
    }
  }

  async #receiptFacts(
    { app, user }: Pick<ConnectionName, "app" | "user">,
    { place, share }: Pick<Revocation, "place" | "share">,
  ): Promise<ReceiptFacts> {
    const { names } = this.context;
    const vault = await names.vault(app, user);
    const connection = await names.connectionId({ app, user, place });
    // What the page's users are called says nothing to anybody.
    return { connection, vault, place, user: app === DEFAULT_APP ? null : user, account: share?.account ?? null };
  }

  /**
   * Takes from a vault what a job is to take back, and forgets the copies of it.
   * @returns what is to be asked for of it, and the digests of sessions that have ended
   */
  async takeBack(
    vault: string,
    order: TakingOrder,
  ): Promise<{ readonly receipts: readonly ReceiptFacts[]; readonly ended: readonly string[] }> {
    const { vaults } = this.context;
    const { owner, ended, left } = await vaults.call(vault, async (stub) => stub.takeBack(order));
    if (!owner) return { receipts: [], ended };
    await Promise.all(left.map(({ place }) => this.tokens.forgetAll(exactly(owner, place))));
    return { receipts: await Promise.all(left.map((one) => this.#receiptFacts(owner, one))), ended };
  }

  /** Asks a provider to take back what a job has left at a place. @returns seconds that it wants to be left alone for */
  async askFor(job: TakingOrder["job"], { by_hand, ...facts }: StoredReceipt): Promise<number | null> {
    const { vaults } = this.context;
    const { vault, place } = facts;
    const { owner, left } = await vaults.call(vault, async (stub) => stub.leftAt(job.id, place));
    let pause: number | null = null;
    for (const revocation of left) {
      if (owner === null) break;
      const answered = await this.#finish(exactly(owner, place), revocation, [owner.user], true);
      pause = answered.pause ?? pause;
    }
    if (left.length === 0) {
      // The vault has given it up after a day.
      const over: Answered = { outcome: "not_reached", by_hand, pause: null, is_over: true };
      await vaults.call(job.vault, async (stub) => stub.settleReceipt(job.id, facts, over));
    }
    return pause;
  }
}
