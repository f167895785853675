/**
 * The test runner, inside the runtime: runs a test unchanged first and then again with each change that is planned for it.
 * A test that fails with a change is run unchanged once more. Where that fails too, the change has left something behind,
 * and nothing after it in this runtime says anything.
 */
import { inject, TestRunner, type RunnerTestCase, type RunnerTestFile, type TestTryOptions } from "vitest";
import type { FilePlan, Found } from "./plan.ts";

/** A change may keep a loop from ending. No test comes by nearly as many switches. */
const MOST_SWITCHES = 3_000_000;

/** A change may keep a test waiting for good: it has this and so many times what the unchanged test has taken. */
const PATIENCE_MS = 2000;
const PATIENCE_TIMES = 5;

// As they were before any test put others in their place.
const { setTimeout: wait, clearTimeout: stop } = globalThis;
const now = performance.now.bind(performance);

const NOTHING: FilePlan = { learn: false, once: [], fromStart: null, tests: {} };

let on: number | null = null;
let switches = 0;
let reached = new Set<number>();

/** Whether a change is the one that is on. @throws Error where a loop does not end */
function isOn(change: number): boolean {
  switches += 1;
  if (switches > MOST_SWITCHES) throw new Error("With this change a loop does not end.");
  reached.add(change);
  return change === on;
}

Reflect.set(globalThis, "$change", isOn);

function takeReached(): number[] {
  const all = [...reached];
  reached = new Set();
  return all;
}

type Awaitable<T> = T | PromiseLike<T>;

type Finding = { -readonly [Field in keyof Found]: Found[Field] extends readonly number[] ? number[] : Found[Field] };

export default class ChangeRunner extends TestRunner {
  readonly #plans = inject("changes");
  readonly #noticed = new Set<number>();
  #plan = NOTHING;
  #isSpent = false;
  #found: Finding = { reached: [], before: [], isOnce: false, tried: [], noticed: [] };
  #waiting: readonly number[] = [];
  #unchangedMs = 0;

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    this.#plan = this.#plans[file.filepath] ?? NOTHING;
    on = this.#plan.fromStart;
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    if (this.#isSpent) test.mode = "skip";
    await super.onBeforeRunTask(test);
    if (test.mode === "skip" || test.mode === "todo") return;
    const isOnce = test.concurrent === true || this.#plan.once.includes(test.id);
    this.#found = { reached: [], before: takeReached(), isOnce, tried: [], noticed: [] };
    this.#waiting = (this.#plan.tests[test.id] ?? []).filter((change) => !this.#noticed.has(change));
    if (this.#plan.learn) test.repeats = isOnce ? 0 : 1;
    else test.repeats = this.#waiting.length;
    if (this.#waiting.length > 0) test.retry = 1;
  }

  /** Runs the test's own function, in the place of the base class. */
  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    await (on === null || this.#plan.fromStart !== null ? this.#timed(run) : this.#inTime(run));
  }

  async #timed(run: () => Awaitable<void>): Promise<void> {
    const began = now();
    await run();
    this.#unchangedMs = now() - began;
  }

  async #inTime(run: () => Awaitable<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new Error("With this change the test does not end."));
      timer = wait(refuse, PATIENCE_MS + PATIENCE_TIMES * this.#unchangedMs);
    });
    await Promise.race([run(), late]).finally(() => stop(timer));
  }

  override onBeforeTryTask(test: RunnerTestCase, options: TestTryOptions): void {
    super.onBeforeTryTask(test, options);
    switches = 0;
    if (this.#plan.fromStart !== null) return;
    if (this.#isSpent) throw new Error("A change before has left something behind.");
    on = options.retry === 0 ? (this.#waiting[options.repeats - 1] ?? null) : null;
  }

  override async onAfterRetryTask(test: RunnerTestCase, options: TestTryOptions): Promise<void> {
    await super.onAfterRetryTask(test, options);
    const hasFailed = test.result?.state === "fail";
    if (this.#plan.fromStart !== null) {
      this.#isSpent ||= hasFailed;
      return;
    }
    if (hasFailed && this.#plan.learn && options.repeats > 0 && test.result) {
      this.#found.isOnce = true;
      test.result.state = "pass";
    }
    if (on !== null && !this.#isSpent) {
      this.#found.tried.push(on);
      if (hasFailed) this.#found.noticed.push(on);
      if (hasFailed) this.#noticed.add(on);
    } else if (hasFailed && options.retry > 0) {
      this.#isSpent = true;
    }
    on = null;
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    this.#found.reached = takeReached();
    test.meta.changes = this.#found;
    super.onAfterRunTask(test);
  }
}
