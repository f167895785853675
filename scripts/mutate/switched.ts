/**
 * A source file with all its changes in it at once, each behind a switch: `$change(12)` says whether it is the one that is
 * on. So nothing is compiled between two changes, and a run without any tells which ones each test comes by.
 */
import type { Change } from "./changes.ts";
import { places, type Node } from "./syntax.ts";

interface Numbered {
  readonly number: number;
  readonly change: Change;
}

interface Region {
  readonly start: number;
  readonly end: number;
  readonly isStatement: boolean;
  readonly switches: readonly (readonly [number: number, text: string])[];
  /** Written before it: the name of a property that was spelled by its value alone. */
  readonly before: string;
}

/** Without a test runner that knows of changes there are none. One line, so that lines stay what they were. */
const SWITCH = "const $change = globalThis.$change ?? (() => false); ";

/** Where the value of a name is read; false where a name of that spelling is something else. */
function isRead(node: Node, parent: Node): boolean {
  if (parent["id"] === node) return false;
  if (parent.type === "MemberExpression" && parent["property"] === node) return parent["computed"] === true;
  if (parent.type === "Property" && parent["key"] === node) return parent["shorthand"] === true;
  return !parent.type.startsWith("Export") && !parent.type.startsWith("Import") && parent["key"] !== node;
}

/** Wherever the changed constants are read. */
function reads(source: string, changes: readonly Numbered[]): Region[] {
  const regions: Region[] = [];
  for (const { node, parents } of places(source)) {
    const [parent] = parents;
    if (node.type !== "Identifier" || parent === undefined || !isRead(node, parent)) continue;
    const name = String(node["name"]);
    const own = changes.filter(({ change }) => change.constant === name);
    if (own.length === 0 || regions.some(({ start }) => start === node.start)) continue;
    const switches = own.map(({ number, change }) => [number, valueWith(change, source)] as const);
    const before = parent.type === "Property" && parent["shorthand"] === true ? `${name}: ` : "";
    regions.push({ start: node.start, end: node.end, isStatement: false, switches, before });
  }
  return regions;
}

/** The value of a module's constant with a change in it. */
function valueWith(change: Change, source: string): string {
  const value = places(source).find(
    ({ node, parents: [parent] }) =>
      parent?.type === "VariableDeclarator" &&
      parent["init"] === node &&
      node.start <= change.start &&
      change.end <= node.end,
  )?.node;
  if (value === undefined) throw new Error(`No constant has the value that ${change.file} changes.`);
  return source.slice(value.start, change.start) + change.to + source.slice(change.end, value.end);
}

/** Whether all that reads a constant is in its own file. */
function isOwn(name: string, source: string): boolean {
  return !new RegExp(`\\bexport (?:const|\\{[^}]*)\\s*\\b${name.replaceAll("$", "\\$")}\\b`).test(source);
}

function regionsOf(source: string, changes: readonly Numbered[]): readonly Region[] {
  const owned = changes.filter(({ change }) => change.constant !== null && isOwn(change.constant, source));
  const inPlace = new Map<string, Numbered[]>();
  for (const numbered of changes) {
    if (owned.includes(numbered)) continue;
    const key = `${numbered.change.start} ${numbered.change.end}`;
    inPlace.set(key, [...(inPlace.get(key) ?? []), numbered]);
  }
  const regions = [...inPlace.values()].flatMap((together): Region[] => {
    const [first] = together;
    if (first === undefined) return [];
    const { start, end, isStatement } = first.change;
    const switches = together.map(({ number, change }) => [number, change.to] as const);
    return [{ start, end, isStatement, switches, before: "" }];
  });
  // The outer one first: what is inside it is switched inside its unchanged text.
  return [...regions, ...reads(source, owned)].toSorted((a, b) => a.start - b.start || b.end - a.end);
}

/** The source with its changes behind switches. Lines keep their numbers. */
export function switched(source: string, changes: readonly Numbered[]): string {
  if (changes.length === 0) return source;
  const waiting = [...regionsOf(source, changes)];
  const render = (start: number, end: number): string => {
    let text = "";
    let at = start;
    while (waiting[0] !== undefined && waiting[0].end <= end) {
      const region = waiting.shift();
      if (region === undefined) break;
      text += source.slice(at, region.start);
      const inner = render(region.start, region.end);
      const on = region.switches.map(([number, to]) => `$change(${number}) ? (${to}) : `).join("");
      const [[number] = [0]] = region.switches;
      text += region.isStatement ? `{ if (!$change(${number})) ${inner} }` : `${region.before}(${on}${inner})`;
      at = region.end;
    }
    return text + source.slice(at, end);
  };
  return SWITCH + render(0, source.length);
}
