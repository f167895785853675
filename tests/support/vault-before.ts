/** Vaults as the version before has left them, for what is to open them: dumps of their tables, made by that version. */
import * as z from "zod";
import app from "../connections/vault/before/app.json";
import page from "../connections/vault/before/page.json";

const Value = z.union([z.string(), z.number(), z.null()]);
const Dump = z.object({
  /** When it was made, in milliseconds since 1970. */
  now: z.number(),
  alarm_at: z.nullable(z.number()),
  schema: z.array(z.string()),
  rows: z.record(z.string(), z.array(z.record(z.string(), Value))),
});
type Dump = z.output<typeof Dump>;

/** Of an app's user: connections, one of them being renewed, a flow, a grant that waits, a grant to be taken back, events, sessions. */
export const appBefore = Dump.parse(app);

/** Of somebody at the page, with what their browser holds and where their last flow has led. */
export const pageBefore = z
  .object({ ...Dump.shape, vault: z.string(), dialog: z.string(), cookies: z.record(z.string(), z.string()) })
  .parse(page);

/** Puts the tables of such a vault in the place of whatever is there. The object has to be opened anew. */
export function putBack({ storage: { sql } }: DurableObjectState, { schema, rows }: Dump): void {
  const there =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_*' AND name NOT GLOB 'sqlite_*'";
  for (const { name } of sql.exec(there).toArray()) sql.exec(`DROP TABLE "${z.string().parse(name)}"`);
  for (const statement of schema) sql.exec(statement);
  for (const [table, all] of Object.entries(rows)) {
    for (const row of all) {
      const names = Object.keys(row);
      const places = names.map(() => "?").join(", ");
      sql.exec(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`, ...Object.values(row));
    }
  }
}
