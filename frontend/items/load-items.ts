/** The items of one connection as they come in: page by page, or all of them until somebody says stop. */
import { useEffect, useRef, useState } from "preact/hooks";
import { fetchItems, type Item, type Items, type LatchkeyError } from "../api.ts";
import { toLatchkeyError } from "../load.ts";

/** Soon there, and enough to fill a screen. */
const FIRST_PAGE = 25;
/** The most that the API gives at once. */
const WHOLE_PAGE = 100;

export interface LoadedItems {
  readonly items: readonly Item[];
  /** Whether the service has answered once: until then, no items do not mean none. */
  readonly answered: boolean;
  /** Whether there is more to load. */
  readonly more: boolean;
  readonly busy: "page" | "all" | null;
  /** Why the last load ended early; what had come before it stays. */
  readonly error: LatchkeyError | null;
  readonly loadNext: () => void;
  readonly loadAll: () => void;
  /** Takes back the request that is on its way. */
  readonly stop: () => void;
}

interface State {
  readonly items: readonly Item[];
  /** Where to go on; null after the last page. */
  readonly cursor: string | null;
  readonly answered: boolean;
  readonly busy: "page" | "all" | null;
  readonly error: LatchkeyError | null;
}

/** Loads the first page at once, and more when told to; leaving the view stops it. */
export function useItems(integration: string): LoadedItems {
  const [state, setState] = useState<State>({ items: [], cursor: null, answered: false, busy: "page", error: null });
  const running = useRef<AbortController | null>(null);

  const load = async (busy: "page" | "all", from: string | null) => {
    const mine = new AbortController();
    running.current = mine;
    setState((before) => ({ ...before, busy, error: null }));
    const [limit, pages] = busy === "all" ? [WHOLE_PAGE, Infinity] : [FIRST_PAGE, 1];
    try {
      let cursor = from;
      for (let read = 0; read === 0 || (read < pages && cursor !== null); read++) {
        const page: Items = await fetchItems(integration, limit, cursor, mine.signal);
        if (mine.signal.aborted) return;
        cursor = page.next_cursor;
        setState((before) => withPage(before, page));
      }
      setState((before) => ({ ...before, busy: null }));
    } catch (cause) {
      if (!mine.signal.aborted) setState((before) => ({ ...before, busy: null, error: toLatchkeyError(cause) }));
    }
  };
  const stop = () => {
    running.current?.abort();
    setState((before) => ({ ...before, busy: null }));
  };
  useEffect(() => {
    void load("page", null);
    return () => running.current?.abort();
  }, []);

  const { cursor, ...shown } = state;
  const start = (busy: "page" | "all") => () => {
    if (state.busy === null) void load(busy, cursor);
  };
  return { ...shown, more: cursor !== null, loadNext: start("page"), loadAll: start("all"), stop };
}

/** What sets an item apart from all others of its connection. */
export function itemKey({ type, parent_id, id }: Item): string {
  return JSON.stringify([type, parent_id, id]);
}

/** A list that changes while it is read can give the same item twice. */
function withPage(before: State, { items, next_cursor }: Items): State {
  const all = new Map([...before.items, ...items].map((item) => [itemKey(item), item]));
  return { ...before, items: [...all.values()], cursor: next_cursor, answered: true };
}
