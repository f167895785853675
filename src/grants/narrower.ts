/** Whether a grant gives no more than another one: nobody hands on more than they have. */
import { METHODS, WRITES, type Method } from "../api-grants.ts";
import { compilePattern } from "../contract/path-patterns.ts";
import { integrationOf } from "../connections/place.ts";
import type { HeldConnection, HeldGrant, HeldRule } from "./held-grant.ts";
import { isIncluded, type Budget } from "./inclusion.ts";
import { isWithin, readNetwork } from "./networks.ts";

/** A tenth of a second: beyond, the answer is no, which refuses too much rather than too little. */
const MOST_STEPS = 300_000;

/** The part of a grant that narrows what may be called. */
export type Rules = Pick<HeldGrant, "rules" | "networks">;

/**
 * Whether every call that one grant lets pass is let pass by the other. Says no where it is too much work to tell, and where a
 * pattern with a parameter is covered by several others together.
 */
export function isNarrower(narrow: Rules, wide: Rules): boolean {
  const budget = { steps: MOST_STEPS };
  return (
    areNetworksNarrower(narrow.networks, wide.networks) &&
    narrow.rules.every((rule) => isCovered(rule, wide.rules, budget))
  );
}

function areNetworksNarrower(narrow: readonly string[] | undefined, wide: readonly string[] | undefined): boolean {
  if (wide === undefined) return true;
  return (
    narrow?.every((inner) => {
      const network = readNetwork(inner);
      return network && wide.map(readNetwork).some((outer) => outer && isWithin(network, outer));
    }) ?? false
  );
}

/** What may be done beside the methods that a rule names: a body that names another one, and a call that hides others. */
const BEYOND = ["any method", "hidden"] as const;
type Done = Method | (typeof BEYOND)[number];

/** Of each connection, of all that may be done, and of what reads and what changes something, the paths are held against those of all. */
function isCovered(rule: HeldRule, wide: readonly HeldRule[], budget: Budget): boolean {
  const { methods, writes } = rule;
  const levels = WRITES.slice(0, WRITES.indexOf(writes) + 1);
  const beyond = writes === "refuse" ? [] : BEYOND.filter((one) => takes(rule, one));
  const done: readonly Done[] = [...(methods ?? METHODS), ...beyond];
  const known = new Map<string, boolean>();
  const areCovered = (target: Target, one: Done, level: HeldRule["writes"]): boolean => {
    const covering = wide.filter(
      (other) => isAbout(other, target) && takes(other, one) && WRITES.indexOf(other.writes) >= WRITES.indexOf(level),
    );
    const name = covering.map((other) => wide.indexOf(other)).join();
    const answer = known.get(name) ?? arePathsCovered(rule.paths, covering, budget);
    known.set(name, answer);
    return answer;
  };
  return targetsOf(rule).every((target) =>
    done.every((one) => levels.every((level) => areCovered(target, one, level))),
  );
}

/** One integration, or one connection; null: all there are. */
type Target = { readonly integration: string; readonly connection?: HeldConnection } | null;

function targetsOf({ integrations, connections }: HeldRule): readonly Target[] {
  return (
    connections?.map((connection) => ({ integration: integrationOf(connection.place), connection })) ??
    integrations?.map((integration) => ({ integration })) ?? [null]
  );
}

function isAbout({ integrations, connections }: HeldRule, target: Target): boolean {
  if (integrations) return target !== null && integrations.includes(target.integration);
  if (!connections) return true;
  const asked = target?.connection;
  return connections.some(({ vault, place }) => vault === asked?.vault && place === asked.place);
}

/** Whether a rule lets it be done, or has it asked about; what hides other calls takes one that narrows nothing else. */
function takes({ methods, paths, writes }: HeldRule, one: Done): boolean {
  if (one === "hidden") return !methods && !paths && writes !== "refuse";
  return methods === undefined || (one !== "any method" && methods.includes(one));
}

function arePathsCovered(paths: readonly string[] | undefined, covering: readonly HeldRule[], budget: Budget): boolean {
  if (covering.some((other) => other.paths === undefined)) return true;
  const written = new Set(covering.flatMap((other) => other.paths ?? []));
  const others = [...written].map(compilePattern);
  return paths?.every((path) => written.has(path) || isIncluded(compilePattern(path), others, budget)) ?? false;
}
