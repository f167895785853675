/** Hooks that load answers and give components one value to draw from. */
import { useEffect, useRef, useState } from "preact/hooks";
import { LatchkeyError } from "./api.ts";

export type Loaded<T> = { phase: "loading" } | { phase: "failed"; error: LatchkeyError } | { phase: "ready"; value: T };

/**
 * Loads once, and again on `reload` or with another `version`; a value already shown stays until the new one is there.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, version = ""): [Loaded<T>, () => void] {
  const [state, setState] = useState<Loaded<T>>({ phase: "loading" });
  const [attempt, setAttempt] = useState(0);
  const running = useRef<AbortController | null>(null);
  useEffect(() => {
    const left = new AbortController();
    running.current = left;
    setState((shown) => (shown.phase === "ready" ? shown : { phase: "loading" }));
    load(left.signal).then(
      (value) => left.signal.aborted || setState({ phase: "ready", value }),
      (cause: unknown) => left.signal.aborted || setState({ phase: "failed", error: toLatchkeyError(cause) }),
    );
    return () => left.abort();
  }, [attempt, version]);
  const reload = () => {
    // At once, and not with the next effect: an answer from before must not be taken for the new one.
    running.current?.abort();
    setAttempt((n) => n + 1);
  };
  return [state, reload];
}

/** Gives any failure a sentence to show. */
export function toLatchkeyError(cause: unknown): LatchkeyError {
  if (cause instanceof LatchkeyError) return cause;
  return new LatchkeyError(0, "unknown", "Something went wrong on this page. Reload it, then try again.", null);
}
