/** Nothing is wrong: what is asked of KV, of vaults and of D1 in a second, and what that costs in a month. */
import { COPY_SECONDS as RECORD_SECONDS } from "../../src/apps/records.ts";
import { COPY_SECONDS as SESSION_SECONDS } from "../../src/apps/session-copies.ts";
import { AT_ONCE } from "../../src/connections/vault/batched-log.ts";
import { LATELY } from "../../src/remembered.ts";
import { realWorld } from "../../src/world.ts";
import { MONTH_SECONDS, monthly, PRICES } from "./platform.ts";
import { zipf } from "./random.ts";
import { POLICY, rateOf, run } from "./renewals.ts";
import { dollars, figure, type Table } from "./report.ts";
import { MEAN_RATE, SIZE } from "./size.ts";

/** What is assumed of who calls from where. */
interface Assumed {
  readonly name: string;
  /** Of Zipf's law, for the calls of apps, and their connections alike. */
  readonly exponent: number;
  /** Isolates that serve one app. */
  readonly isolates: number;
}

const ASSUMED: readonly Assumed[] = [
  { name: "Zipf 1, 9 isolates an app", exponent: 1, isolates: 9 },
  { name: "Zipf 1, 300 isolates an app", exponent: 1, isolates: 300 },
  { name: "Zipf 1.2, 9 isolates an app", exponent: 1.2, isolates: 9 },
];

/** The app's key, its record, its integration and the slug that names it: what a call reads beside its token. */
const RECORDS = 3;
const GATHER_SECONDS = realWorld.gather_ms / 1000;
const LATELY_SECONDS = LATELY.ms / 1000;

/** All are a second. */
interface Load {
  kv_reads: number;
  kv_writes: number;
  object_calls: number;
  object_rows: number;
  log_lines: number;
  list_calls: number;
  record_writes: number;
}

/** What an isolate asks for that remembers the answer for a while, where it is needed `rate` times a second. */
const every = (seconds: number, rate: number): number => 1 / (seconds + 1 / rate);

/** What one app's calls ask for beside renewals. @param calls a second */
function loadOf(calls: number, { isolates }: Assumed): Load {
  const each = calls / isolates;
  const reads = isolates * every(LATELY_SECONDS, each);
  const record_writes = RECORDS * every(RECORD_SECONDS, reads);
  const session_writes = every(SESSION_SECONDS, reads);
  const isFull = each * GATHER_SECONDS >= AT_ONCE;
  const list_calls = isolates * (isFull ? each / AT_ONCE : every(GATHER_SECONDS, each));
  const ofTokens = (share: number, rate: number): number =>
    ((calls * share) / MEAN_RATE) * isolates * every(LATELY_SECONDS, rate / isolates);
  return {
    kv_reads: (RECORDS + 1) * reads + ofTokens(0.2, rateOf(0, MEAN_RATE)) + ofTokens(0.8, rateOf(1, MEAN_RATE)),
    kv_writes: record_writes + session_writes,
    object_calls: record_writes + session_writes + list_calls,
    object_rows: session_writes + list_calls + (2 * calls) / AT_ONCE,
    log_lines: (isolates * (1 - Math.exp(-each * GATHER_SECONDS))) / GATHER_SECONDS,
    list_calls,
    record_writes,
  };
}

/** Renewals of a connection a second, and the share of them that a caller waits for. */
export function renewals(): { readonly rate: number; readonly waited: number } {
  const [count, until] = [2000, 48 * 3_600_000];
  const connections = Array.from({ length: count }, (_, index) => ({
    expires_at: Math.random() * SIZE.lifetime,
    rate: rateOf(index, MEAN_RATE),
  }));
  const endpoint = () => ({ refused: null, requests: 1 });
  const seen = run({ policy: POLICY, lifetime: SIZE.lifetime, until, endpoint, connections });
  return { rate: seen.renewals / count / (until / 1000), waited: seen.waited / seen.renewals };
}

export function steady(): Table {
  const { rate, waited } = renewals();
  const renewed = rate * SIZE.connections;
  const columns = ASSUMED.map((assumed) => {
    const shares = zipf(SIZE.apps, assumed.exponent);
    const load = loadOf((shares[0] ?? 0) * SIZE.calls, assumed);
    const hottest = { calls: (shares[0] ?? 0) * SIZE.calls, vault: load.object_calls };
    for (const share of shares.subarray(1)) {
      const more = loadOf(share * SIZE.calls, assumed);
      for (const key of KEYS) load[key] += more[key];
    }
    // An alarm, the lease, the commit and a look at whether the copy still stands.
    const object_calls = load.object_calls + renewed * 4;
    const object_rows = load.object_rows + renewed * SIZE.rows_of_a_renewal;
    const kv_writes = load.kv_writes + renewed;
    const busy = (object_calls * SIZE.vault_busy_ms) / 1000 / 8;
    const costs = {
      requests: monthly(SIZE.calls, PRICES.requests + SIZE.cpu_ms * PRICES.cpu_ms),
      reads: monthly(load.kv_reads, PRICES.kv_reads),
      copies: monthly(load.kv_writes, PRICES.kv_writes + PRICES.object_calls),
      renewals: monthly(
        renewed,
        PRICES.kv_writes + 4 * PRICES.object_calls + SIZE.rows_of_a_renewal * PRICES.object_rows,
      ),
      list:
        monthly(load.list_calls, PRICES.object_calls + PRICES.object_rows) +
        monthly(SIZE.calls, (2 * PRICES.object_rows) / AT_ONCE),
      logs: monthly(load.log_lines, PRICES.log_lines),
      rest: monthly(busy, PRICES.object_gb_s) + (SIZE.users * SIZE.vault_bytes * PRICES.object_gb) / 1e9,
    };
    const all = Object.values(costs).reduce((total, cost) => total + cost, 0);
    return [
      figure(renewed),
      figure(load.kv_reads),
      figure(kv_writes),
      figure(load.record_writes),
      figure(object_calls),
      figure(load.list_calls),
      figure(object_rows),
      figure(load.log_lines),
      figure(hottest.calls),
      figure(hottest.vault),
      ...Object.values(costs).map(dollars),
      `${dollars(all)}, ${dollars((all / SIZE.calls / MONTH_SECONDS) * 1_000_000)} a million calls`,
    ];
  });
  return {
    title: `Steady state: a renewal of each connection in ${figure(1 / rate / 60)} min, ${figure(100 * waited)} % of them waited for`,
    columns: ["a second", ...ASSUMED.map(({ name }) => name)],
    rows: NAMES.map((name, row) => [name, ...columns.map((column) => column[row] ?? "")]),
  };
}

const KEYS = [
  "kv_reads",
  "kv_writes",
  "object_calls",
  "object_rows",
  "log_lines",
  "list_calls",
  "record_writes",
] as const;

const NAMES = [
  "renewals",
  "KV reads",
  "KV writes",
  "of them copies of apps' records",
  "vault calls",
  "of them for apps' lists of requests",
  "rows written in vaults",
  "log lines",
  "calls of the hottest app",
  "calls of its vault",
  "a month: Worker requests",
  "KV reads",
  "copies of keys and records",
  "renewals",
  "lists of requests",
  "Workers Logs",
  "vaults: time and storage",
  "in all",
];
