/**
 * What a browser has connected by itself goes along when its person signs in with a passkey; vault/vault-moving.ts says how
 * none of it is lost on the way. This is the Worker's part, which an alarm begins again as often as it takes.
 */
import { BOUNDS } from "../bounds.ts";
import { AppError } from "../errors.ts";
import { exactly, type ConnectionName } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { refusal } from "./grant.ts";
import { integrationOf } from "./place.ts";
import type { StoredConnection } from "./vault/connection-row.ts";
import type { Departing } from "./vault/vault-moving.ts";
import type { Vault } from "./vault/vault.ts";

type User = Pick<ConnectionName, "app" | "user">;

export class TakeAlong {
  readonly #context: ConnectionsContext;
  readonly #connections: Connections;

  constructor(context: ConnectionsContext, connections: Connections) {
    this.#context = context;
    this.#connections = connections;
  }

  /**
   * Says that all that a user has goes to another one, and hands over what can go at once. Sessions, keys and passkeys of the
   * first end with it.
   * @throws AppError `too_many` where there is no room for it, and nothing has been said then
   */
  async begin(from: User, user: string): Promise<void> {
    const [own, theirs] = await Promise.all([this.#held(from), this.#held({ ...from, user })]);
    if (isMoreThanFits([...own, ...theirs])) throw refusal("too_many");
    await this.#vault(from, async (vault) => vault.move(user));
    // It is said, so that nothing that fails from here on is the person's affair: the alarm goes on with it.
    await this.goOn(from).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }

  /** Hands over what can go by now. What cannot, stays for the next time. */
  async goOn(from: User): Promise<void> {
    const departing = await this.#vault(from, async (vault) => vault.departing());
    if (departing === null) return;
    for (const connection of departing.connections) {
      try {
        await this.#hand(from, connection, departing.user);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
  }

  async #hand(from: User, departing: Departing, user: string): Promise<void> {
    const name = exactly(from, departing.place);
    try {
      await this.#connections.take(name, departing, user);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "unknown_connection") throw error;
      // It went over, was disconnected there, and was then renewed here by a refresh that came late.
      await this.#connections.disconnect(name, "keep");
    }
  }

  #held(user: User): Promise<StoredConnection[]> {
    return this.#vault(user, async (vault) => vault.connections());
  }

  async #vault<T>({ app, user }: User, call: (vault: DurableObjectStub<Vault>) => Promise<T>): Promise<T> {
    return this.#context.vaults.call(await this.#context.names.vault(app, user), call);
  }
}

/** Whether connections of two users are more accounts of one service than one user may have. */
function isMoreThanFits(held: readonly StoredConnection[]): boolean {
  const accounts = new Map<string, Set<unknown>>();
  for (const { place, facts } of held) {
    const known = accounts.get(integrationOf(place)) ?? new Set();
    accounts.set(integrationOf(place), known.add(facts.account?.id ?? Symbol("unknown")));
  }
  return [...accounts.values()].some(({ size }) => size > BOUNDS.accounts);
}
