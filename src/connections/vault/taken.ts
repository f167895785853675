/** What has come here from other vaults, so that what comes again, because an answer was lost on its way, is known. */
import * as z from "zod/mini";
import type { Version } from "./connection-row.ts";
import type { VaultSql } from "./vault-sql.ts";

/** No vault takes longer than a day to hand over what it has. */
const KEPT_MS = 2 * 86_400_000;

/** A version of a connection of another vault: that vault's name, and the connection's place there. */
export interface Move extends Version {
  readonly vault: string;
  readonly from: string;
}

const Row = z.object({ place: z.string(), epoch: z.number(), generation: z.number() });
/** Where it went, and as which version it came. */
export type Taken = z.output<typeof Row>;

export class TakenTable {
  readonly #sql: Pick<VaultSql, "exec">;

  constructor(sql: VaultSql) {
    this.#sql = sql.apart(
      "taken",
      `CREATE TABLE IF NOT EXISTS taken (
        vault TEXT NOT NULL, origin TEXT NOT NULL, place TEXT NOT NULL, epoch INTEGER NOT NULL, generation INTEGER NOT NULL,
        taken_at INTEGER NOT NULL, PRIMARY KEY (vault, origin)
      ) WITHOUT ROWID`,
    );
  }

  find({ vault, from }: Move): Taken | null {
    const [row] = this.#sql.exec("SELECT * FROM taken WHERE vault = ? AND origin = ?", vault, from).toArray();
    return row ? Row.parse(row) : null;
  }

  /** @param place where it went */
  note({ vault, from, epoch, generation }: Move, place: string): void {
    const now = Date.now();
    this.#sql.exec("DELETE FROM taken WHERE taken_at < ?", now - KEPT_MS);
    this.#sql.exec(
      `INSERT OR REPLACE INTO taken (vault, origin, place, epoch, generation, taken_at) VALUES (?, ?, ?, ?, ?, ?)`,
      vault,
      from,
      place,
      epoch,
      generation,
      now,
    );
  }
}

/** Whether a move is of the version that has come, or of one before. */
export const isTaken = (taken: Taken, { epoch, generation }: Version): boolean =>
  epoch < taken.epoch || (epoch === taken.epoch && generation <= taken.generation);
