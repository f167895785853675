/** What docs/errors.md says of each error. */

/** What an error page says of its code, as Markdown. */
export interface ErrorGuide {
  readonly code: string;
  readonly status: number;
  readonly text: string;
}

/** The sections of docs/errors.md that are about a code each: its name, and behind it the status in bold. */
export function errorGuides(source: string): ErrorGuide[] {
  return source
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [, code = "", status = "", text = ""] = /^(\w+)\n+\*\*(\d+)\.\*\* ([^]*)$/.exec(section) ?? [];
      if (code === "") throw new TypeError(`a section of docs/errors.md is of no error: ${section.slice(0, 40)}`);
      return { code, status: Number(status), text: text.trim() };
    });
}

/** Markdown as people say it: links by their words, lines as one. */
export const plain = (markdown: string): string =>
  markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("`", "")
    .replaceAll(/\s+/g, " ");
