/** What is told at the end: a table by folder, and each change that no test has noticed. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { changed, lineOf, type Change } from "./changes.ts";
import type { Judged } from "./judge.ts";

/** A change that makes no difference, found again by its text, which lasts when lines move. */
const Equivalent = z.strictObject({
  file: z.string(),
  /** The lines it is on as they are, without the space around them. */
  line: z.string(),
  /** And as they become. */
  becomes: z.string(),
  reason: z.string(),
});
export type Equivalent = z.infer<typeof Equivalent>;

/** None where there is no such file. @throws Error with the entry that is none */
export async function readEquivalents(path: string): Promise<readonly Equivalent[]> {
  return z.array(Equivalent).parse(JSON.parse(existsSync(path) ? await readFile(path, "utf8") : "[]"));
}

/** The lines a change is on, before and after it. */
function linesOf(change: Change, source: string): { line: string; becomes: string } {
  const from = source.lastIndexOf("\n", change.start - 1) + 1;
  const end = source.indexOf("\n", change.end);
  const until = end < 0 ? source.length : end;
  const after = changed(change, source);
  return { line: source.slice(from, until), becomes: after.slice(from, after.length - (source.length - until)) };
}

/** The reason why a change makes no difference, where one is known. */
export function reasonFor(change: Change, source: string, known: readonly Equivalent[]): string | null {
  const { line, becomes } = linesOf(change, source);
  const same = known.find(
    (one) => one.file === change.file && one.line === line.trim() && one.becomes === becomes.trim(),
  );
  return same?.reason ?? null;
}

/** A change as a difference of lines, under its place and what is known of it. */
export function shown({ change, verdict, tests }: Judged, source: string): string {
  const { line, becomes } = linesOf(change, source);
  const mark = (text: string, sign: string): string => (text === "" ? "" : text.replaceAll(/^/gm, `  ${sign} `));
  const known = {
    noticed: "noticed",
    survived: `passes ${tests} tests`,
    undecided: `passes ${tests} tests so far`,
    "not reached": "no test comes by it",
  }[verdict];
  return [`${change.file}:${lineOf(change, source)}  ${known}`, mark(line, "-"), mark(becomes, "+")]
    .filter(Boolean)
    .join("\n");
}

/** Where a file is counted: its folder, and a file that stands in none by itself. */
export function folderOf(file: string): string {
  const folder = file.slice(0, file.lastIndexOf("/"));
  return folder === "src" ? file : folder;
}

const HEAD = ["", "made", "noticed", "survived", "no difference", "undecided", "noticed of those tried"];

/** A table in Markdown. @param equivalent the numbers of those that make no difference */
export function table(judged: readonly Judged[], equivalent: ReadonlySet<number>): string {
  const row = (name: string, all: readonly Judged[]): string[] => {
    const real = all.filter(({ number }) => !equivalent.has(number));
    const noticed = real.filter(({ verdict }) => verdict === "noticed").length;
    const undecided = real.filter(({ verdict }) => verdict === "undecided").length;
    const untried = real.filter(({ verdict, tests }) => verdict === "undecided" && tests === 0).length;
    const tried = real.length - untried;
    // One that has passed its nearest tests is not noticed so far: the share can only grow.
    const share = tried === 0 ? "" : `${Math.floor((noticed / tried) * 100)} %`;
    const survived = real.length - noticed - undecided;
    return [name, all.length, noticed, survived, all.length - real.length, undecided, share].map(String);
  };
  const folders = Map.groupBy(judged, ({ change }) => folderOf(change.file));
  const rows = [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([folder, all]) => row(`\`${folder}\``, all));
  const lines = [HEAD, HEAD.map((_, column) => (column === 0 ? "---" : "--:")), ...rows, row("all", judged)];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
