/**
 * Regular expressions that others write (ECMAScript, with `u`): what a typed value or a detail has to be, and which paths are
 * denied. An engine that goes back and forth may take for ever over one, and who writes it is not who waits. So before one is
 * taken, the steps are counted that it needs at most.
 */

/** Of a value that is held against a pattern. A private key of 4096 bits in PEM is 3.3 KB. */
const LONGEST_VALUE = 4096;
/** The longest address that reaches a Worker: https://developers.cloudflare.com/workers/platform/limits/#url-limits */
const LONGEST_PATH = 16_384;
/** Less than a tenth of a second; two parts that may share a value. */
const MOST_STEPS = 20_000_000;

/** Whether a value is what a pattern says, whole. */
export const matches = (pattern: string, value: string): boolean =>
  value.length <= LONGEST_VALUE && new RegExp(`^(?:${pattern})$`, "u").test(value);

/** Whether this is a regular expression that is quick on every value. */
export const isValuePattern = (pattern: string): boolean => isQuick(pattern, LONGEST_VALUE);

/** Whether this is a regular expression that is quick wherever in a path it is looked for. */
export const isPathPattern = (pattern: string): boolean =>
  // One that does not begin at the beginning is tried at each letter, as if anything stood before it.
  isQuick(/^\^[^|]*$/.test(withoutGroups(pattern)) ? pattern : `[^]*(?:${pattern})`, LONGEST_PATH);

function withoutGroups(pattern: string): string {
  const outside = pattern.replaceAll(/\([^()]*\)/g, "");
  return outside === pattern ? outside : withoutGroups(outside);
}

/** A letter, an escape, a class or one of `( (?: ) | ^ $ .`, and how often it may stand there. */
interface Piece {
  readonly atom: string;
  readonly quantifier: string;
}

const PIECE =
  /(?<atom>\\[pP]\{[^{}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|.)(?<quantifier>(?:[*+?]|\{\d+(?:,\d*)?\})\??)?/gsy;

const piecesOf = (pattern: string): Piece[] =>
  [...pattern.matchAll(PIECE)].map(({ groups: { atom = "", quantifier = "" } = {} }) => ({ atom, quantifier }));

function isQuick(pattern: string, longest: number): boolean {
  try {
    new RegExp(pattern, "u").test("");
  } catch {
    return false;
  }
  const pieces = piecesOf(pattern);
  return !pieces.some(isUncounted) && stepsOf(pieces, longest) <= MOST_STEPS;
}

/** What looks around or back, and a group that is repeated. */
const isUncounted = ({ atom, quantifier }: Piece): boolean =>
  (atom === "(" && quantifier !== "") ||
  (atom === ")" && quantifier !== "" && quantifier !== "?") ||
  /^\\[1-9k]/.test(atom);

/**
 * In how many ways the pieces can be gone through, at most: those of one part times those of the next, and of alternatives
 * together. A part that can end in one place only is gone through once in each of the ways before it.
 */
function stepsOf(pieces: readonly Piece[], longest: number): number {
  // Of each group that is open, the innermost first: the ways of its alternatives before, and of this one so far.
  let open: readonly Ways[] = [ONE_WAY];
  let steps = 1;
  for (const [index, { atom, quantifier }] of pieces.entries()) {
    const [group = ONE_WAY, outer = ONE_WAY, ...rest] = open;
    if (atom.startsWith("(")) open = [ONE_WAY, ...open];
    else if (atom === "|") open = [{ before: group.before + group.now, now: 1 }, ...open.slice(1)];
    else if (atom === ")") {
      const ways = group.before + group.now + (quantifier === "" ? 0 : 1);
      open = [{ ...outer, now: outer.now * ways }, ...rest];
    } else {
      const lengths = lengthsOf(quantifier, longest);
      steps = Math.max(steps, lengths * product(open));
      if (!endsSurely(atom, pieces[index + 1])) open = [{ ...group, now: group.now * lengths }, ...open.slice(1)];
    }
    steps = Math.max(steps, product(open));
  }
  return steps;
}

interface Ways {
  readonly before: number;
  readonly now: number;
}

const ONE_WAY: Ways = { before: 0, now: 1 };

const product = (open: readonly Ways[]): number => open.reduce((ways, { before, now }) => ways * (before + now), 1);

/** How many lengths a part may have. */
function lengthsOf(quantifier: string, longest: number): number {
  if (quantifier === "") return 1;
  if (quantifier.startsWith("?")) return 2;
  const [, least, comma = "", most = ""] = /^\{(\d+)(?:(,)(\d*))?\}/.exec(quantifier) ?? [];
  if (least === undefined || (comma === "," && most === "")) return longest;
  return Math.min(comma === "" ? 1 : Number(most) - Number(least) + 1, longest);
}

/** Whether a part ends in one place only: at the end, or at a letter that it cannot have itself. */
function endsSurely(atom: string, next: Piece | undefined): boolean {
  if (next === undefined || next.atom === "$") return true;
  const [letter = next.atom] = /^\\([^a-z0-9])$|^\[([^\\^])\]$/i.exec(next.atom)?.slice(1).filter(Boolean) ?? [];
  const isLetter =
    next.quantifier === "" && letter.length === 1 && (letter !== next.atom || !/[\\^$.|()[\]]/.test(letter));
  return isLetter && !new RegExp(`^${atom}$`, "iu").test(letter);
}
