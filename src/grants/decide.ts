/** Whether a grant lets a call pass: decided from what the call is, and from nothing else. */
import type { Method } from "../api-grants.ts";
import { integrationOf } from "../connections/place.ts";
import { compilePattern, matches, type CompiledPattern, type Place } from "../contract/path-patterns.ts";
import type { CallKind } from "./call-kind.ts";
import type { HeldConnection, HeldGrant, HeldRule } from "./held-grant.ts";

/** Where a connection is. */
export type Connection = Pick<HeldConnection, "vault" | "place">;

/** A call to a service, as far as it matters to a grant. */
export interface JudgedCall {
  readonly integration: string;
  /** null: whichever is the default. Rules that name connections are not about it. */
  readonly connection: Connection | null;
  readonly method: Method;
  readonly place: Place;
  readonly kind: CallKind;
}

/**
 * What becomes of a call: it passes, it passes where somebody has allowed it, or it does not. `rule` counts from 1, as people do:
 * the one that came nearest to letting it pass, null where none is about this connection.
 */
export type Decision =
  | { readonly passes: true | "asked"; readonly rule: number }
  | { readonly passes: false; readonly rule: number | null; readonly reason: Reason };

/** Why no rule lets a call pass, the nearest miss last. */
const REASONS = ["connection", "hidden", "method", "path", "write"] as const;
export type Reason = (typeof REASONS)[number];

interface CompiledRule {
  /** That it is about, also where it names connections; null: all. */
  readonly integrations: ReadonlySet<string> | null;
  readonly connections: ReadonlySet<string> | null;
  readonly methods: ReadonlySet<Method> | null;
  readonly paths: readonly CompiledPattern[] | null;
  readonly writes: HeldRule["writes"];
}

/** By the grant, which is one object for as long as an isolate remembers its key. */
const compiled = new WeakMap<HeldGrant, readonly CompiledRule[]>();

function compile(grant: HeldGrant): readonly CompiledRule[] {
  const known = compiled.get(grant);
  if (known) return known;
  const rules = grant.rules.map(compileRule);
  compiled.set(grant, rules);
  return rules;
}

function compileRule({ integrations, connections, methods, paths, writes }: HeldRule): CompiledRule {
  const named = integrations ?? connections?.map(({ place }) => integrationOf(place));
  return {
    integrations: named ? new Set(named) : null,
    connections: connections ? new Set(connections.map(nameOf)) : null,
    methods: methods ? new Set(methods) : null,
    paths: paths?.map(compilePattern) ?? null,
    writes,
  };
}

const nameOf = ({ vault, place }: Connection): string => `${vault} ${place}`;

/** @param connection `any`: whether it is about one at this integration at all */
const isAbout = (
  { integrations, connections }: CompiledRule,
  integration: string,
  connection: Connection | null | "any",
): boolean =>
  (!integrations || integrations.has(integration)) &&
  (!connections || connection === "any" || (connection !== null && connections.has(nameOf(connection))));

/** Whether a rule narrows neither methods nor paths. */
const isOpen = ({ methods, paths }: CompiledRule): boolean => !methods && !paths;

/** Whether everything at its connections passes. */
const isWhole = (rule: CompiledRule): boolean => isOpen(rule) && rule.writes === "allow";

/** Decides. A call that may be another one than it looks like passes, or is asked about, where everything at its connection is. */
export function decide(grant: HeldGrant, call: JudgedCall): Decision {
  let nearest: { readonly rule: number | null; readonly reason: Reason } = { rule: null, reason: "connection" };
  let asked: number | null = null;
  for (const [index, rule] of compile(grant).entries()) {
    const missed = missedBy(rule, call);
    if (missed === null) return { passes: true, rule: index + 1 };
    if (missed === "asked") asked ??= index + 1;
    else if (REASONS.indexOf(missed) > REASONS.indexOf(nearest.reason)) nearest = { rule: index + 1, reason: missed };
  }
  return asked === null ? { passes: false, ...nearest } : { passes: "asked", rule: asked };
}

/** What a call lacks for a rule: `asked`, that somebody allows it; null: nothing. */
function missedBy(
  rule: CompiledRule,
  { integration, connection, method, place, kind }: JudgedCall,
): Reason | "asked" | null {
  if (!isAbout(rule, integration, connection)) return "connection";
  if (kind === "hidden" && (!isOpen(rule) || rule.writes === "refuse")) return "hidden";
  if (rule.methods && (kind === "any method" || !rule.methods.has(method))) return "method";
  if (rule.paths && !rule.paths.some((pattern) => matches(pattern, place))) return "path";
  if (kind === "read" || rule.writes === "allow") return null;
  return rule.writes === "ask" ? "asked" : "write";
}

/** Whether a grant has any call asked about. */
export const asks = (grant: HeldGrant): boolean => compile(grant).some(({ writes }) => writes === "ask");

/** Whether any rule of a grant is about a connection; `any`: about one at this integration. */
export const reaches = (grant: HeldGrant, integration: string, connection: Connection | null | "any"): boolean =>
  compile(grant).some((rule) => isAbout(rule, integration, connection));

/** Whether a grant narrows nothing of what may be called at a connection. */
export const isWholeAt = (grant: HeldGrant, integration: string, connection: Connection | null | "any"): boolean =>
  compile(grant).some((rule) => isAbout(rule, integration, connection) && isWhole(rule));

/** Whether a token may be handed out: nothing of what is done with it can be counted or refused any more. */
export const mayHandOut = (grant: HeldGrant, integration: string, connection: Connection): boolean =>
  grant.networks === undefined && grant.counts.length === 0 && isWholeAt(grant, integration, connection);

/** Whether a grant narrows nothing of what may be called anywhere. */
export const isWholeEverywhere = (grant: HeldGrant): boolean =>
  compile(grant).some((rule) => !rule.integrations && isWhole(rule));

/** The places of the connections of a user that a grant names at an integration. */
export function placesAt(grant: HeldGrant, integration: string, vault: string): readonly string[] {
  const named = grant.rules.flatMap(({ connections = [] }) => connections);
  const theirs = named.filter((one) => one.vault === vault && integrationOf(one.place) === integration);
  return [...new Set(theirs.map(({ place }) => place))];
}
