/**
 * What a job takes from a vault: at one moment, and once, sessions end, links are of no use, and tokens leave for the queue of
 * revocations. Asked again by the same job, a vault says what is left in that queue, and takes no more: whoever connects
 * afterwards stays connected.
 */
import type { Owner } from "./owner.ts";
import type { Revocation } from "./revocations.ts";
import { integrationOf } from "../place.ts";
import type { VaultSql } from "./vault-sql.ts";
import { VaultRevoking } from "./vault-revoking.ts";

/** The job asks sooner; this is for when it does not come to that. */
const LEFT_ALONE_MS = 1_800_000;
/** No job goes on for longer. */
const NOTED_MS = 30 * 86_400_000;

/** What a job takes. */
export interface TakingOrder {
  /** The job, and the vault that it is in. */
  readonly job: { readonly vault: string; readonly id: string };
  /** Whether sessions, keys and whatever is under way end as well. */
  readonly ends: boolean;
  /** The digest of the one session that goes on: whoever asked is to see what comes of it. */
  readonly keeps: string | null;
  /** Connections at these integrations; null: at all. */
  readonly integrations: readonly string[] | null;
  /** And these. */
  readonly places: readonly string[];
}

export interface Taken {
  /** null: this vault is nobody's. */
  readonly owner: Owner | null;
  /** Digests of sessions that have ended. */
  readonly ended: readonly string[];
  /** What is to be taken back for the job. */
  readonly left: readonly Pick<Revocation, "place" | "share">[];
}

export abstract class VaultTaking extends VaultRevoking {
  readonly #visits: Pick<VaultSql, "exec">;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#visits = this.sql.apart("visits", "CREATE TABLE IF NOT EXISTS visits (job TEXT PRIMARY KEY, at INTEGER)");
  }

  /** Takes what a job is to take back, once. */
  async takeBack(order: TakingOrder): Promise<Taken> {
    const owner = this.owners.get();
    const isFirst = this.sql.isMade && !this.closing.isClosed && this.#visit(order.job.id);
    const ended = isFirst && order.ends ? this.sessions.endAll(order.keeps) : [];
    this.endWith(ended.filter((digest) => digest !== order.keeps));
    if (isFirst) this.#take(order);
    await this.arm();
    const left = this.#left(order.job.id).map(({ place, share }) => ({ place, share }));
    return { owner, ended, left };
  }

  /** What of a place is still to be taken back for a job, and whose it is. */
  leftAt(job: string, place: string): { readonly owner: Owner | null; readonly left: readonly Revocation[] } {
    return { owner: this.owners.get(), left: this.revocations.sharedAt(place).filter((one) => isFor(job, one)) };
  }

  #take({ job, ends, integrations, places }: TakingOrder): void {
    const isMeant = (place: string): boolean =>
      integrations === null || integrations.includes(integrationOf(place)) || places.includes(place);
    if (ends) {
      this.pending.spendAll();
      for (const { id } of this.connectSessions.live()) this.endSessionOf(id, "cancelled", "app");
    }
    for (const grant of this.grants.takeMoreThan(0)) {
      if (isMeant(grant.integration)) this.giveUp(grant);
      else this.grants.add(grant);
    }
    // What a job before has not brought about is asked for again, and both are told.
    for (const { id, place, share } of this.revocations.shared()) {
      if (share && isMeant(place)) this.revocations.setShare(id, { ...share, jobs: [...share.jobs, job] });
    }
    for (const { place, facts } of this.slots.list()) {
      if (!isMeant(place)) continue;
      const account = facts.account?.name ?? null;
      this.remove(place, `${job.id} ${place}`, { jobs: [job], account }, LEFT_ALONE_MS);
    }
  }

  /** @returns whether the job was not here before */
  #visit(job: string): boolean {
    const now = Date.now();
    this.#visits.exec("DELETE FROM visits WHERE at <= ?", now - NOTED_MS);
    const rows = this.#visits.exec("INSERT OR IGNORE INTO visits (job, at) VALUES (?, ?) RETURNING job", job, now);
    return rows.toArray().length > 0;
  }

  #left(job: string): Revocation[] {
    return this.revocations.shared().filter((one) => isFor(job, one));
  }
}

const isFor = (job: string, { share }: Revocation): boolean => share?.jobs.some(({ id }) => id === job) ?? false;
