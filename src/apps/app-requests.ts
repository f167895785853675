/**
 * The last requests of each app, for the app to look at: written many at once to the app's own vault, so that a request costs a
 * fraction of a call and a busy app fills its own vault alone. What is lost on the way has its line in the operator's log too.
 */
import type { LoggedRequest, RequestFilter } from "../api-requests.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import { AT_ONCE } from "../connections/vault/batched-log.ts";
import type { Vaults } from "../connections/vaults.ts";
import { Gathered, Gatherer } from "../gatherer.ts";

/** What this isolate has gathered, by app. */
const gathered = new Gathered<LoggedRequest>();

export class AppRequests {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #gatherer: Gatherer<LoggedRequest>;

  /** @param gather_ms how long requests are gathered before they are written, in milliseconds */
  constructor(vaults: Vaults, names: Names, gather_ms: number, waitUntil: (work: Promise<unknown>) => void) {
    this.#vaults = vaults;
    this.#names = names;
    this.#gatherer = new Gatherer(gathered, { ms: gather_ms, most: AT_ONCE }, waitUntil, async (app, requests) => {
      const vault = await names.vault(app, APP_ITSELF);
      await vaults.callOnce(vault, async (stub) => stub.logRequests(requests));
    });
  }

  /** Notes a request of an app. */
  note(app: string, request: LoggedRequest): void {
    this.#gatherer.note(app, request);
  }

  /** The newest requests of an app, those of this isolate among them. @throws AppError `vault_unavailable` */
  async list(
    app: string,
    filter: RequestFilter,
    limit: number,
    before: readonly [at: string, id: string] | null,
  ): Promise<LoggedRequest[]> {
    await this.#gatherer.flush(app);
    const vault = await this.#names.vault(app, APP_ITSELF);
    return this.#vaults.call(vault, async (stub) => stub.loggedRequests(filter, limit, before));
  }
}
