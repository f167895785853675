/** The table of requests that are carried out once, by itself. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BOUNDS } from "../../../src/bounds.ts";
import { RequestTable } from "../../../src/connections/vault/requests.ts";
import { DAY, MINUTE, SECOND, START, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: START }));
afterEach(() => vi.useRealTimers());

const withRequests = (work: Parameters<typeof withTable<RequestTable, void>>[1]): Promise<void> =>
  withTable((sql) => new RequestTable(sql), work);

it("a key begins one request, which is under way until it is settled, and then done", () =>
  withRequests((table) => {
    expect(table.claim("k", "r", "1")).toEqual({ outcome: "begun" });
    expect(table.claim("k", "r", "2")).toEqual({ outcome: "under_way" });
    expect(table.claim("k", "other", "3")).toEqual({ outcome: "other" });
    table.settle("k", "r", "answer");
    expect(table.claim("k", "r", "4")).toEqual({ outcome: "done", answer: "answer" });
    expect(table.claim("k", "other", "5")).toEqual({ outcome: "other" });
    expect(table.claim("l", "r", "6")).toEqual({ outcome: "begun" });
  }));

it("an attempt that is told of its claim again, because the answer was lost on its way, has it; no other has", () =>
  withRequests((table) => {
    expect(table.claim("k", "r", "mine")).toEqual({ outcome: "begun" });
    expect(table.claim("k", "r", "mine")).toEqual({ outcome: "begun" });
    expect(table.claim("k", "r", "another")).toEqual({ outcome: "under_way" });
    table.settle("k", "r", "answer");
    expect(table.claim("k", "r", "mine")).toEqual({ outcome: "done", answer: "answer" });
  }));

it("what was answered first stays the answer, and only its own request settles it, and only its own attempt releases it", () =>
  withRequests((table) => {
    table.claim("k", "r", "1");
    table.settle("k", "other", "no");
    table.release("k", "another");
    expect(table.claim("k", "r", "2")).toEqual({ outcome: "under_way" });
    table.settle("k", "r", "first");
    table.settle("k", "r", "second");
    table.release("k", "1");
    expect(table.claim("k", "r", "3")).toEqual({ outcome: "done", answer: "first" });
  }));

it("a request that is released, or not answered for a minute, is begun anew", () =>
  withRequests((table) => {
    table.claim("k", "r", "1");
    table.release("k", "1");
    expect(table.claim("k", "r", "2")).toEqual({ outcome: "begun" });
    pass(MINUTE - 1);
    expect(table.claim("k", "r", "3")).toEqual({ outcome: "under_way" });
    pass(1);
    expect(table.claim("k", "r", "4")).toEqual({ outcome: "begun" });
  }));

it("an answer is kept for a day, and the first to go says when that is", () =>
  withRequests((table) => {
    expect(table.nextAt()).toBeNull();
    table.claim("k", "r", "1");
    expect(table.nextAt()).toBe(START + MINUTE);
    table.settle("k", "r", "answer");
    pass(SECOND);
    table.claim("l", "r", "2");
    table.settle("l", "r", "answer");
    expect(table.nextAt()).toBe(START + DAY);
    pass(DAY - SECOND);
    table.purge(Date.now());
    expect(table.nextAt()).toBe(START + DAY + SECOND);
    expect(table.claim("k", "other", "3")).toEqual({ outcome: "begun" });
  }));

it("of more than may be kept the oldest give way", () =>
  withRequests((table, rows) => {
    table.claim("first", "r", "1");
    // As many as there may be, at once; those beside them are made one by one.
    rows(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${BOUNDS.answers})
       INSERT INTO requests (key, request, claimed_by, until) SELECT 'k' || i, 'r', '', ${START + DAY} FROM n`,
    );
    table.claim("lastA", "r", "2");
    expect(rows("SELECT COUNT(*) AS n FROM requests")).toEqual([{ n: BOUNDS.answers }]);
    expect(table.claim("first", "other", "3")).toEqual({ outcome: "begun" });
    expect(table.claim("lastA", "r", "4")).toEqual({ outcome: "under_way" });
  }));

it("what is answered is the request of that key, and none of the same content under another key", () =>
  withRequests((table) => {
    table.claim("k", "r", "1");
    table.claim("l", "r", "2");
    table.settle("k", "r", "answer");
    expect(table.claim("k", "r", "3")).toEqual({ outcome: "done", answer: "answer" });
    expect(table.claim("l", "r", "3")).toEqual({ outcome: "under_way" });
  }));
