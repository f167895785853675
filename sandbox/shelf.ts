import type * as z from "zod";

type Row = { id: string; value: string | null };

/** Where a shelf stands, what stands on it from the start, and how a thing is told from the others. */
export interface ShelfPlace<Thing> {
  readonly account: number;
  readonly kind: string;
  /** What is written is held against it when it is read. */
  readonly schema: z.ZodType<Thing>;
  readonly seeded: readonly Thing[];
  readonly idOf: (thing: Thing) => string;
}

/** What an account holds of one kind: what it has from the start, with everything that was written since. */
export class Shelf<Thing> {
  readonly #sql: SqlStorage;
  readonly #place: ShelfPlace<Thing>;

  constructor(sql: SqlStorage, place: ShelfPlace<Thing>) {
    this.#sql = sql;
    this.#place = place;
  }

  /** What was there from the start in its order, changed where it was changed, then what was created, oldest first. */
  list(): Thing[] {
    const { seeded, idOf } = this.#place;
    const written = this.#written();
    const kept = seeded.flatMap((thing) => {
      const id = idOf(thing);
      if (!written.has(id)) return [thing];
      const now = written.get(id) ?? null;
      written.delete(id);
      return now === null ? [] : [now];
    });
    return [...kept, ...[...written.values()].filter((thing) => thing !== null)];
  }

  /** The same with what was created in front, the newest first. */
  newestFirst(): Thing[] {
    const { seeded, idOf } = this.#place;
    const known = new Set(seeded.map(idOf));
    const all = this.list();
    const isCreated = (thing: Thing) => !known.has(idOf(thing));
    return [...all.filter(isCreated).toReversed(), ...all.filter((thing) => !isCreated(thing))];
  }

  find(id: string): Thing | undefined {
    return this.list().find((thing) => this.#place.idOf(thing) === id);
  }

  /** Puts a thing there, or in the place of the one that has its id. */
  put(thing: Thing): void {
    const { account, kind, idOf } = this.#place;
    this.#sql.exec(
      `INSERT INTO things (account, kind, id, value) VALUES (?, ?, ?, ?)
       ON CONFLICT (account, kind, id) DO UPDATE SET value = excluded.value`,
      account,
      kind,
      idOf(thing),
      JSON.stringify(thing),
    );
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    if (this.find(id) === undefined) return false;
    const { account, kind } = this.#place;
    this.#sql.exec(
      `INSERT INTO things (account, kind, id, value) VALUES (?, ?, ?, NULL)
       ON CONFLICT (account, kind, id) DO UPDATE SET value = NULL`,
      account,
      kind,
      id,
    );
    return true;
  }

  /** By id, in the order of creation; null: it was removed. */
  #written(): Map<string, Thing | null> {
    const { account, kind, schema } = this.#place;
    const rows = this.#sql.exec<Row>(
      "SELECT id, value FROM things WHERE account = ? AND kind = ? ORDER BY number",
      account,
      kind,
    );
    return new Map(
      rows.toArray().map(({ id, value }) => [id, value === null ? null : schema.parse(JSON.parse(value))]),
    );
  }
}
