/** What there is most of has one line in the log for many: counted by what is alike, written once, bounded. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CallCounts, CallLog } from "../../src/middleware/call-log.ts";

const GATHER_MS = 10_000;
let lines: unknown[];
let behind: Promise<unknown>[];
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  behind = [];
  vi.spyOn(console, "log").mockImplementation((line: unknown) => void lines.push(JSON.parse(String(line))));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const call = {
  app: "app-1",
  integration: "github-1",
  provider: "github",
  method: "GET",
  route: "/proxy/*",
  status: 200,
  outcome: "ok",
  duration_ms: 3,
};
const logOf = (gather_ms = GATHER_MS): CallLog =>
  new CallLog(new CallCounts(), gather_ms, (work) => void behind.push(work));

it("counts what is alike, and writes each kind once when the time is over", async () => {
  const log = logOf();
  for (const duration_ms of [3, 9, 6]) expect(log.note({ ...call, duration_ms })).toBe(true);
  expect(log.note({ ...call, app: undefined, status: 401, outcome: "invalid_session" })).toBe(true);
  expect(lines).toEqual([]);
  expect(behind).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  const { duration_ms: _, ...alike } = call;
  expect(lines).toEqual([
    { event: "calls", seconds: 10, ...alike, count: 3, duration_ms: 18, longest_ms: 9 },
    expect.objectContaining({ event: "calls", outcome: "invalid_session", status: 401, count: 1 }),
  ]);
  log.note(call);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(lines).toHaveLength(3);
});

it("is written by a later call where the one that was to write it was cut off", () => {
  const log = logOf();
  log.note(call);
  vi.setSystemTime(Date.now() + 2 * GATHER_MS + 1);
  log.note(call);
  expect(lines).toEqual([expect.objectContaining({ count: 2, seconds: 20 })]);
});

it("counts nothing where each is to have its line, and no more kinds than there may be", () => {
  expect(logOf(0).note(call)).toBe(false);
  const log = logOf();
  for (let number = 0; number < 1000; number += 1)
    expect(log.note({ ...call, integration: String(number) })).toBe(true);
  expect(log.note({ ...call, integration: "one more" })).toBe(false);
  expect(log.note({ ...call, integration: "7" })).toBe(true);
});
