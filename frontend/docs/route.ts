/** Which operation the address shows: `/docs#getConnections`. */
import { useEffect, useState } from "preact/hooks";

const read = (): string => decodeURIComponent(location.hash.slice(1));

/** The operation that the address names; empty for the first page. */
export function useShown(): string {
  const [shown, setShown] = useState(read);
  useEffect(() => {
    const follow = () => setShown(read());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return shown;
}
