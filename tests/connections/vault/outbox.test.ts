/** What is to be told outside: each thing until it has been told, in its version, and not without end. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { BOUNDS } from "../../../src/bounds.ts";
import type { EventBody } from "../../../src/api-events.ts";
import { Outbox, type Attempt, type DueEvent } from "../../../src/connections/vault/outbox.ts";
import {
  HOUR,
  MINUTE,
  SECOND,
  START,
  evenChance,
  pass,
  withTable,
  type LoneStorage,
} from "../../support/lone-vault.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const withOutbox = (work: (outbox: Outbox, rows: LoneStorage["rows"]) => void) =>
  withTable((sql) => new Outbox(sql), work);

const body = (): EventBody => ({
  type: "connection.created",
  timestamp: new Date().toISOString(),
  data: { connection: "con_1", user: "ann", integration: "one", label: "ann", account: null, reason: null },
});

/** Adds an event. @returns its id */
function add(outbox: Outbox, rows: LoneStorage["rows"]): string {
  outbox.add("vault", body());
  return z.string().parse(rows("SELECT id FROM outbox ORDER BY number DESC LIMIT 1")[0]?.["id"]);
}
const standing = (rows: LoneStorage["rows"], id: string) => rows(`SELECT * FROM outbox WHERE id = '${id}'`)[0];
const ids = (due: readonly DueEvent[]): string[] => due.map(({ event }) => event.id);

/** An attempt at a webhook, its first if nothing else is said. */
const attempt = (
  outcome: Attempt["outcome"],
  status: number | null,
  { retry_after = null, number = 1, webhook = "main" }: Partial<Attempt> = {},
): Attempt => ({ webhook, number, outcome, status, retry_after });

describe("an event", () => {
  it("is due at once, and again a minute later while nobody says how it went", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      expect(id).toMatch(/^msg_vault[\w-]{22}$/);
      expect(outbox.due(START - 1)).toEqual([]);
      expect(outbox.due(START)).toMatchObject([
        { event: { id, ...body(), delivery: "pending", attempts: 0, last_status: null }, to: null },
      ]);
      expect(outbox.due(START + MINUTE - 1)).toEqual([]);
      expect(outbox.nextAt()).toBe(START + MINUTE);
      expect(ids(outbox.due(START + MINUTE))).toEqual([id]);
    }));

  it("comes in the order of what has happened, fifty at a time, the rest without waiting", () =>
    withOutbox((outbox, rows) => {
      const all = Array.from({ length: 60 }, () => add(outbox, rows));
      expect(ids(outbox.due(START))).toEqual(all.slice(0, 50));
      expect(ids(outbox.due(START))).toEqual(all.slice(50));
      expect(outbox.due(START)).toEqual([]);
    }));

  it("that was delivered is not told again, and is listed", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      const other = add(outbox, rows);
      expect(outbox.settle(id, [attempt("delivered", 204)])).toMatchObject({
        revision: 1,
        event: { id, delivery: "delivered", attempts: 1, last_status: 204, next_attempt_at: null },
      });
      expect(ids(outbox.due(START + HOUR))).toEqual([other]);
    }));

  it("that nobody wants is no attempt", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      expect(outbox.settle(id, [])?.event).toMatchObject({ delivery: "none", attempts: 0 });
      expect(outbox.due(START + HOUR)).toEqual([]);
    }));

  it("that is refused comes again later and later, for three days, and then no more", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      const waits: number[] = [];
      for (let tries = 0; tries < 20; tries += 1) {
        const settled = outbox.settle(id, [attempt("refused", 500, { number: tries + 1 })]);
        if (settled?.event.delivery !== "pending") break;
        const at = Date.parse(settled.event.next_attempt_at ?? "");
        expect(outbox.due(at - 1)).toEqual([]);
        expect(ids(outbox.due(at))).toEqual([id]);
        waits.push((at - Date.now()) / SECOND);
        vi.setSystemTime(at);
      }
      expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
      expect(standing(rows, id)).toMatchObject({ delivery: "failed", next_at: null });
      expect(outbox.find(id)?.event).toMatchObject({ attempts: 10, last_status: 500, next_attempt_at: null });
    }));

  it("waits for as long as its receiver asks, and never less than it would anyway", () =>
    withOutbox((outbox, rows) => {
      const [patient, hasty] = [add(outbox, rows), add(outbox, rows)];
      outbox.settle(patient, [attempt("refused", 429, { retry_after: 60 })]);
      outbox.settle(hasty, [attempt("refused", 429, { retry_after: 1 })]);
      expect(standing(rows, patient)).toMatchObject({ next_at: START + MINUTE });
      expect(standing(rows, hasty)).toMatchObject({ next_at: START + 5 * SECOND });
    }));

  it("that is settled stays as it is, whatever a late attempt says", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      outbox.settle(id, [attempt("delivered", 200)]);
      expect(outbox.settle(id, [attempt("refused", 500)])).toMatchObject({
        revision: 1,
        event: { delivery: "delivered" },
      });
      expect(outbox.settle("msg_none", [attempt("delivered", 200)])).toBeNull();
    }));

  it("is told again from the first attempt on where that is asked for", () =>
    withOutbox((outbox, rows) => {
      const [id, other] = [add(outbox, rows), add(outbox, rows)];
      for (const one of [id, other]) outbox.settle(one, []);
      pass(HOUR);
      expect(outbox.replay(id, ["main"])).toMatchObject({ revision: 2, event: { delivery: "pending", attempts: 0 } });
      expect(ids(outbox.due(Date.now()))).toEqual([id]);
      expect(outbox.replay("msg_none", [])).toBeNull();
      expect(outbox.settle(id, [attempt("refused", 500)])?.event.next_attempt_at).toBe(
        new Date(START + HOUR + 5 * SECOND).toISOString(),
      );
    }));

  it("is told to each webhook in its own time, and stands as with the worst of them", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      const first = outbox.settle(id, [
        attempt("delivered", 204, { webhook: "taking" }),
        attempt("refused", 500, { webhook: "slow", retry_after: 3600 }),
        attempt("refused", 502, { webhook: "failing" }),
      ]);
      expect(first?.event).toMatchObject({
        delivery: "pending",
        attempts: 3,
        last_status: 500,
        next_attempt_at: new Date(START + 5 * SECOND).toISOString(),
        deliveries: [
          { webhook: "taking", delivery: "delivered", attempts: 1, last_status: 204, next_attempt_at: null },
          { webhook: "slow", delivery: "pending", next_attempt_at: new Date(START + HOUR).toISOString() },
          { webhook: "failing", delivery: "pending", last_status: 502 },
        ],
      });
      pass(5 * SECOND);
      expect(outbox.due(Date.now())).toMatchObject([{ to: ["failing"] }]);
      const gone = outbox.settle(id, [attempt("none", null, { webhook: "failing", number: 2 })]);
      expect(gone?.event).toMatchObject({ delivery: "pending", attempts: 3 });
      expect(standing(rows, id)).toMatchObject({ next_at: START + HOUR });
      vi.setSystemTime(START + HOUR);
      expect(outbox.due(Date.now())).toMatchObject([{ to: ["slow"] }]);
      const last = outbox.settle(id, [attempt("delivered", 200, { webhook: "slow", number: 2 })]);
      expect(last?.event).toMatchObject({ delivery: "delivered", attempts: 4, next_attempt_at: null });
    }));

  it("has an attempt counted once, however often it is reported", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      const refused = [attempt("refused", 500)];
      const once = outbox.settle(id, refused);
      expect(outbox.settle(id, refused)).toEqual(once);
      expect(outbox.settle(id, [attempt("refused", 500, { number: 3 })])).toEqual(once);
      expect(outbox.settle(id, [attempt("refused", 500, { number: 2 })])?.event.attempts).toBe(2);
    }));

  it("is told again to the webhook that is named, and to no other", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      outbox.settle(id, [attempt("delivered", 204, { webhook: "one" }), attempt("delivered", 204, { webhook: "two" })]);
      expect(outbox.replay(id, ["two"])?.event).toMatchObject({
        delivery: "pending",
        attempts: 1,
        deliveries: [
          { webhook: "one", delivery: "delivered" },
          { webhook: "two", delivery: "pending", attempts: 0 },
        ],
      });
      expect(outbox.due(Date.now())).toMatchObject([{ to: ["two"] }]);
    }));

  it("that is told again while an attempt is under way is still told to all", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      outbox.settle(id, [attempt("refused", 500, { webhook: "one" }), attempt("delivered", 204, { webhook: "two" })]);
      outbox.replay(id, ["one", "two"]);
      outbox.settle(id, [attempt("delivered", 204, { webhook: "one", number: 2 })]);
      expect(outbox.due(Date.now())).toMatchObject([{ to: ["one", "two"] }]);
    }));

  it("of the newest the moment is known", () =>
    withOutbox((outbox, rows) => {
      expect(outbox.newestAt()).toBeNull();
      add(outbox, rows);
      pass(MINUTE);
      add(outbox, rows);
      expect(outbox.newestAt()).toBe(START + MINUTE);
    }));
});

describe("the list of events", () => {
  it("is to have one five minutes after it was settled, unless it is noted that it has it as it stands", () =>
    withOutbox((outbox, rows) => {
      const [id, other] = [add(outbox, rows), add(outbox, rows)];
      expect(outbox.unlisted(START + HOUR)).toEqual([]);
      for (const one of [id, other]) outbox.settle(one, [attempt("delivered", 200)]);
      expect(outbox.unlisted(START + 5 * MINUTE - 1)).toEqual([]);
      outbox.setListed(id, 1);
      expect(outbox.unlisted(START + 5 * MINUTE).map(({ event, revision }) => [event.id, revision])).toEqual([
        [other, 1],
      ]);
      expect(outbox.unlisted(START + 10 * MINUTE - 1)).toEqual([]);
      expect(outbox.unlisted(START + 10 * MINUTE)).toHaveLength(1);
    }));

  it("that has it as it stood before is to have it anew", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      outbox.settle(id, [attempt("refused", 500)]);
      outbox.settle(id, [attempt("delivered", 200, { number: 2 })]);
      outbox.setListed(id, 1);
      expect(outbox.unlisted(START + HOUR)).toMatchObject([{ revision: 2 }]);
      outbox.setListed(id, 2);
      expect(outbox.unlisted(START + HOUR + HOUR)).toEqual([]);
    }));

  it("gets fifty at a time, in order", () =>
    withOutbox((outbox, rows) => {
      const all = Array.from({ length: 60 }, () => add(outbox, rows));
      for (const id of all.toReversed()) outbox.settle(id, []);
      expect(outbox.unlisted(START + HOUR).map(({ event }) => event.id)).toEqual(all.slice(0, 50));
      expect(outbox.unlisted(START + HOUR).map(({ event }) => event.id)).toEqual(all.slice(50));
    }));
});

describe("of more events than there may be", () => {
  it("the oldest that waits is given up, and is listed as that", () =>
    withOutbox((outbox, rows) => {
      const first = add(outbox, rows);
      const second = add(outbox, rows);
      for (let number = 2; number < BOUNDS.undelivered; number += 1) outbox.add("vault", body());
      expect(standing(rows, first)).toMatchObject({ delivery: "pending", revision: 0 });
      add(outbox, rows);
      expect(standing(rows, first)).toMatchObject({ delivery: "failed", next_at: null, revision: 1, list_at: START });
      expect(standing(rows, second)).toMatchObject({ delivery: "pending" });
      expect(outbox.unlisted(START).map(({ event }) => event.id)).toEqual([first]);
    }));

  it("the oldest is given up for each of its webhooks", () =>
    withOutbox((outbox, rows) => {
      const first = add(outbox, rows);
      outbox.settle(first, [attempt("refused", 500)]);
      for (let number = 0; number < BOUNDS.undelivered; number += 1) outbox.add("vault", body());
      expect(outbox.find(first)?.event).toMatchObject({
        delivery: "failed",
        last_status: 500,
        next_attempt_at: null,
        deliveries: [{ delivery: "failed", attempts: 1, next_attempt_at: null }],
      });
    }));

  it("the oldest that are done with and listed go; what is not listed stays for that", () =>
    withOutbox((outbox, rows) => {
      const [listed, unlisted, waiting] = [add(outbox, rows), add(outbox, rows), add(outbox, rows)];
      outbox.settle(listed, [attempt("delivered", 200)]);
      outbox.setListed(listed, 1);
      outbox.settle(unlisted, [attempt("delivered", 200)]);
      for (let number = 3; number < BOUNDS.delivered; number += 1) outbox.add("vault", body());
      expect(standing(rows, listed)).toBeDefined();
      add(outbox, rows);
      expect(standing(rows, listed)).toBeUndefined();
      add(outbox, rows);
      expect(standing(rows, unlisted)).toBeDefined();
      expect(standing(rows, waiting)).toBeDefined();
    }));

  it("but not without end", () =>
    withOutbox((outbox, rows) => {
      const first = add(outbox, rows);
      outbox.settle(first, []);
      const most = BOUNDS.delivered + BOUNDS.undelivered;
      for (let number = 1; number < most; number += 1) outbox.add("vault", body());
      expect(standing(rows, first)).toBeDefined();
      add(outbox, rows);
      expect(standing(rows, first)).toBeUndefined();
      expect(rows("SELECT COUNT(*) AS count FROM outbox")).toEqual([{ count: most }]);
    }));
});

describe("a line of the index", () => {
  it("is due at once, and again a minute later where nobody came for it", () =>
    withOutbox((outbox) => {
      expect(outbox.isIndexDue(START)).toBe(false);
      outbox.touch("one", 0);
      expect(outbox.nextAt()).toBe(START);
      expect(outbox.isIndexDue(START - 1)).toBe(false);
      expect(outbox.isIndexDue(START)).toBe(true);
      expect(outbox.isIndexDue(START + MINUTE - 1)).toBe(false);
      expect(outbox.isIndexDue(START + MINUTE)).toBe(true);
    }));

  it("is to be written until it is noted as written, later and later, at the latest an hour after", () =>
    withOutbox((outbox) => {
      outbox.touch("one", 0);
      const waits: number[] = [];
      for (let tries = 0; tries < 12; tries += 1) {
        expect(outbox.unindexed(START, false)).toEqual([{ place: "one", revision: START }]);
        waits.push(((outbox.nextAt() ?? 0) - START) / SECOND);
      }
      expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
      outbox.setIndexed({ place: "one", revision: START });
      expect(outbox.unindexed(START, false)).toEqual([]);
      expect(outbox.nextAt()).toBeNull();
    }));

  it("that has changed since is to be written again, at once and from the first wait on", () =>
    withOutbox((outbox) => {
      outbox.touch("one", 0);
      outbox.touch("two", 0);
      outbox.unindexed(START, false);
      outbox.touch("one", 0);
      expect(outbox.isIndexDue(START)).toBe(true);
      outbox.setIndexed({ place: "one", revision: START });
      outbox.setIndexed({ place: "two", revision: START });
      expect(outbox.unindexed(START, false)).toEqual([{ place: "one", revision: START + 1 }]);
      expect(outbox.nextAt()).toBe(START + 5 * SECOND);
    }));

  it("has revisions that go on from whatever there was before, by the clock", () =>
    withOutbox((outbox) => {
      outbox.touch("one", 0);
      pass(MINUTE);
      outbox.touch("one", 0);
      expect(outbox.unindexed(START, false)).toEqual([{ place: "one", revision: START + MINUTE }]);
    }));

  it("is had with all others where all are asked for, each once", () =>
    withOutbox((outbox) => {
      for (const place of ["one", "two"]) {
        outbox.touch(place, 0);
        outbox.setIndexed({ place, revision: START });
      }
      outbox.touch("three", 0);
      expect(outbox.unindexed(START, false).map(({ place }) => place)).toEqual(["three"]);
      expect(outbox.unindexed(START, true).map(({ place }) => place)).toEqual(["one", "three", "two"]);
    }));
});

it("nothing is left to be told when all is cleared", () =>
  withOutbox((outbox, rows) => {
    add(outbox, rows);
    outbox.touch("one", 0);
    outbox.clear();
    expect(outbox.nextAt()).toBeNull();
    expect(rows("SELECT 1 FROM outbox UNION ALL SELECT 1 FROM index_lines")).toEqual([]);
  }));
