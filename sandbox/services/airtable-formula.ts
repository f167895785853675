/** What a cell or a part of a formula comes to. */
export type Value = string | number | boolean | null;

/** Takes a formula for one row. */
export type Formula = (cells: Readonly<Record<string, unknown>>, recordId: string) => Value;

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\{([^}]+)\}|(<=|>=|!=|[=<>&+\-*/(),])|(\w+))/y;

type Token =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "sign" | "name"; readonly text: string };

const isTrue = (value: Value): boolean => value !== null && value !== false && value !== 0 && value !== "";
const toText = (value: Value): string => (value === null ? "" : String(value));
const toNumber = (value: Value): number => (value === null ? 0 : Number(value));

const FUNCTIONS: Readonly<Record<string, (...given: Value[]) => Value>> = {
  AND: (...given) => given.every(isTrue),
  OR: (...given) => given.some(isTrue),
  NOT: (value = null) => !isTrue(value),
  IF: (test = null, yes = null, no = null) => (isTrue(test) ? yes : no),
  BLANK: () => null,
  TRUE: () => true,
  FALSE: () => false,
  LOWER: (text = null) => toText(text).toLowerCase(),
  UPPER: (text = null) => toText(text).toUpperCase(),
  TRIM: (text = null) => toText(text).trim(),
  LEN: (text = null) => toText(text).length,
  FIND: (wanted = null, text = null) => toText(text).indexOf(toText(wanted)) + 1,
  SEARCH: (wanted = null, text = null) => {
    const at = toText(text).toLowerCase().indexOf(toText(wanted).toLowerCase());
    return at < 0 ? null : at + 1;
  },
};

const SIGNS: readonly (readonly string[])[] = [["=", "!=", "<", ">", "<=", ">="], ["&"], ["+", "-"], ["*", "/"]];

const isEqual = (left: Value, right: Value): boolean =>
  left === right || (!isTrue(left) && !isTrue(right)) || toText(left) === toText(right);

const APPLY: Readonly<Record<string, (left: Value, right: Value) => Value>> = {
  "=": isEqual,
  "!=": (left, right) => !isEqual(left, right),
  "<": (left, right) => toNumber(left) < toNumber(right),
  ">": (left, right) => toNumber(left) > toNumber(right),
  "<=": (left, right) => toNumber(left) <= toNumber(right),
  ">=": (left, right) => toNumber(left) >= toNumber(right),
  "&": (left, right) => toText(left) + toText(right),
  "+": (left, right) => toNumber(left) + toNumber(right),
  "-": (left, right) => toNumber(left) - toNumber(right),
  "*": (left, right) => toNumber(left) * toNumber(right),
  "/": (left, right) => toNumber(left) / toNumber(right),
};

/** A formula with the common operators and functions, or what is wrong with it. https://support.airtable.com/docs/formula-field-reference */
export function parseFormula(text: string, hasField: (name: string) => boolean): Formula | { problem: string } {
  const tokens = tokensOf(text);
  if (tokens === undefined) return { problem: "The formula for filtering records is invalid." };
  const parser = new Parser(tokens, hasField);
  const formula = parser.binary(0);
  if (formula === undefined || !parser.isDone) return { problem: parser.problem };
  return formula;
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (found === null) return undefined;
    const [, number, double, single, field, sign, name] = found;
    const quoted = double ?? single;
    if (number !== undefined) tokens.push({ kind: "value", value: Number(number) });
    else if (quoted !== undefined) tokens.push({ kind: "value", value: quoted.replace(/\\(.)/g, "$1") });
    else if (field !== undefined) tokens.push({ kind: "field", name: field });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else tokens.push({ kind: "name", text: name ?? "" });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #hasField: (name: string) => boolean;
  #at = 0;
  problem = "The formula for filtering records is invalid.";

  constructor(tokens: readonly Token[], hasField: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#hasField = hasField;
  }

  get isDone(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Operators from those that bind least on, each to the left. */
  binary(level: number): Formula | undefined {
    const signs = SIGNS[level];
    if (signs === undefined) return this.#single();
    let left = this.binary(level + 1);
    for (let sign = this.#sign(signs); left !== undefined && sign !== undefined; sign = this.#sign(signs)) {
      const [first, second, apply] = [left, this.binary(level + 1), APPLY[sign]];
      left = second && apply && ((cells, id) => apply(first(cells, id), second(cells, id)));
    }
    return left;
  }

  #sign(wanted: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at];
    if (next?.kind !== "sign" || !wanted.includes(next.text)) return undefined;
    this.#at += 1;
    return next.text;
  }

  #single(): Formula | undefined {
    if (this.#sign(["-"]) !== undefined) {
      const inner = this.#single();
      return inner && ((cells, id) => -toNumber(inner(cells, id)));
    }
    if (this.#sign(["("]) !== undefined) {
      const inner = this.binary(0);
      return this.#sign([")"]) === undefined ? undefined : inner;
    }
    const next = this.#tokens[this.#at];
    this.#at += 1;
    if (next?.kind === "value") return () => next.value;
    if (next?.kind === "field") return this.#field(next.name);
    if (next?.kind !== "name") return undefined;
    return this.#sign(["("]) === undefined ? this.#field(next.text) : this.#call(next.text.toUpperCase());
  }

  #field(name: string): Formula | undefined {
    if (!this.#hasField(name)) {
      this.problem = `The formula for filtering records is invalid: Unknown field names: ${name.toLowerCase()}`;
      return undefined;
    }
    return (cells) => cellValue(cells[name]);
  }

  #call(name: string): Formula | undefined {
    const given: Formula[] = [];
    while (this.#sign([")"]) === undefined) {
      const next = this.binary(0);
      if (next === undefined) return undefined;
      given.push(next);
      if (this.#sign([","]) === undefined && this.#tokens[this.#at] === undefined) return undefined;
    }
    if (name === "RECORD_ID") return (_cells, id) => id;
    const apply = FUNCTIONS[name];
    return apply && ((cells, id) => apply(...given.map((formula) => formula(cells, id))));
  }
}

function cellValue(cell: unknown): Value {
  if (typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean") return cell;
  return cell === undefined || cell === null ? null : JSON.stringify(cell);
}

/** Whether a row passes. */
export function passes(formula: Formula, cells: Readonly<Record<string, unknown>>, recordId: string): boolean {
  return isTrue(formula(cells, recordId));
}
