/** The way to a vault. An object that is reset in the middle of a call is asked again, as the new object it then is. */
import { BOUNDS } from "../bounds.ts";
import { AppError } from "../errors.ts";
import type { Vault } from "./vault/vault.ts";

/** Waits between tries, in milliseconds: about six seconds in all, far less than a lease. */
const RETRY_AFTER_MS = [50, 100, 200, 400, 800, 1600, 3000];

export class Vaults {
  readonly #namespace: DurableObjectNamespace<Vault>;

  constructor(namespace: DurableObjectNamespace<Vault>) {
    this.#namespace = namespace;
  }

  /** Calls a vault a single time. Whatever is thrown is the platform's. */
  callOnce<T>(name: string, call: (vault: DurableObjectStub<Vault>) => Promise<T>): Promise<T> {
    return call(this.#namespace.getByName(name));
  }

  /**
   * Calls a vault. `call` may run more than once, so what it does has to bear repeating; vaults return their refusals,
   * so that whatever is thrown is the platform's.
   * @throws AppError `vault_unavailable`
   */
  async call<T>(name: string, call: (vault: DurableObjectStub<Vault>) => Promise<T>): Promise<T> {
    for (const wait of [...RETRY_AFTER_MS, null]) {
      try {
        // A stub that has failed stays broken; each try takes a new one.
        return await this.callOnce(name, call);
      } catch (error) {
        if (wait === null || isOverloaded(error)) {
          throw new AppError("vault_unavailable", "The store of connections does not answer. Try again in a moment.", {
            cause: error,
            headers: { "Retry-After": "1" },
          });
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    throw new TypeError("unreachable");
  }
}

/** For a user who has as much as there may be of one. */
export function tooManyConnections(): AppError {
  return new AppError(
    "too_many",
    `A user has at most ${BOUNDS.connections} connections, those that are being taken back among them. Try again in a day.`,
  );
}

/** For what would be kept for an app that is no more. */
export function appRemoved(): AppError {
  return new AppError("app_removed", "This app is removed, so nothing is kept for it any more.");
}

/** More calls to an overloaded object make it worse. */
const isOverloaded = (error: unknown): boolean =>
  error instanceof Error && "overloaded" in error && error.overloaded === true;
