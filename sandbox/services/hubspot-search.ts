import * as z from "zod";
import { CRM_PROPERTIES } from "../data/hubspot-properties.ts";
import type { CrmKind, CrmObject } from "../data/hubspot.ts";
import { inOrder } from "../data/words.ts";
import { json, jsonBody } from "../http.ts";
import { pageOf } from "../paging.ts";
import type { ApiContext } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { hubspotErrors as errors } from "./hubspot-http.ts";
import { objects, shown } from "./hubspot-objects.ts";

/** Limits: https://developers.hubspot.com/docs/api-reference/search/guide */
const MOST_RESULTS = 10_000;

const filterSchema = z.object({
  propertyName: z.string(),
  operator: z.enum([
    "EQ",
    "NEQ",
    "LT",
    "LTE",
    "GT",
    "GTE",
    "BETWEEN",
    "IN",
    "NOT_IN",
    "HAS_PROPERTY",
    "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN",
  ]),
  value: z.string().optional(),
  highValue: z.string().optional(),
  values: z.array(z.string()).optional(),
});
type Filter = z.infer<typeof filterSchema>;

const sortSchema = z.union([
  z.string().transform((text) => ({
    propertyName: text.replace(/^-/, ""),
    direction: text.startsWith("-") ? "DESCENDING" : "ASCENDING",
  })),
  z.object({ propertyName: z.string(), direction: z.enum(["ASCENDING", "DESCENDING"]).default("ASCENDING") }),
]);
const searchSchema = z.object({
  limit: z.number().int().min(1).max(200).default(10),
  after: z.union([z.string().regex(/^\d*$/), z.number()]).default(0),
  query: z.string().max(3000).default(""),
  properties: z.array(z.string()).nullish(),
  sorts: z.array(sortSchema).max(1).default([]),
  filterGroups: z
    .array(z.object({ filters: z.array(filterSchema).max(6) }))
    .max(5)
    .default([]),
});

type Test = (value: string, filter: Filter) => boolean;

const order = (left: string, right: string | undefined): number => {
  const [first, second] = [Number(left), Number(right)];
  return Number.isNaN(first) || Number.isNaN(second) ? inOrder(left, right ?? "") : first - second;
};
const same = (left: string, right: string | undefined) => left.toLowerCase() === right?.toLowerCase();
const holds: Test = (value, filter) => {
  const wanted = (filter.value ?? "").toLowerCase().replaceAll("*", "");
  return wanted !== "" && value.toLowerCase().includes(wanted);
};

const TESTS: Readonly<Record<Filter["operator"], Test>> = {
  EQ: (value, filter) => same(value, filter.value),
  NEQ: (value, filter) => !same(value, filter.value),
  LT: (value, filter) => value !== "" && order(value, filter.value) < 0,
  LTE: (value, filter) => value !== "" && order(value, filter.value) <= 0,
  GT: (value, filter) => value !== "" && order(value, filter.value) > 0,
  GTE: (value, filter) => value !== "" && order(value, filter.value) >= 0,
  BETWEEN: (value, filter) => value !== "" && order(value, filter.value) >= 0 && order(value, filter.highValue) <= 0,
  IN: (value, { values = [] }) => values.some((each) => same(value, each)),
  NOT_IN: (value, { values = [] }) => value !== "" && !values.some((each) => same(value, each)),
  HAS_PROPERTY: (value) => value !== "",
  NOT_HAS_PROPERTY: (value) => value === "",
  CONTAINS_TOKEN: holds,
  NOT_CONTAINS_TOKEN: (value, filter) => !holds(value, filter),
};

/** Groups are joined by or, the filters of one by and. */
export function search(context: ApiContext, kind: CrmKind): Response {
  const wanted = searchSchema.safeParse(jsonBody(context.call) ?? {});
  if (!wanted.success) return errors.badRequest(context.call, "The search is not valid.");
  const { limit, after, query, properties, filterGroups, sorts } = wanted.data;
  const known = CRM_PROPERTIES[kind];
  const named = [...filterGroups.flatMap(({ filters }) => filters), ...sorts].map(({ propertyName }) => propertyName);
  const unknown = named.find((name) => !known.some((property) => property.name === name));
  if (unknown !== undefined) {
    return errors.badRequest(context.call, `There was a problem with the request: ${unknown} is not a property.`);
  }
  const start = Number(after);
  if (start + limit > MOST_RESULTS)
    return errors.badRequest(context.call, `Only the first ${MOST_RESULTS} can be paged.`);
  const hits = objects(context, kind)
    .list()
    .filter((object) => !object.archived && holdsQuery(kind, object, query) && passes(object, filterGroups));
  const sorted = hits.toSorted((left, right) => compare(left, right, sorts));
  const page = pageOf(sorted, start, pageSize(context.settings, limit));
  const results = page.items.map((object) => shown(kind, object, properties ?? []));
  const paging = page.next === undefined ? {} : { paging: { next: { after: String(page.next) } } };
  return json({ total: hits.length, results, ...paging });
}

function holdsQuery(kind: CrmKind, object: CrmObject, query: string): boolean {
  const text = query.trim().toLowerCase();
  const places = CRM_PROPERTIES[kind].filter(({ isSearched }) => isSearched);
  return text === "" || places.some(({ name }) => (object.properties[name] ?? "").toLowerCase().includes(text));
}

function passes(object: CrmObject, groups: z.infer<typeof searchSchema>["filterGroups"]): boolean {
  const fits = (filter: Filter) => TESTS[filter.operator](object.properties[filter.propertyName] ?? "", filter);
  return groups.length === 0 || groups.some(({ filters }) => filters.every(fits));
}

function compare(left: CrmObject, right: CrmObject, sorts: z.infer<typeof searchSchema>["sorts"]): number {
  for (const { propertyName, direction } of sorts) {
    const found = order(left.properties[propertyName] ?? "", right.properties[propertyName] ?? "");
    if (found !== 0) return direction === "DESCENDING" ? -found : found;
  }
  return 0;
}
