/**
 * Connections as the rest of the code sees them: sealing, the KV copy and the vault behind a few plain methods.
 * The only file that calls a vault by name for connections.
 */
import type { Credentials } from "../api.ts";
import { open, seal, type KeyRing, type SealContext } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { KvStore, RecordKind } from "../kv-store.ts";
import { AccessToken, TokenSet, vaultName, type ConnectionFacts, type ConnectionName } from "./connection.ts";
import type { StoredConnection, Vault, Version } from "./vault.ts";

/** The copy of an access token that calls are made with. */
const TokenCopy: RecordKind<AccessToken> = { kind: "token", schema: AccessToken };

/** A shorter-lived token is not copied: KV keeps nothing for less than a minute and may be a minute behind. */
const MIN_COPIED_LIFETIME_MS = 120_000;
/** The copy of a token without an expiry is taken anew every hour. */
const COPY_TTL_SECONDS = 3600;

/** A connection as it was held. */
export interface Held {
  readonly tokens: TokenSet;
  readonly facts: ConnectionFacts;
}

export class Connections {
  readonly #vaults: DurableObjectNamespace<Vault>;
  readonly #store: KvStore;
  readonly #ring: KeyRing;

  constructor(vaults: DurableObjectNamespace<Vault>, store: KvStore, ring: KeyRing) {
    this.#vaults = vaults;
    this.#store = store;
    this.#ring = ring;
  }

  /** Puts a new grant in; the one it replaces stays until this has succeeded. @returns what was replaced */
  async save(name: ConnectionName, version: Version, tokens: TokenSet, facts: ConnectionFacts): Promise<Held | null> {
    const vault = this.#vault(name);
    const previous = await vault.connection(name.integration);
    let { epoch, generation } = version;
    for (;;) {
      const sealed = await seal(this.#ring, tokenContext(name, { epoch, generation }), JSON.stringify(tokens));
      const stored = await vault.store({
        integration: name.integration,
        status: "connected",
        epoch,
        generation,
        sealed,
        facts,
      });
      if (stored.outcome === "stored") break;
      ({ epoch, generation } = stored);
    }
    await this.#publish(name, { ...tokens, epoch, generation });
    return previous && { tokens: await this.#open(name, previous), facts: previous.facts };
  }

  /** The status of every connection of the user, by integration. */
  async list(app: string, user: string): Promise<ReadonlyMap<string, Credentials>> {
    const stored = await this.#vaults.getByName(vaultName(app, user)).connections();
    return new Map(stored.map((connection) => [connection.integration, toCredentials(connection)]));
  }

  /** What is held of one connection. @throws AppError `not_connected` */
  async describe(name: ConnectionName): Promise<Credentials> {
    return toCredentials(await this.#stored(name));
  }

  /**
   * A token to call the provider with.
   * @throws AppError `not_connected`, or `reauth_required` when only connecting again helps
   */
  async accessToken(name: ConnectionName): Promise<AccessToken> {
    const copy = await this.#store.get(TokenCopy, tokenKey(name));
    if (copy && isLive(copy.expires_at)) return copy;
    const stored = await this.#stored(name);
    if (stored.status === "reauth_required" || !isLive(stored.facts.expires_at)) {
      throw new AppError("reauth_required", "This connection has expired. Connect the account again.");
    }
    const { access_token, expires_at, details } = await this.#open(name, stored);
    const token = { access_token, expires_at, details, epoch: stored.epoch, generation: stored.generation };
    await this.#publish(name, token);
    return token;
  }

  /** Records that the provider refused this very token. */
  async reject(name: ConnectionName, token: AccessToken): Promise<void> {
    await this.#vault(name).reject(name.integration, token);
    await this.#store.delete(TokenCopy, tokenKey(name));
  }

  /** Forgets a connection. @returns its tokens, to be revoked; null where there was none */
  async disconnect(name: ConnectionName): Promise<TokenSet | null> {
    const stored = await this.#vault(name).disconnect(name.integration);
    await this.#store.delete(TokenCopy, tokenKey(name));
    return stored && this.#open(name, stored);
  }

  async #stored(name: ConnectionName): Promise<StoredConnection> {
    const stored = await this.#vault(name).connection(name.integration);
    if (!stored) {
      throw new AppError("not_connected", "No account is connected here. Open /auth/{integration} to connect one.");
    }
    return stored;
  }

  async #open(name: ConnectionName, stored: StoredConnection): Promise<TokenSet> {
    return TokenSet.parse(JSON.parse(await open(this.#ring, tokenContext(name, stored), stored.sealed)));
  }

  async #publish(name: ConnectionName, token: AccessToken): Promise<void> {
    const lifetime = token.expires_at === null ? COPY_TTL_SECONDS * 1000 : token.expires_at - Date.now();
    if (lifetime < MIN_COPIED_LIFETIME_MS) return this.#store.delete(TokenCopy, tokenKey(name));
    await this.#store.put(TokenCopy, tokenKey(name), AccessToken.parse(token), lifetime / 1000);
  }

  #vault(name: ConnectionName): DurableObjectStub<Vault> {
    return this.#vaults.getByName(vaultName(name.app, name.user));
  }
}

const tokenKey = (name: ConnectionName) => ({ app: name.app, parts: [name.user, name.integration] });

function tokenContext(name: ConnectionName, version: Version): SealContext {
  return {
    app: name.app,
    purpose: "tokens",
    record: [name.user, name.integration, String(version.epoch), String(version.generation)],
  };
}

const isLive = (expires_at: number | null): boolean => expires_at === null || expires_at > Date.now();

function toCredentials(connection: StoredConnection): Credentials {
  const { facts } = connection;
  return {
    integration: connection.integration,
    status: connection.status === "connected" && !isLive(facts.expires_at) ? "expired" : connection.status,
    account: facts.account,
    scopes: facts.scopes,
    connected_at: new Date(facts.connected_at).toISOString(),
    expires_at: facts.expires_at === null ? null : new Date(facts.expires_at).toISOString(),
  };
}
