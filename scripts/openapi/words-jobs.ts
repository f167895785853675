/** What goes on behind its answer. */
import { CONNECTION, INTEGRATION, USER } from "./samples.ts";
import { job, reseal } from "./samples-jobs.ts";
import type { Words } from "./words.ts";

export const JOB_WORDS: Readonly<Record<string, Words>> = {
  "post /revocations": {
    summary: "Take everything back",
    description:
      "Take back all of a key, a user, an integration, an app or the deployment, with a reason. Sessions and keys end at once; the providers are asked by a job that goes on until each connection has a receipt. Asked while such a job is under way, it is that one; asked afterwards, those that were refused or not reached are asked again. For a person at the page, for an app's key that nothing narrows, and for the operator.",
    request: { target: { kind: "user", id: USER }, reason: "laptop stolen" },
    answer: { ...job, counts: { ...job.counts, confirmed: 0, not_offered: 0 } },
  },
  "get /jobs": {
    summary: "List jobs",
    description:
      "List the last fifty jobs of the caller, of the last thirty days: a person's own, an app's, or the operator's; with `app`, the operator sees those of an app.",
    answer: { jobs: [job] },
  },
  "get /jobs/{job}": {
    summary: "Read a job",
    description:
      "Read how far a job is. One that stands still, because all around it was restarted, goes on with that.",
    answer: job,
  },
  "get /jobs/{job}/receipts": {
    summary: "List receipts",
    description:
      "List what came of each connection that a job takes back, by the id of the connection: each once. What was refused or not reached may still become confirmed within a day.",
    answer: {
      receipts: [
        {
          connection: CONNECTION,
          user: USER,
          integration: INTEGRATION,
          account: "octocat",
          outcome: "refused",
          by_hand: "https://github.com/settings/applications",
          at: "2026-11-27T10:00:02.000Z",
        },
      ],
      next_cursor: null,
    },
  },
  "post /keys/reseal": {
    summary: "Seal anew",
    description:
      "Begin to seal everything anew with the active key, round after round until nothing is left to do: a job, to be read at `GET /jobs/{job}`. When it is done and `left` is 0, the key before may go a day later.",
    answer: reseal,
  },
  "post /index/rebuild": {
    summary: "Build the index anew",
    description:
      "Begin to write the list of connections anew out of the vaults: a job, to be read at `GET /jobs/{job}`. Nothing has to be stopped meanwhile.",
    answer: { ...reseal, kind: "reindex", counts: { ...reseal.counts, resealed: 0, listed: 180 } },
  },
};
