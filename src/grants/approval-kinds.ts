/** The kinds of call that one may be allowed as: its own path, and those that differ in what they name alone. */
import { compilePattern, matches, mayMatch, type Place } from "../contract/path-patterns.ts";
import type { Provider } from "../contract/provider.ts";
import { patternOf } from "../proxy/path-shape.ts";
import type { ToldCall } from "./call-kind.ts";

/**
 * The kinds of a call, as path patterns, the narrowest first. None where method and path do not tell what is done: GraphQL, what
 * holds other calls, a body that may name another method.
 */
export function kindsOf({ api: { calls } }: Provider, { kind, place }: ToldCall): string[] {
  const isToldElsewhere = [...calls.graphql, ...calls.batches].some((pattern) =>
    mayMatch(compilePattern(pattern), place),
  );
  if (kind !== "write" || isToldElsewhere || place.segments.some((segment) => segment.includes("*"))) return [];
  return [...new Set([exactly(place), patternOf(place)])].filter((pattern) => isKind(pattern, place));
}

const exactly = ({ host, segments }: Place): string => `${host === null ? "" : `/~${host}`}/${segments.join("/")}`;

/** A wildcard stands for plain names alone, so that a path that is no such thing is no kind of its own. */
const isKind = (pattern: string, place: Place): boolean =>
  matches(compilePattern(pattern), { ...place, query: "", named: new Set() });
