/** The last calls to services of the vault's user, and how many could not be written down. */
import * as z from "zod/mini";
import { RecordedCall } from "../../api-calls.ts";
import { BOUNDS } from "../../bounds.ts";
import { BatchedLog } from "./batched-log.ts";
import type { VaultSql } from "./vault-sql.ts";

const KEPT_MS = 30 * 86_400_000;

/** A call, or so many that are missing. */
const Entry = z.union([RecordedCall, z.object({ at: z.string(), dropped: z.number() })]);
type Entry = z.output<typeof Entry>;

/** What is known of the calls of a month. */
export interface KeptCalls {
  readonly calls: readonly RecordedCall[];
  readonly dropped: number;
}

export class CallRecord {
  readonly #log: BatchedLog<Entry>;

  constructor(sql: VaultSql) {
    this.#log = new BatchedLog(sql, { table: "calls", entry: Entry, most: BOUNDS.calls, ms: KEPT_MS });
  }

  /** @param calls fewer than `AT_ONCE` @param dropped calls before these that are missing */
  add(calls: readonly RecordedCall[], dropped: number): void {
    const missing = dropped === 0 ? [] : [{ at: new Date().toISOString(), dropped }];
    this.#log.add([...missing, ...calls]);
  }

  list(): KeptCalls {
    const oldest = new Date(Date.now() - KEPT_MS).toISOString();
    const entries = this.#log.all().filter(({ at }) => at >= oldest);
    return {
      calls: entries.filter((entry) => "method" in entry),
      dropped: entries.reduce((sum, entry) => sum + ("dropped" in entry ? entry.dropped : 0), 0),
    };
  }

  clear(): void {
    this.#log.clear();
  }
}
