/** What an app notes of its connections. It stays through a reconnect and goes with a disconnect. */
import * as z from "zod/mini";
import { Labels, type ConnectionChange, type Person } from "../../api-connections.ts";
import type { VaultSql } from "./vault-sql.ts";

const NONE: Labels = { metadata: {}, tags: {}, person: null };

export class LabelTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define("CREATE TABLE IF NOT EXISTS labels (place TEXT PRIMARY KEY, labels TEXT NOT NULL) WITHOUT ROWID");
  }

  /** As JSON of `Labels`. */
  text(place: string): string {
    return JSON.stringify(this.get(place));
  }

  get(place: string): Labels {
    const [row] = this.#sql.exec("SELECT labels FROM labels WHERE place = ?", place).toArray();
    return row ? Labels.parse(JSON.parse(z.string().parse(row["labels"]))) : NONE;
  }

  set(place: string, { metadata, tags }: Pick<ConnectionChange, "metadata" | "tags">): void {
    const before = this.get(place);
    const labels = { ...before, metadata: metadata ?? before.metadata, tags: tags ?? before.tags } satisfies Labels;
    this.setText(place, JSON.stringify(labels));
  }

  setPerson(place: string, person: Person): void {
    this.setText(place, JSON.stringify({ ...this.get(place), person } satisfies Labels));
  }

  /** @param labels JSON of `Labels` */
  setText(place: string, labels: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO labels (place, labels) VALUES (?, ?)", place, labels);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM labels");
  }

  remove(place: string): void {
    this.#sql.exec("DELETE FROM labels WHERE place = ?", place);
  }
}
