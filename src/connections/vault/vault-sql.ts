/**
 * The tables of a vault. They are made with the first row that is put in: a vault that is only asked, which anybody can bring
 * about by making up its name, leaves nothing behind that would have to be kept or paid for.
 */

/** What a query answers. */
export interface Rows {
  toArray(): Record<string, SqlStorageValue>[];
  one(): Record<string, SqlStorageValue>;
}

interface Definition {
  readonly table: string;
  readonly schema: string;
  readonly migrate: ((sql: SqlStorage) => void) | undefined;
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
  readonly #definitions: Definition[] = [];
  /** Tables that stand apart from those that every vault has, and are there. */
  readonly #apart: Set<string>;
  #isMade: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const names = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    this.#apart = new Set(names.flatMap(({ name }) => (typeof name === "string" ? [name] : [])));
    this.#isMade = this.#apart.has("owner");
  }

  /** Whether anything was ever put in. */
  get isMade(): boolean {
    return this.#isMade;
  }

  /**
   * Says what a table is like; where the vault has tables, it has this one from here on.
   * @param migrate brings one that a version before has made up to date
   */
  define(table: string, schema: string, migrate?: (sql: SqlStorage) => void): void {
    const definition = { table, schema, migrate };
    this.#definitions.push(definition);
    if (this.#isMade) this.#make(definition);
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
      for (const definition of this.#definitions) this.#make(definition);
      this.#isMade = true;
    }
    return this.#sql.exec(query, ...bindings);
  }

  /** Is to be told that everything was deleted. */
  forget(): void {
    this.#apart.clear();
    this.#isMade = false;
  }

  #make({ schema, migrate }: Definition): void {
    this.#sql.exec(schema);
    migrate?.(this.#sql);
  }
}

/** The names of a table's columns. */
export const columnsOf = (sql: SqlStorage, table: string): string[] =>
  sql
    .exec("SELECT name FROM pragma_table_info(?)", table)
    .toArray()
    .flatMap(({ name }) => (typeof name === "string" ? [name] : []));
