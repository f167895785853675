import * as z from "zod";
import type { NotionPage, NotionProperty } from "../data/notion.ts";
import { inOrder } from "../data/words.ts";
import { wordsOf } from "./notion-text.ts";

type Columns = Readonly<Record<string, NotionProperty>>;
/** What a cell is compared by: a text, a number, whether it is ticked, the names in it, or nothing. */
type Cell = string | number | boolean | readonly string[] | null;
type Test = (cell: Cell, wanted: unknown) => boolean;

const isEmpty = (cell: Cell): boolean => cell === null || cell === "" || (Array.isArray(cell) && cell.length === 0);
const toText = (cell: Cell): string => (typeof cell === "string" ? cell.toLowerCase() : "");
const wordsIn = (wanted: unknown): string => String(wanted).toLowerCase();
const isNumber: Test = (cell, wanted) => typeof cell === "number" && typeof wanted === "number";
/** A day is compared as a day, a moment as a moment. */
const orderOf = (cell: Cell, wanted: unknown): number => {
  const [left, right] = [String(cell), String(wanted)];
  const length = Math.min(left.length, right.length);
  return inOrder(left.slice(0, length), right.slice(0, length));
};

const PRESENCE: Readonly<Record<string, Test>> = { is_empty: isEmpty, is_not_empty: (cell) => !isEmpty(cell) };
const EQUALITY: Readonly<Record<string, Test>> = {
  equals: (cell, wanted) => toText(cell) === wordsIn(wanted),
  does_not_equal: (cell, wanted) => toText(cell) !== wordsIn(wanted),
};
const TEXT: Readonly<Record<string, Test>> = {
  ...PRESENCE,
  ...EQUALITY,
  contains: (cell, wanted) => toText(cell).includes(wordsIn(wanted)),
  does_not_contain: (cell, wanted) => !toText(cell).includes(wordsIn(wanted)),
  starts_with: (cell, wanted) => toText(cell).startsWith(wordsIn(wanted)),
  ends_with: (cell, wanted) => toText(cell).endsWith(wordsIn(wanted)),
};
const CHOICE: Readonly<Record<string, Test>> = { ...PRESENCE, ...EQUALITY };
const NUMBER: Readonly<Record<string, Test>> = {
  ...PRESENCE,
  equals: (cell, wanted) => cell === wanted,
  does_not_equal: (cell, wanted) => cell !== wanted,
  greater_than: (cell, wanted) => isNumber(cell, wanted) && Number(cell) > Number(wanted),
  less_than: (cell, wanted) => isNumber(cell, wanted) && Number(cell) < Number(wanted),
  greater_than_or_equal_to: (cell, wanted) => isNumber(cell, wanted) && Number(cell) >= Number(wanted),
  less_than_or_equal_to: (cell, wanted) => isNumber(cell, wanted) && Number(cell) <= Number(wanted),
};
const DATE: Readonly<Record<string, Test>> = {
  ...PRESENCE,
  equals: (cell, wanted) => !isEmpty(cell) && orderOf(cell, wanted) === 0,
  before: (cell, wanted) => !isEmpty(cell) && orderOf(cell, wanted) < 0,
  after: (cell, wanted) => !isEmpty(cell) && orderOf(cell, wanted) > 0,
  on_or_before: (cell, wanted) => !isEmpty(cell) && orderOf(cell, wanted) <= 0,
  on_or_after: (cell, wanted) => !isEmpty(cell) && orderOf(cell, wanted) >= 0,
};
const LIST: Readonly<Record<string, Test>> = {
  ...PRESENCE,
  contains: (cell, wanted) => Array.isArray(cell) && cell.includes(wanted),
  does_not_contain: (cell, wanted) => !(Array.isArray(cell) && cell.includes(wanted)),
};

/** The conditions of each type: https://developers.notion.com/reference/filter-data-source-entries */
const CONDITIONS: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  title: TEXT,
  rich_text: TEXT,
  url: TEXT,
  email: TEXT,
  phone_number: TEXT,
  number: NUMBER,
  checkbox: { equals: (cell, wanted) => cell === wanted, does_not_equal: (cell, wanted) => cell !== wanted },
  select: CHOICE,
  status: CHOICE,
  multi_select: LIST,
  people: LIST,
  relation: LIST,
  date: DATE,
  created_time: DATE,
  last_edited_time: DATE,
};

const named = z.object({ name: z.string() });
const dated = z.object({ start: z.string() });
const identified = z.union([
  named.transform(({ name }) => name),
  z.object({ id: z.string() }).transform(({ id }) => id),
]);

function cellOf(value: NotionProperty | undefined): Cell {
  const held = value?.[value.type];
  if (value === undefined || held === null || held === undefined) return null;
  if (value.type === "title" || value.type === "rich_text") return wordsOf(held);
  if (typeof held === "string" || typeof held === "number" || typeof held === "boolean") return held;
  if (Array.isArray(held)) return z.array(identified).catch([]).parse(held);
  const one = z.union([dated.transform(({ start }) => start), named.transform(({ name }) => name)]).safeParse(held);
  return one.success ? one.data : null;
}

const TIMES = { created_time: "createdAt", last_edited_time: "editedAt" } as const;
const timestamp = z.enum(["created_time", "last_edited_time"]);
const group = z.union([z.strictObject({ and: z.array(z.unknown()) }), z.strictObject({ or: z.array(z.unknown()) })]);
const condition = z.looseObject({ property: z.string().optional(), timestamp: timestamp.optional() });
const sorting = z.array(
  z.object({
    property: z.string().optional(),
    timestamp: timestamp.optional(),
    direction: z.enum(["ascending", "descending"]),
  }),
);

/** A complaint is thrown through the depth of a filter, and told once. */
class Unfit extends Error {}

/** The pages that a filter lets through, in the order that was asked for, or what is wrong with either. */
export function queried(
  all: readonly NotionPage[],
  columns: Columns,
  { filter, sorts }: { readonly filter?: unknown; readonly sorts?: unknown },
): { readonly pages: NotionPage[] } | { readonly problem: string } {
  try {
    const passes = filter === undefined ? () => true : toTest(filter, columns, 0);
    return { pages: sorted(all.filter(passes), columns, sorts ?? []) };
  } catch (error) {
    if (error instanceof Unfit) return { problem: error.message };
    throw error;
  }
}

function toTest(filter: unknown, columns: Columns, depth: number): (page: NotionPage) => boolean {
  const several = group.safeParse(filter);
  if (several.success) {
    if (depth > 1) throw new Unfit("Filters may be nested two levels deep.");
    const isAll = "and" in several.data;
    const tests = ("and" in several.data ? several.data.and : several.data.or).map((each) =>
      toTest(each, columns, depth + 1),
    );
    return (page) => (isAll ? tests.every((test) => test(page)) : tests.some((test) => test(page)));
  }
  const one = condition.safeParse(filter);
  if (!one.success) throw new Unfit("body.filter is not valid.");
  const { property, timestamp: time } = one.data;
  const name = property === undefined ? undefined : nameOf(property, columns);
  const type = time ?? columns[name ?? ""]?.type ?? "";
  const wanted = z.record(z.string(), z.unknown()).safeParse(one.data[type]);
  if (!wanted.success) throw new Unfit(`The filter of ${property ?? "a timestamp"} is expected to be ${type}.`);
  const conditions = Object.entries(wanted.data).map(([operator, value]) => {
    const test = CONDITIONS[type]?.[operator];
    if (test === undefined) throw new Unfit(`${operator} is no condition of ${type}.`);
    return { test, value };
  });
  return (page) =>
    conditions.every(({ test, value }) => test(time ? page[TIMES[time]] : cellOf(page.properties[name ?? ""]), value));
}

function nameOf(wanted: string, columns: Columns): string {
  const name = Object.keys(columns).find((each) => each === wanted || columns[each]?.id === wanted);
  if (name === undefined) throw new Unfit(`Could not find property with name or id: ${wanted}`);
  return name;
}

function sorted(found: readonly NotionPage[], columns: Columns, asked: unknown): NotionPage[] {
  const wanted = sorting.safeParse(asked);
  if (!wanted.success) throw new Unfit("body.sorts is not valid.");
  const keys = wanted.data.map(({ property, timestamp: time, direction }) => {
    if (time === undefined && property === undefined) throw new Unfit("A sort needs a property or a timestamp.");
    const name = time === undefined ? nameOf(property ?? "", columns) : "";
    const of = (page: NotionPage): Cell => (time ? page[TIMES[time]] : cellOf(page.properties[name]));
    return { of, sign: direction === "ascending" ? 1 : -1 };
  });
  return found.toSorted((left, right) => {
    for (const { of, sign } of keys) {
      const order = compare(of(left), of(right));
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function compare(left: Cell, right: Cell): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return inOrder(String(left ?? "").toLowerCase(), String(right ?? "").toLowerCase());
}
