/** What a check found, and how it is said. */

export interface Finding {
  readonly verdict: "good" | "doubtful" | "bad";
  readonly what: string;
  /** How to mend it. */
  readonly mend?: string;
}

export const good = (what: string): Finding => ({ verdict: "good", what });
export const doubtful = (what: string, mend: string): Finding => ({ verdict: "doubtful", what, mend });
export const bad = (what: string, mend: string): Finding => ({ verdict: "bad", what, mend });

const MARK = { good: "✓", doubtful: "!", bad: "✗" } as const;

/** One line. */
export function toLine({ verdict, what, mend }: Finding): string {
  return `${MARK[verdict]} ${what}${mend === undefined ? "" : ` ${mend}`}`;
}
