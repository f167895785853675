import * as z from "zod";
import type { NotionProperty } from "../data/notion.ts";
import { idOf } from "../data/words.ts";
import { richText } from "./notion-text.ts";

const option = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  color: z.string().optional(),
  description: z.string().nullish(),
});
type Option = z.infer<typeof option>;
const date = z
  .object({ start: z.string(), end: z.string().nullish(), time_zone: z.string().nullish() })
  .transform(({ start, end, time_zone }) => ({ start, end: end ?? null, time_zone: time_zone ?? null }));
const user = z.looseObject({ id: z.string() }).transform(({ id }) => ({ object: "user", id }));

/** What a value of each type may be when it is written: https://developers.notion.com/reference/page-property-values */
const VALUES: Readonly<Record<string, z.ZodType>> = {
  title: richText,
  rich_text: richText,
  number: z.number().nullable(),
  checkbox: z.boolean(),
  url: z.string().nullable(),
  email: z.string().nullable(),
  phone_number: z.string().nullable(),
  date: date.nullable(),
  select: option.nullable(),
  status: option.nullable(),
  multi_select: z.array(option),
  people: z.array(user),
  relation: z.array(z.object({ id: z.string() })),
  files: z.array(z.record(z.string(), z.unknown())),
};
const EMPTY: Readonly<Record<string, unknown>> = { checkbox: false };
const LISTS = ["title", "rich_text", "multi_select", "people", "relation", "files"];

/** A cell that nobody has filled. */
export function emptyValue({ id, type }: NotionProperty): NotionProperty {
  return { id, type, [type]: LISTS.includes(type) ? [] : (EMPTY[type] ?? null) };
}

const optionsSchema = z.object({ options: z.array(option).default([]) }).catch({ options: [] });

/** A value as it is written into a column, or what is wrong with it. A list alone is short for a title or a text. */
export function toValue(
  name: string,
  column: NotionProperty,
  given: unknown,
): { value: NotionProperty } | { problem: string } {
  const { id, type } = column;
  const short = Array.isArray(given) ? { [type]: given } : given;
  const sent = z.record(z.string(), z.unknown()).safeParse(short);
  const schema = VALUES[type];
  if (!sent.success || schema === undefined || !Object.hasOwn(sent.data, type)) {
    return { problem: `${name} is expected to be ${type}.` };
  }
  const value = schema.safeParse(sent.data[type]);
  if (!value.success) return { problem: `body.properties.${name}.${type} is not valid.` };
  return { value: { id, type, [type]: withOptions(column, value.data) } };
}

/** An option by its id or its name; one that is not there is made on the way. */
function withOptions(column: NotionProperty, value: unknown): unknown {
  if (!["select", "status", "multi_select"].includes(column.type)) return value;
  const { options } = optionsSchema.parse(column[column.type]);
  const one = (wanted: Option) => {
    const known = options.find(({ id, name }) => id === wanted.id || name === wanted.name);
    const { id, name, color } = known ?? { ...wanted, id: undefined };
    return { id: id ?? idOf(name ?? "", 4), name: name ?? "", color: color ?? "default" };
  };
  if (Array.isArray(value)) return z.array(option).parse(value).map(one);
  return value === null ? null : one(option.parse(value));
}

const configs = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Columns as they are sent, made into what is shown: https://developers.notion.com/reference/property-object */
export function toColumns(given: unknown): { columns: Record<string, NotionProperty> } | { problem: string } {
  const wanted = configs.safeParse(given ?? {});
  if (!wanted.success) return { problem: "body.properties should be an object." };
  const columns: Record<string, NotionProperty> = {};
  for (const [name, config] of Object.entries(wanted.data)) {
    const type = Object.keys(VALUES).find((each) => Object.hasOwn(config, each));
    if (type === undefined) return { problem: `body.properties.${name} has no known type.` };
    columns[name] = toColumn(name, type, config);
  }
  return { columns };
}

function toColumn(name: string, type: string, config: Readonly<Record<string, unknown>>): NotionProperty {
  const own = z.record(z.string(), z.unknown()).catch({}).parse(config[type]);
  const description = typeof config["description"] === "string" ? config["description"] : null;
  const plain = { id: type === "title" ? "title" : idOf(name, 4), name, type, description };
  if (type === "number") return { ...plain, number: { format: "number", ...own } };
  if (!["select", "multi_select"].includes(type)) return { ...plain, [type]: own };
  const options = optionsSchema.parse(own).options.map(({ name: label = "", color = "default" }) => ({
    id: idOf(`${name}/${label}`, 4),
    name: label,
    color,
    description: null,
  }));
  return { ...plain, [type]: { options } };
}

/** The column whose values are titles. */
export function isTitle({ type }: NotionProperty): boolean {
  return type === "title";
}
