/**
 * Jobs: begun, looked at, and driven on. A job is a row in the vault of whoever it is for, which decides how far it is; an
 * instance of Cloudflare Workflows asks it what is next and does that. The instance may be lost, or stand still, at any point:
 * the vault's alarm looks after jobs that do not move, and so does whoever looks at one.
 * https://developers.cloudflare.com/workflows/build/rules-of-workflows: steps that are done are not done again, one that was
 * not finished is, so that each has to bear repeating.
 */
import type { Job, Outcome, Receipt, Receipts } from "../api-jobs.ts";
import { APP_ITSELF, DEFAULT_APP, OPERATOR } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import type { NewJob, StoredJob } from "../connections/vault/jobs.ts";
import type { StoredReceipt } from "../connections/vault/job-receipts.ts";
import type { Vaults } from "../connections/vaults.ts";
import { randomId } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { AppRecords } from "./records.ts";

/** Which job an instance drives, and what it has to know for that. */
export interface JobRunOrder {
  /** The name of the vault that the job is in. */
  readonly vault: string;
  readonly job: string;
  readonly run: number;
  /** Where requests come to. */
  readonly origin: string;
}

/** Whose vault a job is in: a user's of the page, an app's own, or the operator's. */
export interface JobPlace {
  readonly app: string;
  readonly user: string;
}

export const OPERATORS_PLACE: JobPlace = { app: OPERATOR, user: APP_ITSELF };

/** One that has not moved for this long is looked after by whoever asks for it. */
const STILL_MS = 3000;
const LISTED = 50;
const JOB_ID = /^job_(?:(app-[a-z0-9]{20,33})_)?[\w-]{22}$/;

/** The states of an instance that nothing comes of any more: https://developers.cloudflare.com/workflows/build/workers-api */
const OVER = ["errored", "terminated", "complete", "unknown"];

export class Jobs {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #records: AppRecords;
  readonly #runs: Workflow<JobRunOrder>;
  readonly #origin: string;

  /** @param runs instances that drive jobs */
  constructor(vaults: Vaults, names: Names, records: AppRecords, runs: Workflow<JobRunOrder>, origin: string) {
    this.#vaults = vaults;
    this.#names = names;
    this.#records = records;
    this.#runs = runs;
    this.#origin = origin;
  }

  /**
   * Begins a job. One of the same kind about the same that is under way is the one that is meant.
   * @param atOnce is done before the answer, and again by the job
   * @throws AppError `too_many`
   */
  async begin(
    place: JobPlace,
    about: Omit<NewJob, "id">,
    atOnce: (job: StoredJob, vault: string) => Promise<void> = async () => {},
  ): Promise<Job> {
    const { app } = place;
    // Nobody may have made an app yet.
    if (app === OPERATOR) await this.#records.prepare(app);
    const vault = await this.#vaultOf(place);
    const whose = app === DEFAULT_APP || app === OPERATOR ? "" : `${app}_`;
    const id = `job_${whose}${randomId().slice(0, 22)}`;
    const job = await this.#vaults.call(vault, async (stub) => stub.beginJob({ id, ...about }));
    if (!job)
      throw new AppError("too_many", "There are as many jobs under way as there may be. Wait until one is done.");
    await atOnce(job, vault);
    if (job.id === id) await this.#create({ vault, job: id, run: job.run, origin: this.#origin });
    else await this.#lookAfter(vault, job);
    return toAnswer(job);
  }

  /** @throws AppError `not_found` */
  async find(place: JobPlace, id: string): Promise<Job> {
    const vault = await this.#vaultOf(await this.#placeOf(place, id));
    const job = await this.#vaults.call(vault, async (stub) => stub.job(id));
    if (!job) throw noSuchJob();
    await this.#lookAfter(vault, job);
    return toAnswer(job);
  }

  async #lookAfter(vault: string, job: StoredJob): Promise<void> {
    if (job.ended_at === null && job.moved_at < Date.now() - STILL_MS) await this.drive(vault, job);
  }

  /** The newest first. */
  async list(place: JobPlace): Promise<Job[]> {
    const vault = await this.#vaultOf(place);
    return (await this.#vaults.call(vault, async (stub) => stub.jobList(LISTED))).map(toAnswer);
  }

  /** What came of each connection of a job that is there, by its id. @param after the cursor of a page before */
  async receipts(
    place: JobPlace,
    id: string,
    outcome: Outcome | null,
    limit: number,
    after: string,
  ): Promise<Receipts> {
    const vault = await this.#vaultOf(await this.#placeOf(place, id));
    const found = await this.#vaults.call(vault, async (stub) => stub.receipts(id, outcome, limit + 1, after));
    const page = found.slice(0, limit);
    const next_cursor = found.length > limit ? (page.at(-1)?.connection ?? null) : null;
    return { receipts: page.map(toReceipt), next_cursor };
  }

  /** Looks after a job of a vault that does not seem to move. */
  async watch(place: JobPlace, id: string): Promise<void> {
    const vault = await this.#vaultOf(place);
    const job = await this.#vaults.call(vault, async (stub) => stub.job(id));
    if (job && job.ended_at === null) await this.drive(vault, job);
  }

  /** Sees to it that an instance drives a job: makes it, wakes it, or has another one take over. What fails, the vault's alarm asks for again. */
  async drive(vault: string, { id, run }: Pick<StoredJob, "id" | "run">): Promise<void> {
    const order = { vault, job: id, run, origin: this.#origin };
    const instance = await this.#runs.get(`${id}-${run}`).catch(() => null);
    if (instance === null) return this.#create(order);
    // One that was lost while it was made has no status.
    const { status } = await instance.status().catch(() => ({ status: "unknown" }));
    if (OVER.includes(status)) return this.handOver(order);
    // One that stands still because everything around it was restarted goes on when it is spoken to.
    await instance.sendEvent({ type: "go-on", payload: {} }).catch(() => {});
  }

  /** Has the next instance drive a job: one has a bound on its steps, and on its calls. */
  async handOver({ vault, job, run, origin }: JobRunOrder): Promise<void> {
    const next = await this.#vaults.call(vault, async (stub) => stub.takeOverJob(job, run));
    await this.#create({ vault, job, run: next, origin });
  }

  /** Makes an instance. One that is there already is no failure; of any other, the vault's alarm tries again. */
  async #create(order: JobRunOrder): Promise<void> {
    await this.#runs.create({ id: `${order.job}-${order.run}`, params: order }).catch(() => {});
  }

  #vaultOf({ app, user }: JobPlace): Promise<string> {
    return this.#names.vault(app, user);
  }

  /** The operator sees all; everybody else, what is theirs. @throws AppError `not_found` */
  async #placeOf(place: JobPlace, id: string): Promise<JobPlace> {
    const [isJob, app] = JOB_ID.exec(id) ?? [];
    if (isJob === undefined) throw noSuchJob();
    if (place.app !== OPERATOR || app === undefined) return place;
    if (!(await this.#names.isApp(app))) throw noSuchJob();
    return { app, user: APP_ITSELF };
  }
}

const toTime = (time: number): string => new Date(time).toISOString();

function toAnswer({ id, kind, target, reason, counts, started_at, ended_at }: StoredJob): Job {
  const state = ended_at === null ? "running" : "done";
  const ended = ended_at === null ? null : toTime(ended_at);
  return { id, kind, state, target, reason, counts, started_at: toTime(started_at), ended_at: ended };
}

const toReceipt = ({ connection, user, integration, account, outcome, by_hand, at }: StoredReceipt): Receipt => ({
  connection,
  user,
  integration,
  account,
  outcome,
  by_hand,
  at: at === null ? null : toTime(at),
});

/** For an id that leads to no job of whoever asks. */
export const noSuchJob = (): AppError =>
  new AppError("not_found", "There is no job of that id. GET /jobs lists those of the last thirty days.");
