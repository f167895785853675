/** What a change of the project touches: the lines that git says are new since a commit. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const FILE = /^\+\+\+ b\/(.+)$/;
const LINES = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/;

/** Lines by file, or null where there is no such commit here: a checkout without its history has none. */
export async function touchedSince(root: string, commit: string): Promise<ReadonlyMap<string, Set<number>> | null> {
  const git = promisify(execFile);
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
  const diff = await git("git", ["diff", "-U0", "--no-color", "--no-ext-diff", commit, "--"], options).catch(
    () => null,
  );
  if (diff === null) return null;
  const touched = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const line of diff.stdout.split("\n")) {
    const [, file] = FILE.exec(line) ?? [];
    if (file !== undefined) touched.set(file, (lines = new Set()));
    const [, first, count = "1"] = LINES.exec(line) ?? [];
    if (first !== undefined) for (let at = 0; at < Number(count); at += 1) lines.add(Number(first) + at);
  }
  return touched;
}
