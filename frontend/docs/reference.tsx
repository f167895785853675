import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { routesOf, type Api } from "./document.ts";
import { OperationView } from "./operation.tsx";
import { useShown } from "./route.ts";

/** The operation that the address names; what stands in the page already, where it names none. */
export function Reference({ api, start }: { api: Api; start: HTMLElement }): JSX.Element {
  const shown = useShown();
  const [key, setKey] = useState("");
  const [user, setUser] = useState("");
  const route = routesOf(api).find(({ operation }) => operation.operationId === shown);
  const isFirst = useRef(true);
  // Before it is painted, so that nothing moves.
  useLayoutEffect(() => {
    start.hidden = route !== undefined;
    document.title = route === undefined ? "API · Latchkey" : `${route.operation.summary} · Latchkey`;
    markCurrent(shown);
    // Where somebody has just arrived, the browser has the focus where it belongs.
    if (!isFirst.current && route) {
      scrollTo(0, 0);
      document.getElementById("title")?.focus();
    }
    isFirst.current = false;
  }, [shown]);
  if (route === undefined) return <></>;
  return (
    <OperationView key={shown} api={api} route={route} credentials={{ key, user }}>
      <fieldset class="credentials">
        <legend>Call it as</legend>
        <label>
          <span>Key</span>
          <input
            type="password"
            autocomplete="off"
            spellcheck={false}
            placeholder="lk_..."
            value={key}
            onInput={(event) => setKey(event.currentTarget.value.trim())}
          />
        </label>
        <label>
          <span>User, for an app’s key</span>
          <input
            autocomplete="off"
            spellcheck={false}
            value={user}
            onInput={(event) => setUser(event.currentTarget.value.trim())}
          />
        </label>
        <p class="quiet">They stay in this page’s memory. Without a key, it is you at this browser who calls.</p>
      </fieldset>
    </OperationView>
  );
}

/** In the navigation, which the page has had since it was built. */
function markCurrent(shown: string): void {
  const navigation = document.getElementById("docs-nav");
  for (const link of navigation?.querySelectorAll("a") ?? []) {
    const isCurrent = link.hash === (shown === "" ? "" : `#${shown}`) && link.pathname === location.pathname;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (isCurrent) link.closest("details")?.setAttribute("open", "");
    if (isCurrent && shown !== "") link.scrollIntoView({ block: "nearest" });
  }
}
