/** What is taken back, sealed anew or listed anew behind its answer: begun, and how far it is. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { Job, Jobs, JobsQuery, NewRevocation, Receipts, ReceiptsQuery } from "../api-jobs.ts";
import { BEGINNING } from "../apps/job-work.ts";
import { OPERATORS_PLACE, noSuchJob, type JobPlace } from "../apps/jobs.ts";
import { APP_ITSELF, DEFAULT_APP, OPERATOR } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { digest } from "../crypto.ts";
import { AppError, invalidField } from "../errors.ts";
import { insufficientScope, type Caller } from "../middleware/caller.ts";
import { Routes } from "./operation.ts";

const JobPath = z.object({ job: z.string().check(z.maxLength(100)) });

/** Where a caller's jobs are: an app's are in its own vault, also those about one of its users. */
const placeOf = ({ app, user }: Caller): JobPlace => ({ app, user: app === DEFAULT_APP ? user : APP_ITSELF });

/** Whether an app asks for one of its users, and a job is not about that one alone. */
const isElsewhere = ({ app, user }: Caller, { kind, id = null }: { kind: string; id?: string | null | undefined }) =>
  app !== DEFAULT_APP && user !== APP_ITSELF && !(kind === "user" && id === user);

/** @throws AppError `not_found` */
async function findJob(c: Context<AppEnv>, caller: Caller, id: string): Promise<Job> {
  const job = await c.get("services").jobs.find(placeOf(caller), id);
  if (isElsewhere(caller, job.target)) throw noSuchJob();
  return job;
}

/** The app that the operator names. @throws AppError `not_found` */
async function appNamed(c: Context<AppEnv>, app: string): Promise<string> {
  const { apps } = c.get("services");
  await apps.describe(app);
  return app;
}

/** Whom a revocation is about: whose it is to take back. @throws AppError `insufficient_scope`, `not_found` */
async function takerOf(c: Context<AppEnv>, caller: Caller, target: NewRevocation["target"]): Promise<JobPlace> {
  const { kind, id, app } = target;
  if (caller.app === OPERATOR) {
    if (kind === "deployment") return OPERATORS_PLACE;
    const named = kind === "app" ? id : app;
    if (named === undefined) {
      throw invalidField(kind === "app" ? "target.id" : "target.app", "says which app is meant.");
    }
    return { app: await appNamed(c, named), user: APP_ITSELF };
  }
  if (isElsewhere(caller, target)) throw invalidField("target", "this call is for another user.", "user_mismatch");
  const isTheirs = app === undefined || app === caller.app;
  if (kind === "deployment" || !isTheirs) throw insufficientScope("the deployment's ADMIN_KEY");
  if (caller.app === DEFAULT_APP && kind !== "key" && kind !== "user") throw insufficientScope("an app's key");
  if (caller.app === DEFAULT_APP && kind === "user" && id !== undefined) {
    throw invalidField("target.id", "you are the one that is meant: leave it out.");
  }
  // The same answer as for an app that does not exist.
  if (kind === "app" && id !== undefined && id !== caller.app) {
    throw new AppError("not_found", "There is no app of that id.");
  }
  return placeOf(caller);
}

export const jobRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/revocations",
      makes: true,
      tag: "Jobs",
      access: "jobs",
      body: NewRevocation,
      answer: { status: 202, schema: Job },
      errors: ["not_found", "too_many", "user_mismatch"],
    },
    async (c, { caller, body }) => {
      const services = c.get("services");
      const place = await takerOf(c, caller, body.target);
      const { kind, id = null } = body.target;
      const keeps = caller.session === null ? null : digest(caller.id);
      const plan = await services.revocationPlans.plan({ ...place, keeps }, body);
      const about = { kind, id: kind === "app" || kind === "deployment" ? null : id };
      const job = await services.jobs.begin(
        place,
        { kind: "revoke", target: about, reason: body.reason, plan: JSON.stringify(plan), cursor: BEGINNING.revoke },
        (begun, vault) => services.jobWork.stop(vault, begun),
      );
      return c.json(job satisfies Job, 202);
    },
  )
  .on(
    {
      method: "get",
      path: "/jobs",
      tag: "Jobs",
      access: "jobs",
      query: JobsQuery,
      answer: { status: 200, schema: Jobs },
      errors: ["not_found"],
    },
    async (c, { caller, query: { app } }) => {
      const isNamed = caller.app === OPERATOR && app !== undefined;
      const place = isNamed ? { app: await appNamed(c, app), user: APP_ITSELF } : placeOf(caller);
      const jobs = await c.get("services").jobs.list(place);
      return c.json({ jobs: jobs.filter(({ target }) => !isElsewhere(caller, target)) } satisfies Jobs);
    },
  )
  .on(
    {
      method: "get",
      path: "/jobs/{job}",
      tag: "Jobs",
      access: "jobs",
      params: JobPath,
      answer: { status: 200, schema: Job },
      errors: ["not_found"],
    },
    async (c, { caller, params }) => c.json((await findJob(c, caller, params.job)) satisfies Job),
  )
  .on(
    {
      method: "get",
      path: "/jobs/{job}/receipts",
      tag: "Jobs",
      access: "jobs",
      params: JobPath,
      query: ReceiptsQuery,
      answer: { status: 200, schema: Receipts },
      errors: ["not_found"],
    },
    async (c, { caller, params, query: { outcome = null, limit, cursor = "" } }) => {
      const { jobs } = c.get("services");
      await findJob(c, caller, params.job);
      return c.json((await jobs.receipts(placeOf(caller), params.job, outcome, limit, cursor)) satisfies Receipts);
    },
  )
  .on(
    {
      method: "post",
      path: "/keys/reseal",
      tag: "Operator",
      access: "admin",
      answer: { status: 202, schema: Job },
      errors: ["too_many"],
    },
    async (c) => c.json((await beginForAll(c, "reseal")) satisfies Job, 202),
  )
  .on(
    {
      method: "post",
      path: "/index/rebuild",
      tag: "Operator",
      access: "admin",
      answer: { status: 202, schema: Job },
      errors: ["too_many"],
    },
    async (c) => c.json((await beginForAll(c, "reindex")) satisfies Job, 202),
  );

async function beginForAll(c: Context<AppEnv>, kind: "reseal" | "reindex"): Promise<Job> {
  const target = { kind: "deployment", id: null } as const;
  return c
    .get("services")
    .jobs.begin(OPERATORS_PLACE, { kind, target, reason: null, plan: "", cursor: BEGINNING[kind] });
}
