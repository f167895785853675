/**
 * How the connections of a user at one integration stand to each other: their labels, which is the default, and where a new
 * one goes.
 */
import type { Account } from "../../api.ts";
import { digest } from "../../crypto.ts";
import { freeLabel, isFallback, labelFor } from "../label.ts";
import { integrationOf, isDefault, newPlace } from "../place.ts";
import { Row, toConnection, type StoredConnection } from "./connection-row.ts";
import type { VaultSql } from "./vault-sql.ts";

/** What stays of a connection when it is connected again. */
export type Standing = Pick<StoredConnection, "label" | "is_default" | "made_at">;

/** Tells one account from another after its connection has gone, and no more. */
export const leaverDigest = (account: string): string => digest("account", account);

const AT_INTEGRATION = "(place = ?1 OR substr(place, 1, length(?1) + 1) = ?1 || '~')";

export class Slots {
  readonly #sql: VaultSql;

  /** @param sql where the table of connections is */
  constructor(sql: VaultSql) {
    this.#sql = sql;
  }

  /** All connections, the oldest first. */
  list(): StoredConnection[] {
    return this.#live("");
  }

  /** Those at an integration, the oldest first. */
  at(integration: string): StoredConnection[] {
    return this.#live(`AND ${AT_INTEGRATION}`, integration);
  }

  #live(condition: string, ...bindings: string[]): StoredConnection[] {
    return this.#sql
      .exec(`SELECT * FROM connections WHERE sealed IS NOT NULL ${condition} ORDER BY made_at, place`, ...bindings)
      .toArray()
      .flatMap((row) => toConnection(Row.parse(row)) ?? []);
  }

  /** The place that an address leads to. */
  resolve(address: string): string {
    if (!isDefault(address)) return address;
    const integration = integrationOf(address);
    const [row] = this.#sql
      .exec(`SELECT place FROM connections WHERE is_default = 1 AND ${AT_INTEGRATION}`, integration)
      .toArray();
    return typeof row?.["place"] === "string" ? row["place"] : integration;
  }

  #others(place: string): StoredConnection[] {
    return this.at(integrationOf(place)).filter((one) => one.place !== place);
  }

  /**
   * Where another connection goes. Whoever knows the id of the one that was there before, or has a key or a grant that is for
   * it, must not find somebody else under it: a place that was left is for the same account alone, and for nobody where either
   * of the two is not known.
   * @param proposed taken where it will do
   */
  newPlace(integration: string, account: string | null, proposed: string): string {
    const isFirst = this.at(integration).length === 0;
    const isFree =
      !this.#isTaken(integration) || (account !== null && this.#leftBy(integration) === leaverDigest(account));
    if (isFirst && isFree) return integration;
    return proposed === integration || this.#isTaken(proposed) ? newPlace(integration) : proposed;
  }

  /** How a connection is to stand. @param before the one that it renews, or that it was elsewhere */
  standing(
    place: string,
    account: Account | null,
    before: Pick<StoredConnection, "label" | "facts" | "made_at"> | null,
  ): Standing {
    const others = this.#others(place);
    const isNamed = before && !(before.facts.account === null && isFallback(before.label));
    const taken = others.map(({ label }) => label);
    return {
      label: isNamed ? freeLabel(before.label, taken) : labelFor(account, taken),
      is_default: !others.some(({ is_default }) => is_default),
      made_at: before?.made_at ?? Date.now(),
    };
  }

  /** @returns whether no other one there has this label */
  rename(place: string, label: string): boolean {
    if (this.#others(place).some((one) => one.label === label)) return false;
    this.#sql.exec("UPDATE connections SET label = ? WHERE place = ?", label, place);
    return true;
  }

  /** @returns whether another one was the default */
  setDefault(place: string): boolean {
    const before = this.#others(place).find(({ is_default }) => is_default);
    if (before) this.#sql.exec("UPDATE connections SET is_default = 0 WHERE place = ?", before.place);
    this.#sql.exec("UPDATE connections SET is_default = 1 WHERE place = ?", place);
    return before !== undefined;
  }

  /** Makes the oldest the default where there is none. @returns its place */
  mendDefault(integration: string): string | null {
    const all = this.at(integration);
    const [oldest] = all;
    if (!oldest || all.some(({ is_default }) => is_default)) return null;
    this.setDefault(oldest.place);
    return oldest.place;
  }

  #leftBy(place: string): string | null {
    const [row] = this.#sql.exec("SELECT left_by FROM connections WHERE place = ?", place).toArray();
    return typeof row?.["left_by"] === "string" ? row["left_by"] : null;
  }

  #isTaken(place: string): boolean {
    return this.#sql.exec("SELECT 1 FROM connections WHERE place = ?", place).toArray().length > 0;
  }
}
