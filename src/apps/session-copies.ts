/** Copies of sessions in KV, which answer fast everywhere: found by the digest of the session's id, and never by the id. */
import type { KvStore, RecordKind } from "../kv-store.ts";
import { SessionFacts } from "../connections/vault/sessions.ts";

const SessionRecord: RecordKind<SessionFacts> = { kind: "session", schema: SessionFacts };

/** How long a copy lives, and so the longest that a session can outlive its end. */
export const COPY_SECONDS = 300;

export class SessionCopies {
  readonly #store: KvStore;

  constructor(store: KvStore) {
    this.#store = store;
  }

  /** @param kept the digest of the session's id */
  get(kept: string): Promise<SessionFacts | undefined> {
    return this.#store.get(SessionRecord, keyOf(kept));
  }

  async keep(kept: string, facts: SessionFacts): Promise<void> {
    const left = (facts.expires_at - Date.now()) / 1000;
    await this.#store.put(SessionRecord, keyOf(kept), facts, Math.min(left, COPY_SECONDS));
  }

  async drop(kept: string): Promise<void> {
    await this.#store.delete(SessionRecord, keyOf(kept));
  }
}

// The app is not known before the session is.
const keyOf = (kept: string) => ({ app: "", parts: [kept] });
