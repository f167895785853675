/**
 * The account's things, as one list over all of a provider's resources. The resources are asked at once and share the
 * page; a cursor holds where each of them stands.
 */
import * as z from "zod/mini";
import type { Item, Items } from "../api.ts";
import type { ApiRequest, Page, Paging, Resource } from "../contract/provider.ts";
import { nextInHeader, placeInApi, resolveLink } from "./links.ts";
import {
  LacksScopes,
  Refused,
  apiUrl,
  callApi,
  invalidAnswer,
  readAnswer,
  type ApiAnswer,
  type ProviderApi,
  type ReadableToken,
} from "./provider-api.ts";
import { invalidCursor } from "./cursor-error.ts";

/**
 * Where a resource stands: the provider's cursor of the page to ask for, how many of its items are done, and how many
 * rows of the next one (itself and its children) are. null: it has no more.
 */
const Position = z.nullable(
  z.object({ cursor: z.nullable(z.string()), skip: z.int().check(z.minimum(0)), inner: z.int().check(z.minimum(0)) }),
);
type Position = z.output<typeof Position>;

export const Positions = z.array(Position);
export type Positions = z.output<typeof Positions>;

/** How many parents' children are asked for at once. */
const CHILDREN_AT_ONCE = 5;
/** A request may make fifty calls on the platform's free plan; a page that needs more goes on with the next one. */
const MAX_FAMILIES = 40;
const START: Position = { cursor: null, skip: 0, inner: 0 };

/**
 * Reads up to `limit` items from where `positions` stand.
 * @param limit 1 to 100
 * @param positions null for the first page
 * @param missing the scopes that were asked for and not granted; called where the provider has refused a list
 * @returns the items and where to go on, null when there is no more; a list that was not allowed is left out
 * @throws AppError 502 to 504; LacksScopes where none of the lists was allowed; TokenRejected
 */
export async function readItems(
  api: ProviderApi,
  token: ReadableToken,
  limit: number,
  positions: Positions | null,
  missing: () => Promise<readonly string[]>,
): Promise<{ items: Items["items"]; next: Positions | null }> {
  const { resources } = api.provider;
  const current = resources.map((_, index) => (positions ? (positions[index] ?? null) : START));
  const shares = shareOut(
    limit,
    current.map((position) => position !== null),
  );
  const read = await Promise.all(
    resources.map(async (resource, index) => {
      const position = current[index] ?? null;
      const share = shares[index] ?? 0;
      return position === null || share === 0
        ? { items: [], next: position }
        : readAllowed(api, token, resource, share, position);
    }),
  );
  const refused = read.flatMap((part) => ("refused" in part ? part.refused : []));
  if (refused.length > 0) {
    await checkRefused(api.provider.name, refused, shares.filter((share) => share > 0).length, missing);
  }
  const next = read.map((part) => part.next);
  return { items: read.flatMap((part) => part.items), next: next.some((position) => position !== null) ? next : null };
}

/** What became of a list that may not be allowed. */
interface RefusedList {
  readonly scope: string;
  readonly error: Refused;
}

async function readAllowed(
  api: ProviderApi,
  token: ReadableToken,
  resource: Resource,
  share: number,
  position: NonNullable<Position>,
): Promise<{ items: Item[]; next: Position; refused?: RefusedList }> {
  try {
    return await readResource(api, token, resource, share, position);
  } catch (error) {
    const { scope } = resource;
    if (scope === null || !(error instanceof Refused)) throw error;
    return { items: [], next: null, refused: { scope, error } };
  }
}

/** Lets lists be left out that were not allowed, where another one was asked for. @throws what else has refused them */
async function checkRefused(
  providerName: string,
  refused: readonly RefusedList[],
  asked: number,
  missing: () => Promise<readonly string[]>,
): Promise<void> {
  const notAllowed = await missing();
  const other = refused.find(({ scope }) => !notAllowed.includes(scope));
  if (other) throw other.error;
  if (refused.length < asked) return;
  const named = refused.map(({ scope }) => scope);
  throw new LacksScopes(providerName, { named, names: "all", ambiguous: false });
}

/** Divides a page among the resources that have more, the earlier ones first where it does not divide. */
function shareOut(limit: number, active: readonly boolean[]): number[] {
  const count = active.filter(Boolean).length;
  let turn = 0;
  return active.map((isActive) => {
    if (!isActive) return 0;
    const share = Math.floor(limit / count) + (turn < limit % count ? 1 : 0);
    turn += 1;
    return share;
  });
}

async function readResource(
  api: ProviderApi,
  token: ReadableToken,
  resource: Resource,
  share: number,
  position: NonNullable<Position>,
): Promise<{ items: Item[]; next: Position }> {
  const pages = await askPages(api, resource, share, position);
  const linked = pages.items.map((item) => withUrl(item, resource.item_url, token));
  if (resource.children) return readFamilies(api, token, resource.children, linked, pages.next, share, position);
  const items = linked.slice(position.skip, position.skip + share);
  const skip = position.skip + items.length;
  if (skip < linked.length) return { items, next: { ...position, skip } };
  return { items, next: pages.next === null ? null : { cursor: pages.next, skip: 0, inner: 0 } };
}

/** One page, or for offsets as many at once as the share takes. */
async function askPages(
  api: ProviderApi,
  resource: Resource,
  share: number,
  position: NonNullable<Position>,
): Promise<Page> {
  const { paging } = resource;
  if (!paging) return askPage(api, resource, position.cursor, null);
  if (paging.style === "counted") return askCounted(api, resource, paging, position.cursor);
  // A page that is read in parts must be asked for in the same size again.
  const wanted = position.skip + share;
  const size = Math.min(wanted, paging.max);
  if (paging.style !== "offset" || size === wanted) return askPage(api, resource, position.cursor, size);
  const first = Number(position.cursor ?? 0);
  const starts = Array.from({ length: Math.ceil(wanted / size) }, (_, index) => first + index * size);
  const pages = await Promise.all(
    starts.map((start) => askPage(api, resource, String(start), Math.min(size, first + wanted - start))),
  );
  return { items: pages.flatMap((page) => page.items), next: pages.at(-1)?.next ?? null };
}

/** A whole page, however little of it is wanted: only a page that is not full tells the end. */
async function askCounted(api: ProviderApi, resource: Resource, paging: Paging, cursor: string | null): Promise<Page> {
  const { first = 0, step = 1, max } = paging;
  const { items } = await askPage(api, resource, cursor ?? String(first), max);
  return { items, next: items.length < max ? null : String(Number(cursor ?? first) + step) };
}

async function askPage(
  api: ProviderApi,
  resource: Resource,
  cursor: string | null,
  size: number | null,
): Promise<Page> {
  try {
    const request = pagedRequest(resource.request, resource.paging, cursor, size);
    const answer = await callApi(api, request);
    const page = parsePage(api, resource.page, answer.body);
    return resource.paging?.style === "link" ? { items: page.items, next: nextLink(api, request, page, answer) } : page;
  } catch (error) {
    if (resource.optional && error instanceof Refused) return { items: [], next: null };
    throw error;
  }
}

/** Puts size and cursor where the request has its other parameters. A link's cursor is that link, and is asked as it is. */
function pagedRequest(
  request: ApiRequest,
  paging: Paging | null,
  cursor: string | null,
  size: number | null,
): ApiRequest {
  if (!paging) return request;
  if (paging.style === "link" && cursor !== null) {
    // One that was handed out before links were kept whole.
    if (!URL.canParse(cursor)) throw invalidCursor();
    return { path: cursor };
  }
  const limit = paging.limit !== null && size !== null ? { [paging.limit]: size } : {};
  const from = cursor === null ? {} : { [paging.cursor]: cursor };
  if (request.body) return { ...request, body: { ...request.body, ...limit, ...from } };
  const query = Object.fromEntries(Object.entries({ ...limit, ...from }).map(([name, value]) => [name, String(value)]));
  return { ...request, query: { ...request.query, ...query } };
}

/**
 * The link to the next page, in the answer or in its header, as a whole URL; null after the last.
 * @throws AppError where it leads out of the provider's API: the token goes nowhere else
 */
function nextLink({ provider }: ProviderApi, request: ApiRequest, page: Page, answer: ApiAnswer): string | null {
  const link = page.next ?? nextInHeader(answer.headers);
  if (link === null) return null;
  const next = resolveLink(link, apiUrl(provider, request.path).href);
  if (next === undefined || !placeInApi(provider, next)) throw invalidAnswer(provider.name);
  return next;
}

function parsePage(api: ProviderApi, schema: z.ZodMiniType<Page>, body: unknown): Page {
  return readAnswer(api.provider.name, () => schema.parse(body));
}

/** Items each followed by their children, asked for a few parents at a time until the share is full. */
async function readFamilies(
  api: ProviderApi,
  token: ReadableToken,
  children: NonNullable<Resource["children"]>,
  parents: readonly Item[],
  nextCursor: string | null,
  share: number,
  position: NonNullable<Position>,
): Promise<{ items: Item[]; next: Position }> {
  const items: Item[] = [];
  let { skip, inner } = position;
  const last = Math.min(parents.length, skip + MAX_FAMILIES);
  while (items.length < share && skip < last) {
    const families = await Promise.all(
      parents.slice(skip, Math.min(last, skip + CHILDREN_AT_ONCE, skip + share - items.length)).map(async (parent) => {
        const path = children.path.replace("{id}", encodeURIComponent(parent.id));
        const own = (await askChildren(api, children.page, path)).map((item) => ({
          ...item,
          parent_id: parent.id,
          parent_name: parent.name,
        }));
        return [parent, ...own.map((item) => withUrl(item, children.item_url, token))];
      }),
    );
    for (const family of families) {
      const taken = family.slice(inner, inner + share - items.length);
      items.push(...taken);
      inner += taken.length;
      if (inner < family.length) break;
      skip += 1;
      inner = 0;
    }
  }
  if (skip < parents.length) return { items, next: { cursor: position.cursor, skip, inner } };
  return { items, next: nextCursor === null ? null : { cursor: nextCursor, skip: 0, inner: 0 } };
}

/** A parent whose children are not for this account has none. */
async function askChildren(api: ProviderApi, schema: z.ZodMiniType<Page>, path: string): Promise<Item[]> {
  try {
    return parsePage(api, schema, (await callApi(api, { path })).body).items;
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}

/** Fills the template of an item whose answer had no link; one that needs what is not known stays without. */
function withUrl(item: Item, template: string | null, token: ReadableToken): Item {
  if (item.url !== null || template === null) return item;
  const values: Readonly<Record<string, string | number | null>> = {
    ...token.details,
    id: item.id,
    parent_id: item.parent_id,
  };
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  if (names.some((name) => values[name] === undefined || values[name] === null)) return item;
  return {
    ...item,
    url: template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name]))),
  };
}
