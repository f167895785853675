import type { KeyRing } from "../crypto.ts";
import type { KvStore } from "../kv-store.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import type { Remembered } from "../remembered.ts";
import type { AccessToken } from "./connection.ts";
import type { ConnectionIndex } from "./connection-index.ts";
import type { Members } from "./members.ts";
import type { Names } from "./names.ts";
import type { Sharers } from "./sharers.ts";
import type { VaultList } from "./vault-list.ts";
import type { Vaults } from "./vaults.ts";

/** Where connections are kept and what they are renewed with. */
export interface ConnectionsContext {
  readonly vaults: Vaults;
  readonly names: Names;
  readonly members: Members;
  readonly list: VaultList;
  readonly index: ConnectionIndex;
  readonly sharers: Sharers;
  readonly store: KvStore;
  /** The tokens that this isolate has seen lately. */
  readonly recent: Remembered<AccessToken | null>;
  readonly ring: KeyRing;
  /** @throws AppError for an integration that is not there or not configured */
  readonly endpoint: (app: string, integration: string) => Promise<TokenEndpoint>;
  /** Is told which connection a request has turned out to be about, by its id. */
  readonly note: (connection: string) => void;
  /** Lets work go on when the caller has its answer or has gone. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}
