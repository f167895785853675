/** Where the keyboard focus goes when what it stood on leaves the page. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Route } from "./route.ts";

/** Hands out a function that moves focus to the first of some elements, by id, as soon as one is on the page. */
export function useFocusNext(): (...ids: readonly string[]) => void {
  const [wanted, setWanted] = useState<readonly string[]>([]);
  useLayoutEffect(() => {
    const element = wanted.map((id) => document.getElementById(id)).find((found) => found !== null);
    if (!element) return;
    element.focus();
    setWanted([]);
  });
  return (...ids) => setWanted(ids);
}

/** Tells of every change of the view, with the one before. */
export function useRouteChange(route: Route, onChange: (before: Route) => void): void {
  const before = useRef(route);
  useLayoutEffect(() => {
    if (before.current === route) return;
    onChange(before.current);
    before.current = route;
  }, [route]);
}
