import * as z from "zod";
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from "./settings.ts";
import type { Store } from "./store.ts";

const KEPT_ENTRIES = 2000;
const KEPT_BODY = 64 * 1024;

const entrySchema = z.object({
  at: z.number(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

/** A request as the log keeps it; `status` is null while it has no answer yet. */
export type LogEntry = z.infer<typeof entrySchema> & { readonly status: number | null };

/** The request log of one service: written on arrival, so that a request which is left hanging shows too. */
export class Journal {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Notes a request; the answer is the number to close it with. */
  begin(entry: Omit<LogEntry, "status">): number {
    const kept = { ...entry, body: entry.body.slice(0, KEPT_BODY) };
    const row = this.#sql
      .exec<{ id: number }>("INSERT INTO log (entry) VALUES (?) RETURNING id", JSON.stringify(kept))
      .one();
    this.#sql.exec("DELETE FROM log WHERE id <= ?", row.id - KEPT_ENTRIES);
    return row.id;
  }

  end(id: number, status: number): void {
    this.#sql.exec("UPDATE log SET status = ? WHERE id = ?", status, id);
  }

  /** Everything kept, oldest first. */
  entries(): LogEntry[] {
    return this.#sql
      .exec<{ entry: string; status: number | null }>("SELECT entry, status FROM log ORDER BY id")
      .toArray()
      .map((row) => ({ ...entrySchema.parse(JSON.parse(row.entry)), status: row.status }));
  }

  clear(): void {
    this.#sql.exec("DELETE FROM log");
  }
}

/** The settings in force. */
export function readSettings(store: Store): Settings {
  const stored = settingsSchema.partial().parse(store.value("settings") ?? {});
  const started = settingsSchema.partial().parse(store.value("started") ?? {});
  return settingsSchema.parse({ ...DEFAULT_SETTINGS, ...started, ...stored });
}

/** Counts a request within the current hour, which rate-limit headers report. */
export function countUse(store: Store, now: number): number {
  const hour = Math.floor(now / 3_600_000);
  const kept = z.object({ hour: z.number(), used: z.number() }).safeParse(store.value("use"));
  const used = kept.success && kept.data.hour === hour ? kept.data.used + 1 : 1;
  store.setValue("use", { hour, used });
  return used;
}
