/**
 * The sessions that an isolate has found lately: of two calls in a row only the first computes a digest or asks KV. A session
 * that ends here is forgotten here at once; one that ends elsewhere is known here for as long as this.
 */
import type { SessionFacts } from "../connections/vault/sessions.ts";
import { LATELY, Remembered } from "../remembered.ts";
import type { Session } from "./sessions.ts";

interface Seen {
  readonly session: Session;
  /** The digest of its id, by which it ends. */
  readonly kept: string;
}

/** Of grants, which may be long. */
const MOST_CHARACTERS = 2_000_000;

const weightOf = ({ grant }: SessionFacts): number => (grant === null ? 0 : JSON.stringify(grant).length);

export class SeenSessions {
  readonly #byId = new Remembered<Seen>({
    ...LATELY,
    heaviest: MOST_CHARACTERS,
    weigh: ({ session }) => weightOf(session),
  });
  /** Keys of apps that were asked for as the makers of others. */
  readonly #makers = new Remembered<SessionFacts>({ ...LATELY, heaviest: MOST_CHARACTERS, weigh: weightOf });

  /** The session of an id, where it was found a moment ago and has not run out; it may have ended elsewhere. */
  find(id: string): Session | undefined {
    const seen = this.#byId.get(id);
    return seen && isLive(seen.session) ? seen.session : undefined;
  }

  /** An app's key, by its digest, that was found a moment ago and has not run out. */
  liveMaker(kept: string): SessionFacts | undefined {
    const facts = this.#makers.get(kept);
    return facts !== undefined && isLive(facts) ? facts : undefined;
  }

  /** Is to be asked before a session is looked for. */
  get mark(): number {
    return this.#byId.mark;
  }

  note(id: string, kept: string, session: Session, mark: number): void {
    this.#byId.set(id, { session, kept }, mark);
  }

  noteMaker(kept: string, facts: SessionFacts, mark: number): void {
    this.#makers.set(kept, facts, mark);
  }

  /** The same for keys that are looked for as makers. */
  get makerMark(): number {
    return this.#makers.mark;
  }

  /** Forgets a session that has ended, and with an app's key those that it has made. */
  forget(ended: string): void {
    this.#makers.delete(ended);
    this.#byId.deleteWhere(({ session, kept }) => kept === ended || session.maker === ended);
  }

  /** Forgets all sessions of an app that is removed. */
  forgetApp(app: string): void {
    this.#makers.deleteWhere((facts) => facts.app === app);
    this.#byId.deleteWhere(({ session }) => session.app === app);
  }
}

const isLive = ({ expires_at }: SessionFacts): boolean => expires_at > Date.now();
