/**
 * Jobs, in the vault of whoever they are for: how far each is. What drives one may be lost at any point, and be there twice; what
 * is to be done next stands here, and doing it again changes nothing.
 */
import * as z from "zod/mini";
import { BOUNDS } from "../../bounds.ts";
import { JobCounts, RevocationTarget } from "../../api-jobs.ts";
import type { VaultSql } from "./vault-sql.ts";

/** One that has not moved for this long is looked after. */
const WATCH_MS = 60_000;
/** How long it can be seen what came of it. */
const SHOWN_MS = 30 * 86_400_000;

export const NewJob = z.object({
  id: z.string(),
  kind: z.enum(["revoke", "reseal", "reindex"]),
  target: z.object({ kind: RevocationTarget.shape.kind, id: z.nullable(z.string()) }),
  reason: z.nullable(z.string()),
  /** What it is to do, for whoever does it. */
  plan: z.string(),
  /** Where it begins. */
  cursor: z.string(),
});
export type NewJob = z.output<typeof NewJob>;

const Row = z.extend(NewJob, {
  target: z.string(),
  counts: z.string(),
  pauses: z.string(),
  /** Which of those that drive it one after the other is the one that counts. */
  run: z.number(),
  started_at: z.number(),
  ended_at: z.nullable(z.number()),
  moved_at: z.number(),
});

const Pauses = z.record(z.string(), z.number());

/** Times are milliseconds since 1970. */
export interface StoredJob extends NewJob {
  readonly counts: JobCounts;
  /** Until when an integration's provider is left alone. */
  readonly pauses: Readonly<Record<string, number>>;
  readonly run: number;
  readonly started_at: number;
  readonly ended_at: number | null;
  /** When it last did something. */
  readonly moved_at: number;
}

const NOTHING: JobCounts = {
  vaults: 0,
  total: 0,
  confirmed: 0,
  refused: 0,
  not_offered: 0,
  not_reached: 0,
  resealed: 0,
  left: 0,
  listed: 0,
};

export class JobTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "jobs",
      `CREATE TABLE IF NOT EXISTS jobs (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, reason TEXT, plan TEXT NOT NULL, cursor TEXT NOT NULL,
        counts TEXT NOT NULL, pauses TEXT NOT NULL DEFAULT '{}', run INTEGER NOT NULL DEFAULT 1, started_at INTEGER NOT NULL,
        ended_at INTEGER, moved_at INTEGER NOT NULL, next_at INTEGER
      ) WITHOUT ROWID`,
    );
  }

  /**
   * Begins one, unless one of the same kind and target is under way.
   * @returns the one that is; null where there are as many as there may be
   */
  begin({ id, kind, target, reason, plan, cursor }: NewJob): StoredJob | null {
    const now = Date.now();
    const about = JSON.stringify([target.kind, target.id]);
    this.#sql.exec(
      `INSERT INTO jobs (id, kind, target, reason, plan, cursor, counts, started_at, moved_at, next_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9
       WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = ?2 AND target = ?3 AND ended_at IS NULL)
         AND (SELECT COUNT(*) FROM jobs WHERE ended_at IS NULL) < ?10`,
      id,
      kind,
      about,
      reason,
      plan,
      cursor,
      JSON.stringify(NOTHING),
      now,
      now + WATCH_MS,
      BOUNDS.running_jobs,
    );
    const [row] = this.#sql
      .exec("SELECT * FROM jobs WHERE kind = ? AND target = ? AND ended_at IS NULL", kind, about)
      .toArray();
    return row ? toJob(row) : null;
  }

  find(id: string): StoredJob | null {
    const [row] = this.#sql.exec("SELECT * FROM jobs WHERE id = ?", id).toArray();
    return row ? toJob(row) : null;
  }

  /** The newest first. */
  list(limit: number): StoredJob[] {
    return this.#sql.exec("SELECT * FROM jobs ORDER BY started_at DESC, id LIMIT ?", limit).toArray().map(toJob);
  }

  /** Notes that it goes on. @returns it; null where it has ended, or another one drives it */
  move(id: string, run: number): StoredJob | null {
    const now = Date.now();
    const [row] = this.#sql
      .exec(
        "UPDATE jobs SET moved_at = ?, next_at = ? WHERE id = ? AND run = ? AND ended_at IS NULL RETURNING *",
        now,
        now + WATCH_MS,
        id,
        run,
      )
      .toArray();
    return row ? toJob(row) : null;
  }

  /** Has the next one drive it. @param run the one that does not any more. @returns who does from here on */
  takeOver(id: string, run: number): number {
    this.#sql.exec("UPDATE jobs SET run = run + 1 WHERE id = ? AND run = ?", id, run);
    return this.find(id)?.run ?? run;
  }

  /** Notes how far it is, where it is still there that this was done from. */
  advance(id: string, from: string, to: string, counts: JobCounts): void {
    this.#sql.exec(
      "UPDATE jobs SET cursor = ?, counts = ? WHERE id = ? AND cursor = ?",
      to,
      JSON.stringify(counts),
      id,
      from,
    );
  }

  count(id: string, counts: JobCounts): void {
    this.#sql.exec("UPDATE jobs SET counts = ? WHERE id = ?", JSON.stringify(counts), id);
  }

  /** Leaves an integration's provider alone until then; what is over is forgotten. */
  pause({ id, pauses }: StoredJob, integration: string, until: number): void {
    const now = Date.now();
    const left = Object.entries(pauses).filter(([, end]) => end > now);
    const paused = JSON.stringify({ ...Object.fromEntries(left), [integration]: until });
    this.#sql.exec("UPDATE jobs SET pauses = ? WHERE id = ?", paused, id);
  }

  /** Leaves a job alone that waits until then. */
  rest(id: string, until: number): void {
    this.#sql.exec("UPDATE jobs SET next_at = ? WHERE id = ? AND ended_at IS NULL", until + WATCH_MS, id);
  }

  end(id: string): void {
    this.#sql.exec("UPDATE jobs SET ended_at = coalesce(ended_at, ?1), next_at = NULL WHERE id = ?2", Date.now(), id);
  }

  /** Those that nobody seems to drive; they are looked after again later. */
  takeStale(now: number): string[] {
    const rows = this.#sql.exec("SELECT id FROM jobs WHERE next_at <= ?", now).toArray();
    this.#sql.exec("UPDATE jobs SET next_at = ? WHERE next_at <= ?", now + WATCH_MS, now);
    return rows.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  }

  /** Forgets those that ended long ago, and the oldest of more than there may be. @returns them */
  purge(now: number): string[] {
    const rows = this.#sql
      .exec(
        `DELETE FROM jobs WHERE ended_at <= ? OR id IN (SELECT id FROM jobs WHERE ended_at IS NOT NULL
           ORDER BY ended_at DESC LIMIT -1 OFFSET ?) RETURNING id`,
        now - SHOWN_MS,
        BOUNDS.ended_jobs,
      )
      .toArray();
    return rows.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  }

  /** When one is to be looked after; null while none goes on. */
  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(next_at) AS next_at FROM jobs").toArray();
    return typeof row?.["next_at"] === "number" ? row["next_at"] : null;
  }
}

function toJob(row: Record<string, SqlStorageValue>): StoredJob {
  const { target, counts, pauses, ...job } = Row.parse(row);
  const [kind, id] = z.tuple([RevocationTarget.shape.kind, z.nullable(z.string())]).parse(JSON.parse(target));
  return {
    ...job,
    target: { kind, id },
    counts: JobCounts.parse(JSON.parse(counts)),
    pauses: Pauses.parse(JSON.parse(pauses)),
  };
}
