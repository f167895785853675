/** One service of the table, and what is to be said of it. */
import type { Service, Typed } from "../../support/played.ts";

export interface Case extends Service {
  readonly what: string;
  /** What is typed into its form. */
  readonly typed?: Typed;
  /** How long its tokens live, in seconds; an hour where nothing is said, null: there are none. */
  readonly lifetime?: number | null;
  /** What its emulator is told beside its entry. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether something is taken back there on disconnecting. */
  readonly revokes: boolean;
}
