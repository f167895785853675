/** Jobs as tests ask for them, and see them to their end. */
import { expect } from "vitest";
import * as z from "zod";
import { Job, Receipts, type Receipt } from "../../src/api-jobs.ts";
import { APP_ITSELF, OPERATOR } from "../../src/connections/connection.ts";
import { ADMIN_KEY, call } from "./integrator.ts";
import { servicesWith } from "./vault.ts";
import { request, type Overrides } from "./visitor.ts";

/** Begins to take something back. @param key of an app, or the operator's */
export async function takeBack(target: object, key: string = ADMIN_KEY, more: object = {}): Promise<Job> {
  const answer = await call(key, "POST", "/revocations", { target, reason: "a test", ...more });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`${answer.status}: ${text}`);
  return Job.parse(JSON.parse(text));
}

/** The job when it is done. */
export async function done(job: Pick<Job, "id">, key: string = ADMIN_KEY): Promise<Job> {
  let last: Job | undefined;
  await expect
    .poll(
      async () => {
        last = z.parse(Job, await (await call(key, "GET", `/jobs/${job.id}`)).json());
        return last.state;
      },
      { timeout: 25_000 },
    )
    .toBe("done");
  if (!last) throw new TypeError("unreachable");
  return last;
}

/** Every receipt of a job. */
export async function receiptsOf(job: Pick<Job, "id">, key: string = ADMIN_KEY): Promise<Receipt[]> {
  const answer = await call(key, "GET", `/jobs/${job.id}/receipts?limit=100`);
  return z.parse(Receipts, await answer.json()).receipts;
}

/** An outage of Workflows: no job goes on by itself. */
const outage = () => Promise.reject(new Error("Workflows are down."));
export const JOBS = { get: outage, create: outage };

/** Begins a job of the operator's in a deployment with these variables, and drives it by hand to its end. */
export async function driven(path: "/keys/reseal" | "/index/rebuild", overrides: Overrides = {}): Promise<Job> {
  const environment = { ADMIN_KEY, ...overrides, JOBS };
  const ask = async (method: string, at: string): Promise<Job> => {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
    return z.parse(Job, await (await request(at, { method, headers }, environment)).json());
  };
  const { id } = await ask("POST", path);
  const services = servicesWith(environment);
  const vault = await services.names.vault(OPERATOR, APP_ITSELF);
  while (!(await services.jobWork.goOn(vault, id, 1)).is_done);
  return ask("GET", `/jobs/${id}`);
}
