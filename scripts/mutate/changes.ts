/**
 * The changes that a careless hand could make to a source file, one at a time: a condition that always or never holds, a
 * clause or a call left out, a comparison turned, a constant changed.
 */
import { child, children, isFunction, places, type Node, type Place } from "./syntax.ts";

export interface Change {
  /** From the project's folder, with slashes. */
  readonly file: string;
  /** What is replaced: from and until, in UTF-16 units of the file. */
  readonly start: number;
  readonly end: number;
  /** What stands there, and what comes in its place. */
  readonly from: string;
  readonly to: string;
  /** Whether it is a whole statement that is left out; otherwise it is an expression. */
  readonly isStatement: boolean;
  /** The module's own constant whose value is changed: the change then takes effect wherever the constant is read. */
  readonly constant: string | null;
}

type Replaced = readonly [node: Node, to: string];

const TURNED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
};

const LEFT_OUT = new Set(["ThrowStatement", "ReturnStatement", "ContinueStatement", "BreakStatement"]);
const HELD_BY_STATEMENTS = new Set(["IfStatement", "WhileStatement", "DoWhileStatement", "ForStatement"]);

/** A clause of an SQL condition; always true, it still takes its parameter. */
const CLAUSE = /\b[\w.]+ (?:(?:=|<>|<=|>=|<|>) (?:\?\d*|'[^']*'|\d+)|IS (?:NOT )?NULL)/gi;

/** A number that is another one in every respect: not the next, which a limit hardly tells from itself. */
function another(value: number): string {
  if (value === 0) return "1";
  return value === 1 ? "2" : String(value * 4);
}

/** Whether a number is a factor of a product of numbers, which is changed once, as a whole. */
function isProduct(node: Node): boolean {
  const isFactor = (side: Node | null): boolean =>
    side !== null && (typeof side["value"] === "number" || isProduct(side));
  return (
    node.type === "BinaryExpression" &&
    node["operator"] === "*" &&
    isFactor(child(node, "left")) &&
    isFactor(child(node, "right"))
  );
}

/** Whether it returns nothing, where the function ends without it as well. */
function isEmptyEnd({ node, parents }: Place): boolean {
  const value = child(node, "argument");
  if (node.type !== "ReturnStatement" || (value !== null && value["name"] !== "undefined")) return false;
  let inner = node;
  for (const around of parents) {
    if (isFunction(around)) return true;
    const statements = children(around, "body");
    if (statements.length > 0 && statements.at(-1) !== inner) return false;
    if (!["BlockStatement", "TryStatement", "CatchClause"].includes(around.type)) return false;
    inner = around;
  }
  return false;
}

/** What a condition becomes: it always holds, or never. */
function held(condition: Node | null, values: readonly string[]): Replaced[] {
  if (condition === null || condition.type === "Literal") return [];
  return values.map((value) => [condition, value]);
}

function withoutClause(node: Node, source: string): Replaced[] {
  const text = source.slice(node.start, node.end);
  const where = text.search(/\bWHERE\b/);
  if (where < 0) return [];
  const replaced: Replaced[] = [];
  for (const { 0: clause, index } of text.slice(where).matchAll(CLAUSE)) {
    const at = where + index;
    replaced.push([node, `${text.slice(0, at)}(${clause} OR 1)${text.slice(at + clause.length)}`]);
  }
  return replaced;
}

function ofLiteral({ node, parents: [parent] }: Place, source: string): Replaced[] {
  const value = node["value"];
  if (parent === undefined || (parent["key"] === node && parent["computed"] !== true)) return [];
  if (parent.type.startsWith("Import") || parent.type.startsWith("Export")) return [];
  if (typeof value === "boolean") return [[node, String(!value)]];
  if (typeof value === "number") return isProduct(parent) ? [] : [[node, another(value)]];
  return typeof value === "string" ? withoutClause(node, source) : [];
}

function ofList(node: Node, source: string): Replaced[] {
  const elements = children(node, "elements");
  if (!elements.every(({ type, value }) => type === "Literal" && typeof value === "string")) return [];
  return elements.map((left) => {
    const others = elements.filter((element) => element !== left);
    return [node, `[${others.map(({ start, end }) => source.slice(start, end)).join(", ")}]`];
  });
}

function ofStatement(node: Node): Replaced[] {
  const expression = child(node, "expression");
  if (node["directive"] !== undefined && node["directive"] !== null) return [];
  const called = expression?.type === "CallExpression" ? child(expression, "callee") : null;
  return called?.type === "Super" ? [] : [[node, ""]];
}

/** Each change to one node, from the outermost to the innermost. */
function ofNode(place: Place, source: string): Replaced[] {
  const { node, parents } = place;
  const text = (part: Node | null) => (part === null ? "" : source.slice(part.start, part.end));
  const [left, right] = [child(node, "left"), child(node, "right")];
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return held(child(node, "test"), ["true", "false"]);
    case "WhileStatement":
    case "ForStatement":
      return held(child(node, "test"), ["false"]);
    case "LogicalExpression":
      return [
        [node, text(left)],
        [node, text(right)],
      ];
    case "UnaryExpression":
      return node["operator"] === "!" ? [[node, text(child(node, "argument"))]] : [];
    case "BinaryExpression": {
      if (isProduct(node)) return parents[0] && isProduct(parents[0]) ? [] : [[node, `${text(node)} * 4`]];
      const turned = TURNED[String(node["operator"])];
      return turned === undefined ? [] : [[node, `${text(left)} ${turned} ${text(right)}`]];
    }
    case "Literal":
      return ofLiteral(place, source);
    case "TemplateLiteral":
      return withoutClause(node, source);
    case "ArrayExpression":
      return ofList(node, source);
    case "ExpressionStatement":
      return ofStatement(node);
    default:
      return LEFT_OUT.has(node.type) && !isEmptyEnd(place) ? [[node, ""]] : [];
  }
}

/** The module's constant in whose value a node stands, where nothing else of the project reads it. */
function constantAround({ node, parents }: Place): string | null {
  const around = parents.findIndex(({ type }) => type === "VariableDeclarator");
  const [declarator, declaration, scope] = parents.slice(around);
  if (around < 0 || scope?.type !== "Program" || declaration?.["kind"] !== "const") return null;
  if (isFunction(node) || parents.slice(0, around).some(isFunction)) return null;
  const name = declarator && child(declarator, "id");
  return name?.type === "Identifier" ? String(name["name"]) : null;
}

/** The text a statement is replaced by. */
function leftOut({ parents: [parent] }: Place): string {
  return parent && HELD_BY_STATEMENTS.has(parent.type) ? "{}" : "";
}

/**
 * Every change to a source file, in the order of its text. What two of them have in common (a condition that never holds and
 * its comparison turned) is made twice; what changes nothing (`true` for `true`) never.
 * @throws SyntaxError where the source is none
 */
export function changesOf(file: string, source: string): readonly Change[] {
  const changes: Change[] = [];
  const seen = new Set<string>();
  for (const place of places(source)) {
    for (const [{ start, end, type }, to] of ofNode(place, source)) {
      const key = `${start} ${end} ${to}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const isStatement = to === "" && type.endsWith("Statement");
      changes.push({
        file,
        start,
        end,
        from: source.slice(start, end),
        to: isStatement ? leftOut(place) : to,
        isStatement,
        constant: isStatement ? null : constantAround(place),
      });
    }
  }
  return changes.toSorted((one, other) => one.start - other.start || other.end - one.end);
}

/** The line a change is on, from 1. */
export function lineOf({ start }: Change, source: string): number {
  return source.slice(0, start).split("\n").length;
}

/** The file with the change made. */
export function changed({ start, end, to }: Change, source: string): string {
  return source.slice(0, start) + to + source.slice(end);
}
