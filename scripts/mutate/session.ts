/** One vitest that lives as long as the program: servers start once, and what is compiled stays. */
import { join } from "node:path";
import { createVitest, type TestCase } from "vitest/node";
import type { Copy } from "./copy.ts";
import type { FilePlan, Found, Plan } from "./plan.ts";

export interface TestRun {
  readonly id: string;
  readonly name: string;
  /** Milliseconds, all runs together. */
  readonly took: number;
  readonly state: "passed" | "failed" | "skipped";
  readonly found: Found | null;
}

export interface FileRun {
  /** Whether every test, hook and import passed. */
  readonly passed: boolean;
  readonly tests: readonly TestRun[];
}

export interface Session {
  /** Test files, from the project's folder. */
  readonly files: readonly string[];
  /**
   * Runs files with what is planned for each; as many at once as the project runs.
   * @param until when it ends all the same, in milliseconds since 1970: tests that have not run by then are skipped
   */
  run(plans: ReadonlyMap<string, FilePlan>, until: number): Promise<ReadonlyMap<string, FileRun>>;
  close(): Promise<void>;
}

/** No run takes a day, and no timer waits for much longer. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

function toRun(test: TestCase): TestRun {
  const { state } = test.result();
  const found = test.meta().changes ?? null;
  return {
    id: test.id,
    name: test.fullName,
    took: test.diagnostic()?.duration ?? 0,
    state: state === "pending" ? "skipped" : state,
    found,
  };
}

/** Starts it, without running anything. */
export async function openSession(copy: Copy): Promise<Session> {
  // Each runtime would ask the network for what it puts into `Request.cf`, and say so where there is none.
  process.env["CLOUDFLARE_CF_FETCH_ENABLED"] ??= "false";
  const vitest = await createVitest("test", { root: copy.path, config: copy.config, watch: false, reporters: [{}] });
  await vitest.standalone();
  const specifications = await vitest.globTestSpecifications();
  const files = specifications.map(({ moduleId }) => moduleId.slice(copy.path.length + 1));
  return {
    files: files.toSorted(),
    run: async (plans, until) => {
      const planned: Plan = Object.fromEntries([...plans].map(([file, plan]) => [join(copy.path, file), plan]));
      for (const project of vitest.projects) project.provide("changes", planned);
      const chosen = specifications.filter(({ moduleId }) => moduleId in planned);
      const left = Math.min(Math.max(until - Date.now(), 0), LONGEST_MS);
      const end = setTimeout(() => void vitest.cancelCurrentRun("keyboard-input"), left);
      const { testModules } = await vitest.runTestSpecifications(chosen).finally(() => clearTimeout(end));
      return new Map(
        testModules.map((testModule) => [
          testModule.moduleId.slice(copy.path.length + 1),
          { passed: testModule.ok(), tests: [...testModule.children.allTests()].map(toRun) },
        ]),
      );
    },
    close: () => vitest.close(),
  };
}
