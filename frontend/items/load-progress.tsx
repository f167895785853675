import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { plural } from "../messages.ts";
import { Failure } from "../parts.tsx";
import type { LoadedItems } from "./load-items.ts";

/** Loads more or everything, shows that it runs, stops it, and goes on where it failed. */
export function LoadProgress({ list, service }: { list: LoadedItems; service: string }): JSX.Element {
  const { items, busy, error, more, loadNext, loadAll, stop } = list;
  const { frame, press } = useFocusKept(busy);
  const some = items.length > 0;
  return (
    <div class="items-more" ref={frame}>
      {busy === "all" && (
        <>
          <progress aria-label="Loading all items" />
          <span class="quiet small">{plural(items.length, "item")} so far</span>
          <button type="button" class="button" onClick={press(stop)}>
            Stop
          </button>
        </>
      )}
      {busy !== "all" && more && error === null && (
        <>
          <button type="button" class="button" aria-disabled={busy !== null} onClick={press(loadNext)}>
            {busy === "page" ? "Loading…" : "Load more"}
          </button>
          <button type="button" class="button" aria-disabled={busy !== null} onClick={press(loadAll)}>
            Load all
          </button>
        </>
      )}
      {error !== null && (
        <Failure
          error={error}
          service={service}
          action={
            <button type="button" class="button" onClick={press(some ? loadAll : loadNext)}>
              {some ? "Go on loading" : "Try again"}
            </button>
          }
        />
      )}
    </div>
  );
}

/** What is pressed gives way to what can be pressed next: the focus goes there, or to the count when all is done. */
function useFocusKept(busy: LoadedItems["busy"]) {
  const frame = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  useEffect(() => {
    if (!pressed.current || document.activeElement !== document.body) return;
    const next = frame.current?.querySelector("button") ?? document.getElementById("items-count");
    next?.focus({ preventScroll: true });
  }, [busy]);
  const press = (act: () => void) => () => {
    pressed.current = true;
    act();
  };
  return { frame, press };
}
