/** The last requests of an app, in its own vault. */
import { LoggedRequest, type RequestFilter } from "../../api-requests.ts";
import { BOUNDS } from "../../bounds.ts";
import { BatchedLog } from "./batched-log.ts";
import type { VaultSql } from "./vault-sql.ts";

const KEPT_MS = 7 * 86_400_000;

export class RequestLog {
  readonly #log: BatchedLog<LoggedRequest>;

  constructor(sql: VaultSql) {
    this.#log = new BatchedLog(sql, { table: "request_log", entry: LoggedRequest, most: BOUNDS.requests, ms: KEPT_MS });
  }

  /** @param requests at most `AT_ONCE` */
  add(requests: readonly LoggedRequest[]): void {
    this.#log.add(requests);
  }

  /**
   * The newest of the last week that a filter lets through.
   * @param before when that was, and its id, after which a page goes on
   */
  list(filter: RequestFilter, limit: number, before: readonly [at: string, id: string] | null): LoggedRequest[] {
    const oldest = new Date(Date.now() - KEPT_MS).toISOString();
    return this.#log
      .all()
      .filter((request) => request.at >= oldest && isMeant(request, filter))
      .filter((request) => before === null || comesAfter(request, before))
      .toSorted((a, b) => (comesAfter(a, [b.at, b.request_id]) ? 1 : -1))
      .slice(0, limit);
  }

  clear(): void {
    this.#log.clear();
  }
}

/** Whether a request stands further down in the list, where the newest is first. */
export const comesAfter = (
  { at, request_id }: Pick<LoggedRequest, "at" | "request_id">,
  [time, id]: readonly [string, string],
): boolean => at < time || (at === time && request_id < id);

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
