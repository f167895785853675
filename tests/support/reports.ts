/**
 * What the Worker reports to its operator, by console.warn and console.error. A test that expects a report takes it; one that
 * is left fails the test it was made in. For every file of the tests in workerd.
 */
import { afterEach, expect } from "vitest";

let reports: string[] = [];

function note(...parts: readonly unknown[]): void {
  reports.push(parts.map(String).join(" "));
}
console.warn = note;
console.error = note;

/** What has been reported in this test so far, and not been taken. */
export function takeReports(): unknown[] {
  const taken = reports;
  reports = [];
  return taken.map((report): unknown => JSON.parse(report));
}

afterEach(() => {
  const left = reports;
  reports = [];
  expect(left, "reported and not expected").toEqual([]);
});
