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

const NO_ROWS: Rows = {
  toArray: () => [],
  one: () => {
    throw new TypeError("a vault without tables has no row");
  },
};

export class VaultSql {
  readonly #sql: SqlStorage;
  readonly #definitions: Definition[] = [];
  #isMade: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#isMade = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'owner'").toArray().length > 0;
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

  exec(query: string, ...bindings: (SqlStorageValue | undefined)[]): Rows {
    if (!this.#isMade) {
      if (!/^\s*INSERT\b/.test(query)) return NO_ROWS;
      for (const definition of this.#definitions) this.#make(definition);
      this.#isMade = true;
    }
    return this.#sql.exec(query, ...bindings);
  }

  /** Is to be told that everything was deleted. */
  forget(): void {
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
