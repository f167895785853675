/** What an isolate holds of what others send is bounded, whoever it is for, and is given back whatever becomes of a request. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AppError } from "../src/errors.ts";
import { answers, requests, strangers, type Held } from "../src/held.ts";

const MEGABYTE = 1024 * 1024;
const FREE = 16 * 1024;
const SECONDS = 10_000;

let begun: Held[] = [];
const begin = (room = answers): Held => {
  const held = room.hold(SECONDS);
  begun.push(held);
  return held;
};

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  for (const held of begun) held.release();
  begun = [];
  vi.useRealTimers();
});

/** Reads as long as there is room. @returns how many megabytes that was */
function fill(room = answers): number {
  const held = begin(room);
  for (let count = 0; count < 1000; count += 1) if (!held.add(MEGABYTE)) return count;
  throw new Error("there is no bound");
}

const refusal = (): unknown => {
  try {
    return answers.check();
  } catch (error) {
    return error;
  }
};

it("there is room for 24 MiB, and then none is begun: said before anything is sent, with a time to come back", () => {
  expect(fill()).toBe(24);
  const error = refusal();
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: "overloaded", status: 503, headers: { "Retry-After": "1" } });
});

it("callers have room of their own, and so has whoever has not said yet who they are", () => {
  expect([fill(strangers), fill(requests), fill()]).toEqual([4, 16, 24]);
});

it("what is small is read to its end, however full it is: tokens are not lost on their way", () => {
  const small = begin();
  fill();
  expect([small.add(FREE), small.add(1)]).toEqual([true, false]);
});

it("what is given back is there for the next, and is given back once", () => {
  const [one, next] = [begin(), begin()];
  one.add(MEGABYTE);
  expect(fill()).toBe(23);
  one.release();
  one.release();
  expect([next.add(MEGABYTE), next.add(1)]).toEqual([true, false]);
});

it("who has given back what they held may hold no more", () => {
  const held = begin();
  held.add(MEGABYTE);
  held.release();
  expect(held.add(MEGABYTE)).toBe(false);
  expect(fill()).toBe(24);
});

it("a request that was cut off gives back nothing, and its room is free when its time is up", () => {
  fill();
  vi.advanceTimersByTime(SECONDS - 1);
  expect(refusal()).toBeInstanceOf(AppError);
  vi.advanceTimersByTime(1);
  expect(fill()).toBe(24);
});
