/** Tokens as they are stored: sealed for one version of one connection, and copied to KV for calls to be made with. */
import { isSealedWithActiveKey, open, seal, type KeyRing, type SealContext } from "../crypto.ts";
import type { KvStore, RecordKind } from "../kv-store.ts";
import type { Remembered } from "../remembered.ts";
import { AccessToken, type ConnectionAddress, type ConnectionFacts, type ConnectionName } from "./connection.ts";
import { defaultOf, integrationOf } from "./place.ts";
import { TokenSet } from "../oauth/token-set.ts";
import type { Version } from "./vault/connection-row.ts";

/** The copy of an access token that calls are made with. A refresh token is never copied. */
const TokenCopy: RecordKind<AccessToken> = { kind: "token", schema: AccessToken };

/** A shorter-lived token is not copied: KV keeps nothing for less than a minute and may be a minute behind. */
const MIN_COPIED_LIFETIME_MS = 120_000;
/** No copy outlives this, so neither does a disconnected connection whose copy KV would not delete. */
const COPY_TTL_SECONDS = 3600;

/** A version on its own, of anything that has one. */
export const versionOf = ({ epoch, generation }: Version): Version => ({ epoch, generation });

/** What calls are made with, of a whole set. */
export function toAccessToken(
  tokens: TokenSet,
  facts: ConnectionFacts,
  version: Version,
  of: Pick<AccessToken, "place" | "connection">,
): AccessToken {
  const { access_token, details, fields, dpop_key } = tokens;
  const { expires_at, times } = facts;
  const { place, connection } = of;
  const held = { access_token, details, ...(fields && { fields }), ...(dpop_key && { dpop_key }) };
  return { ...held, expires_at, times, place, connection, ...versionOf(version) };
}

export class SealedTokens {
  readonly #ring: KeyRing;
  readonly #store: KvStore;
  readonly #recent: Remembered<AccessToken | null>;

  /** @param recent what this isolate has read or made lately, by address */
  constructor(ring: KeyRing, store: KvStore, recent: Remembered<AccessToken | null>) {
    this.#recent = recent;
    this.#ring = ring;
    this.#store = store;
  }

  seal(name: ConnectionName, version: Version, tokens: TokenSet): Promise<string> {
    return seal(this.#ring, tokenContext(name, version), JSON.stringify(tokens));
  }

  /** @throws AppError `key_unavailable` or `vault_integrity` */
  async open(name: ConnectionName, stored: Version & { readonly sealed: string }): Promise<TokenSet> {
    return TokenSet.parse(JSON.parse(await open(this.#ring, tokenContext(name, stored), stored.sealed)));
  }

  /** Whether the active key has sealed it. */
  isCurrent({ sealed }: { readonly sealed: string }): boolean {
    return isSealedWithActiveKey(this.#ring, sealed);
  }

  /**
   * The copy of a token, for each address that is asked for: as this isolate has seen it lately, or as KV has it; undefined asks
   * for the vault.
   */
  async copy(name: ConnectionAddress): Promise<AccessToken | undefined> {
    const memo = memoName(name);
    const recent = this.#recent.get(memo);
    if (recent !== undefined) return recent ?? undefined;
    const { mark } = this.#recent;
    const copy = await this.#store.get(TokenCopy, tokenKey(name));
    if (copy) this.#recent.set(memo, copy, mark);
    return copy;
  }

  /** Puts the copy of an access token into KV, for every location to use. */
  async publish(name: ConnectionAddress, token: AccessToken, { issued_at }: ConnectionFacts): Promise<void> {
    const { expires_at, times } = token;
    // The copy of the token before must not stand in for one that is not copied.
    if (expires_at !== null && expires_at - issued_at < MIN_COPIED_LIFETIME_MS) return this.forget(name);
    const left = times.copy_until === null ? COPY_TTL_SECONDS : (times.copy_until - Date.now()) / 1000;
    const ttl = Math.min(left, COPY_TTL_SECONDS);
    if (ttl <= 0) return;
    // What was read before this is older.
    this.#recent.delete(memoName(name));
    this.#recent.set(memoName(name), token);
    await this.#store.put(TokenCopy, tokenKey(name), token, ttl);
  }

  /** Removes the copy here; another location may have it for a minute more. */
  async forget(name: ConnectionAddress): Promise<void> {
    this.#recent.delete(memoName(name));
    await this.#store.delete(TokenCopy, tokenKey(name));
    // What was read until it was gone is what was to be forgotten, and a copy that was being made meanwhile comes after it.
    this.#recent.delete(memoName(name));
    this.#recent.set(memoName(name), null);
  }

  /** The same for every address that a connection may have been asked for by. */
  async forgetAll(name: ConnectionName): Promise<void> {
    await Promise.all(addressesOf(name).map((address) => this.forget({ ...name, address })));
  }

  /** The same for every address of a connection but this one. */
  async forgetElsewhere(name: ConnectionName, { is_default }: { readonly is_default: boolean }): Promise<void> {
    const others = is_default ? addressesOf(name) : [name.place];
    const elsewhere = others.filter((address) => address !== name.address);
    await Promise.all(elsewhere.map((address) => this.forget({ ...name, address })));
  }
}

/** Its own, and that of the default, which it may be. */
const addressesOf = ({ place }: ConnectionName): readonly string[] => [place, defaultOf(integrationOf(place))];

/** No id of an app and no address has a line's end in it. */
const memoName = ({ app, user, address }: ConnectionAddress): string => `${app}\n${address}\n${user}`;
const tokenKey = (name: ConnectionAddress) => ({ app: name.app, parts: [name.user, name.address] });

function tokenContext(name: ConnectionName, version: Version): SealContext {
  return {
    app: name.app,
    purpose: "tokens",
    record: [name.user, name.place, String(version.epoch), String(version.generation)],
  };
}
