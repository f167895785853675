/** Where it breaks first: the number at which each bound of the platform, or of ours, is reached. */
import { BOUNDS } from "../../src/bounds.ts";
import { timesOf } from "../../src/connections/timing.ts";
import { AT_ONCE } from "../../src/connections/vault/batched-log.ts";
import { PAGE, PAGE_MS } from "../../src/connections/vault/removal.ts";
import { QUOTAS, WINDOW_SECONDS } from "../../src/middleware/limits.ts";
import { useKey } from "./hot-key.ts";
import { lineBytes } from "./index-size.ts";
import { LIMITS } from "./platform.ts";
import { zipf } from "./random.ts";
import { POLICY } from "./renewals.ts";
import { duration, figure, type Table } from "./report.ts";
import { SIZE } from "./size.ts";

const HOUR = 3_600_000;
/** Isolates and locations of one app. */
const FLEETS = [
  [9, 3],
  [90, 30],
  [300, 100],
  [1000, 100],
] as const;

export async function bounds(): Promise<Table> {
  const shares = zipf(SIZE.apps, 1);
  const hottest = shares[0] ?? 0;
  const quota = QUOTAS.app / WINDOW_SECONDS;
  const over = shares.filter((share) => share * SIZE.calls > quota).length;
  const bytes = await lineBytes();
  const both = bytes.connection + bytes.event;
  const spread = spreadOf(HOUR);
  const peaks = FLEETS.map(([isolates, locations]) => {
    const { peak } = useKey({ isolates, locations, calls: hottest * SIZE.calls }, HOUR);
    return `${isolates}: ${peak}`;
  });
  const removal = (hottest * SIZE.users * PAGE_MS) / PAGE;
  return {
    title: "Where it breaks",
    columns: ["what", "breaks at", "at this size"],
    rows: [
      [
        "tokens of an hour that end together, ahead of a token endpoint with a limit",
        `its limit a second x ${figure(spread)}: ${figure(10 * spread)} at 10 a second`,
        "100,000",
      ],
      [
        "calls of one app in one location",
        `${quota} a second`,
        `${over} apps have more, the hottest ${figure(hottest * SIZE.calls)}`,
      ],
      [
        `D1: bytes of a connection ${figure(bytes.connection)}, of an event ${figure(bytes.event)}`,
        `${figure(LIMITS.d1_bytes / bytes.connection)} connections; ${figure(LIMITS.d1_bytes / both)} with an event of each in a month`,
        `${figure((SIZE.connections * bytes.connection) / 1e9)} GB; ${figure((SIZE.connections * both) / 1e9)} GB`,
      ],
      [
        "D1: events of all apps (a line and an event are two batches)",
        `${figure(LIMITS.d1_queries / 2)} a second`,
        `${figure((SIZE.connections * SIZE.changed_a_day) / 86_400)} a second; see the outage`,
      ],
      [
        "an app's vault: events of one app (each asks for its webhooks)",
        `${figure(LIMITS.calls_of_an_object)} a second`,
        "see the outage",
      ],
      [
        "an app's vault: its list of requests",
        `${figure(LIMITS.calls_of_an_object * AT_ONCE)} calls of one app a second`,
        figure(hottest * SIZE.calls),
      ],
      [
        "a user's vault: calls of one connection in its token's last minute while it cannot be renewed (two each)",
        `${figure(LIMITS.calls_of_an_object / 2)} a second`,
        "a robot's account",
      ],
      [
        "KV: one record of the hottest app, writes in the worst second of an hour, by isolates",
        `${LIMITS.kv_writes_of_a_key} a second`,
        peaks.join(", "),
      ],
      [
        "D1: rows read where an app's full list of events is cut, with each 64th event of it",
        "about a million a second, assumed",
        figure(BOUNDS.listed_events),
      ],
      [`removing the hottest app, ${PAGE} users in ${PAGE_MS / 1000} s`, "", duration(removal)],
    ],
  };
}

/** Over how many seconds the alarms of tokens are spread that end in the same minute. */
function spreadOf(life: number): number {
  const { refresh_from } = timesOf(POLICY, true, 0, life);
  return (life - (refresh_from ?? life)) / 1000;
}
