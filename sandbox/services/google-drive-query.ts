import type { DriveFile } from "../data/google.ts";

/** Whether a file is one that a search is for. */
export type Filter = (file: DriveFile) => boolean;

const TOKEN = /\s*(?:(\(|\)|!=|<=|>=|=|<|>)|'((?:[^'\\]|\\.)*)'|([A-Za-z]+))/y;

type Token = { readonly word: string } | { readonly text: string };

/**
 * The `q` of a search, as far as it goes here: names, types, parents, times, `starred`, `trashed`, `sharedWithMe`, joined
 * by `and`, `or`, `not` and brackets; undefined for what is no search.
 * https://developers.google.com/workspace/drive/api/guides/ref-search-terms
 */
export function parseQuery(query: string, root: string): Filter | undefined {
  const tokens = tokensOf(query);
  if (tokens === undefined) return undefined;
  if (tokens.length === 0) return () => true;
  const reader = new Reader(tokens, root);
  const filter = reader.either();
  return reader.isAtEnd() ? filter : undefined;
}

function tokensOf(query: string): Token[] | undefined {
  const tokens: Token[] = [];
  const text = query.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, sign, quoted, word] = match;
    tokens.push(quoted === undefined ? { word: sign ?? word ?? "" } : { text: quoted.replace(/\\(.)/g, "$1") });
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #root: string;
  #at = 0;

  constructor(tokens: readonly Token[], root: string) {
    this.#tokens = tokens;
    this.#root = root;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Filter | undefined {
    let left = this.#both();
    while (left !== undefined && this.#takes("or")) left = joined(left, this.#both(), (one, other) => one || other);
    return left;
  }

  #both(): Filter | undefined {
    let left = this.#one();
    while (left !== undefined && this.#takes("and")) left = joined(left, this.#one(), (one, other) => one && other);
    return left;
  }

  #one(): Filter | undefined {
    if (this.#takes("not")) {
      const inner = this.#one();
      return inner === undefined ? undefined : (file) => !inner(file);
    }
    if (this.#takes("(")) {
      const inner = this.either();
      return this.#takes(")") ? inner : undefined;
    }
    return this.#term();
  }

  #term(): Filter | undefined {
    const first = this.#next();
    if (first === undefined) return undefined;
    if ("text" in first)
      return this.#takes("in") && this.#takes("parents") ? inFolder(first.text, this.#root) : undefined;
    if (first.word === "sharedWithMe" && !this.#is("=")) return (file) => file.shared && file.owners?.[0]?.me === false;
    const operator = this.#next();
    const value = this.#next();
    if (operator === undefined || value === undefined || "text" in operator) return undefined;
    return "text" in value
      ? textTerm(first.word, operator.word, value.text)
      : flagTerm(first.word, operator.word, value.word);
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  #is(word: string): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && "word" in token && token.word === word;
  }

  #takes(word: string): boolean {
    const found = this.#is(word);
    if (found) this.#at += 1;
    return found;
  }
}

function joined(left: Filter, right: Filter | undefined, join: (one: boolean, other: boolean) => boolean) {
  return right === undefined ? undefined : (file: DriveFile) => join(left(file), right(file));
}

function inFolder(folder: string, root: string): Filter {
  const id = folder === "root" ? root : folder;
  return (file) => file.parents?.includes(id) ?? false;
}

function textTerm(field: string, operator: string, value: string): Filter | undefined {
  const wanted = value.toLowerCase();
  if (operator === "contains" && (field === "name" || field === "fullText")) {
    // A name contains the beginnings of its words: "Hello" is found by "Hel", not by "lo".
    return ({ name }) => inWords(name.toLowerCase()).includes(inWords(wanted));
  }
  if (operator === "contains" && field === "mimeType") return ({ mimeType }) => mimeType.startsWith(wanted);
  if (field === "name" || field === "mimeType") {
    if (operator === "=") return (file) => file[field].toLowerCase() === wanted;
    return operator === "!=" ? (file) => file[field].toLowerCase() !== wanted : undefined;
  }
  if (field !== "modifiedTime" && field !== "createdTime") return undefined;
  const time = Date.parse(value);
  const compare = COMPARED[operator];
  return Number.isNaN(time) || compare === undefined ? undefined : (file) => compare(Date.parse(file[field]), time);
}

function inWords(text: string): string {
  return ` ${text}`.replace(/[^\p{L}\p{N}]+/gu, " ");
}

const COMPARED: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "=": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function flagTerm(field: string, operator: string, value: string): Filter | undefined {
  if ((field !== "starred" && field !== "trashed") || (value !== "true" && value !== "false")) return undefined;
  if (operator !== "=" && operator !== "!=") return undefined;
  return (file) => (file[field] === (value === "true")) === (operator === "=");
}
