/** What the page says is not there without a scope is what the provider's declaration takes it for. */
import { expect, it } from "vitest";
import { LISTED_WITH } from "../../frontend/allowed.ts";
import { scopeWords } from "../../frontend/scope-names.ts";
import { builtInProviders } from "../../src/providers/index.ts";

it.each(builtInProviders.map(({ id, resources }) => [id, resources] as const))(
  "%s: every list that takes a scope has words for people, and no other has",
  (id, resources) => {
    const needed = resources.flatMap(({ scope }) => scope ?? []);
    expect(Object.keys(LISTED_WITH[id] ?? {})).toEqual(needed);
    for (const scope of needed) expect(scopeWords(id, scope)).toBeDefined();
  },
);
