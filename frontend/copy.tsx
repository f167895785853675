import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Long enough to be seen and heard, short enough that pressing again says something new. */
const SAID_MS = 4000;

interface Props {
  readonly text: string;
  readonly children: ComponentChildren;
  readonly kind?: "primary";
}

/** Puts a text into the clipboard, and says that it did. */
export function CopyButton({ text, children, kind }: Props): JSX.Element {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      // Not on this page's own origin over plain http, and not where the browser forbids it.
      setSaid("This browser does not let the page copy. Select the text instead.");
    }
  };
  return (
    <div class="copy">
      <button type="button" class="button" data-kind={kind} onClick={() => void copy()}>
        {children}
      </button>
      <span class="small" role="status">
        {said}
      </span>
    </div>
  );
}
