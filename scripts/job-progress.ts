/** Jobs of a deployment, as the operator's scripts begin them and follow them to their end. */
import { setTimeout as sleep } from "node:timers/promises";
import { Job } from "../src/api-jobs.ts";

const ASKED_EVERY_MS = 1000;
/** A deployment that does not answer has a while to come back to itself; the job goes on without us. */
const RETRY_AFTER_MS = [500, 2000, 8000, 30_000];

/** What a deployment has refused for good: the same is not asked again. */
class Refused extends Error {}

export interface Deployment {
  readonly address: string;
  /** Its ADMIN_KEY. */
  readonly key: string;
}

/** Asks a deployment for something. @throws Error with what it said */
async function ask({ address, key }: Deployment, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${key}`);
  const response = await fetch(new URL(path, address), { ...init, headers, redirect: "error" });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const sentence = `The deployment answered ${response.status}: ${text.slice(0, 500)}`;
  throw response.status < 500 && response.status !== 429 ? new Refused(sentence) : new Error(sentence);
}

/** Reads from a deployment that has answered before, with patience. */
export async function read(deployment: Deployment, path: string): Promise<unknown> {
  for (const wait of RETRY_AFTER_MS) {
    try {
      return await ask(deployment, path);
    } catch (error) {
      if (error instanceof Refused) throw error;
      await sleep(wait);
    }
  }
  return ask(deployment, path);
}

/** Begins a job. @throws Error with what the deployment said */
export async function begin(deployment: Deployment, path: string, body?: object): Promise<Job> {
  const sent =
    body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return Job.parse(await ask(deployment, path, { method: "POST", ...sent }));
}

/** Follows a job to its end. @param say in a line how far it is @returns it as it has ended */
export async function follow(deployment: Deployment, started: Job, say: (job: Job) => string): Promise<Job> {
  let job = started;
  for (;;) {
    process.stdout.write(`\r${say(job)}`);
    if (job.state === "done") break;
    await sleep(ASKED_EVERY_MS);
    job = Job.parse(await read(deployment, `/jobs/${job.id}`));
  }
  process.stdout.write("\n");
  return job;
}

/** Ends a script that something stands in the way of. @param hint what to do next */
export function fail(error: unknown, hint: string): void {
  const reason = error instanceof Error ? error : new Error(String(error));
  const cause = reason.cause instanceof Error ? ` (${reason.cause.message})` : "";
  console.error(`\n${reason.message}${cause} ${hint}`);
  process.exitCode = 1;
}
