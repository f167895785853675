/** Where the page is: the hash names the view, the query tells how a visit to a service ended. */
import { useEffect, useState } from "preact/hooks";

/** How the visit to a service's consent page ended. */
export type Arrival =
  { kind: "connected"; integration: string } | { kind: "failed"; integration: string | null; code: string };

/** What the page shows. The explorer begins with an integration where its address names one. */
export type Route =
  | { view: "overview" }
  | { view: "connection"; integration: string }
  | { view: "explorer"; integration: string | null }
  | { view: "keys" };

/** Takes the outcome out of the address, so that reloading or sharing the page does not repeat it. */
export function takeArrival(): Arrival | null {
  const url = new URL(location.href);
  const connected = url.searchParams.get("connected");
  const code = url.searchParams.get("error");
  const integration = url.searchParams.get("integration");
  if (connected === null && code === null) return null;
  for (const name of ["connected", "integration", "error"]) url.searchParams.delete(name);
  // Facebook adds "#_=_" to the address it sends people back to, and the browser keeps it through redirects.
  if (!url.hash.startsWith("#/")) url.hash = "";
  history.replaceState(null, "", `${url.pathname}${url.search}${url.hash}`);
  return connected === null
    ? { kind: "failed", integration, code: code ?? "" }
    : { kind: "connected", integration: connected };
}

/** The address of one connection, or of the overview. */
export function hashFor(integration: string | null): string {
  return integration === null ? "#/" : `#/${encodeURIComponent(integration)}`;
}

/** The address of the API explorer, for one integration or for whichever comes first. */
export function explorerHash(integration: string | null): string {
  return integration === null ? "#/explorer" : `#/explorer/${encodeURIComponent(integration)}`;
}

/** The address of the keys. */
export const KEYS_HASH = "#/keys";

/** What the address names; follows the back button. */
export function useRoute(): Route {
  const [route, setRoute] = useState(readHash);
  useEffect(() => {
    const follow = () => setRoute(readHash());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}

function readHash(): Route {
  const names = /^#\/(.+)$/.exec(location.hash)?.[1]?.split("/") ?? [];
  try {
    const [first, second] = names.map((name) => decodeURIComponent(name));
    if (!first) return { view: "overview" };
    if (first === "explorer") return { view: "explorer", integration: second || null };
    if (first === "keys") return { view: "keys" };
    return { view: "connection", integration: first };
  } catch {
    return { view: "overview" };
  }
}
