/**
 * What was done with the connections of each user: the last calls to services, in the user's vault, written many at once behind an
 * answer. What an isolate holds when it ends is lost, and nobody knows how much that was; what a vault does not take is counted.
 */
import type { RecordedCall } from "../api-calls.ts";
import type { Names } from "../connections/names.ts";
import { AT_ONCE } from "../connections/vault/batched-log.ts";
import type { KeptCalls } from "../connections/vault/call-record.ts";
import type { Vaults } from "../connections/vaults.ts";
import { Gatherer, type Gathered } from "../gatherer.ts";

/** One place in a row is for those that are missing. */
const MOST = AT_ONCE - 1;

/** Stands in no name of an app, and in none of a user. */
const BETWEEN = "\n";

export class CallRecord {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #gatherer: Gatherer<RecordedCall>;

  /** @param gather_ms how long calls are gathered before they are written, in milliseconds */
  constructor(
    vaults: Vaults,
    names: Names,
    gathered: Gathered<RecordedCall>,
    gather_ms: number,
    waitUntil: (work: Promise<unknown>) => void,
  ) {
    this.#vaults = vaults;
    this.#names = names;
    this.#gatherer = new Gatherer(gathered, { ms: gather_ms, most: MOST }, waitUntil, async (name, calls, dropped) => {
      const [app = "", user = ""] = name.split(BETWEEN);
      const vault = await names.vault(app, user);
      await vaults.callOnce(vault, async (stub) => stub.recordCalls(calls, dropped));
    });
  }

  /** Notes a call that was made, or refused, for a user. */
  note(app: string, user: string, call: RecordedCall): void {
    this.#gatherer.note(app + BETWEEN + user, call);
  }

  /** The calls of a month, those of this isolate among them, the oldest first. @throws AppError `vault_unavailable` */
  async list(app: string, user: string): Promise<KeptCalls> {
    await this.#gatherer.flush(app + BETWEEN + user);
    return this.#vaults.call(await this.#names.vault(app, user), async (stub) => stub.recordedCalls());
  }
}
