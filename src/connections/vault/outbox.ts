/**
 * What is to be told outside: events for the app's webhooks, and connections whose line in the index is out of date. Both are
 * written with the change they tell of, in one piece, and kept until it has been told.
 */
import * as z from "zod/mini";
import { Delivery, DeliveryState, EventBody, type DeliveredEvent } from "../../api-events.ts";
import { BOUNDS } from "../../bounds.ts";
import { randomId } from "../../crypto.ts";
import { jitter } from "../timing.ts";
import type { VaultSql } from "./vault-sql.ts";

/** Waits before each further attempt, in seconds: three days in all, as Standard Webhooks proposes. */
const RETRY_AFTER_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/** An attempt that never reports back is made again after this long. */
const ATTEMPT_MS = 60_000;
const FIRST_INDEX_RETRY_MS = 5000;
const LONGEST_INDEX_RETRY_MS = 3_600_000;
/** An event whose line in the list was not written is listed again after this long. */
const LIST_RETRY_MS = 300_000;

/** A connection whose line in the index is to be written, as of this revision. */
export interface Unindexed {
  readonly place: string;
  readonly revision: number;
}

/** An event as it stands, and the revision of that. */
export interface EventLine {
  readonly event: DeliveredEvent;
  readonly revision: number;
}

/** An event that is to be told now. */
export interface DueEvent {
  readonly event: DeliveredEvent;
  /** The names of the webhooks whose turn it is; null: nobody has looked yet who asks for it. */
  readonly to: readonly string[] | null;
}

/** How it went to tell one webhook. */
export interface Attempt {
  readonly webhook: string;
  /** Which of its attempts it was, from 1 on: one that is reported twice counts once. */
  readonly number: number;
  /** `none`: there is no such webhook any more. */
  readonly outcome: "delivered" | "refused" | "none";
  /** Of the answer; null: there was none. */
  readonly status: number | null;
  /** Seconds that the receiver has asked for. */
  readonly retry_after: number | null;
}

const EventRow = z.object({
  id: z.string(),
  body: z.string(),
  delivery: DeliveryState,
  deliveries: z.nullable(z.string()),
  next_at: z.nullable(z.number()),
  revision: z.number(),
});
const Deliveries = z.array(Delivery);

export class Outbox {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      `
      CREATE TABLE IF NOT EXISTS outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, delivery TEXT NOT NULL,
        deliveries TEXT, next_at INTEGER,
        revision INTEGER NOT NULL DEFAULT 0, list_at INTEGER
      );
      CREATE TABLE IF NOT EXISTS index_lines (
        place TEXT PRIMARY KEY, revision INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER
      ) WITHOUT ROWID`,
    );
  }

  /** @param vault what this vault is called outside, so that an event's id leads back to it */
  add(vault: string, body: EventBody): void {
    this.#sql.exec(
      "INSERT INTO outbox (id, body, delivery, next_at) VALUES (?, ?, 'pending', ?)",
      `msg_${vault}${randomId().slice(0, 22)}`,
      JSON.stringify(body),
      Date.now(),
    );
    this.#sql.exec(
      `UPDATE outbox SET delivery = 'failed', next_at = NULL, revision = revision + 1, list_at = ?
       WHERE delivery = 'pending' AND number <=
         (SELECT number FROM outbox WHERE delivery = 'pending' ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      Date.now(),
      BOUNDS.undelivered,
    );
    // What is not listed yet stays for that, but not without end.
    this.#sql.exec(
      `DELETE FROM outbox WHERE delivery <> 'pending' AND list_at IS NULL AND number <=
         (SELECT number FROM outbox ORDER BY number DESC LIMIT 1 OFFSET ?1)
       OR number <= (SELECT number FROM outbox ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
      BOUNDS.delivered,
      BOUNDS.delivered + BOUNDS.undelivered,
    );
  }

  find(id: string): EventLine | null {
    const [row] = this.#sql.exec("SELECT * FROM outbox WHERE id = ?", id).toArray();
    return row ? toLine(row) : null;
  }

  /** When the newest event was, in milliseconds since 1970; null: there is none. */
  newestAt(): number | null {
    const [row] = this.#sql.exec("SELECT body FROM outbox ORDER BY number DESC LIMIT 1").toArray();
    return row ? Date.parse(EventBody.parse(JSON.parse(z.string().parse(row["body"]))).timestamp) : null;
  }

  /** What is to be delivered now; each is tried again later unless its outcome is settled. */
  due(now: number): DueEvent[] {
    const due = this.#sql.exec("SELECT * FROM outbox WHERE next_at <= ? ORDER BY number LIMIT 50", now).toArray();
    this.#sql.exec(
      "UPDATE outbox SET next_at = ? WHERE next_at <= ? AND number <= ?",
      now + ATTEMPT_MS,
      now,
      due.at(-1)?.["number"] ?? 0,
    );
    return due.map((row) => {
      const { event } = toLine(row);
      const waiting = event.deliveries.filter((one) => Date.parse(one.next_attempt_at ?? "") <= now);
      return { event, to: event.deliveries.length === 0 ? null : waiting.map(({ webhook }) => webhook) };
    });
  }

  /**
   * Notes how attempts went that were made at once.
   * @param attempts none: nobody asks for this event
   * @returns what is to be listed
   */
  settle(id: string, attempts: readonly Attempt[]): EventLine | null {
    const line = this.find(id);
    if (line?.event.delivery !== "pending") return line;
    const { deliveries } = line.event;
    const now = Date.now();
    const news = attempts.flatMap((attempt) => {
      const known = deliveries.find(({ webhook }) => webhook === attempt.webhook);
      return attempt.number === (known?.attempts ?? 0) + 1 ? [afterAttempt(attempt, now)] : [];
    });
    if (attempts.length > 0 && news.length === 0) return line;
    const others = deliveries.filter(({ webhook }) => !news.some((one) => one.webhook === webhook));
    return this.#write(id, [...others, ...news]);
  }

  /**
   * Has an event delivered again, from the first attempt on.
   * @param webhooks the names of those that are told again; how it stands with others stays as it is
   * @returns what is to be listed
   */
  replay(id: string, webhooks: readonly string[]): EventLine | null {
    const line = this.find(id);
    if (!line) return null;
    const next_attempt_at = new Date().toISOString();
    const again = webhooks.map((webhook): Delivery => ({
      webhook,
      delivery: "pending",
      attempts: 0,
      last_status: null,
      next_attempt_at,
    }));
    const others = line.event.deliveries.filter(({ webhook }) => !webhooks.includes(webhook));
    return this.#write(id, [...others, ...again]);
  }

  #write(id: string, deliveries: readonly Delivery[]): EventLine | null {
    const turns = deliveries.flatMap((one) => (one.next_attempt_at === null ? [] : [Date.parse(one.next_attempt_at)]));
    this.#sql.exec(
      `UPDATE outbox SET delivery = ?, deliveries = ?, next_at = ?, revision = revision + 1, list_at = ? WHERE id = ?`,
      together(deliveries),
      JSON.stringify(deliveries),
      turns.length === 0 ? null : Math.min(...turns),
      Date.now() + LIST_RETRY_MS,
      id,
    );
    return this.find(id);
  }

  /** Events that should be in the list by now, each asked for again later unless it is noted as listed. */
  unlisted(now: number): EventLine[] {
    const rows = this.#sql.exec("SELECT * FROM outbox WHERE list_at <= ? ORDER BY number LIMIT 50", now).toArray();
    for (const { id } of rows) this.#sql.exec("UPDATE outbox SET list_at = ? WHERE id = ?", now + LIST_RETRY_MS, id);
    return rows.map(toLine);
  }

  setListed(id: string, revision: number): void {
    this.#sql.exec("UPDATE outbox SET list_at = NULL WHERE id = ? AND revision = ?", id, revision);
  }

  /**
   * Notes that a connection has changed. Revisions are moments, so that those of a vault that was emptied and is used again
   * come after all that the index may have of the one before.
   * @param wait milliseconds until an alarm sees to the line
   */
  touch(place: string, wait: number): void {
    const now = Date.now();
    this.#sql.exec(
      `INSERT INTO index_lines (place, revision, next_at) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET revision = max(revision + 1, ?2), attempts = 0, next_at = ?3`,
      place,
      now,
      now + wait,
    );
  }

  /** Whether a line is to be written now; the question is asked again later, in case nobody can be sent to write. */
  isIndexDue(now: number): boolean {
    const due = this.#sql.exec("SELECT 1 FROM index_lines WHERE next_at <= ? LIMIT 1", now).toArray().length > 0;
    this.#sql.exec("UPDATE index_lines SET next_at = ? WHERE next_at <= ?", now + ATTEMPT_MS, now);
    return due;
  }

  /** The lines to write, each asked for again later unless it is noted as written. @param all whatever their time, the written ones too */
  unindexed(now: number, all: boolean): Unindexed[] {
    const rows = this.#sql
      .exec("SELECT place, revision, attempts FROM index_lines WHERE ?1 = 1 OR next_at IS NOT NULL", all ? 1 : 0)
      .toArray();
    for (const row of rows) {
      const wait = Math.min(FIRST_INDEX_RETRY_MS * 2 ** z.number().parse(row["attempts"]), LONGEST_INDEX_RETRY_MS);
      this.#sql.exec(
        "UPDATE index_lines SET attempts = attempts + 1, next_at = ? WHERE place = ?",
        now + wait,
        row["place"],
      );
    }
    return rows.map((row) => z.object({ place: z.string(), revision: z.number() }).parse(row));
  }

  /** Forgets a line that is written, of a place that is never used again. */
  dropLine({ place, revision }: Unindexed): void {
    this.#sql.exec("DELETE FROM index_lines WHERE place = ? AND revision = ?", place, revision);
  }

  setIndexed({ place, revision }: Unindexed): void {
    this.#sql.exec(
      "UPDATE index_lines SET attempts = 0, next_at = NULL WHERE place = ? AND revision = ?",
      place,
      revision,
    );
  }

  clear(): void {
    this.#sql.exec("DELETE FROM outbox");
    this.#sql.exec("DELETE FROM index_lines");
  }

  nextAt(): number | null {
    const [row] = this.#sql
      .exec(
        `SELECT MIN(next_at) AS next_at FROM
           (SELECT next_at FROM outbox UNION ALL SELECT list_at FROM outbox UNION ALL SELECT next_at FROM index_lines)
         WHERE next_at IS NOT NULL`,
      )
      .toArray();
    return typeof row?.["next_at"] === "number" ? row["next_at"] : null;
  }
}

function afterAttempt({ webhook, number, outcome, status, retry_after }: Attempt, now: number): Delivery {
  if (outcome === "none") {
    return { webhook, delivery: "none", attempts: number - 1, last_status: null, next_attempt_at: null };
  }
  const told = { webhook, attempts: number, last_status: status, next_attempt_at: null };
  const wait = RETRY_AFTER_SECONDS[number - 1];
  if (outcome === "delivered") return { ...told, delivery: "delivered" };
  if (wait === undefined) return { ...told, delivery: "failed" };
  const next = now + Math.max(jitter(wait * 1000), (retry_after ?? 0) * 1000);
  return { ...told, delivery: "pending", next_attempt_at: new Date(next).toISOString() };
}

/** How it stands with all of them: as with the one that stands worst. */
function together(deliveries: readonly Delivery[]): Delivery["delivery"] {
  const worst = (["pending", "failed", "delivered"] as const).find((state) =>
    deliveries.some(({ delivery }) => delivery === state),
  );
  return worst ?? "none";
}

function toLine(row: Record<string, SqlStorageValue>): EventLine {
  const { body, next_at, revision, deliveries: told, ...standing } = EventRow.parse(row);
  const next_attempt_at = next_at === null ? null : new Date(next_at).toISOString();
  const noted = told === null ? [] : Deliveries.parse(JSON.parse(told));
  // One that made room for others is given up for each of its webhooks.
  const deliveries = noted.map((one): Delivery => {
    const isGivenUp = standing.delivery !== "pending" && one.delivery === "pending";
    return isGivenUp ? { ...one, delivery: "failed", next_attempt_at: null } : one;
  });
  const attempts = deliveries.reduce((sum, one) => sum + one.attempts, 0);
  const worst = deliveries.find(({ delivery }) => delivery === standing.delivery);
  const last_status = worst?.last_status ?? null;
  const event = {
    ...EventBody.parse(JSON.parse(body)),
    ...standing,
    attempts,
    last_status,
    next_attempt_at,
    deliveries,
  };
  return { event, revision };
}
