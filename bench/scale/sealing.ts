/** A sealing key that is turned: what is sealed anew by itself, and what `npm run reseal` takes for the rest. */
import { keepAliveAfter, jitter } from "../../src/connections/timing.ts";
import { PAGE } from "../../src/connections/vault-list.ts";
import { PRICES } from "./platform.ts";
import { POLICY, rateOf, run } from "./renewals.ts";
import { dollars, duration, figure, type Table } from "./report.ts";
import { MEAN_RATE, SIZE } from "./size.ts";

const HOUR = 3_600_000;
const PLAYED = 10_000;
/** Assumed: the app itself, an integration, its slug. */
const RECORDS_OF_AN_APP = 3;

export function atSealing(): Table {
  const used = sealedByUse();
  const idle = sealedByKeepAlive();
  const vaults = SIZE.users + SIZE.apps;
  // src/apps/all-vaults.ts: whose it is, what it has, and one write for each connection, or for all records of an app.
  const calls = vaults * 2 + SIZE.connections + SIZE.apps;
  // src/apps/records.ts: each record's copy in KV is removed.
  const removals = SIZE.apps * RECORDS_OF_AN_APP;
  const rows = SIZE.connections + removals;
  // scripts/reseal.ts: once more, until a round finds nothing.
  const again = vaults * 2;
  const lists = (2 * vaults) / PAGE;
  // src/apps/all-vaults.ts: the vaults of a page are visited at once.
  const took = (count: number): string => duration((count / PAGE) * SIZE.vault_call_ms);
  const cost =
    ((calls + again) * PRICES.object_calls + rows * PRICES.object_rows + (removals + lists) * PRICES.kv_writes) / 1e6;
  return {
    title: "A sealing key is turned",
    columns: ["what", "figure"],
    rows: [
      ["used in the last day, tokens of an hour: half, 99 % and all are sealed anew by being renewed", used.join(", ")],
      ["not used for a day: half, 99 % and all, by the renewal that keeps the grant alive", idle.join(", ")],
      ["tokens without an end that nobody uses, and records of apps", "never by themselves"],
      ["`npm run reseal`: vaults, and pages of them", `${figure(vaults)}, ${figure(vaults / PAGE)}`],
      ["calls in the first round, and in the one that finds nothing", `${figure(calls + removals)}, ${figure(again)}`],
      [`how long, at ${SIZE.vault_call_ms} ms a call`, `${took(calls + removals)} and ${took(again)}`],
      ["rows written, where nothing was sealed anew before", figure(rows)],
      ["cost", dollars(cost)],
    ],
  };
}

/** Of connections in use: each renewal seals with the active key. */
function sealedByUse(): string[] {
  const connections = Array.from({ length: PLAYED }, (_, index) => ({
    expires_at: Math.random() * SIZE.lifetime + POLICY.margin * 1000,
    rate: rateOf(index, MEAN_RATE),
  }));
  const endpoint = () => ({ refused: null, requests: 1 });
  const { renewed_at } = run({ policy: POLICY, lifetime: SIZE.lifetime, until: 2 * HOUR, endpoint, connections });
  return quantiles(renewed_at);
}

/** Of the others: at any time between two renewals that keep them alive. */
function sealedByKeepAlive(): string[] {
  const keepAlive = keepAliveAfter(POLICY, true) ?? Infinity;
  return quantiles(Float64Array.from({ length: PLAYED }, () => jitter(keepAlive) * Math.random()));
}

function quantiles(times: Float64Array): string[] {
  const sorted = times.toSorted();
  return [0.5, 0.99, 1].map((share) => duration(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN));
}
