/** Jobs and their receipts, as a vault keeps them. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ReceiptTable, type Answered } from "../../../src/connections/vault/job-receipts.ts";
import { JobTable, type NewJob } from "../../../src/connections/vault/jobs.ts";
import { withTable } from "../../support/lone-vault.ts";

const START = Date.parse("2026-11-28T10:00:00Z");
const MINUTE = 60_000;
const DAY = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(START);
});
afterEach(() => vi.useRealTimers());

const JOB: NewJob = {
  id: "job_one",
  kind: "revoke",
  target: { kind: "user", id: "ann" },
  reason: "a test",
  plan: "{}",
  cursor: "first",
};
const ANSWERED: Answered = { outcome: "confirmed", by_hand: null, pause: null, is_over: false };
const FACTS = { connection: "con_1", vault: "v", place: "github", user: "ann", account: "octocat" };

const withJobs = (work: (jobs: JobTable) => void) => withTable((sql) => new JobTable(sql), work);
const withReceipts = (work: (receipts: ReceiptTable) => void) => withTable((sql) => new ReceiptTable(sql), work);

it("one of the same about the same is the one that is under way, until it has ended", () =>
  withJobs((jobs) => {
    expect(jobs.begin(JOB)?.id).toBe("job_one");
    expect(jobs.begin({ ...JOB, id: "job_two", reason: "another" })).toMatchObject({ id: "job_one", reason: "a test" });
    expect(jobs.begin({ ...JOB, id: "job_bob", target: { kind: "user", id: "bob" } })?.id).toBe("job_bob");
    jobs.end("job_one");
    expect(jobs.begin({ ...JOB, id: "job_two" })?.id).toBe("job_two");
  }));

it("no more than fifty go on at a time", () =>
  withJobs((jobs) => {
    const of = (user: number): NewJob => ({ ...JOB, id: `job_${user}`, target: { kind: "user", id: String(user) } });
    for (let user = 0; user < 50; user += 1) expect(jobs.begin(of(user))).not.toBeNull();
    expect(jobs.begin(of(50))).toBeNull();
    // Those there are go on.
    expect(jobs.begin({ ...of(7), id: "job_again" })?.id).toBe("job_7");
    jobs.end("job_0");
    expect(jobs.begin(of(50))).not.toBeNull();
  }));

it("one that does not move is looked after a minute later, and again, until it has ended", () =>
  withJobs((jobs) => {
    jobs.begin(JOB);
    expect(jobs.nextAt()).toBe(START + MINUTE);
    vi.setSystemTime(START + 50_000);
    jobs.move("job_one", 1);
    expect(jobs.takeStale(START + MINUTE)).toEqual([]);
    expect(jobs.takeStale(START + 2 * MINUTE)).toEqual(["job_one"]);
    expect(jobs.takeStale(START + 2 * MINUTE + 1)).toEqual([]);
    expect(jobs.takeStale(START + 3 * MINUTE)).toEqual(["job_one"]);
    jobs.end("job_one");
    expect(jobs.nextAt()).toBeNull();
  }));

it("one run drives it: the one before has nothing to do any more, and takes over nothing", () =>
  withJobs((jobs) => {
    jobs.begin(JOB);
    expect(jobs.takeOver("job_one", 1)).toBe(2);
    expect(jobs.takeOver("job_one", 1)).toBe(2);
    expect(jobs.move("job_one", 1)).toBeNull();
    expect(jobs.move("job_one", 2)?.id).toBe("job_one");
  }));

it("what was done from where it is not any more was noted before", () =>
  withJobs((jobs) => {
    const begun = jobs.begin(JOB);
    if (!begun) throw new Error("not begun");
    jobs.advance("job_one", "first", "second", { ...begun.counts, vaults: 1 });
    jobs.advance("job_one", "first", "third", { ...begun.counts, vaults: 2 });
    expect(jobs.find("job_one")).toMatchObject({ cursor: "second", counts: { vaults: 1 } });
  }));

it("is forgotten thirty days after its end", () =>
  withJobs((jobs) => {
    jobs.begin(JOB);
    expect(jobs.purge(START + 100 * DAY)).toEqual([]);
    jobs.end("job_one");
    expect(jobs.purge(START + 29 * DAY)).toEqual([]);
    expect(jobs.purge(START + 30 * DAY)).toEqual(["job_one"]);
    expect(jobs.find("job_one")).toBeNull();
  }));

it("a connection has one receipt, however often it is noted", () =>
  withReceipts((receipts) => {
    expect(receipts.add("job_one", FACTS, "github")).toBe(true);
    expect(receipts.add("job_one", { ...FACTS, account: "another" }, "github")).toBe(false);
    expect(receipts.add("job_two", FACTS, "github")).toBe(true);
    expect(receipts.page("job_one", null, 10, "")).toMatchObject([{ ...FACTS, outcome: "pending" }]);
  }));

it("what is confirmed stays so, and what was not may become it later", () =>
  withReceipts((receipts) => {
    receipts.add("job_one", FACTS, "github");
    expect(receipts.settle("job_one", "con_1", { ...ANSWERED, outcome: "refused" })).toBe("pending");
    expect(receipts.nextAt("job_one")).toBeNull();
    expect(receipts.settle("job_one", "con_1", ANSWERED)).toBe("refused");
    expect(receipts.settle("job_one", "con_1", { ...ANSWERED, outcome: "not_reached" })).toBeNull();
    expect(receipts.page("job_one", "confirmed", 10, "")).toHaveLength(1);
  }));

it("what was not reached is asked twice more, and for as long as a provider names a time", () =>
  withReceipts((receipts) => {
    receipts.add("job_one", FACTS, "github");
    const due = (after: number) => receipts.due("job_one", START + after, 10, []).length;
    const fail = (more: Partial<Answered> = {}) =>
      receipts.settle("job_one", "con_1", { ...ANSWERED, outcome: "not_reached", ...more });
    fail({ pause: 5 });
    fail({ pause: 5 });
    expect([due(4999), due(5000)]).toEqual([0, 1]);
    fail();
    expect([due(14_999), due(15_000)]).toEqual([0, 1]);
    fail();
    expect([due(59_999), due(60_000)]).toEqual([0, 1]);
    expect(receipts.due("job_one", START + DAY, 10, ["github"])).toEqual([]);
    fail();
    expect(due(DAY)).toBe(0);
  }));
