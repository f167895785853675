/** When a vault looks at its connections of its own accord, and which it then has renewed. */
import { defaultOf, integrationOf } from "../place.ts";
import { Row, isRenewalDue, laterWakeAt, toConnection } from "./connection-row.ts";
import { alarmBackoff } from "./failing.ts";
import type { VaultSql } from "./vault-sql.ts";

/** While a renewal that an alarm set off is under way. */
export const RENEWAL_UNDER_WAY_MS = 120_000;

/** One Worker renews them side by side, within the time that it has. What is left is due at once again. */
const DUE_AT_ONCE = 20;

export class Upkeep {
  readonly #sql: VaultSql;

  /** @param sql where the table of connections is */
  constructor(sql: VaultSql) {
    this.#sql = sql;
  }

  /** The connections to renew now. One that nobody has used lately waits until its grant needs it. */
  due(now: number): { address: string; generation: number }[] {
    const rows = this.#sql
      .exec("SELECT * FROM connections WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", now, DUE_AT_ONCE)
      .toArray()
      .map((row) => Row.parse(row));
    return rows.flatMap((row) => {
      const connection = row.status === "connected" ? toConnection(row) : null;
      const renew = connection !== null && isRenewalDue(connection, row.used_at, now);
      // A renewal that never reports back is asked for again, less and less often.
      const again = now + Math.max(RENEWAL_UNDER_WAY_MS, alarmBackoff(row.attempts));
      this.#sql.exec(
        "UPDATE connections SET wake_at = ?, attempts = attempts + ? WHERE place = ?",
        renew ? again : connection && laterWakeAt(connection, now),
        renew ? 1 : 0,
        row.place,
      );
      // The copy of the new token is to be where most callers look for it.
      const address = row.is_default === 1 ? defaultOf(integrationOf(row.place)) : row.place;
      return renew ? [{ address, generation: row.generation }] : [];
    });
  }

  nextAt(): number | null {
    const [row] = this.#sql.exec("SELECT MIN(wake_at) AS wake_at FROM connections").toArray();
    return typeof row?.["wake_at"] === "number" ? row["wake_at"] : null;
  }
}
