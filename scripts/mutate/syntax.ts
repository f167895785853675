/** A source file's syntax tree, as far as changes need it: ESTree nodes that are walked without knowing all their kinds. */
import { parseAst } from "vitest/node";

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A node with what it stands in, the nearest first. */
export interface Place {
  readonly node: Node;
  readonly parents: readonly Node[];
}

/** Wrappers of TypeScript's that hold an expression; everything else of its is types, which do not run. */
const WRAPPERS = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"]);

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value &&
    "end" in value
  );
}

/** The node in one of a node's fields. */
export function child(node: Node, field: string): Node | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

/** The nodes in one of a node's fields that is a list. */
export function children(node: Node, field: string): readonly Node[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Whether code in it runs when it is called, not where it stands. */
export function isFunction(node: Node): boolean {
  return FUNCTIONS.has(node.type);
}

function isType(node: Node): boolean {
  return node.type.startsWith("TS") && !WRAPPERS.has(node.type);
}

/** Every node that runs, those around a node before it. @throws SyntaxError where the source is none */
export function places(source: string): readonly Place[] {
  const found: Place[] = [];
  const visit = (node: Node, parents: readonly Node[]): void => {
    if (isType(node)) return;
    found.push({ node, parents });
    const around = [node, ...parents];
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) {
        for (const part of value) if (isNode(part)) visit(part, around);
      } else if (isNode(value)) {
        visit(value, around);
      }
    }
  };
  const program: unknown = parseAst(source, { lang: "ts", astType: "ts" });
  if (!isNode(program)) throw new SyntaxError("A parsed source is a node.");
  visit(program, []);
  return found;
}
