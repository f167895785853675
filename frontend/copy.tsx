import type { ComponentChildren, JSX } from "preact";
import { useSaid } from "./said.ts";

interface Props {
  readonly text: string;
  readonly children: ComponentChildren;
  readonly kind?: "primary";
}

/** Puts a text into the clipboard, and says that it did. */
export function CopyButton({ text, children, kind }: Props): JSX.Element {
  const [said, say] = useSaid();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied");
    } catch {
      // Not on this page's own origin over plain http, and not where the browser forbids it.
      say("This browser does not let the page copy. Select the text instead.");
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
