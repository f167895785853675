/**
 * How things of ours are named outside. What leads to a vault or says whose something is can be made, and told from what was
 * made up, with the deployment's name key alone: nobody else can confirm a guess at an app's user, and a made-up name is
 * refused before any vault or record is asked for it.
 *
 * Names from before there was such a key stay as they are, since people keep them.
 */
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
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
import { mayHaveUncheckedIds, nameKey, type NameKeyPlace } from "./name-key.ts";
import { PLACE } from "./place.ts";
import type { Owner } from "./vault/owner.ts";

/** 20 random characters and their check; from before there was a check, the former alone. */
const APP_ID = /^app-([a-z0-9]{20})([a-z0-5]{13})$/;
const APP_ID_OF_BEFORE = /^app-[a-z0-9]{20}$/;
/** A slug; the app, masked; what tells it from others of the same slug; the check. From before, a slug and what is random. */
const INTEGRATION_ID = /^([a-z0-9-]{1,40})-([a-z0-9]{20})([a-z0-9]{6})([a-z0-5]{13})$/;
const INTEGRATION_ID_OF_BEFORE = /^[a-z0-9-]{1,41}-[a-z0-9]{20}$/;
/** The name of a vault and its check; from before, a check of the connection. */
const CONNECTION_ID = new RegExp(`^con_([\\w-]{43})([\\w-]{16})_(${PLACE})$`);
const EVENT_ID = /^msg_([\w-]{43})([\w-]{16})[\w-]{22}$/;
const EVENT_ID_OF_BEFORE = /^msg_([\w-]{43})[\w-]{22}$/;
const CONNECT_SESSION_ID = /^cs_([\w-]{43})([\w-]{16})([\w-]{11})$/;
const CONNECT_SESSION_ID_OF_BEFORE = /^cs_([\w-]{43})([\w-]{11})$/;
/** The name of a vault, what tells the session from the user's others, and 96 bits that nobody can make but this deployment. */
const LINK_TICKET = /^([\w-]{43})([\w-]{11})([\w-]{16})$/;
/** The name of a vault, 192 random bits, and the check that both were made here. */
const SESSION_ID = /^lk_([\w-]{43})([\w-]{32})([\w-]{11})$/;

/** The name of a vault and its check: 59 bytes, where a passkey has room for 64. */
const PASSKEY_HANDLE = /^([\w-]{43})([\w-]{16})$/;

/** Of a vault's handle: nobody can try whether one that was made up is right but an app, at its own rate. */
const HANDLE_CHECK_LENGTH = 16;
/** 66 random bits, of at most some hundred of one user. */
const SESSION_LENGTH = 11;
/** 66 bits, which nobody guesses against a limit per address. */
const SESSION_CHECK_LENGTH = 11;
/** 65 bits, of 32 letters and digits. */
const LOWER_CASE_CHECK_LENGTH = 13;

/** Owners found, by integration: they never change, and each proxied call asks. */
const owners = new Map<string, string>();
const MAX_OWNERS = 10_000;

/** Whether an id has the form of an app's integration from before, whose owner only a record knows. */
export const isIntegrationOfBefore = (id: string): boolean => INTEGRATION_ID_OF_BEFORE.test(id);

/** Whether something has the form of the id of an app's integration. */
export const isIntegrationId = (text: string): boolean => INTEGRATION_ID.test(text) || isIntegrationOfBefore(text);

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

  /** The id of a new integration of an app: at most 80 of a-z, 0-9 and -. It says to this deployment alone whose it is. */
  async newIntegration(app: string, slug: string): Promise<string> {
    const nonce = shortId().slice(0, 6);
    const masked = shift(app.slice("app-".length).slice(0, 20), await this.#keyed(["owner", slug, nonce]), 1);
    return `${slug}-${masked}${nonce}${await this.#lowerCase("integration", app, slug, nonce)}`;
  }

  /** The app that an integration of this id belongs to; undefined for one that was made up, or is from before. */
  async ownerOf(id: string): Promise<string | undefined> {
    const known = owners.get(id);
    const [, slug, masked, nonce, check] = INTEGRATION_ID.exec(id) ?? [];
    if (known !== undefined || !slug || !masked || !nonce || !check) return known;
    const random = shift(masked, await this.#keyed(["owner", slug, nonce]), -1);
    const candidates = [`app-${random}${await this.#lowerCase("app", random)}`, `app-${random}`];
    for (const app of candidates) {
      if (!isSame(check, await this.#lowerCase("integration", app, slug, nonce))) continue;
      if (owners.size >= MAX_OWNERS) owners.clear();
      owners.set(id, app);
      return app;
    }
    return undefined;
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
  async connectionId(name: Pick<ConnectionName, "app" | "user" | "place">): Promise<string> {
    return connectionId(name, await this.#handle(name.app, name.user));
  }

  /** Where a connection of this app is; undefined for every other string. */
  async readConnectionId(app: string, id: string): Promise<{ vault: string; place: string } | undefined> {
    const [, vault, check, place] = CONNECTION_ID.exec(id) ?? [];
    if (!vault || !check || !place) return undefined;
    const expected = isKeyed(app) ? await this.#handleCheck(app, vault) : checkOfBefore(app, vault, place);
    return isSame(check, expected) ? { vault, place } : undefined;
  }

  /** Stands for an account where it is looked for, and says nothing of it to who only reads it there. */
  accountDigest(app: string, integration: string, account: string): Promise<string> {
    return this.#text("account", app, integration, account);
  }

  /** The vault that an event of this app is kept in; undefined for every other string. */
  async readEventId(app: string, id: string): Promise<string | undefined> {
    if (!isKeyed(app)) return EVENT_ID_OF_BEFORE.exec(id)?.[1];
    const [, vault, check] = EVENT_ID.exec(id) ?? [];
    if (!vault || !check) return undefined;
    return isSame(check, await this.#handleCheck(app, vault)) ? vault : undefined;
  }

  /** Where a connect session of this app is; undefined for every other string. */
  async readConnectSessionId(app: string, id: string): Promise<{ vault: string; session: string } | undefined> {
    if (!isKeyed(app)) {
      const [, vault, session] = CONNECT_SESSION_ID_OF_BEFORE.exec(id) ?? [];
      return vault && session ? { vault, session } : undefined;
    }
    const [, vault, check, session] = CONNECT_SESSION_ID.exec(id) ?? [];
    if (!vault || !check || !session) return undefined;
    return isSame(check, await this.#handleCheck(app, vault)) ? { vault, session } : undefined;
  }

  /** A connect session's own id, and the ticket of its link, a secret: short, because people are sent it. */
  async newLink(vault: string): Promise<{ session: string; ticket: string }> {
    const session = randomId().slice(0, SESSION_LENGTH);
    return { session, ticket: vault + session + (await this.#linkCheck(vault, session)) };
  }

  /** The vault that a link's ticket names; undefined for one that was made up. */
  async readLink(ticket: string): Promise<string | undefined> {
    const [, vault, session, check] = LINK_TICKET.exec(ticket) ?? [];
    if (!vault || !session || !check) return undefined;
    return isSame(check, await this.#linkCheck(vault, session)) ? vault : undefined;
  }

  async #linkCheck(vault: string, session: string): Promise<string> {
    return (await this.#text("link", vault, session)).slice(0, HANDLE_CHECK_LENGTH);
  }

  /** What a passkey keeps of the vault that it opens: its user handle. */
  async passkeyHandle(vault: string): Promise<string> {
    return vault + (await this.#text("passkey", vault)).slice(0, HANDLE_CHECK_LENGTH);
  }

  /** The vault that a passkey's user handle names; undefined for one that was made up. */
  async readPasskeyHandle(handle: string): Promise<string | undefined> {
    const [, vault] = PASSKEY_HANDLE.exec(handle) ?? [];
    return vault !== undefined && isSame(handle, await this.passkeyHandle(vault)) ? vault : undefined;
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

  /** Whether there may be sessions whose ids are from before there was a check. Where the name key is lost, there may be. */
  async mayHaveUncheckedIds(): Promise<boolean> {
    const [known = true] = await mayHaveUncheckedIds(this.#place).then((may) => [may], noneWithoutKey);
    return known;
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
    const mac = await this.#keyed(parts);
    return Array.from(mac.slice(0, LOWER_CASE_CHECK_LENGTH), (byte) => LETTERS.at(byte % 32)).join("");
  }

  async #keyed(parts: readonly string[]): Promise<Uint8Array> {
    return keyedDigest(await nameKey(this.#place), ...parts);
  }
}

function noneWithoutKey(error: unknown): never[] {
  if (error instanceof AppError && error.code === "key_unavailable") return [];
  throw error;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Moves each letter by as many places as its byte of the mask says, forth or back. */
const shift = (text: string, mask: Uint8Array, direction: 1 | -1): string =>
  Array.from(text)
    .map((letter, index) => LETTERS.indexOf(letter) + direction * ((mask[index] ?? 0) % LETTERS.length))
    .map((place) => LETTERS.at(place % LETTERS.length))
    .join("");

/** Apps from before keep their names and ids, which are digests that need no key. */
const isKeyed = (app: string): boolean => APP_ID.test(app);
