/**
 * The doc comments of the shapes: what a field means is written once, where it is declared. They are read out of the sources
 * because a comment costs the Worker nothing, and a description in a schema would be in its bundle.
 */
import { readFileSync } from "node:fs";
import { Visitor, parseSync } from "rolldown/utils";

/** What the comments of one source say: of `Connection` under that name, of its field `label` under `Connection.label`. */
export function docComments(file: URL): ReadonlyMap<string, string> {
  const source = readFileSync(file, "utf8");
  const { program, comments, errors } = parseSync(file.pathname, source);
  if (errors.length > 0) throw new TypeError(`${file.pathname} cannot be read`);
  const found = new Map<string, string>();
  /** Notes the doc comment that stands right before what begins at `start`. */
  const note = (name: string, start: number): void => {
    const last = comments.findLast(({ end }) => end <= start);
    const isIts = last?.type === "Block" && last.value.startsWith("*") && source.slice(last.end, start).trim() === "";
    if (isIts) found.set(name, toText(last.value));
  };
  const path: string[] = [];
  let statement = 0;
  new Visitor({
    ExportNamedDeclaration: ({ start }) => {
      statement = start;
    },
    VariableDeclarator: ({ id }) => {
      if (id.type !== "Identifier") return;
      path.push(id.name);
      note(id.name, statement);
    },
    "VariableDeclarator:exit": ({ id }) => {
      if (id.type === "Identifier") path.pop();
    },
    Property: ({ key, start }) => {
      path.push(key.type === "Identifier" ? key.name : "");
      note(path.join("."), start);
    },
    "Property:exit": () => {
      path.pop();
    },
  }).visit(program);
  return found;
}

/** The comment as one paragraph, but for its list, whose points stay apart. */
function toText(comment: string): string {
  const lines = comment
    .slice(1)
    .split("\n")
    .map((line) => line.trim().replace(/^\* ?/, ""));
  return lines
    .join("\n")
    .trim()
    .replaceAll(/\n(?!- )/g, " ");
}
