/** The path of a call as it is written down: what kind of thing it was about, and not which. */
import type { Place } from "../contract/path-patterns.ts";

/** Words, and the versions of APIs, say what a call is about; what else has digits or signs, or is long, names one thing. */
const IS_WORD = /^(?:v\d{1,3}(?:\.\d{1,3})?|[A-Za-z$_.:~-]{1,32})$/;

/** Whether a segment says what a call is about, and not which one. */
export const isWord = (segment: string): boolean => segment === "" || IS_WORD.test(segment);

/** A path with `*` for each segment that names one thing. */
export function patternOf({ host, segments }: Pick<Place, "host" | "segments">): string {
  const shaped = segments.map((segment) => (isWord(segment) ? segment : "*"));
  return `${host === null ? "" : `/~${host}`}/${shaped.join("/")}`;
}

/** The same; at most 200 characters. */
export const shapeOf = (place: Pick<Place, "host" | "segments">): string => patternOf(place).slice(0, 200);
