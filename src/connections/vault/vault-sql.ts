/**
 * The tables of a vault. They are made with the first row that is put in: a vault that is only asked, which anybody can bring
 * about by making up its name, leaves nothing behind that would have to be kept or paid for. Those of a version before are
 * brought up to date when they are opened; see migrations.ts.
 */
import { migrate, setUpToDate } from "./migrations.ts";

/** What a query answers. */
export interface Rows {
  toArray(): Record<string, SqlStorageValue>[];
  one(): Record<string, SqlStorageValue>;
}

const IS_INSERT = /^\s*INSERT\b/;
const NO_ROWS: Rows = {
  toArray: () => [],
  one: () => {
    throw new TypeError("a vault without tables has no row");
  },
};

export class VaultSql {
  readonly #sql: SqlStorage;
  readonly #schemas: string[] = [];
  /** Tables that stand apart from those that every vault has, and are there. */
  readonly #apart: Set<string>;
  #isMade: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const names = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    this.#apart = new Set(names.flatMap(({ name }) => (typeof name === "string" ? [name] : [])));
    this.#isMade = this.#apart.has("owner");
    if (this.#isMade) migrate(sql);
  }

  /** Whether anything was ever put in. */
  get isMade(): boolean {
    return this.#isMade;
  }

  /** Says what tables are like; where the vault has any, it has these from here on. */
  define(schema: string): void {
    this.#schemas.push(schema);
    if (this.#isMade) this.#sql.exec(schema);
  }

  /** A table that few vaults need, for queries of it alone: it is made with the first row that is put into it. */
  apart(table: string, schema: string): Pick<VaultSql, "exec"> {
    return {
      exec: (query, ...bindings) => {
        if (!this.#apart.has(table)) {
          if (!IS_INSERT.test(query)) return NO_ROWS;
          this.#sql.exec(schema);
          this.#apart.add(table);
        }
        return this.exec(query, ...bindings);
      },
    };
  }

  exec(query: string, ...bindings: (SqlStorageValue | undefined)[]): Rows {
    if (!this.#isMade) {
      if (!IS_INSERT.test(query)) return NO_ROWS;
      for (const schema of this.#schemas) this.#sql.exec(schema);
      setUpToDate(this.#sql);
      this.#isMade = true;
    }
    return this.#sql.exec(query, ...bindings);
  }

  /** Is to be told that everything was deleted. */
  forget(): void {
    this.#apart.clear();
    this.#isMade = false;
  }
}
