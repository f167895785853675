/** What each test comes by, learned once for a test file and kept, outside the repository, while nothing it depends on changes. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { FilePlan } from "./plan.ts";
import type { FileRun, Session } from "./session.ts";

const Learned = z.object({
  /** Of the sources as they were. */
  sources: z.record(z.string(), z.string()),
  tests: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      took: z.number(),
      isOnce: z.boolean(),
      /** The changes it comes by, as their places among those of the file. */
      reached: z.record(z.string(), z.array(z.number())),
    }),
  ),
  /** Those that imports and hooks come by. */
  outside: z.record(z.string(), z.array(z.number())),
});
export type Learned = z.infer<typeof Learned>;

export interface Sources {
  /** Digests by file. */
  readonly digests: ReadonlyMap<string, string>;
  /** Where a number's change is, and back. */
  readonly place: (number: number) => readonly [file: string, index: number];
}

export function digest(...texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);
}

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "latchkey-changes");

function pathOf(test: string, ofTest: string): string {
  return join(cache, `${digest(test, ofTest)}.json`);
}

/** What was learned of a test file, where what it learned of these sources still holds; otherwise null. */
export async function recall(
  test: string,
  ofTest: string,
  files: ReadonlySet<string>,
  sources: Sources,
): Promise<Learned | null> {
  const text = await readFile(pathOf(test, ofTest), "utf8").catch(() => null);
  if (text === null) return null;
  const learned = Learned.safeParse(JSON.parse(text)).data ?? null;
  if (learned === null) return null;
  const reached = new Set([...learned.tests.map((one) => one.reached), learned.outside].flatMap(Object.keys));
  // A file that it did not come by may have changed: it hardly does now.
  const holds = (file: string): boolean =>
    learned.sources[file] === sources.digests.get(file) || (file in learned.sources && !reached.has(file));
  return [...files].every(holds) ? learned : null;
}

function byFile(numbers: Iterable<number>, { place }: Sources): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const number of numbers) {
    const [file, index] = place(number);
    (found[file] ??= []).push(index);
  }
  return found;
}

function toLearned({ tests }: FileRun, once: ReadonlySet<string>, sources: Sources): Learned {
  return {
    sources: Object.fromEntries(sources.digests),
    tests: tests
      .filter(({ state, found }) => state === "passed" && found !== null)
      .map(({ id, name, took, found }) => ({
        id,
        name,
        took,
        isOnce: once.has(id),
        reached: byFile(found?.reached ?? [], sources),
      })),
    outside: byFile(new Set(tests.flatMap(({ found }) => found?.before ?? [])), sources),
  };
}

/** Runs of a file until it is known which of its tests cannot be run twice; one that still fails is left out. */
const MOST_ROUNDS = 3;

/**
 * Runs the files unchanged, every test twice in a row, and keeps what they have shown.
 * @param until when it ends all the same, in milliseconds since 1970; what is known by then is not kept
 */
export async function learn(
  session: Session,
  tests: ReadonlyMap<string, string>,
  sources: Sources,
  until: number,
): Promise<ReadonlyMap<string, Learned>> {
  const learned = new Map<string, Learned>();
  const once = new Map<string, Set<string>>([...tests.keys()].map((test) => [test, new Set()]));
  for (let round = 1; round <= MOST_ROUNDS && once.size > 0; round += 1) {
    const plans = new Map<string, FilePlan>();
    for (const [test, ids] of once) plans.set(test, { learn: true, once: [...ids], fromStart: null, tests: {} });
    for (const [test, run] of await session.run(plans, until)) {
      const known = once.get(test) ?? new Set();
      const before = known.size;
      for (const { id, found } of run.tests) if (found?.isOnce) known.add(id);
      if (known.size > before && round < MOST_ROUNDS) continue;
      learned.set(test, toLearned(run, known, sources));
      once.delete(test);
    }
  }
  if (Date.now() >= until) return learned;
  for (const [test, known] of learned) {
    const path = pathOf(test, tests.get(test) ?? "");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(known));
  }
  return learned;
}
