/** A short soak: every kind of fault, and the product's own Worker beside a plain model. `npm run soak` is the whole of it. */
import { beforeAll, describe, expect, it } from "vitest";
import { brief } from "../../bench/soak/plan.ts";
import { soak, type Soaked } from "../../bench/soak/run.ts";

const FAULTS = [
  "kv_reads",
  "kv_writes",
  "kv_stale",
  "vault_refuses",
  "vault_loses",
  "vault_resets",
  "index",
  "resets between calls",
  "answers lost within",
  "objects made anew within",
  "callers: hang up",
  "accounts: end a grant",
  "API: ends a token early",
];
/** Of the provider's, by where it has them. */
const PROVIDERS = ["token endpoint: ", "API: ", "revocation: "];

const plan = brief(Math.floor(Math.random() * 2 ** 31));
let soaked: Soaked;
beforeAll(async () => {
  soaked = await soak(plan);
}, 120_000);

describe(`thousands of random operations with faults (seed ${plan.seed})`, () => {
  it("lose nothing, and nothing is otherwise than the model says", () => {
    expect(soaked.findings.lost).toEqual([]);
  });

  it("show nothing later than is documented", () => {
    expect(soaked.findings.late).toEqual([]);
  });

  it("meet with every kind of fault, and with resets", () => {
    const met = soaked.findings.faults.toRecord();
    expect(FAULTS.filter((fault) => met[fault] === undefined)).toEqual([]);
    const names = Object.keys(met);
    expect(PROVIDERS.filter((place) => !names.some((name) => name.startsWith(place)))).toEqual([]);
    expect(soaked.resets).toBeGreaterThanOrEqual(plan.resets);
  });

  it("are as many as were planned, on connections that answer in the end", () => {
    expect(soaked.http.operations + soaked.vaults.operations).toBeGreaterThanOrEqual(plan.operations);
    expect(soaked.latencies.recovery.count).toBeGreaterThan(0);
  });
});
