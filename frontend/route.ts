/** Where the page is: the hash names the open connection, the query tells how a visit to a service ended. */
import { useEffect, useState } from "preact/hooks";

/** How the visit to a service's consent page ended. */
export type Arrival =
  { kind: "connected"; integration: string } | { kind: "failed"; integration: string | null; code: string };

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

/** The integration the address names, null on the overview; follows the back button. */
export function useRoute(): string | null {
  const [route, setRoute] = useState(readHash);
  useEffect(() => {
    const follow = () => setRoute(readHash());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}

function readHash(): string | null {
  const id = /^#\/(.+)$/.exec(location.hash)?.[1];
  if (id === undefined) return null;
  try {
    return decodeURIComponent(id);
  } catch {
    return null;
  }
}
