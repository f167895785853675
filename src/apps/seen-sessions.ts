/**
 * What this isolate has found lately, by digest: of two calls in a row only the first asks KV. A session that ends here is
 * forgotten here at once; one that ends elsewhere is known here for as long as this.
 */
import type { SessionFacts } from "../connections/vault/sessions.ts";

const recentlySeen = new Map<string, { readonly facts: SessionFacts; readonly until: number }>();
const RECENTLY_SEEN_MS = 30_000;
const MAX_RECENTLY_SEEN = 10_000;

/** The session of a digest, where it was found here a moment ago and has not run out; it may have ended elsewhere. */
export function seenLately(kept: string): SessionFacts | undefined {
  const recent = recentlySeen.get(kept);
  return recent && recent.until > Date.now() && recent.facts.expires_at > Date.now() ? recent.facts : undefined;
}

/** Remembers a session that was found. */
export function noteSeen(kept: string, facts: SessionFacts): void {
  if (recentlySeen.size >= MAX_RECENTLY_SEEN) recentlySeen.clear();
  recentlySeen.set(kept, { facts, until: Date.now() + RECENTLY_SEEN_MS });
}

/** Forgets a session that has ended, and with an app's key those that it has made. */
export function forgetSeen(kept: string): void {
  recentlySeen.delete(kept);
  for (const [other, { facts }] of recentlySeen) if (facts.maker === kept) recentlySeen.delete(other);
}

/** Forgets all sessions of an app that is removed. */
export function forgetSessions(app: string): void {
  for (const [kept, { facts }] of recentlySeen) if (facts.app === app) recentlySeen.delete(kept);
}
