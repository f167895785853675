/** How a scope is called on the page. */
import { SCOPE_WORDS } from "./scope-words.ts";

/** Google's scopes are addresses; their last part says all. */
const ADDRESS = /^https:\/\/.*\/(?=.)/;

const WORDS = new Map(Object.entries(SCOPE_WORDS).map(([id, words]) => [id, new Map(Object.entries(words))]));

/** What a scope allows, in plain words; undefined for one that nobody has put into words. */
export const scopeWords = (integration: string, scope: string): string | undefined =>
  WORDS.get(integration)?.get(scope);

/** A scope's own name, in short. */
export const scopeName = (scope: string): string => scope.replace(ADDRESS, "");
