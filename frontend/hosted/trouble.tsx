import type { JSX } from "preact";
import { Title } from "./title.tsx";
import type { ProblemKind, Words } from "./words.ts";

/** What can be tried again right here. */
const PASSING: readonly ProblemKind[] = ["busy", "failed"];

interface Props {
  readonly kind: ProblemKind;
  readonly app: string | null;
  readonly words: Words;
  readonly onAgain?: () => void;
}

/** Where nothing more can be done here: what happened, and what to do. */
export function Trouble({ kind, app, words, onAgain }: Props): JSX.Element {
  const { title, text } = words.problems[kind](app);
  return (
    <section>
      <Title>{title}</Title>
      <p>{text}</p>
      <div class="ways">
        {PASSING.includes(kind) && onAgain !== undefined && (
          <button type="button" class="button" data-kind="primary" onClick={onAgain}>
            {words.again}
          </button>
        )}
        <CloseButton words={words} />
      </div>
    </section>
  );
}

/** Where a page has opened this window, it may close itself. */
export function CloseButton({ words }: { words: Words }): JSX.Element | null {
  if (window.opener === null) return null;
  return (
    <button type="button" class="button" onClick={() => window.close()}>
      {words.close}
    </button>
  );
}
