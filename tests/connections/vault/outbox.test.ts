/** What is to be told outside: each thing until it has been told, in its version, and not without end. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { BOUNDS } from "../../../src/bounds.ts";
import type { EventBody } from "../../../src/api-events.ts";
import { Outbox } from "../../../src/connections/vault/outbox.ts";
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
const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

describe("an event", () => {
  it("is due at once, and again a minute later while nobody says how it went", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      expect(id).toMatch(/^msg_vault[\w-]{22}$/);
      expect(outbox.due(START - 1)).toEqual([]);
      expect(outbox.due(START)).toMatchObject([{ id, ...body(), delivery: "pending", attempts: 0, last_status: null }]);
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
      expect(outbox.settle(id, "delivered", 204, null)).toMatchObject({
        revision: 1,
        event: { id, delivery: "delivered", attempts: 1, last_status: 204, next_attempt_at: null },
      });
      expect(ids(outbox.due(START + HOUR))).toEqual([other]);
    }));

  it("that nobody wants is no attempt", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      expect(outbox.settle(id, "none", null, null)?.event).toMatchObject({ delivery: "none", attempts: 0 });
      expect(outbox.due(START + HOUR)).toEqual([]);
    }));

  it("that is refused comes again later and later, for three days, and then no more", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      const waits: number[] = [];
      for (let tries = 0; tries < 20; tries += 1) {
        const settled = outbox.settle(id, "refused", 500, null);
        if (settled?.event.delivery !== "pending") break;
        const at = Date.parse(settled.event.next_attempt_at ?? "");
        expect(outbox.due(at - 1)).toEqual([]);
        expect(ids(outbox.due(at))).toEqual([id]);
        waits.push((at - Date.now()) / SECOND);
        vi.setSystemTime(at);
      }
      expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
      expect(standing(rows, id)).toMatchObject({ delivery: "failed", attempts: 10, next_at: null, last_status: 500 });
    }));

  it("waits for as long as its receiver asks, and never less than it would anyway", () =>
    withOutbox((outbox, rows) => {
      const [patient, hasty] = [add(outbox, rows), add(outbox, rows)];
      outbox.settle(patient, "refused", 429, 60);
      outbox.settle(hasty, "refused", 429, 1);
      expect(standing(rows, patient)).toMatchObject({ next_at: START + MINUTE });
      expect(standing(rows, hasty)).toMatchObject({ next_at: START + 5 * SECOND });
    }));

  it("that is settled stays as it is, whatever a late attempt says", () =>
    withOutbox((outbox, rows) => {
      const id = add(outbox, rows);
      outbox.settle(id, "delivered", 200, null);
      expect(outbox.settle(id, "refused", 500, null)).toMatchObject({ revision: 1, event: { delivery: "delivered" } });
      expect(outbox.settle("msg_none", "delivered", 200, null)).toBeNull();
    }));

  it("is told again from the first attempt on where that is asked for", () =>
    withOutbox((outbox, rows) => {
      const [id, other] = [add(outbox, rows), add(outbox, rows)];
      for (const one of [id, other]) outbox.settle(one, "none", null, null);
      pass(HOUR);
      expect(outbox.replay(id)).toMatchObject({ revision: 2, event: { delivery: "pending", attempts: 0 } });
      expect(ids(outbox.due(Date.now()))).toEqual([id]);
      expect(outbox.replay("msg_none")).toBeNull();
      expect(outbox.settle(id, "refused", 500, null)?.event.next_attempt_at).toBe(
        new Date(START + HOUR + 5 * SECOND).toISOString(),
      );
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
      for (const one of [id, other]) outbox.settle(one, "delivered", 200, null);
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
      outbox.settle(id, "refused", 500, null);
      outbox.settle(id, "delivered", 200, null);
      outbox.setListed(id, 1);
      expect(outbox.unlisted(START + HOUR)).toMatchObject([{ revision: 2 }]);
      outbox.setListed(id, 2);
      expect(outbox.unlisted(START + HOUR + HOUR)).toEqual([]);
    }));

  it("gets fifty at a time, in order", () =>
    withOutbox((outbox, rows) => {
      const all = Array.from({ length: 60 }, () => add(outbox, rows));
      for (const id of all.toReversed()) outbox.settle(id, "none", null, null);
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

  it("the oldest that are done with and listed go; what is not listed stays for that", () =>
    withOutbox((outbox, rows) => {
      const [listed, unlisted, waiting] = [add(outbox, rows), add(outbox, rows), add(outbox, rows)];
      outbox.settle(listed, "delivered", 200, null);
      outbox.setListed(listed, 1);
      outbox.settle(unlisted, "delivered", 200, null);
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
      outbox.settle(first, "none", null, null);
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
