/** Token endpoints that are in trouble. */
import type { Answer } from "./renewals.ts";

const GRANTED: Answer = { refused: null, requests: 1 };

/** One that answers 503 until a moment: where that names no time it is asked twice. */
export const down =
  (until: number) =>
  (now: number): Answer =>
    now < until ? { refused: { reason: "provider_unavailable", retry_after: null }, requests: 2 } : GRANTED;

/**
 * One that gives so many tokens in a window, and answers 429 beyond.
 * @param waitOf milliseconds that it says to wait for; null: it names no time
 */
export function limited(tokens: number, window: number, waitOf: (now: number) => number | null) {
  let [current, given] = [-1, 0];
  return (now: number): Answer => {
    const number = Math.floor(now / window);
    if (number !== current) [current, given] = [number, 0];
    given += 1;
    if (given <= tokens) return GRANTED;
    return { refused: { reason: "provider_rate_limited", retry_after: waitOf(now) }, requests: 1 };
  };
}
