/**
 * Whether every call that one pattern names is named by others as well. Both are read as automata over the letters of a path
 * (a path pattern is a regular expression), and every pair of states that they can be in together is looked at.
 */
import { isPlain, type CompiledPattern } from "../contract/path-patterns.ts";

/** How much may be looked at yet; where there is nothing left of it, the answer is no. */
export interface Budget {
  steps: number;
}

/** A letter that no pattern has, for all of those. */
const OTHER = "\0";

/**
 * What a path may have next: one symbol (a letter, or a segment that no wildcard stands for, as a whole), any number of letters
 * of a segment (`any`), at least one (`some`), or any number of segments (`segments`).
 */
type Token = { readonly symbol: string } | "any" | "some" | "segments";

/** Where in which pattern, and what of a token has been read: 0 nothing, 1 its slash or its first letter, 2 more. */
interface State {
  readonly tokens: readonly Token[];
  readonly at: number;
  readonly read: 0 | 1 | 2;
}

/** Whether the others together name every call that this one does. A parameter of theirs has to be one of it too, as narrow. */
export function isIncluded(one: CompiledPattern, others: readonly CompiledPattern[], budget: Budget): boolean {
  const usable = others.filter((other) => other.host === one.host && requiresNoMore(other, one, budget));
  return isPathIncluded(
    one.segments,
    usable.map(({ segments }) => segments),
    budget,
  );
}

const requiresNoMore = (wide: CompiledPattern, narrow: CompiledPattern, budget: Budget): boolean =>
  wide.parameters.every(([name, value]) =>
    narrow.parameters.some(
      ([other, its]) => other === name && (its === value || isPathIncluded([its], [[value]], budget)),
    ),
  );

function isPathIncluded(one: readonly string[], others: readonly (readonly string[])[], budget: Budget): boolean {
  // A path is never empty: it has its first slash.
  const starts = closure([{ tokens: tokensOf(one), at: 0, read: 0 }]).filter((state) => !isEnd(state));
  const against = closure(others.map((segments) => ({ tokens: tokensOf(segments), at: 0, read: 0 })));
  const alphabet = alphabetOf([...starts, ...against]);
  const ids = new Map<readonly Token[], number>();
  const waiting = starts.map((state) => ({ state, against }));
  const seen = new Set<string>();
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    if (pair.against.length === 0) return false;
    if (isEnd(pair.state) && !pair.against.some(isEnd)) return false;
    for (const symbol of alphabet) {
      budget.steps -= 1 + pair.against.length;
      if (budget.steps < 0) return false;
      const reached = closure(step(pair.state, symbol));
      if (reached.length === 0) continue;
      const met = closure(pair.against.flatMap((state) => step(state, symbol)));
      for (const state of reached) {
        const key = [keyOf(state, ids), ...met.map((each) => keyOf(each, ids)).toSorted()].join(" ");
        if (seen.has(key)) continue;
        seen.add(key);
        waiting.push({ state, against: met });
      }
    }
  }
  return true;
}

function tokensOf(segments: readonly string[]): readonly Token[] {
  return segments.flatMap((segment): readonly Token[] => {
    if (segment === "**") return ["segments"];
    if (segment === "*") return [{ symbol: "/" }, "some"];
    const isWhole = !segment.includes("*") && !isPlain(segment) && segment !== "";
    const rest = isWhole ? [{ symbol: segment.padEnd(2, OTHER) }] : Array.from(segment, letterToken);
    return [{ symbol: "/" }, ...rest];
  });
}

const letterToken = (symbol: string): Token => (symbol === "*" ? "any" : { symbol });

/** Whether a wildcard stands for a symbol: segments that are no plain text are longer than a letter. */
const isLetter = (symbol: string): boolean => symbol.length === 1 && symbol !== "/";

function alphabetOf(states: readonly State[]): ReadonlySet<string> {
  const symbols = states.flatMap(({ tokens }) => tokens.flatMap((token) => (typeof token === "string" ? [] : [token])));
  return new Set(["/", OTHER, ...symbols.map(({ symbol }) => symbol)]);
}

/** Where a symbol leads. */
function step({ tokens, at, read }: State, symbol: string): readonly State[] {
  const token = tokens[at];
  switch (token) {
    case undefined:
      return [];
    case "any":
      return isLetter(symbol) ? [{ tokens, at, read }] : [];
    case "some":
      return isLetter(symbol) ? [{ tokens, at, read: 1 }] : [];
    case "segments":
      if (symbol === "/") return read === 1 ? [] : [{ tokens, at, read: 1 }];
      return isLetter(symbol) && read > 0 ? [{ tokens, at, read: 2 }] : [];
    default:
      return token.symbol === symbol ? [{ tokens, at: at + 1, read: 0 }] : [];
  }
}

/** Those, and where they can be without reading on. */
function closure(states: readonly State[]): readonly State[] {
  const all = [...states];
  for (const { tokens, at, read } of all) {
    const token = tokens[at];
    const mayGoOn = token === "any" || (token === "some" && read === 1) || (token === "segments" && read !== 1);
    if (mayGoOn) all.push({ tokens, at: at + 1, read: 0 });
  }
  const ids = new Map<readonly Token[], number>();
  return [...new Map(all.map((state) => [keyOf(state, ids), state])).values()];
}

/** A slash at the end, behind which nothing stands, belongs to any number of segments. */
const isEnd = ({ tokens, at, read }: State): boolean =>
  at === tokens.length || (at === tokens.length - 1 && tokens[at] === "segments" && read === 1);

function keyOf({ tokens, at, read }: State, ids: Map<readonly Token[], number>): string {
  const id = ids.get(tokens) ?? ids.size;
  ids.set(tokens, id);
  return `${id}.${at}.${read}`;
}
