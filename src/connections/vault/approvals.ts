/**
 * Calls of keys that somebody is asked about before they are made. One is bound to the very request by its digest, and to the
 * connection as it is: whoever connects anew has not allowed it. What would be sent is kept sealed, and gone once it was.
 */
import * as z from "zod/mini";
import { ApprovalState } from "../../api-approvals.ts";
import { BOUNDS } from "../../bounds.ts";
import { isKindOf } from "../../grants/approval-kinds.ts";
import type { VaultSql } from "./vault-sql.ts";

/** How long a call waits, may be made once it is allowed, and may not be asked about once it is denied. */
export const APPROVAL_MS = 600_000;

/** A call as it is told from others. */
export interface AskedCall {
  /** The id of the key that it is made with. */
  readonly key: string;
  /** Of everything that is sent. */
  readonly digest: string;
  readonly place: string;
  /** Of the connection. */
  readonly epoch: number;
  readonly method: string;
  readonly path: { readonly host: string | null; readonly segments: readonly string[] };
  readonly path_digest: string;
  readonly query_digest: string;
  /** Of the header fields that it is bound to. */
  readonly fields_digest: string;
  /** Whether one that is allowed as a kind can be meant at all. */
  readonly has_kinds: boolean;
}

/** What is kept of a call beside that while it waits. */
export interface NewApproval extends Omit<AskedCall, "path" | "has_kinds"> {
  readonly id: string;
  /** `shape` of the path, a pattern, and the host that it leads to: what an app is told. */
  readonly shape: string;
  readonly host: string;
  /** When the key ends, in milliseconds since 1970. */
  readonly key_ends_at: number;
  /** Sealed: what the call is, and what it would send. */
  readonly summary: string;
  readonly content: string;
}

const Row = z.object({
  id: z.string(),
  key: z.string(),
  digest: z.string(),
  place: z.string(),
  epoch: z.number(),
  method: z.string(),
  path_digest: z.string(),
  query_digest: z.string(),
  fields_digest: z.string(),
  shape: z.string(),
  host: z.string(),
  key_ends_at: z.number(),
  summary: z.string(),
  state: ApprovalState,
  /** What `standing` is for: a pattern; null: this path alone. */
  kind: z.nullable(z.string()),
  /** The attempt that has used it. */
  used_by: z.nullable(z.string()),
  asked_at: z.number(),
  expires_at: z.number(),
});
export type StoredApproval = z.output<typeof Row>;

const At = z.object({ place: z.string(), epoch: z.number() });

/** All but the content, which is read where it is asked for alone. */
const COLUMNS = Object.keys(Row.shape).join(", ");

/** What becomes of a call that is asked about. */
export type Claimed =
  | { readonly outcome: "passes" | "waiting" | "denied"; readonly id: string }
  /** Nobody was asked yet. */
  | { readonly outcome: "unasked" }
  /** The approval that it names is none for it, or not any more. */
  | { readonly outcome: "spent" };

/** What is decided. `kind` is one that the call is of: a pattern; null: its own path. Times are milliseconds since 1970. */
export type Decided =
  | { readonly decision: "once" | "no" }
  | { readonly decision: "kind"; readonly kind: string | null; readonly until: number };

const STATE = { once: "allowed", no: "denied", kind: "standing" } as const;

export class ApprovalTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "approvals",
      `CREATE TABLE IF NOT EXISTS approvals (
        id TEXT PRIMARY KEY, key TEXT NOT NULL, digest TEXT NOT NULL, place TEXT NOT NULL, epoch INTEGER NOT NULL,
        method TEXT NOT NULL, path_digest TEXT NOT NULL, query_digest TEXT NOT NULL, fields_digest TEXT NOT NULL, shape TEXT NOT NULL, host TEXT NOT NULL,
        key_ends_at INTEGER NOT NULL, summary TEXT NOT NULL, content TEXT, state TEXT NOT NULL, kind TEXT, used_by TEXT,
        asked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      )`,
    );
  }

  /** The newest first. */
  list(now: number): StoredApproval[] {
    return this.#sql
      .exec(`SELECT ${COLUMNS} FROM approvals WHERE expires_at > ? ORDER BY asked_at DESC, id`, now)
      .toArray()
      .map((row) => Row.parse(row));
  }

  find(id: string, now: number): StoredApproval | null {
    const [row] = this.#sql.exec(`SELECT ${COLUMNS} FROM approvals WHERE id = ? AND expires_at > ?`, id, now).toArray();
    return row ? Row.parse(row) : null;
  }

  /** What a call would send, sealed; null where it was made, or is over. */
  content(id: string): string | null {
    const [row] = this.#sql.exec("SELECT content FROM approvals WHERE id = ?", id).toArray();
    return typeof row?.["content"] === "string" ? row["content"] : null;
  }

  /**
   * Takes the leave to make a call, where it was given: once, where it was given for this call alone.
   * @param named the approval that the caller says it has; null: whichever there is
   * @param by names the attempt, so that this bears repeating
   */
  claim(call: AskedCall, named: string | null, by: string, now: number): Claimed {
    const theirs = this.list(now).filter((one) => one.key === call.key && isAt(one, call));
    const all = theirs.filter((one) => one.digest === call.digest);
    // Whatever else there is: who has denied a call is not to be got around by another approval.
    const denied = all.find(({ state }) => state === "denied");
    if (denied) return { outcome: "denied", id: denied.id };
    const same = all.filter((one) => named === null || one.id === named);
    const known = same.find((one) => one.used_by === by) ?? same.find(({ state }) => state === "allowed");
    if (known) {
      this.#sql.exec(
        "UPDATE approvals SET state = 'used', used_by = ?, content = NULL WHERE id = ? AND state = 'allowed'",
        by,
        known.id,
      );
      this.#trim();
      return { outcome: "passes", id: known.id };
    }
    const standing = theirs.find((one) => (named === null || one.id === named) && isOfKind(one, call));
    if (standing) return { outcome: "passes", id: standing.id };
    const waiting = same.find(({ state }) => state === "waiting");
    if (waiting) return { outcome: "waiting", id: waiting.id };
    return { outcome: named === null ? "unasked" : "spent" };
  }

  /** Has a call wait. @returns the id under which it does; null where as many wait as may */
  add(asked: NewApproval, now: number): string | null {
    this.purge(now);
    const all = this.list(now);
    const waiting = all.filter(({ state }) => state === "waiting");
    const same = waiting.find((one) => one.key === asked.key && one.digest === asked.digest && isAt(one, asked));
    if (same) return same.id;
    // One that was denied counts for as long as it is: nobody is asked until they are tired.
    const theirs = all.filter(({ key, state }) => key === asked.key && (state === "waiting" || state === "denied"));
    if (waiting.length >= BOUNDS.waiting_approvals || theirs.length >= BOUNDS.waiting_of_key) return null;
    this.#sql.exec(
      `INSERT INTO approvals (id, key, digest, place, epoch, method, path_digest, query_digest, fields_digest, shape, host,
         key_ends_at, summary, content, state, asked_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
      asked.id,
      asked.key,
      asked.digest,
      asked.place,
      asked.epoch,
      asked.method,
      asked.path_digest,
      asked.query_digest,
      asked.fields_digest,
      asked.shape,
      asked.host,
      asked.key_ends_at,
      asked.summary,
      asked.content,
      now,
      Math.min(now + APPROVAL_MS, asked.key_ends_at),
    );
    return asked.id;
  }

  /**
   * Decides about a call that waits. Said again, it is the same decision.
   * @returns whether it was decided now, and how it stands; null where none waits under this id, or the other was decided
   */
  decide(
    id: string,
    decided: Decided,
    now: number,
  ): { readonly isNew: boolean; readonly approval: StoredApproval } | null {
    const found = this.find(id, now);
    if (!found) return null;
    const state = STATE[decided.decision];
    if (found.state !== "waiting") return found.state === state ? { isNew: false, approval: found } : null;
    const [kind, until] = decided.decision === "kind" ? [decided.kind, decided.until] : [null, now + APPROVAL_MS];
    this.#sql.exec(
      "UPDATE approvals SET state = ?, kind = ?, expires_at = ? WHERE id = ?",
      state,
      kind,
      Math.min(until, found.key_ends_at),
      id,
    );
    this.#trim();
    const approval = this.find(id, now);
    return approval && { isNew: true, approval };
  }

  /** Takes back what was allowed. @returns whether there was anything */
  end(id: string): boolean {
    const ended = this.#sql.exec(
      "DELETE FROM approvals WHERE id = ? AND state IN ('allowed', 'standing') RETURNING id",
      id,
    );
    return ended.toArray().length > 0;
  }

  /** Of a key that has ended. @returns whether there was anything */
  endOf(key: string): boolean {
    return this.#sql.exec("DELETE FROM approvals WHERE key = ? RETURNING id", key).toArray().length > 0;
  }

  /** Of connections that are not as they were. @param epochOf a place; null: there is none */
  endStale(epochOf: (place: string) => number | null): void {
    for (const row of this.#sql.exec("SELECT DISTINCT place, epoch FROM approvals").toArray()) {
      const { place, epoch } = At.parse(row);
      if (epochOf(place) !== epoch) this.#sql.exec("DELETE FROM approvals WHERE place = ? AND epoch = ?", place, epoch);
    }
  }

  purge(now: number): void {
    this.#sql.exec("DELETE FROM approvals WHERE expires_at <= ?", now);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM approvals");
  }

  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(expires_at) AS expires_at FROM approvals").toArray();
    return typeof row?.["expires_at"] === "number" ? row["expires_at"] : null;
  }

  /** Of what is decided, the oldest go; each state makes room among its own, so that none pushes another out. */
  #trim(): void {
    for (const state of ["allowed", "standing", "used"]) {
      this.#sql.exec(
        `DELETE FROM approvals WHERE id IN
           (SELECT id FROM approvals WHERE state = ? ORDER BY asked_at DESC, id LIMIT -1 OFFSET ?)`,
        state,
        BOUNDS.decided_approvals,
      );
    }
  }
}

const isAt = (one: Pick<AskedCall, "place" | "epoch">, other: Pick<AskedCall, "place" | "epoch">): boolean =>
  one.place === other.place && one.epoch === other.epoch;

/** Whether a call is of a kind that was allowed: the method, the path as the pattern has it, the same query and header fields. */
function isOfKind(one: StoredApproval, call: AskedCall): boolean {
  if (one.state !== "standing" || !call.has_kinds) return false;
  if (one.method !== call.method || one.query_digest !== call.query_digest) return false;
  if (one.fields_digest !== call.fields_digest) return false;
  return one.kind === null ? one.path_digest === call.path_digest : isKindOf(one.kind, call.path);
}
