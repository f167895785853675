import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgo, idOf, many, NOUNS, ODD_TITLES, perAccount, pick, TEAMS } from "./words.ts";

/** A base, as the list of bases shows it. */
export const baseSchema = z.object({
  id: z.string(),
  name: z.string(),
  permissionLevel: z.enum(["create", "edit", "comment", "read"]),
});
export type AirtableBase = z.infer<typeof baseSchema>;

/** A column of a table. */
export const fieldSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  description: z.exactOptional(z.string()),
  options: z.exactOptional(z.record(z.string(), z.unknown())),
});
export type AirtableField = z.infer<typeof fieldSchema>;

/** A table with its fields and views. */
export const tableSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.exactOptional(z.string()),
  primaryFieldId: z.string(),
  fields: z.array(fieldSchema),
  views: z.array(z.object({ id: z.string(), name: z.string(), type: z.string() })),
});
export type AirtableTable = z.infer<typeof tableSchema>;

/** A row: its cells go by the names of the columns, and empty ones are left out. */
export const recordSchema = z.object({
  id: z.string(),
  createdTime: z.string(),
  fields: z.record(z.string(), z.unknown()),
});
export type AirtableRecord = z.infer<typeof recordSchema>;

const LEVELS = ["create", "edit", "comment", "read"] as const;
const STAGES = ["Idea", "Doing", "Done"] as const;
const TABLE_NAMES = ["Projects", "People", "Invoices", "Inventory / parts", "Événements", "Backlog 🧺"] as const;
const BASES_PER_ACCOUNT = [25, 4, 0];

/** Who an account is, as far as Airtable tells. */
export function airtableUser(account: number): { id: string; email: string } {
  return { id: `usr${idOf(`airtable/${account}`, 14)}`, email: holder(account).email };
}

/** The bases of an account. */
export const airtableBases = perAccount((account): readonly AirtableBase[] => {
  return many(BASES_PER_ACCOUNT[account] ?? 0, (index) => {
    const roll = dice(`base/${account}/${index}`);
    const plain = `${pick(TEAMS, roll)} ${pick(NOUNS, roll)} ${2024 + (index % 3)}`;
    const name =
      index % 6 === 2 ? (ODD_TITLES[index % ODD_TITLES.length] ?? plain) : plain[0]?.toUpperCase() + plain.slice(1);
    return { id: `app${idOf(`base/${account}/${index}`, 14)}`, name, permissionLevel: LEVELS[index % 4] ?? "read" };
  });
});

/** The tables of a base: one to six. */
export function airtableTables(baseId: string): readonly AirtableTable[] {
  const roll = dice(`tables/${baseId}`);
  return many(1 + Math.floor(roll() * 6), (index) => {
    const seed = `${baseId}/${index}`;
    const field = (name: string, type: string, options?: Record<string, unknown>) => {
      const plain = { id: `fld${idOf(`${seed}/${name}`, 14)}`, name, type };
      return options === undefined ? plain : { ...plain, options };
    };
    return {
      id: `tbl${idOf(seed, 14)}`,
      name: TABLE_NAMES[index] ?? `Table ${index + 1}`,
      ...(index % 2 === 0 ? { description: `Kept by the ${pick(TEAMS, roll)} team` } : {}),
      primaryFieldId: `fld${idOf(`${seed}/Name`, 14)}`,
      fields: [
        field("Name", "singleLineText"),
        field("Owner", "email"),
        field("Done", "checkbox", { icon: "check", color: "greenBright" }),
        field("Budget", "currency", { precision: 2, symbol: "€" }),
        field("Stage", "singleSelect", {
          choices: STAGES.map((name) => ({ id: `sel${idOf(`${seed}/${name}`, 14)}`, name, color: "blueLight2" })),
        }),
        field("Files", "multipleAttachments", { isReversed: false }),
      ],
      views: [{ id: `viw${idOf(seed, 14)}`, name: "All of it", type: "grid" }],
    };
  });
}

/** The records of a table: the first of a base is long enough to page through. Empty cells are left out, as Airtable does. */
export function tableRecords(table: AirtableTable): AirtableRecord[] {
  return many(table.name === TABLE_NAMES[0] ? 330 : 23, (index) => {
    const roll = dice(`${table.id}/${index}`);
    const owner = person(table.id, index);
    return {
      id: `rec${idOf(`${table.id}/${index}`, 14)}`,
      createdTime: hoursAgo(index * 5 + roll()),
      fields: {
        Name: `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`,
        ...(owner.email === null ? {} : { Owner: owner.email }),
        ...(roll() < 0.4 ? { Done: true } : {}),
        ...(roll() < 0.7 ? { Budget: Math.round(roll() * 900_000) / 100 } : {}),
        ...(index % 4 === 3 ? {} : { Stage: STAGES[index % 3] }),
      },
    };
  });
}
