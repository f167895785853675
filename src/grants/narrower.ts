/** Whether a grant gives no more than another one: nobody hands on more than they have. */
import { METHODS, WRITES, type Method } from "../api-grants.ts";
import { compilePattern } from "../contract/path-patterns.ts";
import { integrationOf } from "../connections/place.ts";
import type { HeldConnection, HeldGrant, HeldRule } from "./held-grant.ts";
import { isIncluded } from "./inclusion.ts";
import { isWithin, readNetwork } from "./networks.ts";

/** The part of a grant that narrows what may be called. */
export type Rules = Pick<HeldGrant, "rules" | "networks">;

/**
 * Whether every call that one grant lets pass is let pass by the other. Says no where it is too much work to tell, and where a
 * pattern with a parameter is covered by several others together.
 */
export function isNarrower(narrow: Rules, wide: Rules): boolean {
  return (
    areNetworksNarrower(narrow.networks, wide.networks) && narrow.rules.every((rule) => isCovered(rule, wide.rules))
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

/** Of each connection, each method, and what reads and what changes something, the paths are held against those of all. */
function isCovered(rule: HeldRule, wide: readonly HeldRule[]): boolean {
  const writes = WRITES.slice(0, WRITES.indexOf(rule.writes) + 1);
  return targetsOf(rule).every((target) =>
    (rule.methods ?? METHODS).every((method) =>
      writes.every((write) => {
        const covering = wide.filter(
          (other) =>
            isAbout(other, target) && takes(other, method) && WRITES.indexOf(other.writes) >= WRITES.indexOf(write),
        );
        return arePathsCovered(rule.paths, covering);
      }),
    ),
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

const takes = ({ methods }: HeldRule, method: Method): boolean => methods?.includes(method) ?? true;

function arePathsCovered(paths: readonly string[] | undefined, covering: readonly HeldRule[]): boolean {
  if (covering.some((other) => other.paths === undefined)) return true;
  const wide = covering.flatMap((other) => other.paths ?? []).map(compilePattern);
  return paths?.every((path) => isIncluded(compilePattern(path), wide)) ?? false;
}
