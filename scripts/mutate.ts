/**
 * `npm run mutate [-- FILE…]`: makes small changes to the sources, one at a time and never in the working tree, and lists
 * those that no test notices. CONTRIBUTING.md says how its answer is read.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { changesOf, lineOf, type Change } from "./mutate/changes.ts";
import { compiling } from "./mutate/compiling.ts";
import { copyProject, filesOf } from "./mutate/copy.ts";
import { Judge } from "./mutate/judge.ts";
import { digest, type Sources } from "./mutate/learned.ts";
import { nearest } from "./mutate/nearness.ts";
import { readEquivalents, reasonFor, shown, table } from "./mutate/report.ts";
import { sampleOf } from "./mutate/sample.ts";
import { openSession } from "./mutate/session.ts";
import { switched } from "./mutate/switched.ts";
import { touchedSince } from "./mutate/touched.ts";

/** Rooms where a change is worth a test; files that only describe are in none of them. */
const ROOMS = ["connections", "oauth", "proxy", "apps", "middleware", "routes"].map((room) => `src/${room}/`);
const ALONE = ["src/crypto.ts"];

const USAGE = `Usage: npm run mutate -- [FILE or folder…] [options]
  --sample N        N changes, chosen evenly
  --seed S          chooses others (1)
  --since COMMIT    only lines that are new since then
  --at-most SECONDS ends by then, and says what is undecided
  --per-change SECONDS  test time that one change may take (20)
  --strict          fails where a change was not noticed`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    since: { type: "string" },
    "at-most": { type: "string" },
    "per-change": { type: "string", default: "20" },
    project: { type: "string", default: "workerd" },
    strict: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const root = process.cwd();
const until = values["at-most"] === undefined ? Infinity : Date.now() + Number(values["at-most"]) * 1000;

const isInRooms = (file: string): boolean => ALONE.includes(file) || ROOMS.some((room) => file.startsWith(room));

function isAsked(file: string): boolean {
  if (positionals.length === 0) return isInRooms(file);
  return positionals.some((asked) => file === asked || file.startsWith(`${asked.replace(/\/$/, "")}/`));
}

async function textsOf(files: readonly string[]): Promise<Map<string, string>> {
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), "utf8")] as const)),
  );
}

/** Those on lines that are new, where only these are asked for. @throws Error where there is no such commit */
async function ofTouched(changes: readonly Change[], sources: ReadonlyMap<string, string>): Promise<readonly Change[]> {
  if (values.since === undefined) return changes;
  const touched = await touchedSince(root, values.since);
  if (touched === null) {
    console.log(`There is no ${values.since} here to compare with, so there is nothing to try.`);
    return [];
  }
  return changes.filter((change) => touched.get(change.file)?.has(lineOf(change, sources.get(change.file) ?? "")));
}

async function mutate(): Promise<boolean> {
  const files = await filesOf(root);
  // All rooms are learned at once, whichever are asked for: what is learned then holds for the next time.
  const isSource = (file: string): boolean => file.endsWith(".ts") && !file.endsWith(".d.ts");
  const sources = await textsOf(files.filter((file) => isSource(file) && (isInRooms(file) || isAsked(file))));
  const all = [...sources].flatMap(([file, source]) => changesOf(file, source));
  const wanted = await ofTouched(
    all.filter(({ file }) => isAsked(file)),
    sources,
  );
  if (wanted.length === 0) {
    console.log("No change can be made there.");
    return true;
  }
  // A test that times out says nothing, and takes long: no test of its own takes half of this.
  const copy = await copyProject(root, files, values.project, 15_000);
  try {
    const chosen = await sampleOf(wanted, Number(values.sample ?? wanted.length), Number(values.seed), (some) =>
      compiling(copy, some, sources),
    );
    const numbers = new Map(all.map((change, number) => [change, number] as const));
    const firsts = new Map<string, number>();
    for (const [number, { file }] of all.entries()) if (!firsts.has(file)) firsts.set(file, number);
    for (const [file, source] of sources) {
      const own = all.flatMap((change, number) => (change.file === file ? { change, number } : []));
      await copy.write(file, switched(source, own));
    }
    const places: Sources = {
      digests: new Map([...sources].map(([file, source]) => [file, digest(source)])),
      place: (number) => {
        const file = all[number]?.file ?? "";
        return [file, number - (firsts.get(file) ?? 0)];
      },
    };
    const sourceOf = ({ file }: Change): string => sources.get(file) ?? "";
    const session = await openSession(copy);
    try {
      const tests = await textsOf(session.files);
      const support = await textsOf(
        files.filter((file) => /^(?:tests|sandbox)\/.+(?<!\.test)\.ts$/.test(file) || file === "vitest.config.ts"),
      );
      const ofSupport = digest(...[...support].flat());
      const orders = new Map([...sources.keys()].map((file) => [file, nearest(file, tests)]));
      const judged = await new Judge({
        session,
        changes: chosen.map((change) => [numbers.get(change) ?? 0, change]),
        sources: places,
        nearest: (file) => orders.get(file) ?? [],
        digestOf: (test) => digest(ofSupport, tests.get(test) ?? ""),
        perChange: Number(values["per-change"]) * 1000,
        until,
        say: (sentence) => console.error(sentence),
        missed: (one) => console.error(shown(one, sourceOf(one.change))),
      }).judge();
      const known = await readEquivalents(join(root, "scripts/mutate/equivalent.json"));
      const equivalent = new Set(
        judged
          .filter(({ verdict, change }) => verdict !== "noticed" && reasonFor(change, sourceOf(change), known) !== null)
          .map(({ number }) => number),
      );
      const listed = judged
        .filter(({ number, verdict, tests: passed }) => {
          if (equivalent.has(number)) return false;
          return verdict === "survived" || verdict === "not reached" || (verdict === "undecided" && passed > 0);
        })
        .toSorted((a, b) => a.number - b.number);
      for (const one of listed) console.log(`${shown(one, sourceOf(one.change))}\n`);
      console.log(table(judged, equivalent));
      return listed.every(({ verdict }) => verdict === "undecided");
    } finally {
      await session.close();
    }
  } finally {
    await copy.remove();
  }
}

if (values.help) console.log(USAGE);
else {
  const isClean = await mutate();
  // The tests that have failed on the way were meant to.
  process.exitCode = isClean || !values.strict ? 0 : 1;
}
