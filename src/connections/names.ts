/**
 * How things of ours are named outside. What leads to a vault or says whose something is can be made, and told from what was
 * made up, with the deployment's name key alone: nobody else can confirm a guess at an app's user, and a made-up name is
 * refused before any vault or record is asked for it.
 *
 * Names from before there was such a key stay as they are, since people keep them.
 */
import { encodeBase32LowerCaseNoPadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import { isSame, keyedDigest, randomId, shortId } from "../crypto.ts";
import { AppError } from "../errors.ts";
import {
  APP_ITSELF,
  DEFAULT_APP,
  checkOfBefore,
  connectionId,
  vaultNameOfBefore,
  type ConnectionName,
} from "./connection.ts";
import { nameKey, type NameKeyPlace } from "./name-key.ts";
import type { Owner } from "./vault/owner.ts";

/** 20 random characters and their check; from before there was a check, the former alone. */
const APP_ID = /^app-([a-z0-9]{20})([a-z2-7]{13})$/;
const APP_ID_OF_BEFORE = /^app-[a-z0-9]{20}$/;
/** The name of a vault and its check; from before, a check of the connection. */
const CONNECTION_ID = /^con_([\w-]{43})([\w-]{16})_([a-z0-9-]{1,80})$/;
const EVENT_ID = /^msg_([\w-]{43})([\w-]{16})[\w-]{22}$/;
const EVENT_ID_OF_BEFORE = /^msg_([\w-]{43})[\w-]{22}$/;
/** The name of a vault, 192 random bits, and the check that both were made here. */
const SESSION_ID = /^lk_([\w-]{43})([\w-]{32})([\w-]{11})$/;

/** Of a vault's handle: nobody can try whether one that was made up is right but an app, at its own rate. */
const HANDLE_CHECK_LENGTH = 16;
/** 66 bits, which nobody guesses against a limit per address. */
const SESSION_CHECK_LENGTH = 11;
/** 65 bits, of 32 letters and digits. */
const LOWER_CASE_CHECK_LENGTH = 13;

/** Whether something has the form of a key of ours. */
export const isOurKey = (value: string): boolean => SESSION_ID.test(value);

/** A session's id in its parts. */
export interface SessionName {
  readonly vault: string;
  readonly secret: string;
  readonly check: string;
}

/** The parts of a session's id; undefined for what has not the form of one. */
export function readSessionId(id: string): SessionName | undefined {
  const [, vault, secret, check] = SESSION_ID.exec(id) ?? [];
  return vault === undefined || secret === undefined || check === undefined ? undefined : { vault, secret, check };
}

export class Names {
  readonly #place: NameKeyPlace;

  constructor(place: NameKeyPlace) {
    this.#place = place;
  }

  /** The id of a new app. */
  async newApp(): Promise<string> {
    const random = shortId();
    return `app-${random}${await this.#lowerCase("app", random)}`;
  }

  /** Whether an app can be of this id; one from before may be, and only its vault knows. */
  async isApp(id: string): Promise<boolean> {
    const [, random, check] = APP_ID.exec(id) ?? [];
    if (random === undefined || check === undefined) return APP_ID_OF_BEFORE.test(id);
    return isSame(check, await this.#lowerCase("app", random));
  }

  /** The name of the vault of one user of one app: 43 characters. */
  async vault(app: string, user: string): Promise<string> {
    return isKeyed(app) ? this.#text("vault", app, user) : vaultNameOfBefore(app, user);
  }

  /** What the vault of a user is to know of itself. @param origin where the request came to */
  async owner(app: string, user: string, origin: string): Promise<Owner> {
    const by_session = app === DEFAULT_APP || user === APP_ITSELF;
    return { app, user, origin, by_session, handle: await this.#handle(app, user) };
  }

  /** What a connection is called outside. */
  async connectionId(name: ConnectionName): Promise<string> {
    return connectionId(name, await this.#handle(name.app, name.user));
  }

  /** Where a connection of this app is; undefined for every other string. */
  async readConnectionId(app: string, id: string): Promise<{ vault: string; integration: string } | undefined> {
    const [, vault, check, integration] = CONNECTION_ID.exec(id) ?? [];
    if (!vault || !check || !integration) return undefined;
    const expected = isKeyed(app) ? await this.#handleCheck(app, vault) : checkOfBefore(app, vault, integration);
    return isSame(check, expected) ? { vault, integration } : undefined;
  }

  /** The vault that an event of this app is kept in; undefined for every other string. */
  async readEventId(app: string, id: string): Promise<string | undefined> {
    if (!isKeyed(app)) return EVENT_ID_OF_BEFORE.exec(id)?.[1];
    const [, vault, check] = EVENT_ID.exec(id) ?? [];
    if (!vault || !check) return undefined;
    return isSame(check, await this.#handleCheck(app, vault)) ? vault : undefined;
  }

  /** A new session's id, a secret. @param vault the name of the one that it opens */
  async newSession(vault: string): Promise<string> {
    const secret = randomId().slice(0, 32);
    const [check] = await this.#sessionChecks(vault, secret);
    return `lk_${vault}${secret}${check}`;
  }

  /** Whether a session's id was made here. */
  async isSession({ vault, secret, check }: SessionName): Promise<boolean> {
    return (await this.#sessionChecks(vault, secret)).some((expected) => isSame(check, expected));
  }

  /** What a vault is called outside: its name, and a check that it is one of this app's. null for the name alone. */
  async #handle(app: string, user: string): Promise<string | null> {
    if (!isKeyed(app)) return null;
    const vault = await this.vault(app, user);
    return vault + (await this.#handleCheck(app, vault));
  }

  async #handleCheck(app: string, vault: string): Promise<string> {
    return (await this.#text("handle", app, vault)).slice(0, HANDLE_CHECK_LENGTH);
  }

  /**
   * The checks that count, that of a new id first: under the name key, and under each sealing key, as they were made before
   * there was one. The latter stand in where the sealing key of the name key is lost: people still sign in and connect anew.
   */
  async #sessionChecks(vault: string, secret: string): Promise<string[]> {
    const { active, keys } = this.#place.ring;
    const named = await this.#keyed(["session", vault, secret]).then((mac) => [mac], noneWithoutKey);
    const sealing = [active, ...keys.keys()].flatMap((id) => keys.get(id) ?? []);
    const before = sealing.map((key) => keyedDigest(key, "latchkey", "v1", "check", "session", vault + secret));
    return [...named, ...before].map((mac) => encodeBase64urlNoPadding(mac).slice(0, SESSION_CHECK_LENGTH));
  }

  async #text(...parts: readonly string[]): Promise<string> {
    return encodeBase64urlNoPadding(await this.#keyed(parts));
  }

  async #lowerCase(...parts: readonly string[]): Promise<string> {
    return encodeBase32LowerCaseNoPadding(await this.#keyed(parts)).slice(0, LOWER_CASE_CHECK_LENGTH);
  }

  async #keyed(parts: readonly string[]): Promise<Uint8Array> {
    return keyedDigest(await nameKey(this.#place), ...parts);
  }
}

function noneWithoutKey(error: unknown): never[] {
  if (error instanceof AppError && error.code === "key_unavailable") return [];
  throw error;
}

/** Apps from before keep their names and ids, which are digests that need no key. */
const isKeyed = (app: string): boolean => APP_ID.test(app);
