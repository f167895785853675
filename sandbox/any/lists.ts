/** The lists of an account's things that an entry describes: a few things, in pages that go on as the entry says. */
import { type Call, json, jsonBody } from "../http.ts";
import { type Entry, put } from "./entry.ts";
import type { Values } from "./templates.ts";
import { wrongRequest } from "./voice.ts";

export type ItemList = NonNullable<Entry["items"]>[number];
type Paging = NonNullable<ItemList["paging"]>;

/** Of a cursor's or link's list a page has so many things, whatever was asked for: services give fewer where they like. */
const FEW = 2;
/** The parameter that a link to the next page has besides those of the list. */
const PLACE = "sandbox-place";

/** How a list was asked for, and what its answer tells besides. */
interface Asking {
  readonly query: Values;
  readonly address: string;
  readonly about: Record<string, unknown>;
}

/** Answers with a page of the list, where it is asked for as the entry says. */
export function answerList(call: Call, list: ItemList, { query, address, about }: Asking): Response {
  if (call.method !== (list.method ?? "GET")) return wrongRequest("The method is another one.");
  const given: Record<string, unknown> = { ...query, ...(call.method === "POST" ? bodyOf(call) : {}) };
  const { paging } = list;
  for (const [name, value] of Object.entries({ ...list.query, ...list.body })) {
    if (JSON.stringify(given[name]) !== JSON.stringify(value)) return wrongRequest(`${name} is not what it has to be.`);
    Reflect.deleteProperty(given, name);
  }
  const page = paging ? pageOf(paging, given) : { from: 0, size: FEW };
  if (page === undefined || Object.keys(given).length > 0) return wrongRequest("A parameter is not what it has to be.");
  const { from, size } = page;
  const total = totalOf(list);
  const things = Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, index) =>
    thing(list, from + index),
  );
  const answer = list.list === undefined ? things : put(about, list.list, things);
  const next = from + size < total ? from + size : null;
  if (!paging || next === null || isCounted(paging)) return json(answer);
  const url = new URL(address);
  url.searchParams.set(PLACE, String(next));
  if (paging.next === undefined) return json(answer, 200, { link: `<${url.href}>; rel="next"` });
  return json(
    put(Array.isArray(answer) ? {} : answer, paging.next, paging.style === "link" ? url.href : `after-${next}`),
  );
}

const bodyOf = (call: Call): Record<string, unknown> => ({ ...jsonBody(call) });

const isCounted = ({ style }: Paging): boolean => style === "page" || style === "offset";

/** How many things there are: more than one page of them. */
export const totalOf = ({ paging }: ItemList): number =>
  !paging ? FEW : isCounted(paging) ? paging.max + FEW : 2 * FEW + 1;

/** Which page is asked for, and takes what says so away; undefined: not as the entry says. */
function pageOf(paging: Paging, given: Record<string, unknown>): { from: number; size: number } | undefined {
  const take = (name: string | undefined): string | undefined => {
    const value = name === undefined ? undefined : given[name];
    if (name !== undefined) Reflect.deleteProperty(given, name);
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const place = take(PLACE);
  const limit = take(paging.limit);
  if (paging.style === "link") return { from: Number(place ?? 0), size: FEW };
  if (paging.limit !== undefined && !(Number(limit) >= 1 && Number(limit) <= paging.max)) return undefined;
  const told = take(paging.parameter);
  if (paging.style === "cursor") {
    const [, after] = /^after-(\d+)$/.exec(told ?? "after-0") ?? [];
    return after === undefined ? undefined : { from: Number(after), size: FEW };
  }
  const first = paging.first ?? (paging.style === "page" ? 1 : 0);
  const counted = Number(told ?? first) - first;
  if (!Number.isSafeInteger(counted) || counted < 0) return undefined;
  return { from: paging.style === "page" ? counted * paging.max : counted, size: paging.max };
}

function thing({ item }: ItemList, number: number): object {
  const made: Record<string, unknown> = {};
  const values = {
    name: `Thing ${number}`,
    url: `https://things.example/${number}`,
    created_at: 1_700_000_000 + number,
  };
  for (const [part, path] of Object.entries(item))
    put(made, path, new Map<string, unknown>(Object.entries(values)).get(part) ?? `${part}-${number}`);
  put(made, item.id, `thing-${number}`);
  return made;
}
