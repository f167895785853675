import { useEffect, useState } from "preact/hooks";

/** Long enough to be seen and heard, short enough that pressing again says something new. */
const SAID_MS = 4000;

/** What a button has just done, in words that leave by themselves. */
export function useSaid(): [string, (words: string) => void] {
  const [said, say] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => say(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said, say];
}
