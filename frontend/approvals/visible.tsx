/** What others have written, so that what is seen is what is there: nothing hides in it, and nothing in it moves anything else. */
import type { JSX } from "preact";

/**
 * Characters that cannot be seen, that turn the direction of writing, or that look like a space and are none: control, format,
 * private and unassigned ones, separators, what is ignored where it is not known (Unicode, DerivedCoreProperties,
 * Default_Ignorable_Code_Point: variation selectors, fillers), the blank pattern of Braille, marks that enclose what stands
 * before them, and more marks upon one letter than any language has. Line ends and tabs are as they are seen.
 */
const UNSEEN = /(?![\n\t ])[\p{C}\p{Z}\p{Me}\p{Default_Ignorable_Code_Point}\u{2800}]|(?<=\p{M}\p{M}\p{M})\p{M}/u
  .source;
/** Letters that are written from right to left (UAX #9, table 4): a run of them turns nothing but itself. */
const LEFTWARD = String.raw`[\u{590}-\u{8ff}\u{fb1d}-\u{fdff}\u{fe70}-\u{fefe}\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]`;
const SPECIAL = new RegExp(`(${UNSEEN}|${LEFTWARD}+)`, "gu");
const ONE_UNSEEN = new RegExp(UNSEEN, "gu");

const escaped = (character: string): string => String.raw`\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** The text with an escape for each character that is not seen, where nothing but text can stand. */
export function visibleText(text: string): string {
  return text.replaceAll(ONE_UNSEEN, escaped);
}

/** The text as it is, with a marked escape for each character that is not seen. */
export function Visible({ text }: { text: string }): JSX.Element {
  // Every other part is what was split at.
  const parts = text.split(SPECIAL);
  return (
    <>
      {parts.map((part, index) => {
        if (index % 2 === 0) return part;
        const shown = visibleText(part);
        return shown === part ? <bdi>{part}</bdi> : <span class="escape">{shown}</span>;
      })}
    </>
  );
}

/** Where a word is searched for: nothing where there is none. */
export function patternOf(word: string): RegExp | null {
  return word === "" ? null : new RegExp(`(${word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)})`, "giu");
}

/** How often it is found. */
export function countHits(text: string, pattern: RegExp | null): number {
  return pattern === null ? 0 : (text.match(pattern)?.length ?? 0);
}

interface MarkedProps {
  readonly text: string;
  readonly pattern: RegExp | null;
  /** How many hits are before this text, and which of all is looked at. */
  readonly before?: number;
  readonly current?: number;
}

/** The text with what was found in it marked. */
export function Marked({ text, pattern, before = 0, current }: MarkedProps): JSX.Element {
  if (pattern === null) return <Visible text={text} />;
  return (
    <>
      {text.split(pattern).map((part, index) => {
        if (index % 2 === 0) return <Visible text={part} />;
        const isCurrent = before + (index - 1) / 2 === current;
        return (
          <mark data-current={isCurrent || undefined}>
            <Visible text={part} />
          </mark>
        );
      })}
    </>
  );
}
