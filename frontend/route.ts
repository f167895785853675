/** Where the page is: the hash names the view, the query tells how a visit to a service ended. */
import { useEffect, useMemo, useState } from "preact/hooks";

/** How the visit to a service's consent page ended. */
export type Arrival =
  { kind: "connected"; integration: string } | { kind: "failed"; integration: string | null; code: string };

/** What the page shows. A connection is named by its address, and the explorer begins with one where its own names one. */
export type Route =
  | { view: "overview" }
  | { view: "connection"; integration: string }
  | { view: "explorer"; integration: string | null }
  | { view: "approvals"; id: string | null }
  | { view: "keys" }
  | { view: "passkeys" };

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

/** The page's address of one connection, or of the overview. */
export function hashFor(integration: string | null): string {
  return integration === null ? "#/" : `#/${encodeURIComponent(integration)}`;
}

/** The address of the API explorer, for one integration or for whichever comes first. */
export function explorerHash(integration: string | null): string {
  return integration === null ? "#/explorer" : `#/explorer/${encodeURIComponent(integration)}`;
}

/** The address of one approval, or of all. */
export function approvalHash(id: string | null): string {
  return id === null ? "#/approvals" : `#/approvals/${encodeURIComponent(id)}`;
}

/** The address of the keys. */
export const KEYS_HASH = "#/keys";

/** The address of the passkeys. */
export const PASSKEYS_HASH = "#/passkeys";

/** What the address names; follows the back button. What stands after its question mark makes no other view. */
export function useRoute(): Route {
  const path = useHash(readPath);
  return useMemo(() => toRoute(path), [path]);
}

/** What the view is narrowed to, from behind the hash's question mark: `#/github?type=repository`. */
export function readQuery(): URLSearchParams {
  return new URLSearchParams(location.hash.split("?").slice(1).join("?"));
}

/** The same, and again whenever it changes. */
export function useQuery(): URLSearchParams {
  const query = useHash(() => readQuery().toString());
  return useMemo(() => new URLSearchParams(query), [query]);
}

/**
 * Changes some of the names in the query; null or "" takes one out. `push` is a step that the back button takes back,
 * `replace` is for what changes with every key.
 */
export function writeQuery(changes: Readonly<Record<string, string | null>>, how: "push" | "replace"): void {
  const hash = hashWith(changes);
  if (hash === location.hash) return;
  if (how === "push") {
    location.assign(hash);
    return;
  }
  moveTo(hash);
}

/** Goes to another address in the place of this one. */
export function moveTo(hash: string): void {
  history.replaceState(null, "", hash);
  // The browser tells of no change that a script makes this way.
  dispatchEvent(new Event("hashchange"));
}

/** The address of this view with some of its query changed, for links that narrow it. */
export function hashWith(changes: Readonly<Record<string, string | null>>): string {
  const query = readQuery();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const path = `#/${readPath()}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

function useHash(read: () => string): string {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const follow = () => setValue(read());
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return value;
}

const readPath = (): string => /^#\/([^?]*)/.exec(location.hash)?.[1] ?? "";

function toRoute(path: string): Route {
  try {
    const [first, second] = path.split("/").map((name) => decodeURIComponent(name));
    if (!first) return { view: "overview" };
    if (first === "explorer") return { view: "explorer", integration: second || null };
    if (first === "approvals") return { view: "approvals", id: second || null };
    if (first === "keys" || first === "passkeys") return { view: first };
    return { view: "connection", integration: first };
  } catch {
    return { view: "overview" };
  }
}
