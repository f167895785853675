/** How much chance is to try: more where somebody says so. */
import type { TestProject } from "vitest/node";

export default function setup(project: TestProject): void {
  project.provide("requests", Number(process.env["FUZZ_REQUESTS"] ?? 4500));
  project.provide("orders", Number(process.env["MODEL_RUNS"] ?? 120));
}
