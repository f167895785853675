/**
 * Whether a call reads or changes something, as far as that can be told before it is made. What nobody has declared to be a read
 * counts as a change, and what may be another call than it looks like is told apart from both.
 */
import type { Method } from "../api-grants.ts";
import {
  compilePattern,
  matches,
  mayMatch,
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

/** What a call is, and where that is with what is known of its body. */
export interface ToldCall {
  readonly kind: CallKind;
  readonly place: Place;
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
/** Rack, Rails, Laravel, Symfony: `_method`. Google: `$httpMethod`. Salesforce: `_HttpMethod`. */
const OVERRIDING_PARAMETERS = ["_method", "$httpmethod", "_httpmethod", "x-http-method-override", "httpmethod"];
/** These name a method where their value is one: `?method=delete` (Meta). */
const METHOD_PARAMETERS = new Set(["method", "http_method", "request_method", "verb"]);
const NAMES_METHOD = /^(?:get|head|post|put|patch|delete|options)$/i;

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
    batches: calls.batches.map(compilePattern),
    overrides: new Set([...OVERRIDING_PARAMETERS, ...calls.overrides].map(parameterName)),
    looksEverywhere: calls.overrides.length > 0,
  };
  compiled.set(calls, made);
  return made;
}

/** With these no body is sent on. */
const hasBody = (method: Method): boolean => method !== "GET" && method !== "HEAD";

/** What a body is, by its header, to a server that looks for parameters in it. */
type BodyType = "form" | "json" | "unsaid" | "unclear" | "other";

const MEDIA_TYPE = /^([\w!#$&^.+-]+\/[\w!#$&^.+-]+)[ \t]*(?:;(.*))?$/;

function bodyTypeOf(headers: Headers): BodyType {
  const written = (headers.get("Content-Type") ?? "").trim();
  // Some take what says nothing for a form.
  if (written === "") return "unsaid";
  const [, type = "", parameters = ""] = MEDIA_TYPE.exec(written) ?? [];
  const isUtf8 = !/charset/i.test(parameters) || /^\s*charset="?(?:utf-8|us-ascii)"?\s*$/i.test(parameters);
  const name = type.toLowerCase();
  if (name === "" || name.startsWith("multipart/")) return "unclear";
  if (name === "application/x-www-form-urlencoded") return isUtf8 ? "form" : "unclear";
  if (/[/+]json$/.test(name)) return isUtf8 ? "json" : "unclear";
  return "other";
}

/** Whether the kind of a call is told by its body, so that this has to be looked at. */
export function isToldByBody(provider: Provider, { method, headers }: Omit<SeenCall, "text">): boolean {
  const type = bodyTypeOf(headers);
  return hasBody(method) && type !== "unclear" && (type !== "other" || callsOf(provider).looksEverywhere);
}

/** The kind of a call. */
export function tell(provider: Provider, call: SeenCall): ToldCall {
  const calls = callsOf(provider);
  const { method, headers, text } = call;
  const said = saidIn(calls, call);
  const place = { ...call.place, named: said && new Set(said.map(([name]) => name)) };
  return { kind: kind(), place };

  function kind(): CallKind {
    const all = [...pairsOf(place.query.slice(1)), ...(said ?? [])];
    const isHidden =
      OVERRIDING_HEADERS.some((name) => headers.has(name)) ||
      all.some((pair) => isOverriding(calls, pair)) ||
      (hasBody(method) && calls.batches.some((pattern) => mayMatch(pattern, place)));
    if (isHidden) return "hidden";
    if (calls.graphql.some((pattern) => mayMatch(pattern, place))) {
      const isThere = method === "POST" && place.query === "" && isOf(calls.graphql, place);
      return isThere && said !== null && isReadBody(headers, text) ? "read" : "write";
    }
    if (calls.read_methods.has(method)) return "read";
    if (said === null) return calls.looksEverywhere ? "hidden" : "any method";
    return (method === "POST" || method === "GET") && isOf(calls.reads, place) ? "read" : "write";
  }
}

const isOf = (patterns: readonly CompiledPattern[], place: Place): boolean =>
  patterns.some((pattern) => matches(pattern, place));

/** A parameter's name, and its value as it is written. */
type Pair = readonly [name: string, value: string];

const isOverriding = ({ overrides }: CompiledCalls, [name, value]: Pair): boolean =>
  overrides.has(name) || (METHOD_PARAMETERS.has(name) && NAMES_METHOD.test(value));

/** The parameters that a server could find in a body; null: nobody can tell. */
function saidIn({ looksEverywhere }: CompiledCalls, { method, headers, text }: SeenCall): readonly Pair[] | null {
  if (!hasBody(method)) return [];
  const type = bodyTypeOf(headers);
  if (type === "unclear") return null;
  if (type === "other" && !looksEverywhere) return [];
  if (text !== undefined && headers.has("Content-Encoding")) return null;
  if (typeof text !== "string") return text === undefined ? [] : null;
  const isForm = type !== "json";
  const isJson = type !== "form";
  return [
    ...(isForm ? pairsOf(text) : []),
    ...(isJson ? Array.from(membersOf(text), ({ name }): Pair => [name, ""]) : []),
  ];
}

function pairsOf(encoded: string): Pair[] {
  if (encoded === "") return [];
  return encoded.split(/[&;]/).map((pair) => {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    return [parameterName(name), value];
  });
}

const isReadBody = (headers: Headers, text: SeenCall["text"]): boolean =>
  typeof text === "string" && bodyTypeOf(headers) === "json" && isGraphqlRead(text);
