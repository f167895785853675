/** What was asked for and what was granted: two lists that name the same things in different ways. */
import type { Provider } from "../contract/provider.ts";

/**
 * Which of the scopes that were asked for a connection does without.
 * @returns none where the provider tells of no scope at all: then nobody knows
 */
export function missingScopes(
  { scope_implies, untold_scopes, scope_base }: Pick<Provider, "scope_implies" | "untold_scopes" | "scope_base">,
  asked: readonly string[],
  granted: readonly string[],
): string[] {
  if (granted.length === 0) return [];
  // No service has two scopes that differ by case alone, and Microsoft answers in another case than it was asked in.
  const toName = (scope: string): string =>
    (scope.startsWith(scope_base) ? scope.slice(scope_base.length) : scope).toLowerCase();
  const implied = new Map(Object.entries(scope_implies).map(([scope, others]) => [toName(scope), others]));
  const held = new Set([...granted, ...untold_scopes].map(toName));
  // A set takes in what is added while it is gone through, and goes through that too.
  for (const name of held) for (const other of implied.get(name) ?? []) held.add(toName(other));
  return asked.filter((scope) => !held.has(toName(scope)));
}
