/** Hooks that load answers and give components one value to draw from. */
import { useEffect, useState } from "preact/hooks";
import { LatchkeyError, fetchItems, type Item, type Items } from "./api.ts";

export type Loaded<T> = { phase: "loading" } | { phase: "failed"; error: LatchkeyError } | { phase: "ready"; value: T };

/**
 * Loads once, and again on `reload` or with another `version`; a value already shown stays until the new one is there.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, version = ""): [Loaded<T>, () => void] {
  const [state, setState] = useState<Loaded<T>>({ phase: "loading" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const left = new AbortController();
    setState((shown) => (shown.phase === "ready" ? shown : { phase: "loading" }));
    load(left.signal).then(
      (value) => left.signal.aborted || setState({ phase: "ready", value }),
      (cause: unknown) => left.signal.aborted || setState({ phase: "failed", error: toLatchkeyError(cause) }),
    );
    return () => left.abort();
  }, [attempt, version]);
  return [state, () => setAttempt((n) => n + 1)];
}

export interface PagedItems {
  readonly items: readonly Item[];
  readonly pages: number;
  readonly more: boolean;
  readonly busy: boolean;
  readonly error: LatchkeyError | null;
  /** Asks for the next page, or for the one that failed. */
  readonly loadNext: () => void;
}

/** The items of one integration, page after page, the first one at once. */
export function useItems(integration: string): PagedItems {
  const [pages, setPages] = useState<readonly Items[]>([]);
  const [busy, setBusy] = useState(true);
  const [error, setError] = useState<LatchkeyError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const cursor = pages.at(-1)?.next_cursor ?? null;
  useEffect(() => {
    const left = new AbortController();
    fetchItems(integration, cursor, left.signal)
      .then(
        (page) => left.signal.aborted || setPages((before) => [...before, page]),
        (cause: unknown) => left.signal.aborted || setError(toLatchkeyError(cause)),
      )
      .finally(() => left.signal.aborted || setBusy(false));
    return () => left.abort();
  }, [attempt]);
  const loadNext = () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    setAttempt((n) => n + 1);
  };
  return {
    items: pages.flatMap((page) => page.items),
    pages: pages.length,
    more: cursor !== null,
    busy,
    error,
    loadNext,
  };
}

/** Gives any failure a sentence to show. */
export function toLatchkeyError(cause: unknown): LatchkeyError {
  if (cause instanceof LatchkeyError) return cause;
  return new LatchkeyError(0, "unexpected", "Something went wrong on this page. Reload it, then try again.", null);
}
