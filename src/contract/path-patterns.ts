/**
 * The language in which the calls of an API are named: the path as a request has it, segment by segment, with
 *
 * - `*` for anything within a segment: `/repos/acme/*`, `/documents/*:batchUpdate`
 * - `**` for any number of segments, also none: `/repos/acme/**`
 * - `/~host` in front for another host of the same API, as the proxy has it: `/~uploads.github.com/**`
 * - `?name=value` behind it where the API has its verb in a parameter: `/rest?method=photos.get*`
 *
 * Nothing is decoded and case counts. A wildcard stands for plain text alone: a segment in which a server might read something
 * else than what stands there (an encoded slash, a needless encoding, a semicolon, a dot at its end) is met only by a pattern
 * that writes it out. So whatever way a request is spelled, what passes is what the pattern says.
 */
import * as z from "zod/mini";

/** Where a call goes, raw. `host` is null for the base address, else the name of one of the API's further hosts. */
export interface Place {
  readonly host: string | null;
  /** Of the path behind the base address, without the slash that it begins with. */
  readonly segments: readonly string[];
  /** With its question mark; empty where there is none. */
  readonly query: string;
  /** Parameters that its body has beside those of the query, by `parameterName`; null: nobody can tell which. */
  readonly named: ReadonlySet<string> | null;
}

const NONE: ReadonlySet<string> = new Set();

/** A pattern in its parts. */
export interface CompiledPattern {
  readonly host: string | null;
  readonly segments: readonly string[];
  /** Parameters of the query that have to be as it says. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const LONGEST = 512;
const MOST_WILDCARDS = 8;
const HOST = /^~[a-z0-9.-]{1,128}$/;
const RAW =
  /^\/(?:[A-Za-z0-9._~!$&'()+,;=:@*/-]|%[0-9A-Fa-f]{2})*(?:\?[\w.~$[\]-]+=[^&#\s?]*(?:&[\w.~$[\]-]+=[^&#\s?]*)*)?$/;

/** @see the top of this file */
export const PathPattern = z
  .string()
  .check(
    z.maxLength(LONGEST),
    z.refine(
      isPattern,
      "a path that begins with a slash, with * for a part of a segment and ** for whole segments, as docs/grants.md has it",
    ),
  );

function isPattern(text: string): boolean {
  if (!RAW.test(text) || text.split(/\*+/).length > MOST_WILDCARDS + 1) return false;
  const { segments, parameters } = compilePattern(text);
  const isSegment = (segment: string, place: number): boolean =>
    segment === "**" ||
    (segment === "" ? place === segments.length - 1 : segment.includes("*") ? isGlob(segment) : isLiteral(segment));
  // A host is one of the API's, and no wildcard is.
  return !segments.some(isHostLike) && segments.every(isSegment) && parameters.every(([, value]) => isValue(value));
}

const isHostLike = (segment: string, place: number): boolean => place === 0 && segment.startsWith("~");
const isValue = (value: string): boolean => !value.includes("*") || isGlob(value);
/** What stands beside a wildcard is plain like what it stands for. */
const isGlob = (segment: string): boolean => !segment.includes("**") && isPlain(segment.replaceAll("*", "x"));
const isLiteral = (segment: string): boolean => !/^(?:\.|%2e){1,2}$/i.test(segment);

/** Takes a pattern apart. @param text what `PathPattern` has taken */
export function compilePattern(text: string): CompiledPattern {
  const [path = "", query] = text.split(/\?(.*)/s);
  const [, ...segments] = path.split("/");
  const [first = ""] = segments;
  const host = HOST.test(first) ? first.slice(1) : null;
  const parameters = query ? query.split("&").map((pair): [string, string] => splitPair(pair)) : [];
  const rest = host === null ? segments : segments.slice(1);
  return { host, segments: rest.length === 0 ? [""] : rest, parameters };
}

/** The place of a call. @param path raw, behind the base address; empty for that itself */
export const placeOf = (host: string | null, path: string, query: string): Place => ({
  host,
  segments: path === "" ? [""] : path.slice(1).split("/"),
  query,
  named: NONE,
});

/** Whether a call is one of those that a pattern names. */
export function matches({ host, segments, parameters }: CompiledPattern, place: Place): boolean {
  return (
    host === place.host &&
    matchesPath(segments, place.segments, isWildcarded) &&
    parameters.every((parameter) => matchesParameter(parameter, place))
  );
}

/** Whether a careless server might take a call for one of those that a pattern names: whatever its spelling, on whichever host. */
export function mayMatch({ segments }: CompiledPattern, place: Pick<Place, "segments">): boolean {
  const wanted = segments.map((segment) => segment.toLowerCase());
  return readingsOf(place.segments).some((reading) => matchesPath(wanted, reading, () => true));
}

/** A path as careless servers read it: decoded, whatever its case, without repeated slashes, and what may stand at a segment's end. */
function readingsOf(segments: readonly string[]): (readonly string[])[] {
  const path = segments.join("/");
  const once = bytesDecoded(path);
  return [path, once, bytesDecoded(once)].map((reading) => {
    const bare = reading
      .normalize("NFKC")
      .toLowerCase()
      .split(/[/\\]+/)
      .map((segment) => withoutEnd(segment.split(/[;\0?#]/, 1)[0] ?? ""))
      .filter(Boolean);
    return bare.length === 0 ? [""] : bare;
  });
}

/** Without the dots and spaces that it ends with, however many. */
function withoutEnd(segment: string): string {
  let end = segment.length;
  while (end > 0 && /[.\s]/.test(segment[end - 1] ?? "")) end -= 1;
  return segment.slice(0, end);
}

/** Longer ones no wildcard stands for, so that no path takes long. */
const LONGEST_SEGMENT = 1024;
const MOST_SEGMENTS = 256;

/** Whether a wildcard may stand for a segment. */
const isWildcarded = (segment: string): boolean => segment.length <= LONGEST_SEGMENT && isPlain(segment);

/** Steps back to the last `**` alone: what an earlier one could take instead is no more than that. */
function matchesPath(
  pattern: readonly string[],
  path: readonly string[],
  isFree: (segment: string) => boolean,
): boolean {
  if (path.length > MOST_SEGMENTS) return false;
  let [at, from] = [0, 0];
  let back: { at: number; from: number } | undefined;
  while (at < path.length) {
    const wanted = pattern[from];
    const segment = path[at] ?? "";
    if (wanted === "**") {
      from += 1;
      back = { at, from };
    } else if (wanted !== undefined && matchesSegment(wanted, segment, isFree)) {
      at += 1;
      from += 1;
    } else {
      if (!back) return false;
      const taken = path[back.at] ?? "";
      // A slash at the end, behind which nothing stands.
      const isEnd = taken === "" && back.at === path.length - 1 && back.from === pattern.length;
      if (!isEnd && !isFree(taken)) return false;
      back.at += 1;
      at = back.at;
      from = back.from;
    }
  }
  return pattern.slice(from).every((rest) => rest === "**");
}

function matchesSegment(pattern: string, segment: string, isFree: (segment: string) => boolean): boolean {
  if (!pattern.includes("*")) return pattern === segment;
  return isFree(segment) && matchesGlob(pattern, segment);
}

/** `*` for any number of characters. In time that grows with the product of both lengths. */
function matchesGlob(pattern: string, text: string): boolean {
  let [at, from] = [0, 0];
  let back: { at: number; from: number } | undefined;
  while (at < text.length) {
    if (pattern[from] === "*") {
      from += 1;
      back = { at, from };
    } else if (pattern[from] === text[at]) {
      at += 1;
      from += 1;
    } else {
      if (!back) return false;
      back.at += 1;
      at = back.at;
      from = back.from;
    }
  }
  return /^\**$/.test(pattern.slice(from));
}

/**
 * The parameter has to stand there once, in whatever way it might be spelled, and in no body: servers differ in which of two they
 * take.
 */
function matchesParameter(
  [name, wanted]: CompiledPattern["parameters"][number],
  { query, named: others }: Place,
): boolean {
  if (others === null || others.has(parameterName(name))) return false;
  const named = query
    .slice(1)
    .split(/[&;]/)
    .map(splitPair)
    .filter(([other]) => parameterName(other) === parameterName(name));
  const [[written, value] = ["", ""]] = named;
  return named.length === 1 && written === name && (value === wanted || matchesValue(wanted, value));
}

const matchesValue = (pattern: string, value: string): boolean =>
  pattern.includes("*") && (value === "" || isWildcarded(value)) && matchesGlob(pattern, value);

const splitPair = (pair: string): [string, string] => {
  const at = pair.indexOf("=");
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
};

/** A parameter's name as the most generous of servers reads it: decoded, whatever its case, without brackets and what is behind them. */
export function parameterName(written: string): string {
  const decoded = bytesDecoded(bytesDecoded(written.replaceAll("+", " ")));
  // Rack leaves all brackets in front away: the first part that has any letter is the name.
  return (decoded.split(/[[\]\0]/).find((part) => part.trim() !== "") ?? "")
    .trim()
    .replaceAll(/[ .]/g, "_")
    .toLowerCase();
}

/** Byte by byte, so that what is no UTF-8 does not hide what is. */
export const bytesDecoded = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Controls, what RFC 3986 2.3 lets nobody encode, and what would change where a path leads: # % . / ; ? and the backslash. */
const NEEDLESS = /%(?:[01][0-9a-f]|2[35d-f]|3[0-9bf]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])/i;
const LEADING = /[/\\;%?#]/;

/** Whether every server reads a segment, or a value, as it is written. */
export function isPlain(text: string): boolean {
  if (text === "" || /[/\\;]/.test(text) || NEEDLESS.test(text)) return false;
  if (!text.includes("%")) return !text.endsWith(".");
  try {
    // Some servers take what only looks like a slash or a dot for one.
    const decoded = decodeURIComponent(text).normalize("NFKC");
    return !LEADING.test(decoded) && !/[.\s]$/.test(decoded);
  } catch {
    return false;
  }
}
