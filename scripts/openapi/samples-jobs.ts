/** Examples of what goes on behind its answer. */
import type { Job } from "../../src/api-jobs.ts";
import { APP_ID, USER } from "./samples.ts";

const counts = {
  vaults: 1,
  total: 0,
  confirmed: 0,
  refused: 0,
  not_offered: 0,
  not_reached: 0,
  resealed: 0,
  left: 0,
  listed: 0,
};

export const job = {
  id: `job_${APP_ID}_q3Zt8Wm2XbKnQvWys81vp7`,
  kind: "revoke",
  state: "running",
  target: { kind: "user", id: USER },
  reason: "laptop stolen",
  counts: { ...counts, total: 4, confirmed: 2, not_offered: 1 },
  started_at: "2026-11-27T10:00:00.000Z",
  ended_at: null,
} satisfies Job;

export const reseal = {
  id: "job_Wm2XbKnQvWys81vp7q3Zt8",
  kind: "reseal",
  state: "running",
  target: { kind: "deployment", id: null },
  reason: null,
  counts: { ...counts, vaults: 100, resealed: 240 },
  started_at: "2026-11-27T10:00:00.000Z",
  ended_at: null,
} satisfies Job;
