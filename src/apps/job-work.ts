/**
 * What jobs do, a little at a time: each piece is what the cursor in the job's vault says is next, bears repeating, and is noted
 * there when it is done. The order of a revocation: what must stop at once, then every vault, so that nothing can be used any
 * more, then the providers.
 */
import * as z from "zod/mini";
import type { JobCounts } from "../api-jobs.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { ConnectionIndex } from "../connections/connection-index.ts";
import type { Connections } from "../connections/connections.ts";
import type { Names } from "../connections/names.ts";
import type { VaultList } from "../connections/vault-list.ts";
import type { ReceiptFacts, StoredReceipt } from "../connections/vault/job-receipts.ts";
import type { StoredJob } from "../connections/vault/jobs.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { AllVaults } from "./all-vaults.ts";
import type { Apps } from "./apps.ts";
import { RevocationPlan } from "./revocation-plan.ts";
import type { Sessions } from "./sessions.ts";

/** Vaults that are visited in one go; each is a call and a few more, and a Worker has a bound on those. */
const PAGE = 20;
/** Where a visit has brought up so many connections, the rest of the page waits. */
const ENOUGH = 200;
/** As many connections as the platform opens for a Worker, so that no provider is asked more often at a time. */
const LANES = 6;

const Cursor = z.object({
  /**
   * - `first`: what must stop at once
   * - `vaults`, `apps`, `members`, `index`, `list`: who is visited
   * - `asking`: providers
   * - `round`: all vaults, for what is no revocation
   */
  stage: z.enum(["first", "vaults", "apps", "members", "index", "list", "asking", "round"]),
  app: z.nullable(z.string()),
  after: z.nullable(z.string()),
  /** Whether something was found to do in this round, so that there is another one. */
  again: z.boolean(),
});
type Cursor = z.output<typeof Cursor>;

const at = (stage: Cursor["stage"], app: string | null = null, after: string | null = null, again = false): Cursor => ({
  stage,
  app,
  after,
  again,
});

/** Where a job of each kind begins. */
export const BEGINNING = {
  revoke: JSON.stringify(at("first")),
  reseal: JSON.stringify(at("round")),
  reindex: JSON.stringify(at("round")),
} as const;

/** Whether a job is at its end; and if not, for how many milliseconds there is nothing to do. */
export interface Progress {
  readonly is_done: boolean;
  readonly wait_ms: number;
}

const GOES_ON: Progress = { is_done: false, wait_ms: 0 };
const DONE: Progress = { is_done: true, wait_ms: 0 };

/** Vaults to visit, and where the next are; `mayCut`: whether a part of them is a page as well. */
interface Page {
  readonly vaults: readonly string[];
  readonly next: Cursor;
  readonly mayCut: boolean;
}

/** What the work is done with. */
export interface Tools {
  readonly vaults: Vaults;
  readonly names: Names;
  readonly list: VaultList;
  readonly index: ConnectionIndex;
  readonly apps: Apps;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly allVaults: AllVaults;
}

export class JobWork {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Does what is next. @param vault that the job is in. @throws whatever stands in the way; it is tried again */
  async goOn(vault: string, id: string, run: number): Promise<Progress> {
    const { vaults } = this.#tools;
    const job = await vaults.call(vault, async (stub) => stub.moveJob(id, run));
    if (!job) return DONE;
    if (job.kind !== "revoke") return this.#visitAll(vault, job);
    const cursor = Cursor.parse(JSON.parse(job.cursor));
    if (cursor.stage === "asking") return this.#ask(vault, job);
    const plan = RevocationPlan.parse(JSON.parse(job.plan));
    if (cursor.stage === "first") {
      await this.stop(vault, job);
      await this.#advance(vault, job, firstOf(plan), {});
      return GOES_ON;
    }
    await this.#visit(vault, job, plan, await this.#page(plan, cursor));
    return GOES_ON;
  }

  /** Stops at once what a revocation is about. */
  async stop(vault: string, job: Pick<StoredJob, "id" | "plan">): Promise<void> {
    const { key, first, ...plan } = RevocationPlan.parse(JSON.parse(job.plan));
    if (key) await this.#tools.sessions.endKept(key.vault, key.digest);
    if (first === null) return;
    const receipts = await this.#take(vault, job.id, plan, first);
    await this.#tools.vaults.call(vault, async (stub) => stub.addReceipts(job.id, receipts));
  }

  async #page(plan: RevocationPlan, { stage, app, after }: Cursor): Promise<Page> {
    const { apps, index, list, names, vaults } = this.#tools;
    switch (stage) {
      case "vaults": {
        const all = "vaults" in plan.scope ? plan.scope.vaults : [];
        return { vaults: all, next: at("asking"), mayCut: false };
      }
      case "apps": {
        const ids = await apps.ids(PAGE, after);
        const next = ids.length < PAGE ? at("members") : at("apps", null, ids.at(-1));
        return { vaults: await Promise.all(ids.map((id) => names.vault(id, APP_ITSELF))), next, mayCut: false };
      }
      case "members": {
        if (app === null) return { vaults: [], next: await this.#nextApp(null), mayCut: false };
        const itself = await names.vault(app, APP_ITSELF);
        const page = await vaults.call(itself, async (stub) => stub.members(after ?? "", PAGE));
        const isLast = page.length < PAGE;
        const hasOthers = isLast && (await vaults.call(itself, async (stub) => stub.mayHaveOthers()));
        const behind = hasOthers ? at("index", app) : await this.#behind(plan, app);
        return { vaults: page, next: isLast ? behind : at("members", app, page.at(-1)), mayCut: true };
      }
      case "index": {
        const { users, next } = await index.users(app ?? "", after, PAGE);
        const found = await Promise.all(users.map((user) => names.vault(app ?? "", user)));
        const behind = next === null ? await this.#behind(plan, app) : at("index", app, next);
        return { vaults: found, next: behind, mayCut: false };
      }
      case "list":
      case "first":
      case "asking":
      case "round": {
        const { names: found, cursor } = await list.page(after);
        return { vaults: found, next: cursor === null ? at("asking") : at("list", null, cursor), mayCut: false };
      }
    }
  }

  /** What comes behind the users of an app. */
  #behind({ scope }: RevocationPlan, app: string | null): Promise<Cursor> | Cursor {
    return "deployment" in scope ? this.#nextApp(app) : at("asking");
  }

  async #nextApp(before: string | null): Promise<Cursor> {
    const [next] = await this.#tools.apps.ids(1, before);
    return next === undefined ? at("list") : at("members", next);
  }

  async #visit(vault: string, job: StoredJob, plan: RevocationPlan, { vaults: page, next, mayCut }: Page) {
    const receipts: ReceiptFacts[] = [];
    const enough = mayCut ? ENOUGH : Infinity;
    let visited = 0;
    while (visited < page.length && receipts.length < enough) {
      const some = page.slice(visited, visited + LANES);
      const taken = await Promise.all(some.map((one) => this.#take(vault, job.id, plan, one)));
      receipts.push(...taken.flat());
      visited += some.length;
    }
    await this.#tools.vaults.call(vault, async (stub) => stub.addReceipts(job.id, receipts));
    const { app } = Cursor.parse(JSON.parse(job.cursor));
    const reached = visited < page.length ? at("members", app, page[visited - 1]) : next;
    await this.#advance(vault, job, reached, { vaults: visited });
  }

  async #take(
    vault: string,
    id: string,
    { ends, keeps, integrations, connections }: Omit<RevocationPlan, "key" | "first">,
    from: string,
  ): Promise<readonly ReceiptFacts[]> {
    const places = connections.filter((one) => one.vault === from).map(({ place }) => place);
    const order = { job: { vault, id }, ends, keeps, integrations, places };
    const { receipts, ended } = await this.#tools.connections.takeBack(from, order);
    await this.#tools.sessions.forgetEnded(ended);
    return receipts;
  }

  async #ask(vault: string, { id }: StoredJob): Promise<Progress> {
    const { vaults, connections } = this.#tools;
    const { due, next_at } = await vaults.call(vault, async (stub) => stub.asking(id));
    if (due.length === 0 && next_at === null) return this.#end(vault, id);
    const paused = new Set<string>();
    await inLanes(due, async (receipt) => {
      if (paused.has(receipt.integration)) return;
      if ((await connections.askFor({ vault, id }, receipt)) !== null) paused.add(receipt.integration);
    });
    return { is_done: false, wait_ms: next_at === null ? 0 : Math.max(next_at - Date.now(), 0) };
  }

  async #visitAll(vault: string, job: StoredJob): Promise<Progress> {
    const { after, again } = Cursor.parse(JSON.parse(job.cursor));
    const { allVaults } = this.#tools;
    const { cursor, left, ...done } = await (job.kind === "reseal"
      ? allVaults.reseal(after)
      : allVaults.reindex(after));
    const isAgain = again || done.resealed > 0;
    // What no key opens is counted in each round anew.
    const counts = { ...done, left: (after === null ? 0 : job.counts.left) + left };
    await this.#advance(vault, job, at("round", null, cursor, cursor !== null && isAgain), counts);
    return cursor === null && !isAgain ? this.#end(vault, job.id) : GOES_ON;
  }

  async #end(vault: string, id: string): Promise<Progress> {
    await this.#tools.vaults.call(vault, async (stub) => stub.endJob(id));
    return DONE;
  }

  async #advance(vault: string, { id, cursor }: StoredJob, to: Cursor, done: Partial<JobCounts>): Promise<void> {
    await this.#tools.vaults.call(vault, async (stub) => stub.advanceJob(id, cursor, JSON.stringify(to), done));
  }
}

function firstOf({ scope }: RevocationPlan): Cursor {
  if ("vaults" in scope) return at("vaults");
  return "app" in scope ? at("members", scope.app) : at("apps");
}

async function inLanes(receipts: readonly StoredReceipt[], ask: (receipt: StoredReceipt) => Promise<void>) {
  const left = [...receipts];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await ask(next);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
