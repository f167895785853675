/** What an app notes of its connections. It stays through a reconnect and goes with a disconnect. */
import * as z from "zod/mini";
import { Labels, type LabelsChange } from "../../api-connections.ts";
import type { VaultSql } from "./vault-sql.ts";

const NONE: Labels = { metadata: {}, tags: {} };

export class LabelTable {
  readonly #sql: VaultSql;

  constructor(sql: VaultSql) {
    this.#sql = sql;
    sql.define(
      "labels",
      "CREATE TABLE IF NOT EXISTS labels (integration TEXT PRIMARY KEY, labels TEXT NOT NULL) WITHOUT ROWID",
    );
  }

  /** As JSON of `Labels`. */
  text(integration: string): string {
    return JSON.stringify(this.get(integration));
  }

  get(integration: string): Labels {
    const [row] = this.#sql.exec("SELECT labels FROM labels WHERE integration = ?", integration).toArray();
    return row ? Labels.parse(JSON.parse(z.string().parse(row["labels"]))) : NONE;
  }

  set(integration: string, { metadata, tags }: LabelsChange): void {
    const before = this.get(integration);
    const labels = JSON.stringify({ metadata: metadata ?? before.metadata, tags: tags ?? before.tags });
    this.#sql.exec("INSERT OR REPLACE INTO labels (integration, labels) VALUES (?, ?)", integration, labels);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM labels");
  }

  remove(integration: string): void {
    this.#sql.exec("DELETE FROM labels WHERE integration = ?", integration);
  }
}
