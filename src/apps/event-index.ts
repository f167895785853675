/** The events of the last month of an app, each with how its delivery stands, for looking through them. */
import * as z from "zod/mini";
import { DeliveredEvent, type Events } from "../api-events.ts";
import { BOUNDS } from "../bounds.ts";
import { CLEARED_AT_ONCE, type IndexDatabase } from "../connections/index-database.ts";
import type { EventLine } from "../connections/vault/outbox.ts";

const KEPT_MS = 30 * 86_400_000;

export class EventIndex {
  readonly #database: IndexDatabase;

  constructor(database: IndexDatabase) {
    this.#database = database;
  }

  /** Notes an event and how its delivery stands; what is newer already stays. @throws AppError `index_unavailable` */
  async write(app: string, { event, revision }: EventLine): Promise<void> {
    await this.#database.run((database) => [
      database
        .prepare(
          `INSERT INTO events (app, at, id, event) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET event = excluded.event
           WHERE json_extract(excluded.event, '$.revision') >= coalesce(json_extract(events.event, '$.revision'), 0)`,
        )
        .bind(app, event.timestamp, event.id, JSON.stringify({ ...event, revision })),
      database
        .prepare("DELETE FROM events WHERE app = ? AND at < ?")
        .bind(app, new Date(Date.now() - KEPT_MS).toISOString()),
      // Counted now and then, which is dear: the last letter of an id is one of 64, at random.
      ...(event.id.endsWith("A") ? [trimEvents(database, app)] : []),
    ]);
  }

  /** The events of the last month, newest first. @throws AppError `index_unavailable` */
  async list(app: string, limit: number, before: readonly [at: string, id: string] | null): Promise<Events["events"]> {
    const [at, id] = before ?? ["9", ""];
    const [answer] = await this.#database.run((database) => [
      database
        .prepare("SELECT event FROM events WHERE app = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?")
        .bind(app, at, id, limit),
    ]);
    const rows = z.array(z.object({ event: z.string() })).parse(answer?.results ?? []);
    return rows.map(({ event }) => DeliveredEvent.parse(JSON.parse(event)));
  }

  /** Takes out events of an app that is removed. @returns whether any may be left. @throws AppError `index_unavailable` */
  async clear(app: string): Promise<boolean> {
    const [answer] = await this.#database.run((database) => [
      database
        .prepare(
          "DELETE FROM events WHERE app = ?1 AND (at, id) IN (SELECT at, id FROM events WHERE app = ?1 LIMIT ?2)",
        )
        .bind(app, CLEARED_AT_ONCE),
    ]);
    return (answer?.meta.changes ?? 0) >= CLEARED_AT_ONCE;
  }
}

const trimEvents = (database: D1Database, app: string): D1PreparedStatement =>
  database
    .prepare(
      `DELETE FROM events WHERE app = ?1 AND (at, id) <=
         (SELECT at, id FROM events WHERE app = ?1 ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?2)`,
    )
    .bind(app, BOUNDS.listed_events);
