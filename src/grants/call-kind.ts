/**
 * Whether a call reads or changes something, as far as that can be told before it is made. What nobody has declared to be a read
 * counts as a change, and what may be another call than it looks like is told apart from both.
 */
import type { Method } from "../api-grants.ts";
import {
  bytesDecoded,
  compilePattern,
  matches,
  parameterName,
  type CompiledPattern,
  type Place,
} from "../contract/path-patterns.ts";
import type { Provider } from "../contract/provider.ts";
import { isGraphqlRead } from "./graphql.ts";
import { membersOf } from "./json-members.ts";

/**
 * - `read`: changes nothing
 * - `write`: may change something
 * - `any method`: the same, and its body may name another method
 * - `hidden`: holds other calls, or becomes one
 */
export type CallKind = "read" | "write" | "any method" | "hidden";

/** A call as it came. */
export interface SeenCall {
  readonly method: Method;
  readonly place: Place;
  readonly headers: Headers;
  /** Its body; undefined: there is none, or nobody had to look; null: it could not be looked at. */
  readonly text: string | null | undefined;
}

/** What servers and the proxies in front of them take another method or another path from. */
const OVERRIDING_HEADERS = [
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "X-Original-Method",
  "X-Original-URL",
  "X-Rewrite-URL",
  "X-Forwarded-Uri",
  "X-Forwarded-Method",
];
/** Rack, Rails, Laravel, Symfony: `_method`. Google: `$httpMethod`. */
const OVERRIDING_PARAMETERS = ["_method", "$httpmethod", "x-http-method-override", "httpmethod"];

interface CompiledCalls {
  readonly read_methods: ReadonlySet<string>;
  readonly reads: readonly CompiledPattern[];
  readonly graphql: readonly CompiledPattern[];
  readonly batches: readonly CompiledPattern[];
  readonly overrides: ReadonlySet<string>;
  /** Whether the service has such parameters of its own, so that any body may have them. */
  readonly looksEverywhere: boolean;
}

/** By what a provider declares, which stays one object. */
const compiled = new WeakMap<Provider["api"]["calls"], CompiledCalls>();

function callsOf({ api: { calls } }: Provider): CompiledCalls {
  const known = compiled.get(calls);
  if (known) return known;
  const made = {
    read_methods: new Set(calls.read_methods),
    reads: calls.reads.map(compilePattern),
    graphql: calls.graphql.map(compilePattern),
    batches: calls.batches.map((path) => ({ ...compilePattern(path.toLowerCase()), host: null })),
    overrides: new Set([...OVERRIDING_PARAMETERS, ...calls.overrides].map(parameterName)),
    looksEverywhere: calls.overrides.length > 0,
  };
  compiled.set(calls, made);
  return made;
}

const isOf = (patterns: readonly CompiledPattern[], place: Place): boolean =>
  patterns.some((pattern) => matches(pattern, place));

const contentType = (headers: Headers): string =>
  (headers.get("Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

const isFormType = (type: string): boolean => type === "application/x-www-form-urlencoded";

/** Whether the kind of a call is told by its body, so that this has to be looked at. */
export function isToldByBody(provider: Provider, { place, headers }: Omit<SeenCall, "text">): boolean {
  const { looksEverywhere, graphql } = callsOf(provider);
  return looksEverywhere || isFormType(contentType(headers)) || isOf(graphql, place);
}

/** The kind of a call. */
export function kindOf(provider: Provider, call: SeenCall): CallKind {
  const calls = callsOf(provider);
  const { method, place, headers, text } = call;
  if (isHidden(calls, call)) return "hidden";
  if (isOf(calls.graphql, place)) return method === "POST" && isReadBody(headers, text) ? "read" : "write";
  if (calls.read_methods.has(method)) return "read";
  // An upload may name a method in one of its parts.
  if (contentType(headers).startsWith("multipart/")) return calls.looksEverywhere ? "hidden" : "any method";
  const isReading = (method === "POST" || method === "GET") && isOf(calls.reads, place);
  return isReading ? "read" : "write";
}

function isHidden(
  { batches, overrides, looksEverywhere }: CompiledCalls,
  { method, place, headers, text }: SeenCall,
): boolean {
  // With these no body is sent on.
  const hasBody = method !== "GET" && method !== "HEAD";
  const looks = hasBody && (looksEverywhere || isFormType(contentType(headers)));
  if (looks && (text === null || headers.has("Content-Encoding"))) return true;
  const named = [place.query.slice(1), ...(looks && text ? [text] : [])].flatMap(parametersOf);
  return (
    OVERRIDING_HEADERS.some((name) => headers.has(name)) ||
    named.some((name) => overrides.has(name)) ||
    (looks && text && [...membersOf(text)].some(({ name }) => overrides.has(name))) ||
    (hasBody && readingsOf(place).some((reading) => isOf(batches, reading)))
  );
}

const parametersOf = (encoded: string): string[] =>
  encoded === "" ? [] : encoded.split(/[&;]/).map((pair) => parameterName(pair.split("=", 1)[0] ?? ""));

/** A place as careless servers read it: decoded, whatever its case, without repeated slashes, on whichever host. */
function readingsOf({ segments, query }: Place): Place[] {
  const path = segments.join("/").toLowerCase();
  const once = bytesDecoded(path);
  return [path, once, bytesDecoded(once)].map((reading) => ({
    host: null,
    segments: segmentsOf(reading),
    query,
  }));
}

function segmentsOf(reading: string): readonly string[] {
  const segments = reading
    .replace(/;[^/]*/g, "")
    .split(/[/\\]+/)
    .filter(Boolean);
  return segments.length === 0 ? [""] : segments;
}

const JSON_IN_UTF8 = /^application\/(?:[\w.-]+\+)?json *(?:; *charset="?utf-8"? *)?$/i;

const isReadBody = (headers: Headers, text: SeenCall["text"]): boolean =>
  typeof text === "string" &&
  !headers.has("Content-Encoding") &&
  JSON_IN_UTF8.test(headers.get("Content-Type") ?? "") &&
  isGraphqlRead(text);
