/**
 * Sessions: what identifies a browser user (a cookie) or the holder of a session id (a bearer).
 *
 * A session id is a secret of 192 random bits between the name of the vault it belongs to and a check that shows that it was
 * made here; stored is only its digest. The copy in KV answers fast, and where there is none the vault that the id names is
 * asked: a session works at once everywhere. Signing out works at once where it happens; elsewhere a copy may live on for as
 * long as copies do.
 */
import type { SessionKey, UsedFrom } from "../api.ts";
import type { Grant } from "../api-grants.ts";
import type { ApiKey, ListedUserSession, Scope, ShownApiKey } from "../api-apps.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { KvStore } from "../kv-store.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import { toGrant, type HeldGrant } from "../grants/held-grant.ts";
import type { SeenSessions } from "./seen-sessions.ts";
import { SessionCopies } from "./session-copies.ts";
import { readSessionId, type Names } from "../connections/names.ts";
import {
  PAGE_SCOPES,
  keyId,
  type SessionFacts,
  type ListedKey,
  type ListedKind,
} from "../connections/vault/sessions.ts";
import type { VaultList } from "../connections/vault-list.ts";
import { appRemoved, type Vaults } from "../connections/vaults.ts";

/** A browser stays signed in for thirty days after its last visit. */
export const BROWSER_SESSION_SECONDS = 30 * 86_400;
/** A session id that may stand in a query string reads one connection for an hour. */
export const READ_SESSION_SECONDS = 3600;

/** A session and the vault it opens. */
export interface Session extends SessionFacts {
  readonly vault: string;
  /** By which it is listed; it opens nothing. */
  readonly key: string;
}

/** A session to start; its lifetime is in seconds. */
export interface NewSession extends Pick<SessionFacts, "app" | "user" | "kind"> {
  readonly lifetime: number;
  /** The place of the one connection that it is for. */
  readonly place?: string | undefined;
  readonly name?: string;
  /** Those of the page where none are given. */
  readonly scopes?: readonly Scope[];
  /** What narrows it beside its scopes; null: nothing. */
  readonly grant?: HeldGrant | null;
  /** How many calls it has in an hour beside those that are counted with others. */
  readonly calls_per_hour?: number | undefined;
  /** The id of the app's key that makes it, with which it ends, and when that is. */
  readonly maker?: { readonly id: string; readonly expires_at: number };
}

export class Sessions {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #list: VaultList;
  readonly #copies: SessionCopies;
  readonly #isApp: (app: string) => Promise<boolean>;
  readonly #limit: () => Promise<void>;
  readonly #note: (owner: Pick<Session, "app" | "user">) => void;
  readonly #from: () => UsedFrom | null;
  readonly #seen: SeenSessions;

  /**
   * @param isApp whether there is an app of this id, the page's own among them: the sessions of one that is removed are none
   * @param limit counts a credential that is not known at once against the address that it comes from, or throws
   * @param note is told whose credential it is that was looked for, also where it has ended
   * @param from where credentials come from, coarsely; null: that is not known
   * @param seen what this isolate has found lately
   */
  constructor(
    vaults: Vaults,
    names: Names,
    list: VaultList,
    store: KvStore,
    isApp: (app: string) => Promise<boolean>,
    limit: () => Promise<void>,
    note: (owner: Pick<Session, "app" | "user">) => void,
    from: () => UsedFrom | null,
    seen: SeenSessions,
  ) {
    this.#seen = seen;
    this.#from = from;
    this.#note = note;
    this.#isApp = isApp;
    this.#vaults = vaults;
    this.#names = names;
    this.#list = list;
    this.#copies = new SessionCopies(store);
    this.#limit = limit;
  }

  /**
   * Starts a session.
   * @returns its id, which is not stored and cannot be shown again
   * @throws AppError `too_many_keys`, `app_removed`
   */
  async start(session: NewSession): Promise<string> {
    return (await this.#start(session)).id;
  }

  /**
   * Starts a session of an app's user.
   * @returns its id, and when it ends: with the key that made it at the latest
   * @throws AppError `too_many_keys`, `app_removed`
   */
  async startForUser(
    session: NewSession & { readonly kind: "user"; readonly maker: NonNullable<NewSession["maker"]> },
  ): Promise<{ readonly id: string; readonly expires_at: number; readonly grant: Grant | null }> {
    const { id, facts } = await this.#start(session);
    return { id, expires_at: facts.expires_at, grant: toGrant(facts.grant) };
  }

  /**
   * Starts a session that is listed: a key.
   * @returns it as it is listed, with the key itself, which is not stored and cannot be shown again
   * @throws AppError `too_many_keys`, `app_removed`
   */
  async startKey(session: NewSession & { readonly kind: "key" | "app" }): Promise<ShownApiKey & SessionKey> {
    const { id, facts } = await this.#start(session);
    return {
      ...(await this.#toKey({ digest: digest(id), facts, used_at: null, used_from: null })),
      scopes: facts.scopes,
      key: id,
    };
  }

  async #start({ lifetime, name: title, place, scopes, maker, grant = null, calls_per_hour, ...about }: NewSession) {
    const created_at = Date.now();
    const vault = await this.#names.vault(about.app, about.user);
    const id = await this.#names.newSession(vault);
    const key = digest(id);
    const counts = [
      ...(grant?.counts ?? []),
      ...(calls_per_hour === undefined ? [] : [{ key, vault, calls_per_hour }]),
    ];
    const facts: SessionFacts = {
      ...about,
      place: place ?? null,
      name: title ?? null,
      scopes: [...(scopes ?? PAGE_SCOPES)],
      maker: maker ? digest(maker.id) : null,
      grant: grant && { ...grant, counts },
      created_at,
      expires_at: Math.min(created_at + lifetime * 1000, maker?.expires_at ?? Infinity),
    };
    const added = await this.#vaults.call(vault, async (stub) => stub.addSession(key, facts));
    if (added === "closed") throw appRemoved();
    if (added === "too_many") {
      throw new AppError("too_many_keys", "There are as many keys as one user may have. Revoke one that is not used.");
    }
    // A key's first use is asked of the vault, which notes it.
    if (facts.kind !== "key" && facts.kind !== "app") await this.#copies.keep(digest(id), facts);
    return { id, facts };
  }

  /**
   * The session of an id, or undefined for anything that is not a live one. One that was made up leads to no vault.
   * @throws AppError `rate_limited` for an address with too many that are not known at once
   */
  async find(id: string): Promise<Session | undefined> {
    const recent = this.#seen.find(id);
    if (recent) {
      this.#note(recent);
      return recent;
    }
    const { mark } = this.#seen;
    const name = readSessionId(id);
    if (!name) {
      await this.#limit();
      return undefined;
    }
    const { vault } = name;
    const kept = digest(id);
    const isMade = await this.#names.isSession(name);
    const copy = isMade || (await this.#names.mayHaveUncheckedIds()) ? await this.#copies.get(kept) : undefined;
    if (!isMade && !copy) {
      await this.#limit();
      if (!(await this.#isOfBefore(vault))) return undefined;
    }
    const facts = copy ?? (await this.#vaults.call(vault, async (stub) => stub.session(kept, this.#from())));
    if (!facts || facts.expires_at <= Date.now()) {
      await this.#limit();
      const owner = facts ?? (await this.#vaults.call(vault, async (stub) => stub.owner()));
      if (owner) this.#note(owner);
      return undefined;
    }
    this.#note(facts);
    if (!(await this.#isApp(facts.app))) return undefined;
    if (facts.maker !== null && !(await this.#isLive(facts, facts.maker))) return undefined;
    if (!copy) await this.#copies.keep(kept, facts);
    const session = { ...facts, vault, key: keyId(kept) };
    this.#seen.note(id, kept, session, mark);
    return session;
  }

  /**
   * Whether the app's key that has made a session is live, and has not lost what it had made: as far as this isolate has seen
   * lately, its copy says, or its vault knows.
   */
  async #isLive({ app, created_at }: SessionFacts, kept: string): Promise<boolean> {
    return hasMade(this.#seen.liveMaker(kept) ?? (await this.#findMaker(app, kept)), created_at);
  }

  /** Whether a session, and the key that has made it, are live this very moment, whatever is remembered of them. */
  async isLiveNow(id: string, { vault, app, maker, created_at }: Session): Promise<boolean> {
    const live = await this.#vaults.call(vault, async (stub) => stub.session(digest(id)));
    return live !== null && (maker === null || hasMade(await this.#askForMaker(app, maker), created_at));
  }

  async #askForMaker(app: string, kept: string): Promise<SessionFacts | null> {
    return this.#vaults.call(await this.#names.vault(app, APP_ITSELF), async (stub) => stub.session(kept));
  }

  async #findMaker(app: string, kept: string): Promise<SessionFacts | null> {
    const { makerMark } = this.#seen;
    const copy = await this.#copies.get(kept);
    const facts = copy ?? (await this.#askForMaker(app, kept));
    if (!facts || facts.expires_at <= Date.now()) return null;
    if (!copy) await this.#copies.keep(kept, facts);
    this.#seen.noteMaker(kept, facts, makerMark);
    return facts;
  }

  /** Ids from before had no check. They count where their vault has ever held something, which a made-up one has not. */
  async #isOfBefore(vault: string): Promise<boolean> {
    return (await this.#names.mayHaveUncheckedIds()) && this.#list.has(vault).catch(() => false);
  }

  /** Ends a session. @returns whether other browsers still reach the same user */
  async end(id: string, session: Session): Promise<{ readonly others: boolean }> {
    const ended = await this.#vaults.call(session.vault, async (stub) => stub.endSession(digest(id)));
    await this.forgetEnded([digest(id)]);
    return ended;
  }

  /** Gives a browser's session its full time again. @returns false where it has ended meanwhile and only its copy was left */
  async renew(id: string, session: Session): Promise<boolean> {
    const { vault, key: _key, ...facts } = session;
    const expires_at = Date.now() + BROWSER_SESSION_SECONDS * 1000;
    const isLive = await this.#vaults.call(vault, async (stub) => stub.renewSession(digest(id), expires_at));
    if (isLive) await this.#copies.keep(digest(id), { ...facts, expires_at });
    else await this.forgetEnded([digest(id)]);
    return isLive;
  }

  /** The user's keys, without the keys. */
  async keys(session: Session): Promise<SessionKey[]> {
    const keys = await this.#keysOf(session.vault, "key");
    return Promise.all(keys.map((key) => this.#toKey(key)));
  }

  /** An app's keys, without the keys. */
  async apiKeys(app: string): Promise<ApiKey[]> {
    const keys = await this.#keysOf(await this.#names.vault(app, APP_ITSELF), "app");
    return Promise.all(
      keys.map(async (key) => {
        const { connection: _, ...listed } = await this.#toKey(key);
        return { ...listed, scopes: key.facts.scopes };
      }),
    );
  }

  /** Ends one of a user's keys. @returns whether there was one of this id */
  endKey(session: Session, id: string): Promise<boolean> {
    return this.#endKey(session.vault, "key", id);
  }

  /** Ends one of an app's keys. @returns whether there was one of this id */
  async endApiKey(app: string, id: string): Promise<boolean> {
    return this.#endKey(await this.#names.vault(app, APP_ITSELF), "app", id);
  }

  /** A live key by what it is listed as: one of the app's own, or of a user of the page. */
  async findKey(app: string, user: string, id: string): Promise<ListedKey | undefined> {
    return this.#keyOf(await this.#names.vault(app, user), user === APP_ITSELF ? "app" : "key", id);
  }

  /** Ends a session by its digest. @param vault that it opens */
  async endKept(vault: string, kept: string): Promise<void> {
    await this.#vaults.call(vault, async (stub) => stub.endSession(kept));
    await this.forgetEnded([kept]);
  }

  /** Has copies of sessions that have ended be of no use. @param ended their digests */
  async forgetEnded(ended: readonly string[]): Promise<void> {
    for (const kept of ended) this.#seen.forget(kept);
    await Promise.all(ended.map((kept) => this.#copies.drop(kept)));
  }

  /** The sessions that an app has made for a user, without their keys. @param maker the key that has; null: whichever */
  async userSessions(app: string, user: string, maker: string | null = null): Promise<ListedUserSession[]> {
    const all = await this.#keysOf(await this.#names.vault(app, user), "user");
    const sessions = all.filter(({ facts }) => maker === null || facts.maker === digest(maker));
    return Promise.all(
      sessions.map(async (session) => {
        const { name: _name, last_used_from: _from, ...listed } = await this.#toKey(session);
        return { ...listed, scopes: session.facts.scopes };
      }),
    );
  }

  /** Ends one of an app's user's sessions. @returns whether there was one of this id */
  async endUserSession(app: string, user: string, id: string): Promise<boolean> {
    return this.#endKey(await this.#names.vault(app, user), "user", id);
  }

  async #toKey({ digest: kept, facts, used_at, used_from }: ListedKey): Promise<SessionKey> {
    const { app, user, name, place, grant, created_at, expires_at } = facts;
    return {
      id: keyId(kept),
      name: name ?? "",
      created_at: new Date(created_at).toISOString(),
      expires_at: new Date(expires_at).toISOString(),
      last_used_at: used_at === null ? null : new Date(used_at).toISOString(),
      last_used_from: used_from,
      connection: place === null ? null : await this.#names.connectionId({ app, user, place }),
      grant: toGrant(grant),
    };
  }

  #keysOf(vault: string, kind: ListedKind): Promise<ListedKey[]> {
    return this.#vaults.call(vault, async (stub) => stub.keys(kind));
  }

  async #keyOf(vault: string, kind: ListedKind, id: string): Promise<ListedKey | undefined> {
    return (await this.#keysOf(vault, kind)).find((key) => keyId(key.digest) === id);
  }

  async #endKey(vault: string, kind: ListedKind, id: string): Promise<boolean> {
    const key = await this.#keyOf(vault, kind, id);
    if (key) await this.endKept(vault, key.digest);
    return key !== undefined;
  }
}

/** Whether an app's key is there, and has made what was made then since it lost all else that it had made. */
const hasMade = (maker: SessionFacts | null, created_at: number): boolean =>
  maker !== null && created_at > (maker.makes_from ?? 0);
