/** Which changes the compiler lets pass: one that it refuses is noticed before any test. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { changed, type Change } from "./changes.ts";
import type { Copy } from "./copy.ts";

/** A name that a change has left unused says nothing of its effect. */
const LOOSER = ["--noEmit", "--noUnusedLocals", "false", "--noUnusedParameters", "false", "--pretty", "false"];

const OF_SYNTAX = /: error TS1\d{3}:/;

const OF_A_CHANGE = /^(.+)\.change-(\d+)\.ts\(/;

/** Where a file stands beside its original, so that its imports find the same. */
const beside = (file: string, number: number): string => `${file.replace(/\.ts$/, "")}.change-${number}.ts`;

/**
 * Checks all of them in one go, each as a file of its own beside the original.
 * @param sources the originals' texts by file
 * @returns those that compile, in their order
 */
export async function compiling(
  copy: Copy,
  changes: readonly Change[],
  sources: ReadonlyMap<string, string>,
): Promise<readonly Change[]> {
  // With a file that cannot be parsed the compiler looks no further: without it, it does.
  const written = changes.map(({ file }, number) => beside(file, number));
  for (const [number, change] of changes.entries()) {
    await copy.write(beside(change.file, number), changed(change, sources.get(change.file) ?? ""));
  }
  const refused = new Set<string>();
  for (let isParsed = false; !isParsed;) {
    const said = await new Promise<string>((resolve) => {
      const compiler = join(copy.path, "node_modules/typescript/bin/tsc");
      const options = { cwd: copy.path, maxBuffer: 256 * 1024 * 1024 };
      execFile(process.execPath, [compiler, "-p", ".", ...LOOSER], options, (_error, stdout) => resolve(stdout));
    });
    isParsed = true;
    for (const line of said.split("\n")) {
      const [, file, number = ""] = OF_A_CHANGE.exec(line) ?? [];
      if (file === undefined) continue;
      refused.add(number);
      if (!OF_SYNTAX.test(line)) continue;
      isParsed = false;
      await rm(join(copy.path, beside(`${file}.ts`, Number(number))), { force: true });
    }
  }
  for (const file of written) await rm(join(copy.path, file), { force: true });
  return changes.filter((_change, number) => !refused.has(String(number)));
}
