/** The lists that come in pages, as one iteration each. */
import type { ParamsOption } from "openapi-fetch";
import { answered, type Answer } from "./errors.ts";
import type { Latchkey } from "./index.ts";
import type { paths } from "./openapi.d.ts";

/** What a list answers with. */
type PageOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Body extends { next_cursor: string | null } } } } };
}
  ? Body
  : never;

/** Every path whose list comes in pages. */
export type PagedPath = { [Path in keyof paths]: PageOf<Path> extends never ? never : Path }[keyof paths];

/** Which field of a page has the list. */
const LISTS = {
  "/apps": "apps",
  "/apps/{app}/events": "events",
  "/apps/{app}/requests": "requests",
  "/calls": "calls",
  "/catalogue": "services",
  "/connections": "connections",
  "/integrations/{integration}/load": "items",
  "/jobs/{job}/receipts": "receipts",
} as const satisfies { [Path in PagedPath]: keyof PageOf<Path> };

/** One entry of the list at a path. */
export type ItemOf<Path extends PagedPath> = PageOf<Path>[(typeof LISTS)[Path] &
  keyof PageOf<Path>] extends readonly (infer Item)[]
  ? Item
  : never;

/** What a call of the client takes beside its path; `limit` in the query says how many come at a time. */
export type ListOptions<Path extends PagedPath> = ParamsOption<paths[Path]["get"]> & {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
};

/** As what the client is used here: which list it is was decided by the types. */
interface Reader {
  GET(path: string, options: { [key: string]: unknown }): Promise<Answer<unknown>>;
}

/**
 * Each entry of a list, page after page as they are read: `for await (const connection of each(latchkey, "/connections"))`.
 * @throws LatchkeyError where a page is refused; those before it have been given by then
 */
export async function* each<Path extends PagedPath>(
  latchkey: Latchkey,
  path: Path,
  ...[options]: ParamsOption<paths[Path]["get"]> extends { params: object } ? [ListOptions<Path>] : [ListOptions<Path>?]
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  const reader: Reader = latchkey;
  const seen = new Set<string>();
  let cursor: string | null = null;
  do {
    const params: object = {
      ...options?.params,
      query: { ...queryOf(options), ...(cursor === null ? {} : { cursor }) },
    };
    const page: unknown = await answered(reader.GET(path, { ...options, params }));
    yield* listOf(path, page);
    cursor = cursorOf(page);
    if (cursor !== null && seen.has(cursor)) throw new TypeError(`${path} gives the same page again.`);
    if (cursor !== null) seen.add(cursor);
  } while (cursor !== null);
}

const queryOf = (options: { readonly params?: { readonly query?: object } } | undefined): object =>
  options?.params?.query ?? {};

/** @throws TypeError for what is no page */
function listOf<Path extends PagedPath>(path: Path, page: unknown): readonly ItemOf<Path>[] {
  const list: unknown =
    typeof page === "object" && page !== null ? Object.entries(page).find(([name]) => name === LISTS[path])?.[1] : null;
  if (!isListAt(path, list)) throw new TypeError(`${path} gives no list.`);
  return list;
}

/** The path says what is in it, as the document has it. */
const isListAt = <Path extends PagedPath>(_path: Path, list: unknown): list is readonly ItemOf<Path>[] =>
  Array.isArray(list);

function cursorOf(page: unknown): string | null {
  const cursor = typeof page === "object" && page !== null && "next_cursor" in page ? page.next_cursor : null;
  return typeof cursor === "string" ? cursor : null;
}
