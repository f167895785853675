/** The end of a user's vault: told once it has been quiet, again until it is gone, with what was taken back. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CLOSED_MS, ClosingRecord } from "../../../src/connections/vault/closing.ts";
import { MINUTE, START, pass, withTable } from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const withClosing = (work: (record: ClosingRecord) => void) => withTable((sql) => new ClosingRecord(sql), work);

it("a vault that is open has no end to tell of", () =>
  withClosing((record) => {
    record.addGrant();
    record.countRevoked();
    expect([record.isClosed, record.nextAt(), record.due(START + CLOSED_MS)]).toEqual([false, null, null]);
  }));

it("a closed one tells after a quarter of an hour, and every five minutes from then on", () =>
  withClosing((record) => {
    record.close(3);
    record.countRevoked();
    expect(record.isClosed).toBe(true);
    expect(record.nextAt()).toBe(START + 15 * MINUTE);
    expect(record.due(START + 15 * MINUTE - 1)).toBeNull();
    expect(record.due(START + 15 * MINUTE)).toEqual({ revoked: 1, not_revoked: 2 });
    expect(record.due(START + 20 * MINUTE - 1)).toBeNull();
    expect(record.due(START + 20 * MINUTE)).toEqual({ revoked: 1, not_revoked: 2 });
  }));

it("closing it again changes nothing", () =>
  withClosing((record) => {
    record.close(3);
    pass(MINUTE);
    record.close(0);
    expect(record.due(START + 15 * MINUTE)).toEqual({ revoked: 0, not_revoked: 3 });
  }));

it("a grant that comes in since counts, and is waited for as long; never less long", () =>
  withClosing((record) => {
    record.close(0);
    pass(MINUTE);
    record.addGrant();
    expect(record.nextAt()).toBe(START + 16 * MINUTE);
    expect(record.due(START + 16 * MINUTE)).toEqual({ revoked: 0, not_revoked: 1 });
    vi.setSystemTime(START);
    record.addGrant();
    expect(record.nextAt()).toBe(START + 21 * MINUTE);
  }));
