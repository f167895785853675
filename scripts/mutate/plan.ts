/** What the runs of tests are told, and what they tell: shared by the program and by the test runner inside the runtime. */

export interface FilePlan {
  /** Every test twice, unchanged, to see what it comes by and whether it can be run again; those named, once. */
  readonly learn: boolean;
  /** Tests that cannot be run twice in a row, by id. */
  readonly once: readonly string[];
  /** A change that is on from the first import. */
  readonly fromStart: number | null;
  /** The changes each test is run with, one after the other, by the test's id. */
  readonly tests: Readonly<Record<string, readonly number[]>>;
}

/** By the file's path. */
export type Plan = Readonly<Record<string, FilePlan>>;

/** What one test has found. */
export interface Found {
  /** The changes it came by, unchanged, and those that were come by since the test before. */
  readonly reached: readonly number[];
  readonly before: readonly number[];
  /** It fails when it is run again, or beside others. */
  readonly isOnce: boolean;
  /** Those it was run with, and those of them that made it fail. */
  readonly tried: readonly number[];
  readonly noticed: readonly number[];
}

declare module "vitest" {
  interface ProvidedContext {
    changes: Plan;
  }
}

declare module "vitest" {
  interface TaskMeta {
    changes?: Found;
  }
}
