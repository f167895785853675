/**
 * One record of one app in KV, such as its integration: an isolate remembers it for a while, KV has a copy of it for a minute,
 * and whoever finds none asks the app's vault and writes the copy anew (src/apps/records.ts, `get`).
 */
import { COPY_SECONDS } from "../../src/apps/records.ts";
import { LATELY } from "../../src/remembered.ts";
import { Agenda } from "./agenda.ts";
import { LIMITS } from "./platform.ts";
import { untilNext } from "./random.ts";

/** Assumed: a read of KV, a call of the vault, sealing and the write, until the copy is there. */
const COPIED_AFTER_MS = 200;

export interface Fleet {
  /** Isolates that serve the app, evenly over so many locations. */
  readonly isolates: number;
  readonly locations: number;
  /** Calls of the app, a second. */
  readonly calls: number;
}

export interface KeyUse {
  /** A second, on average. */
  readonly reads: number;
  readonly writes: number;
  /** The most writes in a second. */
  readonly peak: number;
}

/** What a location last read of KV: whether it was there, and until when it goes by that. */
interface Cached {
  isThere: boolean;
  until: number;
}

export function useKey({ isolates, locations, calls }: Fleet, until: number): KeyUse {
  const rate = calls / isolates / 1000;
  const agenda = new Agenda();
  for (let isolate = 0; isolate < isolates; isolate += 1) {
    agenda.add(Math.random() * LATELY.ms + untilNext(rate), isolate);
  }
  const caches = Array.from({ length: locations }, (): Cached => ({ isThere: false, until: 0 }));
  const writes = new Map<number, number>();
  let [reads, written, there, gone] = [0, 0, Infinity, 0];
  for (let next = agenda.next(); next !== null && next.time < until; next = agenda.next()) {
    const { time, task: isolate } = next;
    const cache = caches[isolate % locations];
    if (!cache) continue;
    reads += 1;
    if (cache.until <= time) {
      cache.isThere = time >= there && time < gone;
      cache.until = cache.isThere ? Math.min(gone, time + LIMITS.kv_cache_ms) : time + LIMITS.kv_cache_ms;
    }
    if (!cache.isThere) {
      const at = time + COPIED_AFTER_MS;
      // Before that the isolates have only begun.
      if (time > LATELY.ms) writes.set(Math.floor(at / 1000), (writes.get(Math.floor(at / 1000)) ?? 0) + 1);
      written += 1;
      if (time >= gone) there = at;
      gone = at + COPY_SECONDS * 1000;
      // A write is seen at once where it was made.
      cache.isThere = true;
      cache.until = gone;
    }
    agenda.add(time + LATELY.ms + untilNext(rate), isolate);
  }
  return { reads: (1000 * reads) / until, writes: (1000 * written) / until, peak: Math.max(0, ...writes.values()) };
}
