/** Jobs that are for whoever this vault is of: a user of the page, an app, the operator. What drives them asks here what is next. */
import type { JobCounts, Outcome } from "../../api-jobs.ts";
import { integrationOf } from "../place.ts";
import { ReceiptTable, type Answered, type ReceiptFacts, type StoredReceipt } from "./job-receipts.ts";
import { JobTable, type NewJob, type StoredJob } from "./jobs.ts";
import { VaultApp } from "./vault-app.ts";

/** Connections whose providers are asked in one go: each takes a few calls, and a Worker has a bound on those. */
const ASKED_AT_ONCE = 40;

/** What is to be asked now, and otherwise when that is; null: nothing is left to be asked. */
export interface Asking {
  readonly due: readonly StoredReceipt[];
  readonly next_at: number | null;
}

export abstract class VaultJobs extends VaultApp {
  protected readonly jobs: JobTable;
  readonly #receipts: ReceiptTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.jobs = new JobTable(this.sql);
    this.#receipts = new ReceiptTable(this.sql);
  }

  /** Begins a job; of the same about the same, the one that is under way goes on. @returns null where there are too many */
  async beginJob(job: NewJob): Promise<StoredJob | null> {
    for (const id of this.jobs.purge(Date.now())) this.#receipts.remove(id);
    const begun = this.jobs.begin(job);
    await this.arm();
    return begun;
  }

  job(id: string): StoredJob | null {
    return this.jobs.find(id);
  }

  jobList(limit: number): StoredJob[] {
    return this.jobs.list(limit);
  }

  /** @returns the job, which goes on; null where it has ended, or another run drives it */
  async moveJob(id: string, run: number): Promise<StoredJob | null> {
    const job = this.jobs.move(id, run);
    await this.arm();
    return job;
  }

  /** Has the next run drive a job. @param run the one that does not any more */
  takeOverJob(id: string, run: number): number {
    return this.jobs.takeOver(id, run);
  }

  /**
   * Notes what was done, once: where the job is further by now, it was noted before.
   * @param from where it was
   * @param to where it goes on
   * @param done what is added to its counts; of `left`, it is the number
   */
  advanceJob(id: string, from: string, to: string, { left, ...done }: Partial<JobCounts>): void {
    const job = this.jobs.find(id);
    if (!job) return;
    const { counts } = job;
    this.jobs.advance(id, from, to, {
      ...counts,
      vaults: counts.vaults + (done.vaults ?? 0),
      resealed: counts.resealed + (done.resealed ?? 0),
      listed: counts.listed + (done.listed ?? 0),
      left: left ?? counts.left,
    });
  }

  async endJob(id: string): Promise<void> {
    this.jobs.end(id);
    await this.arm();
  }

  /** Notes connections that a job has taken: each once. */
  addReceipts(id: string, all: readonly ReceiptFacts[]): void {
    const job = this.jobs.find(id);
    if (!job) return;
    const isNew = all.map((facts) => this.#receipts.add(id, facts, integrationOf(facts.place)));
    const added = isNew.filter(Boolean).length;
    if (added > 0) this.jobs.count(id, { ...job.counts, total: job.counts.total + added });
  }

  /** What a job is to ask providers for now. */
  async asking(id: string): Promise<Asking> {
    const job = this.jobs.find(id);
    const now = Date.now();
    const paused = Object.entries(job?.pauses ?? {}).filter(([, until]) => until > now);
    const due = this.#receipts.due(
      id,
      now,
      ASKED_AT_ONCE,
      paused.map(([integration]) => integration),
    );
    if (due.length > 0) return { due, next_at: null };
    const first = this.#receipts.nextAt(id);
    const waits = first !== null && first <= now ? paused.map(([, until]) => until) : [];
    const next_at = first === null ? null : Math.max(now, Math.min(first > now ? first : Infinity, ...waits));
    if (next_at !== null) {
      this.jobs.rest(id, next_at);
      await this.arm();
    }
    return { due, next_at };
  }

  /** Notes what a provider has said to a connection of a job. */
  settleReceipt(id: string, facts: ReceiptFacts, answered: Answered): void {
    this.addReceipts(id, [facts]);
    const before = this.#receipts.settle(id, facts.connection, answered);
    const job = this.jobs.find(id);
    if (!job) return;
    const counts = recount(recount(job.counts, before, -1), before && answered.outcome, 1);
    this.jobs.count(id, counts);
    const { pause } = answered;
    if (pause !== null) this.jobs.pause(job, integrationOf(facts.place), Date.now() + pause * 1000);
  }

  /** @param after where a page before has ended */
  receipts(id: string, outcome: Outcome | null, limit: number, after: string): StoredReceipt[] {
    return this.#receipts.page(id, outcome, limit, after);
  }
}

const recount = (counts: JobCounts, outcome: Outcome | null, by: number): JobCounts =>
  outcome === null || outcome === "pending" ? counts : { ...counts, [outcome]: counts[outcome] + by };
