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

/** What an answer of a service's says was not granted. */
export interface ScopesRefused {
  /** None where it does not say which. */
  readonly named: readonly string[];
  /** See `ScopeRefusal` in contract/service-parts.ts. */
  readonly names: "all" | "any" | "asked";
  readonly ambiguous: boolean;
}

/** What a call was refused for want of. */
export interface Lacking {
  /** Scopes that are known to be needed; none where nobody has said which. */
  readonly scopes: readonly string[];
  /** What was asked for and not granted, of which one may be needed. */
  readonly missing: readonly string[];
}

/**
 * What a connection lacks for a call that was refused. Of scopes of which any one would do it is the least: what the
 * integration asks for anyway, else one that stands for none of the others.
 * @param asked the scopes that the connection was asked for
 * @returns null where the refusal may have another reason, and nothing that was asked for is missing
 */
export function lackingScopes(
  provider: Pick<Provider, "scope_implies" | "untold_scopes" | "scope_base">,
  { named, names, ambiguous }: ScopesRefused,
  asked: readonly string[],
  granted: readonly string[],
): Lacking | null {
  const missing = missingScopes(provider, asked, granted);
  if (ambiguous && missing.length === 0) return null;
  const lacking = granted.length === 0 ? [...named] : missingScopes(provider, named, granted);
  if (names === "all") return { scopes: lacking, missing };
  const expected = lacking.filter((scope) => missing.includes(scope));
  const isClear = expected.length > 0 || (names === "asked" && lacking.length > 1);
  if (isClear) return { scopes: expected, missing };
  const standsFor = (scope: string, other: string): boolean =>
    scope !== other && missingScopes(provider, [other], [scope]).length === 0;
  const least = lacking.find((scope) => !lacking.some((other) => standsFor(scope, other)));
  return { scopes: least === undefined ? [] : [least], missing };
}

/**
 * What to ask for so that nothing is lost and more is granted.
 * @param asked what it was asked for
 * @param granted what it has, which may be more than that
 * @param more what it is to have besides
 */
export function widenedScopes(
  provider: Pick<Provider, "scope_implies" | "untold_scopes" | "scope_base">,
  asked: readonly string[],
  granted: readonly string[],
  more: readonly string[],
): string[] {
  const held = asked.length === 0 ? granted : missingScopes(provider, granted, asked);
  return [...new Set([...asked, ...held, ...more])];
}
