/**
 * The last requests of each app, for the app to look at. An isolate gathers them and has them written behind an answer, in one
 * call of the app's own vault: no answer waits for it, a request costs a fraction of a call, and a busy app fills its own
 * vault alone. What an isolate holds when it ends is lost; so is what a vault does not take, which is not asked again: each
 * request has its line in the operator's log too.
 */
import type { LoggedRequest, RequestFilter } from "../api-requests.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import { REQUESTS_AT_ONCE } from "../connections/vault/request-log.ts";
import type { Vaults } from "../connections/vaults.ts";

/** What this isolate has gathered, by app. */
const gathered = new Map<string, LoggedRequest[]>();

export class AppRequests {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #gather_ms: number;
  readonly #waitUntil: (work: Promise<unknown>) => void;

  /** @param gather_ms how long requests are gathered before they are written, in milliseconds */
  constructor(vaults: Vaults, names: Names, gather_ms: number, waitUntil: (work: Promise<unknown>) => void) {
    this.#vaults = vaults;
    this.#names = names;
    this.#gather_ms = gather_ms;
    this.#waitUntil = waitUntil;
  }

  /** Notes a request of an app. */
  note(app: string, request: LoggedRequest): void {
    const requests = gathered.get(app) ?? [];
    gathered.set(app, requests);
    requests.push(request);
    const [first = request] = requests;
    // The request that was to write them later may have been cut off.
    const isDue = Date.parse(first.at) + this.#gather_ms <= Date.parse(request.at);
    if (isDue || requests.length >= REQUESTS_AT_ONCE) this.#waitUntil(this.#write(app));
    else if (requests.length === 1) this.#waitUntil(this.#writeLater(app));
  }

  /** The newest requests of an app, those of this isolate among them. @throws AppError `vault_unavailable` */
  async list(
    app: string,
    filter: RequestFilter,
    limit: number,
    before: readonly [at: string, id: string] | null,
  ): Promise<LoggedRequest[]> {
    await this.#write(app);
    const vault = await this.#names.vault(app, APP_ITSELF);
    return this.#vaults.call(vault, async (stub) => stub.loggedRequests(filter, limit, before));
  }

  async #writeLater(app: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#gather_ms));
    await this.#write(app);
  }

  async #write(app: string): Promise<void> {
    const requests = gathered.get(app);
    if (!requests) return;
    gathered.delete(app);
    try {
      const vault = await this.#names.vault(app, APP_ITSELF);
      await this.#vaults.callOnce(vault, async (stub) => stub.logRequests(requests));
    } catch {
      // Lost, as the head of this file says.
    }
  }
}
