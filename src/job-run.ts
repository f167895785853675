/** An instance of Cloudflare Workflows that drives a job: it asks what is next, has that done, and rests where there is nothing to do. */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { JobRunOrder } from "./apps/jobs.ts";
import { Services } from "./services.ts";
import type { World } from "./world.ts";

/**
 * An instance has a bound on its steps and, with all of them together, on its calls, which another one begins anew:
 * https://developers.cloudflare.com/workflows/reference/limits
 */
const STEPS = 20;
/** What stands in the way may pass; where it does not, the vault's alarm has another instance take over. */
const RETRIES = { retries: { limit: 4, delay: "5 seconds", backoff: "exponential" }, timeout: "15 minutes" } as const;
/** An instance that rests for longer gives way to another. */
const LONGEST_REST_MS = 6 * 3_600_000;

export abstract class JobRun extends WorkflowEntrypoint<Env, JobRunOrder> {
  protected abstract readonly world: World;

  override async run({ payload }: Readonly<WorkflowEvent<JobRunOrder>>, step: WorkflowStep): Promise<void> {
    const { vault, job, run } = payload;
    for (let number = 1; number <= STEPS; number += 1) {
      const { is_done, wait_ms } = await step.do(`work ${number}`, RETRIES, () =>
        this.#services(payload).jobWork.goOn(vault, job, run),
      );
      if (is_done) return;
      if (wait_ms > 0) await step.sleep(`rest ${number}`, Math.min(wait_ms, LONGEST_REST_MS));
    }
    await step.do("hand over", RETRIES, () => this.#services(payload).jobs.handOver(payload));
  }

  /** Each step has its own, as each request has. */
  #services({ origin }: JobRunOrder): Services {
    return new Services(this.world, this.env, { url: origin, waitUntil: (work) => this.ctx.waitUntil(work) });
  }
}
