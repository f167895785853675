/** Lists of an account's things that a service describes as data, in the shape that every list is read in. */
import * as z from "zod/mini";
import type { Item } from "../api.ts";
import type { Page, Resource, ServiceDeclaration } from "./provider.ts";
import { at, toItem } from "./reading.ts";

type ItemList = NonNullable<ServiceDeclaration["items"]>[number];

/** The lists that a service describes; none where it describes none. */
export const itemResources = (lists: readonly ItemList[] = []): Resource[] => lists.map(toResource);

function toResource(list: ItemList): Resource {
  const { type: _, list: __, item: ___, paging, scope = null, item_url = null, ...request } = list;
  return {
    request,
    paging: paging ? toPaging(paging) : null,
    page: z.pipe(
      z.unknown(),
      z.transform((answer) => readPage(list, answer)),
    ),
    optional: false,
    scope,
    item_url,
    children: null,
  };
}

function toPaging({ style, limit, parameter = "", first, max }: NonNullable<ItemList["paging"]>): Resource["paging"] {
  const common = { limit: limit ?? null, cursor: parameter, max };
  if (style === "cursor" || style === "link") return { style, ...common };
  return { style: "counted", ...common, first: first ?? (style === "page" ? 1 : 0), step: style === "page" ? 1 : max };
}

/**
 * An answer without the list has an empty one: Google's APIs leave it out then, and others answer 204.
 * @throws ZodError where something else is at that place, or a thing has no id: it is not the answer that was described
 */
function readPage({ type, list, item, paging }: ItemList, answer: unknown): Page {
  const found = z.array(z.unknown()).parse((list === undefined ? answer : at(answer, list)) ?? []);
  const next = paging?.next === undefined ? null : text(at(answer, paging.next));
  return { items: found.filter((one) => one !== null).map((one) => readItem(type, item, one)), next };
}

function readItem(type: string, paths: ItemList["item"], one: unknown): Item {
  const read = (path: string | undefined) => (path === undefined ? null : text(at(one, path)));
  const id = z.string().parse(read(paths.id));
  return toItem({
    id,
    type,
    name: read(paths.name) ?? id,
    url: read(paths.url),
    parent_id: read(paths.parent_id),
    parent_name: read(paths.parent_name),
    created_at: moment(paths.created_at === undefined ? null : at(one, paths.created_at)),
    updated_at: moment(paths.updated_at === undefined ? null : at(one, paths.updated_at)),
    mime_type: read(paths.mime_type),
  });
}

const text = (value: unknown): string | null => {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : null;
};

/** Before this, a number counts seconds since 1970, and milliseconds from it on: 5138 and 1973. */
const FIRST_MILLISECOND = 100_000_000_000;

/** A moment as ISO 8601, of a date in words or a number since 1970. */
function moment(value: unknown): string | null {
  const told = typeof value === "string" && /^\d{9,14}$/.test(value) ? Number(value) : value;
  if (typeof told !== "string" && typeof told !== "number") return null;
  const date = new Date(typeof told === "number" && told < FIRST_MILLISECOND ? told * 1000 : told);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** What a way of going on has to say, and what it has no use for. */
const PAGING = {
  cursor: { needs: ["parameter", "next"], lacks: ["first"] },
  link: { needs: [], lacks: ["parameter", "first"] },
  page: { needs: ["parameter"], lacks: ["next"] },
  offset: { needs: ["parameter"], lacks: ["next"] },
} as const;

/** The first thing that is wrong with how lists go on; null where all is well. */
export function flawOfLists(
  lists: readonly ItemList[] = [],
): { readonly field: string; readonly reason: string } | null {
  for (const [index, { paging }] of lists.entries()) {
    if (!paging) continue;
    const { style } = paging;
    const { needs, lacks } = PAGING[style];
    const field = `items.${index}.paging`;
    const absent = needs.find((part) => paging[part] === undefined);
    if (absent) return { field: `${field}.${absent}`, reason: `is required for a ${style}` };
    const useless = lacks.find((part) => paging[part] !== undefined);
    if (useless) return { field: `${field}.${useless}`, reason: `has no use for a ${style}. Leave it out` };
  }
  return null;
}
