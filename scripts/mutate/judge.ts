/**
 * Finds out which changes the tests notice. Each is asked of its nearest test files first, and a file is run once for all the
 * changes that wait for it: a test of its own run for each of those it comes by.
 */
import type { Change } from "./changes.ts";
import { learn, recall, type Learned, type Sources } from "./learned.ts";
import type { FilePlan } from "./plan.ts";
import type { FileRun, Session } from "./session.ts";

export type Verdict = "noticed" | "survived" | "not reached" | "undecided";

export interface Judged {
  readonly number: number;
  readonly change: Change;
  verdict: Verdict;
  /** The test that noticed it. */
  by: string | null;
  /** How many tests it has survived. */
  tests: number;
}

export interface Question {
  readonly session: Session;
  readonly changes: readonly (readonly [number: number, change: Change])[];
  readonly sources: Sources;
  /** The test files in the order they are asked about a source file. */
  readonly nearest: (file: string) => readonly string[];
  /** A digest of a test file and all that it depends on but the sources. */
  readonly digestOf: (test: string) => string;
  /** Milliseconds, and when to end in those of Date.now(). */
  readonly perChange: number;
  readonly until: number;
  readonly say: (sentence: string) => void;
  /** Is told of each that no test has noticed, as soon as that is known. */
  readonly missed: (judged: Judged) => void;
}

/** Files run together, as many as the project runs at once. */
const TOGETHER = 2;
/** Files a change is asked of, of those that come by it. */
const MOST_FILES = 6;
/** Of these it is on from the first import, and the whole file is run for it alone. */
const MOST_ALONE = 3;
/** One run takes at most so long, as far as is known beforehand. */
const RUN_MS = 120_000;
const MOST_TRIES = 3;

class Waiting {
  readonly judged: Judged;
  readonly files: string[];
  /** Files whose imports, hooks or tests that run once come by it. */
  readonly alone: string[] = [];
  left: number;
  asked = 0;
  tries = 0;
  isTold = false;

  constructor(number: number, change: Change, files: readonly string[], left: number) {
    this.judged = { number, change, verdict: "not reached", by: null, tests: 0 };
    this.files = [...files];
    this.left = left;
  }

  get isOpen(): boolean {
    return this.judged.verdict !== "noticed";
  }

  get isLeft(): boolean {
    return this.files.length > 0 || this.alone.length > 0;
  }

  notice(test: string): void {
    this.judged.verdict = "noticed";
    this.judged.by = test;
  }

  /** Has been run with tests, and they passed. */
  survive(tests: number): void {
    this.judged.tests += tests;
    if (this.isOpen) this.judged.verdict = "survived";
  }
}

export class Judge {
  readonly #question: Question;
  readonly #waiting: readonly Waiting[];
  readonly #learned = new Map<string, Learned>();
  readonly #files: ReadonlySet<string>;

  constructor(question: Question) {
    this.#question = question;
    this.#waiting = question.changes.map(
      ([number, change]) => new Waiting(number, change, question.nearest(change.file), question.perChange),
    );
    this.#files = new Set(question.changes.map(([, { file }]) => file));
  }

  /** Asks until all are judged or the time is up. */
  async judge(): Promise<readonly Judged[]> {
    while (this.#hasTime() && (await this.#askNext())) this.#tellMissed();
    await this.#askAlone();
    this.#tellMissed();
    for (const waiting of this.#waiting) if (waiting.isOpen && waiting.isLeft) waiting.judged.verdict = "undecided";
    return this.#waiting.map(({ judged }) => judged);
  }

  /** Those that have just been decided, so that nobody has to wait for the last. */
  #tellMissed(): void {
    for (const waiting of this.#waiting) {
      if (!waiting.isOpen || waiting.isLeft || waiting.isTold) continue;
      waiting.isTold = true;
      this.#question.missed(waiting.judged);
    }
  }

  #hasTime(): boolean {
    return Date.now() < this.#question.until;
  }

  /** Runs those files that most changes wait for. @returns whether any was waited for */
  async #askNext(): Promise<boolean> {
    const byFile = new Map<string, Waiting[]>();
    for (const waiting of this.#waiting) {
      const [file] = waiting.files;
      if (file !== undefined && waiting.isOpen) byFile.set(file, [...(byFile.get(file) ?? []), waiting]);
    }
    if (byFile.size === 0) return false;
    const chosen = [...byFile].toSorted(([, a], [, b]) => b.length - a.length).slice(0, TOGETHER);
    await this.#learn(chosen.map(([file]) => file));
    const plans = new Map<string, FilePlan>();
    for (const [file, all] of chosen) {
      const tests = this.#planFor(file, all);
      if (Object.keys(tests).length > 0) plans.set(file, { learn: false, once: [], fromStart: null, tests });
    }
    if (plans.size === 0) return true;
    this.#say(plans);
    for (const [file, run] of await this.#run(plans)) this.#take(file, run, plans.get(file)?.tests ?? {});
    return true;
  }

  #say(plans: ReadonlyMap<string, FilePlan>): void {
    const open = this.#waiting.filter(({ isOpen }) => isOpen).length;
    const parts = [...plans].map(([file, { tests }]) => `${new Set(Object.values(tests).flat()).size} with ${file}`);
    this.#question.say(`${open} of ${this.#waiting.length} changes are open; ${parts.join(", ")}`);
  }

  async #run(plans: ReadonlyMap<string, FilePlan>): Promise<ReadonlyMap<string, FileRun>> {
    return this.#question.session.run(plans, this.#question.until);
  }

  async #learn(files: readonly string[]): Promise<void> {
    const { session, sources, digestOf, until } = this.#question;
    const unknown = new Map<string, string>();
    for (const file of files) {
      if (this.#learned.has(file)) continue;
      const known = await recall(file, digestOf(file), this.#files, sources);
      if (known === null) unknown.set(file, digestOf(file));
      else this.#learned.set(file, known);
    }
    if (unknown.size === 0) return;
    this.#question.say(`Learning what is reached by ${[...unknown.keys()].join(", ")}`);
    for (const [file, known] of await learn(session, unknown, sources, until)) this.#learned.set(file, known);
  }

  /** The tests of a file that come by the changes, the quickest first, as far as their time goes. */
  #planFor(file: string, all: readonly Waiting[]): Record<string, number[]> {
    const tests: Record<string, number[]> = {};
    const known = this.#learned.get(file);
    let total = 0;
    for (const waiting of all) {
      if (total > RUN_MS) break;
      waiting.files.shift();
      const [source, index] = this.#question.sources.place(waiting.judged.number);
      const isReached = (reached: Learned["outside"]): boolean => reached[source]?.includes(index) ?? false;
      const reaching = (known?.tests ?? []).filter(({ reached }) => isReached(reached));
      if ((known && isReached(known.outside)) || reaching.some(({ isOnce }) => isOnce)) waiting.alone.push(file);
      const again = reaching.filter(({ isOnce }) => !isOnce).toSorted((a, b) => a.took - b.took);
      if (again.length === 0) continue;
      waiting.asked += 1;
      if (waiting.asked >= MOST_FILES) waiting.files.length = 0;
      // Half of what is left, so that another file is asked as well.
      let share = waiting.left / 2;
      for (const { id, took } of again) {
        if (share < 0) break;
        share -= took / 2;
        waiting.left -= took / 2;
        total += took / 2;
        (tests[id] ??= []).push(waiting.judged.number);
      }
      if (waiting.left < 0) waiting.files.length = 0;
    }
    return tests;
  }

  #take(file: string, { tests }: FileRun, planned: FilePlan["tests"]): void {
    const tried = new Map<number, number>();
    for (const { found, name } of tests) {
      for (const number of found?.tried ?? []) tried.set(number, (tried.get(number) ?? 0) + 1);
      for (const number of found?.noticed ?? []) this.#of(number)?.notice(`${file} > ${name}`);
    }
    for (const number of new Set(Object.values(planned).flat())) {
      const waiting = this.#of(number);
      if (waiting === undefined || !waiting.isOpen) continue;
      const all = Object.values(planned).filter((numbers) => numbers.includes(number)).length;
      const done = tried.get(number) ?? 0;
      waiting.survive(done);
      // Something before it has spoiled the runtime: it is asked of the same file again.
      if (done < all && waiting.tries < MOST_TRIES && this.#hasTime()) {
        waiting.tries += 1;
        waiting.asked -= 1;
        waiting.files.unshift(file);
      }
    }
  }

  #of(number: number): Waiting | undefined {
    return this.#waiting.find(({ judged }) => judged.number === number);
  }

  /** What imports and hooks come by takes a runtime of its own. */
  async #askAlone(): Promise<void> {
    for (let turn = 0; turn < MOST_ALONE; turn += 1) {
      let open = this.#waiting.filter(({ isOpen, alone }) => isOpen && alone.length > 0);
      while (open.length > 0 && this.#hasTime()) {
        const plans = new Map<string, FilePlan>();
        const run: Waiting[] = [];
        for (const waiting of open) {
          const [file] = waiting.alone;
          if (file === undefined || plans.has(file) || plans.size === TOGETHER) continue;
          plans.set(file, { learn: false, once: [], fromStart: waiting.judged.number, tests: {} });
          run.push(waiting);
        }
        open = open.filter((waiting) => !run.includes(waiting));
        this.#question.say(`${open.length + run.length} changes are on from the first import, in turn ${turn + 1}`);
        const runs = await this.#run(plans);
        for (const waiting of run) {
          const file = waiting.alone.shift() ?? "";
          if (turn + 1 === MOST_ALONE) waiting.alone.length = 0;
          const known = new Set(this.#learned.get(file)?.tests.map(({ id }) => id));
          const done = runs.get(file);
          const failed = done?.tests.find(({ id, state }) => state === "failed" && known.has(id));
          if (failed) waiting.notice(`${file} > ${failed.name}`);
          else if (!this.#hasTime()) continue;
          else if (done && !done.passed && done.tests.length === 0) waiting.notice(file);
          else waiting.survive(known.size);
        }
      }
    }
  }
}
