/**
 * The last requests of an app, in its own vault. A row is charged for when it is written, however long it is: so the requests
 * of one call share one, and the next call adds to it until it is full.
 */
import * as z from "zod/mini";
import { LoggedRequest, type RequestFilter } from "../../api-requests.ts";
import { BOUNDS } from "../../bounds.ts";
import type { VaultSql } from "./vault-sql.ts";

/** How many share a row, and the most that come in one call. */
export const REQUESTS_AT_ONCE = 50;
const KEPT_MS = 7 * 86_400_000;

const Row = z.object({ number: z.number(), requests: z.string() });
const Requests = z.array(LoggedRequest);

export class RequestLog {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "request_log",
      "CREATE TABLE IF NOT EXISTS request_log (number INTEGER PRIMARY KEY, until INTEGER, requests TEXT)",
    );
  }

  /** Puts requests behind those that are there; the oldest go. @param requests at most `REQUESTS_AT_ONCE` */
  add(requests: readonly LoggedRequest[]): void {
    const now = Date.now();
    const [row] = this.#sql.exec("SELECT number, requests FROM request_log ORDER BY number DESC LIMIT 1").toArray();
    const last = row ? Row.parse(row) : null;
    const there = last === null ? [] : Requests.parse(JSON.parse(last.requests));
    const room = last === null ? 0 : REQUESTS_AT_ONCE - there.length;
    if (last !== null && room > 0) {
      this.#sql.exec(
        "UPDATE request_log SET until = ?, requests = ? WHERE number = ?",
        now + KEPT_MS,
        JSON.stringify([...there, ...requests.slice(0, room)]),
        last.number,
      );
    }
    if (requests.length <= room) return;
    this.#sql.exec(
      "INSERT INTO request_log (until, requests) VALUES (?, ?)",
      now + KEPT_MS,
      JSON.stringify(requests.slice(room)),
    );
    this.#sql.exec(
      `DELETE FROM request_log WHERE until <= ? OR number <=
         (SELECT number FROM request_log ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      now,
      BOUNDS.requests / REQUESTS_AT_ONCE,
    );
  }

  /**
   * The newest of the last week that a filter lets through.
   * @param before when that was, and its id, after which a page goes on
   */
  list(filter: RequestFilter, limit: number, before: readonly [at: string, id: string] | null): LoggedRequest[] {
    const oldest = new Date(Date.now() - KEPT_MS).toISOString();
    return this.#sql
      .exec("SELECT number, requests FROM request_log")
      .toArray()
      .flatMap((row) => Requests.parse(JSON.parse(Row.parse(row).requests)))
      .filter((request) => request.at >= oldest && isMeant(request, filter))
      .filter((request) => before === null || comesAfter(request, before))
      .toSorted((a, b) => (comesAfter(a, [b.at, b.request_id]) ? 1 : -1))
      .slice(0, limit);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM request_log");
  }
}

/** Whether a request stands further down in the list, where the newest is first. */
const comesAfter = ({ at, request_id }: LoggedRequest, [time, id]: readonly [string, string]): boolean =>
  at < time || (at === time && request_id < id);

function isMeant(request: LoggedRequest, { since = "", outcome, status_class, ...same }: RequestFilter): boolean {
  return (
    request.at >= since &&
    (outcome === undefined || (outcome === "error" ? request.outcome !== "ok" : request.outcome === outcome)) &&
    (status_class === undefined || `${Math.trunc(request.status / 100)}xx` === status_class) &&
    (["request_id", "user", "integration", "connection", "route"] as const).every(
      (field) => same[field] === undefined || same[field] === request[field],
    )
  );
}
