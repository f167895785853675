import { applyMask, parseFields, type FieldMask } from "../fields.ts";
import { type Call, json, mapped, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { fingerprint } from "../random.ts";
import type { ApiContext } from "../routes.ts";
import { pageSize, type Settings } from "../settings.ts";
import { inOrder } from "../data/words.ts";
import { failure, microsoftErrors } from "./microsoft-http.ts";

export const GRAPH = "graph.microsoft.com";

/** What Graph writes in every entity whatever is selected. */
const ALWAYS = ["@odata.context", "@odata.etag", "@odata.type", "id"];

const STYLES = ["$skiptoken", "$skipToken", "$skip", "opaque"] as const;
const OPAQUE = "continuation";

/** A list as Graph gives it: where it is, how long a page is, what is in it. */
export interface Listing {
  /** Behind `$metadata#`. */
  readonly context: string;
  readonly top: number;
  readonly most: number;
  readonly orderBy: string;
  readonly things: readonly object[];
  /** What the last page has beside its things. */
  readonly last?: Readonly<Record<string, unknown>>;
}

/** The address of a description of the answer. */
export const contextOf = (call: Call, what: string): string => mapped(call, GRAPH, `/v1.0/$metadata#${what}`);

/** What a call asks for, and from where on; undefined for a place that no link of this service named. */
function placeOf({ call: { query } }: ApiContext): { query: URLSearchParams; start: number } | undefined {
  const whole = query.get(OPAQUE);
  if (whole !== null) return query.size === 1 ? unpacked(whole) : undefined;
  const skipped = wholeNumber(query.get("$skip"), 0, 0, 1_000_000);
  const start = fromCursor("items", query.get("$skiptoken") ?? query.get("$skipToken"));
  return start === undefined ? undefined : { query, start: start + skipped };
}

/** The query options of a call, as they were before a link to a further page was made of them. */
export function askedOf(context: ApiContext): URLSearchParams {
  return placeOf(context)?.query ?? context.call.query;
}

function unpacked(text: string): { query: URLSearchParams; start: number } | undefined {
  const [packed = "", cursor] = text.split(".");
  const start = fromCursor("items", cursor);
  try {
    return start === undefined ? undefined : { query: new URLSearchParams(atob(packed)), start };
  } catch {
    return undefined;
  }
}

/**
 * A link to the next page says in one way or another where it goes on; a client that takes it apart is mistaken.
 * https://learn.microsoft.com/en-us/graph/paging
 */
function nextLink(call: Call, settings: Settings, asked: URLSearchParams, position: number): string {
  const chosen = settings.next_link;
  const style = chosen === "varies" ? STYLES[fingerprint(`${call.path}/${position}`) % STYLES.length] : chosen;
  const query = new URLSearchParams(asked);
  for (const name of ["$skip", "$skiptoken", "$skipToken"]) query.delete(name);
  const cursor = toCursor("items", position);
  const text = (params: URLSearchParams) => params.toString().replaceAll("%24", "$");
  if (style === "opaque") {
    const whole = new URLSearchParams({ [OPAQUE]: `${btoa(query.toString())}.${cursor}` });
    return mapped(call, GRAPH, `${call.path}?${whole.toString()}`);
  }
  query.set(style ?? "$skiptoken", style === "$skip" ? String(position) : cursor);
  return mapped(call, GRAPH, `${call.path}?${text(query)}`);
}

/** One page of a list, searched, sorted and cut down as the query options say. */
export function listed(context: ApiContext, listing: Listing): Response {
  const { call, settings } = context;
  const place = placeOf(context);
  if (place === undefined) return microsoftErrors.badRequest(call, "The link to this page is not one of this service.");
  const { query, start } = place;
  const mask = maskOf(query.get("$select"));
  if (mask === undefined) return microsoftErrors.badRequest(call, "$select is not valid.");
  const filter = filterOf(query.get("$filter"));
  if (filter === undefined) return failure(400, "ErrorInvalidUrlQuery", "Invalid filter clause.");
  const found = ordered(listing.things.filter(filter), query.get("$orderby") ?? listing.orderBy);
  const top = wholeNumber(query.get("$top"), listing.top, 1, listing.most);
  const page = pageOf(found, start, pageSize(settings, top));
  return json({
    "@odata.context": contextOf(call, listing.context),
    ...(query.get("$count") === "true" ? { "@odata.count": found.length } : {}),
    ...(page.next === undefined ? listing.last : { "@odata.nextLink": nextLink(call, settings, query, page.next) }),
    value: page.items.map((thing) => applyMask(thing, mask)),
  });
}

/** One entity, with what was selected of it. */
export function entity({ call }: ApiContext, what: string, thing: object, status = 200): Response {
  const mask = maskOf(call.query.get("$select"));
  if (mask === undefined) return microsoftErrors.badRequest(call, "$select is not valid.");
  return json(applyMask({ "@odata.context": contextOf(call, what), ...thing }, mask), status);
}

function maskOf(select: string | null): FieldMask | undefined {
  return select === null ? new Map() : parseFields([...ALWAYS, select].join(","), "(", ")");
}

function ordered(things: readonly object[], by: string): object[] {
  const [path = "", direction = "asc"] = (by.split(",")[0] ?? "").trim().split(/\s+/);
  const key = (thing: object) => textAt(thing, path);
  return things.toSorted((left, right) => inOrder(key(left), key(right)) * (direction === "desc" ? -1 : 1));
}

function valueAt(thing: unknown, path: string): unknown {
  const [first = "", ...rest] = path.split("/");
  if (typeof thing !== "object" || thing === null) return undefined;
  const found: unknown = Object.entries(thing).find(([name]) => name === first)?.[1];
  return rest.length === 0 ? found : valueAt(found, rest.join("/"));
}

function textAt(thing: object, path: string): string {
  const value = valueAt(thing, path) ?? "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

type Test = (thing: object) => boolean;

/** The forms of `$filter` that clients begin with: comparisons and `startswith`, joined by `and`. */
function filterOf(text: string | null): Test | undefined {
  if (text === null || text === "") return () => true;
  const tests = text.split(/ and /i).map((term) => termOf(term.trim()));
  const known = tests.flatMap((test) => (test === undefined ? [] : [test]));
  return known.length < tests.length ? undefined : (thing) => known.every((test) => test(thing));
}

function termOf(term: string): Test | undefined {
  const [, name, within, wanted] = /^(startswith|contains)\(([\w/]+), *'((?:[^']|'')*)'\)$/.exec(term) ?? [];
  if (within !== undefined && wanted !== undefined) {
    const text = wanted.replaceAll("''", "'").toLowerCase();
    const value = (thing: object) => textAt(thing, within).toLowerCase();
    return name === "contains" ? (thing) => value(thing).includes(text) : (thing) => value(thing).startsWith(text);
  }
  const [, path, operator, quoted, plain] =
    /^([\w/]+) (eq|ne|ge|gt|le|lt) (?:'((?:[^']|'')*)'|([\w.:+-]+))$/.exec(term) ?? [];
  if (path === undefined) return undefined;
  const right = quoted?.replaceAll("''", "'") ?? plain ?? "";
  return (thing) => compared(inOrder(textAt(thing, path) || "null", right), operator ?? "eq");
}

function compared(order: number, operator: string): boolean {
  switch (operator) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "ge":
      return order >= 0;
    case "gt":
      return order > 0;
    case "le":
      return order <= 0;
    default:
      return order < 0;
  }
}
