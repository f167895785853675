/** JSON over several lines. Nothing is read and written anew: a name that stands twice, a long number or an escape stays what it is. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;
const INDENT = "  ";
/** Deeper than that, lines begin no further to the right. */
const MOST_INDENT = 24;

export interface JsonLayout {
  readonly text: string;
  /** Names that stand more than once in one object, as they are written: which of them counts is for the service to say. */
  readonly doubled: readonly string[];
}

/** The tokens as they are written, one member a line; null where it is no JSON. */
export function layOut(json: string): JsonLayout | null {
  try {
    JSON.parse(json);
  } catch {
    return null;
  }
  const tokens = json.match(TOKEN) ?? [];
  const lines: string[] = [];
  /** The names of each object that is open; those of a list stay none. */
  const open: Set<unknown>[] = [];
  const doubled = new Set<string>();
  let line = "";
  const end = () => {
    lines.push(line);
    line = INDENT.repeat(Math.min(open.length, MOST_INDENT));
  };
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1] ?? "";
    if (token === "{" || token === "[") {
      if (before === "{" || before === "[") end();
      line += token;
      open.push(new Set());
    } else if (token === "}" || token === "]") {
      open.pop();
      if (before !== "{" && before !== "[") end();
      line += token;
    } else if (token === ",") {
      line += token;
      end();
    } else if (token === ":") {
      const name: unknown = JSON.parse(before);
      if (open.at(-1)?.has(name)) doubled.add(before);
      open.at(-1)?.add(name);
      line += ": ";
    } else {
      if (before === "{" || before === "[") end();
      line += token;
    }
  }
  lines.push(line);
  return { text: lines.join("\n"), doubled: [...doubled] };
}
