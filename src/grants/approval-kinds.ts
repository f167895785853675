/** The kinds of call that one may be allowed as: its own path, and those that differ in what they name alone. */
import { compilePattern, matches, mayMatch, type Place } from "../contract/path-patterns.ts";
import type { Provider } from "../contract/provider.ts";
import { isWord, patternOf } from "../proxy/path-shape.ts";
import type { ToldCall } from "./call-kind.ts";

/** Members of a body that say what is to be done, in APIs that have one path for many calls (JSON-RPC 2.0, 4). */
const VERBS = ["jsonrpc", "method", "action", "operation", "command"];

/**
 * The kinds of a call, as path patterns, the narrowest first. None where method and path do not tell what is done: GraphQL, what
 * holds other calls, a body that may name another method or has a verb of its own.
 */
export function kindsOf({ api: { calls } }: Provider, { kind, place }: ToldCall): string[] {
  const isToldElsewhere =
    [...calls.graphql, ...calls.batches].some((pattern) => mayMatch(compilePattern(pattern), place)) ||
    VERBS.some((verb) => place.named === null || place.named.has(verb));
  if (kind !== "write" || isToldElsewhere || place.segments.some((segment) => segment.includes("*"))) return [];
  return [...new Set([exactly(place), patternOf(place)])].filter((pattern) => isKindOf(pattern, place));
}

const exactly = ({ host, segments }: Place): string => `${host === null ? "" : `/~${host}`}/${segments.join("/")}`;

/**
 * Whether a path is of a kind. A star stands for a name that tells one thing from another, and never for a word, or for what may
 * be a verb: `/messages/*` is no `/messages/send`, no `/values/A1:clear` and no `/api/oauth.v2.exchange`.
 */
export function isKindOf(kind: string, { host, segments }: Pick<Place, "host" | "segments">): boolean {
  const pattern = compilePattern(kind);
  const isThing = (segment: string): boolean => !isWord(segment) && !/[.:]/.test(segment);
  return (
    matches(pattern, { host, segments, query: "", named: new Set() }) &&
    segments.every((segment, at) => pattern.segments[at] === segment || isThing(segment))
  );
}
