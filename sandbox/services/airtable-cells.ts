import * as z from "zod";
import type { AirtableField, AirtableRecord, AirtableTable } from "../data/airtable.ts";
import { failure } from "./airtable-http.ts";
import { findField } from "./airtable-tables.ts";

const choices = z.object({ choices: z.array(z.object({ name: z.string() })) });
const attachments = z.array(z.union([z.object({ url: z.url() }), z.object({ id: z.string() })]));

const KINDS: Readonly<Record<string, z.ZodType>> = {
  number: z.number(),
  currency: z.number(),
  percent: z.number(),
  checkbox: z.boolean(),
  multipleAttachments: attachments,
  multipleSelects: z.array(z.string()),
  multipleRecordLinks: z.array(z.string()),
};

type Cells = AirtableRecord["fields"];

/**
 * Cells as they are written, by the names of the columns, or why one of them is not taken. An empty value clears a cell.
 * https://airtable.com/developers/web/api/field-model
 */
export function toCells(table: AirtableTable, given: Cells, typecast: boolean): Cells | Response {
  const cells: Record<string, unknown> = {};
  for (const [wanted, value] of Object.entries(given)) {
    const field = findField(table, wanted);
    if (field === undefined) return failure(422, "UNKNOWN_FIELD_NAME", `Unknown field name: "${wanted}"`);
    const cell = typecast ? cast(field, value) : value;
    const problem = isEmpty(cell) ? undefined : complaint(field, cell);
    if (problem !== undefined) return problem;
    cells[field.name] = isEmpty(cell) ? undefined : cell;
  }
  return cells;
}

/** A row's cells with changes over them; without what became empty. */
export function withCells(before: Cells, changes: Cells): Cells {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

function cast({ type }: AirtableField, value: unknown): unknown {
  const kind = KINDS[type];
  if (kind instanceof z.ZodNumber && typeof value === "string") return Number(value);
  if (kind instanceof z.ZodBoolean) return value === true || value === "true";
  return kind === undefined && typeof value === "number" ? String(value) : value;
}

function complaint(field: AirtableField, value: unknown): Response | undefined {
  const kind = KINDS[field.type] ?? z.string();
  if (!kind.safeParse(value).success) {
    return failure(422, "INVALID_VALUE_FOR_COLUMN", `Field "${field.name}" cannot accept the provided value`);
  }
  const known = choices.safeParse(field.options);
  if (field.type !== "singleSelect" || !known.success || known.data.choices.some(({ name }) => name === value))
    return undefined;
  return failure(
    422,
    "INVALID_MULTIPLE_CHOICE_OPTIONS",
    `Insufficient permissions to create new select option "${String(value)}"`,
  );
}
